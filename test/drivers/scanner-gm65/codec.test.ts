import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  crcXmodem,
  encodeGm65Answer,
  encodeGm65Command,
  encodeGm65Heartbeat,
  GM65_TYPE,
  Gm65CommandReader,
  type Gm65Item,
  Gm65Reader,
} from '../../../drivers/scanner-gm65/codec.ts';
import { bytesOfLatin1, concatBytes, hex, hexOf, latin1Of } from '../../../firmware/base/bytes.ts';

function read(...chunks: Uint8Array[]): Gm65Item[] {
  const reader = new Gm65Reader();
  return chunks.flatMap((chunk) => reader.push(chunk));
}

const answer = (type: number, data: string): Gm65Item => ({ kind: 'answer', type, data: hex(data) });
const text = (characters: string, cut = false): Gm65Item => ({ kind: 'text', bytes: bytesOfLatin1(characters), cut });
const OK = hex('02000001003331');

describe('GM65 frames', () => {
  it('has the CRC of the manual', () => {
    expect(crcXmodem(hex('0802002A3901'))).toBe(0xa7ea);
  });

  it.each([
    ['read 000A', GM65_TYPE.read, 0x000a, '01', '7E000701000A01EE8A'],
    ['write 000A', GM65_TYPE.write, 0x000a, '3E', '7E000801000A3E4CCF'],
    ['trigger', GM65_TYPE.write, 0x0002, '01', '7E00080100020102DA'],
    ['save', GM65_TYPE.save, 0x0000, '00', '7E000901000000DEC8'],
    ['read baud rate', GM65_TYPE.read, 0x002a, '02', '7E000701002A02D80F'],
    ['set 9600 baud', GM65_TYPE.write, 0x002a, '3901', '7E000802002A3901A7EA'],
    ['heartbeat', GM65_TYPE.heartbeat, 0x0000, '00', '7E000A01000000301A'],
  ])('command %s as printed', (_, type, address, data, bytes) => {
    expect(hexOf(encodeGm65Command(type, address, hex(data)))).toBe(bytes);
    expect(new Gm65CommandReader().push(hex(bytes))).toEqual([
      { kind: 'command', frame: { type, address, data: hex(data) } },
    ]);
  });

  it('takes a command that waives its CRC', () => {
    expect(new Gm65CommandReader().push(hex('7E000801000201ABCD'))).toEqual([
      { kind: 'command', frame: { type: 0x08, address: 2, data: hex('01') } },
    ]);
  });

  it.each([
    ['a value', '020000013EE4AC', answer(0x00, '3E')],
    ['done', '02000001003331', answer(0x00, '00')],
    ['alive', '03000001003331', answer(0x00, '00')],
    ['wrong CRC, from an EM', '02000101000401', answer(0x01, '00')],
    ['invalid, from an EM', '02000301006A61', answer(0x03, '00')],
  ])('answer %s as printed', (_, bytes, item) => {
    expect(read(hex(bytes))).toEqual([item]);
  });

  it('encodes the answers that it reads', () => {
    expect(hexOf(encodeGm65Answer(0x00, hex('3E')))).toBe('020000013EE4AC');
    expect(hexOf(encodeGm65Heartbeat())).toBe('03000001003331');
    expect(read(encodeGm65Answer(0x00, new Uint8Array(256)))).toEqual([answer(0x00, '00'.repeat(256))]);
  });

  it.each<[string, Uint8Array, Gm65Item[]]>([
    ['text glued to an answer', concatBytes(OK, bytesOfLatin1('2876\r')), [answer(0, '00'), text('2876')]],
    ['text with CRLF', bytesOfLatin1('one\r\ntwo\r\n'), [text('one'), text('two')]],
    ['text with LF', bytesOfLatin1('one\n'), [text('one')]],
    ['empty lines', bytesOfLatin1('\r\n\r\r\n'), []],
    ['text cut by an answer', concatBytes(bytesOfLatin1('2876'), OK), [text('2876', true), answer(0, '00')]],
    ['a text with 02 in it', bytesOfLatin1('a\x02b\r'), [text('a\x02b')]],
    ['a text with 02 02 00 in it', concatBytes(hex('02'), OK), [text('\x02', true), answer(0, '00')]],
    ['a text that ends in 02', bytesOfLatin1('a\x02\r'), [text('a\x02')]],
    ['an answer with a wrong CRC', hex('02000001003332'), [{ kind: 'damaged', bytes: hex('02000001003332') }]],
  ])('splits %s', (_, bytes, items) => {
    expect(read(bytes)).toEqual(items);
    expect(read(...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(items);
  });

  it('gives out what is half there when asked', () => {
    const reader = new Gm65Reader();
    reader.push(bytesOfLatin1('no tail'));
    expect(reader.isPending).toBe(true);
    expect(latin1Of(reader.takePending())).toBe('no tail');
    expect(reader.isPending).toBe(false);
  });

  it('does not grow on text that never ends', () => {
    const reader = new Gm65Reader();
    for (let i = 0; i < 100; i++) reader.push(new Uint8Array(1_000).fill(0x41));
    expect(reader.takePending().length).toBeLessThan(4_000);
  });

  it('hunts for the next command after noise and a wrong CRC', () => {
    const reader = new Gm65CommandReader();
    const bytes = concatBytes(hex('00FF7E7E'), hex('00 07 01 00 0A 01 EE 8B'), hex('7E000701000A01EE8A'));
    expect(reader.push(bytes).map((item) => item.kind)).toEqual(['wrongCrc', 'command']);
  });

  it('gives every command and answer back, however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 245 }),
        fc.nat(0xffff),
        fc.nat(300),
        (data, address, cut) => {
          const command = encodeGm65Command(GM65_TYPE.write, address, data);
          const reader = new Gm65CommandReader();
          const items = [...reader.push(command.subarray(0, cut)), ...reader.push(command.subarray(cut))];
          expect(items).toEqual([{ kind: 'command', frame: { type: GM65_TYPE.write, address, data } }]);
          const bytes = encodeGm65Answer(0x00, data);
          expect(read(bytes.subarray(0, cut), bytes.subarray(cut))).toEqual([answer(0x00, hexOf(data))]);
        },
      ),
    );
  });

  it('takes any bytes without throwing, and the same however they are cut', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), (bytes, cut) => {
        expect(read(bytes.subarray(0, cut), bytes.subarray(cut))).toEqual(read(bytes));
        new Gm65CommandReader().push(bytes);
      }),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  COMMANDS,
  crc16,
  DATA_MAX_BYTES,
  encodeCommand,
  encodeFrame,
  type FrameDirection,
  type Neo2Frame,
  Neo2Parser,
} from '../../../drivers/card-reader-neo2/codec.ts';
import { decodeSwipe, encodeSwipe } from '../../../drivers/card-reader-neo2/swipe/codec.ts';
import { bytesOfLatin1, concatBytes, hex, hexOf } from '../../../firmware/base/bytes.ts';
import { ProtocolError } from '../../../firmware/base/protocol-error.ts';

const TAG = bytesOfLatin1('ViVOtech2\0');

const SERIAL_NUMBER = '3633305A3030303030310000000000';

/** From the vendor's guide, from the command byte on: what, direction, command, code, data, whole. */
const VECTORS: readonly [string, FrameDirection, number, number, string, string][] = [
  ['ping', 'command', 0x18, 0x01, '', '18010000B3CD'],
  ['ping answered', 'response', 0x18, 0x00, '', '18000000FA83'],
  ['auto poll', 'command', 0x01, 0x01, '00', '0101000100F624'],
  ['poll on demand', 'command', 0x01, 0x01, '01', '0101000101D734'],
  ['poll mode answered', 'response', 0x01, 0x00, '', '010000001253'],
  ['activate 10 s', 'command', 0x02, 0x01, '0A', '020100010A6E6B'],
  ['get result', 'command', 0x03, 0x00, '', '030000003BFF'],
  ['empty result', 'response', 0x03, 0x00, '000000', '030000030000008DD0'],
  ['serial number', 'command', 0x12, 0x01, '', '1201000018A5'],
  ['serial number answered', 'response', 0x12, 0x00, SERIAL_NUMBER, `1200000F${SERIAL_NUMBER}94BC`],
  [
    'activate all interfaces',
    'command',
    0x02,
    0x40,
    '1E9C01009F02060000000001009F0306000000000000DFEF370107DFEF3C03010060',
    '024000221E9C01009F02060000000001009F0306000000000000DFEF370107DFEF3C0301006018D1',
  ],
  ['cancel', 'command', 0x05, 0x01, '', '0501000092EF'],
  ['cancel answered', 'response', 0x05, 0x00, '', '05000000D8A2'],
];

function framesOf(direction: FrameDirection, ...chunks: readonly Uint8Array[]): Neo2Frame[] {
  const parser = new Neo2Parser(direction);
  return chunks.flatMap((chunk) => parser.push(chunk)).flatMap((item) => (item.kind === 'frame' ? [item.frame] : []));
}

const frames = fc.record({
  command: fc.nat(255),
  code: fc.nat(255),
  data: fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.uint8Array({ maxLength: 300 }),
    // Data that look like the beginning of a frame.
    fc.uint8Array({ maxLength: 12 }).map((tail) => concatBytes(TAG, tail)),
  ),
});

function chunked(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((a, b) => a - b);
  return [...ends, bytes.length].map((end, i) => bytes.subarray(i === 0 ? 0 : ends[i - 1], end));
}

describe('ViVOtech2 frames', () => {
  it.each(VECTORS)('%s', (_name, direction, command, code, data, whole) => {
    const bytes = concatBytes(TAG, hex(whole));
    expect(hexOf(encodeFrame({ command, code, data: hex(data) }, direction))).toBe(hexOf(bytes));
    expect(framesOf(direction, bytes)).toEqual([{ command, code, data: hex(data) }]);
  });

  it('computes the published check value of CRC-16/CCITT-FALSE', () => {
    expect(crc16(bytesOfLatin1('123456789'))).toBe(0x29b1);
  });

  it('names its commands by command and sub-command', () => {
    expect(hexOf(encodeCommand('ping'))).toBe(`${hexOf(TAG)}18010000B3CD`);
    expect(COMMANDS.activate).toEqual([0x02, 0x40]);
  });

  it('refuses to encode more than a frame takes', () => {
    expect(() => encodeCommand('activate', new Uint8Array(DATA_MAX_BYTES + 1))).toThrow(RangeError);
  });

  it('finds every frame however the bytes are cut and whatever noise lies between', () => {
    const noise = fc.uint8Array({ maxLength: 12 }).map((bytes) => bytes.map((byte) => (byte === 0x56 ? 0 : byte)));
    fc.assert(
      fc.property(fc.array(fc.tuple(noise, frames), { maxLength: 4 }), fc.array(fc.nat()), (parts, cuts) => {
        const bytes = concatBytes(...parts.flatMap(([noise, frame]) => [noise, encodeFrame(frame, 'response')]));
        expect(framesOf('response', ...chunked(bytes, cuts))).toEqual(parts.map(([, frame]) => frame));
      }),
      { numRuns: 500 },
    );
  });

  it('never takes a frame with one wrong bit', () => {
    fc.assert(
      fc.property(frames, fc.nat(), (frame, at) => {
        const bytes = encodeFrame(frame, 'response');
        const bit = at % (8 * bytes.length);
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const parser = new Neo2Parser('response');
        const items = [...parser.push(bytes), ...parser.abandon()];
        expect(items.filter((item) => item.kind === 'frame')).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it('tells a CRC in the order of the other direction from a wrong one', () => {
    const parser = new Neo2Parser('command');
    expect(parser.push(concatBytes(TAG, hex('18 01 00 00 CD B3')))).toEqual([{ kind: 'badCrc', swapped: true }]);
    expect(parser.push(concatBytes(TAG, hex('18 01 00 00 CD B4')))).toEqual([{ kind: 'badCrc', swapped: false }]);
  });

  it('finds a good frame that a wrong length swallowed', () => {
    const good = encodeFrame({ command: 0x18, code: 0, data: new Uint8Array() }, 'response');
    const cutOff = concatBytes(TAG, hex('02 23 00 10 01 02'));
    expect(framesOf('response', cutOff, good, new Uint8Array(20))).toEqual([
      { command: 0x18, code: 0, data: new Uint8Array() },
    ]);
  });

  it('gives up a frame whose rest does not come, and keeps what followed', () => {
    const parser = new Neo2Parser('response');
    const good = encodeFrame({ command: 0x05, code: 0, data: new Uint8Array() }, 'response');
    expect(parser.push(concatBytes(TAG, hex('02 23 04 00 01'), good))).toEqual([]);
    expect(parser.pending).toBe(true);
    expect(parser.abandon()).toEqual([{ kind: 'frame', frame: { command: 0x05, code: 0, data: new Uint8Array() } }]);
    expect(parser.pending).toBe(false);
  });

  it('skips a length that no reader sends', () => {
    const parser = new Neo2Parser('response');
    const tooLong = concatBytes(TAG, hex('02 23 08 01'));
    const good = encodeFrame({ command: 0x18, code: 0, data: new Uint8Array() }, 'response');
    expect(parser.push(concatBytes(tooLong, good)).map((item) => item.kind)).toEqual(['tooLong', 'frame']);
  });

  it('takes the longest frame and any amount of garbage', () => {
    const longest = { command: 2, code: 0x23, data: new Uint8Array(DATA_MAX_BYTES).fill(0x56) };
    const garbage = new Uint8Array(10_000).fill(0x56);
    expect(framesOf('response', garbage, encodeFrame(longest, 'response'))).toEqual([longest]);
  });
});

describe('swipe block', () => {
  const TRACK2 = ';6222021234567890128=30121010000012300?';

  it('is the example made by the rules of the manual', () => {
    const example = concatBytes(hex('02 2E 00 80 12 00 27 00 02 00'), bytesOfLatin1(TRACK2), hex('82 86 03'));
    expect(decodeSwipe(example)).toEqual({ track2: TRACK2 });
    expect(hexOf(encodeSwipe({ track2: TRACK2 }))).toBe(hexOf(example));
  });

  it('keeps three tracks apart', () => {
    const swipe = { track1: '%BTEST?', track2: ';1=2?', track3: ';3?' };
    expect(decodeSwipe(encodeSwipe(swipe))).toEqual(swipe);
  });

  it('gives no track when none could be decoded', () => {
    expect(decodeSwipe(encodeSwipe({}))).toEqual({});
  });

  it('refuses a block with one wrong bit or cut short', () => {
    const block = encodeSwipe({ track2: TRACK2 });
    fc.assert(
      fc.property(fc.nat(8 * block.length - 1), (bit) => {
        const damaged = Uint8Array.from(block);
        damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(() => decodeSwipe(damaged)).toThrow(ProtocolError);
      }),
    );
    for (let length = 0; length < block.length; length++) {
      expect(() => decodeSwipe(block.subarray(0, length))).toThrow(ProtocolError);
    }
  });

  it('refuses an enciphered block without naming what is in it', () => {
    const body = concatBytes(hex('00 12 00 04 00 02 02'), bytesOfLatin1(';1=2'));
    const xor = body.reduce((xor, byte) => xor ^ byte, 0);
    const sum = body.reduce((sum, byte) => (sum + byte) & 0xff, 0);
    const block = concatBytes(new Uint8Array([2, body.length, 0]), body, new Uint8Array([xor, sum, 3]));
    expect(() => decodeSwipe(block)).toThrow(new ProtocolError(['swipe'], 'is enciphered'));
  });
});

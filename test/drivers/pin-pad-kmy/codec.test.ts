import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  encodeKmyFrame,
  KMY_COMMAND,
  type KMY_KEY,
  KmyFrameReader,
  type KmyItem,
} from '../../../drivers/pin-pad-kmy/codec.ts';
import { bytesOfLatin1, concatBytes, hex, hexOf } from '../../../firmware/base/bytes.ts';

/** A frame as the manual prints it: hex text between 02 and 03. */
function onWire(text: string): Uint8Array {
  return concatBytes(Uint8Array.of(0x02), bytesOfLatin1(text), Uint8Array.of(0x03));
}

function read(...chunks: Uint8Array[]): KmyItem[] {
  const reader = new KmyFrameReader();
  return chunks.flatMap((chunk) => reader.push(chunk));
}

const frame = (code: number, data = ''): KmyItem => ({ kind: 'frame', frame: { code, data: hex(data) } });
const key = (key: keyof typeof KMY_KEY): KmyItem => ({ kind: 'key', key });

describe('KMY frames', () => {
  it.each([
    ['version command', KMY_COMMAND.version, '', '013031'],
    ['answer OK', 0x04, '', '010405'],
    ['PIN block answer', 0x04, '1122334455667788', '0904112233445566778885'],
  ])('%s as printed', (_, code, data, text) => {
    expect(encodeKmyFrame(code, hex(data))).toEqual(onWire(text));
    expect(read(onWire(text))).toEqual([frame(code, data)]);
  });

  it.each<[string, Uint8Array, KmyItem[]]>([
    ['a wrong BCC', onWire('010406'), [{ kind: 'damaged' }]],
    ['a length that is too big', onWire('020405'), [{ kind: 'damaged' }]],
    ['a length that is too small', onWire('00040004'), [{ kind: 'damaged' }]],
    ['half a hex digit', onWire('01040'), [{ kind: 'damaged' }]],
    ['something that is no hex', onWire('01z405'), [{ kind: 'damaged' }]],
    ['an empty frame', onWire(''), [{ kind: 'damaged' }]],
    [
      'keys between frames',
      concatBytes(hex('2A2A0D'), onWire('010405')),
      [key('digit'), key('digit'), key('enter'), frame(4)],
    ],
    ['keys within a frame', hex('02 30 2A 31 30 1B 34 30 35 03'), [key('digit'), key('cancel'), frame(4)]],
    ['a frame cut off by the next one', concatBytes(hex('023031'), onWire('010405')), [frame(4)]],
    ['noise around a frame', concatBytes(hex('FF7E'), onWire('010405'), hex('8003FF')), [frame(4)]],
  ])('takes %s for what it is', (_, bytes, items) => {
    expect(read(bytes)).toEqual(items);
    expect(read(...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(items);
  });

  it('does not grow on a frame that never ends', () => {
    const reader = new KmyFrameReader();
    const items = reader.push(concatBytes(Uint8Array.of(0x02), new Uint8Array(10_000).fill(0x41)));
    expect(items).toEqual([{ kind: 'damaged' }]);
    expect(reader.push(onWire('010405'))).toEqual([frame(4)]);
  });

  it('gives every frame back, however the bytes are cut', () => {
    const content = fc.record({ code: fc.nat(255), data: fc.uint8Array({ maxLength: 254 }) });
    fc.assert(
      fc.property(content, fc.nat(600), ({ code, data }, cut) => {
        const bytes = encodeKmyFrame(code, data);
        expect(read(bytes.subarray(0, cut), bytes.subarray(cut))).toEqual([frame(code, hexOf(data))]);
      }),
    );
  });

  it('never gives out a frame of which one byte was changed', () => {
    const content = fc.record({ code: fc.nat(255), data: fc.uint8Array({ maxLength: 40 }) });
    fc.assert(
      fc.property(content, fc.nat(), fc.integer({ min: 1, max: 255 }), ({ code, data }, at, change) => {
        const bytes = encodeKmyFrame(code, data);
        const position = at % bytes.length;
        bytes[position] = (bytes[position] ?? 0) ^ change;
        const frames = read(bytes).filter((item) => item.kind === 'frame');
        // Lower-case hex says the same thing.
        for (const item of frames) expect(item).toEqual(frame(code, hexOf(data)));
      }),
    );
  });

  it('takes any bytes without throwing', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void read(bytes)));
  });
});

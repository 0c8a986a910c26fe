import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { concatBytes, hexOf } from '../../../firmware/base/bytes.ts';
import { ProtocolError } from '../../../firmware/base/protocol-error.ts';
import {
  answerTpdu,
  FRAME_BYTES_MAX,
  LengthFramer,
  packFrame,
  processingRequirement,
  unpackFrame,
  withLength,
} from '../../../firmware/protocol/iso8583/index.ts';
import { bytes, MESSAGES } from './samples.ts';

const HEAD = { tpdu: bytes('6005010000'), header: bytes('603100310000') };

describe('frames', () => {
  it.each(MESSAGES)('$id is framed as the peers frame it', ({ iso, frame }) => {
    expect(hexOf(withLength(packFrame(HEAD, bytes(iso))))).toBe(frame);
    const unpacked = unpackFrame(bytes(frame).subarray(2));
    expect([hexOf(unpacked.tpdu), hexOf(unpacked.header), hexOf(unpacked.iso)]).toEqual([
      '6005010000',
      '603100310000',
      iso,
    ]);
  });

  it.each([
    ['an address of four bytes', () => packFrame({ ...HEAD, tpdu: bytes('60050100') }, new Uint8Array(1)), 'tpdu'],
    ['a header of seven bytes', () => packFrame({ ...HEAD, header: new Uint8Array(7) }, new Uint8Array(1)), 'header'],
    ['a frame cut in the address', () => unpackFrame(bytes('600501')), 'tpdu'],
    ['a frame cut in the header', () => unpackFrame(bytes('600501000060')), 'header'],
    ['nothing to put a length before', () => withLength(new Uint8Array(0)), 'length'],
    ['a frame over the maximum', () => withLength(new Uint8Array(FRAME_BYTES_MAX + 1)), 'length'],
  ])('%s is refused', (_what, work, path) => {
    expect(work).toThrow(ProtocolError);
    expect(work).toThrow(path);
  });

  it('answers to where the request came from', () => {
    expect(hexOf(answerTpdu(bytes('6001090000')))).toBe('6000000109');
  });

  it.each([
    ['603100311305', 0],
    ['603101310000', 1],
    ['603103310000', 3],
    ['60310B310000', 11],
  ])('header %s asks for %i', (header, requirement) => {
    expect(processingRequirement(bytes(header))).toBe(requirement);
  });
});

describe('LengthFramer', () => {
  it('gives the same frames whatever the chunks', () => {
    const frame = fc.uint8Array({ minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 6 }), fc.array(fc.integer({ min: 1, max: 90 })), (frames, cuts) => {
        const stream = concatBytes(...frames.map(withLength));
        const framer = new LengthFramer();
        const received: Uint8Array[] = [];
        let at = 0;
        for (const cut of cuts) {
          received.push(...framer.push(stream.subarray(at, at + cut)));
          at += cut;
        }
        received.push(...framer.push(stream.subarray(at)));
        expect(received.map(hexOf)).toEqual(frames.map(hexOf));
        expect(framer.pendingBytes).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('takes a frame of the maximum and keeps the rest', () => {
    const framer = new LengthFramer();
    const stream = concatBytes(withLength(new Uint8Array(FRAME_BYTES_MAX)), bytes('0005AABB'));
    expect(framer.push(stream).map((frame) => frame.length)).toEqual([FRAME_BYTES_MAX]);
    expect(framer.pendingBytes).toBe(4);
  });

  it.each(['0000', '0801'])('a length of %s ends the stream for good', (length) => {
    const framer = new LengthFramer();
    expect(() => framer.push(bytes(length))).toThrow(ProtocolError);
    expect(() => framer.push(withLength(bytes('AA')))).toThrow(ProtocolError);
  });

  it('hands out the frames before a bad length first', () => {
    const framer = new LengthFramer();
    expect(framer.push(concatBytes(withLength(bytes('AA')), bytes('0000'))).map(hexOf)).toEqual(['AA']);
    expect(() => framer.push(bytes(''))).toThrow(ProtocolError);
  });

  it('does not keep the chunk that it was given', () => {
    const framer = new LengthFramer();
    const chunk = bytes('0002AA');
    framer.push(chunk);
    chunk.fill(0);
    expect(framer.push(bytes('BB')).map(hexOf)).toEqual(['AABB']);
  });
});

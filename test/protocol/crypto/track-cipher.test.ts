import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { CIPHERS } from '../../../drivers/crypto/ciphers.ts';
import { hex, hexOf } from '../../../firmware/base/bytes.ts';
import {
  decryptTrack,
  encryptTrack,
  replaceTrackBlocks,
  trackBlocks,
} from '../../../firmware/protocol/crypto/track-cipher.ts';
import { expectOrderlyRefusal, expectRefusal } from '../cup/error-text.ts';
import { REFERENCE } from '../cup/reference-vectors.ts';

const { keys, V8, V8b } = REFERENCE;
const TDES = CIPHERS.des(hex(keys.TDK));
const SM4 = CIPHERS.sm4(hex(keys.TDK));

const track = (min: number, max: number) => fc.stringMatching(new RegExp(`^[0-9D]{${min},${max}}$`));

describe('track encipherment', () => {
  it('V8: an odd track under triple DES', () => {
    expect(hexOf(trackBlocks(V8.in, 8).blocks)).toBe(V8.tdb);
    expect(encryptTrack(V8.in, TDES)).toBe(V8.out);
    expect(decryptTrack(V8.out, TDES)).toBe(V8.in);
  });

  it('V8: an even track, and 32 nibbles under SM4', () => {
    const [even, evenBlock, evenOut] = V8.even36;
    expect(hexOf(trackBlocks(even, 8).blocks)).toBe(evenBlock);
    expect(encryptTrack(even, TDES)).toBe(evenOut);
    const [sm4Block, sm4Out] = V8.sm4;
    expect(hexOf(trackBlocks(V8.in, 16).blocks)).toBe(sm4Block);
    expect(encryptTrack(V8.in, SM4)).toBe(sm4Out);
  });

  it('V8b: finds the block of the annex in a track with `=`', () => {
    expect(hexOf(trackBlocks(V8b.t2, 8).blocks)).toBe(V8b.tdb2);
  });

  it('what a secure device enciphered goes back to the place it came from', () => {
    const place = trackBlocks(V8.in, 8);
    expect(replaceTrackBlocks(V8.in, place, TDES.encrypt(place.blocks))).toBe(V8.out);
    expectRefusal(() => replaceTrackBlocks(V8.in, place, new Uint8Array(16)));
  });

  it.each([
    [8, 16],
    [16, 32],
  ] as const)('blocks of %i bytes: refuses tracks up to %i nibbles and takes one more', (blockBytes, nibbles) => {
    for (let length = 0; length <= nibbles; length++) expectRefusal(() => trackBlocks('1'.repeat(length), blockBytes));
    expect(trackBlocks('1'.repeat(nibbles + 1), blockBytes)).toMatchObject({ start: 0, end: nibbles });
    expect(trackBlocks('1'.repeat(nibbles + 2), blockBytes)).toMatchObject({ start: 0, end: nibbles });
  });

  it('comes back as it was, length and both ends untouched', () => {
    fc.assert(
      fc.property(track(33, 107), fc.boolean(), (clear, sm4) => {
        const cipher = sm4 ? SM4 : TDES;
        const sent = encryptTrack(clear, cipher);
        expect(sent).toHaveLength(clear.length);
        expect(sent.at(-1)).toBe(clear.at(-1));
        expect(decryptTrack(sent, cipher)).toBe(clear);
      }),
    );
  });

  it('a track deciphered under a wrong key is refused instead of believed', () => {
    expectRefusal(() => decryptTrack(V8.out, CIPHERS.des(hex(keys.TPK))));
  });

  it('text that is no track is refused in order', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), track(0, 40)), (text) => {
        expectOrderlyRefusal(() => encryptTrack(text, TDES));
        expectOrderlyRefusal(() => decryptTrack(text, TDES));
      }),
    );
    expectRefusal(() => encryptTrack('6222021234567890128^4912201000001234', TDES));
  });
});

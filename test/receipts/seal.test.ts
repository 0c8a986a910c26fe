import { describe, expect, it } from '@jest/globals';
import { base64Of } from '../../firmware/base/base64.ts';
import { SEAL_BYTES_MAX, sealImage, sealProblems, type SealSettings } from '../../firmware/receipts/seal.ts';

function sealOf(
  widthDots: number,
  heightDots: number,
  byteCount = Math.ceil(widthDots / 8) * heightDots,
): SealSettings {
  return { widthDots, heightDots, bits: base64Of(new Uint8Array(byteCount).fill(0x5a)) };
}

describe('a seal', () => {
  it.each([
    [1, 1],
    [160, 160],
    [200, 163],
    [163, 195],
  ])('of %d × %d dots is an image for a slip', (widthDots, heightDots) => {
    const seal = sealOf(widthDots, heightDots);
    expect(sealProblems(seal)).toEqual([]);
    const image = sealImage({ seal });
    expect(image).toMatchObject({ kind: 'image', widthDots, heightDots });
    expect(image?.bits).toEqual(new Uint8Array(Math.ceil(widthDots / 8) * heightDots).fill(0x5a));
    expect(image?.bits.length).toBeLessThanOrEqual(SEAL_BYTES_MAX);
  });

  it.each<[string, SealSettings, string, string]>([
    ['too wide', sealOf(201, 10), 'widthDots', 'is a whole number of dots from 1 to 200'],
    ['too high', sealOf(10, 201), 'heightDots', 'is a whole number of dots from 1 to 200'],
    ['of no dots', sealOf(0, 8), 'widthDots', 'is a whole number of dots from 1 to 200'],
    ['of parts of dots', sealOf(8, 1.5), 'heightDots', 'is a whole number of dots from 1 to 200'],
    ['over the budget', sealOf(200, 164), '', 'has 4100 bytes of dots, more than 4096'],
    ['no base64', { widthDots: 8, heightDots: 1, bits: '印章' }, 'bits', 'is no base64'],
    ['short', sealOf(16, 4, 7), 'bits', 'has 7 bytes where the dots take 8'],
    ['long', sealOf(16, 4, 9), 'bits', 'has 9 bytes where the dots take 8'],
  ])('that is %s is refused with its reason, and keeps no slip from being printed', (_, seal, path, message) => {
    expect(sealProblems(seal).map((problem) => [problem.path.join('.'), problem.message])).toEqual([[path, message]]);
    expect(sealImage({ seal })).toBeUndefined();
  });

  it('is not there in a shop that has none', () => {
    expect(sealImage({})).toBeUndefined();
  });
});

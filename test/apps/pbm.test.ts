import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { ROOT } from '../../apps/docs/page.ts';
import { drawSeal } from '../../apps/docs/seal-drawing.ts';
import { imageOfPbm, pbmOf } from '../../apps/pbm.ts';
import { demonstrationSeal } from '../../apps/seal/demonstration-seal.ts';
import { sealOfPbm } from '../../apps/seal/seal-file.ts';
import { base64Of } from '../../firmware/base/base64.ts';
import { bytesOfLatin1, concatBytes, hexOf } from '../../firmware/base/bytes.ts';
import { sealImage } from '../../firmware/receipts/seal.ts';

const file = (head: string, ...bytes: readonly number[]): Uint8Array =>
  concatBytes(bytesOfLatin1(head), Uint8Array.from(bytes));

describe('a PBM picture', () => {
  it.each<[string, Uint8Array, number, number, string]>([
    ['bytes', file('P4\n10 2\n', 0xff, 0xc0, 0x80, 0x40), 10, 2, 'FFC08040'],
    ['bytes that look like text', file('P4 8 2\n', 0x23, 0x0a), 8, 2, '230A'],
    ['bytes with something in the padding', file('P4\n4 1\n', 0xff), 4, 1, 'F0'],
    ['bytes and comments', file('P4\n# CREATOR: GIMP\n8 # wide\n1\n', 0xa5), 8, 1, 'A5'],
    ['text', file('P1\n3 2\n1 0 1\n0 1 0\n'), 3, 2, 'A040'],
    ['text without spaces', file('P1 3 2 101010'), 3, 2, 'A040'],
    ['text and comments', file('P1\n# a seal\n3 2\n101 # upper\n010\n'), 3, 2, 'A040'],
  ])('of %s is the dots of a slip', (_, content, widthDots, heightDots, bits) => {
    const image = imageOfPbm(content);
    if (typeof image === 'string') throw new Error(image);
    expect([image.widthDots, image.heightDots, hexOf(image.bits)]).toEqual([widthDots, heightDots, bits]);
  });

  it.each<[string, Uint8Array, string]>([
    ['of colours', file('P6\n1 1\n255\n', 1, 2, 3), 'is no PBM picture (P1 or P4)'],
    ['of another kind', file('\x89PNG\r\n'), 'is no PBM picture (P1 or P4)'],
    ['without anything', file(''), 'is no PBM picture (P1 or P4)'],
    ['without a height', file('P4\n8\n'), 'is no PBM picture (P1 or P4)'],
    ['of no dots', file('P4\n0 8\n'), 'is a picture of 0 × 8 dots'],
    ['of far too many', file('P4\n99999 99999\n'), 'is a picture of 99999 × 99999 dots'],
    ['cut short', file('P4\n8 3\n', 1, 2), 'does not hold the dots that its head promises'],
    ['cut short in text', file('P1\n2 2\n1 0 1'), 'does not hold the dots that its head promises'],
    ['of other digits', file('P1\n2 2\n1 0 2 1'), 'does not hold the dots that its head promises'],
  ])('%s is refused with its reason', (_, content, reason) => {
    expect(imageOfPbm(content)).toBe(reason);
  });

  it('is read as it was written', () => {
    const images = fc
      .tuple(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 20 }))
      .chain(([bytesWide, heightDots]) => {
        const length = bytesWide * heightDots;
        const bits = fc.uint8Array({ minLength: length, maxLength: length });
        return bits.map((dots) => ({ widthDots: bytesWide * 8, heightDots, bits: dots }));
      });
    fc.assert(fc.property(images, (image) => expect(imageOfPbm(pbmOf(image))).toEqual(image)));
  });

  it('of any bytes is an image or a reason', () => {
    const contents = fc.tuple(fc.constantFrom('P1\n', 'P4 8 ', 'P4\n8 2\n', ''), fc.uint8Array());
    fc.assert(
      fc.property(contents, ([head, bytes]) => {
        const image = imageOfPbm(file(head, ...bytes));
        if (typeof image === 'string') return;
        expect(image.bits.length).toBe(Math.ceil(image.widthDots / 8) * image.heightDots);
      }),
    );
  });
});

describe('a seal in a file', () => {
  it('is settings', () => {
    expect(sealOfPbm(file('P1\n3 2\n101010'))).toEqual({
      widthDots: 3,
      heightDots: 2,
      bits: base64Of(Uint8Array.of(0xa0, 0x40)),
    });
  });

  it.each<[string, string]>([
    ['P4\n8\n', 'is no PBM picture (P1 or P4)'],
    ['P1\n201 1\n'.padEnd(220, '1'), 'widthDots is a whole number of dots from 1 to 200'],
    ['P1\n200 200\n'.padEnd(40_100, '1'), 'has 5000 bytes of dots, more than 4096'],
  ])('that is none says why (%#)', (content, reason) => {
    expect(sealOfPbm(bytesOfLatin1(content))).toBe(reason);
  });

  it('of the demonstration shop is as it is drawn (npm run docs draws it)', () => {
    const drawn = drawSeal();
    expect(new Uint8Array(readFileSync(join(ROOT, 'apps/seal/demonstration-seal.pbm')))).toEqual(pbmOf(drawn));
    expect(sealImage({ seal: demonstrationSeal() })).toEqual({ kind: 'image', ...drawn });
  });
});

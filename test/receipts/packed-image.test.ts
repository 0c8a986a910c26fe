import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { base64Of, bytesOfBase64 } from '../../firmware/base/base64.ts';
import { ProtocolError } from '../../firmware/base/protocol-error.ts';
import type { SlipImage } from '../../firmware/hal/slip.ts';
import { PACKED_IMAGE_CHARACTERS_MAX, packImage, unpackImage } from '../../firmware/receipts/packed-image.ts';
import { testSignature } from '../../hal-mock/devices/signature-pad/test-signature.ts';

/** An image whose dots the function chooses, with clean padding. */
function imageOf(widthDots: number, heightDots: number, isBlack: (x: number, y: number) => boolean): SlipImage {
  const rowBytes = Math.ceil(widthDots / 8);
  const bits = new Uint8Array(rowBytes * heightDots);
  for (let y = 0; y < heightDots; y++) {
    for (let x = 0; x < widthDots; x++) {
      const at = y * rowBytes + (x >> 3);
      if (isBlack(x, y)) bits[at] = (bits[at] ?? 0) | (0x80 >> (x & 7));
    }
  }
  return { widthDots, heightDots, bits };
}

/** What a person sees of it. */
function drawn({ widthDots, heightDots, bits }: SlipImage): string[] {
  const rowBytes = Math.ceil(widthDots / 8);
  return Array.from({ length: heightDots }, (_, y) =>
    Array.from({ length: widthDots }, (_dot, x) =>
      ((bits[y * rowBytes + (x >> 3)] ?? 0) & (0x80 >> (x & 7))) === 0 ? '.' : '#',
    ).join(''),
  );
}

function textOf(image: SlipImage): string {
  const packed = packImage(image);
  if (packed.kind === 'refused') throw new Error(packed.reason);
  return packed.text;
}

/** Strokes of a pen as random walks, a few dots wide. */
const writings = fc
  .record({
    widthDots: fc.integer({ min: 1, max: 384 }),
    heightDots: fc.integer({ min: 1, max: 120 }),
    rectangles: fc.array(fc.tuple(fc.nat(383), fc.nat(119), fc.nat(60), fc.nat(6)), { maxLength: 12 }),
  })
  .map(({ widthDots, heightDots, rectangles }) =>
    imageOf(widthDots, heightDots, (x, y) =>
      rectangles.some(([left, top, width, height]) => x >= left && x <= left + width && y >= top && y <= top + height),
    ),
  );

describe('a packed image', () => {
  it('is the image again, dot by dot, and one image has one text', () => {
    fc.assert(
      fc.property(writings, (image) => {
        const packed = packImage(image);
        if (packed.kind === 'refused' || packed.halved) throw new Error('strokes fit');
        expect(packed.text.length).toBeLessThanOrEqual(PACKED_IMAGE_CHARACTERS_MAX);
        const unpacked = unpackImage(packed.text);
        expect(unpacked).toEqual(image);
        expect(packImage(unpacked)).toEqual(packed);
      }),
    );
  });

  it.each<[string, SlipImage, string]>([
    ['white', imageOf(8, 2, () => false), 'AAgCEA=='],
    ['black', imageOf(8, 2, () => true), 'AAgCABA='],
    ['a dot', imageOf(3, 3, (x, y) => x === 1 && y === 1), 'AAMDBAEE'],
    ['a long run', imageOf(300, 1, (x) => x > 199), 'ASwByAFk'],
  ])('says %s in few characters', (_, image, text) => {
    expect(textOf(image)).toBe(text);
    expect(drawn(unpackImage(text))).toEqual(drawn(image));
  });

  it('takes no notice of what stands in the padding', () => {
    const image = { widthDots: 3, heightDots: 1, bits: Uint8Array.of(0x5f) };
    expect(unpackImage(textOf(image)).bits).toEqual(Uint8Array.of(0x40));
  });

  it('holds the signature of an ordinary customer whole', () => {
    const signature = testSignature();
    const packed = packImage(signature);
    expect(packed).toMatchObject({ kind: 'packed', halved: false });
    expect(unpackImage(textOf(signature))).toEqual(signature);
  });

  it('is halved when it has too much detail, and keeps every stroke', () => {
    const comb = imageOf(384, 120, (x, y) => x % 32 === 0 && y < 100);
    const packed = packImage(comb);
    expect(packed).toMatchObject({ kind: 'packed', halved: true });
    const half = unpackImage(textOf(comb));
    expect([half.widthDots, half.heightDots]).toEqual([192, 60]);
    expect(drawn(half)[0]).toBe('#...............'.repeat(12));
    expect(drawn(half)[50]).toBe('.'.repeat(192));
  });

  it.each<[string, SlipImage, 'size' | 'detail']>([
    ['noise', imageOf(384, 120, (x, y) => ((x * 2_654_435_761 + y * 40_503) >>> 7) % 3 === 0), 'detail'],
    ['a chessboard', imageOf(384, 120, (x, y) => (x + y) % 2 === 0), 'detail'],
    ['stripes', imageOf(384, 120, (x) => x % 4 === 0), 'detail'],
    ['no dots', { widthDots: 0, heightDots: 0, bits: new Uint8Array() }, 'size'],
    ['a part of a dot', { widthDots: 1.5, heightDots: 1, bits: new Uint8Array(1) }, 'size'],
    ['an image wider than a slip', imageOf(385, 1, () => false), 'size'],
    ['an image higher than a panel', imageOf(8, 121, () => false), 'size'],
    ['rows that are not whole', { widthDots: 16, heightDots: 2, bits: new Uint8Array(3) }, 'size'],
  ])('is not made of %s', (_, image, reason) => {
    expect(packImage(image)).toEqual({ kind: 'refused', reason });
  });

  it.each([
    ['no base64', 'AAgCEA='],
    ['nothing', ''],
    ['a size alone', 'AAgC'],
    ['a width of none', base64Of(Uint8Array.of(0, 0, 1))],
    ['a width above a slip', base64Of(Uint8Array.of(1, 129, 1, 0x81, 0x03))],
    ['a height of none', base64Of(Uint8Array.of(0, 8, 0))],
    ['a height above a panel', base64Of(Uint8Array.of(0, 1, 121, 121))],
    ['too few dots', base64Of(Uint8Array.of(0, 8, 1, 7))],
    ['too many dots', base64Of(Uint8Array.of(0, 8, 1, 9))],
    ['an empty run in the middle', base64Of(Uint8Array.of(0, 8, 1, 4, 0, 4))],
    ['an empty run at the end', base64Of(Uint8Array.of(0, 8, 1, 8, 0))],
    ['a run with a byte of nothing', base64Of(Uint8Array.of(0, 8, 1, 0x88, 0x00))],
    ['a run of four bytes', base64Of(Uint8Array.of(0, 8, 1, 0x88, 0x80, 0x80, 0x01))],
    ['an end inside a run', base64Of(Uint8Array.of(0, 8, 1, 0x88))],
    ['more than a record may hold', 'A'.repeat(PACKED_IMAGE_CHARACTERS_MAX + 4)],
  ])('is refused when it is malformed: %s', (_, text) => {
    expect(() => unpackImage(text)).toThrow(ProtocolError);
  });

  it('never comes out of any text but its own', () => {
    const texts = fc.oneof(
      fc.base64String(),
      fc.uint8Array({ minLength: 4, maxLength: 40 }).map((bytes) => base64Of(Uint8Array.of(0, 8, 2, ...bytes))),
      writings.map((image) => textOf(image)).chain((text) => fc.nat(text.length - 1).map((at) => text.slice(0, at))),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          expect(textOf(unpackImage(text))).toBe(text);
        } catch (error) {
          if (!(error instanceof ProtocolError)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('base64', () => {
  it('is what Node says it is, and back', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const text = base64Of(bytes);
        expect(text).toBe(Buffer.from(bytes).toString('base64'));
        expect(bytesOfBase64(text)).toEqual(bytes);
      }),
    );
  });
});

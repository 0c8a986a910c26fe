import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import { columnsOfCharacter } from '../../../firmware/base/columns.ts';
import { bytesOfGbk } from '../../../firmware/base/text.ts';
import { blankBitmap, burnArea, type Bitmap } from './bitmap.ts';

/** Dots of a half-width character: font A of 203 dpi heads is 12 × 24. */
export const HALF_WIDTH_DOTS = 12;
/** Dots of a Chinese character, and the height of both. */
export const FULL_WIDTH_DOTS = 24;

const HALF_GLYPH_BYTES = 2 * FULL_WIDTH_DOTS;
const FULL_GLYPH_BYTES = 3 * FULL_WIDTH_DOTS;
const HALF_GLYPHS = 0x7f - 0x20;
const TRAILS = 94;

let fontDots: Uint8Array | undefined;

/** The file is read when the first picture is made: runs that look at text alone never pay for it. */
function font(): Uint8Array {
  fontDots ??= new Uint8Array(inflateSync(readFileSync(new URL('./font/receipt-24.bin', import.meta.url))));
  return fontDots;
}

/** Place in the font file; rows A1–A9 and B0–F7 of GB2312, see font/make-font.py. */
function offsetOf(character: string): number | undefined {
  const [lead = 0, trail = 0] = bytesOfGbk(character);
  if (lead < 0x80) return lead >= 0x20 && lead < 0x7f ? (lead - 0x20) * HALF_GLYPH_BYTES : undefined;
  const row = lead >= 0xa1 && lead <= 0xa9 ? lead - 0xa1 : lead >= 0xb0 && lead <= 0xf7 ? lead - 0xb0 + 9 : undefined;
  if (row === undefined || trail < 0xa1 || trail === 0xff) return undefined;
  return HALF_GLYPHS * HALF_GLYPH_BYTES + (row * TRAILS + trail - 0xa1) * FULL_GLYPH_BYTES;
}

/** What a head without the character burns: an empty frame. */
function frame(widthDots: number): Bitmap {
  const bitmap = blankBitmap(widthDots, FULL_WIDTH_DOTS);
  const area = { left: 2, top: 3, widthDots: widthDots - 4, heightDots: FULL_WIDTH_DOTS - 6 };
  burnArea(bitmap, area, (x, y) => x === 0 || y === 0 || x === area.widthDots - 1 || y === area.heightDots - 1);
  return bitmap;
}

/** Dots of a character at its normal size. */
export function glyphOf(character: string): Bitmap {
  const isHalf = columnsOfCharacter(character) === 1;
  const widthDots = isHalf ? HALF_WIDTH_DOTS : FULL_WIDTH_DOTS;
  const offset = offsetOf(character);
  if (offset === undefined) return frame(widthDots);
  const bits = font().subarray(offset, offset + (isHalf ? HALF_GLYPH_BYTES : FULL_GLYPH_BYTES));
  return { widthDots, heightDots: FULL_WIDTH_DOTS, bits };
}

import { blankBitmap, burnArea, type Bitmap } from './bitmap.ts';

/** Widths of bars and gaps by value, start and stop included (ISO/IEC 15417). */
const PATTERNS = (
  '212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 ' +
  '123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 ' +
  '232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 ' +
  '313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 ' +
  '111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 ' +
  '111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 ' +
  '114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112'
).split(' ');

const BRACE = 0x7b;
const STOP = 106;
const CHECK_MODULUS = 103;

interface CodeSet {
  readonly start: number;
  /** Value that changes to this set in the middle. */
  readonly change: number;
  readonly valueOf: (byte: number) => number;
}

/** Sets by their letter after `{`; set A, for control characters, no receipt needs. */
const CODE_SETS: Readonly<Record<number, CodeSet>> = {
  0x42: { start: 104, change: 100, valueOf: (byte) => byte - 0x20 },
  0x43: { start: 105, change: 99, valueOf: (byte) => byte },
};

/** Symbol values of the data of GS k 73, in which `{B` and `{C` choose the set; `undefined` when it is not so. */
function valuesOf(data: Uint8Array): number[] | undefined {
  const values: number[] = [];
  let set: CodeSet | undefined;
  for (let i = 0; i < data.length; i++) {
    const byte = data[i] ?? 0;
    const next = data[i + 1] ?? 0;
    if (byte === BRACE && next !== BRACE) {
      const chosen = CODE_SETS[next];
      if (chosen === undefined) return undefined;
      values.push(set === undefined ? chosen.start : chosen.change);
      set = chosen;
      i++;
      continue;
    }
    if (byte === BRACE) i++;
    if (set === undefined) return undefined;
    values.push(set.valueOf(byte));
  }
  return values.every((value) => PATTERNS[value] !== undefined) && values.length > 1 ? values : undefined;
}

/** Bars of a CODE128 symbol, or `undefined` for data that is none. */
export function codeBars(data: Uint8Array, moduleDots: number, heightDots: number): Bitmap | undefined {
  const values = valuesOf(data);
  if (values === undefined) return undefined;
  const check = values.reduce((sum, value, i) => sum + value * Math.max(1, i), 0) % CHECK_MODULUS;
  const widths = [...values, check, STOP].flatMap((value) => Array.from(PATTERNS[value] ?? '', Number));
  const modules = widths.flatMap((width, i) => Array<boolean>(width).fill(i % 2 === 0));
  const bitmap = blankBitmap(modules.length * moduleDots, heightDots);
  const area = { left: 0, top: 0, widthDots: bitmap.widthDots, heightDots };
  burnArea(bitmap, area, (x) => modules[Math.floor(x / moduleDots)] ?? false);
  return bitmap;
}

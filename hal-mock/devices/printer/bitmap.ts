/** Dots of a head: one bit a dot, 1 = burnt, bit 7 leftmost, rows padded to whole bytes. */
export interface Bitmap {
  readonly widthDots: number;
  readonly heightDots: number;
  readonly bits: Uint8Array;
}

/** Bytes of one row. */
export function rowBytesOf(widthDots: number): number {
  return Math.ceil(widthDots / 8);
}

/** A blank bitmap. */
export function blankBitmap(widthDots: number, heightDots: number): Bitmap {
  return { widthDots, heightDots, bits: new Uint8Array(rowBytesOf(widthDots) * heightDots) };
}

/** Whether a dot is burnt; everything outside is blank. */
export function dotAt(bitmap: Bitmap, x: number, y: number): boolean {
  if (x < 0 || y < 0 || x >= bitmap.widthDots || y >= bitmap.heightDots) return false;
  return ((bitmap.bits[y * rowBytesOf(bitmap.widthDots) + (x >> 3)] ?? 0) & (0x80 >> (x & 7))) !== 0;
}

/** Burns one dot; outside of the bitmap nothing happens, as beside the paper. */
export function burnDot(bitmap: Bitmap, x: number, y: number): void {
  if (x < 0 || y < 0 || x >= bitmap.widthDots || y >= bitmap.heightDots) return;
  const at = y * rowBytesOf(bitmap.widthDots) + (x >> 3);
  bitmap.bits[at] = (bitmap.bits[at] ?? 0) | (0x80 >> (x & 7));
}

/** Burns every dot of a rectangle for which `isBurnt` says so, in coordinates of that rectangle. */
export function burnArea(
  bitmap: Bitmap,
  area: { readonly left: number; readonly top: number; readonly widthDots: number; readonly heightDots: number },
  isBurnt: (x: number, y: number) => boolean,
): void {
  for (let y = 0; y < area.heightDots; y++) {
    for (let x = 0; x < area.widthDots; x++) if (isBurnt(x, y)) burnDot(bitmap, area.left + x, area.top + y);
  }
}

/** The bitmap with every dot made `timesWide` × `timesHigh` dots. */
export function scaled(bitmap: Bitmap, timesWide: number, timesHigh: number): Bitmap {
  if (timesWide === 1 && timesHigh === 1) return bitmap;
  const big = blankBitmap(bitmap.widthDots * timesWide, bitmap.heightDots * timesHigh);
  burnArea(big, { left: 0, top: 0, widthDots: big.widthDots, heightDots: big.heightDots }, (x, y) =>
    dotAt(bitmap, Math.floor(x / timesWide), Math.floor(y / timesHigh)),
  );
  return big;
}

/** A bitmap of rows of modules, as QR encoders give them. */
export function bitmapOfModules(modules: readonly (readonly boolean[])[]): Bitmap {
  const bitmap = blankBitmap(modules[0]?.length ?? 0, modules.length);
  modules.forEach((row, y) => row.forEach((isDark, x) => isDark && burnDot(bitmap, x, y)));
  return bitmap;
}

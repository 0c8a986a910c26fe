import { encodeQR } from 'qr';
import { bytesOfUtf8 } from '../../firmware/base/text.ts';
import { COMMANDS, findRealTimeCommand } from './commands.ts';

/** Dots to burn, rows padded to whole bytes. */
export interface Raster {
  readonly widthDots: number;
  readonly heightDots: number;
  readonly bits: Uint8Array;
}

/** Bytes that the largest QR code holds at error correction M (ISO/IEC 18004, version 40). */
const QR_BYTES_MAX = 2331;

/** Modules of a QR code with error correction M and no margin; `undefined` when the data is too long for any. */
export function qrModules(data: string): boolean[][] | undefined {
  if (bytesOfUtf8(data).length > QR_BYTES_MAX) return undefined;
  // The encoder always puts a margin around.
  const framed = encodeQR(data, 'raw', { ecc: 'medium', border: 1 });
  return framed.slice(1, -1).map((row) => row.slice(1, -1));
}

/** Modules as dots, each module a square of so many. */
export function rasterOfModules(modules: readonly (readonly boolean[])[], dotsPerModule: number): Raster {
  const widthDots = modules.length * dotsPerModule;
  const rowBytes = Math.ceil(widthDots / 8);
  const bits = new Uint8Array(rowBytes * widthDots);
  for (let y = 0; y < widthDots; y++) {
    const row = modules[Math.floor(y / dotsPerModule)] ?? [];
    for (let x = 0; x < widthDots; x++) {
      const at = y * rowBytes + (x >> 3);
      if (row[Math.floor(x / dotsPerModule)] === true) bits[at] = (bits[at] ?? 0) | (0x80 >> (x & 7));
    }
  }
  return { widthDots, heightDots: widthDots, bits };
}

/** The raster moved to the right by less than a byte. */
function shifted(raster: Raster, byDots: number): Raster {
  if (byDots === 0) return raster;
  const from = Math.ceil(raster.widthDots / 8);
  const widthDots = raster.widthDots + byDots;
  const to = Math.ceil(widthDots / 8);
  const bits = new Uint8Array(to * raster.heightDots);
  for (let y = 0; y < raster.heightDots; y++) {
    for (let i = 0; i < to; i++) {
      const before = i > 0 ? (raster.bits[y * from + i - 1] ?? 0) : 0;
      const here = i < from ? (raster.bits[y * from + i] ?? 0) : 0;
      bits[y * to + i] = (before << (8 - byDots)) | (here >> byDots);
    }
  }
  return { widthDots, heightDots: raster.heightDots, bits };
}

function rowsOf(raster: Raster): Uint8Array[] {
  const rowBytes = Math.ceil(raster.widthDots / 8);
  return Array.from({ length: raster.heightDots }, (_, y) => raster.bits.subarray(y * rowBytes, (y + 1) * rowBytes));
}

/** Burns one dot more in each DLE that would make a command: the last resort for a picture that has one in every position. */
function withoutDle(row: Uint8Array): Uint8Array {
  const safe = row.slice();
  for (let at = findRealTimeCommand(safe); at !== -1; at = findRealTimeCommand(safe, at + 1)) safe[at] = 0x11;
  return safe;
}

/**
 * Rows without real-time commands inside a row. A head would obey them in the middle of the picture; moving the
 * picture by a dot changes every byte.
 */
function safeRows(raster: Raster, paperDots: number): { readonly rowBytes: number; readonly rows: Uint8Array[] } {
  for (let shift = 0; shift < 8 && raster.widthDots + shift <= paperDots; shift++) {
    const moved = shifted(raster, shift);
    const rows = rowsOf(moved);
    if (rows.every((row) => findRealTimeCommand(row) === -1)) return { rowBytes: Math.ceil(moved.widthDots / 8), rows };
  }
  return { rowBytes: Math.ceil(raster.widthDots / 8), rows: rowsOf(raster).map(withoutDle) };
}

/** GS v 0 commands of at most `bytesMax` each; a band ends where a DLE at a row's end would meet the next row. */
export function rasterCommands(raster: Raster, scale: 0 | 3, paperDots: number, bytesMax: number): RasterBand[] {
  const { rowBytes, rows } = safeRows(raster, scale === 3 ? paperDots >> 1 : paperDots);
  const rowsMax = Math.max(1, Math.floor((bytesMax - RASTER_HEADER_BYTES) / rowBytes));
  const bands: RasterBand[] = [];
  for (let first = 0; first < rows.length;) {
    let end = first + 1;
    while (end < rows.length && end - first < rowsMax && !meetInCommand(rows[end - 1], rows[end])) end++;
    const bits = new Uint8Array(rowBytes * (end - first));
    rows.slice(first, end).forEach((row, y) => bits.set(row, y * rowBytes));
    const heightDots = (end - first) * (scale === 3 ? 2 : 1);
    bands.push({ bytes: COMMANDS.raster(scale, rowBytes, end - first, bits), heightDots });
    first = end;
  }
  return bands;
}

/** One command and the paper it takes. */
export interface RasterBand {
  readonly bytes: Uint8Array;
  readonly heightDots: number;
}

const RASTER_HEADER_BYTES = 8;

function meetInCommand(above: Uint8Array | undefined, below: Uint8Array | undefined): boolean {
  return findRealTimeCommand(new Uint8Array([above?.at(-1) ?? 0, below?.[0] ?? 0])) !== -1;
}

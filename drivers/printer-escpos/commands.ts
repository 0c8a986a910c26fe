import { concatBytes, hex } from '../../firmware/base/bytes.ts';
import type { StatusPage } from './profile.ts';

/** ESC/POS commands of a receipt (Epson's command reference; the Chinese ones from makers' manuals of GBK heads). */
export const COMMANDS = {
  /** ESC @ and FS &: modes as at power-on, then two-byte characters, which some heads leave off. */
  initialise: hex('1B 40 1C 26'),
  lineFeed: hex('0A'),
  feedLines: (lines: number) => new Uint8Array([0x1b, 0x64, lines]),
  feedDots: (dots: number) => new Uint8Array([0x1b, 0x4a, dots]),
  align: { left: hex('1B 61 00'), center: hex('1B 61 01'), right: hex('1B 61 02') },
  bold: { on: hex('1B 45 01'), off: hex('1B 45 00') },
  /** GS !: double width and double height. */
  size: { normal: hex('1D 21 00'), large: hex('1D 21 11') },
  /** GS V B 0: feeds the last line past the knife, then leaves one bridge uncut so that the slip does not fall. */
  feedAndCut: hex('1D 56 42 00'),
  /** GS ( k: module size, error correction M, store, print. */
  qrModuleDots: (dots: number) => concatBytes(hex('1D 28 6B 03 00 31 43'), new Uint8Array([dots])),
  qrCorrectionM: hex('1D 28 6B 03 00 31 45 31'),
  qrStore: (data: Uint8Array) => concatBytes(hex('1D 28 6B'), uint16(data.length + 3), hex('31 50 30'), data),
  qrPrint: hex('1D 28 6B 03 00 31 51 30'),
  /** GS v 0; scale 3 prints every dot as 2 × 2. */
  raster: (scale: 0 | 3, rowBytes: number, rows: number, bits: Uint8Array) =>
    concatBytes(hex('1D 76 30'), new Uint8Array([scale]), uint16(rowBytes), uint16(rows), bits),
  /** GS ( H function 48: echoes four characters when everything before is on paper. */
  processId: (id: Uint8Array) => concatBytes(hex('1D 28 48 06 00 30 30'), id),
  /** GS r 1: paper sensor, answered in its turn. */
  barrier: hex('1D 72 01'),
  /** ESC p: 50 ms of current on pin 2 of the drawer's socket, then 500 ms of rest for the coil. */
  pulseDrawer: hex('1B 70 00 19 FA'),
  /** DLE EOT: answered at once, whatever waits in the buffer. */
  status: (page: StatusPage) => new Uint8Array([0x10, 0x04, page]),
  /** DLE ENQ 2: forgets the buffers and tries again after an error. */
  recover: hex('10 05 02'),
  /** DLE DC4 8: forgets the buffers, answered by 37 25 00. */
  clearBuffers: hex('10 14 08 01 03 14 01 06 02 08'),
} as const;

function uint16(value: number): Uint8Array {
  return new Uint8Array([value & 0xff, value >> 8]);
}

/**
 * Where bytes hold DLE EOT, DLE ENQ or DLE DC4: a head obeys them even inside the data of an image or a code, so
 * data that has one must not be sent as it is. Returns the place of the DLE, or -1.
 */
export function findRealTimeCommand(bytes: Uint8Array, from = 0): number {
  for (let at = bytes.indexOf(0x10, from); at !== -1; at = bytes.indexOf(0x10, at + 1)) {
    const next = bytes[at + 1];
    if (next === 0x04 || next === 0x05 || next === 0x14) return at;
  }
  return -1;
}

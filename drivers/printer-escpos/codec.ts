import { bytesOfLatin1, concatBytes } from '../../firmware/base/bytes.ts';
import { bytesOfGbk, bytesOfUtf8 } from '../../firmware/base/text.ts';
import { HalError } from '../../firmware/hal/hal-error.ts';
import type { Slip } from '../../firmware/hal/slip.ts';
import { COMMANDS, findRealTimeCommand } from './commands.ts';
import { layoutSlip, type SlipRow, type TextRow } from './layout.ts';
import type { PrinterProfile } from './profile.ts';
import { qrModules, rasterCommands, rasterOfModules, type Raster } from './raster.ts';

export { layoutSlip, printableText, type SlipRow, type TextRow } from './layout.ts';
export { qrModules } from './raster.ts';
export { PRINTER_PROFILES, type PrinterProfile, type StatusPage } from './profile.ts';
export { StatusParser, type StatusEvent } from './status.ts';

/** Whole commands that are sent together, and the paper they take. */
export interface Band {
  readonly bytes: Uint8Array;
  readonly heightDots: number;
}

/** A slip ready to be sent. */
export interface EncodedSlip {
  /** What goes on paper, in pieces that a head's buffer of 4 KB holds twice beside what is asked in between. */
  readonly bands: readonly Band[];
  /** Feed and cut. */
  readonly ending: Band;
  /** The four bytes by which the head names this job. */
  readonly id: Uint8Array;
}

/** Below half of the smallest buffer of a full-size head (4 KB less the 128 bytes at which it says it is full). */
const BAND_BYTES_MAX = 1536;
/** A code of this size is below what every head with native codes stores (the smallest known limit is 1021 bytes). */
const NATIVE_QR_BYTES_MAX = 1000;
const TEXT_HEIGHT_DOTS = 30;
const LARGE_HEIGHT_DOTS = 48;
/** From the head to the knife or the tear bar, about 12–15 mm. */
const ENDING_FEED_DOTS = 120;
const QR_QUIET_MODULES = 4;
const QR_MODULE_DOTS_MAX = 8;

/** Dots of a module, so that the code takes about half of the paper. Even, because raster codes are sent at half size. */
function qrModuleDots(modules: number, paperDots: number): number {
  const dots = Math.min(QR_MODULE_DOTS_MAX, Math.floor(paperDots / 2 / modules));
  return Math.max(2, dots - (dots % 2));
}

/** Writes rows as commands, changing a mode only where it differs from the row before. */
class SlipEncoder {
  readonly bands: Band[] = [];
  readonly #profile: PrinterProfile;
  #align: TextRow['align'] = 'left';
  #size: TextRow['size'] = 'normal';
  #isBold = false;

  constructor(profile: PrinterProfile) {
    this.#profile = profile;
    this.#add(0, COMMANDS.initialise);
  }

  row(row: SlipRow): void {
    switch (row.kind) {
      case 'text':
        return this.#text(row);
      case 'feed':
        return this.#feed(row.lines);
      case 'qr':
        return this.#qr(row.data);
      case 'image':
        return this.#image(row);
    }
  }

  #text(row: TextRow): void {
    const styles: Uint8Array[] = [];
    if (row.size !== this.#size) styles.push(COMMANDS.size[row.size]);
    if (row.bold !== this.#isBold) styles.push(row.bold ? COMMANDS.bold.on : COMMANDS.bold.off);
    this.#size = row.size;
    this.#isBold = row.bold;
    const heightDots = row.size === 'large' ? LARGE_HEIGHT_DOTS : TEXT_HEIGHT_DOTS;
    const align = row.text === '' ? [] : this.#aligned(row.align);
    this.#add(heightDots, ...align, ...styles, bytesOfGbk(row.text), COMMANDS.lineFeed);
  }

  #aligned(align: TextRow['align']): Uint8Array[] {
    if (align === this.#align) return [];
    this.#align = align;
    return [COMMANDS.align[align]];
  }

  #feed(lines: number): void {
    for (let left = lines; left > 0; left -= 0xff) {
      const count = Math.min(left, 0xff);
      const bytes = count < 3 ? new Uint8Array(count).fill(0x0a) : COMMANDS.feedLines(count);
      this.#add(count * TEXT_HEIGHT_DOTS, bytes);
    }
  }

  #qr(data: string): void {
    const modules = qrModules(data);
    if (modules === undefined) throw new HalError('unsupported', 'printer', 'QR data too long');
    const moduleDots = qrModuleDots(modules.length, this.#profile.dots);
    const quiet = COMMANDS.feedDots(QR_QUIET_MODULES * moduleDots);
    const bytes = bytesOfUtf8(data);
    const isSafe = findRealTimeCommand(bytes) === -1 && bytes.length <= NATIVE_QR_BYTES_MAX;
    this.#add(QR_QUIET_MODULES * moduleDots, ...this.#aligned('center'), quiet);
    if (this.#profile.qr === 'native' && isSafe) {
      const settings = concatBytes(COMMANDS.qrModuleDots(moduleDots), COMMANDS.qrCorrectionM);
      this.#add(modules.length * moduleDots, settings, COMMANDS.qrStore(bytes), COMMANDS.qrPrint);
    } else {
      this.#raster(rasterOfModules(modules, moduleDots / 2), 3);
    }
    this.#add(QR_QUIET_MODULES * moduleDots, quiet);
  }

  #image(image: Raster): void {
    if (image.widthDots > this.#profile.dots)
      throw new HalError('unsupported', 'printer', 'image wider than the paper');
    this.#add(0, ...this.#aligned('center'));
    this.#raster(image, 0);
  }

  #raster(raster: Raster, scale: 0 | 3): void {
    for (const band of rasterCommands(raster, scale, this.#profile.dots, BAND_BYTES_MAX)) {
      this.#add(band.heightDots, band.bytes);
    }
  }

  /** Joins whole commands to the last band while they fit. */
  #add(heightDots: number, ...parts: readonly Uint8Array[]): void {
    const bytes = concatBytes(...parts);
    const last = this.bands.at(-1);
    if (last === undefined || last.bytes.length + bytes.length > BAND_BYTES_MAX) this.bands.push({ bytes, heightDots });
    else {
      const joined = { bytes: concatBytes(last.bytes, bytes), heightDots: last.heightDots + heightDots };
      this.bands[this.bands.length - 1] = joined;
    }
  }
}

/**
 * A slip as the bytes of a head. Throws `HalError` `unsupported` for what the head cannot print (an image wider than
 * the paper, a code with too much data), before anything is sent.
 */
export function encodeSlip(slip: Slip, profile: PrinterProfile): EncodedSlip {
  const encoder = new SlipEncoder(profile);
  for (const row of layoutSlip(slip, profile.columns)) encoder.row(row);
  const ending = profile.cutter ? COMMANDS.feedAndCut : COMMANDS.feedDots(ENDING_FEED_DOTS);
  return {
    bands: encoder.bands,
    ending: { bytes: ending, heightDots: ENDING_FEED_DOTS },
    id: bytesOfLatin1(slip.jobId),
  };
}

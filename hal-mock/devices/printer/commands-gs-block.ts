import { encodeQR } from 'qr';
import { latin1Of } from '../../../firmware/base/bytes.ts';
import { bitmapOfModules, rowBytesOf, scaled, type Bitmap } from './bitmap.ts';
import type { Execution, QrSettings } from './execution.ts';

/** Bytes that the largest code holds (ISO/IEC 18004, version 40). */
const QR_BYTES_MAX = { low: 2953, medium: 2331, quartile: 1663, high: 1273 };

/** Gives the picture to burn, if any. */
type BlockCommand = (run: Execution, payload: Uint8Array) => Bitmap | undefined;

const CORRECTIONS: Readonly<Record<number, QrSettings['correction']>> = {
  0x30: 'low',
  0x31: 'medium',
  0x32: 'quartile',
  0x33: 'high',
};

function qrPicture({ head, qr }: Execution): Bitmap | undefined {
  if (qr.data.length > QR_BYTES_MAX[qr.correction]) {
    head.misuse('QR data too long');
    return undefined;
  }
  const framed = encodeQR(latin1Of(qr.data), 'raw', { ecc: qr.correction, border: 1, textEncoder: () => qr.data });
  const modules = framed.slice(1, -1).map((row) => row.slice(1, -1));
  return scaled(bitmapOfModules(modules), qr.moduleDots, qr.moduleDots);
}

/** GS ( k with code family 49: QR. Functions 65 model, 67 size, 69 correction, 80 store, 81 print. */
function qr(run: Execution, payload: Uint8Array): Bitmap | undefined {
  const [family, fn, argument = 0] = payload;
  if (!run.head.hasNativeQr || family !== 0x31) run.head.misuse('GS ( k is not known to this head');
  else if (fn === 0x43) run.qr.moduleDots = argument;
  else if (fn === 0x45) run.qr.correction = CORRECTIONS[argument] ?? 'low';
  else if (fn === 0x50) run.qr.data = payload.slice(3);
  else if (fn === 0x51) return qrPicture(run);
  else if (fn !== 0x41) run.head.misuse('unknown function of GS ( k');
  return undefined;
}

/** GS ( H function 48: the id goes back once everything before it is on paper, which is now. */
function processId({ head }: Execution, payload: Uint8Array): undefined {
  const isProcessId = payload[0] === 0x30 && payload[1] === 0x30 && payload.length === 6;
  if (!head.hasProcessId) head.misuse('GS ( H is not known to this head');
  else if (isProcessId) head.sendProcessId(payload.slice(2));
  else head.misuse('unknown function of GS ( H');
}

const GRAPHICS_HEADER_BYTES = 10;

/** GS ( L function 112: one-tone raster, width and height in dots. */
function storeGraphics(run: Execution, payload: Uint8Array): void {
  const [, , , timesWide = 1, timesHigh = 1, , xLow = 0, xHigh = 0, yLow = 0, yHigh = 0] = payload;
  const [widthDots, heightDots] = [xLow | (xHigh << 8), yLow | (yHigh << 8)];
  const bits = payload.slice(GRAPHICS_HEADER_BYTES);
  const isWhole = bits.length === rowBytesOf(widthDots) * heightDots;
  if (isWhole) run.graphics = scaled({ widthDots, heightDots, bits }, timesWide, timesHigh);
  else run.head.misuse('graphics of another size than said');
}

/** GS ( L: functions 112 store and 50 print. */
function graphics(run: Execution, payload: Uint8Array): Bitmap | undefined {
  const [zero, fn] = payload;
  const stored = run.graphics;
  if (zero === 0x30 && fn === 0x70) storeGraphics(run, payload);
  else if (zero === 0x30 && (fn === 0x32 || fn === 0x02)) {
    run.graphics = undefined;
    return stored;
  } else run.head.misuse('unknown function of GS ( L');
  return undefined;
}

/** Commands after GS ( by their letter. */
export const BLOCK_COMMANDS: Readonly<Record<number, BlockCommand>> = {
  0x6b: qr,
  0x48: processId,
  0x4c: graphics,
};

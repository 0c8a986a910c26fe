import { bytesOfLatin1, concatBytes } from '../../../firmware/base/bytes.ts';
import { scaled, type Bitmap } from './bitmap.ts';
import { codeBars } from './code128.ts';
import {
  burnImage,
  byte,
  bytes,
  feedDots,
  mode,
  uint16,
  type CommandTable,
  type Execution,
  type Routine,
} from './execution.ts';
import { BLOCK_COMMANDS } from './commands-gs-block.ts';

/** From the head to the knife. */
const KNIFE_DISTANCE_DOTS = 120;
/** Rows of a picture that a head burns before it looks at its sensors again. */
const ROWS_AT_ONCE = 24;
const MODEL_BYTE = 0x20;

function* cut(run: Execution): Routine {
  const how = yield* byte();
  if (how === 0x41 || how === 0x42) yield* feedDots(run, KNIFE_DISTANCE_DOTS + (yield* byte()));
  else if (![0x00, 0x01, 0x30, 0x31].includes(how)) run.head.misuse(`unknown cut ${how.toString(16)}`);
  if (run.head.hasCutter) yield { kind: 'cut' };
  else run.head.misuse('cut without a cutter');
}

/** GS v 0: rows are burnt while the next ones arrive, as a picture may be larger than the buffer. */
function* raster(run: Execution): Routine {
  yield* byte();
  const scale = yield* byte();
  const rowBytes = yield* uint16();
  const rows = yield* uint16();
  for (let done = 0; done < rows; done += ROWS_AT_ONCE) {
    const heightDots = Math.min(ROWS_AT_ONCE, rows - done);
    const band: Bitmap = { widthDots: rowBytes * 8, heightDots, bits: yield* bytes(rowBytes * heightDots) };
    yield* burnImage(run, scaled(band, (scale & 1) + 1, ((scale >> 1) & 1) + 1));
  }
}

function* paperSensor({ head }: Execution): Routine {
  const isPaper = ((yield* byte()) & 0x0f) === 1;
  const bits = (head.isPaperLow ? 0x03 : 0) | (head.isPaperOut ? 0x0c : 0);
  head.reply(new Uint8Array([isPaper ? bits : 0]));
}

function* modelId({ head }: Execution): Routine {
  const which = yield* byte();
  const isBlock = which >= 0x41;
  const block = concatBytes(new Uint8Array([0x5f]), bytesOfLatin1('EMULATOR'), new Uint8Array([0]));
  head.reply(isBlock ? block : new Uint8Array([MODEL_BYTE]));
}

function* barcode(run: Execution): Routine {
  const system = yield* byte();
  const data = yield* bytes(yield* byte());
  const bars = system === 0x49 ? codeBars(data, run.barcode.moduleDots, run.barcode.heightDots) : undefined;
  if (bars === undefined) run.head.misuse('barcode that is no CODE128');
  else yield* burnImage(run, bars);
}

/** GS (: a letter, a length and as many bytes, whether the head knows the letter or not. */
function* block(run: Execution): Routine {
  const letter = yield* byte();
  const payload = yield* bytes(yield* uint16());
  const execute = BLOCK_COMMANDS[letter];
  if (execute === undefined) run.head.misuse(`unknown command GS ( ${letter.toString(16)}`);
  const picture = execute?.(run, payload);
  if (picture !== undefined) yield* burnImage(run, picture);
}

/** Commands after GS (Epson's ESC/POS command reference). */
export const GS_COMMANDS: CommandTable = {
  /** ! */
  0x21: mode(({ state }, size) => {
    state.scale = { wide: ((size >> 4) & 7) + 1, high: (size & 7) + 1 };
    state.chineseScale = state.scale;
  }),
  /** B */
  0x42: mode(({ state }, argument) => {
    state.isInverted = (argument & 1) !== 0;
  }),
  /** V */
  0x56: cut,
  /** v 0 */
  0x76: raster,
  /** h, w, H, f, k */
  0x68: mode(({ barcode }, dots) => {
    barcode.heightDots = dots;
  }),
  0x77: mode(({ barcode }, dots) => {
    barcode.moduleDots = dots;
  }),
  0x48: mode(() => undefined),
  0x66: mode(() => undefined),
  0x6b: barcode,
  /** I */
  0x49: modelId,
  /** a */
  0x61: mode(({ head }, mask) => head.setAutomaticStatus(mask)),
  /** r */
  0x72: paperSensor,
  /** ( */
  0x28: block,
};

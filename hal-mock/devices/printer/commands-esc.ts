import { byte, bytes, feedDots, feedLine, mode, plain, type CommandTable, type Routine } from './execution.ts';
import { LINE_SPACING_DOTS } from './paper.ts';

const ALIGNMENTS = ['left', 'center', 'right'] as const;

/** `0` and `1` are taken as digits too. */
function digit(argument: number): number {
  return argument & 0x0f;
}

function* cut(): Routine {
  yield { kind: 'cut' };
}

/** Commands after ESC (Epson's ESC/POS command reference). */
export const ESC_COMMANDS: CommandTable = {
  /** @ */
  0x40: plain((run) => run.initialise()),
  /** = */
  0x3d: mode((run, peripheral) => {
    run.isSelected = (peripheral & 1) !== 0;
  }),
  /** d */
  0x64: function* (run) {
    for (let lines = yield* byte(); lines > 0; lines--) yield* feedLine(run);
  },
  /** J */
  0x4a: function* (run) {
    yield* feedDots(run, yield* byte());
  },
  /** a */
  0x61: mode((run, argument) => {
    const align = ALIGNMENTS[digit(argument)];
    if (align === undefined || run.state.cells.length > 0) run.head.misuse('alignment in a line begun, or unknown');
    else run.state.align = align;
  }),
  /** ! */
  0x21: mode(({ state }, bits) => {
    state.isFontB = (bits & 0x01) !== 0;
    state.isBold = (bits & 0x08) !== 0;
    state.scale = { wide: (bits & 0x20) !== 0 ? 2 : 1, high: (bits & 0x10) !== 0 ? 2 : 1 };
    state.underlineDots = (bits & 0x80) !== 0 ? 1 : 0;
  }),
  /** E */
  0x45: mode(({ state }, argument) => {
    state.isBold = (argument & 1) !== 0;
  }),
  /** - */
  0x2d: mode(({ state }, argument) => {
    state.underlineDots = Math.min(2, digit(argument));
  }),
  /** 3 */
  0x33: mode(({ state }, dots) => {
    state.lineSpacingDots = dots;
  }),
  /** 2 */
  0x32: plain(({ state }) => {
    state.lineSpacingDots = LINE_SPACING_DOTS;
  }),
  /** t and R: code page and character set matter in single-byte mode alone. */
  0x74: mode(() => undefined),
  0x52: mode(() => undefined),
  /** p */
  0x70: function* ({ head }) {
    yield* bytes(3);
    head.pulseDrawer();
  },
  /** i and m */
  0x69: cut,
  0x6d: cut,
};

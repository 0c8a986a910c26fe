/** A terminal's screen and paper as text, for a console and for transcripts. */
import { columnsOf } from '../../firmware/base/columns.ts';
import type { ScreenModel, ScreenTone } from '../../firmware/hal/index.ts';
import { drawCode } from './code-drawing.ts';

/** Inner width: screens are laid out to 40 columns. */
const SCREEN_COLUMNS = 42;

const COLOUR: Readonly<Record<ScreenTone, string>> = {
  neutral: '\u001B[36m',
  busy: '\u001B[33m',
  success: '\u001B[32m',
  failure: '\u001B[31m',
  attention: '\u001B[35m',
};
const RESET = '\u001B[0m';

/** Signs that take two columns on a receipt head and one on a console: ¥ · × and the like. */
const NARROW_ON_CONSOLE = /[\u0080-\u2E7F]/gu;

function padded(text: string, columns: number): string {
  const used = columnsOf(text) - (text.match(NARROW_ON_CONSOLE)?.length ?? 0);
  return text + ' '.repeat(Math.max(0, columns - used));
}

function boxed(lines: readonly string[], columns: number): string[] {
  const edge = '─'.repeat(columns + 2);
  return [`┌${edge}┐`, ...lines.map((line) => `│ ${padded(line, columns)} │`), `└${edge}┘`];
}

/** The screen as a box, a code that the customer scans below it; coloured by its tone when asked. */
export function drawScreen(screen: ScreenModel, coloured: boolean): string[] {
  const body = [
    screen.title,
    '',
    ...screen.lines,
    ...screen.options.map(({ key, label }) => `[${key}] ${label}`),
    ...(screen.hint === '' ? [] : ['', screen.hint]),
  ];
  const box = boxed(body, SCREEN_COLUMNS);
  const drawn = coloured ? box.map((line) => COLOUR[screen.tone] + line + RESET) : box;
  return screen.code === undefined ? drawn : [...drawn, ...drawCode(screen.code.text, coloured)];
}

/** A slip as it came out, between the edges of the paper. */
export function drawSlip(lines: readonly string[], columns: number): string[] {
  const tear = '╌'.repeat(columns + 4);
  return [`   ${tear}`, ...lines.map((line) => `   ┊ ${padded(line, columns)} ┊`), `   ${tear}`];
}

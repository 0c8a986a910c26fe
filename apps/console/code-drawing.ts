/** QR codes as characters, two modules one above the other in each. */
import { wrapText } from '../../firmware/base/columns.ts';
import { qrModules } from '../../drivers/printer-escpos/raster.ts';

/** Columns of a usual terminal: codes of up to 69 modules with their margin, 331 bytes of text, fit it. */
const COLUMNS_MAX = 80;
/** ISO/IEC 18004: the light margin without which readers find no code. */
const QUIET_MODULES = 4;
/** Black on white whatever the terminal's own colours are: few readers take a code that is light on dark. */
const DARK_ON_LIGHT = '\u001B[38;5;16;48;5;231m';
const RESET = '\u001B[0m';
const HALVES = [' ', '▄', '▀', '█'] as const;

/**
 * The code as lines of at most 80 columns. Without colours a dark module is ink, as on paper. A text with too much in
 * it for a code of that width stands there to be read instead.
 */
export function drawCode(text: string, coloured: boolean): string[] {
  const modules = qrModules(text) ?? [];
  const size = modules.length + 2 * QUIET_MODULES;
  if (modules.length === 0 || size > COLUMNS_MAX) return wrapText(text.replace(/\p{Cc}/gu, '?'), COLUMNS_MAX);
  const isDark = (x: number, y: number): boolean => modules[y - QUIET_MODULES]?.[x - QUIET_MODULES] === true;
  return Array.from({ length: Math.ceil(size / 2) }, (_, row) => {
    let line = '';
    for (let x = 0; x < size; x++) {
      const halves = (isDark(x, 2 * row) ? 2 : 0) + (isDark(x, 2 * row + 1) ? 1 : 0);
      line += HALVES[halves] ?? ' ';
    }
    return coloured ? DARK_ON_LIGHT + line + RESET : line;
  });
}

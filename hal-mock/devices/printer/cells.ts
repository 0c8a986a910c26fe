import { burnArea, dotAt, type Bitmap } from './bitmap.ts';
import { glyphOf, HALF_WIDTH_DOTS } from './glyphs.ts';

/** One character as the head is told to burn it. */
export interface Cell {
  /** Empty for a gap. */
  readonly character: string;
  readonly widthDots: number;
  readonly heightDots: number;
  readonly bold: boolean;
  readonly underlineDots: number;
  readonly inverted: boolean;
  /** Dots of a user-defined character, instead of the font's. */
  readonly glyph?: Bitmap;
}

/** Where a line stands between the edges of the paper. */
export type Align = 'left' | 'center' | 'right';

/** Left edge of something on paper. */
export function leftOf(align: Align, widthDots: number, paperWidthDots: number): number {
  const gap = Math.max(0, paperWidthDots - widthDots);
  return align === 'left' ? 0 : align === 'right' ? gap : gap >> 1;
}

/** Dots that a line of cells takes across. */
export function widthOf(cells: readonly Cell[]): number {
  return cells.reduce((width, cell) => width + cell.widthDots, 0);
}

/** Line feed of a line: its tallest character or the line spacing, whichever is more. */
export function lineHeightOf(cells: readonly Cell[], lineSpacingDots: number): number {
  return cells.reduce((height, cell) => Math.max(height, cell.heightDots), lineSpacingDots);
}

/** What a reader sees: indentation of aligned text as blanks, and the full-width yen sign that GBK has as `¥`. */
export function textOf(cells: readonly Cell[], align: Align, paperWidthDots: number): string {
  const left = leftOf(align, widthOf(cells), paperWidthDots);
  let text = ' '.repeat(Math.floor(left / HALF_WIDTH_DOTS));
  for (const cell of cells) {
    text += cell.character === '' ? ' '.repeat(Math.round(cell.widthDots / HALF_WIDTH_DOTS)) : cell.character;
  }
  return text.replaceAll('\uFFE5', '\u00A5').trimEnd();
}

/** Burns a cell with its bottom at `bottom`, so that sizes mixed in one line share their base. */
function drawCell(paper: Bitmap, cell: Cell, left: number, bottom: number): void {
  const glyph = cell.character === '' ? undefined : (cell.glyph ?? glyphOf(cell.character));
  const inGlyph = (x: number, y: number): boolean =>
    glyph !== undefined &&
    dotAt(
      glyph,
      Math.floor((x * glyph.widthDots) / cell.widthDots),
      Math.floor((y * glyph.heightDots) / cell.heightDots),
    );
  const underlineTop = cell.heightDots - cell.underlineDots;
  const area = { left, top: bottom - cell.heightDots, widthDots: cell.widthDots, heightDots: cell.heightDots };
  burnArea(paper, area, (x, y) => {
    const isDark = y >= underlineTop || inGlyph(x, y) || (cell.bold && x > 0 && inGlyph(x - 1, y));
    return isDark !== cell.inverted;
  });
}

/** Burns a line of cells whose top is at `top`. */
export function drawCells(paper: Bitmap, cells: readonly Cell[], align: Align, top: number): void {
  let left = leftOf(align, widthOf(cells), paper.widthDots);
  const bottom = top + lineHeightOf(cells, 0);
  for (const cell of cells) {
    drawCell(paper, cell, left, bottom);
    left += cell.widthDots;
  }
}

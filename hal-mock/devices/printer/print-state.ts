import { columnsOfCharacter } from '../../../firmware/base/columns.ts';
import type { Bitmap } from './bitmap.ts';
import { widthOf, type Align, type Cell } from './cells.ts';
import { FULL_WIDTH_DOTS, HALF_WIDTH_DOTS } from './glyphs.ts';
import { LINE_SPACING_DOTS } from './paper.ts';

/** Times a character is made wider and higher. */
export interface Scale {
  readonly wide: number;
  readonly high: number;
}

const NORMAL: Scale = { wide: 1, high: 1 };
/** Font B of 203 dpi heads. */
const FONT_B = { widthDots: 9, heightDots: 17 };

/** The modes of a head and the line it is collecting: what ESC @ puts back. */
export class PrintState {
  align: Align = 'left';
  isBold = false;
  isInverted = false;
  isFontB = false;
  underlineDots = 0;
  scale = NORMAL;
  lineSpacingDots = LINE_SPACING_DOTS;
  /** Two-byte characters: on at power-on of a head made for China. */
  isChinese = true;
  chineseScale = NORMAL;
  chineseUnderlineDots = 0;
  chineseGaps = { before: 0, after: 0 };
  readonly ownCharacters = new Map<number, Bitmap>();
  cells: Cell[] = [];

  get widthDots(): number {
    return widthOf(this.cells);
  }

  /** The cells of one character in the modes of now. */
  cellsOf(character: string, glyph?: Bitmap): Cell[] {
    const isChinese = columnsOfCharacter(character) === 2;
    const scale = isChinese ? this.chineseScale : this.scale;
    const half = this.isFontB ? FONT_B : { widthDots: HALF_WIDTH_DOTS, heightDots: FULL_WIDTH_DOTS };
    const size = isChinese ? { widthDots: FULL_WIDTH_DOTS, heightDots: FULL_WIDTH_DOTS } : half;
    const cell: Cell = {
      character,
      widthDots: size.widthDots * scale.wide,
      heightDots: size.heightDots * scale.high,
      bold: this.isBold,
      underlineDots: isChinese ? this.chineseUnderlineDots : this.underlineDots,
      inverted: this.isInverted,
      ...(glyph === undefined ? {} : { glyph }),
    };
    if (!isChinese) return [cell];
    const { before, after } = this.chineseGaps;
    const gaps = (widthDots: number): Cell[] => (widthDots > 0 ? [{ ...cell, character: '', widthDots }] : []);
    return [...gaps(before * scale.wide), cell, ...gaps(after * scale.wide)];
  }

  /** Takes the line out of the print buffer. */
  takeCells(): Cell[] {
    const { cells } = this;
    this.cells = [];
    return cells;
  }
}

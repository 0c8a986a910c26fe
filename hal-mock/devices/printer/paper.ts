import { blankBitmap, burnArea, dotAt, type Bitmap } from './bitmap.ts';
import { drawCells, lineHeightOf, textOf, type Align, type Cell } from './cells.ts';
import { pngOf } from './png.ts';

/** Line spacing at power-on: 1/6 inch of a 180 dpi head, which 203 dpi heads kept as 30 dots. */
export const LINE_SPACING_DOTS = 30;

/** One movement of the paper with what is burnt on it. */
export type Burn =
  | {
      readonly kind: 'text';
      readonly cells: readonly Cell[];
      readonly align: Align;
      readonly heightDots: number;
      /** What a reader sees, where it is known without the cells. */
      readonly text?: string;
    }
  | { readonly kind: 'image'; readonly image: Bitmap; readonly leftDots: number; readonly heightDots: number }
  /** `lines` counts the empty text lines a reader sees; a feed in dots is none. */
  | { readonly kind: 'blank'; readonly lines: number; readonly heightDots: number };

/** A line of text with the paper it takes. */
export function textBurn(cells: readonly Cell[], align: Align, lineSpacingDots = LINE_SPACING_DOTS): Burn {
  return { kind: 'text', cells, align, heightDots: lineHeightOf(cells, lineSpacingDots) };
}

/** Gets the lines of a slip, and its dots as a picture file where they are wanted. */
export type CutListener = (lines: readonly string[], png: () => Uint8Array) => void;

/** What came out of the head since the last tear: as text for assertions, and as dots. */
export class Paper {
  readonly widthDots: number;
  #slips: Burn[][] = [[]];
  #version = 0;
  readonly #cutListeners: CutListener[] = [];

  constructor(widthDots: number) {
    this.widthDots = widthDots;
  }

  /** Counts up whenever the paper looks different. */
  get version(): number {
    return this.#version;
  }

  /** For the head: burns and feeds. */
  burn(burn: Burn): void {
    this.#version++;
    this.#slips.at(-1)?.push(burn);
  }

  /** For the cutter. */
  cut(): void {
    this.#version++;
    const slip = this.#slips.at(-1) ?? [];
    this.#slips.push([]);
    if (this.#cutListeners.length === 0) return;
    const lines = this.#linesOf(slip);
    for (const listener of this.#cutListeners) listener(lines, () => pngOf(this.#drawn(slip)));
  }

  /** Calls for each slip from now on when it is cut. */
  onCut(listener: CutListener): void {
    this.#cutListeners.push(listener);
  }

  /** All text lines since the last tear, empty ones too; pictures and codes are none. */
  lines(): string[] {
    return this.#slips.flatMap((slip) => this.#linesOf(slip));
  }

  /** How many {@link lines} there are. */
  get lineCount(): number {
    let count = 0;
    for (const burn of this.#slips.flat()) {
      if (burn.kind !== 'image') count += burn.kind === 'blank' ? burn.lines : 1;
    }
    return count;
  }

  /** The lines between cuts; paper that hangs uncut from the head comes last. */
  slips(): string[][] {
    return this.#slips.filter((slip) => slip.length > 0).map((slip) => this.#linesOf(slip));
  }

  /** Takes the paper away and returns its lines. */
  tear(): string[] {
    const lines = this.lines();
    this.#slips = [[]];
    this.#version++;
    return lines;
  }

  /** The dots, as wide as the head. */
  bitmap(): Bitmap {
    return this.#drawn(this.#slips.flat());
  }

  /** The same as a picture file. */
  toPng(): Uint8Array {
    return pngOf(this.bitmap());
  }

  #drawn(burns: readonly Burn[]): Bitmap {
    const bitmap = blankBitmap(
      this.widthDots,
      burns.reduce((height, burn) => height + burn.heightDots, 0),
    );
    let top = 0;
    for (const burn of burns) {
      draw(bitmap, burn, top);
      top += burn.heightDots;
    }
    return bitmap;
  }

  #linesOf(slip: readonly Burn[]): string[] {
    return slip.flatMap((burn) => {
      if (burn.kind === 'text') return [burn.text ?? textOf(burn.cells, burn.align, this.widthDots)];
      return burn.kind === 'blank' ? Array<string>(burn.lines).fill('') : [];
    });
  }
}

function draw(bitmap: Bitmap, burn: Burn, top: number): void {
  if (burn.kind === 'text') drawCells(bitmap, burn.cells, burn.align, top);
  if (burn.kind === 'image') {
    const { image } = burn;
    const area = { left: burn.leftDots, top, widthDots: image.widthDots, heightDots: image.heightDots };
    burnArea(bitmap, area, (x, y) => dotAt(image, x, y));
  }
}

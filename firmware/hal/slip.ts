/** Dots for paper: one bit a dot, 1 = black, bit 7 leftmost, rows padded to whole bytes. */
export interface SlipImage {
  readonly widthDots: number;
  readonly heightDots: number;
  readonly bits: Uint8Array;
}

/** A picture centred on the paper. */
export interface SlipPicture extends SlipImage {
  readonly kind: 'image';
}

/** A receipt as lines, before any printer: what is said, not how a head burns it. */
export type SlipLine =
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly align?: 'left' | 'center' | 'right';
      /** `large` is double width and double height: half the columns. */
      readonly size?: 'normal' | 'large';
      readonly bold?: boolean;
    }
  /** Label left, value right; a value is never broken, see `fitPair`. */
  | { readonly kind: 'pair'; readonly label: string; readonly value: string; readonly bold?: boolean }
  | { readonly kind: 'rule' }
  | { readonly kind: 'feed'; readonly lines: number }
  | { readonly kind: 'qr'; readonly data: string }
  | SlipPicture;

export interface Slip {
  /** Four characters 0x20–0x7E that a head can echo as proof of printing; unique among the slips of a day. */
  readonly jobId: string;
  readonly lines: readonly SlipLine[];
}

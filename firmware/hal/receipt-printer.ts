import type { Slip } from './slip.ts';

export type PrinterStop = 'paperOut' | 'coverOpen' | 'overheated' | 'cutter' | 'offline';

export type PrinterStatus =
  | { readonly kind: 'ready'; readonly paper: 'ok' | 'low' | 'unknown' }
  | { readonly kind: 'stopped'; readonly reason: PrinterStop };

/**
 * How sure it is that the slip is on paper: `confirmed` the head said so after the last dot, `inferred` it drained its
 * buffer with clean status, `unknown` it has no way to say. A finished write to the port proves nothing.
 */
export type PrintEvidence = 'confirmed' | 'inferred' | 'unknown';

export type PrintResult =
  | { readonly kind: 'printed'; readonly evidence: PrintEvidence }
  /**
   * The job ended early and is abandoned: nothing more of it will come out. `partial` says whether some of it may be
   * on paper already, so that the next print of this copy carries the reprint mark.
   */
  | { readonly kind: 'stoppedAt'; readonly reason: PrinterStop; readonly partial: boolean };

/** Nothing says whether a drawer hangs on the printer, or whether it is open: `pulsed` is all that can be known. */
export type DrawerResult =
  | { readonly kind: 'pulsed' }
  /** The drawer stays shut: nothing is kept that would open it later. */
  | { readonly kind: 'stopped'; readonly reason: PrinterStop };

export interface ReceiptPrinter {
  /** Columns of normal text; a Chinese character takes two. */
  readonly columns: number;
  /** Rejects with `HalError` `disconnected` or `timeout`. */
  status(): Promise<PrinterStatus>;
  /** Prints one slip, feeds and cuts. One job at a time. Rejects with `HalError`; part of it may then be on paper. */
  print(slip: Slip): Promise<PrintResult>;
  /** Opens the cash drawer that hangs on the printer. Rejects with `HalError`, `busy` while a slip is printed. */
  openDrawer(): Promise<DrawerResult>;
}

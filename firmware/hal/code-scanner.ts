import type { CancelSignal } from '../base/cancel.ts';
import type { VaultRef } from './card-vault.ts';

export type Scan =
  /** One code, stripped of its tail; `length` in characters. */
  | { readonly kind: 'scanned'; readonly codeRef: VaultRef; readonly length: number }
  /** Something that cannot be a pay code: control characters, bytes outside ASCII, or more than 512 characters. */
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'timedOut' }
  | { readonly kind: 'cancelled' };

/** A code scanner that looks only while it is asked to, so that a code left on the window cannot pay the next sale. */
export interface CodeScanner {
  /** One code per call. Cancelling stops the scanner and throws away what it read. Rejects with `HalError`. */
  scan(timeoutMs: number, signal: CancelSignal): Promise<Scan>;
}

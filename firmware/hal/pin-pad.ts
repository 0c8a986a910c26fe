import type { CancelSignal } from '../base/cancel.ts';
import type { VaultRef } from './card-vault.ts';

export interface PinRequest {
  readonly panRef: VaultRef;
  readonly amountFen: number;
  /** ISO 9564: 4 to 12. */
  readonly digitsMin: number;
  readonly digitsMax: number;
  readonly timeoutMs: number;
}

export type PinEntry =
  | { readonly kind: 'entered'; readonly pinBlockRef: VaultRef; readonly format: 'iso0' | 'sm4' }
  /** Confirmed without a digit: the customer's card needs none. */
  | { readonly kind: 'bypassed' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'timedOut' };

/**
 * A device that takes a PIN and gives back an enciphered block. No member returns digits or a clear key, and a test
 * asserts it: a clear PIN has no representation in the firmware.
 */
export interface PinPad {
  /**
   * Asks once. A new block for every call, never one for two.
   *
   * - `onDigits` reports how many digits stand, for stars on the screen; never which.
   * - Cancelling ends the entry in the device before this resolves `cancelled`.
   * - Rejects with `HalError`: `security` when no PIN key is loaded, `disconnected`, `timeout`, `protocol`.
   */
  enterPin(request: PinRequest, onDigits: (count: number) => void, signal: CancelSignal): Promise<PinEntry>;
}

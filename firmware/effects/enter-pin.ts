import { HalError, type PinEntry, type VaultRef } from '../hal/index.ts';
import type { TimingSettings } from '../settings.ts';
import type { Effect } from './effect.ts';

/** ISO 9564 allows 4 to 12; UnionPay cards have 6. */
const PIN_DIGITS = { digitsMin: 4, digitsMax: 12 };

export interface EnterPinInput {
  readonly panRef: VaultRef;
  readonly maskedPan: string;
  readonly amountFen: number;
  readonly tryNumber: number;
  readonly timing: TimingSettings;
}

export type EnterPinOutcome = PinEntry | { readonly kind: 'failed'; readonly error: HalError['kind'] };

/** Asks for the PIN once and shows a star for every digit that stands. */
export const enterPin: Effect<EnterPinOutcome, EnterPinInput> = async ({ ports, show, inTurn }, input, signal) => {
  const { amountFen, maskedPan, tryNumber } = input;
  const showDigits = (digits: number) => show('enterPin', { amountFen, maskedPan, digits, tryNumber });
  showDigits(0);
  const request = { panRef: input.panRef, amountFen, ...PIN_DIGITS, timeoutMs: input.timing.pinMs };
  try {
    return await inTurn('pinPad', () => ports.pinPad.enterPin(request, showDigits, signal));
  } catch (error) {
    if (error instanceof HalError) return { kind: 'failed', error: error.kind };
    throw error;
  }
};

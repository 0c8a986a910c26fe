import type { CardholderVerification, CardInterface } from '../hal/card-reader.ts';

/** How the terminal makes sure of the cardholder. `notPossible`: a PIN is due and nothing here can take one. */
export type Verification = 'onlinePin' | 'signature' | 'none' | 'notPossible';

export interface VerificationInput {
  readonly interface: CardInterface;
  /** A chip card read from its stripe. */
  readonly fallback: boolean;
  /** What the kernel asks for; a stripe has no say. */
  readonly cvm: CardholderVerification;
  /** Application of the chip; `undefined` for a stripe. */
  readonly aid: string | undefined;
  readonly amountFen: number;
  /** A tap of exactly this amount asks for the PIN. */
  readonly noPinLimitFen: number;
  readonly capabilities: { readonly onlinePin: boolean };
}

/** Registered application provider of UnionPay; the debit application goes on with 010101. */
const UNIONPAY_RID = 'A000000333';
const UNIONPAY_DEBIT_AID = 'A000000333010101';

/**
 * Chooses the cardholder verification.
 *
 * Below the limit a UnionPay tap needs neither PIN nor signature, even where the card would ask for a PIN: that is the
 * scheme's small-amount rule (免密免签). Elsewhere the terminal may ask for more than the kernel, never for less.
 */
export function chooseVerification(input: VerificationInput): Verification {
  const wanted = wantedVerification(input);
  return wanted === 'onlinePin' && !input.capabilities.onlinePin ? 'notPossible' : wanted;
}

function wantedVerification(input: VerificationInput): Exclude<Verification, 'notPossible'> {
  const { aid, cvm, amountFen, noPinLimitFen } = input;
  if (input.interface === 'swipe' || input.fallback) return 'onlinePin';
  const kernelWants = cvm === 'onDevice' ? 'none' : cvm;
  if (input.interface === 'chip') return startsWith(aid, UNIONPAY_DEBIT_AID) ? 'onlinePin' : kernelWants;
  if (amountFen >= noPinLimitFen) return 'onlinePin';
  return startsWith(aid, UNIONPAY_RID) ? 'none' : kernelWants;
}

function startsWith(aid: string | undefined, prefix: string): boolean {
  return aid?.toUpperCase().startsWith(prefix) === true;
}

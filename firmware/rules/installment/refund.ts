import { isFen } from '../../base/fen.ts';
import { invariant } from '../../base/invariant.ts';
import type { PlanMethod } from './settings.ts';

/** How much of a sale by instalments a lender takes back at once. Card rules know a whole refund alone; wallets also parts. */
export const REFUND_TERMS: Readonly<Record<PlanMethod, 'wholeOnly' | 'inParts'>> = {
  card: 'wholeOnly',
  huabei: 'inParts',
  baitiao: 'inParts',
};

/** A refund that somebody asks for. */
export interface RefundAsked {
  /** `undefined` where the sale was paid at once: any part of it can be refunded. */
  readonly method: PlanMethod | undefined;
  readonly amountFen: number;
  /** All refunds before this one, those in doubt too. */
  readonly refundedBeforeFen: number;
  /** More than 0. */
  readonly refundFen: number;
  /** Whether the sale is approved and neither void nor reversed. */
  readonly stands: boolean;
}

export type RefundRefusal = 'notStanding' | 'nothingLeft' | 'aboveSale' | 'wholeOnly';

/** Whether a refund may be sent, or why not. */
export function refundAllowed(asked: RefundAsked): 'ok' | RefundRefusal {
  const { method, amountFen, refundedBeforeFen, refundFen, stands } = asked;
  invariant(isFen(refundFen) && refundFen > 0, 'a refund is a positive amount of fen');
  if (!stands) return 'notStanding';
  if (refundedBeforeFen >= amountFen) return 'nothingLeft';
  if (refundedBeforeFen + refundFen > amountFen) return 'aboveSale';
  const isWhole = refundFen === amountFen;
  return isWhole || method === undefined || REFUND_TERMS[method] === 'inParts' ? 'ok' : 'wholeOnly';
}

/** What a refund does to a plan. */
export interface PlanRefund {
  /** Part of the customer's fee that goes back with it. */
  readonly feeBackFen: number;
  readonly remainingPrincipalFen: number;
  readonly remainingFeeFen: number;
}

/**
 * Gives the customer's fee back in proportion to the price, rounded down over all refunds together: after each, what has come
 * back is ⌊fee × refunded ÷ amount⌋, and the whole fee once everything is refunded. The proportion is our own reading: lenders
 * say that the fee of what is refunded goes back, not how it is rounded.
 *
 * @param asked a refund that {@link refundAllowed} allows
 */
export function refundOfPlan(asked: {
  readonly plan: { readonly feeFen: number };
  readonly amountFen: number;
  readonly refundedBeforeFen: number;
  readonly refundFen: number;
}): PlanRefund {
  const { plan, amountFen, refundedBeforeFen, refundFen } = asked;
  const refundedFen = refundedBeforeFen + refundFen;
  invariant([amountFen, refundedBeforeFen, refundFen].every(isFen), 'a refund is of whole fen');
  invariant(amountFen > 0 && refundedFen <= amountFen, 'no more is refunded than was paid');
  const backFen = feeShare(plan.feeFen, refundedFen, amountFen);
  return {
    feeBackFen: backFen - feeShare(plan.feeFen, refundedBeforeFen, amountFen),
    remainingPrincipalFen: amountFen - refundedFen,
    remainingFeeFen: plan.feeFen - backFen,
  };
}

/** BigInt, because the product exceeds 2^53. */
function feeShare(feeFen: number, partFen: number, amountFen: number): number {
  return Number((BigInt(feeFen) * BigInt(partFen)) / BigInt(amountFen));
}

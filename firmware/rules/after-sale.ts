/** What may be done to a sale once it stands: voids 撤销 and refunds 退货, as total functions of the journal. */
import type { JournaledRefund, JournaledSale } from '../journal/fold.ts';
import type { RefundKind } from '../journal/refund-records.ts';
import { type PlanRefund, refundAllowed, refundOfPlan, type RefundRefusal } from './installment/refund.ts';
import type { PlanMethod } from './installment/settings.ts';

/** What the contract allows, and asks for, when money goes back. */
export interface RefundSettings {
  /** The card of a card sale must be presented again. */
  readonly needsCard: boolean;
  /** A void of a sale by PIN asks for the PIN again. */
  readonly voidNeedsPin: boolean;
  /** Most of one refund; a void is limited by its sale alone. */
  readonly refundMaxFen: number;
}

/** Card and PIN for a void, and 10,000 yuan at most for a refund, as terminals ship (CUP terminal rules A.9). */
export const DEFAULT_REFUNDS: RefundSettings = { needsCard: true, voidNeedsPin: true, refundMaxFen: 1_000_000 };

/** Why nothing can go back, or not this. */
export type AfterSaleRefusal =
  | RefundRefusal
  /** Of the open batch and the one before; older ones are not remembered. */
  | 'noSuchSale'
  | 'inDoubt'
  /** A void or refund of it has no answer yet. */
  | 'refundInDoubt'
  /** The chip approved it alone and the acquirer does not have it yet. */
  | 'notForwarded'
  /** The acquirer gave it no number by which it could find it. */
  | 'noReference'
  /** A void is for sales of the open batch. */
  | 'batchClosed'
  /** A void takes a sale back of which nothing went back before. */
  | 'alreadyRefunded'
  | 'aboveLimit'
  /** The acquirer is comparing the batch, or it is full: it is settled first. */
  | 'mustSettle'
  /** Something else is in doubt, and goes first. */
  | 'openItems';

export interface AfterSaleState {
  readonly kind: RefundKind;
  readonly sale: JournaledSale;
  /** Voids and refunds of it. */
  readonly refunds: readonly JournaledRefund[];
  /** What has gone back of it, or may have. */
  readonly refundedFen: number;
  readonly openBatch: string;
}

/** Why this sale cannot be voided or refunded at all, whatever the amount; `undefined` when it can. */
export function afterSaleRefusal(state: AfterSaleState): AfterSaleRefusal | undefined {
  const { kind, sale, refunds, refundedFen, openBatch } = state;
  if (isInDoubt(sale)) return 'inDoubt';
  if (sale.status !== 'approved') return 'notStanding';
  if (sale.forwarding === 'due') return 'notForwarded';
  if (sale.intent.type === 'cardIntent' && sale.cardResult?.retrievalReference === undefined) return 'noReference';
  if (refunds.some(({ status }) => status === 'sent' || status === 'reversing')) return 'refundInDoubt';
  if (refundedFen >= sale.intent.amountFen) return 'nothingLeft';
  if (kind === 'refund') return undefined;
  if (sale.key.batch !== openBatch) return 'batchClosed';
  return refundedFen > 0 ? 'alreadyRefunded' : undefined;
}

function isInDoubt({ status }: JournaledSale): boolean {
  return ['sent', 'authorized', 'reversing', 'cancelling', 'handedOver'].includes(status);
}

/** What a void or refund of an amount is about. */
export interface RefundAmount {
  readonly kind: RefundKind;
  readonly amountFen: number;
  /** Of the sale. */
  readonly saleFen: number;
  readonly refundedFen: number;
  readonly method: PlanMethod | undefined;
}

/** Why this amount cannot go back; `undefined` when it can. */
export function amountRefusal(asked: RefundAmount, { refundMaxFen }: RefundSettings): AfterSaleRefusal | undefined {
  const { kind, amountFen, saleFen, refundedFen, method } = asked;
  const verdict = refundAllowed({
    method,
    amountFen: saleFen,
    refundedBeforeFen: refundedFen,
    refundFen: amountFen,
    stands: true,
  });
  if (verdict !== 'ok') return verdict;
  return kind === 'refund' && amountFen > refundMaxFen ? 'aboveLimit' : undefined;
}

/** What is left of a sale and its plan once this amount has gone back. */
export function afterRefund(
  { amountFen, saleFen, refundedFen }: Pick<RefundAmount, 'amountFen' | 'saleFen' | 'refundedFen'>,
  plan: { readonly feeFen: number } | undefined,
): PlanRefund {
  const asked = { amountFen: saleFen, refundedBeforeFen: refundedFen, refundFen: amountFen };
  return refundOfPlan({ ...asked, plan: plan ?? { feeFen: 0 } });
}

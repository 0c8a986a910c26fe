import type { JournaledRefund, JournaledSale, RefundStatus, SaleStatus } from '../journal/fold.ts';
import type { RefundKind } from '../journal/refund-records.ts';

/** What a number of the journal names. */
export type ItemKind = 'sale' | RefundKind;

/** Tells a void or refund from a sale. */
export function isRefund(item: JournaledSale | JournaledRefund): item is JournaledRefund {
  return item.intent.type === 'refundIntent';
}

export function kindOf(item: JournaledSale | JournaledRefund): ItemKind {
  return isRefund(item) ? item.intent.kind : 'sale';
}

/** What is known for certain about a sale, a void or a refund, and what happens next where nothing is. */
export type SaleTruth =
  | { readonly kind: 'approved' }
  /** The money never moved. */
  | { readonly kind: 'declined' }
  /** The money was, or may have been, taken and is given back; of a void: it was taken back, and the sale stands again. */
  | { readonly kind: 'reversed' }
  /** Money went back to the customer: of a sale all of it together, of a void or refund its own. */
  | { readonly kind: 'refunded'; readonly backFen: number; readonly feeBackFen: number }
  | { readonly kind: 'inDoubt'; readonly next: DoubtNext }
  /** No such sale in this journal. */
  | { readonly kind: 'unknown' };

export type DoubtNext =
  /** The terminal opens and sends a reversal by itself. */
  | 'reverse'
  /** The terminal queries the wallet, and cancels what is not paid. */
  | 'query'
  /** A void or refund of it has no answer yet: the terminal goes on until it has. */
  | 'refund'
  /** A supervisor, or the shop, clears it up with the acquirer; the terminal sends nothing more. */
  | 'callAcquirer';

const TRUTHS: Readonly<Record<SaleStatus, Exclude<SaleTruth['kind'], 'unknown' | 'refunded'>>> = {
  approved: 'approved',
  declined: 'declined',
  notSent: 'declined',
  reversed: 'reversed',
  cancelled: 'reversed',
  sent: 'inDoubt',
  authorized: 'inDoubt',
  reversing: 'inDoubt',
  cancelling: 'inDoubt',
  handedOver: 'inDoubt',
  uncollected: 'inDoubt',
};

const REFUND_TRUTHS: Readonly<Record<RefundStatus, Exclude<SaleTruth['kind'], 'unknown' | 'approved'>>> = {
  done: 'refunded',
  declined: 'declined',
  notSent: 'declined',
  reversed: 'reversed',
  sent: 'inDoubt',
  reversing: 'inDoubt',
  handedOver: 'inDoubt',
};

/**
 * The truth about a sale of the journal, the same before and after any crash.
 *
 * @param refunds voids and refunds of it
 */
export function saleTruth(sale: JournaledSale | undefined, refunds: readonly JournaledRefund[] = []): SaleTruth {
  if (sale === undefined) return { kind: 'unknown' };
  const kind = TRUTHS[sale.status];
  if (kind === 'inDoubt') return { kind, next: nextOf(sale) };
  return kind === 'approved' ? standingTruth(refunds) : { kind };
}

function nextOf({ status, intent }: JournaledSale): DoubtNext {
  if (status === 'handedOver' || status === 'uncollected') return 'callAcquirer';
  return intent.type === 'walletIntent' ? 'query' : 'reverse';
}

/** What is in doubt comes before what is done: nobody should believe that they have seen everything. */
function standingTruth(refunds: readonly JournaledRefund[]): SaleTruth {
  const truths = refunds.map(refundTruth);
  const doubts = truths.filter((truth) => truth.kind === 'inDoubt');
  const doubt = doubts.find(({ next }) => next === 'refund') ?? doubts[0];
  if (doubt !== undefined) return doubt;
  const done = truths.filter((truth) => truth.kind === 'refunded');
  if (done.length === 0) return { kind: 'approved' };
  return {
    kind: 'refunded',
    backFen: done.reduce((sum, { backFen }) => sum + backFen, 0),
    feeBackFen: done.reduce((sum, { feeBackFen }) => sum + feeBackFen, 0),
  };
}

/** The truth about one void or refund. */
export function refundTruth({ status, intent }: JournaledRefund): SaleTruth {
  const kind = REFUND_TRUTHS[status];
  if (kind === 'refunded') return { kind, backFen: intent.amountFen, feeBackFen: intent.feeBackFen };
  if (kind === 'inDoubt') return { kind, next: status === 'handedOver' ? 'callAcquirer' : 'refund' };
  return { kind };
}

import type { JournaledSale, SaleStatus } from '../journal/fold.ts';

/** What is known for certain about a sale, and what happens next where nothing is. */
export type SaleTruth =
  | { readonly kind: 'approved' }
  /** The money never moved. */
  | { readonly kind: 'declined' }
  /** The money was, or may have been, taken and is given back. */
  | { readonly kind: 'reversed' }
  | { readonly kind: 'inDoubt'; readonly next: DoubtNext }
  /** No such sale in this journal. */
  | { readonly kind: 'unknown' };

export type DoubtNext =
  /** The terminal opens and sends a reversal by itself. */
  | 'reverse'
  /** The terminal queries the wallet, and cancels what is not paid. */
  | 'query'
  /** A supervisor, or the shop, clears it up with the acquirer; the terminal sends nothing more. */
  | 'callAcquirer';

const TRUTHS: Readonly<Record<SaleStatus, Exclude<SaleTruth['kind'], 'unknown'>>> = {
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

/** The truth about a sale of the journal, the same before and after any crash. */
export function saleTruth(sale: JournaledSale | undefined): SaleTruth {
  if (sale === undefined) return { kind: 'unknown' };
  const kind = TRUTHS[sale.status];
  return kind === 'inDoubt' ? { kind, next: nextOf(sale) } : { kind };
}

function nextOf({ status, intent }: JournaledSale): DoubtNext {
  if (status === 'handedOver' || status === 'uncollected') return 'callAcquirer';
  return intent.type === 'walletIntent' ? 'query' : 'reverse';
}

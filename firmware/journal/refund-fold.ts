/** The records of voids and refunds folded into what has gone back to whom, and what is still on its way. */
import { invariant } from '../base/invariant.ts';
import type { ReversalReason } from '../protocol/cup/messages.ts';
import type { CopyState, JournaledSale } from './fold.ts';
import type { ReceiptCopy, SaleLifeRecord } from './records.ts';
import type { RefundIntent, RefundRecord, RefundResult } from './refund-records.ts';
import { saleId, type SaleKey } from './sale-key.ts';

/**
 * `sent` and `reversing` are not final. A refund that was sent is repeated under its number until the host has answered;
 * a void without an answer is reversed, and the sale then stands again.
 */
export type RefundStatus = 'sent' | 'done' | 'declined' | 'notSent' | 'reversing' | 'reversed' | 'handedOver';

export interface JournaledRefund {
  readonly key: SaleKey;
  readonly intent: RefundIntent;
  /** Counts with the sales: an older one has a smaller number. */
  readonly order: number;
  readonly begunWallMs: number;
  status: RefundStatus;
  result: RefundResult | undefined;
  reversalReason: ReversalReason | undefined;
  readonly copies: Record<ReceiptCopy, CopyState>;
}

/** The part of the journal's state that refunds change. */
export interface RefundState {
  lastStan: number;
  saleCount: number;
  readonly sales: ReadonlyMap<string, JournaledSale>;
  /** By `saleId`, in the order they were begun; kept as long as their sale is. */
  readonly refunds: Map<string, JournaledRefund>;
  readonly openRefunds: Set<JournaledRefund>;
  readonly owingRefunds: Set<JournaledRefund>;
}

/** Records that can be about a refund as well as about a sale. */
export type SharedRecord = Extract<
  SaleLifeRecord,
  { readonly type: 'reversalIntent' | 'reversalResult' | 'receiptStarted' | 'receiptNotStarted' | 'receiptDone' }
>;

const STATUS_AFTER: Readonly<Record<RefundResult['result'], RefundStatus>> = {
  done: 'done',
  declined: 'declined',
  notSent: 'notSent',
  unknown: 'sent',
  untrusted: 'sent',
};

const OPEN: ReadonlySet<RefundStatus> = new Set<RefundStatus>(['sent', 'reversing']);
/** Money that has gone back, or may have. */
const COUNTS: ReadonlySet<RefundStatus> = new Set<RefundStatus>(['sent', 'done', 'reversing', 'handedOver']);

/** Applies one record of a void or refund in place. */
export function applyRefundRecord(state: RefundState, record: RefundRecord & { readonly wallMs: number }): void {
  if (record.type === 'refundIntent') return beginRefund(state, record, record.wallMs);
  const refund = refundOf(state, record);
  refund.result = record;
  setStatus(state, refund, STATUS_AFTER[record.result]);
}

function beginRefund(state: RefundState, intent: RefundIntent, wallMs: number): void {
  const id = saleId(intent);
  invariant(!state.sales.has(id) && !state.refunds.has(id), 'batch and STAN name one sale or refund');
  state.lastStan = intent.stan;
  const refund: JournaledRefund = {
    key: { batch: intent.batch, stan: intent.stan },
    intent,
    order: state.saleCount++,
    begunWallMs: wallMs,
    status: 'sent',
    result: undefined,
    reversalReason: undefined,
    copies: { merchant: 'none', cardholder: 'none' },
  };
  state.refunds.set(id, refund);
  state.openRefunds.add(refund);
}

function refundOf(state: RefundState, key: SaleKey): JournaledRefund {
  const refund = state.refunds.get(saleId(key));
  invariant(refund !== undefined, 'a result follows its intent');
  return refund;
}

function setStatus(state: RefundState, refund: JournaledRefund, status: RefundStatus): void {
  const isNew = refund.status !== status;
  refund.status = status;
  if (status === 'done' && isNew) {
    refund.copies.merchant = 'owed';
    refund.copies.cardholder = 'owed';
  }
  noteSets(state, refund);
}

function noteSets({ openRefunds, owingRefunds }: RefundState, refund: JournaledRefund): void {
  setMember(openRefunds, refund, OPEN.has(refund.status));
  const { merchant, cardholder } = refund.copies;
  setMember(owingRefunds, refund, refund.status === 'done' && [merchant, cardholder].some(isOwed));
}

function setMember<T>(set: Set<T>, item: T, belongs: boolean): void {
  if (belongs) set.add(item);
  else set.delete(item);
}

export function isOwed(copy: CopyState): boolean {
  return copy === 'owed' || copy === 'started';
}

/** Applies what is said of a sale or a refund in the same words, when it is about a refund. */
export function applySharedRecord(state: RefundState, refund: JournaledRefund, record: SharedRecord): void {
  switch (record.type) {
    case 'reversalIntent':
      refund.reversalReason = record.reason;
      return setStatus(state, refund, 'reversing');
    case 'reversalResult':
      if (record.outcome === 'reversed') setStatus(state, refund, 'reversed');
      return;
    case 'receiptStarted':
      refund.copies[record.copy] = 'started';
      return;
    case 'receiptNotStarted':
      refund.copies[record.copy] = 'owed';
      return;
    case 'receiptDone':
      refund.copies[record.copy] = 'done';
      return noteSets(state, refund);
  }
}

/** What has gone back of a sale, or may have: no more than the rest of it can be refunded. */
export function refundedFen(state: Readonly<RefundState>, sale: SaleKey): number {
  return refundsOf(state, sale)
    .filter(({ status }) => COUNTS.has(status))
    .reduce((sum, { intent }) => sum + intent.amountFen, 0);
}

/** Voids and refunds of one sale, in the order they were begun. */
export function refundsOf({ refunds }: Readonly<RefundState>, sale: SaleKey): JournaledRefund[] {
  const id = saleId(sale);
  return [...refunds.values()].filter(({ intent }) => saleId(intent.original) === id);
}

/** The journal's records folded into what the terminal has to know: next numbers, what is open, which copies are owed. */
import { invariant } from '../base/invariant.ts';
import type { ReversalReason } from '../protocol/cup/messages.ts';
import type {
  CardIntent,
  CardResult,
  ReceiptCopy,
  SaleApproved,
  SaleKey,
  SaleLifeRecord,
  StampedRecord,
  WalletIntent,
  WalletResult,
} from './records.ts';
import {
  applyRefundRecord,
  applySharedRecord,
  isOwed,
  type JournaledRefund,
  type RefundState,
  type SharedRecord,
} from './refund-fold.ts';
import { isRefundRecord } from './refund-records.ts';
import { saleId } from './sale-key.ts';
import { applySettlementRecord, emptySettlement, type SettlementState } from './settlement-fold.ts';
import { isSettlementRecord } from './settlement-records.ts';

export { type JournaledRefund, refundedFen, refundsOf, type RefundStatus } from './refund-fold.ts';
export { saleId } from './sale-key.ts';

/**
 * Where one sale stands. `approved` is the only word for "the money moved and the sale stands". `sent` and `authorized`
 * (the host said yes, the chip or the terminal not yet) are not final: after a restart both are reversed or settled by
 * query, because nobody can know what the customer was shown. `handedOver` is a sale that a named person clears up with
 * the acquirer, because no answer of the host ended it. `uncollected` was approved by the chip alone and
 * refused by the issuer afterwards: the shop is not paid.
 */
export type SaleStatus =
  | 'sent'
  | 'authorized'
  | 'approved'
  | 'declined'
  | 'notSent'
  | 'reversing'
  | 'reversed'
  | 'cancelling'
  | 'cancelled'
  | 'handedOver'
  | 'uncollected';

export type CopyState = 'none' | 'owed' | 'started' | 'done';

export interface JournaledSale {
  readonly key: SaleKey;
  readonly intent: CardIntent | WalletIntent;
  /** Counts sales; an older one has a smaller number. */
  readonly order: number;
  readonly begunWallMs: number;
  status: SaleStatus;
  cardResult: CardResult | undefined;
  walletResult: WalletResult | undefined;
  approval: SaleApproved | undefined;
  /** Packed image of what the customer wrote on the panel. */
  signature: string | undefined;
  reversalReason: ReversalReason | undefined;
  reversalTries: number;
  /** Of a sale that the chip approved without the host. */
  forwarding: 'due' | 'done' | undefined;
  readonly copies: Record<ReceiptCopy, CopyState>;
}

export interface JournalState extends RefundState {
  batch: string;
  lastStan: number;
  recordCount: number;
  /** Since the journal began. */
  saleCount: number;
  /**
   * Of the open batch and the one settled last, and older ones that are not finished; in the order they were begun, by
   * `saleId`.
   */
  readonly sales: Map<string, JournaledSale>;
  /** Kept with every record, because they are asked for after every sale: money in doubt, and paper that is owed. */
  readonly open: Set<JournaledSale>;
  readonly owing: Set<JournaledSale>;
  /** Approved without the host and not forwarded yet, in the order they were sold. */
  readonly stored: Set<JournaledSale>;
  newest: JournaledSale | undefined;
  /** What the approved sales that are no longer in `sales` came to, less what was refunded of them. */
  readonly forgottenFen: Record<JournaledSale['intent']['type'], number>;
  readonly settlement: SettlementState;
}

/** Statuses that leave money in doubt: nothing else may go online before these are settled. */
const OPEN: ReadonlySet<SaleStatus> = new Set<SaleStatus>(['sent', 'authorized', 'reversing', 'cancelling']);

const COPIES: readonly ReceiptCopy[] = ['merchant', 'cardholder'];

/** STAN runs 000001–999999 and wraps, CUP terminal rules field 11. */
const STAN_MAX = 999_999;

export function emptyJournal(): JournalState {
  return {
    batch: '000001',
    lastStan: 0,
    recordCount: 0,
    saleCount: 0,
    sales: new Map(),
    open: new Set(),
    owing: new Set(),
    stored: new Set(),
    refunds: new Map(),
    openRefunds: new Set(),
    owingRefunds: new Set(),
    newest: undefined,
    forgottenFen: { cardIntent: 0, walletIntent: 0 },
    settlement: emptySettlement(),
  };
}

/** Passes over numbers that name something of this batch: used twice, one would be a record that no later boot can fold. */
export function nextStan({ lastStan, batch, sales, refunds }: JournalState): number {
  const isTaken = (id: string): boolean => sales.has(id) || refunds.has(id);
  let stan = lastStan;
  do stan = stan >= STAN_MAX ? 1 : stan + 1;
  while (isTaken(saleId({ batch, stan })));
  return stan;
}

function saleOf(state: JournalState, key: SaleKey): JournaledSale {
  const sale = state.sales.get(saleId(key));
  invariant(sale !== undefined, 'a result follows its intent');
  return sale;
}

function beginSale(state: JournalState, intent: CardIntent | WalletIntent, wallMs: number): void {
  const id = saleId(intent);
  invariant(!state.sales.has(id), 'batch and STAN name one sale');
  state.lastStan = intent.stan;
  const sale: JournaledSale = {
    key: { batch: intent.batch, stan: intent.stan },
    intent,
    order: state.saleCount++,
    begunWallMs: wallMs,
    status: 'sent',
    cardResult: undefined,
    walletResult: undefined,
    approval: undefined,
    signature: undefined,
    reversalReason: undefined,
    reversalTries: 0,
    forwarding: undefined,
    copies: { merchant: 'none', cardholder: 'none' },
  };
  state.sales.set(id, sale);
  state.open.add(sale);
  state.newest = sale;
}

const STATUS_AFTER_CARD: Readonly<Record<CardResult['result'], SaleStatus>> = {
  approved: 'authorized',
  declined: 'declined',
  notSent: 'notSent',
  // Until the reversal intent stands, an unclear answer is the same as none.
  unknown: 'sent',
  untrusted: 'sent',
};

const STATUS_AFTER_WALLET: Readonly<Record<WalletResult['result'], SaleStatus | undefined>> = {
  paid: 'authorized',
  failed: 'declined',
  notSent: 'notSent',
  cancelled: 'cancelled',
  pending: undefined,
  unknown: undefined,
};

/** Applies one record in place: ten thousand of them are folded at every boot. */
export function applyRecord(state: JournalState, record: StampedRecord): void {
  state.recordCount += 1;
  if (isSettlementRecord(record)) return applySettlementRecord(state, record);
  if (isRefundRecord(record)) return applyRefundRecord(state, record);
  switch (record.type) {
    case 'signOnIntent':
      state.lastStan = record.stan;
      return;
    case 'signedOn':
      state.batch = record.batch;
      return;
    case 'cardIntent':
    case 'walletIntent':
      beginSale(state, record, record.wallMs);
      return;
    case 'lateReply':
    case 'fault':
      return;
    case 'reversalIntent':
    case 'reversalResult':
    case 'receiptStarted':
    case 'receiptNotStarted':
    case 'receiptDone':
      return noteShared(state, record);
    case 'cardResult':
    case 'walletResult':
    case 'saleApproved':
    case 'signature':
    case 'forwardResult':
    case 'cancelIntent':
      noteResult(state, saleOf(state, record), record);
  }
}

/** A void is reversed, and a refund has its slips, like a sale. */
function noteShared(state: JournalState, record: SharedRecord): void {
  const refund = state.refunds.get(saleId(record));
  if (refund === undefined) noteResult(state, saleOf(state, record), record);
  else applySharedRecord(state, refund, record);
}

type SaleRecord = Exclude<
  SaleLifeRecord,
  { type: 'signOnIntent' | 'signedOn' | 'cardIntent' | 'walletIntent' | 'lateReply' | 'fault' }
>;

function noteResult(state: JournalState, sale: JournaledSale, record: SaleRecord): void {
  applyToSale(sale, record);
  if (record.type === 'forwardResult' && record.outcome === 'rejected') {
    state.settlement.uncollected.push({ ...sale.key, responseCode: record.responseCode });
  }
  setMember(state.open, sale, OPEN.has(sale.status));
  setMember(state.stored, sale, sale.status === 'approved' && sale.forwarding === 'due');
  setMember(state.owing, sale, sale.status === 'approved' && COPIES.some((copy) => isOwed(sale.copies[copy])));
}

function setMember<T>(set: Set<T>, item: T, belongs: boolean): void {
  if (belongs) set.add(item);
  else set.delete(item);
}

function applyToSale(sale: JournaledSale, record: SaleRecord): void {
  switch (record.type) {
    case 'cardResult':
      sale.cardResult = record;
      sale.status = STATUS_AFTER_CARD[record.result];
      return;
    case 'walletResult':
      sale.walletResult = record;
      sale.status = STATUS_AFTER_WALLET[record.result] ?? sale.status;
      return;
    case 'saleApproved':
      sale.approval = record;
      sale.status = 'approved';
      if (record.offline === true) sale.forwarding = 'due';
      sale.copies.merchant = 'owed';
      sale.copies.cardholder = 'owed';
      return;
    case 'signature':
      sale.signature = record.image;
      return;
    case 'reversalIntent':
      sale.reversalReason = record.reason;
      sale.status = 'reversing';
      return;
    case 'reversalResult':
      sale.reversalTries += 1;
      if (record.outcome === 'reversed') sale.status = 'reversed';
      return;
    case 'forwardResult':
      sale.forwarding = 'done';
      if (record.outcome === 'rejected') sale.status = 'uncollected';
      return;
    case 'cancelIntent':
      sale.status = 'cancelling';
      return;
    case 'receiptStarted':
      sale.copies[record.copy] = 'started';
      return;
    case 'receiptNotStarted':
      sale.copies[record.copy] = 'owed';
      return;
    case 'receiptDone':
      sale.copies[record.copy] = 'done';
  }
}

/** Sales alone, oldest first. */
export function openSales(state: Readonly<JournalState>): JournaledSale[] {
  return [...state.open].sort(byAge);
}

/** Sales, voids and refunds whose money is in doubt, oldest first. */
export function openItems(state: Readonly<JournalState>): (JournaledSale | JournaledRefund)[] {
  return [...state.open, ...state.openRefunds].sort(byAge);
}

/** Oldest first. */
export function storedSales(state: Readonly<JournalState>): JournaledSale[] {
  return [...state.stored].sort(byAge);
}

export type OwedCopy =
  | { readonly copy: ReceiptCopy; readonly key: SaleKey }
  /** The slip of the settlement that closed this batch. */
  | { readonly copy: 'settlement'; readonly batch: string };

/** Copies of standing sales and refunds that are not known to be on paper, oldest first, and then the settlement slip. */
export function owedCopies(state: Readonly<JournalState>): OwedCopy[] {
  const { last } = state.settlement;
  const receipts = [...state.owing, ...state.owingRefunds]
    .sort(byAge)
    .flatMap(({ key, copies }) => COPIES.filter((copy) => isOwed(copies[copy])).map((copy) => ({ key, copy })));
  if (last === undefined || !isOwed(last.slip)) return receipts;
  return [...receipts, { copy: 'settlement', batch: last.begun.batch }];
}

function byAge(a: { readonly order: number }, b: { readonly order: number }): number {
  return a.order - b.order;
}

/** What a batch adds up to, by the journal alone, and how that compares with what the host says. */
import { invariant, present } from '../base/invariant.ts';
import type { JournaledRefund, JournaledSale, JournalState } from '../journal/fold.ts';
import type { CardIntent, PlanRecord, WalletIntent } from '../journal/records.ts';
import { saleId } from '../journal/sale-key.ts';
import type { Balance, CardNetwork, NetTotals, SettlementTotals } from '../protocol/cup/messages.ts';

/** A sale by card, told apart by its intent. */
export type CardSale = JournaledSale & { readonly intent: CardIntent };
export type WalletSale = JournaledSale & { readonly intent: WalletIntent };

/** How a wallet sale was paid: at once, or by the wallet's own instalments. */
export type WalletMethod = WalletIntent['wallet'] | PlanRecord['method'];

export interface WalletSum {
  readonly method: WalletMethod;
  readonly amountFen: number;
  readonly count: number;
  /** Voids and refunds of this batch, whenever their sales were. */
  readonly refundedFen: number;
  readonly refundCount: number;
}

/** Card sales are the acquirer's business; wallets settle with the shop themselves and stand on the slip alone. */
export interface BatchTotals {
  readonly card: SettlementTotals;
  /** In the order in which they first occur. */
  readonly wallets: readonly WalletSum[];
}

/** Largest count of field 48 (CUP terminal rules A.9). */
const COUNT_MAX = 999;

/** Registered provider of UnionPay's applications (RID), the first five bytes of an AID. */
const UNIONPAY_RID = 'A000000333';

/** First digits of the card numbers that ISO 7812 gives to the schemes outside China: travel, Visa, Mastercard. */
const FOREIGN_CARD = /^[2-5]/;

export function isCardSale(sale: JournaledSale): sale is CardSale {
  return sale.intent.type === 'cardIntent';
}

/** Standing card sales of a batch, in the order they were made. */
export function standingCardSales(state: Readonly<JournalState>, batch: string): CardSale[] {
  return [...state.sales.values()].filter(isCardSale).filter((sale) => isStanding(sale, batch));
}

function standingWalletSales(state: Readonly<JournalState>, batch: string): WalletSale[] {
  const isWallet = (sale: JournaledSale): sale is WalletSale => sale.intent.type === 'walletIntent';
  return [...state.sales.values()].filter(isWallet).filter((sale) => isStanding(sale, batch));
}

function isStanding({ key, status }: JournaledSale, batch: string): boolean {
  return status === 'approved' && key.batch === batch;
}

/**
 * The half of the totals that a card sale counts under. A chip says which scheme it belongs to; without one the number
 * does, so that a swiped card with two schemes on it can be counted under the other half than the host counts it.
 */
export function networkOf({ intent }: CardSale): CardNetwork {
  const { chip, maskedPan } = intent;
  if (chip !== undefined) return chip.aid.startsWith(UNIONPAY_RID) ? 'domestic' : 'foreign';
  return FOREIGN_CARD.test(maskedPan) ? 'foreign' : 'domestic';
}

/** Voids and refunds by card that are done, in the order they were made; of the batch that they were made in. */
export function doneCardRefunds(state: Readonly<JournalState>, batch: string): JournaledRefund[] {
  return doneRefunds(state, batch).filter(({ intent }) => intent.way.by === 'card');
}

function doneRefunds({ refunds }: Readonly<JournalState>, batch: string): JournaledRefund[] {
  return [...refunds.values()].filter(({ key, status }) => status === 'done' && key.batch === batch);
}

/** The sale that a void or refund is about; it is remembered as long as that is. */
export function originalOf({ sales }: Readonly<JournalState>, { intent }: JournaledRefund): JournaledSale {
  return present(sales.get(saleId(intent.original)), 'a sale is remembered as long as its refunds are');
}

/** The half of the totals that a void or refund by card counts under: that of its sale. */
export function refundNetworkOf(state: Readonly<JournalState>, refund: JournaledRefund): CardNetwork {
  const sale = originalOf(state, refund);
  invariant(isCardSale(sale), 'a refund by card is one of a card sale');
  return networkOf(sale);
}

/** Totals of a batch: standing card sales are debits, whatever became of them later; voids and refunds are credits. */
export function batchTotals(state: Readonly<JournalState>, batch: string): BatchTotals {
  const sales = standingCardSales(state, batch);
  const refunds = doneCardRefunds(state, batch);
  const half = (network: CardNetwork): NetTotals => {
    const debitsFen = sales.filter((sale) => networkOf(sale) === network).map(({ intent }) => intent.amountFen);
    const credits = refunds.filter((refund) => refundNetworkOf(state, refund) === network);
    const creditsFen = credits.map(({ intent }) => intent.amountFen);
    return {
      debitFen: sum(debitsFen),
      debitCount: debitsFen.length,
      creditFen: sum(creditsFen),
      creditCount: creditsFen.length,
    };
  };
  return { card: { domestic: half('domestic'), foreign: half('foreign') }, wallets: walletSums(state, batch) };
}

function walletSums(state: Readonly<JournalState>, batch: string): WalletSum[] {
  const sold = standingWalletSales(state, batch).map((sale) => ({ sale, soldFen: sale.intent.amountFen, backFen: 0 }));
  const back = doneRefunds(state, batch)
    .filter(({ intent }) => intent.way.by === 'wallet')
    .map((refund) => ({ sale: originalOf(state, refund), soldFen: 0, backFen: refund.intent.amountFen }));
  const sums = new Map<WalletMethod, WalletSum>();
  for (const { sale, soldFen, backFen } of [...sold, ...back]) {
    const { intent } = sale;
    invariant(intent.type === 'walletIntent', 'a wallet pays back its own orders');
    const method = intent.plan?.method ?? intent.wallet;
    const before = sums.get(method) ?? { method, amountFen: 0, count: 0, refundedFen: 0, refundCount: 0 };
    sums.set(method, {
      method,
      amountFen: before.amountFen + soldFen,
      count: before.count + (soldFen > 0 ? 1 : 0),
      refundedFen: before.refundedFen + backFen,
      refundCount: before.refundCount + (backFen > 0 ? 1 : 0),
    });
  }
  return [...sums.values()];
}

function sum(amountsFen: readonly number[]): number {
  return amountsFen.reduce((total, amountFen) => total + amountFen, 0);
}

/** Whether the batch has as many card sales, or as many refunds, as a settlement can count: it is settled before the next. */
export function batchIsFull(state: Readonly<JournalState>): boolean {
  const { batch } = state;
  const isFull = (items: readonly unknown[]): boolean => items.length >= COUNT_MAX;
  return isFull(standingCardSales(state, batch)) || isFull(doneCardRefunds(state, batch));
}

/**
 * Totals as field 48 can say them. A count beyond its three digits stands as 999: the host then finds the batch
 * unbalanced, and every sale is uploaded, so that even such a batch can be settled.
 */
export function announcedTotals({ domestic, foreign }: SettlementTotals): SettlementTotals {
  return { domestic: announcedHalf(domestic), foreign: announcedHalf(foreign) };
}

function announcedHalf(half: NetTotals): NetTotals {
  const { debitCount, creditCount } = half;
  return { ...half, debitCount: Math.min(debitCount, COUNT_MAX), creditCount: Math.min(creditCount, COUNT_MAX) };
}

export function sameTotals(a: SettlementTotals, b: SettlementTotals): boolean {
  return sameHalf(a.domestic, b.domestic) && sameHalf(a.foreign, b.foreign);
}

function sameHalf(a: NetTotals, b: NetTotals): boolean {
  return (
    a.debitFen === b.debitFen &&
    a.debitCount === b.debitCount &&
    a.creditFen === b.creditFen &&
    a.creditCount === b.creditCount
  );
}

/** One half as the host answered it; the rest is what the host has more than the terminal, negative for less. */
export interface HalfComparison {
  readonly balance: Balance;
  readonly debitFen: number;
  readonly debitCount: number;
  readonly creditFen: number;
  readonly creditCount: number;
}

export interface TotalsComparison {
  readonly balanced: boolean;
  readonly domestic: HalfComparison;
  readonly foreign: HalfComparison;
}

/** The host's word on the totals. */
export interface JudgedTotals {
  readonly domestic: Balance;
  readonly foreign: Balance;
  readonly totals: SettlementTotals;
}

/** Compares the terminal's totals with the host's. A host that only repeats ours shows no difference and still decides. */
export function compareTotals(ours: SettlementTotals, host: JudgedTotals): TotalsComparison {
  return {
    balanced: host.domestic === 'balanced' && host.foreign === 'balanced',
    domestic: compareHalf(ours.domestic, host.totals.domestic, host.domestic),
    foreign: compareHalf(ours.foreign, host.totals.foreign, host.foreign),
  };
}

function compareHalf(ours: NetTotals, host: NetTotals, balance: Balance): HalfComparison {
  return {
    balance,
    debitFen: host.debitFen - ours.debitFen,
    debitCount: host.debitCount - ours.debitCount,
    creditFen: host.creditFen - ours.creditFen,
    creditCount: host.creditCount - ours.creditCount,
  };
}

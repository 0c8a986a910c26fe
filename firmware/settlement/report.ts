/** What host and journal disagree on, item by item, for the slip and for whoever has to clear it up. */
import { present } from '../base/invariant.ts';
import type { JournaledRefund, JournaledSale, JournalState } from '../journal/fold.ts';
import type { CardNetwork } from '../protocol/cup/messages.ts';
import type { ClosedSettlement } from '../journal/settlement-fold.ts';
import { saleId, type SaleKey } from '../journal/sale-key.ts';
import { isRefund } from '../rules/sale-truth.ts';
import {
  batchTotals,
  type BatchTotals,
  type CardSale,
  compareTotals,
  isCardSale,
  networkOf,
  refundNetworkOf,
} from './totals.ts';

/** What a slip can list. */
export type ListedItem = JournaledSale | JournaledRefund;

/** A sale, void or refund that host and journal both were asked about. */
export type SaleDisagreement =
  /** The journal has the sale and the host does not. */
  | { readonly kind: 'missingThere'; readonly item: ListedItem }
  /** Both have it, with other amounts. */
  | { readonly kind: 'amountDiffers'; readonly item: ListedItem }
  /** The host rejected it for another reason. */
  | { readonly kind: 'rejected'; readonly item: ListedItem; readonly responseCode: string };

/** The host counts sales that do not stand here, or refunds that are not done. */
export interface SurplusThere {
  readonly kind: 'missingHere';
  readonly of: 'sales' | 'refunds';
  readonly network: CardNetwork;
  readonly count: number;
  /** `undefined` when amounts differ elsewhere, so that nobody can tell. */
  readonly amountFen: number | undefined;
  /** Those that were sent, do not stand here and could explain it. */
  readonly candidates: readonly ListedItem[];
}

export type Disagreement = SaleDisagreement | SurplusThere;

/** What somebody took over by hand. */
export interface HandledItem {
  readonly item: ListedItem;
  readonly supervisor: string;
}

/** Everything that a settlement slip says of the batch. */
export interface SettlementReport {
  readonly batch: string;
  readonly balanced: boolean;
  readonly totals: BatchTotals;
  /** Sales that the host took one by one. */
  readonly uploaded: number;
  readonly disagreements: readonly Disagreement[];
  readonly byHand: readonly HandledItem[];
}

/** Field 39 of a rejected upload: 25 no such sale, 64 another amount (CUP terminal rules A.11). */
const NOT_FOUND = '25';
const OTHER_AMOUNT = '64';

/** The report of a settled batch, from the journal alone. */
export function settlementReport(state: Readonly<JournalState>, closed: ClosedSettlement): SettlementReport {
  const { begun, answer, byHand } = closed;
  const rejected = rejectedSales(state, closed);
  const networks: readonly CardNetwork[] = ['domestic', 'foreign'];
  return {
    batch: begun.batch,
    balanced: answer?.domestic === 'balanced' && answer.foreign === 'balanced',
    totals: batchTotals(state, begun.batch),
    uploaded: uploadedSales(closed),
    disagreements: [
      ...rejected,
      ...uncollectedSales(state, closed),
      ...networks.flatMap((network) => surplusThere(state, closed, rejected, network)),
      ...networks.flatMap((network) => refundSurplusThere(state, closed, rejected, network)),
    ],
    byHand: byHand.map((item) => ({ item: remembered(state, item), supervisor: item.supervisor })),
  };
}

/** Offline sales that the issuer refused when they were forwarded: the shop has sold and is not paid. */
function uncollectedSales(state: Readonly<JournalState>, { uncollected }: ClosedSettlement): SaleDisagreement[] {
  return uncollected.map(({ batch, stan, responseCode }) => {
    return { kind: 'rejected', item: remembered(state, { batch, stan }), responseCode };
  });
}

/** What the host said about one item alone; a message of several that it rejected was sent again one by one. */
function rejectedSales(
  state: Readonly<JournalState>,
  { begun: { batch }, results }: ClosedSettlement,
): SaleDisagreement[] {
  return [...results.values()]
    .filter(({ outcome, stans }) => outcome === 'rejected' && stans.length === 1)
    .flatMap(({ stans, responseCode }) =>
      stans.map((stan) => disagreementOn(remembered(state, { batch, stan }), responseCode)),
    );
}

function disagreementOn(item: ListedItem, responseCode: string): SaleDisagreement {
  if (responseCode === NOT_FOUND) return { kind: 'missingThere', item };
  return responseCode === OTHER_AMOUNT ? { kind: 'amountDiffers', item } : { kind: 'rejected', item, responseCode };
}

function uploadedSales({ results }: ClosedSettlement): number {
  const accepted = [...results.values()].filter(({ outcome }) => outcome === 'accepted');
  return accepted.reduce((count, { stans }) => count + stans.length, 0);
}

function cardSalesOf(state: Readonly<JournalState>, batch: string): CardSale[] {
  return [...state.sales.values()].filter(isCardSale).filter(({ key }) => key.batch === batch);
}

/** What is left of the host's totals once the sales that it does not have are taken out of ours. */
function surplusThere(
  state: Readonly<JournalState>,
  closed: ClosedSettlement,
  rejected: readonly SaleDisagreement[],
  network: CardNetwork,
): SurplusThere[] {
  const { begun, answer } = closed;
  if (answer === undefined || answer[network] === 'balanced') return [];
  const there = compareTotals(begun.totals, answer)[network];
  const isOfHalf = (item: ListedItem): boolean => !isRefund(item) && isCardSale(item) && networkOf(item) === network;
  const surplus = leftOver(there.debitCount, there.debitFen, rejected, isOfHalf);
  if (surplus === undefined) return [];
  const fallen = cardSalesOf(state, begun.batch).filter((sale) => isOfHalf(sale) && isFallen(sale));
  return [{ kind: 'missingHere', of: 'sales', network, ...surplus, candidates: candidatesOf(fallen, surplus) }];
}

/** The same for voids and refunds, which are the credits of the totals. */
function refundSurplusThere(
  state: Readonly<JournalState>,
  closed: ClosedSettlement,
  rejected: readonly SaleDisagreement[],
  network: CardNetwork,
): SurplusThere[] {
  const { begun, answer } = closed;
  if (answer === undefined || answer[network] === 'balanced') return [];
  const there = compareTotals(begun.totals, answer)[network];
  const isOfHalf = (item: ListedItem): boolean =>
    isRefund(item) && item.intent.way.by === 'card' && refundNetworkOf(state, item) === network;
  const surplus = leftOver(there.creditCount, there.creditFen, rejected, isOfHalf);
  if (surplus === undefined) return [];
  const fallen = [...state.refunds.values()].filter(
    (refund) => refund.key.batch === begun.batch && isOfHalf(refund) && isFallenRefund(refund),
  );
  return [{ kind: 'missingHere', of: 'refunds', network, ...surplus, candidates: candidatesOf(fallen, surplus) }];
}

type Surplus = Pick<SurplusThere, 'count' | 'amountFen'>;

/** `undefined` where the host has no more than we have. */
function leftOver(
  count: number,
  fen: number,
  rejected: readonly SaleDisagreement[],
  isOfHalf: (item: ListedItem) => boolean,
): Surplus | undefined {
  const inHalf = rejected.filter(({ item }) => isOfHalf(item));
  const lackedFen = inHalf.filter(({ kind }) => kind === 'missingThere').map(({ item }) => item.intent.amountFen);
  const more = count + lackedFen.length;
  if (more <= 0) return undefined;
  const differs = inHalf.some(({ kind }) => kind === 'amountDiffers');
  return { count: more, amountFen: differs ? undefined : fen + lackedFen.reduce((total, each) => total + each, 0) };
}

/** Sent, so that a host may have executed it, and not standing. */
function isFallen({ status }: CardSale): boolean {
  return status !== 'approved' && status !== 'notSent';
}

function isFallenRefund({ status }: JournaledRefund): boolean {
  return status !== 'done' && status !== 'notSent';
}

/** One must have the amount to the fen; of several none can be larger than all together. */
function candidatesOf<Item extends ListedItem>(fallen: readonly Item[], { count, amountFen }: Surplus): Item[] {
  if (amountFen === undefined) return [...fallen];
  return fallen.filter(({ intent }) => (count === 1 ? intent.amountFen === amountFen : intent.amountFen <= amountFen));
}

/** What a settlement lists is remembered as long as its slip can be printed. */
function remembered({ sales, refunds }: Readonly<JournalState>, key: SaleKey): ListedItem {
  return present(sales.get(saleId(key)) ?? refunds.get(saleId(key)), 'what is listed is remembered');
}

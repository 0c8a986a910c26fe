/** What host and journal disagree on, item by item, for the slip and for whoever has to clear it up. */
import { invariant, present } from '../base/invariant.ts';
import type { JournaledSale, JournalState } from '../journal/fold.ts';
import type { CardNetwork } from '../protocol/cup/messages.ts';
import type { ClosedSettlement } from '../journal/settlement-fold.ts';
import { saleId, type SaleKey } from '../journal/sale-key.ts';
import { batchTotals, type BatchTotals, type CardSale, compareTotals, isCardSale, networkOf } from './totals.ts';

/** A sale that host and journal both were asked about. */
export type SaleDisagreement =
  /** The journal has the sale and the host does not. */
  | { readonly kind: 'missingThere'; readonly sale: CardSale }
  /** Both have it, with other amounts. */
  | { readonly kind: 'amountDiffers'; readonly sale: CardSale }
  /** The host rejected it for another reason. */
  | { readonly kind: 'rejected'; readonly sale: CardSale; readonly responseCode: string };

/** The host counts sales that do not stand here. */
export interface SurplusThere {
  readonly kind: 'missingHere';
  readonly network: CardNetwork;
  readonly count: number;
  /** `undefined` when amounts differ elsewhere, so that nobody can tell. */
  readonly amountFen: number | undefined;
  /** Sales that were sent, do not stand here and could explain it. */
  readonly candidates: readonly CardSale[];
}

export type Disagreement = SaleDisagreement | SurplusThere;

/** A sale that somebody took over by hand. */
export interface HandledItem {
  readonly sale: JournaledSale;
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
    ],
    byHand: byHand.map((item) => ({ sale: rememberedSale(state, item), supervisor: item.supervisor })),
  };
}

/** Offline sales that the issuer refused when they were forwarded: the shop has sold and is not paid. */
function uncollectedSales(state: Readonly<JournalState>, { uncollected }: ClosedSettlement): SaleDisagreement[] {
  return uncollected.map(({ batch, stan, responseCode }) => {
    const sale = rememberedSale(state, { batch, stan });
    invariant(isCardSale(sale), 'only a card sale stands offline');
    return { kind: 'rejected', sale, responseCode };
  });
}

/** What the host said about one sale alone; a message of several that it rejected was sent again one by one. */
function rejectedSales(state: Readonly<JournalState>, { begun, results }: ClosedSettlement): SaleDisagreement[] {
  const cards = cardSalesOf(state, begun.batch);
  return [...results.values()]
    .filter(({ outcome, stans }) => outcome === 'rejected' && stans.length === 1)
    .flatMap(({ stans: [stan], responseCode }) =>
      cards.filter(({ key }) => key.stan === stan).map((sale) => saleDisagreement(sale, responseCode)),
    );
}

function saleDisagreement(sale: CardSale, responseCode: string): SaleDisagreement {
  if (responseCode === NOT_FOUND) return { kind: 'missingThere', sale };
  return responseCode === OTHER_AMOUNT ? { kind: 'amountDiffers', sale } : { kind: 'rejected', sale, responseCode };
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
  { begun, answer }: ClosedSettlement,
  rejected: readonly SaleDisagreement[],
  network: CardNetwork,
): SurplusThere[] {
  if (answer === undefined || answer[network] === 'balanced') return [];
  const there = compareTotals(begun.totals, answer)[network];
  const inHalf = rejected.filter(({ sale }) => networkOf(sale) === network);
  const lackedFen = inHalf.filter(({ kind }) => kind === 'missingThere').map(({ sale }) => sale.intent.amountFen);
  const count = there.debitCount + lackedFen.length;
  if (count <= 0) return [];
  const differs = inHalf.some(({ kind }) => kind === 'amountDiffers');
  const amountFen = differs ? undefined : there.debitFen + lackedFen.reduce((total, fen) => total + fen, 0);
  const fallen = cardSalesOf(state, begun.batch).filter((sale) => networkOf(sale) === network && isFallen(sale));
  return [{ kind: 'missingHere', network, count, amountFen, candidates: candidatesOf(fallen, count, amountFen) }];
}

/** Sent, so that a host may have executed it, and not standing. */
function isFallen({ status }: CardSale): boolean {
  return status !== 'approved' && status !== 'notSent';
}

/** One sale must have the amount to the fen; of several none can be larger than all together. */
function candidatesOf(fallen: readonly CardSale[], count: number, amountFen: number | undefined): CardSale[] {
  if (amountFen === undefined) return [...fallen];
  return fallen.filter(({ intent }) => (count === 1 ? intent.amountFen === amountFen : intent.amountFen <= amountFen));
}

/** What a settlement lists is remembered as long as its slip can be printed. */
function rememberedSale({ sales }: Readonly<JournalState>, key: SaleKey): JournaledSale {
  return present(sales.get(saleId(key)), 'a listed sale is remembered');
}

/** What host and journal disagree on, item by item, for the slip and for whoever has to clear it up. */
import type { JournalState } from '../journal/fold.ts';
import type { CardNetwork } from '../protocol/cup/messages.ts';
import type { ClosedSettlement, SettlementState } from './fold.ts';
import type { ClosedByHand } from './records.ts';
import { batchTotals, type BatchTotals, type CardSale, compareTotals, isCardSale, networkOf } from './totals.ts';
import { type UploadMessage, uploadPlan } from './upload-plan.ts';

/** One thing that host and journal see differently. */
export type Disagreement =
  /** The journal has the sale and the host does not. */
  | { readonly kind: 'missingThere'; readonly sale: CardSale }
  /** Both have it, with other amounts. */
  | { readonly kind: 'amountDiffers'; readonly sale: CardSale }
  /** The host rejected it for another reason. */
  | { readonly kind: 'rejected'; readonly sale: CardSale; readonly responseCode: string }
  /** The host counts sales that do not stand here. */
  | {
      readonly kind: 'missingHere';
      readonly network: CardNetwork;
      readonly count: number;
      /** `undefined` when amounts differ elsewhere, so that nobody can tell. */
      readonly amountFen: number | undefined;
      /** Sales that were sent, do not stand here and would explain it. */
      readonly candidates: readonly CardSale[];
    };

/** A sale that somebody took over by hand. */
export interface HandledItem {
  readonly closed: ClosedByHand;
  readonly amountFen: number;
  readonly maskedPan: string | undefined;
  readonly outTradeNo: string | undefined;
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
export function settlementReport(
  state: Readonly<JournalState>,
  settlement: Readonly<SettlementState>,
  closed: ClosedSettlement,
): SettlementReport {
  const { batch } = closed.begun;
  const { answer } = closed;
  const rejected = rejectedSales(state, settlement, closed);
  const surplus = (['domestic', 'foreign'] as const).flatMap((network) =>
    missingHere(state, closed, rejected, network),
  );
  return {
    batch,
    balanced: answer?.domestic === 'balanced' && answer.foreign === 'balanced',
    totals: batchTotals(state, batch),
    uploaded: acceptedSales(state, settlement, closed),
    disagreements: [...rejected, ...surplus],
    byHand: closed.byHand.flatMap((each) => handledItem(state, each)),
  };
}

type RejectedSale = Exclude<Disagreement, { kind: 'missingHere' }>;

function rejectedSales(
  state: Readonly<JournalState>,
  settlement: Readonly<SettlementState>,
  closed: ClosedSettlement,
): RejectedSale[] {
  return answeredMessages(state, settlement, closed).flatMap(({ content }, at, messages) => {
    const result = closed.results.get(messages[at]?.index ?? -1);
    const [sale, ...more] = salesOf(content);
    if (result?.outcome !== 'rejected' || sale === undefined || more.length > 0) return [];
    return [rejectedSale(sale, result.responseCode)];
  });
}

function rejectedSale(sale: CardSale, responseCode: string): RejectedSale {
  if (responseCode === NOT_FOUND) return { kind: 'missingThere', sale };
  return responseCode === OTHER_AMOUNT ? { kind: 'amountDiffers', sale } : { kind: 'rejected', sale, responseCode };
}

function acceptedSales(
  state: Readonly<JournalState>,
  settlement: Readonly<SettlementState>,
  closed: ClosedSettlement,
): number {
  return answeredMessages(state, settlement, closed)
    .filter(({ index }) => closed.results.get(index)?.outcome === 'accepted')
    .reduce((count, { content }) => count + salesOf(content).length, 0);
}

function answeredMessages(
  state: Readonly<JournalState>,
  settlement: Readonly<SettlementState>,
  { answer, results }: ClosedSettlement,
): UploadMessage[] {
  if (answer === undefined) return [];
  return uploadPlan(state, settlement, answer).messages.filter(({ index }) => results.has(index));
}

function salesOf(content: UploadMessage['content']): readonly CardSale[] {
  if (content.kind === 'details') return content.sales;
  return content.kind === 'end' ? [] : [content.sale];
}

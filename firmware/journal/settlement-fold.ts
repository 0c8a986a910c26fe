/** The records of settlements folded into what the next step has to know. */
import { invariant } from '../base/invariant.ts';
import type { JournaledSale } from './fold.ts';
import { type RefundState, refundedFen, refundsOf } from './refund-fold.ts';
import { saleId, type SaleKey } from './sale-key.ts';
import type {
  ChipEvidence,
  ClosedByHand,
  ScriptNoticeResult,
  SettlementAnswered,
  SettlementBegun,
  SettlementRecord,
  UploadResult,
} from './settlement-records.ts';

/** A settlement from its first 0500 on. */
export interface SettlementProgress {
  readonly begun: SettlementBegun;
  /** Once it stands, the batch is frozen. */
  answer: SettlementAnswered | undefined;
  /** Numbers of upload messages by their place in the plan. */
  readonly numbers: Map<number, number>;
  /** Final answers by their place in the plan. */
  readonly results: Map<number, UploadResult>;
}

/** An offline sale that nobody pays, and field 39 with which the issuer said so. */
export interface ForwardRefused extends SaleKey {
  readonly responseCode: string;
}

/** A settled batch, until the next one is settled. */
export interface ClosedSettlement extends SettlementProgress {
  readonly closedWallMs: number;
  /** Taken over by hand since the settlement before. */
  readonly byHand: readonly ClosedByHand[];
  /** Offline sales that the issuer refused since the settlement before, whatever their batch. */
  readonly uncollected: readonly ForwardRefused[];
  slip: 'owed' | 'started' | 'done';
}

/** A script notice that was sent at least once. */
export interface SentNotice {
  readonly stan: number;
  result: ScriptNoticeResult | undefined;
}

export interface SettlementState {
  progress: SettlementProgress | undefined;
  last: ClosedSettlement | undefined;
  /** Of the batches that are not settled, by sale. */
  readonly evidence: Map<string, ChipEvidence>;
  /** Of the batches that are not settled, by sale. */
  readonly notices: Map<string, SentNotice>;
  /** Since the last settlement, in order. */
  byHand: ClosedByHand[];
  /** Since the last settlement, in order. */
  uncollected: ForwardRefused[];
}

/** What the records of settlements change in the journal's state. */
export interface SettledState extends RefundState {
  batch: string;
  readonly sales: Map<string, JournaledSale>;
  readonly open: Set<JournaledSale>;
  readonly owing: ReadonlySet<JournaledSale>;
  readonly stored: ReadonlySet<JournaledSale>;
  readonly forgottenFen: Record<JournaledSale['intent']['type'], number>;
  readonly settlement: SettlementState;
}

export function emptySettlement(): SettlementState {
  return { progress: undefined, last: undefined, evidence: new Map(), notices: new Map(), byHand: [], uncollected: [] };
}

/** Applies one record in place, to the numbers and the open sales of the journal as well. */
export function applySettlementRecord(
  state: SettledState,
  record: SettlementRecord & { readonly wallMs: number },
): void {
  const { settlement } = state;
  switch (record.type) {
    case 'settlementBegun':
      state.lastStan = record.stan;
      settlement.progress = { begun: record, answer: undefined, numbers: new Map(), results: new Map() };
      return;
    case 'settlementAnswered':
      progressOf(settlement).answer = record;
      return;
    case 'uploadIntent':
      state.lastStan = record.stan;
      progressOf(settlement).numbers.set(record.index, record.stan);
      return;
    case 'uploadResult':
      progressOf(settlement).results.set(record.index, record);
      return;
    case 'batchClosed':
      closeBatch(state, record.wallMs);
      state.batch = record.nextBatch;
      forgetSettled(state, record.batch);
      return;
    case 'chipEvidence':
      settlement.evidence.set(saleId(record), record);
      return;
    case 'scriptNoticeIntent':
      state.lastStan = record.noticeStan;
      settlement.notices.set(saleId(record), { stan: record.noticeStan, result: undefined });
      return;
    case 'scriptNoticeResult':
      noticeOf(settlement, record).result = record;
      return;
    case 'closedByHand':
      settlement.byHand.push(record);
      forgetOpen(state, record);
      return;
    case 'settlementSlipStarted':
    case 'settlementSlipNotStarted':
    case 'settlementSlipDone':
      lastOf(settlement).slip = SLIP_AFTER[record.type];
  }
}

const SLIP_AFTER = {
  settlementSlipStarted: 'started',
  settlementSlipNotStarted: 'owed',
  settlementSlipDone: 'done',
} as const;

function progressOf({ progress }: SettlementState): SettlementProgress {
  invariant(progress !== undefined, 'a settlement is begun before it goes on');
  return progress;
}

function lastOf({ last }: SettlementState): ClosedSettlement {
  invariant(last !== undefined, 'a settlement is over before its slip is printed');
  return last;
}

function noticeOf({ notices }: SettlementState, key: SaleKey): SentNotice {
  const notice = notices.get(saleId(key));
  invariant(notice !== undefined, 'a script notice is durable before it is answered');
  return notice;
}

function closeBatch({ settlement }: SettledState, closedWallMs: number): void {
  const progress = progressOf(settlement);
  settlement.last = {
    ...progress,
    closedWallMs,
    byHand: settlement.byHand,
    uncollected: settlement.uncollected,
    slip: 'owed',
  };
  settlement.progress = undefined;
  settlement.byHand = [];
  settlement.uncollected = [];
}

/**
 * Memory must not grow with every day. Evidence goes once it is uploaded and the issuer knows of its script. Sales go with
 * the settlement after their own, but for those that somebody still has to do something about.
 */
function forgetSettled(state: SettledState, closedBatch: string): void {
  const { evidence, notices } = state.settlement;
  const { byHand, uncollected } = lastOf(state.settlement);
  const listed = new Set([...byHand, ...uncollected].map(saleId));
  const unfinished = new Set(
    [...state.sales.values()].filter((sale) => isUnfinished(state, sale)).map(({ key }) => saleId(key)),
  );
  for (const [id, { batch, scriptRan }] of evidence) {
    const isDue = (scriptRan && notices.get(id)?.result === undefined) || unfinished.has(id);
    if (batch === state.batch || isDue) continue;
    evidence.delete(id);
    notices.delete(id);
  }
  for (const [id, sale] of state.sales) {
    const isRecent = sale.key.batch === closedBatch || sale.key.batch === state.batch;
    const isListed = listed.has(id) || refundsOf(state, sale.key).some(({ key }) => listed.has(saleId(key)));
    if (isRecent || unfinished.has(id) || evidence.has(id) || isListed) continue;
    forgetSale(state, id, sale);
  }
}

function forgetSale(state: SettledState, id: string, sale: JournaledSale): void {
  const keptFen = sale.intent.amountFen - refundedFen(state, sale.key);
  if (sale.status === 'approved') state.forgottenFen[sale.intent.type] += keptFen;
  for (const { key } of refundsOf(state, sale.key)) state.refunds.delete(saleId(key));
  state.sales.delete(id);
}

/** A sale whose refund is from a later batch is asked for as long as that is. */
function isUnfinished(state: SettledState, sale: JournaledSale): boolean {
  const { open, owing, stored, openRefunds, owingRefunds, batch, settlement } = state;
  const isRecent = (key: SaleKey): boolean => key.batch === batch || key.batch === settlement.last?.begun.batch;
  const refunds = refundsOf(state, sale.key);
  const isAskedFor = refunds.some(
    (refund) => openRefunds.has(refund) || owingRefunds.has(refund) || isRecent(refund.key),
  );
  return open.has(sale) || owing.has(sale) || stored.has(sale) || isAskedFor;
}

function forgetOpen(state: SettledState, key: SaleKey): void {
  const refund = state.refunds.get(saleId(key));
  if (refund !== undefined && state.openRefunds.delete(refund)) {
    refund.status = 'handedOver';
    return;
  }
  const sale = state.sales.get(saleId(key));
  invariant(sale !== undefined && state.open.delete(sale), 'only an open sale is closed by hand');
  sale.status = 'handedOver';
}

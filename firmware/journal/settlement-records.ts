/** What the journal remembers of settlements 结算: all of it JSON, none of it a secret. */
import type { PrintEvidence } from '../hal/index.ts';
import type { SaleKey } from './sale-key.ts';
import type { Balance, SettlementTotals } from '../protocol/cup/messages.ts';

/** A 0500 about to be sent. Sent again with the same number as long as nothing was sold after it. */
export interface SettlementBegun {
  readonly type: 'settlementBegun';
  /** Six digits. */
  readonly batch: string;
  /** Of the 0500. */
  readonly stan: number;
  readonly totals: SettlementTotals;
}

/** The host's word on the totals. From here on the batch takes no sale, and the upload must come to its end. */
export interface SettlementAnswered {
  readonly type: 'settlementAnswered';
  readonly batch: string;
  readonly domestic: Balance;
  readonly foreign: Balance;
  readonly totals: SettlementTotals;
}

/** An upload message about to be sent under a number of its own; it keeps that number however often it is sent. */
export interface UploadIntent {
  readonly type: 'uploadIntent';
  readonly batch: string;
  /** Place of the message in the plan of the upload. */
  readonly index: number;
  readonly stan: number;
}

/** The host has answered an upload message for good. */
export interface UploadResult {
  readonly type: 'uploadResult';
  readonly batch: string;
  readonly index: number;
  /** Numbers of the sales in the message. */
  readonly stans: readonly number[];
  readonly outcome: 'accepted' | 'rejected';
  readonly responseCode: string;
}

/** The batch is settled and the next one open. */
export interface BatchClosed {
  readonly type: 'batchClosed';
  readonly batch: string;
  readonly nextBatch: string;
}

/** What a chip said last about its sale. Written before the sale stands. */
export interface ChipEvidence extends SaleKey {
  readonly type: 'chipEvidence';
  /** Its issuer must be told. */
  readonly scriptRan: boolean;
  /** Field 55 in hex: the request tags as they stood after the second cryptogram, and DF31 if a script ran. */
  readonly chipData: string;
}

/** A script notice about to be sent; batch and STAN are those of the sale. */
export interface ScriptNoticeIntent extends SaleKey {
  readonly type: 'scriptNoticeIntent';
  readonly noticeStan: number;
}

/** The host has answered the script notice of a sale. */
export interface ScriptNoticeResult extends SaleKey {
  readonly type: 'scriptNoticeResult';
  readonly responseCode: string;
}

/** A named person took an open sale over: the terminal sends nothing more for it, and the next settlement slip lists it. */
export interface ClosedByHand extends SaleKey {
  readonly type: 'closedByHand';
  readonly supervisor: string;
}

/** Everything that settling adds to the journal. */
export type SettlementRecord =
  | SettlementBegun
  | SettlementAnswered
  | UploadIntent
  | UploadResult
  | BatchClosed
  | ChipEvidence
  | ScriptNoticeIntent
  | ScriptNoticeResult
  | ClosedByHand
  | { readonly type: 'settlementSlipStarted'; readonly batch: string }
  /** Printing ended with nothing on paper: the next slip is no reprint. */
  | { readonly type: 'settlementSlipNotStarted'; readonly batch: string }
  | { readonly type: 'settlementSlipDone'; readonly batch: string; readonly evidence: PrintEvidence };

/** Types of records that belong to the settlement. */
const SETTLEMENT_TYPES: Readonly<Record<SettlementRecord['type'], true>> = {
  settlementBegun: true,
  settlementAnswered: true,
  uploadIntent: true,
  uploadResult: true,
  batchClosed: true,
  chipEvidence: true,
  scriptNoticeIntent: true,
  scriptNoticeResult: true,
  closedByHand: true,
  settlementSlipStarted: true,
  settlementSlipNotStarted: true,
  settlementSlipDone: true,
};

/** Whether a record of the journal is one of these. */
export function isSettlementRecord(record: { readonly type: string }): record is SettlementRecord {
  return Object.hasOwn(SETTLEMENT_TYPES, record.type);
}

import type { JournalRecord, SaleLifeRecord, StampedRecord } from './records.ts';
import { isRefundRecord } from './refund-records.ts';
import { isSettlementRecord } from './settlement-records.ts';

const SALE_LIFE_TYPES: Readonly<Record<SaleLifeRecord['type'], true>> = {
  signOnIntent: true,
  signedOn: true,
  cardIntent: true,
  cardResult: true,
  walletIntent: true,
  walletResult: true,
  saleApproved: true,
  signature: true,
  reversalIntent: true,
  reversalResult: true,
  forwardResult: true,
  cancelIntent: true,
  receiptStarted: true,
  receiptDone: true,
  receiptNotStarted: true,
  lateReply: true,
  fault: true,
};

/** Whether this version of the program knows what a record means. */
export function isKnownRecord(record: { readonly type: string }): record is JournalRecord & StampedRecord {
  return Object.hasOwn(SALE_LIFE_TYPES, record.type) || isRefundRecord(record) || isSettlementRecord(record);
}

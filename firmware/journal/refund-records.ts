/** What the journal remembers of money on its way back to a customer: voids 撤销 and refunds 退货. */
import type { ReversalFields } from '../protocol/cup/messages.ts';
import type { CardEntryRecord } from './records.ts';
import type { SaleKey } from './sale-key.ts';

/** A void takes a whole sale of the open batch back; a refund takes back any part of a sale. */
export type RefundKind = 'void' | 'refund';

/** How the money goes back. Everything that a repetition or a reversal needs, and nothing secret. */
export type RefundWay =
  | {
      readonly by: 'wallet';
      /** The request's own number at the wallet: repeated under it, it is executed once. */
      readonly refundNo: string;
    }
  | {
      readonly by: 'card';
      readonly entry: CardEntryRecord;
      readonly maskedPan: string;
      /** Sealed by the vault; empty for a sale by code. */
      readonly sealedPan: string;
      /** The message without its secrets. */
      readonly fields: Omit<ReversalFields, 'pan' | 'chipData' | 'authCode'>;
    };

/** A void or refund about to be sent, under a number of its own. */
export interface RefundIntent extends SaleKey {
  readonly type: 'refundIntent';
  readonly kind: RefundKind;
  readonly original: SaleKey;
  readonly amountFen: number;
  /** Instalment fee that goes back to the customer with it. */
  readonly feeBackFen: number;
  readonly way: RefundWay;
}

/** What the host made of it; written before anybody is told. */
export interface RefundResult extends SaleKey {
  readonly type: 'refundResult';
  /** `untrusted` and `unknown` leave it open. */
  readonly result: 'done' | 'declined' | 'notSent' | 'unknown' | 'untrusted';
  /** Field 39, or the wallet's cause. */
  readonly responseCode: string | undefined;
  readonly retrievalReference: string | undefined;
  /** Field 38 of a void. */
  readonly authorizationCode?: string | undefined;
  /** `MMDD` of the host. */
  readonly hostDate?: string | undefined;
  /** Instalment fee that the wallet gives back, where it says so; it can be another than was expected. */
  readonly hostFeeBackFen?: number | undefined;
}

/** Everything about voids and refunds that is not said in the records of sales. */
export type RefundRecord = RefundIntent | RefundResult;

/** Whether a record of the journal is one of these. */
export function isRefundRecord(record: { readonly type: string }): record is RefundRecord {
  return record.type === 'refundIntent' || record.type === 'refundResult';
}

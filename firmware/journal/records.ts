/**
 * What the journal remembers: intents before anything is sent, results before anybody acts on them.
 *
 * Every record is JSON. No record holds a PIN block, a track or chip data that authenticates; the card number and the
 * pay code stand only in the sealed form that `CardVault.toStored` gives.
 */
import type { ChipDetails } from '../hal/index.ts';
import type { CardEntry, ReversalFields, ReversalReason } from '../protocol/cup/messages.ts';
import type { Presentation, Wallet } from '../protocol/wallet/wallet-api.ts';
import type { WalletHost } from '../protocol/wallet/web-message.ts';
import type { RefundRecord } from './refund-records.ts';
import type { SaleKey } from './sale-key.ts';
import type { SettlementRecord } from './settlement-records.ts';

export type { SaleKey } from './sale-key.ts';

/** An instalment plan as it was quoted, confirmed, sent and will be printed. */
export interface PlanRecord {
  readonly method: 'huabei' | 'baitiao' | 'card';
  readonly periods: number;
  readonly feePayer: 'customer' | 'merchant';
  readonly feeFen: number;
  readonly totalFen: number;
  readonly perPeriodFen: number;
  readonly firstPaymentFen: number;
  /** `YYYY-MM-DD`; `undefined` when it falls due with the card's statement. */
  readonly firstDueDate: string | undefined;
}

/** `code`: a pay code of UnionPay, which goes to the acquirer like a card. */
export type CardEntryRecord = CardEntry | 'code';

/** A card sale about to be sent, with everything that its reversal will have to repeat. */
export interface CardIntent extends SaleKey {
  readonly type: 'cardIntent';
  readonly amountFen: number;
  readonly entry: CardEntryRecord;
  /** Of a pay code, its stars. */
  readonly maskedPan: string;
  /** Sealed by the vault; empty for a pay code, which is used up once it was sent. */
  readonly sealedPan: string;
  readonly verification: 'pin' | 'signature' | 'none';
  readonly chip: ChipDetails | undefined;
  readonly reversal: Omit<ReversalFields, 'pan' | 'chipData' | 'authCode'>;
  /** Field 55 of a reversal, hex: none of its tags lets anybody authenticate. */
  readonly reversalChipData: string | undefined;
  /** Instalments of the bank card. */
  readonly plan?: PlanRecord | undefined;
}

export interface WalletIntent extends SaleKey {
  readonly type: 'walletIntent';
  readonly amountFen: number;
  readonly wallet: Wallet;
  /** Where the order is; absent in the first journals, which knew one wallet with one host. */
  readonly host?: WalletHost;
  /** Absent in the first journals: by the customer's code. */
  readonly presented?: Presentation;
  readonly outTradeNo: string;
  /** The customer's code or account in its masked form; empty for a code that the terminal shows. */
  readonly maskedCode: string;
  readonly plan: PlanRecord | undefined;
}

/** What became of the exchange with the acquirer; written before the terminal does anything about it. */
export interface CardResult extends SaleKey {
  readonly type: 'cardResult';
  readonly result: 'approved' | 'declined' | 'notSent' | 'unknown' | 'untrusted';
  /**
   * Of an untrusted answer: its MAC was wrong, it was not the answer to this message, or the issuer's instalments are not
   * those that the customer agreed to.
   */
  readonly why: 'mac' | 'mismatch' | 'terms' | undefined;
  readonly responseCode: string | undefined;
  readonly retrievalReference: string | undefined;
  readonly authorizationCode: string | undefined;
  /** `MMDD` and `hhmmss` of the host. */
  readonly hostDate: string | undefined;
  readonly hostTime: string | undefined;
  readonly issuer: string | undefined;
  readonly acquirer: string | undefined;
  readonly remarks: readonly string[];
  /** Number that the network gives a sale by code, for its void and refund (field 59, A4). */
  readonly voucher?: string | undefined;
}

export interface WalletResult extends SaleKey {
  readonly type: 'walletResult';
  readonly result: 'paid' | 'failed' | 'notSent' | 'pending' | 'unknown' | 'cancelled';
  /** The wallet's own number of the trade. */
  readonly tradeNo: string | undefined;
  readonly buyer: string | undefined;
  /** The wallet's machine-readable cause, as `ACQ.BUYER_BALANCE_NOT_ENOUGH`. */
  readonly subCode: string | undefined;
  /** Names of what an answer said otherwise than the order has it, when that is why it was not believed. */
  readonly differs?: readonly string[];
}

/** The sale stands: an approved layout may be shown and printed from here on. */
export interface SaleApproved extends SaleKey {
  readonly type: 'saleApproved';
  readonly tvr: string | undefined;
  readonly tsi: string | undefined;
  readonly scriptResult: string | undefined;
  /** By the chip alone: the sale waits to be forwarded. */
  readonly offline?: true;
}

/** What the customer wrote on the panel; a sale without it is signed for on paper. */
export interface SignatureRecord extends SaleKey {
  readonly type: 'signature';
  /** Packed by `firmware/receipts/packed-image.ts`. */
  readonly image: string;
}

/** Everything about sales and sign-ons. */
export type SaleLifeRecord =
  | { readonly type: 'signOnIntent'; readonly stan: number }
  | { readonly type: 'signedOn'; readonly batch: string }
  | CardIntent
  | CardResult
  | WalletIntent
  | WalletResult
  | SaleApproved
  | SignatureRecord
  | (SaleKey & { readonly type: 'reversalIntent'; readonly reason: ReversalReason })
  | (SaleKey & {
      readonly type: 'reversalResult';
      readonly outcome: 'reversed' | 'refused' | 'unanswered';
      readonly responseCode: string | undefined;
    })
  | (SaleKey & {
      readonly type: 'forwardResult';
      readonly outcome: 'accepted' | 'rejected';
      readonly responseCode: string;
    })
  | (SaleKey & { readonly type: 'cancelIntent' })
  | (SaleKey & { readonly type: 'receiptStarted'; readonly copy: ReceiptCopy })
  | (SaleKey & {
      readonly type: 'receiptDone';
      readonly copy: ReceiptCopy;
      readonly evidence: 'confirmed' | 'inferred' | 'unknown';
    })
  /** Printing ended with nothing on paper: the next print of this copy is no reprint. */
  | (SaleKey & { readonly type: 'receiptNotStarted'; readonly copy: ReceiptCopy })
  | { readonly type: 'lateReply'; readonly stan: number | undefined; readonly responseCode: string | undefined }
  | { readonly type: 'fault'; readonly rule: string };

export type JournalRecord = SaleLifeRecord | RefundRecord | SettlementRecord;

export type ReceiptCopy = 'merchant' | 'cardholder';

/**
 * Journals only grow, because a device goes back to its previous version with the journal of the newer one. A new type of
 * record is either marked like this, and then a version that does not know it keeps it and passes over it: what is open,
 * what is owed and which number is next must not depend on it. Or it is first read in one release and first written in the
 * next. A known type never loses or changes a member; a member that is added may be missing.
 */
export interface OptionalRecord {
  readonly optional: true;
}

/** A record with the moment it was written, for people; decisions never read it. */
export type StampedRecord = JournalRecord & { readonly wallMs: number };

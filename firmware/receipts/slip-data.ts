import type { ChipDetails } from '../hal/card-reader.ts';
import type { SlipImage } from '../hal/slip.ts';
import type { CardEntryRecord } from '../journal/records.ts';
import type { Wallet } from '../protocol/wallet/wallet-api.ts';
import type { FeePayer, PlanMethod } from '../rules/installment/settings.ts';

export type SlipCopy = 'merchant' | 'cardholder';

export interface SlipOptions {
  /** `zh` prints labels in both languages, as slips in China do; `en` prints English alone. */
  readonly language: 'zh' | 'en';
  /** Some of this copy may be on paper already. */
  readonly reprint: boolean;
  /** No real money: every slip says so. */
  readonly training: boolean;
  /** Customer service, at the foot of every slip. */
  readonly servicePhone?: string | undefined;
  /** Columns of the printer's normal text; 32 unless told. */
  readonly columns?: number | undefined;
}

/** Where and when: the head of every slip. */
export interface SlipOrigin {
  readonly merchantName: string;
  readonly merchantId: string;
  readonly terminalId: string;
  readonly operator: string;
  readonly batch: string;
  /** Six digits, the STAN. */
  readonly voucher: string;
  /** Local time of the sale, `YYYY/MM/DD hh:mm:ss`. */
  readonly at: string;
  readonly amountFen: number;
}

export interface CardPayment {
  readonly kind: 'card';
  /** First six and last four digits at most. */
  readonly maskedPan: string;
  readonly entry: CardEntryRecord;
  readonly verification: 'pin' | 'signature' | 'none';
  /** As field 44 of the reply names them. */
  readonly issuer: string | undefined;
  readonly acquirer: string | undefined;
  readonly authorizationCode: string | undefined;
  readonly retrievalReference: string | undefined;
  /** `tvr` and `tsi` as they stand after the second cryptogram. */
  readonly chip: ChipDetails | undefined;
  readonly cardSequence?: string | undefined;
  /** By the chip alone; it is sent afterwards. */
  readonly offline?: boolean;
}

export interface WalletPayment {
  readonly kind: 'wallet';
  readonly wallet: Wallet;
  /** Our own number of the order, printed as a QR code for the shop's service desk. */
  readonly outTradeNo: string;
  /** The wallet's number of the trade. */
  readonly tradeNo: string | undefined;
  /** The account as the wallet masks it. */
  readonly maskedBuyer: string | undefined;
}

/** A plan as it was confirmed and sent. */
export interface SlipPlan {
  readonly method: PlanMethod;
  readonly periods: number;
  readonly feePayer: FeePayer;
  /** What the customer pays. */
  readonly feeFen: number;
  readonly totalFen: number;
  readonly perPeriodFen: number;
  readonly firstPaymentFen: number;
  /** `YYYY-MM-DD`; `undefined` when it falls due with the card's statement. */
  readonly firstDueDate: string | undefined;
}

/** Everything on the slip of an approved sale. Nothing in it could be a whole card number, a track or a key. */
export interface SaleSlipData extends SlipOrigin {
  readonly payment: CardPayment | WalletPayment;
  readonly plan: SlipPlan | undefined;
  /** Texts of issuer, scheme and acquirer (field 63.2). */
  readonly remarks: readonly string[];
  /** What the customer wrote on a panel, in place of the room for a pen. On the merchant's copy alone. */
  readonly signature?: SlipImage | undefined;
  /** The shop's seal, on the customer's copy. */
  readonly seal?: SlipImage | undefined;
}

/** How a reversal stands. An open one goes on by itself; `byHand` was closed by a named person. */
export type ReversalState = 'open' | 'reversed' | 'byHand';

/** A sale that was not approved, or whose outcome nobody knows. */
export interface ReversalNoticeData extends SlipOrigin {
  readonly subject:
    { readonly kind: 'card'; readonly maskedPan: string } | { readonly kind: 'wallet'; readonly outTradeNo: string };
  readonly state: ReversalState;
}

/**
 * What a terminal asks of a wallet's host and what the host can say, whatever its wire looks like. One
 * {@link WalletDialect} for each host turns calls into web requests and signed replies into answers; nothing else in the
 * firmware knows a host's names.
 */
import type { WalletHost, WebReply, WebRequest } from './web-message.ts';

/** Whose credit the instalments are: a bank card, Alipay Huabei 花呗 or JD Baitiao 白条. One model for all. */
export type PlanMethod = 'card' | 'huabei' | 'baitiao';

export type FeePayer = 'customer' | 'merchant';

/** Whose money it is. An aggregator's host serves several. */
export type Wallet = 'alipay' | 'wechat' | 'unionpay' | 'jd';

/** Who shows the code, or whether the customer is named by an account instead. */
export type Presentation = 'customer' | 'merchant' | 'account';

/** What the merchant is called at one host. */
export interface WalletMerchant {
  readonly appId: string;
  readonly merchantId: string;
  /** Of the merchant's certificate, for hosts that want it beside a signature. */
  readonly serialNumber: string;
  /** Where the host may report payments on its own, for hosts that insist on an address. */
  readonly notifyUrl?: string | undefined;
}

/** What goes with every call. */
export interface CallContext {
  readonly merchant: WalletMerchant;
  readonly terminalId: string;
  readonly wallMs: number;
  /** 32 hex digits, fresh for each call. */
  readonly nonce: string;
}

/** Instalments as the customer confirmed them; the host must book these and no others. */
export interface OrderedPlan {
  readonly method: PlanMethod;
  readonly periods: number;
  readonly feePayer: FeePayer;
  readonly feeFen: number;
  readonly totalFen: number;
}

/** An order of ours. The number is made once, written down before it is sent, and never made again. */
export interface OrderTerms {
  readonly outTradeNo: string;
  readonly wallet: Wallet;
  readonly amountFen: number;
  /** What the customer reads in the wallet. */
  readonly subject: string;
  readonly plan: OrderedPlan | undefined;
  /** The host closes an unpaid order by itself after so many seconds. */
  readonly expiresInS: number;
}

/** An order that stands in the journal, for asking about it and for checking what is said of it. */
export interface KnownOrder {
  readonly outTradeNo: string;
  readonly wallet: Wallet;
  readonly presented: Presentation;
  readonly amountFen: number;
  /** Instalments that were asked for. Without a plan of ours the customer may still choose one in the wallet. */
  readonly plan: OrderedPlan | undefined;
}

/** A customer named instead of shown: the phone of the wallet's account, or the account's name. Never logged in clear. */
export interface WalletAccount {
  readonly kind: 'phone' | 'account';
  readonly text: string;
}

/** Proof that the customer agrees, for orders by account. `code` is secret. */
export type Proof =
  | { readonly kind: 'sms'; readonly reference: string; readonly code: string }
  | { readonly kind: 'face'; readonly reference: string };

export type WalletCall =
  /** Takes the money of a scanned code 被扫. `authCode` is secret for as long as it can be used. */
  | { readonly kind: 'pay'; readonly order: OrderTerms; readonly authCode: string }
  /** Opens an order and asks for the code that the customer will scan 主扫. */
  | { readonly kind: 'present'; readonly order: OrderTerms }
  /** Takes the money of a named account. */
  | { readonly kind: 'charge'; readonly order: OrderTerms; readonly account: WalletAccount; readonly proof: Proof }
  | { readonly kind: 'query'; readonly order: KnownOrder }
  /** Closes an unpaid order, pays back a paid one where the host does both in one. */
  | { readonly kind: 'cancel'; readonly order: KnownOrder }
  /** Pays back a part or all. Repeated under its own number it is executed once. */
  | { readonly kind: 'refund'; readonly refund: RefundTerms }
  | {
      readonly kind: 'plans';
      readonly account: WalletAccount | undefined;
      readonly amountFen: number;
      /** Numbers of periods whose fee the merchant pays by contract; of all others the customer does. */
      readonly merchantPays?: readonly number[];
    }
  | { readonly kind: 'sendCode'; readonly account: WalletAccount; readonly amountFen: number }
  | { readonly kind: 'startFace'; readonly account: WalletAccount; readonly amountFen: number }
  | { readonly kind: 'faceState'; readonly reference: string }
  | { readonly kind: 'bills'; readonly subject: BillSubject };

export interface RefundTerms {
  /** The sale. */
  readonly order: KnownOrder;
  /** Of this refund, made once like an order number. */
  readonly refundNo: string;
  readonly refundFen: number;
}

export type BillSubject =
  | { readonly kind: 'order'; readonly order: KnownOrder }
  | { readonly kind: 'account'; readonly account: WalletAccount };

/** A plan as a host offers it. */
export interface OfferedPlan {
  readonly periods: number;
  readonly feePayer: FeePayer;
  /** Of the whole plan, whoever pays it. */
  readonly feeFen: number;
  readonly firstPaymentFen: number;
  readonly laterPaymentFen: number;
  readonly totalFen: number;
  readonly ratePpm: number | undefined;
}

/** The wallet's own data of a paid trade. */
export interface PaidTrade {
  readonly tradeNo: string;
  readonly amountFen: number;
  /** Login name of the buyer, masked by the wallet. */
  readonly buyer: string | undefined;
  /** China time, `yyyy-MM-dd HH:mm:ss`. */
  readonly paidAt: string | undefined;
  /** Instalments as the wallet booked them. */
  readonly periods: number | undefined;
}

/** One payment of a plan that the customer owes the wallet. */
export interface BillPeriod {
  readonly period: number;
  /** `YYYY-MM-DD`. */
  readonly dueDate: string;
  readonly amountFen: number;
  readonly state: 'paid' | 'due' | 'overdue' | 'later';
}

/** What is owed on one order. Dates and sums are the host's. */
export interface Bill {
  readonly outTradeNo: string;
  readonly amountFen: number;
  readonly periods: readonly BillPeriod[];
  /** Text of the host for the customer 逾期提醒, when something is overdue. */
  readonly notice: string | undefined;
}

/** What a reply says, once its signature was found good. */
export type WalletAnswer =
  | { readonly kind: 'paid'; readonly trade: PaidTrade }
  /** The customer has not decided yet. */
  | { readonly kind: 'pending' }
  /** Nothing was paid, or it was all paid back, and nothing can be paid any more. */
  | { readonly kind: 'closed' }
  | { readonly kind: 'notFound' }
  /** Refused: nothing was or will be paid under this call. `code` is the host's machine-readable cause. */
  | { readonly kind: 'failed'; readonly code: string }
  | { readonly kind: 'presented'; readonly codeText: string }
  | { readonly kind: 'cancelled' }
  /** A cancel that found the order paid and does not pay back: query it. */
  | { readonly kind: 'alreadyPaid' }
  /** Not done yet, ask again. */
  | { readonly kind: 'retry' }
  /** `feeBackFen`: instalment fee that the host gives back with it, where it says so. */
  | { readonly kind: 'refunded'; readonly feeBackFen: number | undefined }
  | {
      readonly kind: 'plans';
      readonly plans: readonly OfferedPlan[];
      /** What the account may still borrow. */
      readonly creditLimitFen: number | undefined;
      readonly verifies: readonly ('sms' | 'face')[];
    }
  | { readonly kind: 'codeSent'; readonly reference: string; readonly expiresInS: number }
  | { readonly kind: 'faceStarted'; readonly reference: string; readonly expiresInS: number }
  | { readonly kind: 'face'; readonly state: 'waiting' | 'passed' | 'refused' | 'expired' }
  | { readonly kind: 'bills'; readonly bills: readonly Bill[] }
  /** May have been executed: ask again. */
  | { readonly kind: 'unknown' }
  /** About something else, or numbers that are not those of the order; names the members that differ. Treat as unknown. */
  | { readonly kind: 'mismatch'; readonly members: readonly string[] };

/** A request that lacks its signature. */
export interface UnsignedRequest {
  readonly signString: string;
  readonly sealed: (signature: string) => WebRequest;
}

/** A reply before anybody believed it: verify `signature` over `signedContent` first. */
export interface SignedReply {
  readonly signedContent: string;
  readonly signature: string;
  /** Throws `ProtocolError` for what this host never says. */
  readonly read: () => WalletAnswer;
}

/** One host's names and signatures for the calls above. */
export interface WalletDialect {
  readonly host: WalletHost;
  /** `undefined` for a call that this host does not serve. */
  request(call: WalletCall, context: CallContext): UnsignedRequest | undefined;
  /**
   * `context` is that of the request, because a host may bind its reply to the request's nonce. Throws `ProtocolError`
   * for a reply without a signature and for one that cannot be taken apart.
   */
  reply(call: WalletCall, reply: WebReply, context: CallContext): SignedReply;
}

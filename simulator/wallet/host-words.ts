/**
 * What a simulated host is asked and what it says, in words of no host. A front turns web requests into calls and
 * outcomes into web replies; what becomes of an order is decided elsewhere.
 */
import type { PlanMethod, Wallet } from '../../firmware/protocol/wallet/wallet-api.ts';
import type { WebReply, WebRequest } from '../../firmware/protocol/wallet/web-message.ts';

/** Instalments that a merchant asks for. */
export interface AskedPlan {
  readonly method: PlanMethod;
  readonly periods: number;
  readonly feePayer: 'customer' | 'merchant';
}

/** An order that a merchant wants to open. */
export interface AskedOrder {
  readonly outTradeNo: string;
  readonly wallet: Wallet;
  readonly amountFen: number;
  readonly plan: AskedPlan | undefined;
  /** The host closes an unpaid order by itself after so long; `undefined` for never. */
  readonly expiresInMs: number | undefined;
}

export type HostCall =
  | { readonly kind: 'pay'; readonly order: AskedOrder; readonly authCode: string }
  | { readonly kind: 'present'; readonly order: AskedOrder }
  | { readonly kind: 'query'; readonly outTradeNo: string }
  /** Undoes what is paid, closes what is not. */
  | { readonly kind: 'cancel'; readonly outTradeNo: string }
  /** Closes what is not paid and nothing else. */
  | { readonly kind: 'close'; readonly outTradeNo: string }
  | {
      readonly kind: 'refund';
      readonly outTradeNo: string;
      readonly refundNo: string;
      readonly refundFen: number;
      /** Of the order, where the host wants it named; another one than the order's is refused. */
      readonly totalFen: number | undefined;
    };

/** Why a host refuses. */
export const HOST_REFUSALS = [
  'invalidRequest',
  'wrongSignature',
  'unknownMerchant',
  'codeInvalid',
  'notEnough',
  'overLimit',
  'accountBlocked',
  'risk',
  'noInstalments',
  'orderClosed',
  'orderDiffers',
  'orderUnknown',
  'orderPaid',
  'refundAbove',
  'refundUnpaid',
] as const;

export type HostRefusal = (typeof HOST_REFUSALS)[number];

/** `undone` after a cancel of something paid; `partlyRefunded` and `refunded` after refunds. */
export type HostOrderState = 'waiting' | 'paid' | 'closed' | 'undone' | 'partlyRefunded' | 'refunded';

/** An order as its host sees it. */
export interface HostOrder {
  readonly outTradeNo: string;
  readonly tradeNo: string;
  readonly wallet: Wallet;
  readonly amountFen: number;
  readonly state: HostOrderState;
  readonly presented: 'customer' | 'merchant';
  readonly plan: AskedPlan | undefined;
  /** Id of the customer who pays or has paid; nobody yet while a shown code waits to be scanned. */
  readonly personId: string | undefined;
  /** The same customer as the host tells of them. */
  readonly buyer: string | undefined;
  readonly paidAtWallMs: number | undefined;
}

export interface HostRefund {
  readonly refundNo: string;
  readonly refundFen: number;
  readonly order: HostOrder;
  readonly isDone: boolean;
}

export type HostOutcome =
  /** To a payment, a query and a cancel. */
  | { readonly kind: 'order'; readonly order: HostOrder }
  /** To a cancel of an order that the host never had: barred, in case its payment is still on the way. */
  | { readonly kind: 'barred'; readonly outTradeNo: string }
  | { readonly kind: 'refund'; readonly refund: HostRefund }
  | { readonly kind: 'refused'; readonly why: HostRefusal }
  /** The customer is just paying: the same call again. */
  | { readonly kind: 'again' }
  /** The host cannot say what became of the call. */
  | { readonly kind: 'broken' };

/** A request whose signature and time are good, or what the host says to any other. */
export type Received =
  { readonly kind: 'call'; readonly call: HostCall } | { readonly kind: 'refused'; readonly reply: WebReply };

/** One host's names, with its signatures around them. */
export interface HostFront {
  /** Nothing of a request is trusted before its signature was checked. Never throws. */
  receive(request: WebRequest): Received;
  /** `wrong` signs another text than it sends. */
  reply(call: HostCall, outcome: HostOutcome, signature?: 'good' | 'wrong'): WebReply;
  /** The text of the code of an order that a customer may scan; no two orders have the same. */
  codeOf(order: HostOrder): string;
}

/** Requests whose time is further off are refused: the rule of WeChat Pay, taken for all. */
export const CLOCK_SKEW_MAX_MS = 5 * 60_000;

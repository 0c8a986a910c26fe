import type { Clock } from '../../firmware/hal/index.ts';
import { plainYuan } from '../../firmware/base/fen.ts';
import type { WalletCustomer } from './customers.ts';
import type { FaultSwitches } from '../fault-switches.ts';
import type { OrderBook, WalletOrder } from './orders.ts';
import type { WalletAmountEffect } from './outcomes.ts';
import { subMessage } from './sub-codes.ts';

/** What a script can make the wallet do, for any method or for one (`alipay.trade.cancel` …). */
export type WalletFault = { readonly method?: string } & (
  | { readonly kind: 'dropRequest' }
  | { readonly kind: 'dropReply' }
  | { readonly kind: 'delayReply'; readonly byMs: number }
  | { readonly kind: 'wrongSignature' }
  | { readonly kind: 'garbage' }
  | { readonly kind: 'badGateway' }
  | { readonly kind: 'systemError'; readonly executed: boolean }
  | { readonly kind: 'cancelRetry' }
  /** The fee of a plan, or else the amount, is a fen off. */
  | { readonly kind: 'wrongNumbers' }
  /** The plan has another number of periods. */
  | { readonly kind: 'wrongPlan' }
  /** The answer is about another order. */
  | { readonly kind: 'wrongOrder' }
  /** The wallet's clock is far from the terminal's: the request is refused unread. */
  | { readonly kind: 'clockSkew' }
  /** The customer of a payment neither confirms nor refuses. */
  | { readonly kind: 'pendingForEver' }
  /** A customer who was waited for pays in the moment before the cancel arrives. */
  | { readonly kind: 'paidBeforeCancel' }
);

/** What every trade method works on. */
export interface WalletState {
  readonly clock: Clock;
  readonly orders: OrderBook;
  /** By the code on their phones. */
  readonly customers: ReadonlyMap<string, WalletCustomer>;
  readonly faults: FaultSwitches<WalletFault>;
}

/** Members of `biz_content`, unchecked. */
export type BizContent = Readonly<Record<string, unknown>>;

/** The response object of one method, and what happens to it on its way. */
export interface TradeReply {
  readonly response: Readonly<Record<string, unknown>>;
  readonly effect?: WalletAmountEffect;
}

/** One method of the gateway. */
export type TradeMethod = (wallet: WalletState, biz: BizContent) => TradeReply;

/** A text member of `biz_content`; anything else counts as absent. */
export function textMember(biz: BizContent, name: string): string | undefined {
  const value = biz[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Business failure: the request was understood and refused. */
export function failed(subCode: string, more: Readonly<Record<string, unknown>> = {}): TradeReply {
  return {
    response: { code: '40004', msg: 'Business Failed', sub_code: subCode, sub_msg: subMessage(subCode), ...more },
  };
}

/** The gateway could not say what became of the request. */
export function serviceUnavailable(): TradeReply {
  const subCode = 'isp.unknow-error';
  const response = {
    code: '20000',
    msg: 'Service Currently Unavailable',
    sub_code: subCode,
    sub_msg: subMessage(subCode),
  };
  return { response };
}

/** Instalment members of pay and query replies: empty for a payment in full. */
export function instalmentMembers({ instalment }: WalletOrder): Readonly<Record<string, unknown>> {
  if (instalment === undefined) return {};
  return {
    hb_fq_pay_info: {
      user_install_num: String(instalment.periods),
      seller_percent: instalment.feePayer === 'seller' ? '100' : '0',
      fee_amount: plainYuan(instalment.feeFen),
      per_period_amount: plainYuan(instalment.perPeriodFen),
    },
  };
}

/** What the merchant receives: the amount, less the fee where the seller pays it. */
export function receiptFen({ amountFen, instalment }: WalletOrder): number {
  return instalment?.feePayer === 'seller' ? amountFen - instalment.feeFen : amountFen;
}

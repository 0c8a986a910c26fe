import { fenOfYuan, plainYuan } from '../../firmware/base/fen.ts';
import { chinaTime, chinaTimestamp } from '../china-time.ts';
import type { CustomerHabit, WalletCustomer } from './customers.ts';
import { type HuabeiQuote, huabeiQuote } from './huabei.ts';
import type { PhonePlan, WalletOrder } from './orders.ts';
import { type WalletAmountEffect, walletAmountEffect } from './outcomes.ts';
import {
  type BizContent,
  failed,
  instalmentMembers,
  receiptFen,
  serviceUnavailable,
  textMember,
  type TradeReply,
  type WalletState,
} from './trade.ts';

interface PayOrder {
  readonly outTradeNo: string;
  readonly authCode: string;
  readonly amountFen: number;
  /** `undefined` for a payment in full. */
  readonly instalment: HuabeiQuote | undefined;
  /** After so long the wallet closes an order that nobody confirmed; `undefined` for never. */
  readonly timeoutMs: number | undefined;
}

/** `timeout_express`: a number and minutes, hours or days. */
const TIMEOUT_UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `alipay.trade.pay` 当面付: charges the customer whose code was scanned, or asks the phone first. */
export function tradePay(wallet: WalletState, biz: BizContent): TradeReply {
  const asked = payOrderOf(biz);
  if (asked === undefined) return failed('ACQ.INVALID_PARAMETER');
  const known = wallet.orders.find(asked.outTradeNo);
  if (known !== undefined) return repeatedPay(known, asked);
  if (wallet.orders.isBarred(asked.outTradeNo)) return failed('ACQ.TRADE_HAS_CLOSE');

  const customer = wallet.customers.get(asked.authCode);
  if (customer === undefined) return failed('ACQ.PAYMENT_AUTH_CODE_INVALID');
  const effect = walletAmountEffect(asked.amountFen);
  const refusal = refusalOf(wallet, asked, customer, effect);
  if (refusal !== undefined) return failed(refusal);
  if (effect !== undefined && 'executed' in effect && !effect.executed)
    return withEffect(failed('ACQ.SYSTEM_ERROR'), effect);
  return withEffect(paidOrPending(wallet, asked, customer, effect), effect);
}

/** Never charges twice: a repeat is told what became of the first. */
function repeatedPay(order: WalletOrder, asked: PayOrder): TradeReply {
  const { customer } = order;
  if (customer.code !== asked.authCode || !isSame(order, { ...asked, customer })) {
    return failed('ACQ.CONTEXT_INCONSISTENT');
  }
  if (order.state === 'waiting') return pending(order);
  return failed(order.state === 'paid' ? 'ACQ.TRADE_HAS_SUCCESS' : 'ACQ.TRADE_HAS_CLOSE');
}

/** Whether an order is what is asked for once more under its number. */
export function isSame(order: WalletOrder, asked: Pick<WalletOrder, 'customer' | 'amountFen' | 'instalment'>): boolean {
  const hasSamePlan =
    order.instalment?.periods === asked.instalment?.periods &&
    order.instalment?.feePayer === asked.instalment?.feePayer;
  return order.amountFen === asked.amountFen && order.customer.id === asked.customer.id && hasSamePlan;
}

function paidOrPending(
  wallet: WalletState,
  asked: PayOrder,
  customer: WalletCustomer,
  effect: WalletAmountEffect | undefined,
): TradeReply {
  const { outTradeNo, amountFen, instalment } = asked;
  const isIgnored = wallet.faults.take('pendingForEver') !== undefined;
  const habit: CustomerHabit = isIgnored
    ? { kind: 'asksPhone' }
    : effect?.kind === 'asksPhone'
      ? effect
      : customer.habit;
  const order = wallet.orders.open({ outTradeNo, customer, amountFen, instalment }, planOf(habit, asked.timeoutMs));
  if (habit.kind === 'asksPhone') return pending(order);
  return paid(wallet.orders.pay(outTradeNo) ?? order);
}

/** What happens to a waiting order by itself: what the customer does, or the end of its time if that comes first. */
function planOf(habit: CustomerHabit | WalletAmountEffect, timeoutMs: number | undefined): PhonePlan | undefined {
  const next = habit.kind === 'asksPhone' ? habit.next : undefined;
  if (timeoutMs === undefined || (next !== undefined && next.afterMs < timeoutMs)) return next;
  return { does: 'refuse', afterMs: timeoutMs };
}

/** What a reply says when the amount spoils it; the order stays as it is. */
function withEffect(reply: TradeReply, effect: WalletAmountEffect | undefined): TradeReply {
  if (effect?.kind === 'systemError') {
    return effect.code === '20000' ? serviceUnavailable() : failed('ACQ.SYSTEM_ERROR');
  }
  if (effect?.kind === 'wrongAmount') return { response: { ...reply.response, total_amount: '0.01' } };
  return effect === undefined ? reply : { ...reply, effect };
}

function pending(order: WalletOrder): TradeReply {
  return {
    response: {
      code: '10003',
      msg: 'order success pay inprocess',
      trade_no: order.tradeNo,
      out_trade_no: order.outTradeNo,
      buyer_logon_id: order.customer.logonId,
      buyer_user_id: order.customer.userId,
      total_amount: plainYuan(order.amountFen),
    },
  };
}

function paid(order: WalletOrder): TradeReply {
  const amount = plainYuan(order.amountFen);
  return {
    response: {
      code: '10000',
      msg: 'Success',
      trade_no: order.tradeNo,
      out_trade_no: order.outTradeNo,
      buyer_logon_id: order.customer.logonId,
      buyer_user_id: order.customer.userId,
      total_amount: amount,
      receipt_amount: plainYuan(receiptFen(order)),
      buyer_pay_amount: amount,
      gmt_payment: chinaTimestamp(order.paidAtWallMs ?? 0),
      fund_bill_list: [{ amount, fund_channel: order.instalment === undefined ? 'ALIPAYACCOUNT' : 'PCREDIT' }],
      ...instalmentMembers(order),
    },
  };
}

/** Sub code for a customer who cannot or may not pay this. */
export function refusalOf(
  wallet: WalletState,
  { amountFen, instalment }: Pick<PayOrder, 'amountFen' | 'instalment'>,
  customer: WalletCustomer,
  effect: WalletAmountEffect | undefined,
): string | undefined {
  if (effect?.kind === 'fails') return effect.subCode;
  if (customer.habit.kind === 'fails') return customer.habit.subCode;
  const spent = paidOrders(wallet, customer);
  const today = chinaDay(wallet.clock.wallMs());
  const spentToday = spent.filter(({ paidAtWallMs }) => chinaDay(paidAtWallMs ?? 0) === today);
  if (sumFen(spentToday) + amountFen > customer.dayLimitFen) return 'ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR';
  if (instalment === undefined) {
    const left = customer.balanceFen - sumFen(spent.filter((order) => order.instalment === undefined));
    return amountFen > left ? 'ACQ.BUYER_BALANCE_NOT_ENOUGH' : undefined;
  }
  if (customer.huabeiLimitFen === undefined) return 'ACQ.NO_PAYMENT_INSTRUMENTS_AVAILABLE';
  const left = customer.huabeiLimitFen - sumFen(spent.filter((order) => order.instalment !== undefined));
  return amountFen > left ? 'ACQ.BUYER_BALANCE_NOT_ENOUGH' : undefined;
}

function paidOrders(wallet: WalletState, { id }: WalletCustomer): readonly WalletOrder[] {
  return wallet.orders.of(id).filter(({ state }) => state === 'paid');
}

function sumFen(orders: readonly WalletOrder[]): number {
  return orders.reduce((sum, { amountFen, refundedFen }) => sum + amountFen - refundedFen, 0);
}

function chinaDay(wallMs: number): string {
  const { year, dayOfYear } = chinaTime(wallMs);
  return year + dayOfYear;
}

/** The checked order; `undefined` when a member is missing or out of its bounds. */
function payOrderOf(biz: BizContent): PayOrder | undefined {
  const outTradeNo = textMember(biz, 'out_trade_no');
  const authCode = textMember(biz, 'auth_code');
  const amountFen = amountOf(textMember(biz, 'total_amount') ?? '');
  const isComplete = textMember(biz, 'subject') !== undefined && textMember(biz, 'scene') === 'bar_code';
  if (outTradeNo === undefined || !/^\w{1,64}$/.test(outTradeNo)) return undefined;
  if (authCode === undefined || amountFen === undefined || !isComplete) return undefined;
  const instalment = instalmentOf(biz['extend_params'], amountFen);
  const timeoutMs = timeoutOf(biz['timeout_express']);
  if (instalment === 'invalid' || timeoutMs === 'invalid') return undefined;
  return { outTradeNo, authCode, amountFen, instalment, timeoutMs };
}

/** `timeout_express` in milliseconds. */
export function timeoutOf(timeout: unknown): number | undefined | 'invalid' {
  if (timeout === undefined) return undefined;
  const [, count, unit = ''] = /^([1-9]\d{0,2})([mhd])$/.exec(typeof timeout === 'string' ? timeout : '') ?? [];
  const unitMs = TIMEOUT_UNIT_MS[unit];
  return count === undefined || unitMs === undefined ? 'invalid' : Number(count) * unitMs;
}

/** 0.01 to 100,000,000.00 yuan, no sign, no thousands separator, at most two decimals. */
function amountOf(yuan: string): number | undefined {
  if (!/^\d{1,9}(\.\d{1,2})?$/.test(yuan)) return undefined;
  const amountFen = fenOfYuan(yuan);
  return amountFen === undefined || amountFen < 1 || amountFen > 10_000_000_000 ? undefined : amountFen;
}

/** `hb_fq_num` is the number of periods as text; `hb_fq_seller_percent` is 0 or 100. */
export function instalmentOf(extendParams: unknown, amountFen: number): HuabeiQuote | undefined | 'invalid' {
  if (extendParams === undefined) return undefined;
  if (typeof extendParams !== 'object' || extendParams === null) return 'invalid';
  const { hb_fq_num: periods, hb_fq_seller_percent: sellerPercent } = extendParams as BizContent;
  if (periods === undefined && sellerPercent === undefined) return undefined;
  if (typeof periods !== 'string' || (sellerPercent !== '0' && sellerPercent !== '100')) return 'invalid';
  return huabeiQuote(amountFen, Number(periods), sellerPercent === '0' ? 'buyer' : 'seller') ?? 'invalid';
}

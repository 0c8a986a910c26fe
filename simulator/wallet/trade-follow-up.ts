import { plainYuan } from '../../firmware/base/fen.ts';
import { chinaTimestamp } from '../china-time.ts';
import { NOBODY } from './customers.ts';
import type { OrderState, WalletOrder } from './orders.ts';
import { type BizContent, failed, instalmentMembers, textMember, type TradeReply, type WalletState } from './trade.ts';

/** A trade can be cancelled for a day (wallet documentation). */
const CANCEL_WINDOW_MS = 24 * 3_600_000;

const TRADE_STATUS: Readonly<Record<OrderState, string>> = {
  waiting: 'WAIT_BUYER_PAY',
  paid: 'TRADE_SUCCESS',
  closed: 'TRADE_CLOSED',
  refunded: 'TRADE_CLOSED',
};

/** `alipay.trade.query`: what became of an order. */
export function tradeQuery(wallet: WalletState, biz: BizContent): TradeReply {
  const outTradeNo = textMember(biz, 'out_trade_no');
  if (outTradeNo === undefined) return failed('ACQ.INVALID_PARAMETER');
  const order = wallet.orders.find(outTradeNo);
  if (order === undefined) return failed('ACQ.TRADE_NOT_EXIST', { out_trade_no: outTradeNo });
  return {
    response: {
      code: '10000',
      msg: 'Success',
      trade_no: order.tradeNo,
      out_trade_no: order.outTradeNo,
      trade_status: TRADE_STATUS[order.state],
      buyer_logon_id: order.customer.logonId,
      buyer_user_id: order.customer.userId,
      total_amount: plainYuan(order.amountFen),
      ...(order.paidAtWallMs === undefined ? {} : { send_pay_date: chinaTimestamp(order.paidAtWallMs) }),
      ...instalmentMembers(order),
    },
  };
}

/**
 * `alipay.trade.cancel`: a paid order is refunded, a waiting one closed, one cancelled before stays as it is. An order
 * that the wallet does not know is cancelled too, and barred, in case its payment is still on the way.
 */
export function tradeCancel(wallet: WalletState, biz: BizContent): TradeReply {
  const outTradeNo = textMember(biz, 'out_trade_no');
  if (outTradeNo === undefined) return failed('ACQ.INVALID_PARAMETER');
  if (wallet.faults.take('cancelRetry') !== undefined) {
    return failed('ACQ.SYSTEM_ERROR', { out_trade_no: outTradeNo, retry_flag: 'Y' });
  }
  const order = foundAtCancel(wallet, outTradeNo);
  if (order === undefined) {
    wallet.orders.bar(outTradeNo);
    return cancelled({ out_trade_no: outTradeNo });
  }
  const ageMs = wallet.clock.monotonicMs() - order.createdAtMonotonicMs;
  if (ageMs > CANCEL_WINDOW_MS && order.state === 'paid') {
    return failed('ACQ.TRADE_CANCEL_TIME_OUT', { out_trade_no: outTradeNo, retry_flag: 'N' });
  }
  const after = undo(wallet, order);
  const action = after.state === 'refunded' ? 'refund' : 'close';
  return cancelled({ trade_no: order.tradeNo, out_trade_no: outTradeNo, action });
}

/** The order as the cancel finds it: a customer may have been faster. */
function foundAtCancel({ orders, customers, faults }: WalletState, outTradeNo: string): WalletOrder | undefined {
  const order = orders.find(outTradeNo);
  if (order?.state !== 'waiting' || faults.take('paidBeforeCancel') === undefined) return order;
  const [somebody] = customers.values();
  if (order.customer === NOBODY && somebody !== undefined) orders.claim(outTradeNo, somebody);
  return orders.pay(outTradeNo);
}

function undo(wallet: WalletState, order: WalletOrder): WalletOrder {
  const change =
    order.state === 'paid' ? wallet.orders.refund(order.outTradeNo) : wallet.orders.close(order.outTradeNo);
  return change ?? order;
}

function cancelled(members: Readonly<Record<string, unknown>>): TradeReply {
  return { response: { code: '10000', msg: 'Success', ...members, retry_flag: 'N' } };
}

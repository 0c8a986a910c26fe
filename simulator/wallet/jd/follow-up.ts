import { textOf } from '../front-members.ts';
import { fenMember } from './envelope.ts';
import { feeBackFen, type JdOrder, type JdOrderState, refundedFen } from './orders.ts';
import { INVALID, type JdOperationOf, type JdState, orderMembers, refused, succeeded, tradeMembers } from './trade.ts';

/** A trade can be revoked for a day, like the other wallets' (our own reading). */
const REVOKE_WINDOW_MS = 24 * 3_600_000;

/** And refunded for a year. */
const REFUND_WINDOW_MS = 365 * 24 * 3_600_000;

const TRADE_STATUS: Readonly<Record<JdOrderState, string>> = {
  waiting: 'PAYING',
  paid: 'PAID',
  closed: 'CLOSED',
  refunded: 'CLOSED',
};

/** `query`: what became of an order. */
export const query: JdOperationOf = (jd, biz) => {
  const outTradeNo = textOf(biz, 'tradeNum');
  if (outTradeNo === undefined) return INVALID;
  const order = jd.orders.find(outTradeNo);
  if (order === undefined) return { code: 'JD.ORDER_UNKNOWN', biz: { tradeNum: outTradeNo } };
  return succeeded({ ...tradeMembers(order), tradeStatus: TRADE_STATUS[order.state] });
};

/**
 * `revoke`: pays back what is left of a paid order, closes a waiting one, leaves one revoked before as it is. An order that
 * JD does not know is revoked too, and barred, in case its payment is still on the way.
 */
export const revoke: JdOperationOf = (jd, biz) => {
  const outTradeNo = textOf(biz, 'tradeNum');
  const amountFen = fenMember(biz, 'amount');
  if (outTradeNo === undefined || amountFen === undefined) return INVALID;
  if (isNotYet(jd, 'cancel')) return refused('JD.REVOKING', { outTradeNo, amountFen });
  const closed = succeeded({ ...orderMembers({ outTradeNo, amountFen }), tradeStatus: 'CLOSED' });
  const order = foundAtCancel(jd, outTradeNo);
  if (order === undefined) {
    jd.orders.bar(outTradeNo);
    return closed;
  }
  if (order.amountFen !== amountFen) return refused('JD.PARAMETER', order);
  if (order.state === 'paid' && ageMs(jd, order) > REVOKE_WINDOW_MS) return refused('JD.REVOKE_LATE', order);
  if (order.state === 'paid') jd.orders.undo(outTradeNo);
  else jd.orders.close(outTradeNo);
  return closed;
};

/**
 * `refund`: pays back a part or all, once for each number. The customer's fee comes back in the same proportion, rounded
 * down over all parts together, so that the last part brings the rest of it.
 */
export const refund: JdOperationOf = (jd, biz) => {
  const refundNum = textOf(biz, 'refundNum') ?? '';
  const outTradeNo = textOf(biz, 'tradeNum');
  const amountFen = fenMember(biz, 'amount');
  const refundFen = fenMember(biz, 'refundAmount');
  if (!/^\w{1,64}$/.test(refundNum) || outTradeNo === undefined || refundFen === undefined) return INVALID;
  const order = jd.orders.find(outTradeNo);
  if (order === undefined) return { code: 'JD.ORDER_UNKNOWN', biz: { tradeNum: outTradeNo } };
  if (order.amountFen !== amountFen) return refused('JD.PARAMETER', order);
  const earlier = order.refunds.find((each) => each.refundNum === refundNum);
  if (earlier !== undefined) {
    return earlier.refundFen === refundFen ? refundDone(order, earlier) : refused('JD.ORDER_CONFLICT', order);
  }
  if (isNotYet(jd, 'refund')) return refused('JD.REFUNDING', order);
  if (order.state !== 'paid' || refundedFen(order) + refundFen > order.amountFen) {
    return refused('JD.REFUND_TOO_MUCH', order);
  }
  if (ageMs(jd, order) > REFUND_WINDOW_MS) return refused('JD.REFUND_LATE', order);
  const feeFen = order.plan?.feeFen ?? 0;
  const feeDueFen = Number((BigInt(feeFen) * BigInt(refundedFen(order) + refundFen)) / BigInt(order.amountFen));
  const done = { refundNum, refundFen, feeBackFen: feeDueFen - feeBackFen(order) };
  jd.orders.refund(outTradeNo, done);
  return refundDone(order, done);
};

function refundDone(
  { outTradeNo, plan }: JdOrder,
  done: { readonly refundNum: string; readonly refundFen: number; readonly feeBackFen: number },
) {
  return succeeded({
    refundNum: done.refundNum,
    tradeNum: outTradeNo,
    refundAmount: done.refundFen.toString(),
    ...(plan === undefined ? {} : { feeBack: done.feeBackFen.toString() }),
  });
}

/** The order as the revoke finds it: a customer may have been faster. */
function foundAtCancel({ orders, people, faults }: JdState, outTradeNo: string): JdOrder | undefined {
  const order = orders.find(outTradeNo);
  if (order?.state !== 'waiting' || faults.take('paidBeforeCancel') === undefined) return order;
  const payer = order.person ?? people[0];
  if (payer !== undefined) orders.scan(outTradeNo, payer);
  return orders.pay(outTradeNo);
}

function isNotYet({ faults }: JdState, call: 'cancel' | 'refund'): boolean {
  return faults.take('again', (fault) => fault.call === undefined || fault.call === call) !== undefined;
}

function ageMs({ clock }: JdState, { createdAtMonotonicMs }: JdOrder): number {
  return clock.monotonicMs() - createdAtMonotonicMs;
}

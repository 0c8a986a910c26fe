import { textOf } from '../front-members.ts';
import { BAITIAO_RATES, type BaitiaoPlan, baitiaoPlan, percentText } from './baitiao.ts';
import { billOf } from './bills.ts';
import { fenMember, type JdBiz, type JdReply } from './envelope.ts';
import { feeBackFen, type JdOrder, refundedFen } from './orders.ts';
import type { JdPerson } from './people.ts';
import { FACE_EXPIRES_S, SMS_EXPIRES_S } from './proofs.ts';
import {
  creditLeftFen,
  INVALID,
  type JdOperationOf,
  type JdState,
  personByAccount,
  refused,
  succeeded,
} from './trade.ts';

/** `queryBaiTiaoFQ`: plans for an amount; with an account those that this customer is granted, and the credit left. */
export const queryBaiTiaoFQ: JdOperationOf = (jd, biz) => {
  const amountFen = fenMember(biz, 'amount');
  if (amountFen === undefined) return INVALID;
  const person = personByAccount(jd, biz);
  const isNamed = Object.hasOwn(biz, 'account');
  const refusal = isNamed ? accountRefusal(jd, person) : undefined;
  if (refusal !== undefined) return refused(refusal);
  const shopPays = merchantPaid(biz);
  const isBare = jd.faults.take('emptyPlans') !== undefined;
  const isWrong = jd.faults.take('inconsistentPlans') !== undefined;
  const plans = BAITIAO_RATES.filter(({ periods }) => person?.deniedPeriods?.includes(periods) !== true)
    .map(({ periods }) => baitiaoPlan(amountFen, periods, shopPays.includes(periods) ? 'merchant' : 'customer'))
    .filter((plan) => plan !== undefined && !isBare)
    .map((plan) => planMembers(plan as BaitiaoPlan, isWrong ? 1 : 0));
  const creditFen = person && creditLeftFen(jd, person);
  return succeeded({
    amount: amountFen.toString(),
    plans,
    ...(creditFen === undefined ? {} : { creditLimit: creditFen.toString() }),
    ...(isNamed ? { verifies: ['sms', 'face'] } : {}),
  });
};

/** `sendSms`: a code to the customer's phone. */
export const sendSms: JdOperationOf = (jd, biz) =>
  forAccount(jd, biz, (person, amountFen) =>
    succeeded({
      smsRef: jd.proofs.sendSms({ customerId: person.id, amountFen }),
      expireSeconds: SMS_EXPIRES_S.toString(),
    }),
  );

/** `startFace`: the app asks for the face. */
export const startFace: JdOperationOf = (jd, biz) =>
  forAccount(jd, biz, (person, amountFen) =>
    succeeded({
      faceRef: jd.proofs.startFace({ customerId: person.id, amountFen }, person.face),
      expireSeconds: FACE_EXPIRES_S.toString(),
    }),
  );

/** `faceState`: how far the customer is. */
export const faceState: JdOperationOf = (jd, biz) => {
  const faceRef = textOf(biz, 'faceRef') ?? '';
  const state = jd.proofs.faceState(faceRef);
  return state === undefined ? refused('JD.FACE_EXPIRED') : succeeded({ faceRef, state });
};

/** `queryBill`: what is owed on one order, or on all of an account. */
export const queryBill: JdOperationOf = (jd, biz) => {
  const isWrong = jd.faults.take('wrongNumbers', ({ call }) => call === 'bills') !== undefined;
  const bills = (orders: readonly JdOrder[]): JdReply =>
    succeeded({ bills: orders.flatMap((order) => billMembers(jd, order, isWrong)) });
  const outTradeNo = textOf(biz, 'tradeNum');
  if (outTradeNo !== undefined) {
    const order = jd.orders.find(outTradeNo);
    return order === undefined ? { code: 'JD.ORDER_UNKNOWN', biz: { tradeNum: outTradeNo } } : bills([order]);
  }
  const person = personByAccount(jd, biz);
  const refusal = accountRefusal(jd, person);
  return person === undefined || refusal !== undefined
    ? refused(refusal ?? 'JD.ACCOUNT_UNKNOWN')
    : bills(jd.orders.of(person.id));
};

/** Nothing is owed for an order that was not bought on credit, or was paid back. */
function billMembers({ clock }: JdState, order: JdOrder, isWrong: boolean): readonly JdBiz[] {
  const { person, plan, paidAtWallMs, state, isOnCredit, outTradeNo, amountFen } = order;
  if (!isOnCredit || state !== 'paid' || person === undefined || paidAtWallMs === undefined) return [];
  const billed = {
    outTradeNo,
    amountFen,
    feeFen: plan?.feeFen ?? 0,
    periods: plan?.periods ?? 1,
    refundedFen: refundedFen(order) + feeBackFen(order),
    paidAtWallMs,
    paysLate: person.paysLate === true,
  };
  const members = billOf(billed, clock.wallMs());
  return [isWrong ? { ...members, total: (amountFen + billed.feeFen + 1).toString() } : members];
}

function forAccount(jd: JdState, biz: JdBiz, answer: (person: JdPerson, amountFen: number) => JdReply): JdReply {
  const amountFen = fenMember(biz, 'amount');
  if (amountFen === undefined) return INVALID;
  const person = personByAccount(jd, biz);
  const refusal = accountRefusal(jd, person);
  return person === undefined || refusal !== undefined
    ? refused(refusal ?? 'JD.ACCOUNT_UNKNOWN')
    : answer(person, amountFen);
}

/** Why this account has no Baitiao to pay with. */
function accountRefusal(jd: JdState, person: JdPerson | undefined): string | undefined {
  if (person === undefined) return 'JD.ACCOUNT_UNKNOWN';
  if (person.isRestricted === true) return 'JD.ACCOUNT_RESTRICTED';
  return creditLeftFen(jd, person) === undefined ? 'JD.NOT_ACTIVATED' : undefined;
}

/** Periods that the shop asks for at its own cost; anything else than a list of texts counts as absent. */
function merchantPaid(biz: JdBiz): readonly number[] {
  const asked: unknown = biz['merchantPays'];
  return Array.isArray(asked) ? asked.map(Number) : [];
}

/** A plan as it goes over the wire: a member of `plans`. */
export function planMembers(plan: BaitiaoPlan, wrongByFen = 0): JdBiz {
  return {
    plan: plan.periods.toString(),
    rate: percentText(plan.rateBasisPoints),
    feePayer: plan.feePayer,
    fee: plan.feeFen.toString(),
    merchantFee: plan.merchantFeeFen.toString(),
    firstPay: (plan.firstPayFen + wrongByFen).toString(),
    laterPay: plan.laterPayFen.toString(),
    total: plan.totalFen.toString(),
  };
}

import type { WalletAmountEffect } from '../outcomes.ts';
import { membersOf, textOf } from '../front-members.ts';
import { type BaitiaoPlan, baitiaoPlan } from './baitiao.ts';
import { fenMember, type JdBiz, type JdReply } from './envelope.ts';
import type { JdOrder, JdPhonePlan } from './orders.ts';
import type { JdHabit, JdPerson } from './people.ts';
import type { ProofRefusal } from './proofs.ts';
import {
  amountEffect,
  creditLeftFen,
  INVALID,
  type JdOperationOf,
  type JdOutcome,
  type JdState,
  orderMembers,
  personByAccount,
  refused,
  spentFen,
  succeeded,
  tradeMembers,
} from './trade.ts';

/** An order as it was asked for, its members in their bounds. */
interface AskedOrder {
  readonly outTradeNo: string;
  readonly amountFen: number;
  readonly plan: BaitiaoPlan | undefined;
  /** Why the plan cannot be had by anybody. */
  readonly planRefusal: string | undefined;
  readonly isOnCredit: boolean;
  readonly expiresInMs: number;
}

/** `fkmPay`: charges the customer whose code was scanned, or asks the phone first. */
export const fkmPay: JdOperationOf = (jd, biz) => {
  const asked = askedOrder(biz, false);
  const token = textOf(biz, 'token');
  if (asked === undefined || token === undefined) return INVALID;
  const earlier = repeated(jd, asked);
  if (earlier !== undefined) return earlier;
  const person = jd.people.find(({ code }) => code === token);
  return person === undefined ? refused('JD.CODE_INVALID', asked) : charge(jd, asked, person);
};

/** `baiTiaoPay`: charges a named account that proves by SMS or face that it agrees. A proof is spent by a charge alone. */
export const baiTiaoPay: JdOperationOf = (jd, biz) => {
  const asked = askedOrder(biz, true);
  const proof = membersOf(biz['proof']);
  if (asked === undefined || proof === undefined) return INVALID;
  const earlier = repeated(jd, asked);
  if (earlier !== undefined) return earlier;
  const person = personByAccount(jd, biz);
  if (person === undefined) return refused('JD.ACCOUNT_UNKNOWN', asked);
  return charge(jd, asked, person, () => {
    const subject = { customerId: person.id, amountFen: asked.amountFen };
    return textOf(proof, 'type') === 'sms'
      ? jd.proofs.takeSms(textOf(proof, 'smsRef') ?? '', textOf(proof, 'smsCode') ?? '', subject)
      : jd.proofs.takeFace(textOf(proof, 'faceRef') ?? '', subject);
  });
};

/** `uniorder`: opens an order and gives the code that a customer scans. */
export const uniorder: JdOperationOf = (jd, biz) => {
  const asked = askedOrder(biz, false);
  if (asked === undefined) return INVALID;
  const known = repeated(jd, asked);
  if (known !== undefined && known.code !== 'JD.PAYING') return known;
  if (asked.planRefusal !== undefined) return refused(asked.planRefusal, asked);
  const effect = amountEffect(asked.amountFen, asked.isOnCredit);
  if (effect?.kind === 'fails') return refused(effect.subCode, asked);
  if (isNotExecuted(effect)) return { ...refused('JD.SYSTEM', asked), effect };
  if (known === undefined) open(jd, asked, undefined);
  return { ...succeeded({ ...orderMembers(asked), qrCode: qrCodeOf(asked.outTradeNo) }), effect };
};

const QR_PREFIX = 'https://qr.jd.example/';

function qrCodeOf(outTradeNo: string): string {
  return `${QR_PREFIX}${outTradeNo}`;
}

/** The customer scans a shown code: paid, waiting for a confirmation, or a code that says why not. */
export function scanCode(jd: JdState, codeText: string, person: JdPerson): string {
  const order = codeText.startsWith(QR_PREFIX) ? jd.orders.find(codeText.slice(QR_PREFIX.length)) : undefined;
  if (order?.state !== 'waiting' || (order.person ?? person).id !== person.id) return 'JD.CODE_INVALID';
  const refusal = refusalOf(jd, { ...order, planRefusal: undefined }, person);
  if (refusal !== undefined) return refusal;
  const habit = habitFor(person, amountEffect(order.amountFen, order.isOnCredit));
  jd.orders.scan(order.outTradeNo, person, habit.kind === 'asksPhone' ? habit.next : undefined);
  if (habit.kind !== 'asksPhone') jd.orders.pay(order.outTradeNo);
  return habit.kind === 'asksPhone' ? 'waiting' : 'paid';
}

/** Never charges twice: a repeat is told what became of the first. */
function repeated(jd: JdState, asked: AskedOrder): JdReply | undefined {
  const order = jd.orders.find(asked.outTradeNo);
  if (order === undefined) return jd.orders.isBarred(asked.outTradeNo) ? refused('JD.ORDER_CLOSED', asked) : undefined;
  if (order.amountFen !== asked.amountFen || !isSamePlan(order.plan, asked.plan)) {
    return refused('JD.ORDER_CONFLICT', asked);
  }
  if (order.state === 'waiting') return { code: 'JD.PAYING', biz: tradeMembers(order) };
  return refused(order.state === 'paid' ? 'JD.ORDER_PAID' : 'JD.ORDER_CLOSED', asked);
}

function isSamePlan(one: BaitiaoPlan | undefined, other: BaitiaoPlan | undefined): boolean {
  return one?.periods === other?.periods && one?.feePayer === other?.feePayer;
}

function charge(
  jd: JdState,
  asked: AskedOrder,
  person: JdPerson,
  proven: () => ProofRefusal | undefined = () => undefined,
): JdOutcome {
  const effect = amountEffect(asked.amountFen, asked.isOnCredit);
  const refusal = refusalOf(jd, asked, person) ?? (effect?.kind === 'fails' ? effect.subCode : proven());
  if (refusal !== undefined) return refused(refusal, asked);
  if (isNotExecuted(effect)) return { ...refused('JD.SYSTEM', asked), effect };
  const isIgnored = jd.faults.take('pendingForEver') !== undefined;
  const habit: JdHabit = isIgnored ? { kind: 'asksPhone' } : habitFor(person, effect);
  const order = open(jd, asked, person, habit.kind === 'asksPhone' ? habit.next : undefined);
  if (habit.kind === 'asksPhone') return { code: 'JD.PAYING', biz: tradeMembers(order), effect };
  return { ...succeeded(tradeMembers(jd.orders.pay(order.outTradeNo) ?? order)), effect };
}

function habitFor(person: JdPerson, effect: WalletAmountEffect | undefined): JdHabit {
  return effect?.kind === 'asksPhone' ? effect : person.habit;
}

function isNotExecuted(effect: WalletAmountEffect | undefined): boolean {
  return effect !== undefined && 'executed' in effect && !effect.executed;
}

/** The order ends by itself when nobody decided in its time. */
function open(jd: JdState, asked: AskedOrder, person: JdPerson | undefined, next?: JdPhonePlan): JdOrder {
  const { outTradeNo, amountFen, plan, isOnCredit, expiresInMs } = asked;
  const isInTime = next !== undefined && next.afterMs < expiresInMs;
  const end: JdPhonePlan = isInTime ? next : { does: 'refuse', afterMs: expiresInMs };
  return jd.orders.open({ outTradeNo, person, amountFen, plan, isOnCredit }, end);
}

/** Why this customer cannot or may not pay this. */
function refusalOf(
  jd: JdState,
  { amountFen, plan, planRefusal, isOnCredit }: Pick<AskedOrder, 'amountFen' | 'plan' | 'planRefusal' | 'isOnCredit'>,
  person: JdPerson,
): string | undefined {
  if (person.isRestricted === true) return 'JD.ACCOUNT_RESTRICTED';
  if (person.habit.kind === 'fails') return person.habit.code;
  if (isOnCredit) {
    const leftFen = creditLeftFen(jd, person);
    if (leftFen === undefined) return 'JD.NOT_ACTIVATED';
    if (plan !== undefined && person.deniedPeriods?.includes(plan.periods) === true) return 'JD.PERIOD_UNAVAILABLE';
    return planRefusal ?? (amountFen > leftFen ? 'JD.CREDIT_LIMIT' : undefined);
  }
  const spent = spentFen(jd.orders.of(person.id).filter((order) => !order.isOnCredit));
  return spent + amountFen > person.balanceFen ? 'JD.BALANCE' : undefined;
}

/** The checked order; `undefined` when a member is missing or out of its bounds. */
function askedOrder(biz: JdBiz, isByAccount: boolean): AskedOrder | undefined {
  const outTradeNo = textOf(biz, 'tradeNum') ?? '';
  const amountFen = fenMember(biz, 'amount');
  const seconds = textOf(biz, 'expireSeconds') ?? '';
  const isComplete = textOf(biz, 'tradeName') !== undefined && /^[1-9]\d{0,4}$/.test(seconds);
  if (!/^\w{1,64}$/.test(outTradeNo) || amountFen === undefined || !isComplete) return undefined;
  const asked = planOf(biz, amountFen);
  if (asked === 'invalid') return undefined;
  const isOnCredit = isByAccount || asked.plan !== undefined || asked.planRefusal !== undefined;
  return { outTradeNo, amountFen, ...asked, isOnCredit, expiresInMs: Number(seconds) * 1_000 };
}

/** The plan as JD computes it, unless it costs more than the customer agreed to, or there is none. */
function planOf(biz: JdBiz, amountFen: number): Pick<AskedOrder, 'plan' | 'planRefusal'> | 'invalid' {
  if (!Object.hasOwn(biz, 'baiTiao')) return { plan: undefined, planRefusal: undefined };
  const asked = membersOf(biz['baiTiao']) ?? {};
  const feePayer = textOf(asked, 'feePayer');
  const [periods, feeFen, totalFen] = ['plan', 'fee', 'total'].map((name) => Number(textOf(asked, name) ?? 'none'));
  const isWhole = [periods, feeFen, totalFen].every((number) => Number.isSafeInteger(number));
  if (!isWhole || (feePayer !== 'customer' && feePayer !== 'merchant')) return 'invalid';
  const plan = baitiaoPlan(amountFen, periods ?? 0, feePayer);
  if (plan === undefined) return { plan, planRefusal: 'JD.PERIOD_UNAVAILABLE' };
  if (plan.feeFen > (feeFen ?? 0)) return { plan, planRefusal: 'JD.FEE_TOO_HIGH' };
  return plan.feeFen === feeFen && plan.totalFen === totalFen ? { plan, planRefusal: undefined } : 'invalid';
}

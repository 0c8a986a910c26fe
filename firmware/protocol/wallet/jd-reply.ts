import { ProtocolError } from '../../base/protocol-error.ts';
import { jdBillsAnswer } from './jd-bills.ts';
import { isJdRefusal, JD_AGAIN, JD_ORDER_UNKNOWN, JD_PAYING, JD_SUCCESS } from './jd-names.ts';
import { JD_REFERENCE, listOf, numberOf, optionalNumber, saysNumber, textOf } from './jd-members.ts';
import { type Members, membersOf, replyMembers, requiredMember, textMember } from './reply-members.ts';
import { checkPresentedCode } from './presented-code.ts';
import type {
  FeePayer,
  KnownOrder,
  OfferedPlan,
  OrderedPlan,
  RefundTerms,
  WalletAnswer,
  WalletCall,
} from './wallet-api.ts';

/** What about an order an answer must repeat. */
type CheckedOrder = Pick<KnownOrder, 'outTradeNo' | 'amountFen' | 'plan'>;

/** No lender offers so many plans; keeps a reply small. */
const PLANS_MAX = 24;

/** More periods than any lender offers. */
const PERIODS_MAX = 60;

/** `yyyy-MM-dd HH:mm:ss` */
const TIMESTAMP = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/;

/** States of an order that is not paid. A state that is not here is unknown. */
const UNPAID_STATES = { PAYING: 'pending', CLOSED: 'closed' } as const;

const FACE_STATES = { WAITING: 'waiting', PASSED: 'passed', REFUSED: 'refused', EXPIRED: 'expired' } as const;

/** What a reply signs: status, path and nonce of the request it answers, and the body, on a line each. */
export function jdReplyString(status: number, path: string, requestNonce: string, body: string): string {
  return `${status}\n${path}\n${requestNonce}\n${body}\n`;
}

/**
 * What a reply of status 200 says. `ProtocolError` for a body that is no JSON object or has a key twice, and for a member
 * that is missing or malformed; it names the member and never its value.
 */
export function jdAnswer(call: WalletCall, body: string): WalletAnswer {
  const members = replyMembers(body);
  const code = requiredMember(membersOf(members['result']), 'code');
  const biz = membersOf(members['biz']);
  return code === JD_SUCCESS ? successAnswer(call, biz) : otherAnswer(call, code, biz);
}

function successAnswer(call: WalletCall, biz: Members): WalletAnswer {
  switch (call.kind) {
    case 'pay':
    case 'charge':
      return paidAnswer(biz, call.order);
    case 'query':
      return queryAnswer(biz, call.order);
    case 'present':
      return mismatches(biz, call.order, 'named') ?? presentedAnswer(biz, call.order);
    case 'cancel': {
      const isClosed = textMember(biz, 'tradeStatus') === 'CLOSED';
      return mismatches(biz, call.order, 'named') ?? (isClosed ? { kind: 'cancelled' } : { kind: 'unknown' });
    }
    case 'refund':
      return refundAnswer(biz, call.refund);
    case 'plans':
      return plansAnswer(biz, call.amountFen, call.merchantPays);
    case 'sendCode':
      return { kind: 'codeSent', reference: textOf(biz, 'smsRef', JD_REFERENCE), expiresInS: secondsOf(biz) };
    case 'startFace':
      return { kind: 'faceStarted', reference: textOf(biz, 'faceRef', JD_REFERENCE), expiresInS: secondsOf(biz) };
    case 'faceState':
      return faceAnswer(biz, call.reference);
    case 'bills':
      return jdBillsAnswer(biz, call.subject);
  }
}

/** Any code but that of success. */
function otherAnswer(call: WalletCall, code: string, biz: Members): WalletAnswer {
  const order = orderOf(call);
  const differing = order && mismatches(biz, order, code === JD_PAYING ? 'named' : 'ifNamed');
  if (differing !== undefined) return differing;
  const { kind } = call;
  if (code === JD_PAYING && (kind === 'pay' || kind === 'charge')) return { kind: 'pending' };
  if (code === JD_ORDER_UNKNOWN && asksAbout(kind)) return { kind: 'notFound' };
  if (JD_AGAIN.includes(code) && (kind === 'cancel' || kind === 'refund')) return { kind: 'retry' };
  return isJdRefusal(kind, code) ? { kind: 'failed', code } : { kind: 'unknown' };
}

/** Calls about an order that must be there already. */
function asksAbout(kind: WalletCall['kind']): boolean {
  return kind === 'query' || kind === 'cancel' || kind === 'refund' || kind === 'bills';
}

/** The order that a call is about, where it is about one. */
function orderOf(call: WalletCall): CheckedOrder | undefined {
  switch (call.kind) {
    case 'pay':
    case 'present':
    case 'charge':
    case 'query':
    case 'cancel':
      return call.order;
    case 'refund':
      return call.refund.order;
    case 'bills':
      return call.subject.kind === 'order' ? call.subject.order : undefined;
    case 'plans':
    case 'sendCode':
    case 'startFace':
    case 'faceState':
      return undefined;
  }
}

/**
 * What an answer says otherwise than the order. `named`: order and amount must stand there; `booked`: the plan too.
 * Whatever stands there must be right in any case.
 */
function mismatches(
  biz: Members,
  { outTradeNo, amountFen, plan }: CheckedOrder,
  demand: 'ifNamed' | 'named' | 'booked',
): WalletAnswer | undefined {
  const members: string[] = [];
  const mayLack = (name: string): boolean => demand === 'ifNamed' && !Object.hasOwn(biz, name);
  if (!mayLack('tradeNum') && textMember(biz, 'tradeNum') !== outTradeNo) members.push('tradeNum');
  if (!mayLack('amount') && !saysNumber(biz, 'amount', amountFen)) members.push('amount');
  const isBooked = Object.hasOwn(biz, 'baiTiao');
  if (plan !== undefined && (isBooked ? !isPlan(membersOf(biz['baiTiao']), plan) : demand === 'booked')) {
    members.push('baiTiao');
  }
  return members.length === 0 ? undefined : { kind: 'mismatch', members };
}

function isPlan(booked: Members, { periods, feePayer, feeFen, totalFen }: OrderedPlan): boolean {
  const isSamePayer = textMember(booked, 'feePayer') === feePayer;
  const isSamePrice = saysNumber(booked, 'fee', feeFen) && saysNumber(booked, 'total', totalFen);
  return isSamePayer && isSamePrice && saysNumber(booked, 'plan', periods);
}

function paidAnswer(biz: Members, order: CheckedOrder): WalletAnswer {
  const differing = mismatches(biz, order, 'booked');
  if (differing !== undefined) return differing;
  const buyer = textMember(biz, 'buyer');
  const paidAt = textMember(biz, 'payTime');
  return {
    kind: 'paid',
    trade: {
      tradeNo: textOf(biz, 'tradeNo', JD_REFERENCE),
      amountFen: order.amountFen,
      // A name that the host forgot to mask goes no further than this line.
      buyer: buyer?.includes('*') === true ? buyer : undefined,
      paidAt: paidAt === undefined ? undefined : textOf(biz, 'payTime', TIMESTAMP),
      periods: Object.hasOwn(biz, 'baiTiao') ? periodsOf(membersOf(biz['baiTiao'])) : undefined,
    },
  };
}

function queryAnswer(biz: Members, order: CheckedOrder): WalletAnswer {
  const status = textMember(biz, 'tradeStatus') ?? '';
  if (status === 'PAID') return paidAnswer(biz, order);
  const kind = Object.hasOwn(UNPAID_STATES, status) ? UNPAID_STATES[status as keyof typeof UNPAID_STATES] : 'unknown';
  return mismatches(biz, order, 'named') ?? { kind };
}

/** A code is shown only when it is a payment of this order. */
function presentedAnswer(biz: Members, order: CheckedOrder): WalletAnswer {
  const codeText = requiredMember(biz, 'qrCode');
  const isGood = checkPresentedCode(codeText, order).kind === 'good';
  return isGood ? { kind: 'presented', codeText } : { kind: 'mismatch', members: ['qrCode'] };
}

function refundAnswer(biz: Members, { order, refundNo, refundFen }: RefundTerms): WalletAnswer {
  const members: string[] = [];
  if (textMember(biz, 'refundNum') !== refundNo) members.push('refundNum');
  if (textMember(biz, 'tradeNum') !== order.outTradeNo) members.push('tradeNum');
  if (!saysNumber(biz, 'refundAmount', refundFen)) members.push('refundAmount');
  if (members.length > 0) return { kind: 'mismatch', members };
  const feeBackFen = optionalNumber(biz, 'feeBack');
  const isTooMuch = order.plan !== undefined && feeBackFen !== undefined && feeBackFen > order.plan.feeFen;
  return isTooMuch ? { kind: 'mismatch', members: ['feeBack'] } : { kind: 'refunded', feeBackFen };
}

/**
 * Each plan must add up: price and the customer's fee are the total, and so are the payments; its fee is asked of the side
 * that the shop's contract names, and nothing of the other; no number of periods comes twice.
 */
function plansAnswer(biz: Members, amountFen: number, merchantPays: readonly number[] = []): WalletAnswer {
  if (!saysNumber(biz, 'amount', amountFen)) return { kind: 'mismatch', members: ['amount'] };
  const listed = listOf(biz, 'plans', PLANS_MAX);
  const plans = listed.map(offeredPlan);
  const isConsistent = plans.every(
    ({ periods, feePayer, feeFen, firstPaymentFen, laterPaymentFen, totalFen }) =>
      totalFen === amountFen + (feePayer === 'customer' ? feeFen : 0) &&
      totalFen === firstPaymentFen + laterPaymentFen * (periods - 1),
  );
  const isPaidBySide = listed.every((plan) => isPaidAsAgreed(plan, merchantPays));
  const isDistinct = new Set(plans.map(({ periods }) => periods)).size === plans.length;
  if (!isConsistent || !isPaidBySide || !isDistinct) return { kind: 'mismatch', members: ['plans'] };
  const ways: unknown = biz['verifies'];
  const verifies = (['sms', 'face'] as const).filter((way) => Array.isArray(ways) && ways.includes(way));
  return { kind: 'plans', plans, creditLimitFen: optionalNumber(biz, 'creditLimit'), verifies };
}

function isPaidAsAgreed(plan: Members, merchantPays: readonly number[]): boolean {
  const isMerchants = merchantPays.includes(periodsOf(plan));
  const othersFeeFen = isMerchants ? numberOf(plan, 'fee') : (optionalNumber(plan, 'merchantFee') ?? 0);
  return payerOf(plan) === (isMerchants ? 'merchant' : 'customer') && othersFeeFen === 0;
}

/** The customer where the host says nothing of it. */
function payerOf(plan: Members): FeePayer {
  const isSaid = Object.hasOwn(plan, 'feePayer');
  return isSaid && textOf(plan, 'feePayer', /^(?:customer|merchant)$/) === 'merchant' ? 'merchant' : 'customer';
}

function offeredPlan(plan: Members): OfferedPlan {
  const feePayer = payerOf(plan);
  return {
    periods: periodsOf(plan),
    feePayer,
    feeFen: feePayer === 'merchant' ? numberOf(plan, 'merchantFee') : numberOf(plan, 'fee'),
    firstPaymentFen: numberOf(plan, 'firstPay'),
    laterPaymentFen: numberOf(plan, 'laterPay'),
    totalFen: numberOf(plan, 'total'),
    ratePpm: textMember(plan, 'rate') === undefined ? undefined : ratePpmOf(plan),
  };
}

/** A rate in per cent of the amount for the whole plan, as `4.5`, in millionths. */
function ratePpmOf(plan: Members): number {
  const [whole = '', rest = ''] = textOf(plan, 'rate', /^\d{1,2}(?:\.\d{1,4})?$/).split('.');
  return Number(whole) * 10_000 + Number(rest.padEnd(4, '0'));
}

function periodsOf(plan: Members): number {
  const periods = numberOf(plan, 'plan');
  if (periods < 1 || periods > PERIODS_MAX) throw new ProtocolError(['biz', 'plan'], 'out of bounds');
  return periods;
}

/** Between a second and a day. */
function secondsOf(biz: Members): number {
  const seconds = numberOf(biz, 'expireSeconds');
  if (seconds < 1 || seconds > 86_400) throw new ProtocolError(['biz', 'expireSeconds'], 'out of bounds');
  return seconds;
}

function faceAnswer(biz: Members, reference: string): WalletAnswer {
  if (textMember(biz, 'faceRef') !== reference) return { kind: 'mismatch', members: ['faceRef'] };
  const state = textOf(biz, 'state', /^(?:WAITING|PASSED|REFUSED|EXPIRED)$/);
  return { kind: 'face', state: FACE_STATES[state as keyof typeof FACE_STATES] };
}

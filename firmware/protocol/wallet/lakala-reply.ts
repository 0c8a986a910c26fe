import { ProtocolError } from '../../base/protocol-error.ts';
import { LAKALA_SIGNATURE, lakalaMeaning } from './lakala-codes.ts';
import { LAKALA_ACCOUNT_TYPES } from './lakala-request.ts';
import { lakalaSignString } from './lakala.ts';
import { checkPresentedCode } from './presented-code.ts';
import {
  fenOfDigits,
  type Members,
  membersOf,
  replyMembers,
  requiredHeader,
  requiredMember,
  textMember,
} from './reply-members.ts';
import type {
  CallContext,
  KnownOrder,
  OrderTerms,
  PaidTrade,
  RefundTerms,
  SignedReply,
  WalletAnswer,
  WalletCall,
} from './wallet-api.ts';
import type { WebReply } from './web-message.ts';

/** How far the time of an answer may be from that of the request; our own bound, that of WeChat Pay. */
const ANSWER_AGE_MAX_S = 5 * 60 + 60;

type Known = OrderTerms | KnownOrder;

/**
 * Takes a reply apart. Reference B.4 has the string of requests and of notices only; that replies are signed like
 * requests, with the four parts in headers, is what the aggregator's public SDKs check.
 */
export function lakalaReply(call: WalletCall, reply: WebReply, context: CallContext): SignedReply {
  const { headers, body } = reply;
  const appId = requiredHeader(headers, 'lklapi-appid');
  const timestamp = requiredHeader(headers, 'lklapi-timestamp');
  const serialNumber = requiredHeader(headers, 'lklapi-serial');
  const nonce = requiredHeader(headers, 'lklapi-nonce');
  return {
    signedContent: lakalaSignString({ appId, serialNumber, timestamp, nonce, body }),
    signature: requiredHeader(headers, 'lklapi-signature'),
    read: () => {
      if (appId !== context.merchant.appId) return { kind: 'mismatch', members: ['lklapi-appid'] };
      const ageS = Math.abs(Number(timestamp) - context.wallMs / 1000);
      const isFresh = /^\d{10}$/.test(timestamp) && ageS <= ANSWER_AGE_MAX_S;
      return read(call, replyMembers(body), isFresh, context);
    },
  };
}

function read(call: WalletCall, members: Members, isFresh: boolean, context: CallContext): WalletAnswer {
  const code = requiredMember(members, 'code');
  if (!isFresh && code !== LAKALA_SIGNATURE) return { kind: 'unknown' };
  const meaning = lakalaMeaning(call.kind, code);
  switch (meaning) {
    case 'done':
      return doneAnswer(call, membersOf(members['resp_data']), context);
    case 'waiting':
      return { kind: waitingAnswers[call.kind] ?? 'unknown' };
    case 'refused':
      return { kind: 'failed', code };
    case 'notFound':
    case 'alreadyPaid':
    case 'unknown':
      return { kind: meaning };
  }
}

const waitingAnswers: Readonly<Partial<Record<WalletCall['kind'], 'pending' | 'retry'>>> = {
  pay: 'pending',
  query: 'pending',
  cancel: 'retry',
  refund: 'retry',
};

function doneAnswer(call: WalletCall, data: Members, context: CallContext): WalletAnswer {
  switch (call.kind) {
    case 'pay':
      return paidAnswer(data, call.order, context);
    case 'query':
      return stateAnswer(data, call.order, context);
    case 'present':
      return presentedAnswer(data, call.order, context);
    case 'cancel':
      return data['origin_out_trade_no'] === call.order.outTradeNo
        ? { kind: 'cancelled' }
        : { kind: 'mismatch', members: ['origin_out_trade_no'] };
    case 'refund':
      return refundAnswer(data, call.refund);
    case 'charge':
    case 'plans':
    case 'sendCode':
    case 'startFace':
    case 'faceState':
    case 'bills':
      throw new ProtocolError(['reply'], 'to a call that this host does not serve');
  }
}

/** A code that says done is what makes a payment paid; a state beside it must say the same. */
function paidAnswer(data: Members, order: Known, context: CallContext): WalletAnswer {
  const state = textMember(data, 'trade_state');
  if (state !== undefined) return stateAnswer(data, order, context);
  const differing = mismatches(data, order, context, true);
  return differing.length > 0
    ? { kind: 'mismatch', members: differing }
    : { kind: 'paid', trade: paidTrade(data, order) };
}

function stateAnswer(data: Members, order: Known, context: CallContext): WalletAnswer {
  const state = requiredMember(data, 'trade_state');
  // In part paid back is paid all the same: the rest stays with the shop.
  const isPaid = state === 'SUCCESS' || state === 'PART_REFUND';
  const differing = mismatches(data, order, context, isPaid);
  if (differing.length > 0) return { kind: 'mismatch', members: differing };
  if (isPaid) return { kind: 'paid', trade: paidTrade(data, order) };
  switch (state) {
    case 'INIT':
    case 'CREATE':
    case 'DEAL':
      return { kind: 'pending' };
    case 'UNKNOWN':
      return { kind: 'unknown' };
    case 'FAIL':
      return { kind: 'failed', code: state };
    case 'CLOSE':
    case 'REFUND':
    case 'REVOKED':
      return { kind: 'closed' };
    default:
      throw new ProtocolError(['reply', 'trade_state'], 'not a state of the host');
  }
}

/** Members that are not as asked. An answer that says "paid" must name the money, others may leave it out. */
function mismatches(data: Members, order: Known, { merchant }: CallContext, mustName: boolean): readonly string[] {
  const isNamed = (name: string): boolean => mustName || data[name] !== undefined;
  const differing: string[] = [];
  if (data['out_trade_no'] !== order.outTradeNo) differing.push('out_trade_no');
  if (isNamed('merchant_no') && data['merchant_no'] !== merchant.merchantId) differing.push('merchant_no');
  if (isNamed('total_amount') && fenOfDigits(textMember(data, 'total_amount')) !== order.amountFen) {
    differing.push('total_amount');
  }
  if (data['account_type'] !== undefined && data['account_type'] !== LAKALA_ACCOUNT_TYPES[order.wallet]) {
    differing.push('account_type');
  }
  const periods = bookedPeriods(data);
  if (order.plan !== undefined && periods !== undefined && periods !== order.plan.periods) {
    differing.push('acc_resp_fields');
  }
  return differing;
}

function paidTrade(data: Members, { amountFen }: Known): PaidTrade {
  const paidAt = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(textMember(data, 'trade_time') ?? '');
  const [, year, month, day, hour, minute, second] = paidAt ?? [];
  return {
    tradeNo: requiredMember(data, 'trade_no'),
    amountFen,
    buyer: textMember(membersOf(data['acc_resp_fields']), 'buyer_logon_id'),
    paidAt: year === undefined ? undefined : `${year}-${month}-${day} ${hour}:${minute}:${second}`,
    periods: bookedPeriods(data),
  };
}

/** Our reading: the wallet's own numbers are handed on under the names that the request has. */
function bookedPeriods(data: Members): number | undefined {
  const fields = membersOf(data['acc_resp_fields']);
  return fenOfDigits(textMember(fields, 'hb_fq_num') ?? textMember(fields, 'jd_fq_num'));
}

function presentedAnswer(data: Members, order: OrderTerms, context: CallContext): WalletAnswer {
  const differing = mismatches(data, order, context, false);
  if (differing.length > 0) return { kind: 'mismatch', members: differing };
  const codeText = requiredMember(membersOf(data['acc_resp_fields']), 'code');
  const { kind } = checkPresentedCode(codeText, order);
  return kind === 'good' ? { kind: 'presented', codeText } : { kind: 'mismatch', members: ['acc_resp_fields'] };
}

function refundAnswer(data: Members, { order, refundNo, refundFen }: RefundTerms): WalletAnswer {
  const checks: readonly (readonly [string, boolean])[] = [
    ['out_trade_no', data['out_trade_no'] === refundNo],
    ['origin_out_trade_no', data['origin_out_trade_no'] === order.outTradeNo],
    ['refund_amount', fenOfDigits(textMember(data, 'refund_amount')) === refundFen],
  ];
  const differing = checks.filter(([, isRight]) => !isRight).map(([name]) => name);
  return differing.length > 0 ? { kind: 'mismatch', members: differing } : { kind: 'refunded', feeBackFen: undefined };
}

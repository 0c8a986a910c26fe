import { ProtocolError } from '../../base/protocol-error.ts';
import { checkPresentedCode } from './presented-code.ts';
import { type Members, membersOf, replyMembers, requiredHeader, requiredMember, textMember } from './reply-members.ts';
import type {
  CallContext,
  KnownOrder,
  OrderTerms,
  RefundTerms,
  SignedReply,
  WalletAnswer,
  WalletCall,
} from './wallet-api.ts';
import type { WebReply } from './web-message.ts';
import { wechatMeaning } from './wechat-codes.ts';

/**
 * How far the time of a signed answer may be from the time of the request. The host refuses requests that are 5 minutes
 * off and wants merchants to refuse such answers; a minute more is the answer's way.
 */
const ANSWER_AGE_MAX_S = 5 * 60 + 60;

/** By which the host refuses a request unread, one whose time is wrong among others; its own time is then far off too. */
const CODE_SIGNATURE = 'SIGN_ERROR';

const CURRENCY = 'CNY';

/** Numbers by which an answer is recognised. */
type Known = OrderTerms | KnownOrder;

/** Takes a reply apart: signed are the time, a number used once and the body, each on a line of its own. */
export function wechatReply(call: WalletCall, reply: WebReply, context: CallContext): SignedReply {
  const { status, headers, body } = reply;
  const timestamp = requiredHeader(headers, 'wechatpay-timestamp');
  const nonce = requiredHeader(headers, 'wechatpay-nonce');
  return {
    signedContent: `${timestamp}\n${nonce}\n${body}\n`,
    signature: requiredHeader(headers, 'wechatpay-signature'),
    read: () => {
      const ageS = Math.abs(Number(timestamp) - context.wallMs / 1000);
      const isFresh = /^\d{10}$/.test(timestamp) && ageS <= ANSWER_AGE_MAX_S;
      return read(call, { status, body, isFresh }, context);
    },
  };
}

function read(
  call: WalletCall,
  { status, body, isFresh }: { readonly status: number; readonly body: string; readonly isFresh: boolean },
  context: CallContext,
): WalletAnswer {
  const isDone = status >= 200 && status < 300;
  // A close that is done has no body, so that only its time keeps an old one from being shown again.
  if (isDone && body === '') return isFresh && isClose(call) ? { kind: 'cancelled' } : { kind: 'unknown' };
  const members = replyMembers(body);
  if (!isDone) {
    const code = requiredMember(members, 'code');
    return isFresh || code === CODE_SIGNATURE ? refusalAnswer(call, code) : { kind: 'unknown' };
  }
  return isFresh ? doneAnswer(call, members, context) : { kind: 'unknown' };
}

function isClose(call: WalletCall): boolean {
  return call.kind === 'cancel' && call.order.presented === 'merchant';
}

function doneAnswer(call: WalletCall, members: Members, context: CallContext): WalletAnswer {
  switch (call.kind) {
    case 'pay':
    case 'query':
      return tradeAnswer(members, call.order, context);
    case 'present':
      return presentedAnswer(members, call.order);
    case 'cancel':
      return isClose(call) ? { kind: 'unknown' } : reversedAnswer(members, call.order, context);
    case 'refund':
      return refundAnswer(members, call.refund);
    case 'charge':
    case 'plans':
    case 'sendCode':
    case 'startFace':
    case 'faceState':
    case 'bills':
      throw new ProtocolError(['reply'], 'to a call that this host does not serve');
  }
}

/** Where an order stands: in the answer to a payment and to a query alike. */
function tradeAnswer(members: Members, order: Known, context: CallContext): WalletAnswer {
  const state = requiredMember(members, 'trade_state');
  const isPaid = state === 'SUCCESS';
  const differing = tradeMismatches(members, order, context, isPaid);
  if (differing.length > 0) return { kind: 'mismatch', members: differing };
  switch (state) {
    case 'SUCCESS':
      return { kind: 'paid', trade: paidTrade(members, order) };
    case 'NOTPAY':
    case 'USERPAYING':
    case 'ACCEPT':
      return { kind: 'pending' };
    case 'CLOSED':
    case 'REVOKED':
      return { kind: 'closed' };
    case 'PAYERROR':
      return { kind: 'failed', code: state };
    case 'REFUND':
      // Paid, and then a part or all of it paid back: the answer does not say how much.
      return { kind: 'unknown' };
    default:
      throw new ProtocolError(['reply', 'trade_state'], 'not a state of the host');
  }
}

/** Members that are not as asked. An answer that says "paid" must name them all, others may leave out the money. */
function tradeMismatches(members: Members, order: Known, context: CallContext, mustName: boolean): readonly string[] {
  const differing = partyMismatches(members, order, context);
  const amount = membersOf(members['amount']);
  const isMoneyRight = amount['total'] === order.amountFen && amount['currency'] === CURRENCY;
  const isNamed = mustName || members['amount'] !== undefined;
  return isNamed && !isMoneyRight ? [...differing, 'amount'] : differing;
}

function partyMismatches(members: Members, { outTradeNo }: Known, { merchant }: CallContext): readonly string[] {
  const differing: string[] = [];
  if (members['out_trade_no'] !== outTradeNo) differing.push('out_trade_no');
  if (members['mchid'] !== merchant.merchantId) differing.push('mchid');
  if (members['appid'] !== undefined && members['appid'] !== merchant.appId) differing.push('appid');
  return differing;
}

/** WeChat Pay names a buyer by a number that says nothing to anybody, so that none is kept. */
function paidTrade(members: Members, { amountFen }: Known): Extract<WalletAnswer, { kind: 'paid' }>['trade'] {
  const paidAt = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)\+08:00$/.exec(textMember(members, 'success_time') ?? '');
  return {
    tradeNo: requiredMember(members, 'transaction_id'),
    amountFen,
    buyer: undefined,
    paidAt: paidAt === null ? undefined : `${paidAt[1]} ${paidAt[2]}`,
    periods: undefined,
  };
}

/** The answer names no order: what it is about is known by the connection alone. */
function presentedAnswer(members: Members, order: OrderTerms): WalletAnswer {
  const codeText = requiredMember(members, 'code_url');
  const { kind } = checkPresentedCode(codeText, order);
  return kind === 'good' ? { kind: 'presented', codeText } : { kind: 'mismatch', members: ['code_url'] };
}

/** `recall` is what version 2 says of a reversal that must be sent again. */
function reversedAnswer(members: Members, order: KnownOrder, context: CallContext): WalletAnswer {
  const differing = partyMismatches(members, order, context);
  if (differing.length > 0) return { kind: 'mismatch', members: differing };
  return members['recall'] === 'Y' ? { kind: 'retry' } : { kind: 'cancelled' };
}

function refundAnswer(members: Members, refund: RefundTerms): WalletAnswer {
  const differing = refundMismatches(members, refund);
  if (differing.length > 0) return { kind: 'mismatch', members: differing };
  const status = requiredMember(members, 'status');
  switch (status) {
    case 'SUCCESS':
      return { kind: 'refunded', feeBackFen: undefined };
    case 'PROCESSING':
      return { kind: 'retry' };
    case 'CLOSED':
      return { kind: 'failed', code: status };
    case 'ABNORMAL':
      // Taken from the shop, not with the customer: the shop sorts it out on the host's pages.
      return { kind: 'unknown' };
    default:
      throw new ProtocolError(['reply', 'status'], 'not a status of the host');
  }
}

function refundMismatches(members: Members, { order, refundNo, refundFen }: RefundTerms): readonly string[] {
  const amount = membersOf(members['amount']);
  const checks: readonly (readonly [string, boolean])[] = [
    ['out_trade_no', members['out_trade_no'] === order.outTradeNo],
    ['out_refund_no', members['out_refund_no'] === refundNo],
    ['amount.refund', amount['refund'] === refundFen],
    ['amount.total', amount['total'] === order.amountFen],
    ['amount.currency', amount['currency'] === CURRENCY],
  ];
  return checks.filter(([, isRight]) => !isRight).map(([name]) => name);
}

function refusalAnswer({ kind }: WalletCall, code: string): WalletAnswer {
  const meaning = wechatMeaning(kind, code);
  return meaning === 'refused' ? { kind: 'failed', code } : { kind: meaning };
}

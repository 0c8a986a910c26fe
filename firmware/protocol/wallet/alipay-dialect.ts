import { ProtocolError } from '../../base/protocol-error.ts';
import {
  type AlipayParams,
  cancelRequest,
  cancelResult,
  type CancelResult,
  formBody,
  parseReply,
  payRequest,
  payResult,
  type PayResult,
  precreateRequest,
  presentResult,
  type PresentResult,
  queryRequest,
  queryResult,
  type QueryResult,
  refundRequest,
  refundResult,
  signString,
} from './alipay.ts';
import { checkPresentedCode } from './presented-code.ts';
import type {
  CallContext,
  KnownOrder,
  OrderTerms,
  RefundTerms,
  SignedReply,
  WalletAnswer,
  WalletCall,
  WalletDialect,
} from './wallet-api.ts';
import type { WebReply } from './web-message.ts';

const HOST = 'alipay';
const PATH = '/gateway.do';
const HEADERS = { 'content-type': 'application/x-www-form-urlencoded;charset=utf-8' };
const STATUS_OK = 200;
const UNKNOWN: WalletAnswer = { kind: 'unknown' };

/** Of a cancel: there is no such trade. */
const NOT_FOUND = 'ACQ.TRADE_NOT_EXIST';

/** The shop has no money left to pay back from, or the trade is frozen. */
const NOTHING_TO_PAY_FROM: readonly string[] = ['ACQ.SELLER_BALANCE_NOT_ENOUGH', 'ACQ.REASON_TRADE_BEEN_FREEZEN'];

/**
 * Calls that are repeated under one number have refusals of their own, which the platform gives only after it has looked
 * for that number: any other may hide that an earlier one was executed.
 */
const CANCEL_REFUSALS: readonly string[] = ['ACQ.TRADE_CANCEL_TIME_OUT', ...NOTHING_TO_PAY_FROM];
const REFUND_REFUSALS: readonly string[] = [
  NOT_FOUND,
  'ACQ.TRADE_STATUS_ERROR',
  'ACQ.TRADE_HAS_FINISHED',
  'ACQ.TRADE_NOT_ALLOW_REFUND',
  'ACQ.REFUND_AMT_NOT_EQUAL_TOTAL',
  ...NOTHING_TO_PAY_FROM,
];

/** Calls that this host serves, by the method of its open API. */
const METHODS: Readonly<Partial<Record<WalletCall['kind'], string>>> = {
  pay: 'alipay.trade.pay',
  present: 'alipay.trade.precreate',
  query: 'alipay.trade.query',
  cancel: 'alipay.trade.cancel',
  refund: 'alipay.trade.refund',
};

/** Alipay's open platform: a signed form to one path, the reply's text signed as it stands. */
export const ALIPAY_DIALECT: WalletDialect = {
  host: HOST,
  request(call, context) {
    const params = paramsOf(call, context);
    if (params === undefined) return undefined;
    return {
      signString: signString(params),
      sealed: (signature) => ({
        host: HOST,
        method: 'POST',
        path: PATH,
        headers: HEADERS,
        body: formBody(params, signature),
      }),
    };
  },
  reply(call, { status, body }: WebReply): SignedReply {
    const method = METHODS[call.kind];
    if (status !== STATUS_OK || method === undefined) {
      throw new ProtocolError(['reply'], 'not the answer of the platform');
    }
    const reply = parseReply(body, method);
    const { signedContent, signature } = reply;
    return { signedContent, signature, read: () => answerOf(call, reply) };
  },
};

function paramsOf(call: WalletCall, { merchant, wallMs, terminalId }: CallContext): AlipayParams | undefined {
  const { appId } = merchant;
  const order = orderServed(call);
  if (order === undefined) return undefined;
  const { outTradeNo } = order;
  switch (call.kind) {
    case 'pay':
      return payRequest({ ...orderOf(call.order), appId, wallMs, terminalId, authCode: call.authCode });
    case 'present':
      return precreateRequest({ ...orderOf(call.order), appId, wallMs, terminalId });
    case 'query':
      return queryRequest({ appId, wallMs, outTradeNo });
    case 'cancel':
      return cancelRequest({ appId, wallMs, outTradeNo });
    case 'refund': {
      const { refundNo, refundFen } = call.refund;
      return refundRequest({ appId, wallMs, outTradeNo, refundNo, refundFen });
    }
    case 'charge':
    case 'plans':
    case 'sendCode':
    case 'startFace':
    case 'faceState':
    case 'bills':
      return undefined;
  }
}

/** The order that a call is about, where it is Alipay's, in full or by Huabei. */
function orderServed(call: WalletCall): OrderTerms | KnownOrder | undefined {
  const order = call.kind === 'refund' ? call.refund.order : 'order' in call ? call.order : undefined;
  const isServed = order?.wallet === 'alipay' && (order.plan === undefined || order.plan.method === 'huabei');
  return isServed ? order : undefined;
}

function orderOf({ outTradeNo, amountFen, subject, plan, expiresInS }: OrderTerms) {
  return {
    outTradeNo,
    amountFen,
    subject,
    timeoutMinutes: Math.ceil(expiresInS / 60),
    ...(plan === undefined ? {} : { installment: { periods: plan.periods, feePayer: plan.feePayer } }),
  };
}

function answerOf(call: WalletCall, reply: ReturnType<typeof parseReply>): WalletAnswer {
  switch (call.kind) {
    case 'pay':
      return payAnswer(payResult(reply, call.order));
    case 'present':
      return presentAnswer(presentResult(reply, call.order.outTradeNo), call.order);
    case 'query':
      return queryAnswer(queryResult(reply, call.order));
    case 'cancel':
      return cancelAnswer(cancelResult(reply, call.order.outTradeNo));
    case 'refund':
      return refundAnswer(reply, call.refund);
    case 'charge':
    case 'plans':
    case 'sendCode':
    case 'startFace':
    case 'faceState':
    case 'bills':
      throw new ProtocolError(['reply'], 'to a call that this host does not serve');
  }
}

function payAnswer(result: PayResult): WalletAnswer {
  if (result.kind === 'failed') return { kind: 'failed', code: result.subCode };
  return result.kind === 'unknown' ? UNKNOWN : result;
}

function presentAnswer(result: PresentResult, order: OrderTerms): WalletAnswer {
  if (result.kind === 'unknown') return UNKNOWN;
  if (result.kind !== 'presented') return result;
  const isGood = checkPresentedCode(result.codeText, order).kind === 'good';
  return isGood ? result : { kind: 'mismatch', members: ['qr_code'] };
}

/** A query is never refused so that it says something about its order. */
function queryAnswer(result: QueryResult): WalletAnswer {
  if (result.kind === 'failed' || result.kind === 'unknown') return UNKNOWN;
  if (result.kind !== 'trade') return result;
  if ('trade' in result) return { kind: 'paid', trade: result.trade };
  return result.status === 'WAIT_BUYER_PAY' ? { kind: 'pending' } : { kind: 'closed' };
}

function cancelAnswer(result: CancelResult): WalletAnswer {
  if (result.kind === 'unknown') return UNKNOWN;
  if (result.kind === 'cancelled') return { kind: 'cancelled' };
  if (result.kind !== 'failed') return result;
  return result.subCode === NOT_FOUND ? { kind: 'notFound' } : refusal(result.subCode, CANCEL_REFUSALS);
}

function refundAnswer(reply: ReturnType<typeof parseReply>, { order, refundFen }: RefundTerms): WalletAnswer {
  const { outTradeNo, amountFen } = order;
  const result = refundResult(reply, { outTradeNo, atLeastFen: refundFen, amountFen });
  if (result.kind === 'failed') return refusal(result.code, REFUND_REFUSALS);
  return result.kind === 'unknown' ? UNKNOWN : result;
}

function refusal(code: string, believed: readonly string[]): WalletAnswer {
  return believed.includes(code) ? { kind: 'failed', code } : UNKNOWN;
}

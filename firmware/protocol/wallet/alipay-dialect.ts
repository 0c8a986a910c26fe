import { ProtocolError } from '../../base/protocol-error.ts';
import {
  type AlipayParams,
  cancelRequest,
  cancelResult,
  type CancelResult,
  type ExpectedOrder,
  formBody,
  parseReply,
  payRequest,
  payResult,
  type PayResult,
  precreateRequest,
  presentResult,
  queryRequest,
  queryResult,
  type QueryResult,
  refundRequest,
  refundResult,
  signString,
} from './alipay.ts';
import type {
  CallContext,
  KnownOrder,
  OrderTerms,
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
/** Of a cancel or refund: there is no such trade. */
const NOT_FOUND = 'ACQ.TRADE_NOT_EXIST';

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
    if (status !== STATUS_OK || method === undefined)
      throw new ProtocolError(['reply'], 'not the answer of the platform');
    const reply = parseReply(body, method);
    const { signedContent, signature } = reply;
    return { signedContent, signature, read: () => answerOf(call, reply) };
  },
};

function paramsOf(call: WalletCall, { merchant, wallMs, terminalId }: CallContext): AlipayParams | undefined {
  const { appId } = merchant;
  switch (call.kind) {
    case 'pay':
      return payRequest({ ...orderOf(call.order), appId, wallMs, terminalId, authCode: call.authCode });
    case 'present':
      return precreateRequest({ ...orderOf(call.order), appId, wallMs, terminalId });
    case 'query':
      return queryRequest({ appId, wallMs, outTradeNo: call.order.outTradeNo });
    case 'cancel':
      return cancelRequest({ appId, wallMs, outTradeNo: call.order.outTradeNo });
    case 'refund': {
      const { order, refundNo, refundFen } = call.refund;
      return refundRequest({ appId, wallMs, outTradeNo: order.outTradeNo, refundNo, refundFen });
    }
    default:
      return undefined;
  }
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

/** What a paid trade must be: the order's amount and, where there is one, the plan that was confirmed. */
function expected({ outTradeNo, amountFen, plan }: KnownOrder | OrderTerms): ExpectedOrder {
  if (plan === undefined) return { outTradeNo, amountFen };
  return {
    outTradeNo,
    amountFen,
    periods: plan.periods,
    feeFen: plan.feePayer === 'customer' ? plan.feeFen : undefined,
  };
}

function answerOf(call: WalletCall, reply: ReturnType<typeof parseReply>): WalletAnswer {
  switch (call.kind) {
    case 'pay':
      return payAnswer(payResult(reply, expected(call.order)));
    case 'present':
      return presentResult(reply, call.order.outTradeNo);
    case 'query':
      return queryAnswer(queryResult(reply, expected(call.order)));
    case 'cancel':
      return cancelAnswer(cancelResult(reply, call.order.outTradeNo));
    case 'refund': {
      const { order, refundFen } = call.refund;
      return refundResult(reply, { outTradeNo: order.outTradeNo, atLeastFen: refundFen, amountFen: order.amountFen });
    }
    default:
      return { kind: 'unknown' };
  }
}

function payAnswer(result: PayResult): WalletAnswer {
  return result.kind === 'failed' ? { kind: 'failed', code: result.subCode } : result;
}

function queryAnswer(result: QueryResult): WalletAnswer {
  if (result.kind === 'failed') return { kind: 'failed', code: result.subCode };
  if (result.kind !== 'trade') return result;
  if ('trade' in result) return { kind: 'paid', trade: result.trade };
  return result.status === 'WAIT_BUYER_PAY' ? { kind: 'pending' } : { kind: 'closed' };
}

function cancelAnswer(result: CancelResult): WalletAnswer {
  if (result.kind === 'cancelled') return { kind: 'cancelled' };
  if (result.kind !== 'failed') return result;
  return result.subCode === NOT_FOUND ? { kind: 'notFound' } : { kind: 'failed', code: result.subCode };
}

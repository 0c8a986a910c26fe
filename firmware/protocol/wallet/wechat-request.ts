import { invariant } from '../../base/invariant.ts';
import { chinaTimestamp } from './china-time.ts';
import type { CallContext, KnownOrder, OrderTerms, RefundTerms, UnsignedRequest, WalletCall } from './wallet-api.ts';
import type { WebRequest } from './web-message.ts';

/** What WeChat Pay is asked for. Source: WeChat Pay merchant API v3, code payment and native payment. */
interface WechatCall {
  readonly method: WebRequest['method'];
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
}

const TRANSACTIONS = '/v3/pay/transactions';
const AUTHORIZATION = 'WECHATPAY2-SHA256-RSA2048';
const CURRENCY = 'CNY';

/** Characters of `description`; a longer text is cut, because a name must not stop a sale. */
const DESCRIPTION_MAX = 127;

/** The call as a request that lacks its signature; `undefined` for what WeChat Pay does not serve. */
export function wechatRequest(call: WalletCall, context: CallContext): UnsignedRequest | undefined {
  const wanted = wechatCall(call, context);
  if (wanted === undefined) return undefined;
  const { method, path } = wanted;
  const body = wanted.body === undefined ? '' : JSON.stringify(wanted.body);
  const timestamp = Math.floor(context.wallMs / 1000).toString();
  return {
    signString: wechatSignString({ method, path, timestamp, nonce: context.nonce, body }),
    sealed: (signature) => ({
      host: 'wechat',
      method,
      path,
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        // Without one the host refuses the request (rules of the API, version 3).
        'user-agent': 'fenqi-pos',
        authorization: wechatAuthorization(context, timestamp, signature),
      },
      body,
    }),
  };
}

/** What a request signs with SHA-256 and RSA: each part on a line of its own, the last one too. */
export function wechatSignString(parts: {
  readonly method: WebRequest['method'];
  /** With its query. */
  readonly path: string;
  /** Seconds since 1970 as text. */
  readonly timestamp: string;
  readonly nonce: string;
  /** Empty for a GET. */
  readonly body: string;
}): string {
  return `${parts.method}\n${parts.path}\n${parts.timestamp}\n${parts.nonce}\n${parts.body}\n`;
}

function wechatAuthorization({ merchant, nonce }: CallContext, timestamp: string, signature: string): string {
  const { merchantId, serialNumber } = merchant;
  return (
    `${AUTHORIZATION} mchid="${merchantId}",nonce_str="${nonce}",timestamp="${timestamp}",` +
    `serial_no="${serialNumber}",signature="${signature}"`
  );
}

function wechatCall(call: WalletCall, context: CallContext): WechatCall | undefined {
  switch (call.kind) {
    case 'pay':
      return isServed(call.order) ? codePay(call.order, call.authCode, context) : undefined;
    case 'present':
      return isServed(call.order) ? nativeOrder(call.order, context) : undefined;
    case 'query':
      return isWechat(call.order) ? query(call.order, context) : undefined;
    case 'cancel':
      return isWechat(call.order) ? cancel(call.order, context) : undefined;
    case 'refund':
      return isWechat(call.refund.order) ? refund(call.refund) : undefined;
    case 'charge':
    case 'plans':
    case 'sendCode':
    case 'startFace':
    case 'faceState':
    case 'bills':
      return undefined;
  }
}

/** WeChat Pay has no instalments at a counter and no money of other wallets. */
function isServed(order: OrderTerms): boolean {
  return isWechat(order) && order.plan === undefined;
}

function isWechat({ wallet }: OrderTerms | KnownOrder): boolean {
  return wallet === 'wechat';
}

/** 付款码支付. The firmware knows no number of the shop but its terminal's. */
function codePay(order: OrderTerms, authCode: string, context: CallContext): WechatCall {
  const { terminalId } = context;
  return {
    method: 'POST',
    path: `${TRANSACTIONS}/codepay`,
    body: {
      ...orderMembers(order, context),
      payer: { auth_code: authCode },
      scene_info: { device_id: terminalId, store_info: { out_id: terminalId } },
    },
  };
}

/** Native 下单. The host insists on an address for notices, which a terminal does not wait for: it asks. */
function nativeOrder(order: OrderTerms, context: CallContext): WechatCall {
  const { notifyUrl } = context.merchant;
  return {
    method: 'POST',
    path: `${TRANSACTIONS}/native`,
    body: {
      ...orderMembers(order, context),
      time_expire: rfc3339(context.wallMs + order.expiresInS * 1000),
      ...(notifyUrl === undefined ? {} : { notify_url: notifyUrl }),
    },
  };
}

function query(order: KnownOrder, { merchant }: CallContext): WechatCall {
  return { method: 'GET', path: `${orderPath(order)}?mchid=${merchant.merchantId}` };
}

/** Reversing 撤销 undoes a paid code payment and closes an unpaid one; an order of our own code can only be closed 关单. */
function cancel(order: KnownOrder, { merchant }: CallContext): WechatCall {
  const mchid = merchant.merchantId;
  return order.presented === 'merchant'
    ? { method: 'POST', path: `${orderPath(order)}/close`, body: { mchid } }
    : { method: 'POST', path: `${orderPath(order)}/reverse`, body: { appid: merchant.appId, mchid } };
}

function refund({ order, refundNo, refundFen }: RefundTerms): WechatCall {
  return {
    method: 'POST',
    path: '/v3/refund/domestic/refunds',
    body: {
      out_trade_no: checkedNumber(order.outTradeNo),
      out_refund_no: checkedNumber(refundNo),
      amount: { refund: refundFen, total: order.amountFen, currency: CURRENCY },
    },
  };
}

function orderMembers(order: OrderTerms, { merchant }: CallContext): Readonly<Record<string, unknown>> {
  return {
    appid: merchant.appId,
    mchid: merchant.merchantId,
    description: Array.from(order.subject).slice(0, DESCRIPTION_MAX).join(''),
    out_trade_no: checkedNumber(order.outTradeNo),
    amount: { total: order.amountFen, currency: CURRENCY },
  };
}

function orderPath({ outTradeNo }: KnownOrder): string {
  return `${TRANSACTIONS}/out-trade-no/${checkedNumber(outTradeNo)}`;
}

/** Stands in a path too, so that `*`, which the host allows, is not allowed here. */
function checkedNumber(outTradeNo: string): string {
  invariant(/^[\w-]{1,32}$/.test(outTradeNo), 'an order number of WeChat Pay has 1 to 32 letters, digits, _ and -');
  return outTradeNo;
}

/** `2026-11-21T12:00:00+08:00`. */
function rfc3339(wallMs: number): string {
  return `${chinaTimestamp(wallMs).replace(' ', 'T')}+08:00`;
}

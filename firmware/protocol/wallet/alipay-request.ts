import { plainYuan } from '../../base/fen.ts';
import { invariant } from '../../base/invariant.ts';
import { bytesOfUtf8 } from '../../base/text.ts';
import { chinaTimestamp } from './china-time.ts';

/** Parameters of one open-API call; the signature is added by {@link formBody}. */
export type AlipayParams = Readonly<Record<string, string>>;

/** What every call needs. */
export interface AlipayCall {
  readonly appId: string;
  /** Goes into the timestamp, China time. */
  readonly wallMs: number;
  /** When a provider calls for the shop. */
  readonly appAuthToken?: string | undefined;
}

/** Huabei instalments; the wallet knows 3, 6 and 12 periods, and only one side that pays the whole fee. */
export interface HuabeiPlan {
  readonly periods: number;
  readonly feePayer: 'customer' | 'merchant';
}

/** An order that anybody may pay who scans its code. */
export interface AlipayOrder extends AlipayCall {
  /** Up to 64 letters, digits and `_`; one number per attempt, for ever. */
  readonly outTradeNo: string;
  readonly amountFen: number;
  /** What the customer reads in the wallet. */
  readonly subject: string;
  readonly installment?: HuabeiPlan | undefined;
  /** The wallet closes an unpaid trade after so many minutes. */
  readonly timeoutMinutes?: number | undefined;
  readonly storeId?: string | undefined;
  readonly terminalId?: string | undefined;
  readonly operatorId?: string | undefined;
  /** The provider's own number, for its commission. */
  readonly serviceProviderId?: string | undefined;
}

export interface PayOrder extends AlipayOrder {
  /** The customer's pay code. Secret for as long as it can be used: never logged. */
  readonly authCode: string;
}

export interface RefundOrder extends AlipayCall {
  readonly outTradeNo: string;
  /** Of this refund, made once like an order number. */
  readonly refundNo: string;
  readonly refundFen: number;
}

export interface OrderReference extends AlipayCall {
  readonly outTradeNo: string;
}

/** Bounds of `total_amount`: 0.01 to 100,000,000 yuan (Alipay open platform, alipay.trade.pay). */
const AMOUNT_MAX_FEN = 10_000_000_000;

/** `alipay.trade.pay`: takes the money of a scanned pay code (被扫), in one payment or by Huabei instalments. */
export function payRequest(order: PayOrder): AlipayParams {
  return call('alipay.trade.pay', order, { scene: 'bar_code', auth_code: order.authCode, ...orderMembers(order) });
}

/** `alipay.trade.precreate`: opens an order and asks for the code that the customer scans (主扫). */
export function precreateRequest(order: AlipayOrder): AlipayParams {
  return call('alipay.trade.precreate', order, orderMembers(order));
}

/** `alipay.trade.refund`: pays back a part or all; repeated under one number it is executed once. */
export function refundRequest(refund: RefundOrder): AlipayParams {
  return call('alipay.trade.refund', refund, {
    out_trade_no: checkedOrderNumber(refund.outTradeNo),
    refund_amount: plainYuan(refund.refundFen),
    out_request_no: checkedOrderNumber(refund.refundNo),
  });
}

/** `alipay.trade.query`: what became of an order. */
export function queryRequest(order: OrderReference): AlipayParams {
  return call('alipay.trade.query', order, { out_trade_no: checkedOrderNumber(order.outTradeNo) });
}

/** `alipay.trade.cancel`: closes an unpaid order, pays back a paid one; within 24 hours. */
export function cancelRequest(order: OrderReference): AlipayParams {
  return call('alipay.trade.cancel', order, { out_trade_no: checkedOrderNumber(order.outTradeNo) });
}

/** What RSA2 signs: all parameters that are not empty, but for `sign`, in ASCII order of their names. */
export function signString(params: AlipayParams): string {
  return sortedParams(params)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** The body of the POST: the signed parameters and the signature, as `application/x-www-form-urlencoded` in UTF-8. */
export function formBody(params: AlipayParams, signature: string): string {
  return [...sortedParams(params), ['sign', signature] as const]
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join('&');
}

function call(
  method: string,
  { appId, wallMs, appAuthToken }: AlipayCall,
  business: Readonly<Record<string, unknown>>,
): AlipayParams {
  return {
    app_id: appId,
    method,
    format: 'JSON',
    charset: 'utf-8',
    sign_type: 'RSA2',
    timestamp: chinaTimestamp(wallMs),
    version: '1.0',
    ...(appAuthToken === undefined ? {} : { app_auth_token: appAuthToken }),
    biz_content: JSON.stringify(business),
  };
}

function orderMembers(order: AlipayOrder): Readonly<Record<string, unknown>> {
  invariant(order.amountFen >= 1 && order.amountFen <= AMOUNT_MAX_FEN, 'a wallet payment is 0.01 to 100000000 yuan');
  const { storeId, terminalId, operatorId, timeoutMinutes } = order;
  return {
    out_trade_no: checkedOrderNumber(order.outTradeNo),
    total_amount: plainYuan(order.amountFen),
    subject: order.subject,
    store_id: storeId,
    terminal_id: terminalId,
    operator_id: operatorId,
    timeout_express: timeoutMinutes === undefined ? undefined : `${timeoutMinutes}m`,
    ...installmentMembers(order),
  };
}

/** The channel list keeps the wallet from taking the amount at once where the customer agreed to a plan. */
function installmentMembers({ installment, serviceProviderId }: AlipayOrder): Readonly<Record<string, unknown>> {
  const plan = installment && {
    hb_fq_num: String(installment.periods),
    hb_fq_seller_percent: installment.feePayer === 'merchant' ? '100' : '0',
  };
  const provider = serviceProviderId === undefined ? undefined : { sys_service_provider_id: serviceProviderId };
  if (plan === undefined && provider === undefined) return {};
  return {
    extend_params: { ...provider, ...plan },
    ...(plan === undefined ? {} : { enable_pay_channels: 'pcreditpayInstallment' }),
  };
}

function checkedOrderNumber(outTradeNo: string): string {
  invariant(/^\w{1,64}$/.test(outTradeNo), 'an order number has 1 to 64 letters, digits and underscores');
  return outTradeNo;
}

function sortedParams(params: AlipayParams): (readonly [string, string])[] {
  const names = Object.keys(params).filter((name) => name !== 'sign' && params[name] !== '');
  names.sort();
  return names.map((name) => [name, params[name] ?? '']);
}

function percentEncode(text: string): string {
  let encoded = '';
  for (const byte of bytesOfUtf8(text)) {
    const character = String.fromCharCode(byte);
    encoded += /[\w.~-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}

import type { WebRequest } from '../../../firmware/protocol/wallet/web-message.ts';
import { type Members, jsonMembers, membersOf, textOf } from '../front-members.ts';
import type { AskedOrder, HostCall } from '../host-words.ts';

const TRANSACTIONS = '/v3/pay/transactions';
const ORDER_PATH = /^\/v3\/pay\/transactions\/out-trade-no\/([\w*-]{1,32})(?:\/(close|reverse))?$/;
const NUMBER = /^[\w*-]{1,32}$/;

/** Who says what, before anybody looks at the order. */
export interface WechatIdentity {
  readonly mchid: string;
  readonly appid: string;
}

/** The call of a request whose signature is good; `undefined` for what is missing, odd or of another merchant. */
export function wechatCallOf(request: WebRequest, identity: WechatIdentity, wallMs: number): HostCall | undefined {
  const [path = '', query = ''] = request.path.split('?');
  if (request.method === 'GET') return queryOf(path, query, request.body, identity);
  const body = jsonMembers(request.body);
  if (body === undefined) return undefined;
  if (path === '/v3/refund/domestic/refunds') return refundOf(body);
  if (body['mchid'] !== identity.mchid) return undefined;
  if (path === `${TRANSACTIONS}/codepay`) return payOf(body, identity);
  if (path === `${TRANSACTIONS}/native`) return presentOf(body, identity, wallMs);
  const [, outTradeNo, what] = ORDER_PATH.exec(path) ?? [];
  if (outTradeNo === undefined) return undefined;
  if (what === 'close') return { kind: 'close', outTradeNo };
  return what === 'reverse' && body['appid'] === identity.appid ? { kind: 'cancel', outTradeNo } : undefined;
}

function queryOf(path: string, query: string, body: string, { mchid }: WechatIdentity): HostCall | undefined {
  const [, outTradeNo, what] = ORDER_PATH.exec(path) ?? [];
  const isWhole = body === '' && what === undefined && new URLSearchParams(query).get('mchid') === mchid;
  return isWhole && outTradeNo !== undefined ? { kind: 'query', outTradeNo } : undefined;
}

function payOf(body: Members, identity: WechatIdentity): HostCall | undefined {
  const order = orderOf(body, identity, undefined);
  const authCode = textOf(membersOf(body['payer']) ?? {}, 'auth_code');
  const store = membersOf((membersOf(body['scene_info']) ?? {})['store_info']) ?? {};
  const hasStore = textOf(store, 'out_id') !== undefined || textOf(store, 'id') !== undefined;
  return order === undefined || authCode === undefined || !hasStore ? undefined : { kind: 'pay', order, authCode };
}

function presentOf(body: Members, identity: WechatIdentity, wallMs: number): HostCall | undefined {
  const expires = textOf(body, 'time_expire');
  const expiresInMs = expires === undefined ? undefined : expiryOf(expires) - wallMs;
  if (expiresInMs !== undefined && !(expiresInMs > 0)) return undefined;
  const order = orderOf(body, identity, expiresInMs);
  return order === undefined ? undefined : { kind: 'present', order };
}

/** RFC 3339 with the offset of China, which is the form that the host documents; `NaN` for any other. */
function expiryOf(text: string): number {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00$/.test(text) ? Date.parse(text) : Number.NaN;
}

function orderOf(body: Members, { appid }: WechatIdentity, expiresInMs: number | undefined): AskedOrder | undefined {
  const outTradeNo = textOf(body, 'out_trade_no');
  const amountFen = fenOf(body['amount'], 'total');
  const description = textOf(body, 'description');
  if (body['appid'] !== appid || description === undefined || description.length > 254) return undefined;
  if (outTradeNo === undefined || !NUMBER.test(outTradeNo) || amountFen === undefined) return undefined;
  return { outTradeNo, wallet: 'wechat', amountFen, plan: undefined, expiresInMs };
}

function refundOf(body: Members): HostCall | undefined {
  const outTradeNo = textOf(body, 'out_trade_no');
  const refundNo = textOf(body, 'out_refund_no');
  const refundFen = fenOf(body['amount'], 'refund');
  const totalFen = fenOf(body['amount'], 'total');
  if (outTradeNo === undefined || refundNo === undefined || refundFen === undefined) return undefined;
  if (totalFen === undefined || refundFen > totalFen || !/^[\w|*@-]{1,64}$/.test(refundNo)) return undefined;
  return { kind: 'refund', outTradeNo, refundNo, refundFen, totalFen };
}

/** Whole fen above zero, in yuan and no other currency. */
function fenOf(amount: unknown, name: string): number | undefined {
  const members = membersOf(amount) ?? {};
  const value = members[name];
  const isFen = typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
  return isFen && members['currency'] === 'CNY' ? value : undefined;
}

import type { Wallet } from '../../../firmware/protocol/wallet/wallet-api.ts';
import type { WebRequest } from '../../../firmware/protocol/wallet/web-message.ts';
import { jsonMembers, type Members, membersOf, textOf } from '../front-members.ts';
import type { AskedOrder, AskedPlan, HostCall } from '../host-words.ts';

const LABS = '/api/v3/labs';
const NUMBER = /^\w{1,32}$/;

/** `JD` and its instalments are ours. */
const WALLETS: ReadonlyMap<string, Wallet> = new Map([
  ['WECHAT', 'wechat'],
  ['ALIPAY', 'alipay'],
  ['UQRCODEPAY', 'unionpay'],
  ['JD', 'jd'],
]);
const PLANS: Readonly<Record<string, { readonly wallet: Wallet; readonly method: AskedPlan['method'] }>> = {
  hb: { wallet: 'alipay', method: 'huabei' },
  jd: { wallet: 'jd', method: 'baitiao' },
};

/** The call of a request whose signature is good; `undefined` for what is missing, odd or of another merchant. */
export function lakalaCallOf(request: WebRequest, merchantNo: string): HostCall | undefined {
  const body = request.method === 'POST' ? jsonMembers(request.body) : undefined;
  const data = membersOf(body?.['req_data']);
  if (data === undefined || body?.['version'] !== '3.0' || !/^\d{14}$/.test(textOf(body, 'req_time') ?? '')) {
    return undefined;
  }
  if (data['merchant_no'] !== merchantNo || textOf(data, 'term_no') === undefined) return undefined;
  switch (request.path) {
    case `${LABS}/trans/micropay`:
      return payOf(data);
    case `${LABS}/trans/preorder`:
      return presentOf(data);
    case `${LABS}/query/tradequery`:
      return about(data, 'out_trade_no', 'query');
    case `${LABS}/relation/revoked`:
      return numberOf(data, 'out_trade_no') === undefined ? undefined : about(data, 'origin_out_trade_no', 'cancel');
    case `${LABS}/relation/close`:
      return about(data, 'origin_out_trade_no', 'close');
    case `${LABS}/relation/refund`:
      return refundOf(data);
    default:
      return undefined;
  }
}

function about(data: Members, name: string, kind: 'query' | 'cancel' | 'close'): HostCall | undefined {
  const outTradeNo = numberOf(data, name);
  return outTradeNo === undefined ? undefined : { kind, outTradeNo };
}

function payOf(data: Members): HostCall | undefined {
  const order = orderOf(data, undefined);
  const authCode = textOf(data, 'auth_code');
  return order === undefined || authCode === undefined ? undefined : { kind: 'pay', order, authCode };
}

function presentOf(data: Members): HostCall | undefined {
  const minutes = textOf(data, 'timeout_express');
  if (data['trans_type'] !== '41' || (minutes !== undefined && !/^[1-9]\d{0,3}$/.test(minutes))) return undefined;
  const order = orderOf(data, minutes === undefined ? undefined : Number(minutes) * 60_000);
  return order === undefined ? undefined : { kind: 'present', order };
}

function orderOf(data: Members, expiresInMs: number | undefined): AskedOrder | undefined {
  const outTradeNo = numberOf(data, 'out_trade_no');
  const wallet = WALLETS.get(textOf(data, 'account_type') ?? '');
  const amountFen = fenOf(data, 'total_amount');
  const hasAddress = textOf(membersOf(data['location_info']) ?? {}, 'request_ip') !== undefined;
  if (outTradeNo === undefined || wallet === undefined || amountFen === undefined) return undefined;
  if (!hasAddress || textOf(data, 'subject') === undefined) return undefined;
  const plan = planOf(data['acc_busi_fields'], wallet);
  return plan === 'odd' ? undefined : { outTradeNo, wallet, amountFen, plan, expiresInMs };
}

function planOf(value: unknown, wallet: Wallet): AskedPlan | undefined | 'odd' {
  if (value === undefined) return undefined;
  const fields = membersOf(value) ?? {};
  for (const [prefix, { wallet: owner, method }] of Object.entries(PLANS)) {
    const periods = textOf(fields, `${prefix}_fq_num`);
    if (periods === undefined) continue;
    const percent = textOf(fields, `${prefix}_fq_seller_percent`);
    if (owner !== wallet || !/^[1-9]\d?$/.test(periods) || (percent !== '0' && percent !== '100')) return 'odd';
    return { method, periods: Number(periods), feePayer: percent === '100' ? 'merchant' : 'customer' };
  }
  return 'odd';
}

function refundOf(data: Members): HostCall | undefined {
  const outTradeNo = numberOf(data, 'origin_out_trade_no');
  const refundNo = numberOf(data, 'out_trade_no');
  const refundFen = fenOf(data, 'refund_amount');
  if (outTradeNo === undefined || refundNo === undefined || refundFen === undefined) return undefined;
  return { kind: 'refund', outTradeNo, refundNo, refundFen, totalFen: undefined };
}

function numberOf(data: Members, name: string): string | undefined {
  const number = textOf(data, name);
  return number !== undefined && NUMBER.test(number) ? number : undefined;
}

/** Whole fen above zero as text. */
function fenOf(data: Members, name: string): number | undefined {
  const text = textOf(data, name);
  return text !== undefined && /^[1-9]\d{0,11}$/.test(text) ? Number(text) : undefined;
}

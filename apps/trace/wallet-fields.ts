import { maskPayCode } from '../../firmware/base/masked.ts';
import { decodeWebReply, decodeWebRequest, type WalletHost } from '../../firmware/protocol/wallet/web-message.ts';
import type { Field, HostId } from '../../visualizer/model/trace.ts';
import { group, hidden, memberFields, type MemberList, shown } from './fields.ts';
import { readable } from './line-tap.ts';

const names = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** A code that is no pay code may be an account. */
const maskedCode = (text: string): string => maskPayCode(/^\d+$/.test(text) ? text : '*'.repeat(text.length));

/**
 * Members that are seen of each host: what an order is about and what became of it. Hidden are codes, accounts, proofs,
 * buyers, signatures, and the hosts' free texts, which nobody can vouch for.
 */
const MEMBERS: Readonly<Record<WalletHost, MemberList>> = {
  alipay: {
    shown: names(
      'app_id method format charset sign_type timestamp version scene out_trade_no total_amount subject store_id ' +
        'terminal_id operator_id timeout_express hb_fq_num hb_fq_seller_percent enable_pay_channels refund_amount ' +
        'out_request_no code sub_code trade_no trade_status buyer_pay_amount receipt_amount gmt_payment send_pay_date ' +
        'fund_change refund_fee action retry_flag user_install_num seller_percent fee_amount per_period_amount',
    ),
    masked: { auth_code: maskedCode },
  },
  wechat: {
    shown: names(
      'appid mchid description out_trade_no out_refund_no total refund currency device_id out_id time_expire trade_state ' +
        'trade_type bank_type transaction_id refund_id success_time payer_total code recall status',
    ),
    masked: { auth_code: maskedCode },
  },
  jd: {
    shown: names(
      'version merchantNo terminalNo timestamp tradeNum amount tradeName expireSeconds plan feePayer fee total refundNum ' +
        'refundAmount feeBack refunded type code tradeStatus tradeNo payTime firstPay laterPay rate verifies state period ' +
        'dueDate',
    ),
    masked: { token: maskedCode },
  },
  lakala: {
    shown: names(
      'req_time version merchant_no term_no out_trade_no origin_out_trade_no account_type total_amount refund_amount ' +
        'subject trans_type timeout_express hb_fq_num hb_fq_seller_percent jd_fq_num jd_fq_seller_percent trade_state ' +
        'trade_no trade_time resp_time',
    ),
    masked: { auth_code: maskedCode },
  },
};

/** Lakala uses one name for the result of a call and, deeper, for the text of a code. */
const RESULT_CODE = /^[A-Z]{2,4}\d{3,6}$|^0{4,6}$/;

export interface WebView {
  readonly title: string;
  readonly fields: readonly Field[];
}

export function requestHost(message: Uint8Array): WalletHost | undefined {
  return readable(() => decodeWebRequest(message))?.host;
}

/** A request by its operation, and the members of its body. */
export function webRequestView(bytes: Uint8Array): WebView {
  const request = readable(() => decodeWebRequest(bytes));
  if (request === undefined) return { title: 'unreadable', fields: [hidden('request', bytes.length)] };
  const { host, method, body } = request;
  const path = request.path.replace(/\?.*$/s, '');
  if (host !== 'alipay') return { title: `${method} ${path}`, fields: bodyFields(body, host) };
  const form = Object.fromEntries(new URLSearchParams(body));
  const { biz_content: business = '{}', ...common } = form;
  const fields = [...memberFields(common, MEMBERS.alipay), group('biz_content', bodyFields(business, 'alipay'))];
  return { title: `${method} ${form['method'] ?? path}`, fields };
}

export function webReplyView(bytes: Uint8Array, host: HostId): WebView {
  const reply = readable(() => decodeWebReply(bytes));
  if (reply === undefined || host === 'acquirer')
    return { title: 'unreadable', fields: [hidden('reply', bytes.length)] };
  return { title: String(reply.status), fields: bodyFields(reply.body, host) };
}

function bodyFields(body: string, host: WalletHost): readonly Field[] {
  const value = jsonOf(body);
  if (value === undefined) return body === '' ? [] : [hidden('body', body.length, 'characters')];
  const fields = memberFields(value, MEMBERS[host]);
  return host === 'lakala' ? withResult(value, fields) : fields;
}

function withResult(value: object, fields: readonly Field[]): readonly Field[] {
  const { code } = value as { readonly code?: unknown };
  if (typeof code !== 'string' || !RESULT_CODE.test(code)) return fields;
  return fields.map((field) => (field.name === 'code' ? shown('code', code) : field));
}

function jsonOf(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

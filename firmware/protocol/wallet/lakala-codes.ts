/**
 * Answer codes of the Lakala aggregator. Public are one that says done and three that say wait (reference B.4). A code
 * in no table says nothing: the query that follows finds out what became of the order.
 */
import type { WalletCall } from './wallet-api.ts';

export type LakalaMeaning = 'done' | 'waiting' | 'refused' | 'notFound' | 'alreadyPaid' | 'unknown';

const EVERY_CALL: Readonly<Record<string, LakalaMeaning>> = {
  BBS00000: 'done',
  BBS11112: 'waiting',
  BBS11105: 'waiting',
  BBS10000: 'waiting',
};

/**
 * Refusals, ours: they begin with letters that no code of the real host begins with, so that none of its codes can be
 * taken for one. A contract with the aggregator that names codes adds rows here.
 */
export const LAKALA_REFUSALS = {
  FQ40001: { zh: '参数错误', en: 'The request was not valid' },
  FQ40002: { zh: '验签失败', en: 'Wrong signature or time' },
  FQ40003: { zh: '商户未开通', en: 'Not activated for this shop' },
  FQ50001: { zh: '付款码无效或已过期', en: 'The code is invalid or expired' },
  FQ50002: { zh: '余额不足', en: 'Not enough balance' },
  FQ50003: { zh: '超过限额', en: 'Over the limit' },
  FQ50004: { zh: '账户被限制', en: 'The account is restricted' },
  FQ50005: { zh: '交易有风险', en: 'Refused as a risk' },
  FQ50006: { zh: '不支持分期', en: 'No instalments for this customer' },
  FQ50007: { zh: '交易已关闭', en: 'The order is closed' },
  FQ50008: { zh: '订单信息不一致', en: 'The order does not match' },
  FQ60001: { zh: '超过可退金额', en: 'More than is left to refund' },
  FQ60002: { zh: '交易状态不能退款', en: 'The order cannot be refunded' },
} as const;

export const LAKALA_NOT_FOUND = 'FQ50009';
export const LAKALA_ALREADY_PAID = 'FQ50010';
export const LAKALA_SIGNATURE = 'FQ40002';

/** Refusals that are found before anybody looks at the order: what an earlier try of the same call did stays open. */
const UNREAD: readonly string[] = ['FQ40002', 'FQ40003'];

/** Of a code under a call. */
export function lakalaMeaning(call: WalletCall['kind'], code: string): LakalaMeaning {
  const general = Object.hasOwn(EVERY_CALL, code) ? EVERY_CALL[code] : undefined;
  if (general !== undefined) return general;
  if (code === LAKALA_NOT_FOUND) return call === 'query' || call === 'cancel' ? 'notFound' : notFoundOf(call);
  if (code === LAKALA_ALREADY_PAID) return call === 'cancel' ? 'alreadyPaid' : 'unknown';
  if (!Object.hasOwn(LAKALA_REFUSALS, code)) return 'unknown';
  if (call === 'pay' || call === 'present') return 'refused';
  return call === 'refund' && !UNREAD.includes(code) ? 'refused' : 'unknown';
}

/** A refund of an order that the host does not know is refused; a payment cannot be answered so. */
function notFoundOf(call: WalletCall['kind']): LakalaMeaning {
  return call === 'refund' ? 'refused' : 'unknown';
}

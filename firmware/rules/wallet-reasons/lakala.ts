import type { ReasonTable } from './reason-row.ts';

/**
 * Refusals of the Lakala aggregator. Of its own codes (`BBS…`) only success and three that wait are public, so that an
 * unknown one is shown as it is; those beginning with FQ are ours, for the simulated host. `FAIL` is a trade state.
 */
export const LAKALA_REASONS: ReasonTable = {
  FAIL: { zh: '支付失败', en: 'The payment failed', cause: 'other', next: 'retry' },
  FQ40001: { zh: '支付参数有误', en: 'The request was not valid', cause: 'merchant' },
  FQ40002: { zh: '签名或时间有误', en: 'Wrong signature or time', cause: 'merchant' },
  FQ40003: { zh: '商户未开通', en: 'Not activated for this shop', cause: 'merchant' },
  FQ50001: { zh: '付款码无效或已过期', en: 'The code is invalid or expired', cause: 'codeInvalid' },
  FQ50002: { zh: '顾客余额不足', en: 'Not enough balance', cause: 'balance', installmentCause: 'creditLimit' },
  FQ50003: { zh: '超过限额', en: 'Over the limit', cause: 'dayLimit', installmentCause: 'creditLimit' },
  FQ50004: { zh: '顾客账户被限制', en: 'The account is restricted', cause: 'accountRestricted' },
  FQ50005: { zh: '支付有风险，已被拒绝', en: 'Refused as a risk', cause: 'riskControl' },
  FQ50006: { zh: '顾客不能分期', en: 'No instalments for this customer', cause: 'notActivated' },
  FQ50007: { zh: '订单已关闭', en: 'The order is closed', cause: 'other', next: 'retry' },
  FQ50008: { zh: '订单信息不一致', en: 'The order does not match', cause: 'merchant' },
};

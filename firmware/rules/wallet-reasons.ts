import type { AfterDecline } from './after-exchange.ts';

/** Why a wallet refused a payment, and what the cashier can do. */
export interface WalletReason {
  readonly zh: string;
  readonly en: string;
  readonly next: AfterDecline;
}

/**
 * Sub codes with which `alipay.trade.pay` refuses at a counter (Alipay open platform, public error code list).
 * `ACQ.SYSTEM_ERROR` and `ACQ.TRADE_HAS_SUCCESS` are missing on purpose: neither says that nothing was charged.
 */
export const WALLET_REASONS: Readonly<Record<string, WalletReason>> = {
  'ACQ.PAYMENT_AUTH_CODE_INVALID': { zh: '付款码无效或已过期', en: 'The code is invalid or expired', next: 'retry' },
  'ACQ.SOUNDWAVE_PARSER_FAIL': { zh: '付款码解析失败', en: 'The code could not be read', next: 'retry' },
  'ACQ.BUYER_BALANCE_NOT_ENOUGH': { zh: '顾客余额不足', en: 'Not enough balance', next: 'nothing' },
  'ACQ.BUYER_BANKCARD_BALANCE_NOT_ENOUGH': {
    zh: '顾客银行卡余额不足',
    en: 'Not enough in the bank card',
    next: 'nothing',
  },
  'ACQ.ERROR_BALANCE_PAYMENT_DISABLE': {
    zh: '顾客关闭了余额支付',
    en: 'Balance payment is switched off',
    next: 'nothing',
  },
  'ACQ.BUYER_SELLER_EQUAL': { zh: '顾客和商户是同一账户', en: 'Buyer and seller are the same', next: 'nothing' },
  'ACQ.BUYER_ENABLE_STATUS_FORBID': { zh: '顾客账户被限制', en: 'The account is restricted', next: 'nothing' },
  'ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR': { zh: '超过顾客当日限额', en: 'Over the daily limit', next: 'nothing' },
  'ACQ.BUYER_PAYMENT_AMOUNT_MONTH_LIMIT_ERROR': {
    zh: '超过顾客当月限额',
    en: 'Over the monthly limit',
    next: 'nothing',
  },
  'ACQ.BEYOND_PAY_RESTRICTION': { zh: '超过商户收款限额', en: 'Over the limit of the shop', next: 'callAcquirer' },
  'ACQ.BEYOND_PER_RECEIPT_RESTRICTION': {
    zh: '超过商户单笔限额',
    en: 'Over the shop limit per sale',
    next: 'callAcquirer',
  },
  'ACQ.TOTAL_FEE_EXCEED': { zh: '金额超过限额', en: 'Amount over the limit', next: 'nothing' },
  'ACQ.PAYMENT_FAIL': { zh: '支付失败', en: 'The payment failed', next: 'retry' },
  'ACQ.PAYMENT_REQUEST_HAS_RISK': { zh: '支付有风险，已被拒绝', en: 'Refused as a risk', next: 'nothing' },
  'ACQ.NO_PAYMENT_INSTRUMENTS_AVAILABLE': {
    zh: '没有可用的付款方式',
    en: 'No way to pay in this wallet',
    next: 'nothing',
  },
  'ACQ.MOBILE_PAYMENT_SWITCH_OFF': { zh: '顾客关闭了手机支付', en: 'Mobile payment is switched off', next: 'nothing' },
  'ACQ.PULL_MOBILE_CASHIER_FAIL': {
    zh: '顾客手机收银台未打开',
    en: 'The phone did not open its cashier',
    next: 'retry',
  },
  'ACQ.TRADE_BUYER_NOT_MATCH': { zh: '付款人与订单不符', en: 'Another buyer than the order says', next: 'retry' },
  'ACQ.TRADE_HAS_CLOSE': { zh: '订单已关闭', en: 'The order is closed', next: 'retry' },
  'ACQ.CONTEXT_INCONSISTENT': { zh: '订单信息不一致', en: 'The order does not match', next: 'callAcquirer' },
  'ACQ.INVALID_PARAMETER': { zh: '支付参数有误', en: 'The request was not valid', next: 'callAcquirer' },
  'ACQ.ACCESS_FORBIDDEN': { zh: '商户未开通此接口', en: 'Not activated for this shop', next: 'callAcquirer' },
  'ACQ.PRODUCT_AMOUNT_LIMIT_ERROR': { zh: '超过产品限额', en: 'Over the limit of the product', next: 'nothing' },
};

/** The row of a sub code; unknown ones are a refusal with the code shown. */
export function walletReason(subCode: string): WalletReason {
  const row = Object.hasOwn(WALLET_REASONS, subCode) ? WALLET_REASONS[subCode] : undefined;
  if (row !== undefined) return row;
  const shown = /^[A-Za-z][A-Za-z0-9_.-]{0,59}$/.test(subCode) ? ` ${subCode}` : '';
  const next = /^(?:isv|isp|aop)\./.test(subCode) ? 'callAcquirer' : 'nothing';
  return { zh: `支付失败${shown}`, en: `Payment failed${shown}`, next };
}

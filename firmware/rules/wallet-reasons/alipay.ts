import type { ReasonTable } from './reason-row.ts';

/**
 * Sub codes with which `alipay.trade.pay` refuses at a counter (Alipay open platform, public error code list).
 * `ACQ.SYSTEM_ERROR` and `ACQ.TRADE_HAS_SUCCESS` are missing on purpose: neither says that nothing was charged. For Huabei
 * instalments no codes of their own are published: an order that allows Huabei alone finds no instrument where the customer
 * has none, or none that is large enough.
 */
export const ALIPAY_REASONS: ReasonTable = {
  'ACQ.PAYMENT_AUTH_CODE_INVALID': {
    zh: '付款码无效或已过期',
    en: 'The code is invalid or expired',
    cause: 'codeInvalid',
  },
  'ACQ.AUTH_CODE_INVALID_OR_EXPIRE': {
    zh: '付款码无效或已过期',
    en: 'The code is invalid or expired',
    cause: 'codeInvalid',
  },
  'ACQ.ILLEGAL_AUTH_CODE': { zh: '付款码不合法', en: 'This is not a valid code', cause: 'codeInvalid' },
  'ACQ.SOUNDWAVE_PARSER_FAIL': { zh: '付款码解析失败', en: 'The code could not be read', cause: 'codeInvalid' },
  'ACQ.BUYER_BALANCE_NOT_ENOUGH': {
    zh: '顾客余额不足',
    en: 'Not enough balance',
    cause: 'balance',
    installmentCause: 'creditLimit',
  },
  'ACQ.BUYER_BANKCARD_BALANCE_NOT_ENOUGH': {
    zh: '顾客银行卡余额不足',
    en: 'Not enough in the bank card',
    cause: 'balance',
  },
  'ACQ.ERROR_BALANCE_PAYMENT_DISABLE': {
    zh: '顾客关闭了余额支付',
    en: 'Balance payment is switched off',
    cause: 'notActivated',
  },
  'ACQ.NO_PAYMENT_INSTRUMENTS_AVAILABLE': {
    zh: '没有可用的付款方式',
    en: 'No way to pay in this wallet',
    cause: 'balance',
    installmentCause: 'notActivated',
  },
  'ACQ.MOBILE_PAYMENT_SWITCH_OFF': {
    zh: '顾客关闭了手机支付',
    en: 'Mobile payment is switched off',
    cause: 'notActivated',
  },
  'ACQ.USER_FACE_PAYMENT_SWITCH_OFF': {
    zh: '顾客关闭了当面付',
    en: 'Payment in shops is switched off',
    cause: 'notActivated',
  },
  'ACQ.BUYER_SELLER_EQUAL': {
    zh: '顾客和商户是同一账户',
    en: 'Buyer and seller are the same',
    cause: 'accountRestricted',
  },
  'ACQ.BUYER_ENABLE_STATUS_FORBID': {
    zh: '顾客账户被限制',
    en: 'The account is restricted',
    cause: 'accountRestricted',
  },
  'ACQ.ERROR_BUYER_CERTIFY_LEVEL_LIMIT': {
    zh: '顾客未完成实名认证',
    en: 'The customer is not verified',
    cause: 'accountRestricted',
  },
  'ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR': { zh: '超过顾客当日限额', en: 'Over the daily limit', cause: 'dayLimit' },
  'ACQ.BUYER_PAYMENT_AMOUNT_MONTH_LIMIT_ERROR': {
    zh: '超过顾客当月限额',
    en: 'Over the monthly limit',
    cause: 'dayLimit',
  },
  'ACQ.PRODUCT_AMOUNT_LIMIT_ERROR': { zh: '超过产品限额', en: 'Over the limit of the product', cause: 'dayLimit' },
  'ACQ.TOTAL_FEE_EXCEED': { zh: '金额超过限额', en: 'Amount over the limit', cause: 'dayLimit' },
  'ACQ.PAYMENT_REQUEST_HAS_RISK': { zh: '支付有风险，已被拒绝', en: 'Refused as a risk', cause: 'riskControl' },
  'ACQ.RISK_CONTROL_BLOCK': { zh: '风控拦截', en: 'Refused as a risk', cause: 'riskControl' },
  'ACQ.PAYMENT_FAIL': { zh: '支付失败', en: 'The payment failed', cause: 'other', next: 'retry' },
  'ACQ.PULL_MOBILE_CASHIER_FAIL': {
    zh: '顾客手机收银台未打开',
    en: 'The phone did not open its cashier',
    cause: 'other',
    next: 'retry',
  },
  'ACQ.TRADE_BUYER_NOT_MATCH': {
    zh: '付款人与订单不符',
    en: 'Another buyer than the order says',
    cause: 'other',
    next: 'retry',
  },
  'ACQ.TRADE_HAS_CLOSE': { zh: '订单已关闭', en: 'The order is closed', cause: 'other', next: 'retry' },
  'ACQ.BEYOND_PAY_RESTRICTION': { zh: '超过商户收款限额', en: 'Over the limit of the shop', cause: 'merchant' },
  'ACQ.BEYOND_PER_RECEIPT_RESTRICTION': {
    zh: '超过商户单笔限额',
    en: 'Over the shop limit per sale',
    cause: 'merchant',
  },
  'ACQ.CONTEXT_INCONSISTENT': { zh: '订单信息不一致', en: 'The order does not match', cause: 'merchant' },
  'ACQ.INVALID_PARAMETER': { zh: '支付参数有误', en: 'The request was not valid', cause: 'merchant' },
  'ACQ.EXIST_FORBIDDEN_WORD': { zh: '订单信息含违禁词', en: 'A forbidden word in the order', cause: 'merchant' },
  'ACQ.ACCESS_FORBIDDEN': { zh: '商户未开通此接口', en: 'Not activated for this shop', cause: 'merchant' },
  'ACQ.PARTNER_ERROR': { zh: '商户应用号有误', en: 'The application is not known', cause: 'merchant' },
  'ACQ.SELLER_BEEN_BLOCKED': { zh: '商户账户被冻结', en: 'The account of the shop is frozen', cause: 'merchant' },
  'ACQ.INVALID_STORE_ID': { zh: '门店编号无效', en: 'The store number is not valid', cause: 'merchant' },
  'ACQ.SUB_MERCHANT_TYPE_INVALID': {
    zh: '二级商户类型有误',
    en: 'The kind of merchant is not valid',
    cause: 'merchant',
  },
  'ACQ.MERCHANT_AGREEMENT_NOT_EXIST': { zh: '商户未签约', en: 'The shop has no contract', cause: 'merchant' },
  'ACQ.MERCHANT_AGREEMENT_INVALID': {
    zh: '商户合同已失效',
    en: 'The contract of the shop has ended',
    cause: 'merchant',
  },
  'ACQ.MERCHANT_STATUS_NOT_NORMAL': {
    zh: '商户合同状态异常',
    en: 'The contract of the shop is blocked',
    cause: 'merchant',
  },
};

import type { ReasonTable } from './reason-row.ts';

/**
 * Refusals of code payments by WeChat Pay (public error code lists of micropay and of API version 3), without the underscores
 * that the two versions put in different places. USERPAYING waits for the customer; SYSTEM_ERROR, BANK_ERROR, ORDERPAID and
 * OUT_TRADE_NO_USED say nothing certain about the money: none of them is here.
 */
export const WECHAT_REASONS: ReasonTable = {
  AUTHCODEINVALID: { zh: '付款码无效', en: 'The code is not valid', cause: 'codeInvalid' },
  AUTHCODEEXPIRE: { zh: '付款码已过期', en: 'The code has expired', cause: 'codeInvalid' },
  AUTHCODEEXPIRED: { zh: '付款码已过期', en: 'The code has expired', cause: 'codeInvalid' },
  AUTHCODEERROR: { zh: '付款码有误', en: 'The code is wrong', cause: 'codeInvalid' },
  NOTENOUGH: { zh: '顾客余额不足', en: 'Not enough balance', cause: 'balance' },
  NOTSUPORTCARD: { zh: '不支持此银行卡', en: 'This bank card is not supported', cause: 'notActivated' },
  NOTSUPPORTCARD: { zh: '不支持此银行卡', en: 'This bank card is not supported', cause: 'notActivated' },
  RULELIMIT: { zh: '超过交易限额或被风控', en: 'Over a limit or refused as a risk', cause: 'riskControl' },
  ACCOUNTERROR: { zh: '顾客账户异常', en: 'The account is not in order', cause: 'accountRestricted' },
  USERACCOUNTABNORMAL: { zh: '顾客账户异常', en: 'The account is not in order', cause: 'accountRestricted' },
  BUYERMISMATCH: { zh: '付款人与订单不符', en: 'Another buyer than the order says', cause: 'other', next: 'retry' },
  TRADEERROR: { zh: '交易未完成', en: 'The payment was not completed', cause: 'other', next: 'retry' },
  PAYERROR: { zh: '支付失败', en: 'The payment failed', cause: 'other', next: 'retry' },
  ORDERCLOSED: { zh: '订单已关闭', en: 'The order is closed', cause: 'other', next: 'retry' },
  ORDERREVERSED: { zh: '订单已撤销', en: 'The order was taken back', cause: 'other', next: 'retry' },
  NOAUTH: { zh: '商户未开通此接口', en: 'Not activated for this shop', cause: 'merchant' },
  APPIDMCHIDNOTMATCH: { zh: '应用号与商户号不符', en: 'Application and merchant differ', cause: 'merchant' },
  APPIDNOTEXIST: { zh: '商户应用号不存在', en: 'The application is not known', cause: 'merchant' },
  MCHNOTEXISTS: { zh: '商户号不存在', en: 'The merchant is not known', cause: 'merchant' },
  MCHIDNOTEXIST: { zh: '商户号不存在', en: 'The merchant is not known', cause: 'merchant' },
  LACKPARAMS: { zh: '缺少参数', en: 'Something is missing in the request', cause: 'merchant' },
  PARAMERROR: { zh: '支付参数有误', en: 'The request was not valid', cause: 'merchant' },
  SIGNERROR: { zh: '签名有误', en: 'The signature is wrong', cause: 'merchant' },
};

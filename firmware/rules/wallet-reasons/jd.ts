import type { ReasonTable } from './reason-row.ts';

/** Refusals of the JD-style host, whose names are ours: JD publishes no codes of its counter payments. */
export const JD_REASONS: ReasonTable = {
  'JD.NOT_ACTIVATED': { zh: '顾客未开通白条', en: 'Baitiao is not switched on', cause: 'notActivated' },
  'JD.CREDIT_LIMIT': { zh: '白条额度不足', en: 'Not enough Baitiao credit', cause: 'creditLimit' },
  'JD.BALANCE': { zh: '顾客余额不足', en: 'Not enough balance', cause: 'balance' },
  'JD.RISK': { zh: '支付有风险，已被拒绝', en: 'Refused as a risk', cause: 'riskControl' },
  'JD.PERIOD_UNAVAILABLE': {
    zh: '不能分这么多期',
    en: 'This number of periods is refused',
    cause: 'periodUnavailable',
  },
  'JD.FEE_TOO_HIGH': { zh: '手续费超过上限', en: 'The fee is above the limit', cause: 'feeTooHigh' },
  'JD.CODE_INVALID': { zh: '付款码无效', en: 'The code is not valid', cause: 'codeInvalid' },
  'JD.CODE_EXPIRED': { zh: '付款码已过期', en: 'The code has expired', cause: 'codeInvalid' },
  'JD.ACCOUNT_UNKNOWN': { zh: '没有此京东账号', en: 'There is no such JD account', cause: 'other', next: 'retry' },
  'JD.ACCOUNT_RESTRICTED': { zh: '顾客账户被限制', en: 'The account is restricted', cause: 'accountRestricted' },
  'JD.SMS_WRONG': { zh: '短信验证码错误', en: 'Wrong SMS code', cause: 'wrongCode' },
  'JD.SMS_EXPIRED': { zh: '短信验证码已过期', en: 'The SMS code has expired', cause: 'wrongCode' },
  'JD.SMS_TRIES': { zh: '短信验证码错误次数过多', en: 'Too many wrong SMS codes', cause: 'wrongCode' },
  'JD.FACE_REFUSED': { zh: '人脸验证未通过', en: 'The face was not recognised', cause: 'wrongCode' },
  'JD.FACE_EXPIRED': { zh: '人脸验证超时', en: 'The face check took too long', cause: 'wrongCode' },
  'JD.MERCHANT': { zh: '商户未开通白条', en: 'Not activated for this shop', cause: 'merchant' },
  'JD.ORDER_CLOSED': { zh: '订单已关闭', en: 'The order is closed', cause: 'other', next: 'retry' },
  'JD.PARAMETER': { zh: '支付参数有误', en: 'The request was not valid', cause: 'merchant' },
  'JD.SIGNATURE': { zh: '签名有误', en: 'The signature is wrong', cause: 'merchant' },
  'JD.TIMESTAMP': { zh: '终端时间不准', en: 'The clock of the terminal is wrong', cause: 'merchant' },
};

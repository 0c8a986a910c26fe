/** Sub codes of the simulated wallet with the text that goes out as `sub_msg`. */
export const WALLET_SUB_CODES = {
  'ACQ.SYSTEM_ERROR': '系统错误',
  'ACQ.INVALID_PARAMETER': '参数无效',
  'ACQ.PAYMENT_AUTH_CODE_INVALID': '支付失败，获取顾客账户信息失败，请顾客刷新付款码后重新收款',
  'ACQ.CONTEXT_INCONSISTENT': '交易信息被篡改',
  'ACQ.TRADE_HAS_SUCCESS': '交易已被支付',
  'ACQ.TRADE_HAS_CLOSE': '交易已经关闭',
  'ACQ.TRADE_NOT_EXIST': '交易不存在',
  'ACQ.TRADE_CANCEL_TIME_OUT': '超过撤销时间范围',
  'ACQ.BUYER_BALANCE_NOT_ENOUGH': '买家余额不足',
  'ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR': '买家付款日限额超限',
  'ACQ.BUYER_ENABLE_STATUS_FORBID': '买家状态非法',
  'ACQ.PAYMENT_REQUEST_HAS_RISK': '支付有风险',
  'ACQ.NO_PAYMENT_INSTRUMENTS_AVAILABLE': '没有可用的支付工具',
  'ACQ.TRADE_STATUS_ERROR': '交易状态不允许此操作',
  'ACQ.REFUND_AMT_NOT_EQUAL_TOTAL': '退款金额超过可退金额',
  'ACQ.DISCORDANT_REPEAT_REQUEST': '重复请求的参数不一致',
  'isp.unknow-error': '系统繁忙',
  'isv.invalid-app-id': '无效的应用',
  'isv.invalid-signature': '验签出错',
  'isv.invalid-method': '不存在的方法名',
  'isv.invalid-timestamp': '非法的时间戳参数',
  'isv.invalid-parameter': '参数无效',
} as const satisfies Readonly<Record<string, string>>;

/** Text of a sub code; one outside the table speaks for itself. */
export function subMessage(subCode: string): string {
  return (WALLET_SUB_CODES as Readonly<Record<string, string>>)[subCode] ?? subCode;
}

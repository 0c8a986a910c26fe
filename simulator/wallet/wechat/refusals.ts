import type { HostCall, HostRefusal } from '../host-words.ts';

export interface WechatRefusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

const refusal = (status: number, code: string, message: string): WechatRefusal => ({ status, code, message });

/** Codes of API version 3 with the HTTP status that each comes with. */
export const WECHAT_REFUSALS: Readonly<Record<HostRefusal, WechatRefusal>> = {
  invalidRequest: refusal(400, 'PARAM_ERROR', '参数错误'),
  wrongSignature: refusal(401, 'SIGN_ERROR', '签名错误'),
  unknownMerchant: refusal(404, 'MCH_NOT_EXISTS', '商户号不存在'),
  codeInvalid: refusal(400, 'AUTH_CODE_INVALID', '付款码已过期，请刷新后重试'),
  notEnough: refusal(403, 'NOT_ENOUGH', '余额不足'),
  overLimit: refusal(403, 'RULE_LIMIT', '业务规则限制'),
  accountBlocked: refusal(403, 'ACCOUNT_ERROR', '用户账户异常'),
  risk: refusal(403, 'TRADE_ERROR', '交易存在风险'),
  noInstalments: refusal(400, 'PARAM_ERROR', '不支持分期'),
  orderClosed: refusal(400, 'ORDER_CLOSED', '订单已关闭'),
  orderDiffers: refusal(400, 'OUT_TRADE_NO_USED', '商户订单号重复'),
  orderUnknown: refusal(404, 'ORDER_NOT_EXIST', '订单不存在'),
  orderPaid: refusal(400, 'ORDERPAID', '订单已支付'),
  refundAbove: refusal(400, 'INVALID_REQUEST', '退款金额超过可退金额'),
  refundUnpaid: refusal(400, 'INVALID_REQUEST', '订单状态不允许退款'),
};

export const WECHAT_USER_PAYING = refusal(400, 'USERPAYING', '需要用户输入支付密码');
export const WECHAT_SYSTEM_ERROR = refusal(500, 'SYSTEM_ERROR', '系统异常，请稍后重试');

/** A refund names what it did not find differently. */
export function wechatRefusal(call: HostCall['kind'], why: HostRefusal): WechatRefusal {
  const isRefundOfNothing = call === 'refund' && why === 'orderUnknown';
  return isRefundOfNothing ? refusal(404, 'RESOURCE_NOT_EXISTS', '订单不存在') : WECHAT_REFUSALS[why];
}

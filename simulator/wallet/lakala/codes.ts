import {
  LAKALA_ALREADY_PAID,
  LAKALA_NOT_FOUND,
  LAKALA_SIGNATURE,
} from '../../../firmware/protocol/wallet/lakala-codes.ts';
import type { HostRefusal } from '../host-words.ts';

export const LAKALA_DONE = 'BBS00000';
export const LAKALA_WAITING = 'BBS11112';
/** The real host's code for a failure of its own is not published; one in no table of the firmware does as well. */
export const LAKALA_BROKEN = 'BBS99999';

/** Ours: the real host's are not published. */
export const LAKALA_REFUSAL_CODES: Readonly<Record<HostRefusal, string>> = {
  invalidRequest: 'FQ40001',
  wrongSignature: LAKALA_SIGNATURE,
  unknownMerchant: 'FQ40003',
  codeInvalid: 'FQ50001',
  notEnough: 'FQ50002',
  overLimit: 'FQ50003',
  accountBlocked: 'FQ50004',
  risk: 'FQ50005',
  noInstalments: 'FQ50006',
  orderClosed: 'FQ50007',
  orderDiffers: 'FQ50008',
  orderUnknown: LAKALA_NOT_FOUND,
  orderPaid: LAKALA_ALREADY_PAID,
  refundAbove: 'FQ60001',
  refundUnpaid: 'FQ60002',
};

/** What goes out as `msg`. */
export const LAKALA_TEXTS: Readonly<Record<string, string>> = {
  [LAKALA_DONE]: '成功',
  [LAKALA_WAITING]: '交易处理中',
  [LAKALA_BROKEN]: '系统异常',
  FQ40001: '参数错误',
  FQ40002: '验签失败',
  FQ40003: '商户未开通',
  FQ50001: '付款码无效或已过期',
  FQ50002: '余额不足',
  FQ50003: '超过限额',
  FQ50004: '账户被限制',
  FQ50005: '交易有风险',
  FQ50006: '不支持分期',
  FQ50007: '交易已关闭',
  FQ50008: '订单信息不一致',
  FQ50009: '交易不存在',
  FQ50010: '交易已支付',
  FQ60001: '超过可退金额',
  FQ60002: '交易状态不能退款',
};

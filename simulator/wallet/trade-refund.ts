import { fenOfYuan, plainYuan } from '../../firmware/base/fen.ts';
import { type BizContent, failed, textMember, type TradeReply, type WalletState } from './trade.ts';

/** `alipay.trade.refund`: pays back a part or all of a paid trade; under one number of the merchant's it is executed once. */
export function tradeRefund(wallet: WalletState, biz: BizContent): TradeReply {
  const outTradeNo = textMember(biz, 'out_trade_no');
  const refundNo = textMember(biz, 'out_request_no');
  const refundFen = fenOfYuan(textMember(biz, 'refund_amount') ?? '');
  if (outTradeNo === undefined || refundNo === undefined || refundFen === undefined || refundFen < 1) {
    return failed('ACQ.INVALID_PARAMETER');
  }
  const order = wallet.orders.find(outTradeNo);
  if (order === undefined) return failed('ACQ.TRADE_NOT_EXIST', { out_trade_no: outTradeNo });
  const earlier = order.refunds.get(refundNo);
  if (earlier !== undefined && earlier !== refundFen) return failed('ACQ.DISCORDANT_REPEAT_REQUEST');
  if (earlier === undefined) {
    if (order.state !== 'paid') return failed('ACQ.TRADE_STATUS_ERROR');
    if (order.refundedFen + refundFen > order.amountFen) return failed('ACQ.REFUND_AMT_NOT_EQUAL_TOTAL');
  }
  const after = wallet.orders.payBack(outTradeNo, refundNo, refundFen) ?? order;
  return {
    response: {
      code: '10000',
      msg: 'Success',
      trade_no: after.tradeNo,
      out_trade_no: outTradeNo,
      buyer_logon_id: after.customer.logonId,
      fund_change: earlier === undefined ? 'Y' : 'N',
      refund_fee: plainYuan(after.refundedFen),
    },
  };
}

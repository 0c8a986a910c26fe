import { fenOfYuan } from '../../firmware/base/fen.ts';
import { NOBODY } from './customers.ts';
import { type BizContent, failed, textMember, type TradeReply, type WalletState } from './trade.ts';
import { instalmentOf, isSame, timeoutOf } from './trade-pay.ts';

/** What a shown code begins with; its end is the trade's number. */
const CODE_ADDRESS = 'https://qr.alipay.com/';

/** `alipay.trade.precreate` 扫码付: opens an order that anybody may scan, and gives the text of its code. */
export function tradePrecreate(wallet: WalletState, biz: BizContent): TradeReply {
  const outTradeNo = textMember(biz, 'out_trade_no') ?? '';
  const amountFen = fenOfYuan(textMember(biz, 'total_amount') ?? '') ?? 0;
  const instalment = instalmentOf(biz['extend_params'], amountFen);
  const timeoutMs = timeoutOf(biz['timeout_express']);
  const isWrong =
    !/^\w{1,64}$/.test(outTradeNo) || amountFen < 1 || instalment === 'invalid' || timeoutMs === 'invalid';
  if (isWrong) return failed('ACQ.INVALID_PARAMETER');
  if (wallet.orders.isBarred(outTradeNo)) return failed('ACQ.TRADE_HAS_CLOSE');
  const known = wallet.orders.find(outTradeNo);
  if (known !== undefined && known.state !== 'waiting') {
    return failed(known.state === 'paid' ? 'ACQ.TRADE_HAS_SUCCESS' : 'ACQ.TRADE_HAS_CLOSE');
  }
  if (known !== undefined && !isSame(known, { customer: NOBODY, amountFen, instalment })) {
    return failed('ACQ.CONTEXT_INCONSISTENT');
  }
  const plan = timeoutMs === undefined ? undefined : ({ does: 'refuse', afterMs: timeoutMs } as const);
  const order = known ?? wallet.orders.open({ outTradeNo, customer: NOBODY, amountFen, instalment }, plan);
  return { response: { code: '10000', msg: 'Success', out_trade_no: outTradeNo, qr_code: codeOf(order.tradeNo) } };
}

/** The text of the code of a trade. */
export function codeOf(tradeNo: string): string {
  return CODE_ADDRESS + tradeNo;
}

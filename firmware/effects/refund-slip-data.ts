import { type JournaledRefund, type JournaledSale, refundsOf } from '../journal/fold.ts';
import type { RefundSlipData } from '../receipts/refund-slip.ts';
import { afterRefund } from '../rules/after-sale.ts';
import type { Services } from '../services.ts';
import { paidWithOf } from './find-refundable.ts';
import { originOf, slipTime, voucherOf } from './slip-origin.ts';

/** The slip's data from the journal alone. What is left is what was left when the money went back, however late it prints. */
export function refundSlipDataOf(services: Services, refund: JournaledRefund): RefundSlipData {
  const { journal } = services;
  const { intent, result } = refund;
  const sale = journal.sale(intent.original);
  const earlier = refundsOf(journal.state, sale.key).filter(
    ({ status, order }) => (status === 'done' || status === 'handedOver') && order < refund.order,
  );
  const refundedFen = earlier.reduce((sum, each) => sum + each.intent.amountFen, 0);
  const sums = { amountFen: intent.amountFen, saleFen: sale.intent.amountFen, refundedFen };
  const left = afterRefund(sums, sale.intent.plan);
  const { feeBackFen } = intent;
  const hostFeeBackFen = result?.hostFeeBackFen;
  return {
    ...originOf(services, refund),
    kind: intent.kind,
    original: {
      batch: sale.key.batch,
      voucher: voucherOf(sale.key.stan),
      at: slipTime(sale.begunWallMs),
      amountFen: sale.intent.amountFen,
      paidWith: paidWithOf(sale),
    },
    way: wayOf(refund, sale),
    feeBackFen,
    hostFeeBackFen: hostFeeBackFen === feeBackFen ? undefined : hostFeeBackFen,
    leftFen: left.remainingPrincipalFen,
    leftFeeFen: sale.intent.plan === undefined ? undefined : left.remainingFeeFen,
  };
}

function wayOf({ intent: { way }, result }: JournaledRefund, sale: JournaledSale): RefundSlipData['way'] {
  if (way.by === 'card') {
    return {
      kind: 'card',
      maskedPan: way.maskedPan,
      entry: way.entry,
      authorizationCode: sale.cardResult?.authorizationCode,
      originalReference: sale.cardResult?.retrievalReference,
      retrievalReference: result?.retrievalReference,
    };
  }
  const outTradeNo = sale.intent.type === 'walletIntent' ? sale.intent.outTradeNo : '';
  return { kind: 'wallet', outTradeNo, refundNo: way.refundNo, tradeNo: sale.walletResult?.tradeNo };
}

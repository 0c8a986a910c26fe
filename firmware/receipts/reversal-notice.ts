import type { SlipLine } from '../hal/slip.ts';
import type { ReversalNoticeData, ReversalState, SlipOptions } from './slip-data.ts';
import { groupedPan, SlipWriter } from './slip-lines.ts';

/** What to tell shop and customer about the money. */
const STATES: Readonly<Record<ReversalState, { readonly zh: readonly string[]; readonly en: readonly string[] }>> = {
  open: {
    zh: ['交易结果不明，冲正尚未完成', '终端将继续处理，请勿重复收款', '如有扣款，请凭此单联系收单行'],
    en: ['OUTCOME UNKNOWN, REVERSAL NOT COMPLETE', 'DO NOT CHARGE AGAIN', 'CALL THE ACQUIRER WITH THIS NOTICE'],
  },
  reversed: {
    zh: ['交易未成功，已冲正', '如有扣款将退回原卡或原账户'],
    en: ['NOT APPROVED, REVERSED', 'ANY CHARGE GOES BACK TO THE PAYER'],
  },
  byHand: {
    zh: ['冲正未获应答，已转人工处理', '请凭此单联系收单行'],
    en: ['REVERSAL UNANSWERED, HANDLED BY HAND', 'CALL THE ACQUIRER WITH THIS NOTICE'],
  },
};

/** The paper for a sale that is reversed or in doubt. Its layout is not that of a sales slip, and it says so. */
export function buildReversalNotice(data: ReversalNoticeData, options: SlipOptions): SlipLine[] {
  const write = new SlipWriter(options);
  const { subject } = data;
  return [
    ...write.title('冲正通知单', 'REVERSAL NOTICE'),
    ...write.marks(),
    write.mark('此单不是签购单', 'NOT A SALES SLIP'),
    { kind: 'rule' },
    ...write.origin(data),
    subject.kind === 'card'
      ? write.pair('卡号', 'CARD NO.', groupedPan(subject.maskedPan))
      : write.pair('商户订单号', 'ORDER NO.', subject.outTradeNo),
    ...write.numbers(data),
    write.pair('日期时间', 'DATE/TIME', data.at),
    ...write.amount(data.amountFen),
    { kind: 'rule' },
    ...STATES[data.state][options.language].map((text): SlipLine => ({ kind: 'text', text })),
  ];
}

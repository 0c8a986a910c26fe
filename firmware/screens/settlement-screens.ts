import { responseCode } from '../rules/response-codes.ts';
import { press, type ScreenRows } from './screen-spec.ts';

const STEPS = {
  notices: { zh: '正在上送脚本结果', en: 'Sending script notices' },
  totals: { zh: '正在对账', en: 'Comparing the totals' },
  upload: { zh: '正在批上送', en: 'Uploading the batch' },
} as const;

const FAILURES = {
  openItems: { zh: '有未完成交易，处理完才能结算', en: 'Open items must be settled first' },
  unanswered: { zh: '收单主机没有应答', en: 'No answer from the host' },
  refused: { zh: '收单主机拒绝结算', en: 'The acquirer refused to settle' },
  signOnNeeded: { zh: '请签到后再结算', en: 'Sign on, then settle again' },
} as const;

/** The end of a day. */
export const SETTLEMENT_SCREENS: ScreenRows<'settling' | 'settled' | 'settlementFailed'> = {
  settling: {
    tone: 'busy',
    title: { zh: '正在结算', en: 'Settling' },
    lines: ({ step, done, total }, say) => [
      say(STEPS[step].zh, STEPS[step].en),
      ...(total > 0 ? [`${done} / ${total}`] : []),
      say('请勿断电，断电后会继续', 'Keep the power on. A cut only delays it'),
    ],
    keys: [],
  },
  settled: {
    tone: ({ disagreements }) => (disagreements > 0 ? 'attention' : 'neutral'),
    title: { zh: '结算完成', en: 'Settled' },
    lines: ({ batch, balanced, disagreements }, say) => [
      say(`批次号 ${batch}`, `Batch ${batch}`),
      balanced ? say('对账平', 'The totals balance') : say('对账不平，已逐笔上送', 'Not balanced. Each sale was sent'),
      ...(disagreements > 0
        ? [say(`${disagreements} 项不符，见结算单`, `${disagreements} disagreements, see the slip`)]
        : []),
    ],
    keys: [press('confirm', '完成', 'Done')],
  },
  settlementFailed: {
    tone: 'failure',
    title: { zh: '结算未完成', en: 'Settlement is not complete' },
    lines: ({ reason, responseCode: code }, say) => [
      say(FAILURES[reason].zh, FAILURES[reason].en),
      say('账目未变，可稍后再结算', 'No total has changed. Settle later'),
      ...(code === undefined ? [] : [say(`${code} ${responseCode(code).zh}`, `${code} ${responseCode(code).en}`)]),
    ],
    keys: [press('confirm', '返回', 'Back')],
  },
};

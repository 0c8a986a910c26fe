import { FAULTS } from './faults.ts';
import type { SwarmReport } from './report.ts';

/** What a series of seeds must have come to, for each seed. A thousand seeds are enough to ask. */
const SALES_EACH = 20;
const FAULTS_EACH = 50;
const HITS_EACH = 0.01;

/** Situations that a series must have met, by their names in the report. */
const SOMETIMES: readonly string[] = [
  'batchClosed',
  'cancelIntent',
  'card by code',
  'cardResult untrusted',
  'closedByHand',
  'enterSmsCode',
  'faceCheck',
  'forwardResult accepted',
  'forwardResult rejected',
  'instalment baitiao',
  'instalment card',
  'instalment huabei',
  'journal corrupt',
  'journal tornTail',
  'lateApproval',
  'lateReply',
  'numbersDiffer',
  'order of alipay by customer at alipay',
  'order of alipay by customer at lakala',
  'order of alipay by merchant at alipay',
  'order of jd by account at jd',
  'order of jd by customer at jd',
  'order of unionpay by merchant at lakala',
  'order of wechat by customer at wechat',
  'order of wechat by merchant at wechat',
  'receiptNotStarted',
  'refundConfirmed',
  'refundResult declined',
  'refundResult done',
  'refundResult unknown',
  'reprint',
  'reversalResult reversed',
  'reversalResult unanswered',
  'scriptNoticeResult',
  'uploadResult accepted',
  'voidReversed',
  'walletResult cancelled',
  'walletResult unknown',
];

/** Why a report proves too little, one line each; empty for one that is good enough. */
export function shortcomings({ seeds, sales, faults, faultHits, sometimes }: SwarmReport): string[] {
  const short: string[] = [];
  if (sales < SALES_EACH * seeds) short.push(`${sales} sales are fewer than ${SALES_EACH} a seed`);
  if (faults < FAULTS_EACH * seeds) short.push(`${faults} faults are fewer than ${FAULTS_EACH} a seed`);
  for (const { id, name } of FAULTS) {
    const hits = faultHits[id] ?? 0;
    if (hits < HITS_EACH * seeds) short.push(`${id} (${name}) struck ${hits} times, fewer than once in 100 seeds`);
  }
  for (const what of SOMETIMES) if (sometimes[what] === undefined) short.push(`"${what}" never happened`);
  return short;
}

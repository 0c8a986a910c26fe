import { printerAdvice } from '../rules/error-texts.ts';
import type { ReceiptCopyName } from './screen-params.ts';
import { type Bilingual, press, type ScreenRows } from './screen-spec.ts';
import { COPIES } from './words.ts';

const SALE_STANDS = { zh: '交易成功，打印未完成', en: 'Sale stands, printing stopped' };
const JUST_PAPER = { zh: '打印未完成', en: 'Printing stopped' };

const STOPPED: Readonly<Record<ReceiptCopyName, Bilingual>> = {
  merchant: SALE_STANDS,
  cardholder: SALE_STANDS,
  settlement: { zh: '结算完成，打印未完成', en: 'Settled, printing stopped' },
  schedule: JUST_PAPER,
  bill: JUST_PAPER,
};

/** Receipts. The sale stands whatever the printer does, and these screens say so. */
export const RECEIPT_SCREENS: ScreenRows<'printing' | 'tearReceipt' | 'printerProblem'> = {
  printing: {
    tone: 'busy',
    title: { zh: '正在打印', en: 'Printing' },
    lines: ({ copy }, say) => [say(COPIES[copy].zh, `The ${COPIES[copy].en}`)],
    keys: [],
  },
  tearReceipt: {
    tone: 'attention',
    title: { zh: '请撕下签购单', en: 'Tear off the receipt' },
    lines: ({ nextCopy }, say) => [say(`下一联：${COPIES[nextCopy].zh}`, `Next: ${COPIES[nextCopy].en}`)],
    keys: [press('confirm', '继续打印', 'Print the next')],
  },
  printerProblem: {
    tone: 'failure',
    title: ({ copy }) => STOPPED[copy],
    lines: ({ reason }, say) => {
      const { happened, toDo } = printerAdvice(reason);
      return [say(happened.zh, happened.en), say(toDo.zh, toDo.en)];
    },
    keys: [press('confirm', '继续打印', 'Print'), press('cancel', '以后补打', 'Print later')],
  },
};

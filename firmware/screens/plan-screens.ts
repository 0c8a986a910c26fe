import type { Key, ScreenOption } from '../hal/index.ts';
import { columnsOf } from '../base/columns.ts';
import type { PlanQuote } from '../rules/installment/quote.ts';
import { press, type Say, SCREEN_COLUMNS, type ScreenRows } from './screen-spec.ts';
import { yuan } from './amounts.ts';
import { PAID_WITH } from './words.ts';

const PLAN_KEYS: readonly Key[] = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];

/** Choosing and confirming instalments. Fee, amount per period, first due date and total stand before anybody agrees. */
export const PLAN_SCREENS: ScreenRows<'choosePlan' | 'confirmPlan'> = {
  choosePlan: {
    tone: 'neutral',
    title: { zh: '选择期数', en: 'Choose a plan' },
    lines: ({ amountFen }, say) => [say(`消费金额 ${yuan(amountFen)}`, `Amount ${yuan(amountFen)}`)],
    options: ({ quotes }, say) => [
      { key: '0', id: '0', label: say('一次付清', 'Pay at once') },
      ...PLAN_KEYS.slice(0, quotes.length).flatMap((key, index) => planOption(key, quotes[index], say)),
    ],
    keys: [press('digits', '选择', 'Choose'), press('cancel', '取消交易', 'Cancel')],
    shown: ({ amountFen, quotes }) => ({
      amountFen,
      plans: quotes.map((quote) => quote.offer.periods),
      perPeriodFen: quotes.map((quote) => quote.perPeriodFen),
      feeFen: quotes.map((quote) => quote.feeFen),
    }),
  },
  confirmPlan: {
    tone: 'attention',
    title: { zh: '确认分期', en: 'Confirm the plan' },
    lines: ({ amountFen, quote }, say) => [
      planName(quote, say),
      say(`消费金额 ${yuan(amountFen)}`, `Amount ${yuan(amountFen)}`),
      say(`每期还款 ${yuan(quote.perPeriodFen)}`, `Each period ${yuan(quote.perPeriodFen)}`),
      say(`首期还款 ${yuan(quote.firstPaymentFen)}`, `First payment ${yuan(quote.firstPaymentFen)}`),
      say(
        `首期还款日 ${quote.firstDueDate ?? '以账单为准'}`,
        `First due ${quote.firstDueDate ?? 'as the statement says'}`,
      ),
      feeLine(quote, say),
      say(`还款总额 ${yuan(quote.totalFen)}`, `Total to repay ${yuan(quote.totalFen)}`),
    ],
    keys: [press('confirm', '同意并付款', 'Agree and pay'), press('cancel', '重选', 'Back')],
    shown: ({ amountFen, quote }) => ({
      amountFen,
      method: quote.offer.method,
      periods: quote.offer.periods,
      feePayer: quote.offer.feePayer,
      feeFen: quote.feeFen,
      perPeriodFen: quote.perPeriodFen,
      firstPaymentFen: quote.firstPaymentFen,
      totalFen: quote.totalFen,
      firstDueDate: quote.firstDueDate,
    }),
  },
};

/** `花呗分期 6期` */
export function planName({ offer }: PlanQuote, say: Say): string {
  const { method, periods } = offer;
  const name = PAID_WITH[method === 'card' ? 'cardInstallment' : method];
  return say(`${name.zh} ${periods}期`, `${name.en}, ${periods} periods`);
}

function feeLine({ feeFen, merchantFeeFen }: PlanQuote, say: Say): string {
  if (merchantFeeFen > 0) return say('手续费 ¥0.00 (商户承担)', 'Fee ¥0.00 (paid by the shop)');
  return say(`手续费 ${yuan(feeFen)} (顾客承担)`, `Fee ${yuan(feeFen)} (paid by the customer)`);
}

/** The fee of a huge amount may not fit beside it; the confirmation shows it in every case. */
function planOption(key: Key, quote: PlanQuote | undefined, say: Say): ScreenOption[] {
  if (quote === undefined) return [];
  const { periods } = quote.offer;
  const each = say(`${periods}期 每期${yuan(quote.perPeriodFen)}`, `${periods} x ${yuan(quote.perPeriodFen)}`);
  const fee =
    quote.feeFen === 0 ? say('免手续费', 'no fee') : say(`手续费${yuan(quote.feeFen)}`, `fee ${yuan(quote.feeFen)}`);
  const label = `${each} ${fee}`;
  return [{ key, id: String(periods), label: columnsOf(label) <= SCREEN_COLUMNS ? label : each }];
}

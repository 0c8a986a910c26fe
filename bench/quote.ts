/** What a cashier waits for between the amount and the list of plans. `node bench/quote.ts` */
import { eligiblePlans } from '../firmware/rules/installment/plans.ts';
import { type PlanQuote, quotePlan } from '../firmware/rules/installment/quote.ts';
import { DEFAULT_INSTALLMENTS, type PlanMethod } from '../firmware/rules/installment/settings.ts';
import { type BenchRow, operationsPerSecond, printRows } from './bench-row.ts';

const METHODS: readonly PlanMethod[] = ['huabei', 'baitiao', 'card'];
const AMOUNT_FEN = 123_457;
const BOUGHT_ON = { year: 2026, month: 11, day: 21 };
const GOAL_MS = 1;

/** Every plan of every method, each worked out period by period with its due dates. */
function allQuotes(): readonly PlanQuote[] {
  return METHODS.flatMap((method) => {
    const plans = eligiblePlans(DEFAULT_INSTALLMENTS, { method, amountFen: AMOUNT_FEN });
    if ('none' in plans) throw new Error(`no plans of ${method}: ${plans.none}`);
    return plans.map((offer) => quotePlan(offer, AMOUNT_FEN, BOUGHT_ON));
  });
}

export async function benchQuote(): Promise<BenchRow[]> {
  const name = `all ${allQuotes().length} plans of three methods for one amount`;
  const speed = operationsPerSecond([{ name, run: allQuotes }]).get(name) ?? 0;
  const value = Math.round(1e6 / speed) / 1000;
  return [{ name, value, unit: 'ms', target: `<= ${GOAL_MS}`, met: value <= GOAL_MS }];
}

if (import.meta.main) printRows(await benchQuote());

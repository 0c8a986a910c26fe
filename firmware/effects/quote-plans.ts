import { eligiblePlans } from '../rules/installment/plans.ts';
import { type PlanQuote, quotePlan } from '../rules/installment/quote.ts';
import type { PlanMethod } from '../rules/installment/settings.ts';
import type { CalendarDay } from '../rules/installment/due-date.ts';
import type { Effect } from './effect.ts';

export interface QuoteInput {
  readonly amountFen: number;
  readonly method: PlanMethod;
}

/** Shops, issuers and wallets count days in China Standard Time. */
const CHINA_OFFSET_MS = 8 * 3_600_000;

/** The calendar day in China of a moment. */
export function chinaDay(wallMs: number): CalendarDay {
  const date = new Date(wallMs + CHINA_OFFSET_MS);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** Every plan that may be offered for the amount, quoted; none when the method or the amount does not allow any. */
export const quotePlans: Effect<readonly PlanQuote[], QuoteInput> = ({ ports, settings }, { amountFen, method }) => {
  const plans = eligiblePlans(settings.installments, { method, amountFen });
  if ('none' in plans) return Promise.resolve([]);
  const today = chinaDay(ports.clock.wallMs());
  return Promise.resolve(plans.map((offer) => quotePlan(offer, amountFen, today)));
};

import { isFen } from '../../base/fen.ts';
import { present } from '../../base/invariant.ts';
import type { CalendarDay } from './due-date.ts';
import { PERIODS_MAX, type PlanQuote } from './quote.ts';
import { datedPeriods, spreadByPayments } from './schedule.ts';
import { DEFAULT_PLAN_TERMS, type FeePayer, type PlanMethod } from './settings.ts';

/** One plan as a wallet's host answers a plan query: its fee and who pays it, and what the customer pays first, later and in all. */
export interface HostPlan {
  readonly periods: number;
  readonly feePayer: FeePayer;
  /** Of the whole plan, whoever pays it. */
  readonly feeFen: number;
  readonly firstPaymentFen: number;
  /** Of every period after the first. */
  readonly laterPaymentFen: number;
  readonly totalFen: number;
  /** Fee of the whole plan in millionths of the amount, where the host says it. */
  readonly ratePpm?: number | undefined;
}

/** What the plans were asked for. */
export interface HostPlanSale {
  readonly method: PlanMethod;
  readonly amountFen: number;
  readonly boughtOn: CalendarDay;
}

/** A plan that is not shown to a customer; `what` names the member. */
export interface RefusedHostPlan {
  readonly refused: 'doesNotAddUp' | 'outOfRange';
  readonly what: keyof HostPlan;
}

/** A whole answer that is not believed. */
export interface RefusedHostPlans {
  readonly refused: 'emptyList' | 'inconsistent';
  /** `12 totalFen`: of which plan, and what. */
  readonly what: string;
}

const MONEY = ['feeFen', 'firstPaymentFen', 'laterPaymentFen', 'totalFen'] as const;

/** The quote of a host's plan, with first and later payments exactly as the host says them. */
export function quoteOfHostPlan(plan: HostPlan, sale: HostPlanSale): PlanQuote | RefusedHostPlan {
  const what = outOfRange(plan, sale);
  if (what !== undefined) return { refused: 'outOfRange', what };
  const { periods, feePayer, feeFen: planFeeFen, firstPaymentFen, laterPaymentFen, totalFen } = plan;
  const { method, amountFen, boughtOn } = sale;
  const feeFen = feePayer === 'customer' ? planFeeFen : 0;
  if (totalFen !== amountFen + feeFen) return { refused: 'doesNotAddUp', what: 'totalFen' };
  if (firstPaymentFen + laterPaymentFen * (periods - 1) !== totalFen) {
    return { refused: 'doesNotAddUp', what: 'firstPaymentFen' };
  }
  const feeRatePpm = plan.ratePpm ?? Math.round((planFeeFen / amountFen) * 1_000_000);
  if (!isFeeAtRate(planFeeFen, amountFen, feeRatePpm, periods)) return { refused: 'doesNotAddUp', what: 'ratePpm' };
  const parts = spreadByPayments({ periods, feeFen, firstPaymentFen, laterPaymentFen });
  const schedule = datedPeriods(parts, DEFAULT_PLAN_TERMS[method].due, boughtOn);
  return {
    offer: { method, periods, feeRatePpm, feePayer },
    principalFen: amountFen,
    feeFen,
    merchantFeeFen: planFeeFen - feeFen,
    totalFen,
    firstPaymentFen,
    perPeriodFen: periods === 1 ? firstPaymentFen : laterPaymentFen,
    firstDueDate: present(schedule[0], 'a plan has a first period').dueDate,
    schedule,
  };
}

/**
 * Quotes of everything that a host offers, fewest periods first. One plan that is wrong, or two of the same periods, make the
 * whole answer one that is not believed: a plan that is left out silently could be the one that the customer was promised.
 */
export function quotesOfHostPlans(
  plans: readonly HostPlan[],
  sale: HostPlanSale,
): readonly PlanQuote[] | RefusedHostPlans {
  if (plans.length === 0) return { refused: 'emptyList', what: 'plans' };
  const quotes: PlanQuote[] = [];
  for (const plan of plans) {
    const quote = quoteOfHostPlan(plan, sale);
    const what = 'refused' in quote ? quote.what : 'periods';
    if ('refused' in quote || quotes.some(({ offer }) => offer.periods === plan.periods)) {
      return { refused: 'inconsistent', what: `${plan.periods} ${what}` };
    }
    quotes.push(quote);
  }
  return quotes.sort((a, b) => a.offer.periods - b.offer.periods);
}

function outOfRange(plan: HostPlan, { amountFen }: HostPlanSale): keyof HostPlan | undefined {
  const { periods, feeFen, ratePpm } = plan;
  if (!Number.isInteger(periods) || periods < 1 || periods > PERIODS_MAX) return 'periods';
  const money = MONEY.find((member) => !isFen(plan[member]));
  if (money !== undefined) return money;
  if (feeFen > amountFen) return 'feeFen';
  const isRate = ratePpm === undefined || (Number.isInteger(ratePpm) && ratePpm >= 0 && ratePpm <= 1_000_000);
  return isRate ? undefined : 'ratePpm';
}

/** A host may round the fee of every period, so that a whole fen a period may lie between fee and rate. */
function isFeeAtRate(feeFen: number, amountFen: number, ratePpm: number, periods: number): boolean {
  const differenceMicroFen = BigInt(feeFen) * 1_000_000n - BigInt(amountFen) * BigInt(ratePpm);
  const bound = BigInt(periods) * 1_000_000n + BigInt(amountFen);
  return differenceMicroFen <= bound && differenceMicroFen >= -bound;
}

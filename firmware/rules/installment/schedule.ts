import type { PlanRecord } from '../../journal/records.ts';
import { type CalendarDay, dueDate, type DueRule } from './due-date.ts';
import { DEFAULT_PLAN_TERMS, type PlanTerms } from './settings.ts';

/** One period of a plan as the customer pays it. */
export interface PlanPeriod {
  /** 1 is the first. */
  readonly period: number;
  /** `YYYY-MM-DD`; `undefined` when it falls due with the card's statement. */
  readonly dueDate: string | undefined;
  readonly principalFen: number;
  readonly feeFen: number;
  readonly totalFen: number;
}

/** What one period holds of the price and of the customer's fee. */
export type PeriodParts = Pick<PlanPeriod, 'principalFen' | 'feeFen'>;

/** Which period takes what does not divide. */
export type Spread = Pick<PlanTerms, 'remainderIn' | 'feeIn'>;

const SPREADS: readonly Spread[] = [
  { remainderIn: 'first', feeIn: 'everyPeriod' },
  { remainderIn: 'first', feeIn: 'firstPeriod' },
  { remainderIn: 'last', feeIn: 'everyPeriod' },
  { remainderIn: 'last', feeIn: 'firstPeriod' },
];

/** Principal and fee of every period rounded down; what that leaves over goes into one period, as the lender's terms say. */
export function spreadByTerms(amountFen: number, feeFen: number, periods: number, terms: Spread): PeriodParts[] {
  const principalEachFen = Math.floor(amountFen / periods);
  const feeEachFen = terms.feeIn === 'everyPeriod' ? Math.floor(feeFen / periods) : 0;
  const principalRestFen = amountFen - principalEachFen * periods;
  const feeRestFen = feeFen - feeEachFen * periods;
  const restPeriod = terms.remainderIn === 'first' ? 1 : periods;
  const feeRestPeriod = terms.feeIn === 'firstPeriod' ? 1 : restPeriod;
  const parts: PeriodParts[] = [];
  for (let period = 1; period <= periods; period++) {
    parts.push({
      principalFen: principalEachFen + (period === restPeriod ? principalRestFen : 0),
      feeFen: feeEachFen + (period === feeRestPeriod ? feeRestFen : 0),
    });
  }
  return parts;
}

/** A period without the fen that do not divide and without a fee that is due in the first period only. */
export function laterPaymentOf(amountFen: number, feeFen: number, periods: number, { feeIn }: Spread): number {
  return Math.floor(amountFen / periods) + (feeIn === 'everyPeriod' ? Math.floor(feeFen / periods) : 0);
}

/** What a customer pays, as a lender says it: the first payment, and one amount for every later one. */
export interface Payments {
  readonly periods: number;
  /** The customer's; not above what all payments make together. */
  readonly feeFen: number;
  readonly firstPaymentFen: number;
  readonly laterPaymentFen: number;
}

/**
 * Fee and principal inside payments that a lender has fixed. The fee is spread evenly with the rest in the first period; where
 * a payment is too small for that, in proportion to the payments. Neither part is ever negative, and both add up.
 */
export function spreadByPayments({ periods, feeFen, firstPaymentFen, laterPaymentFen }: Payments): PeriodParts[] {
  const payments = [firstPaymentFen];
  while (payments.length < periods) payments.push(laterPaymentFen);
  const laterFeeFen = Math.floor(feeFen / periods);
  const firstFeeFen = feeFen - laterFeeFen * (periods - 1);
  if (firstFeeFen > firstPaymentFen || laterFeeFen > laterPaymentFen) return inProportion(feeFen, payments);
  return payments.map((paymentFen, index) => partsOf(paymentFen, index === 0 ? firstFeeFen : laterFeeFen));
}

function partsOf(paymentFen: number, feeFen: number): PeriodParts {
  return { principalFen: paymentFen - feeFen, feeFen };
}

/** Cumulative, so that the shares add up. BigInt, because the products exceed 2^53. */
function inProportion(feeFen: number, payments: readonly number[]): PeriodParts[] {
  const total = BigInt(payments.reduce((sum, payment) => sum + payment, 0));
  let paid = 0n;
  let taken = 0n;
  return payments.map((payment) => {
    paid += BigInt(payment);
    const due = (BigInt(feeFen) * paid) / total;
    const share = due - taken;
    taken = due;
    return partsOf(payment, Number(share));
  });
}

/** The periods with their numbers, due dates and totals. */
export function datedPeriods(parts: readonly PeriodParts[], due: DueRule, boughtOn: CalendarDay): PlanPeriod[] {
  return parts.map(({ principalFen, feeFen }, index) => {
    const period = index + 1;
    const totalFen = principalFen + feeFen;
    return { period, dueDate: dueDate(due, boughtOn, period), principalFen, feeFen, totalFen };
  });
}

/** What is kept of a plan and enough to rebuild its periods. */
export type KeptPlan = Pick<
  PlanRecord,
  'method' | 'periods' | 'feeFen' | 'perPeriodFen' | 'firstPaymentFen' | 'firstDueDate'
>;

/**
 * The repayment schedule 还款计划 of a plan in the journal, the same that was quoted. Amount, fee, first and later payment leave one
 * way only in which terms can have spread the plan; payments that no terms give are a lender's own. Where a lender's due day
 * is neither the usual one of the method nor the day of the sale, it is the day of the first due date.
 */
export function scheduleOf(plan: KeptPlan, amountFen: number, boughtOn: CalendarDay): readonly PlanPeriod[] {
  const { periods, feeFen, perPeriodFen, firstPaymentFen } = plan;
  const byTerms = SPREADS.filter((spread) => laterPaymentOf(amountFen, feeFen, periods, spread) === perPeriodFen)
    .map((spread) => spreadByTerms(amountFen, feeFen, periods, spread))
    .find(([first]) => first !== undefined && first.principalFen + first.feeFen === firstPaymentFen);
  const parts = byTerms ?? spreadByPayments({ periods, feeFen, firstPaymentFen, laterPaymentFen: perPeriodFen });
  return datedPeriods(parts, ...dueOf(plan, boughtOn));
}

/** The rule that gives the first due date, and the day that it counts from. */
function dueOf({ method, firstDueDate }: KeptPlan, boughtOn: CalendarDay): readonly [DueRule, CalendarDay] {
  if (firstDueDate === undefined) return [{ kind: 'byStatement' }, boughtOn];
  const rules: readonly DueRule[] = [DEFAULT_PLAN_TERMS[method].due, { kind: 'sameDay' }];
  const rule = rules.find((candidate) => dueDate(candidate, boughtOn, 1) === firstDueDate);
  if (rule !== undefined) return [rule, boughtOn];
  const year = Number(firstDueDate.slice(0, 4));
  const month = Number(firstDueDate.slice(5, 7));
  const day = Number(firstDueDate.slice(8));
  const before = month === 1 ? { year: year - 1, month: 12 } : { year, month: month - 1 };
  return [
    { kind: 'dayOfMonth', day },
    { ...before, day: 1 },
  ];
}

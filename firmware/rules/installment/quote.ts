import { isFen } from '../../base/fen.ts';
import { invariant, present } from '../../base/invariant.ts';
import type { CalendarDay } from './due-date.ts';
import { datedPeriods, laterPaymentOf, type PlanPeriod, spreadByTerms } from './schedule.ts';
import { DEFAULT_PLAN_TERMS, type PlanOffer } from './settings.ts';

export type { PlanPeriod } from './schedule.ts';

/** More periods than any lender offers; keeps a schedule small. */
export const PERIODS_MAX = 60;

const PPM = 1_000_000n;

/** What a plan costs, to the fen. Confirmed, sent and printed from this one value. */
export interface PlanQuote {
  readonly offer: PlanOffer;
  /** The price of the goods. */
  readonly principalFen: number;
  /** What the customer pays for the plan; 0 when the merchant pays. */
  readonly feeFen: number;
  /** What the merchant pays for the plan; 0 when the customer pays. */
  readonly merchantFeeFen: number;
  readonly totalFen: number;
  readonly firstPaymentFen: number;
  /** A period without the fen that do not divide and without a fee that is due in the first period only. */
  readonly perPeriodFen: number;
  /** `YYYY-MM-DD`; `undefined` when it falls due with the card's statement. */
  readonly firstDueDate: string | undefined;
  readonly schedule: readonly PlanPeriod[];
}

/**
 * Works out a plan in whole fen: principal and fee of a period are rounded down, the fee of the plan to the nearest fen
 * with halves to even, and what does not divide goes into one period, so that the schedule adds up exactly.
 */
export function quotePlan(offer: PlanOffer, amountFen: number, boughtOn: CalendarDay): PlanQuote {
  const { periods, feeRatePpm, feePayer } = offer;
  invariant(isFen(amountFen) && amountFen > 0, 'a plan is quoted for a positive amount of fen');
  invariant(Number.isInteger(periods) && periods >= 1 && periods <= PERIODS_MAX, 'a plan has 1 to 60 periods');
  invariant(Number.isInteger(feeRatePpm) && feeRatePpm >= 0 && feeRatePpm <= 1_000_000, 'a fee rate is 0 to 100 %');
  const terms = offer.terms ?? DEFAULT_PLAN_TERMS[offer.method];
  const planFeeFen = feeOf(amountFen, feeRatePpm);
  const feeFen = feePayer === 'customer' ? planFeeFen : 0;

  const schedule = datedPeriods(spreadByTerms(amountFen, feeFen, periods, terms), terms.due, boughtOn);
  const first = present(schedule[0], 'a plan has a first period');
  return {
    offer,
    principalFen: amountFen,
    feeFen,
    merchantFeeFen: planFeeFen - feeFen,
    totalFen: amountFen + feeFen,
    firstPaymentFen: first.totalFen,
    perPeriodFen: laterPaymentOf(amountFen, feeFen, periods, terms),
    firstDueDate: first.dueDate,
    schedule,
  };
}

/** Amount times rate, rounded to the nearest fen, halves to even. BigInt, because the product exceeds 2^53. */
function feeOf(amountFen: number, feeRatePpm: number): number {
  const product = BigInt(amountFen) * BigInt(feeRatePpm);
  const whole = product / PPM;
  const twiceRest = 2n * (product % PPM);
  const up = twiceRest > PPM || (twiceRest === PPM && whole % 2n === 1n);
  return Number(up ? whole + 1n : whole);
}

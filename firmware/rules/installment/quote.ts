import { isFen } from '../../base/fen.ts';
import { invariant, present } from '../../base/invariant.ts';
import { type CalendarDay, dueDate } from './due-date.ts';
import { DEFAULT_PLAN_TERMS, type PlanOffer } from './settings.ts';

/** More periods than any lender offers; keeps a schedule small. */
export const PERIODS_MAX = 60;

const PPM = 1_000_000n;

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

  const principalEachFen = Math.floor(amountFen / periods);
  const feeEachFen = terms.feeIn === 'everyPeriod' ? Math.floor(feeFen / periods) : 0;
  const principalRestFen = amountFen - principalEachFen * periods;
  const feeRestFen = feeFen - feeEachFen * periods;
  const restPeriod = terms.remainderIn === 'first' ? 1 : periods;
  const feeRestPeriod = terms.feeIn === 'firstPeriod' ? 1 : restPeriod;

  const schedule = Array.from({ length: periods }, (_, index): PlanPeriod => {
    const period = index + 1;
    const principalFen = principalEachFen + (period === restPeriod ? principalRestFen : 0);
    const periodFeeFen = feeEachFen + (period === feeRestPeriod ? feeRestFen : 0);
    return {
      period,
      dueDate: dueDate(terms.due, boughtOn, period),
      principalFen,
      feeFen: periodFeeFen,
      totalFen: principalFen + periodFeeFen,
    };
  });
  const first = present(schedule[0], 'a plan has a first period');
  return {
    offer,
    principalFen: amountFen,
    feeFen,
    merchantFeeFen: planFeeFen - feeFen,
    totalFen: amountFen + feeFen,
    firstPaymentFen: first.totalFen,
    perPeriodFen: principalEachFen + feeEachFen,
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

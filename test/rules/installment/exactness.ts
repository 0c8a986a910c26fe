/** Checks of instalment plans to the fen, and cases drawn from a seed. */
import { AMOUNT_MAX_FEN } from '../../../firmware/base/fen.ts';
import { type HostPlan, quoteOfHostPlan } from '../../../firmware/rules/installment/host-plan.ts';
import { type PlanQuote, quotePlan } from '../../../firmware/rules/installment/quote.ts';
import { refundOfPlan } from '../../../firmware/rules/installment/refund.ts';
import { type KeptPlan, scheduleOf } from '../../../firmware/rules/installment/schedule.ts';
import type { FeePayer, PlanOffer, PlanTerms } from '../../../firmware/rules/installment/settings.ts';

/** Price and a fee as high as the price together are an amount. */
export const PRICE_MAX_FEN = Math.floor(AMOUNT_MAX_FEN / 2);
const BOUGHT_ON = { year: 2026, month: 11, day: 21 };

export const PAYERS: readonly FeePayer[] = ['customer', 'merchant'];
/** Without due dates, which other tests are about and which would cost most of the time. */
export const TERMS: readonly PlanTerms[] = [
  { remainderIn: 'first', feeIn: 'everyPeriod', due: { kind: 'byStatement' } },
  { remainderIn: 'first', feeIn: 'firstPeriod', due: { kind: 'byStatement' } },
  { remainderIn: 'last', feeIn: 'everyPeriod', due: { kind: 'byStatement' } },
  { remainderIn: 'last', feeIn: 'firstPeriod', due: { kind: 'byStatement' } },
];

/** One plan, and refunds of it. */
export interface Case {
  readonly offer: PlanOffer;
  readonly amountFen: number;
  /** Parts of the amount that are refunded one after the other, the rest at the end; 0 to 1. */
  readonly refunds: readonly number[];
}

/** What is wrong with the plan of a case; `undefined` when nothing is. */
export function fault({ offer, amountFen, refunds }: Case): string | undefined {
  const quote = quotePlan(offer, amountFen, BOUGHT_ON);
  return scheduleFault(quote, amountFen) ?? hostPlanFault(quote, amountFen) ?? refundFault(quote, amountFen, refunds);
}

function scheduleFault(quote: PlanQuote, amountFen: number): string | undefined {
  const { offer, feeFen, merchantFeeFen, totalFen, firstPaymentFen, schedule } = quote;
  let principal = 0;
  let fee = 0;
  let total = 0;
  for (const period of schedule) {
    if (period.principalFen < 0 || period.feeFen < 0) return 'a period is negative';
    if (period.totalFen !== period.principalFen + period.feeFen) return 'a period does not add up';
    principal += period.principalFen;
    fee += period.feeFen;
    total += period.totalFen;
  }
  if (schedule.length !== offer.periods) return 'the schedule has another number of periods';
  if (principal !== amountFen) return 'the principal does not add up to the amount';
  if (fee !== feeFen) return 'the fees do not add up to the fee';
  if (total !== totalFen || totalFen !== amountFen + feeFen) return 'the totals do not agree';
  if (firstPaymentFen !== schedule[0]?.totalFen) return 'the first payment is another';
  if ((offer.feePayer === 'customer' ? merchantFeeFen : feeFen) !== 0) return 'the wrong side pays';
  return undefined;
}

/** A host that says our own first and later payments; where the last period takes the rest, it says an even split. */
function hostPlanFault(quote: PlanQuote, amountFen: number): string | undefined {
  const { offer, feeFen, merchantFeeFen, totalFen, firstPaymentFen, perPeriodFen } = quote;
  const { method, periods, feePayer, feeRatePpm } = offer;
  const isOurs = periods > 1 && firstPaymentFen + perPeriodFen * (periods - 1) === totalFen;
  const laterPaymentFen = isOurs ? perPeriodFen : Math.floor(totalFen / periods);
  const plan: HostPlan = {
    periods,
    feePayer,
    feeFen: feeFen + merchantFeeFen,
    firstPaymentFen: totalFen - laterPaymentFen * (periods - 1),
    laterPaymentFen,
    totalFen,
    ratePpm: feeRatePpm,
  };
  const back = quoteOfHostPlan(plan, { method, amountFen, boughtOn: BOUGHT_ON });
  if ('refused' in back) return `the host's plan is refused: ${back.refused} ${back.what}`;
  if (back.firstPaymentFen !== plan.firstPaymentFen || back.perPeriodFen !== laterPaymentFen) return 'payments changed';
  if (!areAlike(scheduleOf(keptOf(quote), amountFen, BOUGHT_ON), quote.schedule)) return 'the kept schedule is another';
  const isSame = isOurs && offer.terms?.feeIn === 'everyPeriod';
  if (isSame && !areAlike(back.schedule, quote.schedule)) return 'our plan came back changed';
  return scheduleFault(back, amountFen);
}

/** As the journal keeps it. */
function keptOf({ offer, feeFen, perPeriodFen, firstPaymentFen, firstDueDate }: PlanQuote): KeptPlan {
  return { method: offer.method, periods: offer.periods, feeFen, perPeriodFen, firstPaymentFen, firstDueDate };
}

function areAlike(first: PlanQuote['schedule'], second: PlanQuote['schedule']): boolean {
  if (first.length !== second.length) return false;
  for (let index = 0; index < first.length; index++) {
    const [one, other] = [first[index], second[index]];
    if (one?.principalFen !== other?.principalFen || one?.feeFen !== other?.feeFen) return false;
  }
  return true;
}

function refundFault(quote: PlanQuote, amountFen: number, refunds: readonly number[]): string | undefined {
  let refundedBeforeFen = 0;
  let backFen = 0;
  for (const part of [...refunds, 1]) {
    const refundFen = Math.floor((amountFen - refundedBeforeFen) * part);
    const refund = refundOfPlan({ plan: quote, amountFen, refundedBeforeFen, refundFen });
    refundedBeforeFen += refundFen;
    backFen += refund.feeBackFen;
    if (refund.feeBackFen < 0 || refund.remainingFeeFen < 0) return 'a refund takes a fee';
    if (refund.remainingPrincipalFen !== amountFen - refundedBeforeFen) return 'the rest of the price is wrong';
    if (backFen + refund.remainingFeeFen !== quote.feeFen) return 'the rest of the fee is wrong';
  }
  return backFen === quote.feeFen ? undefined : 'the fee is not given back whole';
}

/** Numbers from 0 to below 1, the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Amounts and periods of every size, because the fen that do not divide are most of a small amount. */
function drawnCase(next: () => number): Case {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)] as T;
  const amountFen = Math.min(PRICE_MAX_FEN, 1 + Math.floor(10 ** (next() * 12)));
  const offer: PlanOffer = {
    method: 'card',
    periods: Math.min(60, Math.floor(61 ** next())),
    feeRatePpm: Math.floor(next() * (next() < 0.9 ? 200_000 : 1_000_001)),
    feePayer: pick(PAYERS),
    terms: pick(TERMS),
  };
  return { offer, amountFen, refunds: [next()] };
}

/** The first case among so many that is wrong, with what is wrong; `undefined` when none is. */
export function firstFault(cases: number, seed: number): string | undefined {
  const next = seeded(seed);
  for (let count = 0; count < cases; count++) {
    const drawn = drawnCase(next);
    const found = fault(drawn);
    if (found !== undefined) return `${found}: ${JSON.stringify(drawn)}`;
  }
  return undefined;
}

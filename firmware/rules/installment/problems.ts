import { isFen } from '../../base/fen.ts';
import { amountsOf } from './plans.ts';
import { PERIODS_MAX } from './quote.ts';
import type { InstallmentSettings, MethodPlans, PlanMethod, PlanOffer } from './settings.ts';

/** Something in a table of plans that contradicts itself or cannot be offered. */
export interface InstallmentProblem {
  /** Keys and indexes from the settings inwards, as `card`, `offers`, 2, `bins`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

type Offer = MethodPlans['offers'][number];

/** Plans of one amount are chosen by one of nine digits. */
const PLAN_KEYS_MAX = 9;

/** A day that every month has, so that due dates need no rounding that only the lender knows. */
const DUE_DAY_MAX = 28;

/** Everything that is wrong with the plans of all methods, in their order; nothing wrong: an empty list. */
export function installmentProblems(settings: InstallmentSettings): readonly InstallmentProblem[] {
  const methods = Object.entries(settings) as [PlanMethod, MethodPlans | undefined][];
  return methods.flatMap(([method, plans]) => (plans === undefined ? [] : problemsOf(method, plans)));
}

function problemsOf(method: PlanMethod, plans: MethodPlans): InstallmentProblem[] {
  const { amountMinFen, amountMaxFen, offers } = plans;
  const problems: InstallmentProblem[] = [];
  if (!isFen(amountMinFen)) problems.push({ path: [method, 'amountMinFen'], message: 'is a whole number of fen' });
  if (!isFen(amountMaxFen)) problems.push({ path: [method, 'amountMaxFen'], message: 'is a whole number of fen' });
  if (amountMinFen > amountMaxFen) problems.push({ path: [method, 'amountMinFen'], message: 'is above amountMaxFen' });
  if (offers.length === 0) {
    problems.push({ path: [method, 'offers'], message: 'is empty: a method without plans is left out' });
  }
  if (new Set(offers.map(({ periods }) => periods)).size > PLAN_KEYS_MAX) {
    problems.push({ path: [method, 'offers'], message: 'has more than nine numbers of periods' });
  }
  offers.forEach((offer, index) => {
    for (const [member, message] of offerProblems(method, offer, plans)) {
      problems.push({ path: [method, 'offers', index, member], message });
    }
    const twin = offers.slice(0, index).findIndex((earlier) => isTwin(earlier, offer, plans));
    if (twin >= 0) problems.push({ path: [method, 'offers', index], message: `repeats offers.${twin}` });
  });
  return problems;
}

type Finding = readonly [member: keyof PlanOffer, message: string];

function offerProblems(method: PlanMethod, offer: Offer, plans: MethodPlans): readonly Finding[] {
  const { periods, feeRatePpm, product, bins, terms } = offer;
  const { minFen, maxFen } = amountsOf(offer, plans);
  const due = terms?.due;
  const checks: readonly (readonly [wrong: boolean, ...Finding])[] = [
    [!isWithin(periods, 2, PERIODS_MAX), 'periods', `is a whole number from 2 to ${PERIODS_MAX}`],
    [!isWithin(feeRatePpm, 0, 1_000_000), 'feeRatePpm', 'is a whole number from 0 to 1000000 (100 %)'],
    [minFen > maxFen && plans.amountMinFen <= plans.amountMaxFen, 'amountMinFen', 'leaves no amount below the maximum'],
    [method === 'card' && product === undefined, 'product', 'is missing: an issuer knows a plan by it'],
    [!/^[\x20-\x7e]{1,30}$/.test(product ?? '-'), 'product', 'is 1 to 30 printable ASCII characters'],
    [method !== 'card' && bins !== undefined, 'bins', 'is for bank cards alone'],
    [bins?.length === 0, 'bins', 'is empty: leave it out for every card'],
    [bins?.every((bin) => /^\d{6,8}$/.test(bin)) === false, 'bins', 'are 6 to 8 digits each'],
    [due?.kind === 'dayOfMonth' && !isWithin(due.day, 1, DUE_DAY_MAX), 'terms', `due day is 1 to ${DUE_DAY_MAX}`],
  ];
  return checks.filter(([wrong]) => wrong).map(([, member, message]) => [member, message]);
}

/** Whether two offers of the same periods and payer could meet in one sale. An issuer's own product goes before a general one. */
function isTwin(a: Offer, b: Offer, plans: MethodPlans): boolean {
  if (a.periods !== b.periods || a.feePayer !== b.feePayer) return false;
  const [first, second] = [amountsOf(a, plans), amountsOf(b, plans)];
  return first.minFen <= second.maxFen && second.minFen <= first.maxFen && sharesCards(a.bins, b.bins);
}

function sharesCards(a: Offer['bins'], b: Offer['bins']): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.some((bin) => b.some((other) => bin.startsWith(other) || other.startsWith(bin)));
}

function isWithin(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}

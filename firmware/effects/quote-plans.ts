import type { CalendarDay } from '../rules/installment/due-date.ts';
import { eligiblePlans, type NoPlans } from '../rules/installment/plans.ts';
import { type PlanQuote, quotePlan } from '../rules/installment/quote.ts';
import type { PlanMethod } from '../rules/installment/settings.ts';
import { TERMINAL_REASONS } from '../rules/terminal-reasons.ts';
import type { Effect } from './effect.ts';

export interface QuoteInput {
  readonly amountFen: number;
  readonly method: PlanMethod;
  /** Of a card; a masked number will do. */
  readonly firstDigits: string | undefined;
  /** Refused by the lender in this sale. */
  readonly refusedPeriods: readonly number[];
}

export interface QuoteOutcome {
  readonly quotes: readonly PlanQuote[];
  /** Why there are none, when there are none. */
  readonly subCode: string;
}

/** Shops, issuers and wallets count days in China Standard Time. */
const CHINA_OFFSET_MS = 8 * 3_600_000;

/** The calendar day in China of a moment. */
export function chinaDay(wallMs: number): CalendarDay {
  const date = new Date(wallMs + CHINA_OFFSET_MS);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

const SUB_CODES: Readonly<Record<NoPlans['none'], string>> = {
  notActivated: TERMINAL_REASONS.notServed,
  amountTooSmall: TERMINAL_REASONS.noPlans,
  amountTooLarge: TERMINAL_REASONS.noPlans,
  creditLimit: TERMINAL_REASONS.creditLimit,
  cardNotEligible: TERMINAL_REASONS.cardNotEligible,
  noOffers: TERMINAL_REASONS.noPlans,
  allRefused: TERMINAL_REASONS.allRefused,
};

/** Every plan that may be offered for the amount, quoted; none when the method, the amount or the card does not allow any. */
export const quotePlans: Effect<QuoteOutcome, QuoteInput> = ({ ports, settings }, input) => {
  const { amountFen, method, firstDigits, refusedPeriods } = input;
  const plans = eligiblePlans(settings.installments, { amountFen, method, firstDigits, refusedPeriods });
  if ('none' in plans) return Promise.resolve({ quotes: [], subCode: SUB_CODES[plans.none] });
  const today = chinaDay(ports.clock.wallMs());
  const quotes = plans.map((offer) => quotePlan(offer, amountFen, today));
  return Promise.resolve({ quotes, subCode: TERMINAL_REASONS.noPlans });
};

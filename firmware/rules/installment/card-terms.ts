import { present } from '../../base/invariant.ts';
import type { PlanRecord } from '../../journal/records.ts';
import type { CardInstallmentTerms } from '../../protocol/cup/installment.ts';
import type { PlanQuote } from './quote.ts';
import { DEFAULT_PLAN_TERMS } from './settings.ts';

/** Renminbi in ISO 4217, as field 49 and the terms of an issuer say it. */
const CURRENCY = '156';

/**
 * Compares what the issuer made of a card instalment with what the cardholder has confirmed, to the fen: principal of the first
 * period, and the fee taken once, in the first period and in every later one. `differs` names the members of the issuer's terms.
 */
export function checkCardTerms(
  quote: PlanQuote,
  terms: CardInstallmentTerms,
): 'matches' | { readonly differs: readonly (keyof CardInstallmentTerms)[] } {
  const { offer, feeFen, schedule } = quote;
  const first = present(schedule[0], 'a plan has a first period');
  const isOnce = (offer.terms ?? DEFAULT_PLAN_TERMS[offer.method]).feeIn === 'firstPeriod';
  const expected: Partial<CardInstallmentTerms> = {
    firstAmountFen: first.principalFen,
    currency: CURRENCY,
    feeOnceFen: isOnce ? feeFen : 0,
    firstFeeFen: first.feeFen,
    feePerPeriodFen: isOnce ? 0 : Math.floor(feeFen / offer.periods),
  };
  const members = Object.keys(expected) as (keyof CardInstallmentTerms)[];
  const differs = members.filter((member) => terms[member] !== expected[member]);
  return differs.length === 0 ? 'matches' : { differs };
}

/** What a wallet says of a plan that it has booked. */
export interface ReportedPlan {
  readonly periods: number;
  /** The customer's fee. */
  readonly feeFen?: number | undefined;
  readonly perPeriodFen?: number | undefined;
}

/** Whether a wallet has booked the plan that the customer confirmed, as far as it says. What the merchant pays is not the customer's plan. */
export function planRecordAgrees(plan: PlanRecord, reported: ReportedPlan): boolean {
  const { periods, feeFen, perPeriodFen } = reported;
  if (periods !== plan.periods) return false;
  if (feeFen !== undefined && plan.feePayer === 'customer' && feeFen !== plan.feeFen) return false;
  return perPeriodFen === undefined || perPeriodFen === plan.perPeriodFen;
}

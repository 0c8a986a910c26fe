import type { InstallmentSettings, PlanMethod, PlanOffer } from './settings.ts';

/** Why nothing can be offered. */
export interface NoPlans {
  readonly none: 'notActivated' | 'amountTooSmall' | 'amountTooLarge' | 'noOffers';
}

/** The plans that may be offered for an amount, fewest periods first, or why there are none. */
export function eligiblePlans(
  settings: InstallmentSettings,
  sale: { readonly method: PlanMethod; readonly amountFen: number },
): readonly PlanOffer[] | NoPlans {
  const plans = settings[sale.method];
  if (plans === undefined) return { none: 'notActivated' };
  if (sale.amountFen < plans.amountMinFen) return { none: 'amountTooSmall' };
  if (sale.amountFen > plans.amountMaxFen) return { none: 'amountTooLarge' };
  if (plans.offers.length === 0) return { none: 'noOffers' };
  const offers = plans.offers.map((offer) => ({ ...offer, method: sale.method }));
  // ES2022 has no toSorted, and the list is this function's own.
  // oxlint-disable-next-line unicorn/no-array-sort
  return offers.sort((a, b) => a.periods - b.periods);
}

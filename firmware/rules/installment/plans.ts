import type { FeePayer, InstallmentSettings, MethodPlans, PlanMethod, PlanOffer } from './settings.ts';

/** What decides which plans may be offered. */
export interface PlanSale {
  readonly method: PlanMethod;
  readonly amountFen: number;
  /** What the customer's credit still covers, where the lender says it. */
  readonly creditLimitFen?: number | undefined;
  /** Of a card: its first eight digits, or its masked number, which ends at the sixth. Missing: no product of one issuer is offered. */
  readonly firstDigits?: string | undefined;
  /** Numbers of periods that the lender has refused in this sale. */
  readonly refusedPeriods?: readonly number[] | undefined;
  /** Only what this side pays the fee of. */
  readonly feePayer?: FeePayer | undefined;
}

/** Why one plan is not offered. */
export type PlanExclusion =
  | 'otherPayer'
  | 'cardNotEligible'
  | 'amountTooSmall'
  | 'amountTooLarge'
  | 'creditLimit'
  | 'refused'
  /** The same periods are offered on better terms: without a fee, by the card's own issuer, or at a lower rate. */
  | 'betterOffer';

export interface ExcludedPlan {
  readonly offer: PlanOffer;
  readonly reason: PlanExclusion;
}

/** Why nothing can be offered. */
export interface NoPlans {
  readonly none:
    | 'notActivated'
    | 'amountTooSmall'
    | 'amountTooLarge'
    | 'creditLimit'
    | 'cardNotEligible'
    | 'noOffers'
    | 'allRefused';
}

/** Digits of a card number that a product may ask for. */
const BIN_DIGITS_MAX = 8;

/** How near to being offered a plan came, and what it makes of the whole when none came nearer. */
const NEARNESS: Readonly<Record<PlanExclusion, { readonly rank: number; readonly none: NoPlans['none'] }>> = {
  otherPayer: { rank: 0, none: 'noOffers' },
  betterOffer: { rank: 0, none: 'noOffers' },
  cardNotEligible: { rank: 1, none: 'cardNotEligible' },
  amountTooLarge: { rank: 2, none: 'amountTooLarge' },
  amountTooSmall: { rank: 2, none: 'amountTooSmall' },
  creditLimit: { rank: 3, none: 'creditLimit' },
  refused: { rank: 4, none: 'allRefused' },
};

/** The plans that may be offered, fewest periods first, or why there are none. */
export function eligiblePlans(settings: InstallmentSettings, sale: PlanSale): readonly PlanOffer[] | NoPlans {
  const { offered, excluded } = assessPlans(settings, sale);
  if (offered.length > 0) return offered;
  if (settings[sale.method] === undefined) return { none: 'notActivated' };
  let nearest: PlanExclusion = 'otherPayer';
  for (const { reason } of excluded) if (NEARNESS[reason].rank > NEARNESS[nearest].rank) nearest = reason;
  return { none: NEARNESS[nearest].none };
}

/**
 * Numbers of periods whose fee the merchant pays by contract, for a lender that makes the plans itself. A plan that the
 * contract does not name is the customer's: the shop has not agreed to pay for it.
 */
export function merchantPaidPeriods(settings: InstallmentSettings, sale: PlanSale): readonly number[] {
  return assessPlans(settings, sale)
    .offered.filter(({ feePayer }) => feePayer === 'merchant')
    .map(({ periods }) => periods);
}

/** Every plan of the method: those that may be offered, fewest periods first, and the others with the reason. */
export function assessPlans(
  settings: InstallmentSettings,
  sale: PlanSale,
): { readonly offered: readonly PlanOffer[]; readonly excluded: readonly ExcludedPlan[] } {
  const plans = settings[sale.method];
  if (plans === undefined) return { offered: [], excluded: [] };
  const possible: PlanOffer[] = [];
  const excluded: ExcludedPlan[] = [];
  for (const offer of plans.offers) {
    const named: PlanOffer = { ...offer, method: sale.method };
    const reason = exclusionOf(named, plans, sale);
    if (reason === undefined) possible.push(named);
    else excluded.push({ offer: named, reason });
  }
  const offered: PlanOffer[] = [];
  for (const offer of bestFirst(possible)) {
    if (offered.at(-1)?.periods !== offer.periods) offered.push(offer);
    else excluded.push({ offer, reason: 'betterOffer' });
  }
  return { offered, excluded };
}

function exclusionOf(offer: PlanOffer, plans: MethodPlans, sale: PlanSale): PlanExclusion | undefined {
  const { amountFen, creditLimitFen, feePayer, refusedPeriods = [] } = sale;
  if (feePayer !== undefined && offer.feePayer !== feePayer) return 'otherPayer';
  if (offer.bins !== undefined && !isOfBins(sale.firstDigits ?? '', offer.bins)) return 'cardNotEligible';
  const { minFen, maxFen } = amountsOf(offer, plans);
  if (amountFen < minFen) return 'amountTooSmall';
  if (amountFen > maxFen) return 'amountTooLarge';
  if (creditLimitFen !== undefined && amountFen > creditLimitFen) return 'creditLimit';
  return refusedPeriods.includes(offer.periods) ? 'refused' : undefined;
}

/** Amounts that a plan is for: the limits of the method and its own. */
export function amountsOf(
  offer: Pick<PlanOffer, 'amountMinFen' | 'amountMaxFen'>,
  plans: Pick<MethodPlans, 'amountMinFen' | 'amountMaxFen'>,
): { readonly minFen: number; readonly maxFen: number } {
  return {
    minFen: Math.max(plans.amountMinFen, offer.amountMinFen ?? 0),
    maxFen: Math.min(plans.amountMaxFen, offer.amountMaxFen ?? plans.amountMaxFen),
  };
}

/** A masked number has six digits in front, so that a prefix of seven or eight is never taken for known. */
function isOfBins(card: string, bins: readonly string[]): boolean {
  const known = (/^\d+/.exec(card)?.[0] ?? '').slice(0, BIN_DIGITS_MAX);
  return bins.some((bin) => known.startsWith(bin));
}

/** Fewest periods first; of the same periods first what is best for the customer, then what the card's own issuer offers. */
function bestFirst(offers: readonly PlanOffer[]): readonly PlanOffer[] {
  return [...offers].sort(
    (a, b) =>
      a.periods - b.periods ||
      costRank(a) - costRank(b) ||
      Number(a.bins === undefined) - Number(b.bins === undefined) ||
      a.feeRatePpm - b.feeRatePpm,
  );
}

function costRank({ feePayer }: PlanOffer): number {
  return feePayer === 'merchant' ? 0 : 1;
}

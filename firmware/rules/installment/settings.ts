import type { FeePayer, PlanMethod } from '../../protocol/wallet/wallet-api.ts';
import type { DueRule } from './due-date.ts';

export type { FeePayer, PlanMethod } from '../../protocol/wallet/wallet-api.ts';

/** What differs between lenders besides rates. */
export interface PlanTerms {
  /** Which period takes the fen that do not divide. */
  readonly remainderIn: 'first' | 'last';
  readonly feeIn: 'everyPeriod' | 'firstPeriod';
  readonly due: DueRule;
}

/** One plan that can be offered. */
export interface PlanOffer {
  readonly method: PlanMethod;
  readonly periods: number;
  /** Fee for the whole plan in millionths of the amount: 45000 is 4.5 %. */
  readonly feeRatePpm: number;
  readonly feePayer: FeePayer;
  /** Narrower limits than those of the method. */
  readonly amountMinFen?: number | undefined;
  readonly amountMaxFen?: number | undefined;
  /** The lender's product code, where it has one (field 62 of a card instalment). */
  readonly product?: string | undefined;
  /** First 6 to 8 digits of the cards that this is for: a product of one issuer. Missing: every card. */
  readonly bins?: readonly string[] | undefined;
  /** Whose product it is, for people. */
  readonly issuer?: string | undefined;
  /** Terms other than the usual ones of the method. */
  readonly terms?: PlanTerms | undefined;
}

/** Terms of a method unless an offer says otherwise. Huabei is due on the 9th; which period takes the remainder is the lender's secret, the first is assumed. */
export const DEFAULT_PLAN_TERMS: Readonly<Record<PlanMethod, PlanTerms>> = {
  card: { remainderIn: 'first', feeIn: 'everyPeriod', due: { kind: 'byStatement' } },
  huabei: { remainderIn: 'first', feeIn: 'everyPeriod', due: { kind: 'dayOfMonth', day: 9 } },
  baitiao: { remainderIn: 'first', feeIn: 'everyPeriod', due: { kind: 'sameDay' } },
};

/** Plans of one method as the merchant's contract has them. */
export interface MethodPlans {
  readonly amountMinFen: number;
  readonly amountMaxFen: number;
  readonly offers: readonly Omit<PlanOffer, 'method'>[];
}

/** A method that is missing is not activated for this merchant. */
export type InstallmentSettings = { readonly [Method in PlanMethod]?: MethodPlans | undefined };

/**
 * What a terminal offers until the merchant's contract says otherwise. Huabei: public rates, customer pays 2.3 %, 4.5 % and
 * 7.5 %; sales from 100 yuan as the wallet advises. Baitiao: JD publishes the periods and no sale below 10 yuan, but no rates
 * per period; these, 0.6 % a period, are illustrative. Bank cards: what the simulated issuer takes, illustrative too.
 */
export const DEFAULT_INSTALLMENTS: InstallmentSettings = {
  huabei: {
    amountMinFen: 10_000,
    amountMaxFen: 5_000_000,
    offers: [
      { periods: 3, feeRatePpm: 23_000, feePayer: 'customer' },
      { periods: 6, feeRatePpm: 45_000, feePayer: 'customer' },
      { periods: 12, feeRatePpm: 75_000, feePayer: 'customer' },
    ],
  },
  baitiao: {
    amountMinFen: 1_000,
    amountMaxFen: 5_000_000,
    offers: [
      { periods: 3, feeRatePpm: 18_000, feePayer: 'customer' },
      { periods: 6, feeRatePpm: 36_000, feePayer: 'customer' },
      { periods: 12, feeRatePpm: 72_000, feePayer: 'customer' },
      { periods: 24, feeRatePpm: 144_000, feePayer: 'customer' },
    ],
  },
  card: {
    amountMinFen: 50_000,
    amountMaxFen: 20_000_000,
    offers: [
      { periods: 3, feeRatePpm: 23_000, feePayer: 'customer', product: 'FQ03' },
      { periods: 6, feeRatePpm: 45_000, feePayer: 'customer', product: 'FQ06' },
      { periods: 12, feeRatePpm: 75_000, feePayer: 'customer', product: 'FQ12' },
      { periods: 24, feeRatePpm: 150_000, feePayer: 'customer', product: 'FQ24' },
    ],
  },
};

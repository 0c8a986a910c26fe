import { feeFenOf } from '../../instalment-fee.ts';

/** Who pays the instalment fee. */
export type BaitiaoFeePayer = 'customer' | 'merchant';

/** One instalment product of Baitiao: the fee for the whole plan as a share of the price, 180 is 1.8 %. */
export interface BaitiaoRate {
  readonly periods: number;
  readonly rateBasisPoints: number;
}

/** JD publishes the periods; 0.6 % a period is illustrative, like the terminal's own table, which this does not read. */
export const BAITIAO_RATES: readonly BaitiaoRate[] = [
  { periods: 3, rateBasisPoints: 180 },
  { periods: 6, rateBasisPoints: 360 },
  { periods: 12, rateBasisPoints: 720 },
  { periods: 24, rateBasisPoints: 1_440 },
];

/** Nothing below 10 yuan can be paid in instalments (JD's pages on 白条分分卡). */
export const BAITIAO_MIN_FEN = 1_000;

/** What a plan costs and to whom, as JD computes it. */
export interface BaitiaoPlan {
  readonly periods: number;
  readonly feePayer: BaitiaoFeePayer;
  readonly rateBasisPoints: number;
  /** The customer's; 0 where the merchant pays. */
  readonly feeFen: number;
  readonly merchantFeeFen: number;
  readonly totalFen: number;
  /** What does not divide is paid first. */
  readonly firstPayFen: number;
  readonly laterPayFen: number;
}

/** `undefined` when there is no such product or the amount is too small for one. */
export function baitiaoPlan(amountFen: number, periods: number, feePayer: BaitiaoFeePayer): BaitiaoPlan | undefined {
  const rate = BAITIAO_RATES.find((candidate) => candidate.periods === periods);
  if (rate === undefined || amountFen < BAITIAO_MIN_FEN) return undefined;
  const planFeeFen = feeFenOf(amountFen, rate.rateBasisPoints);
  const feeFen = feePayer === 'customer' ? planFeeFen : 0;
  const laterPayFen = Math.floor(amountFen / periods) + Math.floor(feeFen / periods);
  return {
    periods,
    feePayer,
    rateBasisPoints: rate.rateBasisPoints,
    feeFen,
    merchantFeeFen: planFeeFen - feeFen,
    totalFen: amountFen + feeFen,
    firstPayFen: amountFen + feeFen - laterPayFen * (periods - 1),
    laterPayFen,
  };
}

/** `3.60` for 360: a rate in per cent, as the host writes it. */
export function percentText(basisPoints: number): string {
  return `${Math.floor(basisPoints / 100)}.${(basisPoints % 100).toString().padStart(2, '0')}`;
}

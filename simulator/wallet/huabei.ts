import { feeFenOf } from '../instalment-fee.ts';

/** Who pays the instalment fee: the buyer (`hb_fq_seller_percent` 0) or the seller (100). */
export type FeePayer = 'buyer' | 'seller';

/** One instalment product: the fee as a share of the principal. */
export interface HuabeiRate {
  readonly periods: 3 | 6 | 12;
  /** Hundredths of a per cent: 230 is 2.3 %. */
  readonly buyerRateBasisPoints: number;
  readonly sellerRateBasisPoints: number;
}

/**
 * Rates as one public shop application lists them (buyer 2.3, 4.5, 7.5 %; seller 1.8 % for three periods). The seller's
 * rates for 6 and 12 periods are not published there; the buyer's stand in for them.
 */
export const HUABEI_RATES: readonly HuabeiRate[] = [
  { periods: 3, buyerRateBasisPoints: 230, sellerRateBasisPoints: 180 },
  { periods: 6, buyerRateBasisPoints: 450, sellerRateBasisPoints: 450 },
  { periods: 12, buyerRateBasisPoints: 750, sellerRateBasisPoints: 750 },
];

/** What an instalment costs and to whom, as the wallet computes it. */
export interface HuabeiQuote {
  readonly periods: number;
  readonly feePayer: FeePayer;
  readonly feeFen: number;
  /** Principal and buyer's fee of one period, each rounded down; one period also carries what that leaves over. */
  readonly perPeriodFen: number;
}

/** `undefined` when there is no such product. The whole fee is rounded half to even, periods are rounded down. */
export function huabeiQuote(amountFen: number, periods: number, feePayer: FeePayer): HuabeiQuote | undefined {
  const product = HUABEI_RATES.find((candidate) => candidate.periods === periods);
  if (product === undefined) return undefined;
  const rate = feePayer === 'buyer' ? product.buyerRateBasisPoints : product.sellerRateBasisPoints;
  const feeFen = feeFenOf(amountFen, rate);
  const buyerFeeFen = feePayer === 'buyer' ? feeFen : 0;
  return {
    periods,
    feePayer,
    feeFen,
    perPeriodFen: Math.floor(amountFen / periods) + Math.floor(buyerFeeFen / periods),
  };
}

import { bytesOfLatin1 } from '../../firmware/base/bytes.ts';
import type { CardInstallment } from '../../firmware/protocol/cup/messages.ts';
import { feeFenOf } from '../instalment-fee.ts';

/** Fees of the simulated issuer's card instalments: periods and hundredths of a per cent of the principal. */
export const CARD_INSTALMENT_RATES: Readonly<Record<number, number>> = { 3: 230, 6: 450, 12: 750, 24: 1500 };

/** Smallest amount that the simulated issuer takes by instalments: 500 yuan. */
export const CARD_INSTALMENT_MIN_FEN = 50_000;

/**
 * Products of the simulated issuer, whose name ends in their periods: of FQ the cardholder pays the fee, of SQ the shop.
 * Another name is the acquirer's own.
 */
const OWN_PRODUCT = /^(?:FQ|SQ)(\d\d)$/;
const SHOP_PAYS = /^SQ/;

/** The issuer's product for the same periods of which this side pays the fee; another's product as it is. */
export function productPaidBy(product: string, feePayer: 'customer' | 'merchant'): string {
  return OWN_PRODUCT.test(product) ? `${feePayer === 'customer' ? 'FQ' : 'SQ'}${product.slice(2)}` : product;
}

/**
 * Field 39 for instalments that the issuer does not sell: 57 for periods that it does not offer or that are not those of the
 * product, 13 for an amount that is too small.
 */
export function instalmentRefusal(amountFen: number, { periods, productCode }: CardInstallment): string | undefined {
  const ownPeriods = OWN_PRODUCT.exec(productCode)?.[1] ?? periods;
  if (CARD_INSTALMENT_RATES[periods] === undefined || Number(ownPeriods) !== periods) return '57';
  return amountFen < CARD_INSTALMENT_MIN_FEN ? '13' : undefined;
}

/**
 * The issuer's terms as field 62 of an approval (CUP terminal rules A.12): first amount, currency, fee taken once,
 * points, flag, first fee, fee per period, reserve. What does not divide evenly falls on the first period.
 * `undefined` for a number of periods that the issuer does not offer.
 */
export function instalmentTerms(amountFen: number, instalment: CardInstallment): Uint8Array | undefined {
  const { periods, feeMode, productCode } = instalment;
  const rate = CARD_INSTALMENT_RATES[periods];
  if (rate === undefined) return undefined;
  const feeFen = SHOP_PAYS.test(productCode) ? 0 : feeFenOf(amountFen, rate);
  const perPeriodFen = Math.floor(amountFen / periods);
  const feePerPeriodFen = feeMode === 'perPeriod' ? Math.floor(feeFen / periods) : 0;
  const terms = [
    n12(amountFen - perPeriodFen * (periods - 1)),
    '156',
    n12(feeMode === 'once' ? feeFen : 0),
    n12(0),
    '0',
    n12(feeMode === 'once' ? feeFen : feeFen - feePerPeriodFen * (periods - 1)),
    n12(feePerPeriodFen),
    ' '.repeat(13),
  ];
  return bytesOfLatin1(terms.join(''));
}

function n12(value: number): string {
  return value.toString().padStart(12, '0');
}

import { bytesOfLatin1, latin1Of } from '../../base/bytes.ts';
import { invariant } from '../../base/invariant.ts';
import { ProtocolError } from '../../base/protocol-error.ts';

/**
 * Forms of field 62 in requests (CUP terminal rules A.12): `ly62` says everything in 62 bytes, `short` periods and product
 * alone, so that the product tells how the fee is taken.
 */
export type InstallmentLayout = 'ly62' | 'short';

/** What a card instalment sale asks for: field 62 of the request. */
export interface CardInstallment {
  /** 1 to 99. */
  readonly periods: number;
  /** The acquirer's name of the plan, up to 30 characters of ASCII. */
  readonly productCode: string;
  /** Whether the fee is taken once or with every period. */
  readonly feeMode: 'once' | 'perPeriod';
  /** `ly62` unless the acquirer wants another. A void and a reversal repeat it. */
  readonly layout?: InstallmentLayout | undefined;
}

/** What the issuer made of it: field 62 of an approved reply. Money in fen. */
export interface CardInstallmentTerms {
  readonly firstAmountFen: number;
  readonly currency: string;
  readonly feeOnceFen: number;
  readonly points: number;
  readonly flag: string;
  readonly firstFeeFen: number;
  readonly feePerPeriodFen: number;
}

/** Periods and a product of up to 30. */
const SHORT_MAX = 32;
const SHORT = /^(\d\d)([\x20-\x7e]+)$/;
const LY62 = /^(\d\d)([\x20-\x7e]{30})1([01]) {28}$/;

/**
 * Field 62 of an instalment request: periods n2, product 30, `1`, fee mode 0 or 1, 28 spaces; `short` is periods n2 and the
 * product without padding (CUP terminal rules A.12).
 */
export function installmentRequestData(
  { periods, productCode, feeMode, layout: kept = 'ly62' }: CardInstallment,
  layout: InstallmentLayout = kept,
): Uint8Array {
  invariant(Number.isInteger(periods) && periods >= 1 && periods <= 99, 'instalments have 1 to 99 periods');
  invariant(/^[\x20-\x7e]{1,30}$/.test(productCode), 'an instalment product is 1 to 30 printable characters');
  const count = periods.toString().padStart(2, '0');
  if (layout === 'short') return bytesOfLatin1(count + productCode);
  return bytesOfLatin1(`${count}${productCode.padEnd(30)}1${feeMode === 'once' ? '0' : '1'}`.padEnd(62));
}

/** The request data read back, for the host; it has no more than 32 bytes in the short form, whose fee falls on every period. */
export function parseInstallmentRequest(f62: Uint8Array): CardInstallment {
  const text = latin1Of(f62);
  const [, periods, product, fee] = (text.length > SHORT_MAX ? LY62 : SHORT).exec(text) ?? [];
  if (periods === undefined || product === undefined) throw new ProtocolError(['62'], 'not an instalment request');
  const plan = { periods: Number(periods), productCode: product.trimEnd() };
  if (fee === undefined) return { ...plan, feeMode: 'perPeriod', layout: 'short' };
  return { ...plan, feeMode: fee === '0' ? 'once' : 'perPeriod' };
}

/** The issuer's terms; what follows the 64 characters that are defined is the acquirer's own and ignored. */
export function parseInstallmentTerms(f62: Uint8Array): CardInstallmentTerms {
  const found = /^(\d{12})(\d{3})(\d{12})(\d{12})([\x20-\x7e])(\d{12})(\d{12})/.exec(latin1Of(f62));
  const [, first, currency, once, points, flag, firstFee, perPeriod] = found ?? [];
  if (currency === undefined || flag === undefined) throw new ProtocolError(['62'], 'not the terms of an instalment');
  return {
    firstAmountFen: Number(first),
    currency,
    feeOnceFen: Number(once),
    points: Number(points),
    flag,
    firstFeeFen: Number(firstFee),
    feePerPeriodFen: Number(perPeriod),
  };
}

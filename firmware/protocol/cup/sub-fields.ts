import { AMOUNT_MAX_FEN } from '../../base/fen.ts';
import { invariant } from '../../base/invariant.ts';
import type { IsoValue } from '../iso8583/message.ts';

/** How the card came to the terminal. `fallback`: a chip card swiped after its chip did not work. */
export type CardEntry = 'swipe' | 'chip' | 'tap' | 'fallback';

/** A card, or a pay code of UnionPay's, which goes to the acquirer in the same message. */
export type SaleEntry = CardEntry | 'code';

/** Sub-field 60.4, the most that the terminal can read: 2 magnetic stripe, 5 chip as well, 6 contactless as well. */
export type ReadCapability = '2' | '5' | '6';

/** Cipher of the working keys, as field 53 tells it. */
export type FieldCipher = 'des' | 'tdes' | 'sm4';

/** Field 49 of every message: renminbi, ISO 4217 numeric, in ASCII. */
export const CURRENCY_CNY = '156';

/** First two digits of field 22 (CUP terminal rules A.4); a fallback is a swipe that sub-field 60.5 explains. */
const ENTRY_DIGITS: Readonly<Record<SaleEntry, string>> = {
  swipe: '02',
  code: '03',
  chip: '05',
  tap: '07',
  fallback: '02',
};

/** Field 22: how the card was read, then 1 with a PIN or 2 without. */
export function entryMode(entry: SaleEntry, pinEntered: boolean): string {
  return ENTRY_DIGITS[entry] + (pinEntered ? '1' : '2');
}

/** Field 60 of a financial message: type n2, batch n6, net code 000, read capability, chip condition (2: the chip failed). */
export interface Reserved60 {
  /** Sub-field 60.1, as 22 for a sale. */
  readonly type: string;
  /** Six digits. */
  readonly batch: string;
  readonly net: string;
  readonly readCapability?: ReadCapability;
  readonly icCondition?: '0' | '1' | '2';
}

/** Field 60: 13 digits with a read capability, 11 without, as management messages have it. */
export function reserved60({ type, batch, net, readCapability, icCondition = '0' }: Reserved60): string {
  invariant(/^\d{6}$/.test(batch), 'a batch number has 6 digits');
  const management = type + batch + net;
  return readCapability === undefined ? management : management + readCapability + icCondition;
}

/** What field 53 says about the sensitive fields of a message. */
export interface SecurityControl {
  readonly pin: boolean;
  readonly cipher: FieldCipher;
  readonly trackEncrypted: boolean;
  /** Acquirers differ in the digit for SM4; 4 unless told. */
  readonly sm4Digit?: '3' | '4';
}

/** Field 53: 2 for a PIN block made with the card number, the cipher, 1 for an enciphered track, 13 zeros. */
export function securityControl({ pin, cipher, trackEncrypted, sm4Digit = '4' }: SecurityControl): string {
  const cipherDigit = { des: '0', tdes: '6', sm4: sm4Digit }[cipher];
  return `${pin ? '2' : '0'}${cipherDigit}${trackEncrypted ? '1' : '0'}`.padEnd(16, '0');
}

/** Field 4: n12. */
export function amountDigits(amountFen: number): string {
  invariant(Number.isSafeInteger(amountFen) && amountFen >= 0 && amountFen <= AMOUNT_MAX_FEN, 'an amount fits field 4');
  return amountFen.toString().padStart(12, '0');
}

/** Field 11: n6; 0 never names a message. */
export function stanDigits(stan: number): string {
  invariant(Number.isSafeInteger(stan) && stan >= 1 && stan <= 999_999, 'a STAN is 1 to 999999');
  return stan.toString().padStart(6, '0');
}

/** The fields that are there: without those that are `undefined` or no bytes, as a field of length 0 is none. */
export function presentFields(fields: Readonly<Record<number, IsoValue | undefined>>): Record<number, IsoValue> {
  const present: Record<number, IsoValue> = {};
  for (const [number, value] of Object.entries(fields)) {
    if (value !== undefined && value.length > 0) present[Number(number)] = value;
  }
  return present;
}

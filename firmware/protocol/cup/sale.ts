import { hexOf } from '../../base/bytes.ts';
import { invariant } from '../../base/invariant.ts';
import type { IsoMessage, IsoValue } from '../iso8583/message.ts';
import { type CardInstallment, installmentRequestData } from './installment.ts';
import {
  amountDigits,
  CURRENCY_CNY,
  entryMode,
  type FieldCipher,
  presentFields,
  type ReadCapability,
  type SaleEntry,
  reserved60,
  securityControl,
  stanDigits,
} from './sub-fields.ts';
import { encodeTlv59, TAG_59 } from './tlv59.ts';

/** Field 3 and sub-field 60.1 of a sale (CUP terminal rules A.5). */
export const SALE_PROCESSING_CODE = '000000';
export const SALE_TYPE = '22';

const PIN_CAPTURE_CODE = '12';
const CONDITION_NORMAL = '00';
const CONDITION_INSTALLMENT = '64';

/** A PIN block as the PIN pad enciphered it: 8 bytes of ISO format 0, or 16 of the SM4 form. */
export interface EncipheredPinBlock {
  readonly format: 'iso0' | 'sm4';
  readonly block: Uint8Array;
}

/** Who sends, and in which batch. */
export interface TerminalFields {
  /** 8 characters. */
  readonly terminalId: string;
  /** 15 characters. */
  readonly merchantId: string;
  /** Six digits. */
  readonly batch: string;
  readonly readCapability: ReadCapability;
}

/** What names a card sale and how it was entered; a reversal repeats all of it. Holds no card number. */
export interface SaleKeys extends TerminalFields {
  /** 1 to 999999. */
  readonly stan: number;
  readonly amountFen: number;
  readonly entry: SaleEntry;
  /** `YYMM`. */
  readonly expiry?: string | undefined;
  /** Three digits, chip and tap. */
  readonly cardSequence?: string | undefined;
  readonly installment?: CardInstallment | undefined;
}

/** A card sale before it becomes a message. Holds card data: it lives in a local variable of the effect that sends it. */
export interface SaleFields extends SaleKeys {
  /** Left out of the message when the track of a swipe carries it. */
  readonly pan?: string | undefined;
  /** Digits with `D` as separator, enciphered already when `trackEncrypted`. */
  readonly track2?: string | undefined;
  readonly trackEncrypted: boolean;
  readonly pinBlock?: EncipheredPinBlock | undefined;
  /** Cipher of the working keys. */
  readonly cipher: FieldCipher;
  /** Digit of field 53 for SM4 where the acquirer wants another than 4. */
  readonly sm4Digit?: '3' | '4' | undefined;
  /** Request tags of field 55, chip and tap. */
  readonly chipData?: Uint8Array | undefined;
  /** The customer's code, digits; instead of everything that a card has. */
  readonly payCode?: string | undefined;
}

/** Sale 0200, of one payment or of instalments, without field 64. */
export function saleRequest(sale: SaleFields): IsoMessage {
  return {
    mti: '0200',
    fields: presentFields({
      2: sendsPan(sale) ? sale.pan : undefined,
      3: SALE_PROCESSING_CODE,
      4: amountDigits(sale.amountFen),
      11: stanDigits(sale.stan),
      14: sale.expiry,
      22: entryMode(sale.entry, sale.pinBlock !== undefined),
      23: sale.cardSequence,
      25: saleCondition(sale),
      35: sale.track2,
      41: sale.terminalId,
      42: sale.merchantId,
      49: CURRENCY_CNY,
      55: sale.chipData,
      60: saleReserved60(sale),
      62: sale.installment === undefined ? undefined : installmentRequestData(sale.installment),
      ...securityFields(sale),
    }),
  };
}

/** Field 25: 64 makes a sale one of instalments. */
export function saleCondition({ installment }: Pick<SaleKeys, 'installment'>): string {
  return installment === undefined ? CONDITION_NORMAL : CONDITION_INSTALLMENT;
}

/** Field 60 of a sale, which its reversal repeats. */
export function saleReserved60({ batch, readCapability, entry }: SaleKeys): string {
  const icCondition = entry === 'fallback' ? '2' : '0';
  return reserved60({ type: SALE_TYPE, batch, net: '000', readCapability, icCondition });
}

function sendsPan({ entry, track2 }: SaleFields): boolean {
  const swiped = entry === 'swipe' || entry === 'fallback';
  return !(swiped && track2 !== undefined);
}

/** Fields 26, 52, 53 and 59: the PIN, how PIN and track are enciphered, and a pay code. */
export function securityFields(
  sale: Pick<SaleFields, 'pinBlock' | 'cipher' | 'sm4Digit' | 'trackEncrypted' | 'track2' | 'payCode'>,
): Record<number, IsoValue | undefined> {
  const { pinBlock, cipher, payCode, sm4Digit = '4' } = sale;
  const pin = pinBlock !== undefined;
  const trackEncrypted = sale.trackEncrypted && sale.track2 !== undefined;
  return {
    26: pin ? PIN_CAPTURE_CODE : undefined,
    53: pin || trackEncrypted ? securityControl({ pin, cipher, trackEncrypted, sm4Digit }) : undefined,
    ...(payCode === undefined ? {} : { 59: encodeTlv59([{ tag: TAG_59.payCode, value: payCode }]) }),
    ...(pin ? pinFields(pinBlock) : {}),
  };
}

/** An SM4 block has no room in field 52, which then holds zeros; field 59 is text, so the block goes there in hex. */
function pinFields({ format, block }: EncipheredPinBlock): Record<number, IsoValue> {
  if (format === 'iso0') {
    invariant(block.length === 8, 'a PIN block of ISO format 0 has 8 bytes');
    return { 52: block };
  }
  invariant(block.length === 16, 'an SM4 PIN block has 16 bytes');
  return { 52: new Uint8Array(8), 59: encodeTlv59([{ tag: TAG_59.sm4PinBlock, value: hexOf(block) }]) };
}

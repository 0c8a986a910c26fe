import { invariant } from '../../base/invariant.ts';
import type { IsoMessage, IsoValue } from '../iso8583/message.ts';
import { installmentRequestData } from './installment.ts';
import type { ReversalFields } from './reversal.ts';
import { saleCondition, type SaleFields, type SaleKeys, securityFields } from './sale.ts';
import { amountDigits, CURRENCY_CNY, entryMode, presentFields, reserved60, stanDigits } from './sub-fields.ts';
import { encodeTlv59, TAG_59 } from './tlv59.ts';

/** Field 3 of voids 撤销 and refunds 退货, and sub-field 60.1 of each (CUP terminal rules A.5). */
export const RETURN_PROCESSING_CODE = '200000';
export const RETURN_TYPES = { void: '23', refund: '25' } as const;

/** Sub-field 63.1 of a refund where the answer to the sale named no card organisation. */
const NO_ORGANISATION = '000';

/** The sale that is taken back, as its answer gave it. */
export interface OriginalSale {
  /** Six digits; a refund of a sale that only its reference names has none. */
  readonly batch?: string | undefined;
  readonly stan?: number | undefined;
  /** Field 37, 12 characters. */
  readonly retrievalReference: string;
  /** Field 38, where the sale had one. */
  readonly authorizationCode?: string | undefined;
  /** `MMDD` of the host. */
  readonly hostDate?: string | undefined;
  /** Number that the network gave a sale by code (field 59, A4). */
  readonly voucher?: string | undefined;
  /** Sub-field 63.1 of the answer, as `CUP`. */
  readonly cardOrganisation?: string | undefined;
}

/**
 * The keys of a void or refund as the journal keeps them: with its original and card number enough to repeat the message, and
 * to reverse a void. Field 61 of a void is batch and STAN of its original; a reversal repeats it (CUP terminal rules A.8).
 */
export function returnFieldsOf(
  kind: keyof typeof RETURN_TYPES,
  keys: SaleKeys,
  original: OriginalSale,
  pinEntered: boolean,
): ReversalFields {
  const { batch, readCapability, entry } = keys;
  const icCondition = entry === 'fallback' ? '2' : '0';
  return {
    processingCode: RETURN_PROCESSING_CODE,
    amountFen: keys.amountFen,
    stan: keys.stan,
    expiry: keys.expiry,
    entryMode: entryMode(entry, pinEntered),
    cardSequence: keys.cardSequence,
    conditionCode: saleCondition(keys),
    terminalId: keys.terminalId,
    merchantId: keys.merchantId,
    reserved60: reserved60({ type: RETURN_TYPES[kind], batch, net: '000', readCapability, icCondition }),
    installment: keys.installment,
    ...(kind === 'void' ? { originalData: voidedDigits(original) } : {}),
  };
}

/** Field 61 of a void: n12. */
function voidedDigits({ batch, stan }: OriginalSale): string {
  invariant(batch !== undefined && stan !== undefined, 'a void names batch and STAN of its sale');
  return batch + stanDigits(stan);
}

/** Field 61 of a refund: n16, zeros for what is not known. */
function refundedDigits({ batch = '000000', stan, hostDate = '0000' }: OriginalSale): string {
  return batch + (stan === undefined ? '000000' : stanDigits(stan)) + hostDate;
}

/**
 * Number, track and PIN of a void, which no journal keeps in clear. A void does without the track where the number is known,
 * and without any of it where no card is asked for.
 */
export type ReturnSecrets = Pick<SaleFields, 'pan' | 'pinBlock' | 'cipher' | 'sm4Digit' | 'track2'> &
  Partial<Pick<SaleFields, 'trackEncrypted'>>;

/** Void 0200 of a sale of the open batch, without field 64. Answered like a sale, reversed like one. */
export function voidRequest(fields: ReversalFields, original: OriginalSale, secrets: ReturnSecrets): IsoMessage {
  const { track2, trackEncrypted = false } = secrets;
  const isSwipe = fields.entryMode.startsWith('02');
  const { 59: pinElement, ...security } = securityFields({ ...secrets, trackEncrypted });
  return {
    mti: '0200',
    fields: presentFields({
      ...sharedFields(fields, original),
      ...security,
      2: isSwipe && track2 !== undefined ? undefined : secrets.pan,
      35: track2,
      // An SM4 PIN block and a voucher share field 59.
      59: textOf(pinElement) + voucherElement(original),
      61: fields.originalData,
    }),
  };
}

/** Refund 0220 of a sale of any batch, without field 64. Never reversed: repeated under its number until it is answered. */
export function refundRequest(fields: ReversalFields, original: OriginalSale, pan: string | undefined): IsoMessage {
  return {
    mti: '0220',
    fields: presentFields({
      ...sharedFields(fields, original),
      2: pan,
      59: voucherElement(original),
      61: refundedDigits(original),
      63: original.cardOrganisation ?? NO_ORGANISATION,
    }),
  };
}

function sharedFields(fields: ReversalFields, original: OriginalSale): Record<number, IsoValue | undefined> {
  return {
    3: fields.processingCode,
    4: amountDigits(fields.amountFen),
    11: stanDigits(fields.stan),
    14: fields.expiry,
    22: fields.entryMode,
    23: fields.cardSequence,
    25: fields.conditionCode,
    37: original.retrievalReference,
    38: original.authorizationCode,
    41: fields.terminalId,
    42: fields.merchantId,
    49: CURRENCY_CNY,
    60: fields.reserved60,
    62: fields.installment === undefined ? undefined : installmentRequestData(fields.installment),
  };
}

function voucherElement({ voucher }: OriginalSale): string {
  return voucher === undefined ? '' : encodeTlv59([{ tag: TAG_59.voucher, value: voucher }]);
}

function textOf(value: IsoValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

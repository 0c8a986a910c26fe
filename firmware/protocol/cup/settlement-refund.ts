import { ProtocolError } from '../../base/protocol-error.ts';
import { bytesField, type IsoMessage, textField } from '../iso8583/message.ts';
import { type OriginalSale, refundRequest, RETURN_PROCESSING_CODE, RETURN_TYPES } from './after-sale.ts';
import { parseInstallmentRequest } from './installment.ts';
import type { ReversalFields } from './reversal.ts';
import { SETTLEMENT_NET_CODE } from './settlement.ts';
import type { UploadHead } from './settlement-upload.ts';
import { decodeTlv59, TAG_59 } from './tlv59.ts';

/** One refund of a batch that is uploaded: what its 0220 was built from (CUP terminal rules A.9). */
export interface RefundDetail {
  readonly fields: Omit<ReversalFields, 'pan' | 'chipData' | 'authCode' | 'originalData'>;
  readonly original: OriginalSale;
  /** `undefined` for a sale by code. */
  readonly pan: string | undefined;
}

/** Field 60: type 25, batch, 201, read capability, chip condition. */
const UPLOADED_REFUND = /^25(\d{6})201(\d{2})$/;

/** A refund as 0320: the fields of its 0220 under net code 201. Our own reading; the rules name the message alone. */
export function refundUpload(head: UploadHead, { fields, original, pan }: RefundDetail): IsoMessage {
  const keys = { ...fields, stan: head.stan, terminalId: head.terminalId, merchantId: head.merchantId };
  const reserved60 = RETURN_TYPES.refund + head.batch + SETTLEMENT_NET_CODE + fields.reserved60.slice(11, 13);
  return { ...refundRequest({ ...keys, reserved60 }, original, pan), mti: '0320' };
}

/** A refund that was uploaded, as the host reads it. */
export interface ReceivedRefund {
  /** Six digits; the batch of the refund. */
  readonly batch: string;
  readonly upload: { readonly kind: 'refund' } & RefundDetail;
}

/**
 * Reads the 0320 of a refund; `undefined` for one of something else. Throws `ProtocolError` when it does not say which sale
 * was given back, or how much of it.
 */
export function parseRefundUpload(message: IsoMessage): ReceivedRefund | undefined {
  const [, batch, capability] = UPLOADED_REFUND.exec(textField(message, 60) ?? '') ?? [];
  if (batch === undefined || capability === undefined) return undefined;
  const conditionCode = required(message, 25);
  if (required(message, 3) !== RETURN_PROCESSING_CODE) throw new ProtocolError(['3'], 'not a refund');
  const fields: RefundDetail['fields'] = {
    processingCode: RETURN_PROCESSING_CODE,
    amountFen: Number(required(message, 4)),
    stan: Number(required(message, 11)),
    expiry: textField(message, 14),
    entryMode: required(message, 22),
    cardSequence: textField(message, 23),
    conditionCode,
    terminalId: required(message, 41),
    merchantId: required(message, 42),
    reserved60: `${RETURN_TYPES.refund}${batch}000${capability}`,
    installment: conditionCode === '64' ? parseInstallmentRequest(bytesField(message, 62) ?? NOTHING) : undefined,
  };
  return { batch, upload: { kind: 'refund', fields, original: originalOf(message), pan: textField(message, 2) } };
}

const NOTHING = new Uint8Array();

function originalOf(message: IsoMessage): OriginalSale {
  const digits = required(message, 61);
  if (!/^\d{16}$/.test(digits)) throw new ProtocolError(['61'], 'names no sale');
  const stan = known(digits.slice(6, 12));
  const voucher = decodeTlv59(textField(message, 59) ?? '').find(({ tag }) => tag === TAG_59.voucher);
  return {
    batch: known(digits.slice(0, 6)),
    stan: stan === undefined ? undefined : Number(stan),
    retrievalReference: required(message, 37),
    authorizationCode: textField(message, 38),
    hostDate: known(digits.slice(12)),
    voucher: voucher?.value,
    cardOrganisation: known(required(message, 63)),
  };
}

/** Zeros stand for what a terminal does not know. */
function known(text: string): string | undefined {
  return /^0+$/.test(text) ? undefined : text;
}

function required(message: IsoMessage, field: number): string {
  const value = textField(message, field);
  if (value === undefined) throw new ProtocolError([String(field)], 'missing');
  return value;
}

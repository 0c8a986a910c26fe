import { caughtProtocolError, ProtocolError } from '../../base/protocol-error.ts';
import { bytesField, type IsoMessage, textField } from '../iso8583/message.ts';
import { issuerAnswerData } from '../tlv/index.ts';
import { gbkColumns } from './gbk-columns.ts';
import { type CardInstallmentTerms, parseInstallmentTerms } from './installment.ts';
import { decodeTlv59, TAG_59 } from './tlv59.ts';

/** Whether an answer belongs to a request; `mismatch` names `mti` or the numbers of the fields that differ. */
export type ResponseCheck = 'matches' | { readonly mismatch: readonly string[] };

/** Answers to sales, voids and refunds, which are read as one. */
const FINANCIAL_ANSWERS: ReadonlySet<string> = new Set(['0210', '0230']);
const APPROVED = '00';
/** Approved for a part: the amount of the answer is another one by intent. */
const APPROVED_IN_PART = '10';

/**
 * The checks that an answer passes before anybody acts on it (CUP terminal rules A.8): MTI of the request + 10, fields 3,
 * 11, 41 as asked, 42 when approved, 4 unless approved in part, a response code, and fields 55, 59 and 62 that can be read, so that
 * {@link saleResponse} takes whatever matches. The MAC is the caller's to check.
 */
export function checkResponse(request: IsoMessage, response: IsoMessage): ResponseCheck {
  const responseCode = textField(response, 39);
  const compared = [3, 11, 41];
  if (responseCode !== APPROVED_IN_PART) compared.push(4);
  if (responseCode === APPROVED) compared.push(42);
  const mismatch = compared.filter((field) => differs(request, response, field)).map(String);
  if (responseCode === undefined) mismatch.push('39');
  if (!reads(() => issuerDataOf(response))) mismatch.push('55');
  // Elsewhere these fields hold other things, if anything.
  const isFinancial = FINANCIAL_ANSWERS.has(response.mti);
  if (isFinancial && !reads(() => voucherOf(response))) mismatch.push('59');
  if (isFinancial && !reads(() => termsOf(response))) mismatch.push('62');
  if (response.mti !== responseMti(request.mti)) mismatch.push('mti');
  return mismatch.length === 0 ? 'matches' : { mismatch };
}

/** MTI of the answer: the request's plus 10. */
export function responseMti(requestMti: string): string {
  return (Number(requestMti) + 10).toString().padStart(4, '0');
}

function reads(reader: () => unknown): boolean {
  try {
    reader();
    return true;
  } catch (error) {
    caughtProtocolError(error);
    return false;
  }
}

/** Empty without field 55. */
function issuerDataOf(message: IsoMessage): Uint8Array {
  return issuerAnswerData(bytesField(message, 55) ?? new Uint8Array(0));
}

/** Of a sale by code, for its void and refund. */
function voucherOf(message: IsoMessage): string | undefined {
  const elements = decodeTlv59(textField(message, 59) ?? '');
  return elements.find(({ tag }) => tag === TAG_59.voucher)?.value;
}

function termsOf(message: IsoMessage): CardInstallmentTerms | undefined {
  const terms = bytesField(message, 62);
  return terms === undefined ? undefined : parseInstallmentTerms(terms);
}

function differs(request: IsoMessage, response: IsoMessage, field: number): boolean {
  const asked = textField(request, field);
  return asked !== undefined && asked !== textField(response, field);
}

/** What a terminal takes from the answer to a sale, void or refund. Absent and blank fields are `undefined`. */
export interface SaleResponse {
  readonly responseCode: string;
  /** Fen; another than asked only when approved in part. */
  readonly amountFen: number | undefined;
  readonly rrn: string | undefined;
  readonly authCode: string | undefined;
  /** `MMDD`. */
  readonly hostDate: string | undefined;
  /** `hhmmss`. */
  readonly hostTime: string | undefined;
  /** `MMDD`. */
  readonly settlementDate: string | undefined;
  readonly issuerId: string | undefined;
  readonly acquirerId: string | undefined;
  /** Card organisation of sub-field 63.1, as `CUP`. */
  readonly cardOrganisation: string | undefined;
  /** Texts of issuer, UnionPay, acquirer and terminal in field 63.2 for the slip; empty ones left out. */
  readonly remarks: readonly string[];
  /** Tags 91, 71 and 72 of field 55 for the chip; empty when the issuer sent none. */
  readonly issuerData: Uint8Array;
  /** Number that the network gives a sale by code (field 59, A4). */
  readonly voucher: string | undefined;
  /** What the issuer made of instalments that were asked for. */
  readonly installment: CardInstallmentTerms | undefined;
}

/** Reads the answer to a sale, void or refund; throws `ProtocolError` without a response code or when field 55, 59 or 62 cannot be read. */
export function saleResponse(message: IsoMessage): SaleResponse {
  const responseCode = textField(message, 39);
  if (responseCode === undefined) throw new ProtocolError(['39'], 'missing');
  const amount = textField(message, 4);
  const [issuerId, acquirerId] = gbkColumns(textField(message, 44) ?? '', [11, 11]) ?? [];
  const f63 = textField(message, 63) ?? '';
  return {
    responseCode,
    amountFen: amount === undefined ? undefined : Number(amount),
    rrn: filled(textField(message, 37)),
    authCode: filled(textField(message, 38)),
    hostDate: textField(message, 13),
    hostTime: textField(message, 12),
    settlementDate: textField(message, 15),
    issuerId: filled(issuerId),
    acquirerId: filled(acquirerId),
    cardOrganisation: filled(f63.slice(0, 3)),
    remarks: remarksOf(f63.slice(3)),
    issuerData: issuerDataOf(message),
    voucher: voucherOf(message),
    installment: termsOf(message),
  };
}

/** Issuer, UnionPay and acquirer take 20 bytes each, the terminal's text 60. */
function remarksOf(text: string): string[] {
  const columns = gbkColumns(text, [20, 20, 20, 60]) ?? [text.trim()];
  return columns.filter((column) => column !== '');
}

function filled(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === '' ? undefined : trimmed;
}

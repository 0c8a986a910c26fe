import { ProtocolError } from '../../firmware/base/protocol-error.ts';
import { decodeTlv59, encodeTlv59, TAG_59 } from '../../firmware/protocol/cup/tlv59.ts';
import { type IsoMessage, type IsoValue, textField } from '../../firmware/protocol/iso8583/index.ts';
import { chinaTime } from '../china-time.ts';
import { book } from './booking.ts';
import type { CodeDecision } from './code-customers.ts';
import type { KeyStoreSession } from './host-keys.ts';
import { ACQUIRER_ID, answerMessage, hostDate, type HostReply, type HostState } from './host-state.ts';
import type { LedgerKey } from './ledger.ts';
import { amountEffect } from './outcomes.ts';
import { referenceNumber } from './reference-number.ts';

const REQUIRED_FIELDS = [3, 4, 11, 22, 25, 41, 42, 49, 60] as const;

/** What only a card has, and instalments, which this wallet does not sell. */
const FORBIDDEN_FIELDS = [2, 14, 23, 35, 36, 52, 55, 62] as const;

/** 62, two digits of product, 15 random ones. */
const PAY_CODE = /^62\d{17}$/;

/** Institution behind the codes, for field 44; synthetic. */
const CODE_ISSUER_ID = '09990003';

/** Field 22 of a customer's code (CUP terminal rules A.4). */
export function isByCode(request: IsoMessage): boolean {
  return textField(request, 22)?.startsWith('03') === true;
}

/**
 * Sale 0200 of a customer's code in field 59, A3. An approval brings the voucher number, A4, by which void and refund know
 * it again, and no authorisation code. Throws `ProtocolError` for a format error.
 */
export function codeSale(state: HostState, session: KeyStoreSession, key: LedgerKey, request: IsoMessage): HostReply {
  const code = payCodeOf(request);
  const amountFen = Number(textField(request, 4));
  const effect = amountEffect(amountFen);
  const decision: CodeDecision =
    effect?.kind === 'decline'
      ? { responseCode: effect.responseCode, customer: undefined }
      : state.codes.decide(code, amountFen);
  const { responseCode, customer } = decision;
  const isApproved = responseCode === '00';
  const rrn = referenceNumber(state);
  const voucher = isApproved ? voucherNumber(state, rrn) : undefined;
  if (effect?.kind !== 'silent' || effect.executed) {
    book(state, key, {
      way: 'code',
      pan: customer?.maskedAccount ?? '',
      amountFen,
      state: isApproved ? 'approved' : 'declined',
      responseCode,
      referenceNumber: rrn,
      conditionCode: '00',
      voucher,
    });
    if (isApproved && customer !== undefined) state.codes.markUsed(customer);
  }
  const message = codeAnswer(state, request, decision, rrn, voucher);
  return { message, session, ...(effect === undefined ? {} : { effect }) };
}

function payCodeOf(request: IsoMessage): string {
  for (const field of REQUIRED_FIELDS) if (request.fields[field] === undefined) refuse(field, 'missing');
  for (const field of FORBIDDEN_FIELDS) if (request.fields[field] !== undefined) refuse(field, 'does not fit a code');
  if (textField(request, 49) !== '156' || textField(request, 25) !== '00') refuse(25, 'not served by code');
  const code = decodeTlv59(textField(request, 59) ?? '').find(({ tag }) => tag === TAG_59.payCode)?.value;
  return code !== undefined && PAY_CODE.test(code) ? code : refuse(59, 'no pay code');
}

function refuse(field: number, reason: string): never {
  throw new ProtocolError([String(field)], reason);
}

/** Day and reference: 20 digits that no other sale has. */
function voucherNumber({ clock }: HostState, rrn: string): string {
  const { year, month, day } = chinaTime(clock.wallMs());
  return year + month + day + rrn;
}

function codeAnswer(
  state: HostState,
  request: IsoMessage,
  { responseCode, customer }: CodeDecision,
  rrn: string,
  voucher: string | undefined,
): IsoMessage {
  const issuerId = customer === undefined ? '' : CODE_ISSUER_ID;
  const more: Record<number, IsoValue> = {
    37: rrn,
    44: issuerId.padEnd(11) + ACQUIRER_ID.padEnd(11),
    63: 'CUP',
  };
  if (voucher !== undefined) {
    more[15] = hostDate(state);
    more[59] = encodeTlv59([{ tag: TAG_59.voucher, value: voucher }]);
  }
  return answerMessage(state, request, responseCode, more);
}

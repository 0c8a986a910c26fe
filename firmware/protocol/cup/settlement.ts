import { AMOUNT_MAX_FEN } from '../../base/fen.ts';
import { invariant } from '../../base/invariant.ts';
import { ProtocolError } from '../../base/protocol-error.ts';
import { type IsoMessage, textField } from '../iso8583/message.ts';
import { responseMti } from './responses.ts';
import { CURRENCY_CNY, reserved60, stanDigits } from './sub-fields.ts';

/** Sums of a batch under one half of field 48. Debit is what shops are owed, credit what they gave back. */
export interface NetTotals {
  readonly debitFen: number;
  /** 0 to 999, as all counts here. */
  readonly debitCount: number;
  readonly creditFen: number;
  readonly creditCount: number;
}

/** Field 48 of a settlement: cards of the own country and of others, counted apart. */
export interface SettlementTotals {
  readonly domestic: NetTotals;
  readonly foreign: NetTotals;
}

/** What a host makes of one half of the totals. */
export type Balance = 'balanced' | 'unbalanced' | 'error';

/** Largest count that a half of field 48 can say. */
export const TOTALS_COUNT_MAX = 999;

/** Sub-field 60.3 of a settlement and of the upload's card details (CUP terminal rules A.5). */
export const SETTLEMENT_NET_CODE = '201';

/** Digit that ends each half of field 48: 0 in the request, the host's word in the answer (CUP terminal rules A.9). */
const ASKED = '0';
const BALANCE_DIGITS: Readonly<Record<Balance, string>> = { balanced: '1', unbalanced: '2', error: '3' };
const BALANCES: Readonly<Record<string, Balance>> = { '1': 'balanced', '2': 'unbalanced', '3': 'error' };

/** Two times: debit n12, its count n3, credit n12, its count n3, the digit. */
const TOTALS = /^(\d{30})(\d)(\d{30})(\d)$/;

export interface SettlementFields {
  readonly stan: number;
  /** 8 characters. */
  readonly terminalId: string;
  /** 15 characters. */
  readonly merchantId: string;
  /** Six digits. */
  readonly batch: string;
  /** Two digits of cashier number. */
  readonly operator: string;
  readonly totals: SettlementTotals;
}

/** Settlement 0500: the terminal's totals of a batch. Carries no MAC, and neither does its answer (CUP terminal rules A.7). */
export function settlementRequest(fields: SettlementFields): IsoMessage {
  return {
    mti: '0500',
    fields: {
      11: stanDigits(fields.stan),
      41: fields.terminalId,
      42: fields.merchantId,
      48: totalsDigits(fields.totals, ASKED, ASKED),
      49: CURRENCY_CNY,
      60: reserved60({ type: '00', batch: fields.batch, net: SETTLEMENT_NET_CODE }),
      63: fields.operator.padEnd(3),
    },
  };
}

/** A settlement as the host reads it. */
export interface SettlementRequest {
  /** Six digits. */
  readonly batch: string;
  readonly totals: SettlementTotals;
}

/** Reads a 0500. Throws `ProtocolError` for anything but a settlement with totals that nobody has judged yet. */
export function parseSettlementRequest(message: IsoMessage): SettlementRequest {
  if (message.mti !== '0500') throw new ProtocolError(['mti'], 'not a settlement');
  const { batch, net } = managementCodes(message);
  if (net !== SETTLEMENT_NET_CODE) throw new ProtocolError(['60', '3'], 'not a settlement');
  const { totals, digits } = totalsOf(message);
  if (digits.some((digit) => digit !== ASKED)) throw new ProtocolError(['48'], 'a request judges no totals');
  return { batch, totals };
}

/** Field 48 of an answer 0510: the totals as the host has them, and what it says of the terminal's. */
export function judgedTotals(totals: SettlementTotals, domestic: Balance, foreign: Balance): string {
  return totalsDigits(totals, BALANCE_DIGITS[domestic], BALANCE_DIGITS[foreign]);
}

/** What became of a 0500. `mismatch` names `mti` or the numbers of the fields that differ: it is no answer to it. */
export type SettlementAnswer =
  | {
      readonly kind: 'answered';
      readonly domestic: Balance;
      readonly foreign: Balance;
      /** The host's own; some hosts repeat the terminal's. */
      readonly totals: SettlementTotals;
    }
  | { readonly kind: 'refused'; readonly responseCode: string }
  | { readonly kind: 'mismatch'; readonly fields: readonly string[] };

/**
 * Checks and reads a 0510. It has a response code only when the host refuses to settle, so the checks of other answers do
 * not fit it. Throws `ProtocolError` when field 48 is missing or cannot be read.
 */
export function parseSettlementAnswer(request: IsoMessage, response: IsoMessage): SettlementAnswer {
  const responseCode = textField(response, 39) ?? '00';
  const compared = responseCode === '00' ? [11, 41, 42] : [11, 41];
  const fields = compared.filter((field) => textField(request, field) !== textField(response, field)).map(String);
  if (response.mti !== responseMti(request.mti)) fields.push('mti');
  if (fields.length > 0) return { kind: 'mismatch', fields };
  if (responseCode !== '00') return { kind: 'refused', responseCode };
  const { totals, digits } = totalsOf(response);
  const [domestic, foreign] = digits.map((digit) => BALANCES[digit]);
  if (domestic === undefined || foreign === undefined) throw new ProtocolError(['48'], 'does not say if it balances');
  return { kind: 'answered', domestic, foreign, totals };
}

/** Batch and sub-field 60.3 of a message with 60.1 `00`. Throws `ProtocolError` for another field 60. */
export function managementCodes(message: IsoMessage): { readonly batch: string; readonly net: string } {
  const [, batch, net] = /^00(\d{6})(\d{3})(?:\d{2})?$/.exec(textField(message, 60) ?? '') ?? [];
  if (batch === undefined || net === undefined) throw new ProtocolError(['60'], 'no batch and net code');
  return { batch, net };
}

function totalsDigits({ domestic, foreign }: SettlementTotals, domesticDigit: string, foreignDigit: string): string {
  return halfDigits(domestic) + domesticDigit + halfDigits(foreign) + foreignDigit;
}

function halfDigits({ debitFen, debitCount, creditFen, creditCount }: NetTotals): string {
  return sumDigits(debitFen) + countDigits(debitCount) + sumDigits(creditFen) + countDigits(creditCount);
}

function sumDigits(sumFen: number): string {
  invariant(Number.isSafeInteger(sumFen) && sumFen >= 0 && sumFen <= AMOUNT_MAX_FEN, 'a sum fits 12 digits');
  return sumFen.toString().padStart(12, '0');
}

function countDigits(count: number): string {
  invariant(Number.isInteger(count) && count >= 0 && count <= TOTALS_COUNT_MAX, 'a count fits 3 digits');
  return count.toString().padStart(3, '0');
}

function totalsOf(message: IsoMessage): { readonly totals: SettlementTotals; readonly digits: readonly string[] } {
  const [, domestic, ours, foreign, theirs] = TOTALS.exec(textField(message, 48) ?? '') ?? [];
  if (domestic === undefined || ours === undefined || foreign === undefined || theirs === undefined) {
    throw new ProtocolError(['48'], 'not the totals of a batch');
  }
  return { totals: { domestic: halfOf(domestic), foreign: halfOf(foreign) }, digits: [ours, theirs] };
}

function halfOf(digits: string): NetTotals {
  return {
    debitFen: Number(digits.slice(0, 12)),
    debitCount: Number(digits.slice(12, 15)),
    creditFen: Number(digits.slice(15, 27)),
    creditCount: Number(digits.slice(27)),
  };
}

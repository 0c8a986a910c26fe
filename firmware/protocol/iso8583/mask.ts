import { hexOf } from '../../base/bytes.ts';
import { maskPan, maskPayCode } from '../../base/masked.ts';
import { maskTlv } from '../tlv/mask.ts';
import type { Dialect, FieldMask } from './fields.ts';
import { type IsoMessage, type IsoValue, textField } from './message.ts';

/** A message as text that people and logs can have; binary fields as upper-case hex, `*` for every hidden digit. */
export interface PrintableMessage {
  readonly mti: string;
  readonly fields: Readonly<Record<number, string>>;
}

/** Field 25 of an instalment sale and its void (CUP terminal rules A.5). */
const INSTALMENT_CONDITION = '64';
/** Digits of field 48 with settlement totals, and the most of a count or a tip (CUP terminal rules A.9). */
const TOTALS_DIGITS = 62;
const SHORT_DIGITS = 12;

/**
 * The message without what must not leave the terminal: of the card number the first six and last four digits, nothing
 * of track data, PIN block, expiry, keys and codes. Lengths stay, so that what a peer did wrong can still be seen.
 * A field that the dialect has not is hidden whole.
 */
export function maskMessage(message: IsoMessage, dialect: Dialect): PrintableMessage {
  return printable(message, (field, value) => {
    const spec = dialect.fields[field];
    if (spec === undefined) return hidden(value);
    return spec.mask === undefined ? printableValue(value) : MASKS[spec.mask](value, message);
  });
}

/** The message with everything in it. For tests and benches with invented cards, never for a log. */
export function unmaskedMessage(message: IsoMessage): PrintableMessage {
  return printable(message, (_field, value) => printableValue(value));
}

function printable(message: IsoMessage, show: (field: number, value: IsoValue) => string): PrintableMessage {
  const fields: Record<number, string> = {};
  for (const [key, value] of Object.entries(message.fields)) fields[Number(key)] = show(Number(key), value);
  return { mti: message.mti, fields };
}

function printableValue(value: IsoValue): string {
  return typeof value === 'string' ? value : hexOf(value);
}

/** What is left to see of a value under each mask. */
const MASKS: Readonly<Record<FieldMask, (value: IsoValue, message: IsoMessage) => string>> = {
  pan: (value) => maskPan(printableValue(value)),
  all: hidden,
  tags: (value) => (typeof value === 'string' ? hidden(value) : maskTlv(value)),
  totals: (value) => (isTotals(printableValue(value)) ? printableValue(value) : hidden(value)),
  instalment: (value, message) =>
    textField(message, 25) === INSTALMENT_CONDITION ? printableValue(value) : hidden(value),
  payCode: (value) => maskCodeGroups(printableValue(value)),
};

function isTotals(digits: string): boolean {
  return digits.length <= SHORT_DIGITS || digits.length === TOTALS_DIGITS;
}

function hidden(value: IsoValue): string {
  return stars(printableValue(value));
}

function stars(text: string): string {
  return '*'.repeat(text.length);
}

/**
 * Field 59 is a row of groups: tag of two characters that begins with a letter, so that digits alone are no row, length
 * of three digits, value (CUP terminal rules A.12). Only the voucher number A4 stays readable; of the pay code A3 its class and last digits; a row that does not add up is hidden.
 */
function maskCodeGroups(text: string): string {
  let shown = '';
  let at = 0;
  while (at < text.length) {
    const head = /^[A-Z][A-Z0-9]\d{3}/.exec(text.slice(at, at + 5));
    const end = at + 5 + Number(head?.[0].slice(2));
    if (head === null || end > text.length) return stars(text);
    shown += head[0] + maskGroup(head[0].slice(0, 2), text.slice(at + 5, end));
    at = end;
  }
  return shown;
}

function maskGroup(tag: string, value: string): string {
  if (tag === 'A4') return value;
  return tag === 'A3' ? maskPayCode(value) : stars(value);
}

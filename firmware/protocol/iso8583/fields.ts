/** The axes on which a field of a dialect differs: encoding × length × what may be shown of it. */

/** Where the digits of an odd count stand in their bytes: `left` puts the spare nibble last, `right` first. */
export type Alignment = 'left' | 'right';

/**
 * How a value becomes bytes, and what its length counts.
 *
 * - `bcd`: digits, two a byte; counts digits
 * - `track`: digits and the separator D, two a byte, aligned left; counts nibbles
 * - `ascii`: printable ASCII; counts bytes
 * - `gbk`: Chinese text; counts bytes, not characters
 * - `binary`: any bytes; counts bytes
 */
export type FieldEncoding =
  { readonly kind: 'bcd'; readonly alignment: Alignment } | { readonly kind: 'track' | 'ascii' | 'gbk' | 'binary' };

/** A length of `max` units, exactly (no prefix) or at most (a BCD count of `prefixBytes` before the value). */
export interface FieldLength {
  readonly prefixBytes: 0 | 1 | 2;
  readonly max: number;
}

/**
 * What may leave the terminal in a log, a trace or a picture. Without a mask the whole value may.
 *
 * - `pan`: first six and last four digits
 * - `all`: nothing
 * - `tags`: chip data without the values of sensitive tags
 * - `totals`: settlement totals and counts; anything longer can hold the card numbers of a batch upload
 * - `instalment`: the plan of an instalment sale; of anything else (keys, codes, signatures) nothing
 * - `payCode`: the voucher number of a code sale, and as much of the pay code as {@link maskPayCode} leaves
 */
export type FieldMask = 'pan' | 'all' | 'tags' | 'totals' | 'instalment' | 'payCode';

export interface FieldSpec {
  readonly name: string;
  readonly zh: string;
  readonly encoding: FieldEncoding;
  readonly length: FieldLength;
  readonly mask?: FieldMask;
}

/** Fields 2 to 64 by number. */
export type FieldTable = Readonly<Record<number, FieldSpec>>;

/** One acquirer's way to write a message: 2 bytes of BCD message type, a 64-bit bitmap, then the fields of the table. */
export interface Dialect {
  readonly name: string;
  readonly fields: FieldTable;
}

export const bcd = (alignment: Alignment): FieldEncoding => ({ kind: 'bcd', alignment });
export const track: FieldEncoding = { kind: 'track' };
export const ascii: FieldEncoding = { kind: 'ascii' };
export const gbk: FieldEncoding = { kind: 'gbk' };
export const binary: FieldEncoding = { kind: 'binary' };

/** Exactly `units`, no length before it. */
export const fixed = (units: number): FieldLength => ({ prefixBytes: 0, max: units });
/** Up to `max` units after a count of two digits in one byte. */
export const LL = (max: number): FieldLength => ({ prefixBytes: 1, max });
/** Up to `max` units after a count of three digits in two bytes, the first nibble 0. */
export const LLL = (max: number): FieldLength => ({ prefixBytes: 2, max });

/**
 * A yardstick, not a codec: the one message below, field by field in straight-line Buffer calls as somebody would write
 * them by hand for a single message, without a table, without a check of anything.
 */

type BareFields = Record<number, string | Buffer>;

function evenHex(digits: string): string {
  return digits.length % 2 === 0 ? digits : `${digits}0`;
}

/** Message type and bitmap of the one message. */
const HEAD = '0200702406C020C09A11';
const work = Buffer.alloc(512);

/** Packs the fields 2 3 4 11 14 22 23 25 26 35 41 42 49 52 53 55 60 64. */
export function barePack(fields: BareFields): Buffer {
  const out = work;
  let at = out.write(HEAD, 0, 'hex');
  const digits = (field: number): void => {
    at += out.write(evenHex(fields[field] as string), at, 'hex');
  };
  const rightDigits = (field: number): void => {
    at += out.write(`0${fields[field] as string}`, at, 'hex');
  };
  const text = (field: number): void => {
    at += out.write(fields[field] as string, at, 'latin1');
  };
  const bytes = (field: number): void => {
    at += (fields[field] as Buffer).copy(out, at);
  };
  const count = (value: number): void => {
    out[at++] = (Math.trunc(value / 10) << 4) | (value % 10);
  };
  const longCount = (value: number): void => {
    out[at++] = Math.trunc(value / 100);
    count(value % 100);
  };
  count((fields[2] as string).length);
  digits(2);
  digits(3);
  digits(4);
  digits(11);
  digits(14);
  digits(22);
  rightDigits(23);
  digits(25);
  digits(26);
  count((fields[35] as string).length);
  digits(35);
  text(41);
  text(42);
  text(49);
  bytes(52);
  digits(53);
  longCount((fields[55] as Buffer).length);
  bytes(55);
  longCount((fields[60] as string).length);
  digits(60);
  bytes(64);
  return Buffer.from(out.subarray(0, at));
}

/** Unpacks what {@link barePack} packs. */
export function bareUnpack(message: Buffer): { mti: string; fields: BareFields } {
  let at = 10;
  const digits = (count: number): string => {
    const from = at;
    at += (count + 1) >> 1;
    const text = message.toString('hex', from, at);
    return count % 2 === 0 ? text : text.slice(0, count);
  };
  const rightDigits = (count: number): string => {
    const from = at;
    at += (count + 1) >> 1;
    return message.toString('hex', from, at).slice(count % 2);
  };
  const text = (count: number): string => message.toString('latin1', at, (at += count));
  const bytes = (count: number): Buffer => message.subarray(at, (at += count));
  const count = (): number => {
    const byte = message[at++] ?? 0;
    return (byte >> 4) * 10 + (byte & 15);
  };
  const longCount = (): number => (message[at++] ?? 0) * 100 + count();
  const fields: BareFields = {
    2: digits(count()),
    3: digits(6),
    4: digits(12),
    11: digits(6),
    14: digits(4),
    22: digits(3),
    23: rightDigits(3),
    25: digits(2),
    26: digits(2),
    35: digits(count()).toUpperCase(),
    41: text(8),
    42: text(15),
    49: text(3),
    52: bytes(8),
    53: digits(16),
    55: bytes(longCount()),
    60: digits(longCount()),
    64: bytes(8),
  };
  return { mti: message.toString('hex', 0, 2), fields };
}

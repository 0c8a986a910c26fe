import { byteAt } from '../../base/bytes.ts';
import { ProtocolError } from '../../base/protocol-error.ts';
import { valueCoder } from './encodings.ts';
import type { Dialect, FieldSpec } from './fields.ts';
import type { IsoValue } from './message.ts';

/** Where reading or writing stands in the bytes. */
export interface Cursor {
  at: number;
}

/** One field of a dialect, ready to run. Both directions move the cursor behind the field. */
export interface FieldProgram {
  readonly spec: FieldSpec;
  read(bytes: Uint8Array, cursor: Cursor): IsoValue;
  write(out: Uint8Array, cursor: Cursor, value: IsoValue): void;
  /** The most bytes that the field can take, length included. */
  readonly bytesMax: number;
}

/** Programs by field number; a hole where the dialect has no field. */
export type FieldPrograms = readonly (FieldProgram | undefined)[];

/** Highest field number of a 64-bit bitmap. */
export const FIELD_MAX = 64;

export function compileDialect(dialect: Dialect): FieldPrograms {
  const programs: (FieldProgram | undefined)[] = [];
  for (let field = 0; field <= FIELD_MAX; field++) {
    const spec = dialect.fields[field];
    programs.push(spec === undefined ? undefined : compileField(field, spec));
  }
  return programs;
}

function compileField(field: number, spec: FieldSpec): FieldProgram {
  const path = [String(field)];
  const lengthPath = [...path, 'length'];
  const { prefixBytes, max } = spec.length;
  const coder = valueCoder(spec.encoding);
  return {
    spec,
    bytesMax: prefixBytes + coder.bytesOf(max),
    read(bytes, cursor) {
      const units = prefixBytes === 0 ? max : readCount(bytes, cursor, prefixBytes, lengthPath);
      if (units === 0) throw new ProtocolError(lengthPath, 'is zero');
      if (units > max) throw new ProtocolError(lengthPath, `is over the maximum of ${max}`);
      const start = cursor.at;
      const end = start + coder.bytesOf(units);
      if (end > bytes.length) throw new ProtocolError(path, 'the message ends inside the field');
      const value = coder.read(bytes, start, units, path);
      cursor.at = end;
      return value;
    },
    write(out, cursor, value) {
      const units = coder.measure(value, path);
      checkLength(units, spec, lengthPath);
      if (prefixBytes !== 0) writeCount(out, cursor, prefixBytes, units);
      coder.write(out, cursor.at, value, path);
      cursor.at += coder.bytesOf(units);
    },
  };
}

function checkLength(units: number, spec: FieldSpec, path: readonly string[]): void {
  const { prefixBytes, max } = spec.length;
  if (prefixBytes === 0 && units !== max) throw new ProtocolError(path, `is ${units} instead of ${max}`);
  if (units === 0) throw new ProtocolError(path, 'is zero');
  if (units > max) throw new ProtocolError(path, `is ${units}, over the maximum of ${max}`);
}

/** Reads a BCD count. Of three digits in two bytes, the first nibble is a spare one and 0. */
function readCount(bytes: Uint8Array, cursor: Cursor, prefixBytes: 1 | 2, path: readonly string[]): number {
  if (cursor.at + prefixBytes > bytes.length) throw new ProtocolError(path, 'the message ends inside the length');
  let count = 0;
  for (let i = 0; i < prefixBytes; i++) {
    const byte = byteAt(bytes, cursor.at + i);
    if ((byte & 0x0f) > 9 || byte > 0x99) throw new ProtocolError(path, 'is not BCD');
    count = count * 100 + (byte >> 4) * 10 + (byte & 0x0f);
  }
  if (count > 999) throw new ProtocolError(path, 'has its first nibble set');
  cursor.at += prefixBytes;
  return count;
}

function writeCount(out: Uint8Array, cursor: Cursor, prefixBytes: 1 | 2, count: number): void {
  if (prefixBytes === 2) out[cursor.at++] = Math.floor(count / 100);
  const rest = count % 100;
  out[cursor.at++] = (Math.floor(rest / 10) << 4) | (rest % 10);
}

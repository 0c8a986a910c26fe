import { caughtProtocolError, type ProtocolError } from '../../base/protocol-error.ts';
import { checkEnd, FIELDS_AT, programOf, readBitmap, readMti } from './codec.ts';
import { compileDialect } from './field-program.ts';
import type { Dialect } from './fields.ts';
import type { IsoValue } from './message.ts';

/** Where a field stands in the message, its length prefix included. */
export interface FieldPlace {
  readonly field: number;
  readonly at: number;
  readonly end: number;
  readonly value: IsoValue;
}

/** As much of a message as could be read, for people who look for what is wrong with it. */
export interface MessageLayout {
  readonly mti: string | undefined;
  /** Fields that the bitmap announces. */
  readonly announced: readonly number[];
  readonly places: readonly FieldPlace[];
  /** What stopped the reading, and at which byte; `undefined` for a message whose every byte has its place. */
  readonly stopped: { readonly error: ProtocolError; readonly at: number } | undefined;
}

/** Reads a message field by field and keeps what came before the first error, unlike the codec, which refuses whole. */
export function layoutOf(dialect: Dialect, bytes: Uint8Array): MessageLayout {
  const programs = compileDialect(dialect);
  const places: FieldPlace[] = [];
  const cursor = { at: 0 };
  let mti: string | undefined;
  let announced: number[] = [];
  try {
    mti = readMti(bytes);
    cursor.at = 2;
    announced = readBitmap(bytes);
    cursor.at = FIELDS_AT;
    for (const field of announced) {
      const at = cursor.at;
      const value = programOf(programs, field, dialect).read(bytes, cursor);
      places.push({ field, at, end: cursor.at, value });
    }
    checkEnd(bytes, cursor);
    return { mti, announced, places, stopped: undefined };
  } catch (caught) {
    const error = caughtProtocolError(caught);
    return { mti, announced, places, stopped: { error, at: places.at(-1)?.end ?? cursor.at } };
  }
}

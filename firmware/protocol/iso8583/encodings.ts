import { byteAt } from '../../base/bytes.ts';
import { ProtocolError } from '../../base/protocol-error.ts';
import { bytesOfGbk, textOfGbk } from '../../base/text.ts';
import type { Alignment, FieldEncoding } from './fields.ts';
import type { IsoValue } from './message.ts';
import { nibbleAt, type NibbleSet, readNibbles, writeNibbles } from './nibbles.ts';

/** How one encoding measures, writes and reads a value. `path` is where an error says it is. */
export interface ValueCoder {
  /** The value's length in the units that the encoding counts; throws for a value of the wrong type. */
  measure(value: IsoValue, path: readonly string[]): number;
  bytesOf(units: number): number;
  /** Writes into bytes that are there. */
  write(out: Uint8Array, at: number, value: IsoValue, path: readonly string[]): void;
  /** Reads `units` from bytes that are there. */
  read(bytes: Uint8Array, at: number, units: number, path: readonly string[]): IsoValue;
}

/** The coder of an encoding. Made once per field when a codec is built. */
export function valueCoder(encoding: FieldEncoding): ValueCoder {
  return encoding.kind === 'bcd' ? nibbleCoder('digits', encoding.alignment) : CODERS[encoding.kind];
}

function nibbleCoder(allowed: NibbleSet, alignment: Alignment): ValueCoder {
  const wrongCharacter = allowed === 'digits' ? 'a character is no digit' : 'a character is no digit or separator';
  return {
    measure: (value, path) => textOf(value, path).length,
    bytesOf: (units) => (units + 1) >> 1,
    write(out, at, value, path) {
      if (!writeNibbles(out, at, textOf(value, path), allowed, alignment))
        throw new ProtocolError(path, wrongCharacter);
    },
    read(bytes, at, units, path) {
      if ((units & 1) === 1) checkSpare(nibbleAt(bytes, 2 * at + (alignment === 'right' ? 0 : units)), path);
      const text = readNibbles(bytes, at, units, allowed, alignment);
      if (text === undefined) throw new ProtocolError(path, 'a nibble is no digit');
      return text;
    },
  };
}

/** Hosts are seen to fill the spare nibble with 0 or F; any other value means that the digits are not where we look. */
function checkSpare(nibble: number, path: readonly string[]): void {
  if (nibble !== 0 && nibble !== 0x0f) throw new ProtocolError(path, 'the spare nibble is neither 0 nor F');
}

function textOf(value: IsoValue, path: readonly string[]): string {
  if (typeof value !== 'string') throw new ProtocolError(path, 'takes text, not bytes');
  return value;
}

function bytesOf(value: IsoValue, path: readonly string[]): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new ProtocolError(path, 'takes bytes, not text');
  return value;
}

const asciiCoder: ValueCoder = {
  measure: (value, path) => textOf(value, path).length,
  bytesOf: (units) => units,
  write(out, at, value, path) {
    const text = textOf(value, path);
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code < 0x20 || code > 0x7e) throw new ProtocolError(path, 'a character is not printable ASCII');
      out[at + i] = code;
    }
  },
  read(bytes, at, units, path) {
    const codes: number[] = [];
    for (let i = 0; i < units; i++) {
      const code = byteAt(bytes, at + i);
      if (code < 0x20 || code > 0x7e) throw new ProtocolError(path, 'a byte is not printable ASCII');
      codes.push(code);
    }
    return String.fromCharCode.apply(null, codes);
  },
};

const gbkCoder: ValueCoder = {
  measure: (value, path) => gbkBytes(textOf(value, path), path).length,
  bytesOf: (units) => units,
  write: (out, at, value, path) => out.set(gbkBytes(textOf(value, path), path), at),
  read(bytes, at, units, path) {
    const text = textOfGbk(bytes.subarray(at, at + units));
    if (text === undefined) throw new ProtocolError(path, 'is not GBK text');
    return text;
  },
};

/** Refuses what GBK cannot say: a question mark in its place would be a message that nobody wrote. */
function gbkBytes(text: string, path: readonly string[]): Uint8Array {
  const bytes = bytesOfGbk(text);
  if (textOfGbk(bytes) !== text) throw new ProtocolError(path, 'a character is not in GBK');
  return bytes;
}

const binaryCoder: ValueCoder = {
  measure: (value, path) => bytesOf(value, path).length,
  bytesOf: (units) => units,
  write: (out, at, value, path) => out.set(bytesOf(value, path), at),
  read: (bytes, at, units) => bytes.subarray(at, at + units),
};

const CODERS: Readonly<Record<Exclude<FieldEncoding['kind'], 'bcd'>, ValueCoder>> = {
  track: nibbleCoder('track', 'left'),
  ascii: asciiCoder,
  gbk: gbkCoder,
  binary: binaryCoder,
};

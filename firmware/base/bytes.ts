/** Byte strings without Node's Buffer: hex, ASCII, comparison and the few operations that every protocol needs. */

import { present } from './invariant.ts';

const HEX_DIGITS = '0123456789ABCDEF';
const HEX_OF_BYTE: readonly string[] = Array.from(
  { length: 256 },
  (_, byte) => HEX_DIGITS.charAt(byte >> 4) + HEX_DIGITS.charAt(byte & 0x0f),
);

/** Upper-case hex, two digits a byte. */
export function hexOf(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += HEX_OF_BYTE[byte];
  return hex;
}

/** Bytes of a hex text in either case; `undefined` when a character is no hex digit or the count is odd. */
export function bytesOfHex(hex: string): Uint8Array | undefined {
  if (hex.length % 2 !== 0 || !/^[0-9A-Fa-f]*$/.test(hex)) return undefined;
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/** Bytes of a hex constant in our own source; anything else than hex is our bug. */
export function hex(constant: string): Uint8Array {
  const bytes = bytesOfHex(constant.replaceAll(' ', ''));
  if (bytes === undefined) throw new RangeError('not a hex constant');
  return bytes;
}

/** One byte a character; the caller knows that every character is below U+0100. */
export function bytesOfLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i) & 0xff;
  return bytes;
}

/** One character a byte. */
export function latin1Of(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** One byte; the caller knows that it is there. */
export function byteAt(bytes: Uint8Array, at: number): number {
  return present(bytes[at], 'a byte is read inside its bytes');
}

/** XOR of two byte strings of the same length. */
export function xorBytes(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length !== b.length) throw new RangeError('xorBytes takes two byte strings of one length');
  return a.map((byte, i) => byte ^ (b[i] ?? 0));
}

/** Compares in time that depends on the length alone, so that a MAC cannot be guessed byte by byte. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}

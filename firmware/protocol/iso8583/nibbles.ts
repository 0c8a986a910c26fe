/** Digits in half bytes, in both directions, without a string per byte. */

import { byteAt } from '../../base/bytes.ts';
import type { Alignment } from './fields.ts';

/** Nibbles beside the digits 0–9 that a value may have. */
export type NibbleSet = 'digits' | 'track';

const DIGITS = '0123456789';
const HEX_DIGITS = '0123456789ABCDEF';
const NIBBLES_OF: Readonly<Record<NibbleSet, string>> = { digits: DIGITS, track: HEX_DIGITS };
/** Both nibbles of every byte: texts grow fastest by joining ready pairs. Empty where a nibble is not allowed. */
const PAIRS_OF: Readonly<Record<NibbleSet, readonly string[]>> = { digits: pairs(DIGITS), track: pairs(HEX_DIGITS) };
const NO_NIBBLE = 0xff;
const DIGIT_OF_CODE = nibbleTable(DIGITS);
/** The separator is D on the wire; people and magnetic stripes write `=`. */
const TRACK_OF_CODE = nibbleTable(HEX_DIGITS, [
  ...Array.from('abcdef', (letter, i) => [letter, 10 + i] as const),
  ['=', 0x0d],
]);

function pairs(allowed: string): readonly string[] {
  return Array.from({ length: 256 }, (_, byte) => {
    const pair = allowed.charAt(byte >> 4) + allowed.charAt(byte & 0x0f);
    return pair.length === 2 ? pair : '';
  });
}

function nibbleTable(inOrder: string, aliases: readonly (readonly [string, number])[] = []): Uint8Array {
  const table = new Uint8Array(128).fill(NO_NIBBLE);
  for (let nibble = 0; nibble < inOrder.length; nibble++) table[inOrder.charCodeAt(nibble)] = nibble;
  for (const [character, nibble] of aliases) table[character.charCodeAt(0)] = nibble;
  return table;
}

/**
 * Reads `count` nibbles of whole bytes from `at`; of an odd count the spare nibble is the last one, or the first when
 * aligned right. `undefined` when `digits` were asked for and one is none. The caller knows that the bytes are there.
 */
export function readNibbles(
  bytes: Uint8Array,
  at: number,
  count: number,
  allowed: NibbleSet,
  alignment: Alignment,
): string | undefined {
  const pairOf = PAIRS_OF[allowed];
  const isOdd = (count & 1) === 1;
  let from = at;
  let text = '';
  if (isOdd && alignment === 'right') text = NIBBLES_OF[allowed].charAt(byteAt(bytes, from++) & 0x0f);
  for (let pairsLeft = count >> 1; pairsLeft > 0; pairsLeft--) text += pairOf[byteAt(bytes, from++)];
  if (isOdd && alignment === 'left') text += NIBBLES_OF[allowed].charAt(byteAt(bytes, from) >> 4);
  return text.length === count ? text : undefined;
}

/**
 * Writes a text's nibbles into whole bytes from `at`; of an odd count the spare nibble is a last 0, or a first one when
 * aligned right. False when a character is not allowed; what was written then means nothing.
 */
export function writeNibbles(
  out: Uint8Array,
  at: number,
  text: string,
  allowed: NibbleSet,
  alignment: Alignment,
): boolean {
  const table = allowed === 'digits' ? DIGIT_OF_CODE : TRACK_OF_CODE;
  const spareFirst = alignment === 'right' ? text.length & 1 : 0;
  const pairsEnd = text.length - 1;
  let seen = 0;
  let to = at;
  if (spareFirst === 1) seen |= out[to++] = table[text.charCodeAt(0)] ?? NO_NIBBLE;
  let i = spareFirst;
  for (; i < pairsEnd; i += 2) {
    const high = table[text.charCodeAt(i)] ?? NO_NIBBLE;
    const low = table[text.charCodeAt(i + 1)] ?? NO_NIBBLE;
    seen |= high | low;
    out[to++] = (high << 4) | low;
  }
  if (i === pairsEnd) {
    const high = table[text.charCodeAt(i)] ?? NO_NIBBLE;
    seen |= high;
    out[to] = high << 4;
  }
  return seen <= 0x0f;
}

/** The nibble at a position that counts two to a byte. */
export function nibbleAt(bytes: Uint8Array, position: number): number {
  const byte = byteAt(bytes, position >> 1);
  return (position & 1) === 0 ? byte >> 4 : byte & 0x0f;
}

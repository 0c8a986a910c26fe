import { equalBytes } from '../../base/bytes.ts';
import type { BlockCipher } from './block-cipher.ts';

/** Check values are cut to 4 bytes in sign-on (CUP terminal rules A.6). */
export const CHECK_VALUE_BYTES = 4;

/** First 4 bytes of a zero block under the key: shows that two sides hold one key without showing the key. */
export function checkValue(cipher: BlockCipher): Uint8Array {
  return cipher.encrypt(new Uint8Array(cipher.blockBytes)).slice(0, CHECK_VALUE_BYTES);
}

/** Compares in constant time. */
export function hasCheckValue(cipher: BlockCipher, expected: Uint8Array): boolean {
  return equalBytes(checkValue(cipher), expected);
}

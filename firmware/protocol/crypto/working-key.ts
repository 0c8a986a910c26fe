import type { KeyCipher, KeyUsage, WorkingKey } from '../../hal/key-store.ts';
import type { BlockCipher, CipherFactory } from './block-cipher.ts';
import { checkValue, hasCheckValue } from './check-value.ts';

/*
 * Clear working keys exist in secure devices and hosts only. These functions serve the emulated devices and the
 * simulated host; nothing else in the firmware calls them.
 */

/** The cipher of a working or master key of that family. */
export function cipherOf(ciphers: CipherFactory, family: KeyCipher, key: Uint8Array): BlockCipher {
  return family === 'sm4' ? ciphers.sm4(key) : ciphers.des(key);
}

/** A working key as sign-on delivers it: enciphered block by block under the master key, with its check value. */
export function wrapWorkingKey(
  ciphers: CipherFactory,
  masterKey: Uint8Array,
  usage: KeyUsage,
  cipher: KeyCipher,
  clearKey: Uint8Array,
): WorkingKey {
  return {
    usage,
    cipher,
    cryptogram: cipherOf(ciphers, cipher, masterKey).encrypt(clearKey),
    checkValue: checkValue(cipherOf(ciphers, cipher, clearKey)),
  };
}

/** The clear key, or `undefined` when it does not answer its check value, as after a change of the master key. */
export function unwrapWorkingKey(
  ciphers: CipherFactory,
  masterKey: Uint8Array,
  key: WorkingKey,
): Uint8Array | undefined {
  const clearKey = cipherOf(ciphers, key.cipher, masterKey).decrypt(key.cryptogram);
  return hasCheckValue(cipherOf(ciphers, key.cipher, clearKey), key.checkValue) ? clearKey : undefined;
}

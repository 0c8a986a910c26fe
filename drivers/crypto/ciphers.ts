import { type Cipheriv, createCipheriv, createDecipheriv, type Decipheriv } from 'node:crypto';
import { concatBytes, hexOf } from '../../firmware/base/bytes.ts';
import type { BlockCipher, CipherFactory } from '../../firmware/protocol/crypto/block-cipher.ts';

/** ECB has no state between blocks, so one cipher object serves every call: making it costs more than using it. */
function ecbCipher(algorithm: string, blockBytes: 8 | 16, key: Uint8Array): BlockCipher {
  let encipher: Cipheriv | undefined;
  let decipher: Decipheriv | undefined;
  const run = (cipher: Cipheriv | Decipheriv, data: Uint8Array): Uint8Array => {
    if (data.length % blockBytes !== 0) throw new RangeError('ECB takes whole blocks');
    return new Uint8Array(cipher.update(data));
  };
  return {
    blockBytes,
    encrypt(data) {
      encipher ??= createCipheriv(algorithm, key, null).setAutoPadding(false);
      return run(encipher, data);
    },
    decrypt(data) {
      decipher ??= createDecipheriv(algorithm, key, null).setAutoPadding(false);
      return run(decipher, data);
    },
  };
}

/** Some hundred terminals with their hosts have fewer keys in use at one time; session keys of chips come and go. */
const KEPT_MAX = 1_024;
const kept = new Map<string, BlockCipher>();

function cipherFor(algorithm: string, blockBytes: 8 | 16, key: Uint8Array): BlockCipher {
  const name = `${algorithm} ${hexOf(key)}`;
  const known = kept.get(name);
  if (known !== undefined) return known;
  const made = ecbCipher(algorithm, blockBytes, key);
  const oldest = kept.size < KEPT_MAX ? undefined : kept.keys().next().value;
  if (oldest !== undefined) kept.delete(oldest);
  kept.set(name, made);
  return made;
}

/**
 * Block ciphers on OpenSSL, for emulated devices, simulated hosts and command-line tools: on a terminal keys live in the
 * secure device, and nothing there makes a cipher. Single DES is gone from OpenSSL 3, so it runs as two-key triple DES
 * with K‖K.
 */
export const CIPHERS: CipherFactory = {
  des(key) {
    if (key.length === 8) return cipherFor('des-ede', 8, concatBytes(key, key));
    return cipherFor(key.length === 16 ? 'des-ede' : 'des-ede3', 8, key);
  },
  sm4: (key) => cipherFor('sm4-ecb', 16, key),
  aes: (key) => cipherFor(`aes-${key.length * 8}-ecb`, 16, key),
};

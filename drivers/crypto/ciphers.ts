import { type Cipheriv, createCipheriv, createDecipheriv, type Decipheriv } from 'node:crypto';
import type { BlockCipher, CipherFactory } from '../../firmware/protocol/crypto/block-cipher.ts';

function ecbCipher(algorithm: string, blockBytes: 8 | 16, key: Uint8Array): BlockCipher {
  const run = (cipher: Cipheriv | Decipheriv, data: Uint8Array): Uint8Array => {
    cipher.setAutoPadding(false);
    return new Uint8Array(Buffer.concat([cipher.update(data), cipher.final()]));
  };
  return {
    blockBytes,
    encrypt: (data) => run(createCipheriv(algorithm, key, null), data),
    decrypt: (data) => run(createDecipheriv(algorithm, key, null), data),
  };
}

/** Block ciphers on OpenSSL. Single DES is gone from OpenSSL 3, so it runs as two-key triple DES with K‖K. */
export const CIPHERS: CipherFactory = {
  des(key) {
    if (key.length === 8) return ecbCipher('des-ede', 8, Buffer.concat([key, key]));
    return ecbCipher(key.length === 16 ? 'des-ede' : 'des-ede3', 8, key);
  },
  sm4: (key) => ecbCipher('sm4-ecb', 16, key),
  aes: (key) => ecbCipher(`aes-${key.length * 8}-ecb`, 16, key),
};

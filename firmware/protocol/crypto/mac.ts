import { bytesOfLatin1, hexOf, xorBytes } from '../../base/bytes.ts';
import { ProtocolError } from '../../base/protocol-error.ts';
import type { MacAlgorithm } from '../../hal/key-store.ts';
import type { BlockCipher, CipherFactory } from './block-cipher.ts';
import { macAlgorithm1, macAlgorithm3 } from './iso9797.ts';

/** Field 64 has 8 bytes in every form. */
export const MAC_BYTES = 8;

interface MacForm {
  readonly keyBytes: readonly number[];
  readonly compute: (ciphers: CipherFactory, key: Uint8Array, data: Uint8Array) => Uint8Array;
}

/** The forms of field 64 (CUP terminal rules A.7) with the key lengths that each of them is defined for. */
const MAC_FORMS: Readonly<Record<MacAlgorithm, MacForm>> = {
  'cup-ecb': { keyBytes: [8, 16], compute: (ciphers, key, data) => hexFoldMac(ciphers.des(key), data) },
  'cup-sm4': { keyBytes: [16], compute: (ciphers, key, data) => hexFoldMac(ciphers.sm4(key), data) },
  'x9.9': { keyBytes: [8], compute: (ciphers, key, data) => macAlgorithm1(ciphers.des(key), data, 1) },
  'x9.19': { keyBytes: [16], compute: retailMac },
  cbc: { keyBytes: [16], compute: (ciphers, key, data) => macAlgorithm1(ciphers.des(key), data, 1) },
  'raw-fold': { keyBytes: [16], compute: (ciphers, key, data) => ciphers.des(key).encrypt(foldBlocks(data, 8)) },
};

/**
 * Field 64 of the bytes from the MTI up to the field before it: always 8 bytes.
 * Throws `ProtocolError` `['key']` for a key length that the algorithm is not defined for.
 */
export function computeMac(
  ciphers: CipherFactory,
  algorithm: MacAlgorithm,
  key: Uint8Array,
  data: Uint8Array,
): Uint8Array {
  const form = MAC_FORMS[algorithm];
  if (!form.keyBytes.includes(key.length)) {
    throw new ProtocolError(['key'], `${algorithm} takes ${form.keyBytes.join(' or ')} bytes of key`);
  }
  return form.compute(ciphers, key, data);
}

/**
 * XOR of all blocks of the data, the last one filled with zeros. Both `cup-` forms and `raw-fold` see the data only
 * through it, so a PIN pad that takes little data is given the fold instead and comes to the same MAC.
 */
export function foldBlocks(data: Uint8Array, blockBytes: 8 | 16): Uint8Array {
  const fold = new Uint8Array(blockBytes);
  data.forEach((byte, at) => {
    const cell = at % blockBytes;
    fold[cell] = (fold[cell] ?? 0) ^ byte;
  });
  return fold;
}

/** The UnionPay form: the fold as hex text is two blocks, chained once; the beginning of the result's hex text is the MAC. */
function hexFoldMac(cipher: BlockCipher, data: Uint8Array): Uint8Array {
  const text = bytesOfLatin1(hexOf(foldBlocks(data, cipher.blockBytes)));
  const first = cipher.encrypt(text.subarray(0, cipher.blockBytes));
  const last = cipher.encrypt(xorBytes(first, text.subarray(cipher.blockBytes)));
  return bytesOfLatin1(hexOf(last).slice(0, MAC_BYTES));
}

function retailMac(ciphers: CipherFactory, key: Uint8Array, data: Uint8Array): Uint8Array {
  return macAlgorithm3(ciphers.des(key.subarray(0, 8)), ciphers.des(key.subarray(8)), data, 1);
}

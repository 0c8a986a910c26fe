import { concatBytes, xorBytes } from '../../base/bytes.ts';
import type { BlockCipher } from './block-cipher.ts';

/**
 * Paddings of ISO/IEC 9797-1: 1 fills with zeros, 2 with a one bit and zeros, 3 with zeros and puts the length in bits
 * in a block before the data. All give at least one block.
 */
export type MacPadding = 1 | 2 | 3;

function padWithZeros(data: Uint8Array, blockBytes: number): Uint8Array {
  const padded = new Uint8Array(Math.max(1, Math.ceil(data.length / blockBytes)) * blockBytes);
  padded.set(data);
  return padded;
}

/** Data as whole blocks by one of the three paddings. */
export function padForMac(data: Uint8Array, padding: MacPadding, blockBytes: number): Uint8Array {
  if (padding === 1) return padWithZeros(data, blockBytes);
  if (padding === 2) return padWithZeros(concatBytes(data, new Uint8Array([0x80])), blockBytes);
  return concatBytes(lengthBlock(data.length, blockBytes), padWithZeros(data, blockBytes));
}

function lengthBlock(dataBytes: number, blockBytes: number): Uint8Array {
  const block = new Uint8Array(blockBytes);
  new DataView(block.buffer).setUint32(blockBytes - 4, dataBytes * 8);
  return block;
}

/** MAC algorithm 1, the plain CBC MAC: the whole last block of the chain. */
export function macAlgorithm1(cipher: BlockCipher, data: Uint8Array, padding: MacPadding): Uint8Array {
  const padded = padForMac(data, padding, cipher.blockBytes);
  let chain: Uint8Array = new Uint8Array(cipher.blockBytes);
  for (let at = 0; at < padded.length; at += cipher.blockBytes) {
    chain = cipher.encrypt(xorBytes(chain, padded.subarray(at, at + cipher.blockBytes)));
  }
  return chain;
}

/** MAC algorithm 3, the retail MAC: the chain under the left key; its last block deciphered right, enciphered left. */
export function macAlgorithm3(
  left: BlockCipher,
  right: BlockCipher,
  data: Uint8Array,
  padding: MacPadding,
): Uint8Array {
  return left.encrypt(right.decrypt(macAlgorithm1(left, data, padding)));
}

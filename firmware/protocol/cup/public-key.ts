import { concatBytes } from '../../base/bytes.ts';

/** A certification authority's public key (CAPK) as tags 9F06, 9F22, DF02 and DF04 of a parameter download give it. */
export interface AuthorityKey {
  /** 5 bytes. */
  readonly rid: Uint8Array;
  readonly index: number;
  readonly modulus: Uint8Array;
  readonly exponent: Uint8Array;
}

/** The bytes whose SHA-1 is tag DF03, the check of a downloaded key. */
export function authorityKeyHashInput({ rid, index, modulus, exponent }: AuthorityKey): Uint8Array {
  return concatBytes(rid, new Uint8Array([index]), modulus, exponent);
}

/**
 * A block cipher with its key inside, in ECB over whole blocks. Protocol code builds MACs, PIN blocks and check values
 * from it; who holds the key (secure device, simulated host) is not its business.
 */
export interface BlockCipher {
  readonly blockBytes: 8 | 16;
  /** `data` is a whole number of blocks. */
  encrypt(data: Uint8Array): Uint8Array;
  decrypt(data: Uint8Array): Uint8Array;
}

/** Where ciphers come from: OpenSSL in drivers and simulators; the firmware itself never holds a clear key. */
export interface CipherFactory {
  /** DES with 8 bytes of key, two-key triple DES with 16, three-key with 24. */
  des(key: Uint8Array): BlockCipher;
  /** SM4 with 16 bytes of key. */
  sm4(key: Uint8Array): BlockCipher;
  /** AES with 16, 24 or 32 bytes of key. */
  aes(key: Uint8Array): BlockCipher;
}

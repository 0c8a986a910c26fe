export type KeyUsage = 'pin' | 'mac' | 'track';
export type KeyCipher = 'tdes' | 'sm4';

/** Forms of field 64, host protocol reference A.7. `cup-ecb` is the UnionPay default. */
export type MacAlgorithm = 'cup-ecb' | 'cup-sm4' | 'x9.9' | 'x9.19' | 'cbc' | 'raw-fold';

/** A working key as sign-on delivers it: enciphered under the terminal master key. */
export interface WorkingKey {
  readonly usage: KeyUsage;
  readonly cipher: KeyCipher;
  /** 8 bytes (single DES) or 16. */
  readonly cryptogram: Uint8Array;
  /** First 4 bytes of the encryption of a zero block under the clear key. */
  readonly checkValue: Uint8Array;
}

export type KeyLoad =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'refused'; readonly reason: 'checkValue' | 'noMasterKey' | 'unsupported' };

/**
 * Keys and what is done with them, inside the secure device. Each key serves one usage. Clear keys never cross this
 * interface; the master key arrives by the device's own ceremony.
 */
export interface KeyStore {
  readonly ciphers: readonly KeyCipher[];
  status(): Promise<{ readonly masterKey: boolean; readonly workingKeys: readonly KeyUsage[] }>;
  /** Replaces the key of that usage only after its check value was verified; a refused key leaves the old one. */
  loadWorkingKey(key: WorkingKey): Promise<KeyLoad>;
  /** Field 64 of the bytes from the MTI up to the field before it: 8 bytes. `HalError` `security` without a MAC key. */
  mac(algorithm: MacAlgorithm, data: Uint8Array): Promise<Uint8Array>;
  /** Enciphers whole blocks of track data (ECB) under the track key. `HalError` `security` without one. */
  encryptTrack(blocks: Uint8Array): Promise<Uint8Array>;
  /** Forgets the working keys, not the master key. */
  eraseWorkingKeys(): Promise<void>;
}

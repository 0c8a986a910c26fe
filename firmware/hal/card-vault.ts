/**
 * What the vault can hold. PIN block, tracks, chip data and SMS codes are sensitive authentication data and are never
 * stored; a customer's account is personal and is not stored either.
 */
export type SecretKind = 'pan' | 'track2' | 'track3' | 'chipData' | 'pinBlock' | 'payCode' | 'smsCode' | 'account';

/** Names a secret without holding it. The only form in which secrets travel through context, events and logs. */
export interface VaultRef {
  readonly vaultRef: number;
  readonly kind: SecretKind;
}

/**
 * Keeps card data and pay codes out of everything that is logged, journaled, inspected or restored.
 *
 * Formats: `pan`, `payCode`, `smsCode`, `account` ASCII; `track2`, `track3` ASCII digits with `D` as separator, no sentinels; `chipData`
 * BER-TLV; `pinBlock` the enciphered block, 8 or 16 bytes.
 */
export interface CardVault {
  /** Takes a copy; the caller overwrites its own bytes. */
  seal(kind: SecretKind, value: Uint8Array): VaultRef;
  /**
   * The bytes, for the moment of writing them to a host or a device. Only effects and drivers call this, and they keep
   * the result in a local variable. Throws `HalError` `security` when the secret was wiped.
   */
  reveal(ref: VaultRef): Uint8Array;
  /** Form for people: first six and last four of a card number, stars for everything else. */
  describe(ref: VaultRef): string;
  /**
   * A sealed text for the journal, readable by this terminal alone, so that a reversal can be rebuilt after a restart.
   * Throws `HalError` `security` for sensitive authentication data: only `pan` and `payCode` may be stored.
   */
  toStored(ref: VaultRef): string;
  /** Throws `HalError` `security` when the text was not sealed here or was changed. */
  fromStored(stored: string): VaultRef;
  /** Overwrites one secret, or all; idempotent. */
  wipe(ref?: VaultRef): void;
  /** Secrets held now; 0 while the terminal is idle. */
  count(): number;
}

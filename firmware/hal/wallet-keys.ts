/** The merchant's signing key and the wallet's public key, by RSA2: SHA-256 with RSA, PKCS#1 v1.5, base64. */
export interface WalletKeys {
  sign(text: string): Promise<string>;
  /** `false` for anything but a good signature, a text that is no base64 included. */
  verify(text: string, signature: string): Promise<boolean>;
}

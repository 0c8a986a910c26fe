/** Hosts that speak a web API: wallets of their own, and an aggregator that serves several. */
export type WalletHost = 'alipay' | 'wechat' | 'jd' | 'lakala';

/**
 * The merchant's signing key at each host and the host's public key, by RSA2: SHA-256 with RSA, PKCS#1 v1.5, base64.
 * Rejects with `HalError` `security` for a host without keys.
 */
export interface WalletKeys {
  sign(host: WalletHost, text: string): Promise<string>;
  /** `false` for anything but a good signature, a text that is no base64 included. */
  verify(host: WalletHost, text: string, signature: string): Promise<boolean>;
}

import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { bytesOfUtf8 } from '../../firmware/base/text.ts';
import { TEST_MERCHANT_PUBLIC_KEY } from './test-keys.ts';

/** A merchant's application at the wallet: who may call, and with which key it signs. */
export interface MerchantApplication {
  readonly appId: string;
  /** SPKI PEM. */
  readonly publicKey: string;
}

/** The application that a simulated terminal uses. */
export const TEST_APPLICATION: MerchantApplication = { appId: '2026112100000001', publicKey: TEST_MERCHANT_PUBLIC_KEY };

/** The wallet's side of the keys that a terminal has as `WalletKeys`. */
export interface WalletSignatures {
  /** Whether an application of that number may call. */
  knows(appId: string): boolean;
  /** Whether the text carries the signature of that application's merchant. */
  isMerchants(text: string, signature: string, appId: string): boolean;
  signAsWallet(text: string): string;
}

/** RSA2 on both sides: SHA-256 with RSA, PKCS#1 v1.5, over the UTF-8 bytes of the text, in base64. */
export class RsaWalletSignatures implements WalletSignatures {
  readonly #merchants: ReadonlyMap<string, KeyObject>;
  readonly #signingKey: KeyObject;

  /** @param signingKey the wallet's private key, PKCS#8 PEM */
  constructor(merchants: readonly MerchantApplication[], signingKey: string) {
    this.#merchants = new Map(merchants.map(({ appId, publicKey }) => [appId, createPublicKey(publicKey)]));
    this.#signingKey = createPrivateKey(signingKey);
  }

  knows(appId: string): boolean {
    return this.#merchants.has(appId);
  }

  isMerchants(text: string, signature: string, appId: string): boolean {
    const key = this.#merchants.get(appId);
    return key !== undefined && verify('RSA-SHA256', bytesOfUtf8(text), key, Buffer.from(signature, 'base64'));
  }

  signAsWallet(text: string): string {
    return sign('RSA-SHA256', bytesOfUtf8(text), this.#signingKey).toString('base64');
  }
}

import { hash } from 'node:crypto';
import type { WalletHost, WalletKeys } from '../firmware/hal/index.ts';

function digest(signer: 'merchant' | 'wallet', text: string): string {
  return hash('sha256', `${signer}\n${text}`, 'base64');
}

/** Keys for a scripted wallet: signatures are digests that anybody can make, so that a test can play either side. */
export class MockWalletKeys implements WalletKeys {
  async sign(_host: WalletHost, text: string): Promise<string> {
    return digest('merchant', text);
  }

  async verify(_host: WalletHost, text: string, signature: string): Promise<boolean> {
    return signature === digest('wallet', text);
  }

  /** The wallet's signature, which {@link verify} believes. */
  signAsWallet(text: string): string {
    return digest('wallet', text);
  }

  /** Every application has the same key. */
  knows(): boolean {
    return true;
  }

  /** Whether a request carries the merchant's signature. */
  isMerchants(text: string, signature: string): boolean {
    return signature === digest('merchant', text);
  }
}

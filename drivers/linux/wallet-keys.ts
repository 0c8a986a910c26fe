import { constants, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { bytesOfUtf8 } from '../../firmware/base/text.ts';
import { HalError } from '../../firmware/hal/hal-error.ts';
import type { WalletHost, WalletKeys } from '../../firmware/hal/index.ts';

/** RSA2 of the wallets' open platforms asks for 2048 bits; less is refused. */
const MODULUS_BITS_MIN = 2048;

/** Both keys as PEM texts: the merchant's own private key (PKCS#8 or PKCS#1) and the wallet's public key (SPKI). */
export interface RsaWalletKeyTexts {
  readonly merchantPrivateKey: string;
  readonly walletPublicKey: string;
}

function rsaKey(which: string, read: () => KeyObject): KeyObject {
  let key: KeyObject;
  try {
    key = read();
  } catch {
    throw new HalError('security', 'wallet', `${which} is no PEM key`);
  }
  if (key.asymmetricKeyType !== 'rsa' || (key.asymmetricKeyDetails?.modulusLength ?? 0) < MODULUS_BITS_MIN) {
    throw new HalError('security', 'wallet', `${which} is no RSA key of ${MODULUS_BITS_MIN} bits`);
  }
  return key;
}

interface HostKeys {
  readonly merchant: KeyObject;
  readonly wallet: KeyObject;
}

/** Wallet keys held by this process, as RSA2: SHA-256 with RSA, PKCS#1 v1.5, over the UTF-8 bytes of the text. */
export class RsaWalletKeys implements WalletKeys {
  readonly #keys: ReadonlyMap<string, HostKeys>;

  /** Throws `HalError` `security` for anything but RSA keys of at least 2048 bits. */
  constructor(texts: Readonly<Partial<Record<WalletHost, RsaWalletKeyTexts>>>) {
    this.#keys = new Map(Object.entries(texts).map(([host, each]) => [host, keysOf(host, each)]));
  }

  async sign(host: WalletHost, text: string): Promise<string> {
    const key = { key: this.#of(host).merchant, padding: constants.RSA_PKCS1_PADDING };
    return sign('sha256', bytesOfUtf8(text), key).toString('base64');
  }

  async verify(host: WalletHost, text: string, signature: string): Promise<boolean> {
    const { wallet } = this.#of(host);
    const bytes = Buffer.from(signature, 'base64');
    if (bytes.toString('base64') !== signature) return false;
    const key = { key: wallet, padding: constants.RSA_PKCS1_PADDING };
    return verify('sha256', bytesOfUtf8(text), key, bytes);
  }

  #of(host: WalletHost): HostKeys {
    const keys = this.#keys.get(host);
    if (keys === undefined) throw new HalError('security', 'wallet', `no keys for ${host}`);
    return keys;
  }
}

function keysOf(host: string, { merchantPrivateKey, walletPublicKey }: RsaWalletKeyTexts): HostKeys {
  return {
    merchant: rsaKey(`merchant private key for ${host}`, () => createPrivateKey(merchantPrivateKey)),
    wallet: rsaKey(`public key of ${host}`, () => createPublicKey(walletPublicKey)),
  };
}

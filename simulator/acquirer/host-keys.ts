import { equalBytes } from '../../firmware/base/bytes.ts';
import type { KeyCipher, KeyUsage, MacAlgorithm, Random, WorkingKey } from '../../firmware/hal/index.ts';
import type { BlockCipher } from '../../firmware/protocol/crypto/block-cipher.ts';
import { computeMac } from '../../firmware/protocol/crypto/mac.ts';
import { cipherOf, wrapWorkingKey } from '../../firmware/protocol/crypto/working-key.ts';
import type { SignOnScheme } from '../../firmware/protocol/cup/sign-on-keys.ts';
import { CIPHERS } from '../../hal-mock/crypto.ts';

interface SchemeKeys {
  readonly cipher: KeyCipher;
  /** Length of each key in bytes; a scheme without track key delivers none. */
  readonly bytes: Readonly<Partial<Record<KeyUsage, 8 | 16>>>;
}

/** Keys that each sign-on delivers (CUP terminal rules A.6). */
const SCHEME_KEYS: Readonly<Record<SignOnScheme, SchemeKeys>> = {
  '001': { cipher: 'tdes', bytes: { pin: 8, mac: 8 } },
  '003': { cipher: 'tdes', bytes: { pin: 16, mac: 8 } },
  '004': { cipher: 'tdes', bytes: { pin: 16, mac: 8, track: 16 } },
  '006': { cipher: 'sm4', bytes: { pin: 16, mac: 16, track: 16 } },
};

/** Algorithms that are not defined for the single-length key that 003 and 004 normally carry. */
const DOUBLE_LENGTH_MAC: ReadonlySet<MacAlgorithm> = new Set(['x9.19', 'cbc', 'raw-fold']);

/** `true` for the four values of 60.3 that are a sign-on. */
export function isSignOnScheme(text: string): text is SignOnScheme {
  return Object.hasOwn(SCHEME_KEYS, text);
}

/** Working keys of one sign-on, clear: the host's security module. */
export class KeyStoreSession {
  readonly scheme: SignOnScheme;
  readonly cipher: KeyCipher;
  readonly #clearKeys: ReadonlyMap<KeyUsage, Uint8Array>;
  readonly #macAlgorithm: MacAlgorithm;

  private constructor(scheme: SignOnScheme, clearKeys: ReadonlyMap<KeyUsage, Uint8Array>, macAlgorithm: MacAlgorithm) {
    this.scheme = scheme;
    this.cipher = SCHEME_KEYS[scheme].cipher;
    this.#clearKeys = clearKeys;
    this.#macAlgorithm = this.cipher === 'sm4' ? 'cup-sm4' : macAlgorithm;
  }

  /**
   * Makes fresh keys for a scheme. `undefined` when its MAC key is too short for the algorithm.
   *
   * @param macAlgorithm form of field 64 under triple DES; SM4 has but one
   */
  static create(random: Random, scheme: SignOnScheme, macAlgorithm: MacAlgorithm): KeyStoreSession | undefined {
    const isDouble = DOUBLE_LENGTH_MAC.has(macAlgorithm) && SCHEME_KEYS[scheme].cipher === 'tdes';
    if (isDouble && scheme === '001') return undefined;
    const keys = new Map<KeyUsage, Uint8Array>();
    for (const [usage, bytes] of Object.entries(SCHEME_KEYS[scheme].bytes)) {
      keys.set(usage as KeyUsage, random.bytes(usage === 'mac' && isDouble ? 16 : bytes));
    }
    return new KeyStoreSession(scheme, keys, macAlgorithm);
  }

  /** The keys as field 62 carries them. */
  wrapped(masterKey: Uint8Array): WorkingKey[] {
    return [...this.#clearKeys].map(([usage, key]) => wrapWorkingKey(CIPHERS, masterKey, usage, this.cipher, key));
  }

  /** Field 64 of the bytes before it. */
  mac(data: Uint8Array): Uint8Array {
    return computeMac(CIPHERS, this.#macAlgorithm, this.#key('mac'), data);
  }

  /** Whether the last 8 bytes of a message are the MAC of those before. */
  verifies(iso: Uint8Array): boolean {
    return equalBytes(this.mac(iso.subarray(0, -8)), iso.subarray(-8));
  }

  get pinCipher(): BlockCipher {
    return cipherOf(CIPHERS, this.cipher, this.#key('pin'));
  }

  /** `undefined` for schemes that deliver no track key. */
  get trackCipher(): BlockCipher | undefined {
    const key = this.#clearKeys.get('track');
    return key && cipherOf(CIPHERS, this.cipher, key);
  }

  #key(usage: KeyUsage): Uint8Array {
    const key = this.#clearKeys.get(usage);
    if (key === undefined) throw new RangeError(`scheme ${this.scheme} has no ${usage} key`);
    return key;
  }
}

import {
  KMY_CIPHER,
  KMY_MAC,
  KMY_MAC_DATA_MAX_BYTES,
  KMY_MODE,
  KMY_STATUS,
} from '../../../drivers/pin-pad-kmy/codec.ts';
import type { BlockCipher, CipherFactory } from '../../../firmware/protocol/crypto/block-cipher.ts';
import { computeMac } from '../../../firmware/protocol/crypto/mac.ts';
import { iso0PinBlock } from '../../../firmware/protocol/crypto/pin-block.ts';
import { KeyMemory } from './key-memory.ts';

/** Status and data of an answer, before warnings. */
export interface KmyAnswer {
  readonly code: number;
  readonly data?: Uint8Array;
}

export const KMY_OK: KmyAnswer = { code: KMY_STATUS.ok };
export const KMY_BAD_PARAMETER: KmyAnswer = { code: KMY_STATUS.badParameter };

/** The cryptographic half of an emulated pad: keys, which of them is active, and the modes it is used in. */
export class KmyCrypto {
  readonly keys: KeyMemory;
  readonly #ciphers: CipherFactory;
  #masterKeyBytes = 8;
  #workingCipher: number = KMY_CIPHER.des;
  #macMode: number = KMY_MAC.x99;
  #active: readonly [index: number, slot: number] | undefined;

  constructor(ciphers: CipherFactory) {
    this.#ciphers = ciphers;
    this.keys = new KeyMemory(ciphers);
  }

  /** Keys stay, modes and the choice of a key do not. */
  restart(): void {
    this.#masterKeyBytes = 8;
    this.#workingCipher = KMY_CIPHER.des;
    this.#macMode = KMY_MAC.x99;
    this.#active = undefined;
  }

  setMode(data: Uint8Array): KmyAnswer {
    const [mode, value] = data;
    const isCipher = value === KMY_CIPHER.des || value === KMY_CIPHER.tripleDes;
    if (mode === KMY_MODE.masterKey && isCipher) this.#masterKeyBytes = value === KMY_CIPHER.des ? 8 : 16;
    else if (mode === KMY_MODE.workingKey && isCipher) this.#workingCipher = value;
    else if (mode === KMY_MODE.mac && (value === KMY_MAC.x99 || value === KMY_MAC.unionPay)) this.#macMode = value;
    else return KMY_BAD_PARAMETER;
    return KMY_OK;
  }

  loadMasterKey(data: Uint8Array): KmyAnswer {
    const [index = 16, ...key] = data;
    if (index > 15 || (key.length !== 8 && key.length !== 16)) return KMY_BAD_PARAMETER;
    this.keys.loadMaster(index, Uint8Array.from(key));
    return KMY_OK;
  }

  loadWorkingKey(data: Uint8Array): KmyAnswer {
    const [index = 0, slot = 0, ...cryptogram] = data;
    if (cryptogram.length !== 8 && cryptogram.length !== 16) return KMY_BAD_PARAMETER;
    const isLoaded = this.keys.loadWorking(index, slot, Uint8Array.from(cryptogram), this.#masterKeyBytes);
    return isLoaded ? KMY_OK : KMY_BAD_PARAMETER;
  }

  activateKey(data: Uint8Array): KmyAnswer {
    const [index = 0, slot = 0] = data;
    if (this.keys.working(index, slot) === undefined) return KMY_BAD_PARAMETER;
    this.#active = [index, slot];
    return KMY_OK;
  }

  /** The active key, if it is there and as long as the mode says. */
  #activeKey(): Uint8Array | undefined {
    const key = this.#active && this.keys.working(...this.#active);
    return key?.length === (this.#workingCipher === KMY_CIPHER.des ? 8 : 16) ? key : undefined;
  }

  encrypt(data: Uint8Array): KmyAnswer {
    return this.#withKey(data, (cipher) => cipher.encrypt(data));
  }

  decrypt(data: Uint8Array): KmyAnswer {
    return this.#withKey(data, (cipher) => cipher.decrypt(data));
  }

  /** The pad knows the card number's 12 digits only; any digit in the check digit's place is dropped again. */
  pinBlock(digits: string, panDigits: string): KmyAnswer {
    const key = this.#activeKey();
    if (key === undefined) return KMY_BAD_PARAMETER;
    return { ...KMY_OK, data: this.#ciphers.des(key).encrypt(iso0PinBlock(digits, `${panDigits}0`)) };
  }

  get hasActiveKey(): boolean {
    return this.#activeKey() !== undefined;
  }

  #withKey(data: Uint8Array, run: (cipher: BlockCipher) => Uint8Array): KmyAnswer {
    const key = this.#activeKey();
    if (key === undefined || data.length === 0 || data.length % 8 !== 0) return KMY_BAD_PARAMETER;
    return { ...KMY_OK, data: run(this.#ciphers.des(key)) };
  }

  mac(data: Uint8Array): KmyAnswer {
    const key = this.#activeKey();
    if (key === undefined || data.length > KMY_MAC_DATA_MAX_BYTES) return KMY_BAD_PARAMETER;
    if (this.#macMode === KMY_MAC.unionPay) return { ...KMY_OK, data: computeMac(this.#ciphers, 'cup-ecb', key, data) };
    return key.length === 8 ? { ...KMY_OK, data: computeMac(this.#ciphers, 'x9.9', key, data) } : KMY_BAD_PARAMETER;
  }
}

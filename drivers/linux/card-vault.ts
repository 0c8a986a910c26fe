import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { concatBytes, latin1Of } from '../../firmware/base/bytes.ts';
import { maskPan } from '../../firmware/base/masked.ts';
import { bytesOfUtf8 } from '../../firmware/base/text.ts';
import { HalError } from '../../firmware/hal/hal-error.ts';
import type { CardVault, Random, SecretKind, VaultRef } from '../../firmware/hal/index.ts';

/** AES-256 key of {@link MemoryCardVault}. */
export const STORAGE_KEY_BYTES = 32;

/** NIST SP 800-38D: a 96-bit nonce, drawn at random for each seal, and the whole 128-bit tag. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

type StorableKind = Extract<SecretKind, 'pan' | 'payCode'>;
const STORED_FORM = /^(pan|payCode)\.([A-Za-z0-9+/]+={0,2})$/;

interface Secret {
  readonly kind: SecretKind;
  readonly value: Uint8Array;
  /** What `reveal` handed out; overwritten together with the value, because no caller is trusted to do it. */
  readonly revealed: Uint8Array[];
}

/** Allocates outside Buffer's shared pool, where a copy would outlive its owner. */
function ownCopy(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  return copy;
}

function isStorable(kind: SecretKind): kind is StorableKind {
  return kind === 'pan' || kind === 'payCode';
}

/** Binds the kind to the sealed text, so that a pay code cannot come back as a card number. */
function boundTo(kind: StorableKind): Uint8Array {
  return bytesOfUtf8(`fenqi-card-vault-1:${kind}`);
}

/**
 * Secrets in the memory of this process, each in a buffer of its own that `wipe` overwrites. Stored forms are
 * `kind.base64(nonce ‖ tag ‖ AES-256-GCM)` under the storage key, which stays inside OpenSSL.
 *
 * What the garbage collector cannot promise stays true here as well: strings that others make of a secret are not
 * overwritten. On a device with a secure element the vault belongs into it.
 */
export class MemoryCardVault implements CardVault {
  readonly #random: Random;
  readonly #storageKey: KeyObject;
  readonly #secrets = new Map<number, Secret>();
  #lastRef = 0;

  /** @param storageKey 32 bytes, see `loadOrCreateStorageKey`; a copy is taken. Throws `HalError` `security` for any other length. */
  constructor(random: Random, storageKey: Uint8Array) {
    if (storageKey.length !== STORAGE_KEY_BYTES) throw new HalError('security', 'vault', 'storage key length');
    this.#random = random;
    this.#storageKey = createSecretKey(storageKey);
  }

  seal(kind: SecretKind, value: Uint8Array): VaultRef {
    return this.#keep(kind, ownCopy(value));
  }

  reveal(ref: VaultRef): Uint8Array {
    const secret = this.#secretOf(ref);
    const copy = ownCopy(secret.value);
    secret.revealed.push(copy);
    return copy;
  }

  describe(ref: VaultRef): string {
    const { kind, value } = this.#secretOf(ref);
    return kind === 'pan' ? maskPan(latin1Of(value)) : '****';
  }

  toStored(ref: VaultRef): string {
    const { kind, value } = this.#secretOf(ref);
    if (!isStorable(kind)) throw new HalError('security', 'vault', `${kind} is never stored`);
    const nonce = this.#random.bytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#storageKey, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(boundTo(kind));
    const sealed = concatBytes(cipher.update(value), cipher.final());
    return `${kind}.${Buffer.from(concatBytes(nonce, cipher.getAuthTag(), sealed)).toString('base64')}`;
  }

  fromStored(stored: string): VaultRef {
    const [, kind, base64 = ''] = STORED_FORM.exec(stored) ?? [];
    const bytes = Buffer.from(base64, 'base64');
    // Node reads sloppy base64; a text that is not the one written was changed.
    const isWhole = bytes.length >= NONCE_BYTES + TAG_BYTES && bytes.toString('base64') === base64;
    if (kind === undefined || !isWhole) throw new HalError('security', 'vault', 'no sealed text');
    return this.#keep(kind as StorableKind, this.#open(kind as StorableKind, bytes));
  }

  wipe(ref?: VaultRef): void {
    if (ref === undefined) {
      for (const key of this.#secrets.keys()) this.#overwrite(key);
    } else if (this.#find(ref) !== undefined) {
      this.#overwrite(ref.vaultRef);
    }
  }

  count(): number {
    return this.#secrets.size;
  }

  #keep(kind: SecretKind, value: Uint8Array): VaultRef {
    const vaultRef = ++this.#lastRef;
    this.#secrets.set(vaultRef, { kind, value, revealed: [] });
    return { vaultRef, kind };
  }

  #overwrite(key: number): void {
    const secret = this.#secrets.get(key);
    secret?.value.fill(0);
    for (const copy of secret?.revealed ?? []) copy.fill(0);
    this.#secrets.delete(key);
  }

  #open(kind: StorableKind, bytes: Uint8Array): Uint8Array {
    const nonce = bytes.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', this.#storageKey, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(boundTo(kind));
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    const opened = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
    const value = ownCopy(opened);
    opened.fill(0);
    try {
      decipher.final();
      return value;
    } catch {
      value.fill(0);
      throw new HalError('security', 'vault', 'not sealed here, or changed');
    }
  }

  #find(ref: VaultRef): Secret | undefined {
    const secret = this.#secrets.get(ref.vaultRef);
    return secret?.kind === ref.kind ? secret : undefined;
  }

  #secretOf(ref: VaultRef): Secret {
    const secret = this.#find(ref);
    if (secret === undefined) throw new HalError('security', 'vault', `${ref.kind} was wiped`);
    return secret;
  }
}

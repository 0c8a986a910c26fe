import { createHash, createHmac } from 'node:crypto';
import { bytesOfHex, bytesOfLatin1, concatBytes, equalBytes, hexOf, latin1Of } from '../firmware/base/bytes.ts';
import { maskPan } from '../firmware/base/masked.ts';
import { type CardVault, HalError, type Random, type SecretKind, type VaultRef } from '../firmware/hal/index.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 32;

/** The kinds that are no sensitive authentication data. */
const STORABLE: readonly string[] = ['pan', 'payCode'] satisfies readonly SecretKind[];

interface Secret {
  readonly kind: SecretKind;
  readonly value: Uint8Array;
  readonly revealed: Uint8Array[];
}

/**
 * A vault for tests, with every promise of the port. What it stores opens again in a vault of the same terminal name,
 * so that a test can restart its terminal; the name is no secret, and no real card belongs in here.
 */
export class MockCardVault implements CardVault {
  readonly #random: Random;
  readonly #terminal: string;
  readonly #secrets = new Map<number, Secret>();
  #lastRef = 0;

  constructor(random: Random, terminal = 'mock terminal') {
    this.#random = random;
    this.#terminal = terminal;
  }

  seal(kind: SecretKind, value: Uint8Array): VaultRef {
    const vaultRef = ++this.#lastRef;
    this.#secrets.set(vaultRef, { kind, value: Uint8Array.from(value), revealed: [] });
    return { vaultRef, kind };
  }

  reveal(ref: VaultRef): Uint8Array {
    const { value, revealed } = this.#secretOf(ref);
    const copy = Uint8Array.from(value);
    revealed.push(copy);
    return copy;
  }

  describe(ref: VaultRef): string {
    const { kind, value } = this.#secretOf(ref);
    return kind === 'pan' ? maskPan(latin1Of(value)) : '****';
  }

  toStored(ref: VaultRef): string {
    const { kind, value } = this.#secretOf(ref);
    if (!STORABLE.includes(kind)) throw new HalError('security', 'vault', `${kind} is never stored`);
    const hidden = this.#hide(this.#random.bytes(NONCE_BYTES), value);
    return `${kind}.${hexOf(concatBytes(hidden, this.#tag(kind, hidden)))}`;
  }

  fromStored(stored: string): VaultRef {
    const [kind = '', digits = '', ...more] = stored.split('.');
    const bytes = /[a-f]/.test(digits) ? undefined : bytesOfHex(digits);
    const hidden = bytes?.subarray(0, -TAG_BYTES) ?? new Uint8Array(0);
    const isWhole = STORABLE.includes(kind) && more.length === 0 && hidden.length >= NONCE_BYTES;
    if (bytes === undefined || !isWhole || !equalBytes(this.#tag(kind, hidden), bytes.subarray(-TAG_BYTES))) {
      throw new HalError('security', 'vault', 'not sealed here, or changed');
    }
    const clear = this.#hide(hidden.subarray(0, NONCE_BYTES), hidden.subarray(NONCE_BYTES)).subarray(NONCE_BYTES);
    return this.seal(kind as SecretKind, clear);
  }

  wipe(ref?: VaultRef): void {
    const wanted = ref === undefined ? [...this.#secrets.keys()] : this.#find(ref) && [ref.vaultRef];
    for (const key of wanted ?? []) {
      const { value, revealed } = this.#secrets.get(key) ?? { value: undefined, revealed: [] };
      for (const bytes of [value, ...revealed]) bytes?.fill(0);
      this.#secrets.delete(key);
    }
  }

  count(): number {
    return this.#secrets.size;
  }

  /** The nonce, then the value under a key stream of terminal and nonce; the same call turns it back. */
  #hide(nonce: Uint8Array, value: Uint8Array): Uint8Array {
    const seed = concatBytes(bytesOfLatin1(`${this.#terminal}\n`), nonce);
    const stream = createHash('shake256', { outputLength: value.length }).update(seed).digest();
    return concatBytes(
      nonce,
      value.map((byte, at) => byte ^ (stream[at] ?? 0)),
    );
  }

  #tag(kind: string, hidden: Uint8Array): Uint8Array {
    return createHmac('sha256', this.#terminal).update(`${kind}\n`).update(hidden).digest();
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

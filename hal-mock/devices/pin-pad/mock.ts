import { latin1Of } from '../../../firmware/base/bytes.ts';
import type { CancelSignal } from '../../../firmware/base/cancel.ts';
import {
  type CardVault,
  type Clock,
  HalError,
  type KeyCipher,
  type KeyLoad,
  type KeyStore,
  type KeyUsage,
  type MacAlgorithm,
  type PinEntry,
  type PinPad,
  type PinRequest,
  type WorkingKey,
} from '../../../firmware/hal/index.ts';
import { computeMac } from '../../../firmware/protocol/crypto/mac.ts';
import { iso0PinBlock, sm4PinBlock } from '../../../firmware/protocol/crypto/pin-block.ts';
import { cipherOf, unwrapWorkingKey } from '../../../firmware/protocol/crypto/working-key.ts';
import { ProtocolError } from '../../../firmware/base/protocol-error.ts';
import { CIPHERS } from '../../crypto.ts';
import type { PinPadControls, PinPadKey } from './controls.ts';

interface LoadedKey {
  readonly cipher: KeyCipher;
  readonly clear: Uint8Array;
}

interface Pressed {
  readonly end: 'confirm' | 'cancel' | 'abort' | 'timeout' | 'unplug';
}

interface Prompt {
  readonly digitsMax: number;
  readonly digitsMin: number;
  readonly onDigits: (count: number) => void;
  readonly finish: (pressed: Pressed) => void;
  digits: string;
}

/** A PIN pad and key store without any bytes: every cipher and MAC form, real cryptography, keys that act at once. */
export class MockPinPad implements PinPad, KeyStore, PinPadControls {
  readonly ciphers: readonly KeyCipher[] = ['tdes', 'sm4'];
  readonly #clock: Clock;
  readonly #vault: CardVault;
  readonly #keys = new Map<KeyUsage, LoadedKey>();
  #masterKey: Uint8Array | undefined;
  #prompt: Prompt | undefined;
  #plugged = true;

  constructor(clock: Clock, vault: CardVault) {
    this.#clock = clock;
    this.#vault = vault;
  }

  // Controls

  get prompting(): boolean {
    return this.#prompt !== undefined;
  }

  typeDigits(digits: string): void {
    for (const digit of digits) {
      const prompt = this.#prompt;
      if (prompt !== undefined && prompt.digits.length < prompt.digitsMax)
        this.#setDigits(prompt, prompt.digits + digit);
    }
  }

  press(key: PinPadKey): void {
    const prompt = this.#prompt;
    if (prompt === undefined) return;
    const isTooShort = prompt.digits.length > 0 && prompt.digits.length < prompt.digitsMin;
    if (key === 'clear' || (key === 'confirm' && isTooShort)) this.#setDigits(prompt, '');
    else prompt.finish({ end: key });
  }

  loadMasterKey(key: Uint8Array): void {
    this.#masterKey = new Uint8Array(key);
  }

  loseKeys(): void {
    this.#masterKey = undefined;
    this.#keys.clear();
  }

  unplug(): void {
    this.#plugged = false;
    this.#prompt?.finish({ end: 'unplug' });
  }

  replug(): void {
    this.#plugged = true;
  }

  // PinPad

  async enterPin(request: PinRequest, onDigits: (count: number) => void, signal: CancelSignal): Promise<PinEntry> {
    this.#requirePlug();
    const key = this.#key('pin');
    if (signal.aborted) return { kind: 'cancelled' };
    const { pressed, digits } = await this.#ask(request, onDigits, signal);
    if (pressed.end === 'unplug') throw new HalError('disconnected', 'pinPad', 'lost during PIN entry');
    if (pressed.end === 'timeout') return { kind: 'timedOut' };
    if (pressed.end !== 'confirm') return { kind: 'cancelled' };
    return digits === '' ? { kind: 'bypassed' } : this.#sealed(digits, request, key);
  }

  // KeyStore

  async status(): Promise<{ readonly masterKey: boolean; readonly workingKeys: readonly KeyUsage[] }> {
    this.#requirePlug();
    return { masterKey: this.#masterKey !== undefined, workingKeys: [...this.#keys.keys()] };
  }

  async loadWorkingKey(key: WorkingKey): Promise<KeyLoad> {
    this.#requirePlug();
    const { length } = key.cryptogram;
    if (length !== 16 && (key.cipher === 'sm4' || length !== 8)) return { kind: 'refused', reason: 'unsupported' };
    if (this.#masterKey === undefined) return { kind: 'refused', reason: 'noMasterKey' };
    const clear = unwrapWorkingKey(CIPHERS, this.#masterKey, key);
    if (clear === undefined) return { kind: 'refused', reason: 'checkValue' };
    this.#keys.set(key.usage, { cipher: key.cipher, clear });
    return { kind: 'loaded' };
  }

  async mac(algorithm: MacAlgorithm, data: Uint8Array): Promise<Uint8Array> {
    this.#requirePlug();
    const { cipher, clear } = this.#key('mac');
    if ((algorithm === 'cup-sm4') !== (cipher === 'sm4')) throw new HalError('unsupported', 'keyStore', algorithm);
    try {
      return computeMac(CIPHERS, algorithm, clear, data);
    } catch (error) {
      if (error instanceof ProtocolError) throw new HalError('unsupported', 'keyStore', algorithm);
      throw error;
    }
  }

  async encryptTrack(blocks: Uint8Array): Promise<Uint8Array> {
    this.#requirePlug();
    const { cipher, clear } = this.#key('track');
    return cipherOf(CIPHERS, cipher, clear).encrypt(blocks);
  }

  async eraseWorkingKeys(): Promise<void> {
    this.#requirePlug();
    this.#keys.clear();
  }

  #requirePlug(): void {
    if (!this.#plugged) throw new HalError('disconnected', 'pinPad', 'not open');
  }

  #key(usage: KeyUsage): LoadedKey {
    const key = this.#keys.get(usage);
    if (key === undefined) throw new HalError('security', usage === 'pin' ? 'pinPad' : 'keyStore', `no ${usage} key`);
    return key;
  }

  #setDigits(prompt: Prompt, digits: string): void {
    prompt.digits = digits;
    prompt.onDigits(digits.length);
  }

  async #ask(
    request: PinRequest,
    onDigits: (count: number) => void,
    signal: CancelSignal,
  ): Promise<{ readonly pressed: Pressed; readonly digits: string }> {
    const { digitsMin, digitsMax, timeoutMs } = request;
    const abort = (): void => this.#prompt?.finish({ end: 'abort' });
    const timer = this.#clock.setTimeout(() => this.#prompt?.finish({ end: 'timeout' }), timeoutMs);
    signal.addEventListener('abort', abort);
    let typed = '';
    const pressed = await new Promise<Pressed>((finish) => {
      this.#prompt = {
        digitsMin,
        digitsMax,
        onDigits,
        digits: '',
        // Over at once: a key pressed before the promise is heard must not count any more.
        finish: (pressed) => {
          typed = this.#prompt?.digits ?? '';
          this.#prompt = undefined;
          finish(pressed);
        },
      };
    });
    this.#clock.clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    return { pressed, digits: typed };
  }

  #sealed(digits: string, { panRef }: PinRequest, key: LoadedKey): PinEntry {
    const pan = latin1Of(this.#vault.reveal(panRef));
    const format = key.cipher === 'sm4' ? 'sm4' : 'iso0';
    const clear = format === 'sm4' ? sm4PinBlock(digits, pan) : iso0PinBlock(digits, pan);
    const block = cipherOf(CIPHERS, key.cipher, key.clear).encrypt(clear);
    clear.fill(0);
    return { kind: 'entered', pinBlockRef: this.#vault.seal('pinBlock', block), format };
  }
}

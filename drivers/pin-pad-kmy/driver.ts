import { concatBytes, equalBytes, latin1Of, bytesOfLatin1 } from '../../firmware/base/bytes.ts';
import type { CancelSignal } from '../../firmware/base/cancel.ts';
import { invariant } from '../../firmware/base/invariant.ts';
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
  type Random,
  sleep,
  type VaultRef,
  type WorkingKey,
} from '../../firmware/hal/index.ts';
import { foldBlocks, MAC_BYTES } from '../../firmware/protocol/crypto/mac.ts';
import type { LineSettings, SerialLine } from '../serial/serial-line.ts';
import {
  KMY_CIPHER,
  KMY_COMMAND,
  KMY_KEYBOARD,
  KMY_MAC,
  KMY_MAC_DATA_MAX_BYTES,
  KMY_MODE,
  KMY_PAN_DIGITS,
} from './codec.ts';
import { isRefused, isSuccess, KmyDevice, type KmyWarning, saysMasterKeyLost } from './kmy-device.ts';
import { PinEntryWatch, type PinEntryEnd } from './pin-entry-watch.ts';

/** Line settings of the family as delivered: 8N1 without flow control. */
export const KMY_LINE_SETTINGS: LineSettings = { baudRate: 9600 };

export interface KmyPinPadOptions {
  /** Overwrites working keys that are to be forgotten. */
  readonly random: Random;
  /** Slot of the terminal master key, 0 to 15; 0 unless told. */
  readonly masterKeyIndex?: number;
  /** What the clear key of this model takes back; everything unless told. */
  readonly clearKey?: 'all' | 'last';
  /** News for the log: the pad does its work but needs somebody to look after it. */
  readonly onWarning?: (warning: KmyWarning) => void;
}

export type MasterKeyLoad =
  { readonly kind: 'loaded' } | { readonly kind: 'refused'; readonly reason: 'alreadyLoaded' | 'badKey' };

interface LoadedKey {
  readonly slot: number;
  readonly bytes: number;
}

/** Each usage has two slots: a new key is verified in the one that is not in use, so that a bad one costs nothing. */
const SLOTS: Readonly<Record<KeyUsage, readonly [number, number]>> = { pin: [0, 1], mac: [2, 3], track: [4, 5] };

const DES_BLOCK_BYTES = 8;
const DES_KEY_BYTES = 8;
const TRIPLE_DES_KEY_BYTES = 16;

/** Whole blocks below the limit that the pad states for MAC data. */
const ENCRYPT_MAX_BYTES = 96;

/** The pad needs a moment between the enter key and the reading of the block (KMY3501 driver practice). */
const PIN_BLOCK_WAIT_MS = 100;

/** The pad's own limit ends an entry of a host that died; it is set a little later than ours. */
const ENTRY_LIMIT_SLACK_S = 1;
const ENTRY_LIMIT_MAX_S = 255;

const SHOW_STARS = 1;
const WITH_PAN = 1;
const PROMPT = 0;

/**
 * A PIN pad of the KMY3501 family: PIN entry, and the keys of the terminal. Operations wait for each other.
 *
 * Which slots hold good working keys is known only to the driver that loaded them, so a restarted program signs on
 * again; a pad that was merely unplugged keeps them.
 */
export class KmyPinPad implements PinPad, KeyStore {
  readonly ciphers: readonly KeyCipher[] = ['tdes'];
  readonly #device: KmyDevice;
  readonly #clock: Clock;
  readonly #vault: CardVault;
  readonly #options: KmyPinPadOptions;
  readonly #masterKeyIndex: number;
  readonly #keys = new Map<KeyUsage, LoadedKey>();
  #watch: PinEntryWatch | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(line: SerialLine, clock: Clock, vault: CardVault, options: KmyPinPadOptions) {
    this.#clock = clock;
    this.#vault = vault;
    this.#options = options;
    this.#masterKeyIndex = options.masterKeyIndex ?? 0;
    this.#device = new KmyDevice(line, clock, {
      onKey: (key) => this.#watch?.key(key),
      onEntryTimedOut: () => this.#watch?.end('timedOut'),
      onWarning: (warning) => this.#warn(warning),
    });
    line.onDisconnect(() => this.#watch?.end('disconnected'));
  }

  enterPin(request: PinRequest, onDigits: (count: number) => void, signal: CancelSignal): Promise<PinEntry> {
    return this.#exclusively(() => this.#enterPin(request, onDigits, signal));
  }

  status(): Promise<{ readonly masterKey: boolean; readonly workingKeys: readonly KeyUsage[] }> {
    return this.#exclusively(async () => {
      const masterKey = await this.#device.hasMasterKey();
      return { masterKey, workingKeys: [...this.#keys.keys()] };
    });
  }

  loadWorkingKey(key: WorkingKey): Promise<KeyLoad> {
    return this.#exclusively(() => this.#loadWorkingKey(key));
  }

  /**
   * `cup-ecb` and `raw-fold` of any length, because both see only the XOR fold of the data; `x9.9` with a single DES key
   * up to the pad's 100 bytes. The rest rejects with `HalError` `unsupported`.
   */
  mac(algorithm: MacAlgorithm, data: Uint8Array): Promise<Uint8Array> {
    return this.#exclusively(() => this.#mac(algorithm, data));
  }

  encryptTrack(blocks: Uint8Array): Promise<Uint8Array> {
    invariant(blocks.length % DES_BLOCK_BYTES === 0, 'track data is enciphered in whole blocks');
    return this.#exclusively(async () => {
      await this.#useKey(this.#keyFor('track'));
      return this.#encrypt(blocks);
    });
  }

  /** The pad has no command for it that would spare the master key, so every slot is overwritten with a random key. */
  eraseWorkingKeys(): Promise<void> {
    return this.#exclusively(async () => {
      this.#keys.clear();
      for (const slot of Object.values(SLOTS).flat()) {
        const answer = await this.#load(slot, this.#options.random.bytes(TRIPLE_DES_KEY_BYTES));
        if (saysMasterKeyLost(answer)) return;
        if (!isSuccess(answer)) throw this.#device.refusal(answer);
      }
    });
  }

  /**
   * For the key ceremony alone: the key crosses the line in clear, so this belongs into a secured room, with the pad on
   * a cable that everybody can see. 16 bytes. A pad that has a master key keeps it unless `replace` says otherwise.
   */
  loadMasterKey(index: number, key: Uint8Array, replace = false): Promise<MasterKeyLoad> {
    return this.#exclusively(async () => {
      if (key.length !== TRIPLE_DES_KEY_BYTES) return { kind: 'refused', reason: 'badKey' };
      const hasMasterKey = await this.#device.hasMasterKey();
      if (hasMasterKey && !replace) return { kind: 'refused', reason: 'alreadyLoaded' };
      const data = concatBytes(Uint8Array.of(index), key);
      try {
        await this.#device.commandWithoutKeys(KMY_COMMAND.loadMasterKey, data);
      } finally {
        data.fill(0);
      }
      this.#keys.clear();
      return { kind: 'loaded' };
    });
  }

  #exclusively<Result>(operation: () => Promise<Result>): Promise<Result> {
    const turn = this.#turn.then(operation);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  #warn(warning: KmyWarning): void {
    if (warning === 'masterKeyLost') this.#keys.clear();
    this.#options.onWarning?.(warning);
  }

  #keyFor(usage: KeyUsage): LoadedKey {
    const key = this.#keys.get(usage);
    if (key === undefined) throw this.#device.error('security', `no ${usage} key`);
    return key;
  }

  /** Modes and the active key are set anew for every operation: the pad forgets them when it restarts, and says nothing. */
  async #useKey(key: LoadedKey): Promise<void> {
    const cipher = key.bytes === DES_KEY_BYTES ? KMY_CIPHER.des : KMY_CIPHER.tripleDes;
    await this.#device.command(KMY_COMMAND.setMode, Uint8Array.of(KMY_MODE.workingKey, cipher));
    const answer = await this.#device.ask(KMY_COMMAND.activateKey, Uint8Array.of(this.#masterKeyIndex, key.slot));
    if (isSuccess(answer) && !saysMasterKeyLost(answer)) return;
    for (const [usage, { slot }] of this.#keys) if (slot === key.slot) this.#keys.delete(usage);
    throw this.#device.error('security', 'working key gone');
  }

  async #load(slot: number, cryptogram: Uint8Array) {
    const mode = Uint8Array.of(KMY_MODE.masterKey, KMY_CIPHER.tripleDes);
    await this.#device.commandWithoutKeys(KMY_COMMAND.setMode, mode);
    const data = concatBytes(Uint8Array.of(this.#masterKeyIndex, slot), cryptogram);
    return this.#device.ask(KMY_COMMAND.loadWorkingKey, data);
  }

  async #loadWorkingKey({ usage, cipher, cryptogram, checkValue }: WorkingKey): Promise<KeyLoad> {
    if (cipher !== 'tdes' || !isDesKeyLength(cryptogram.length)) return { kind: 'refused', reason: 'unsupported' };
    const [first, second] = SLOTS[usage];
    const candidate: LoadedKey = {
      slot: this.#keys.get(usage)?.slot === first ? second : first,
      bytes: cryptogram.length,
    };
    const answer = await this.#load(candidate.slot, cryptogram);
    if (saysMasterKeyLost(answer)) return { kind: 'refused', reason: 'noMasterKey' };
    if (!isSuccess(answer)) throw this.#device.refusal(answer);
    await this.#useKey(candidate);
    const zeroEnciphered = await this.#encrypt(new Uint8Array(DES_BLOCK_BYTES));
    if (!equalBytes(zeroEnciphered.subarray(0, 4), checkValue)) return { kind: 'refused', reason: 'checkValue' };
    this.#keys.set(usage, candidate);
    return { kind: 'loaded' };
  }

  /** Under the active key. */
  async #encrypt(blocks: Uint8Array): Promise<Uint8Array> {
    const enciphered: Uint8Array[] = [];
    for (let at = 0; at < blocks.length; at += ENCRYPT_MAX_BYTES) {
      const part = blocks.slice(at, at + ENCRYPT_MAX_BYTES);
      enciphered.push(await this.#device.command(KMY_COMMAND.encrypt, part, { answerBytes: part.length }));
      part.fill(0);
    }
    return concatBytes(...enciphered);
  }

  async #mac(algorithm: MacAlgorithm, data: Uint8Array): Promise<Uint8Array> {
    const key = this.#keyFor('mac');
    const isSingleDes = key.bytes === DES_KEY_BYTES;
    if (algorithm === 'cup-ecb') return this.#deviceMac(key, KMY_MAC.unionPay, foldBlocks(data, DES_BLOCK_BYTES));
    if (algorithm === 'x9.9' && isSingleDes && data.length <= KMY_MAC_DATA_MAX_BYTES) {
      return this.#deviceMac(key, KMY_MAC.x99, data);
    }
    if (algorithm === 'raw-fold' && !isSingleDes) {
      await this.#useKey(key);
      return this.#encrypt(foldBlocks(data, DES_BLOCK_BYTES));
    }
    throw new HalError('unsupported', 'keyStore', algorithm);
  }

  async #deviceMac(key: LoadedKey, mode: number, data: Uint8Array): Promise<Uint8Array> {
    await this.#useKey(key);
    await this.#device.command(KMY_COMMAND.setMode, Uint8Array.of(KMY_MODE.mac, mode));
    return this.#device.command(KMY_COMMAND.mac, data, { answerBytes: MAC_BYTES });
  }

  async #enterPin(request: PinRequest, onDigits: (count: number) => void, signal: CancelSignal): Promise<PinEntry> {
    const endMs = this.#clock.monotonicMs() + request.timeoutMs;
    for (;;) {
      if (signal.aborted) return { kind: 'cancelled' };
      const leftMs = endMs - this.#clock.monotonicMs();
      if (leftMs <= 0) return { kind: 'timedOut' };
      const entry = await this.#enterOnce({ ...request, timeoutMs: leftMs }, onDigits, signal);
      if (entry !== 'tooShort') return entry;
      // The pad knows a greatest length only; a PIN shorter than asked for is thrown away and asked for again.
      onDigits(0);
    }
  }

  async #enterOnce(
    request: PinRequest,
    onDigits: (count: number) => void,
    signal: CancelSignal,
  ): Promise<PinEntry | 'tooShort'> {
    await this.#useKey(this.#keyFor('pin'));
    await this.#sendPan(request.panRef);
    const watch = new PinEntryWatch({
      clock: this.#clock,
      digitsMax: request.digitsMax,
      deadlineMs: request.timeoutMs,
      clearKey: this.#options.clearKey ?? 'all',
      signal,
      onDigits,
    });
    this.#watch = watch;
    try {
      await this.#startEntry(request);
      const entry = await this.#conclude(await watch.ended, watch.digits, request, signal);
      await this.#closeKeyboard(entry);
      return entry;
    } catch (error) {
      // The pad may still be asking the customer; what went wrong first is what the caller hears.
      await this.#device
        .commandWithoutKeys(KMY_COMMAND.keyboard, Uint8Array.of(KMY_KEYBOARD.close))
        .catch(() => undefined);
      throw error;
    } finally {
      watch.end('disconnected');
      this.#watch = undefined;
    }
  }

  async #sendPan(panRef: VaultRef): Promise<void> {
    const pan = latin1Of(this.#vault.reveal(panRef));
    const digits = bytesOfLatin1(pan.slice(0, -1).slice(-KMY_PAN_DIGITS).padStart(KMY_PAN_DIGITS, '0'));
    try {
      await this.#device.command(KMY_COMMAND.setPan, digits);
    } finally {
      digits.fill(0);
    }
  }

  async #startEntry({ digitsMax, timeoutMs }: PinRequest): Promise<void> {
    const limitS = Math.min(ENTRY_LIMIT_MAX_S, Math.ceil(timeoutMs / 1_000) + ENTRY_LIMIT_SLACK_S);
    await this.#device.command(KMY_COMMAND.keyboard, Uint8Array.of(KMY_KEYBOARD.open));
    const parameters = Uint8Array.of(digitsMax, SHOW_STARS, WITH_PAN, PROMPT, limitS);
    await this.#device.command(KMY_COMMAND.startPin, parameters, { once: true });
  }

  async #conclude(
    end: PinEntryEnd,
    digits: number,
    request: PinRequest,
    signal: CancelSignal,
  ): Promise<PinEntry | 'tooShort'> {
    if (end === 'disconnected') throw this.#device.error('disconnected', 'lost during PIN entry');
    if (end === 'timedOut') return { kind: 'timedOut' };
    if (end === 'cancelledByCustomer' || end === 'cancelledByCaller') return { kind: 'cancelled' };
    return digits > 0 && digits < request.digitsMin ? 'tooShort' : this.#readPinBlock(digits, signal);
  }

  async #readPinBlock(digits: number, signal: CancelSignal): Promise<PinEntry> {
    await sleep(this.#clock, PIN_BLOCK_WAIT_MS);
    // Asked also when no digit was counted: a star can get lost on the line, and only the pad knows.
    const answer = await this.#device.ask(KMY_COMMAND.readPinBlock, undefined, { once: true, answerBytes: 8 });
    if (signal.aborted) return { kind: 'cancelled' };
    if (saysMasterKeyLost(answer)) throw this.#device.error('security', 'master key lost');
    if (digits === 0 && isRefused(answer)) return { kind: 'bypassed' };
    if (!isSuccess(answer)) throw this.#device.refusal(answer);
    const pinBlockRef = this.#vault.seal('pinBlock', answer.data);
    answer.data.fill(0);
    return { kind: 'entered', pinBlockRef, format: 'iso0' };
  }

  /** A block that was read is not lost over a pad that does not answer any more; anything else needs the pad to stop. */
  async #closeKeyboard(entry: PinEntry | 'tooShort'): Promise<void> {
    const closing = this.#device.commandWithoutKeys(KMY_COMMAND.keyboard, Uint8Array.of(KMY_KEYBOARD.close));
    if (entry !== 'tooShort' && entry.kind === 'entered') await closing.catch(() => undefined);
    else await closing;
  }
}

function isDesKeyLength(bytes: number): boolean {
  return bytes === DES_KEY_BYTES || bytes === TRIPLE_DES_KEY_BYTES;
}

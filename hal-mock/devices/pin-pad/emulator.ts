import {
  encodeKmyFrame,
  KMY_COMMAND,
  KMY_KEY,
  KMY_KEYBOARD,
  KMY_PAN_DIGITS,
  KMY_STATUS,
  type KmyFrame,
  KmyFrameReader,
  type KmyKey,
} from '../../../drivers/pin-pad-kmy/codec.ts';
import { bytesOfLatin1, latin1Of } from '../../../firmware/base/bytes.ts';
import type { Clock, Random, TimerId } from '../../../firmware/hal/index.ts';
import type { CipherFactory } from '../../../firmware/protocol/crypto/block-cipher.ts';
import { CIPHERS } from '../../crypto.ts';
import type { WireEnd } from '../../wire/wire-end.ts';
import type { PinPadControls, PinPadKey } from './controls.ts';
import { KMY_BAD_PARAMETER, KMY_OK, type KmyAnswer, KmyCrypto } from './kmy-crypto.ts';

/** What differs between batches of the pad, or makes it misbehave. All may be changed while it runs. */
export interface KmyKnobs {
  /** How long the customer takes from key to key; 80 to 400 ms unless told. */
  keyPaceMs: readonly [min: number, max: number];
  /** How long the pad takes to answer; 15 to 40 ms unless told. */
  answerMs: readonly [min: number, max: number];
  /** Ends an entry by itself at the greatest length, with the byte 00. */
  autoEnd: boolean;
  clearKey: 'all' | 'last';
  /** How the pad says that the customer took too long. */
  timeoutReport: 'status' | 'byte00';
  batteryLow: boolean;
  /** Fault code F0 to F7 that the self-test finds. */
  selfTestFault: number | undefined;
  /** The next so many answers carry a wrong BCC. */
  wrongBccs: number;
  /** The next so many commands are done but not answered. */
  lostAnswers: number;
  /** Sends answers in two halves with this pause between them, so that keys fall between the bytes; 0 for one piece. */
  answerGapMs: number;
}

interface Entry {
  readonly digitsMax: number;
  readonly timer: TimerId;
  digits: string;
}

/** 16 characters, as the version command gives. */
const VERSION = 'KMY3501 EMU 1.00';

/** ISO 9564: a PIN has at least 4 digits; the enter key does nothing before that, except to confirm an empty entry. */
const PIN_DIGITS_MIN = 4;

const KEYS: Readonly<Record<PinPadKey, KmyKey>> = { confirm: 'enter', cancel: 'cancel', clear: 'clear' };

const DEFAULT_KNOBS: KmyKnobs = {
  keyPaceMs: [80, 400],
  answerMs: [15, 40],
  autoEnd: false,
  clearKey: 'all',
  timeoutReport: 'status',
  batteryLow: false,
  selfTestFault: undefined,
  wrongBccs: 0,
  lostAnswers: 0,
  answerGapMs: 0,
};

/**
 * A KMY3501 down to the byte: real keys, real ciphers, and the order of commands that the pad insists on. Where the
 * public material is silent the choice is the stricter one: refused (15) rather than guessed.
 *
 * `misuse` lists what a real pad would have tolerated or garbled silently; a test asserts that it stays empty.
 */
export class KmyEmulator implements PinPadControls {
  readonly knobs: KmyKnobs;
  readonly misuse: string[] = [];
  readonly #wire: WireEnd;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #crypto: KmyCrypto;
  readonly #reader = new KmyFrameReader();
  readonly #pressed: (() => void)[] = [];
  #powerCycles = 0;
  #isAnswering = false;
  #keyboardOpen = false;
  #pan: string | undefined;
  #entry: Entry | undefined;
  /** Digits of an entry that the customer confirmed, until they are fetched as a block. */
  #confirmed: string | undefined;

  constructor(
    wire: WireEnd,
    clock: Clock,
    random: Random,
    options: Partial<KmyKnobs> & { ciphers?: CipherFactory } = {},
  ) {
    const { ciphers = CIPHERS, ...knobs } = options;
    this.#wire = wire;
    this.#clock = clock;
    this.#random = random;
    this.#crypto = new KmyCrypto(ciphers);
    this.knobs = { ...DEFAULT_KNOBS, ...knobs };
    wire.onData((bytes) => this.#receive(bytes));
  }

  get prompting(): boolean {
    return this.#entry !== undefined;
  }

  typeDigits(digits: string): void {
    for (const digit of digits) this.#pressLater(() => this.#digit(digit));
  }

  press(key: PinPadKey): void {
    this.#pressLater(() => this.#key(KEYS[key]));
  }

  loadMasterKey(key: Uint8Array): void {
    this.#crypto.keys.loadMaster(0, key);
  }

  loseKeys(): void {
    this.#crypto.keys.wipe();
  }

  unplug(): void {
    this.#restart();
    this.#wire.unplug();
  }

  replug(): void {
    this.#wire.replug();
  }

  /** Restarts without any sign on the line, as a pad with its own power supply does: modes and entry are gone. */
  reboot(): void {
    this.#restart();
  }

  #restart(): void {
    this.#powerCycles++;
    this.#isAnswering = false;
    this.#reader.reset();
    this.#crypto.restart();
    this.#pan = undefined;
    this.#closeKeyboard();
  }

  #between([min, max]: readonly [number, number]): number {
    return min + this.#random.below(max - min + 1);
  }

  /** Does something later unless the pad restarts before. */
  #after(delayMs: number, action: () => void): TimerId {
    const powerCycle = this.#powerCycles;
    return this.#clock.setTimeout(() => {
      if (powerCycle === this.#powerCycles) action();
    }, delayMs);
  }

  // Keys

  /** The customer's finger: one key after the other. */
  #pressLater(action: () => void): void {
    this.#pressed.push(action);
    if (this.#pressed.length === 1)
      this.#clock.setTimeout(() => this.#pressNext(), this.#between(this.knobs.keyPaceMs));
  }

  #pressNext(): void {
    this.#pressed.shift()?.();
    if (this.#pressed.length > 0) this.#clock.setTimeout(() => this.#pressNext(), this.#between(this.knobs.keyPaceMs));
  }

  #report(key: KmyKey): void {
    this.#wire.write(Uint8Array.of(KMY_KEY[key]));
  }

  #digit(digit: string): void {
    const entry = this.#entry;
    if (entry === undefined || entry.digits.length >= entry.digitsMax) return;
    entry.digits += digit;
    this.#report('digit');
    if (this.knobs.autoEnd && entry.digits.length === entry.digitsMax) this.#confirm(entry, 'end');
  }

  #key(key: KmyKey): void {
    const entry = this.#entry;
    if (entry === undefined) return;
    if (key === 'clear') {
      entry.digits = this.knobs.clearKey === 'all' ? '' : entry.digits.slice(0, -1);
      this.#report('clear');
    } else if (key === 'cancel') {
      this.#endEntry();
      this.#report('cancel');
    } else if (entry.digits === '' || entry.digits.length >= PIN_DIGITS_MIN) {
      this.#confirm(entry, 'enter');
    }
  }

  #confirm(entry: Entry, report: KmyKey): void {
    this.#endEntry();
    this.#confirmed = entry.digits;
    this.#report(report);
  }

  #endEntry(): void {
    if (this.#entry !== undefined) this.#clock.clearTimeout(this.#entry.timer);
    this.#entry = undefined;
  }

  #closeKeyboard(): void {
    this.#keyboardOpen = false;
    this.#endEntry();
    this.#confirmed = undefined;
  }

  #entryTimedOut(): void {
    this.#endEntry();
    if (this.knobs.timeoutReport === 'status') this.#wire.write(encodeKmyFrame(KMY_STATUS.timedOut));
    else this.#report('end');
  }

  // Commands

  #receive(bytes: Uint8Array): void {
    for (const item of this.#reader.push(bytes)) {
      if (item.kind === 'damaged') this.#answer(KMY_BAD_PARAMETER);
      else if (item.kind === 'frame') this.#obey(item.frame);
    }
  }

  #obey(frame: KmyFrame): void {
    if (this.#isAnswering) this.misuse.push(`command ${frame.code.toString(16)} before the last one was answered`);
    const closesKeyboard = frame.code === KMY_COMMAND.keyboard && frame.data[0] === KMY_KEYBOARD.close;
    if (this.#entry !== undefined && !closesKeyboard) {
      this.misuse.push(`command ${frame.code.toString(16)} during PIN entry`);
      this.#answer(KMY_BAD_PARAMETER);
      return;
    }
    const obey = this.#commands[frame.code];
    this.#answer(obey === undefined ? { code: KMY_STATUS.unknownCommand } : this.#withWarnings(obey(frame.data)));
  }

  /** Every answer tells of a lost master key, or else of a low battery. */
  #withWarnings(answer: KmyAnswer): KmyAnswer {
    const wentWell = answer.code === KMY_STATUS.ok;
    if (!wentWell && answer.code !== KMY_STATUS.badParameter) return answer;
    if (!this.#crypto.keys.hasMaster) {
      return { ...answer, code: wentWell ? KMY_STATUS.okMasterKeyLost : KMY_STATUS.refusedMasterKeyLost };
    }
    if (!this.knobs.batteryLow) return answer;
    return { ...answer, code: wentWell ? KMY_STATUS.okBatteryLow : KMY_STATUS.refusedBatteryLow };
  }

  #answer({ code, data }: KmyAnswer): void {
    if (this.knobs.lostAnswers > 0) {
      this.knobs.lostAnswers--;
      return;
    }
    this.#isAnswering = true;
    const bytes = encodeKmyFrame(code, data);
    if (this.knobs.wrongBccs > 0) {
      this.knobs.wrongBccs--;
      bytes[bytes.length - 2] = bytes[bytes.length - 2] === 0x30 ? 0x31 : 0x30;
    }
    this.#after(this.#between(this.knobs.answerMs), () => this.#send(bytes));
  }

  #send(bytes: Uint8Array): void {
    const half = this.knobs.answerGapMs > 0 ? bytes.length >> 1 : bytes.length;
    this.#wire.write(bytes.subarray(0, half));
    if (half === bytes.length) this.#isAnswering = false;
    else {
      this.#after(this.knobs.answerGapMs, () => {
        this.#isAnswering = false;
        this.#wire.write(bytes.subarray(half));
      });
    }
  }

  readonly #commands: Readonly<Record<number, (data: Uint8Array) => KmyAnswer>> = {
    [KMY_COMMAND.version]: () => ({ ...KMY_OK, data: bytesOfLatin1(VERSION) }),
    [KMY_COMMAND.selfTest]: (data) => this.#selfTest(data),
    [KMY_COMMAND.setMode]: (data) => this.#crypto.setMode(data),
    [KMY_COMMAND.loadMasterKey]: (data) => this.#crypto.loadMasterKey(data),
    [KMY_COMMAND.loadWorkingKey]: (data) => this.#crypto.loadWorkingKey(data),
    [KMY_COMMAND.activateKey]: (data) => this.#crypto.activateKey(data),
    [KMY_COMMAND.encrypt]: (data) => this.#crypto.encrypt(data),
    [KMY_COMMAND.decrypt]: (data) => this.#crypto.decrypt(data),
    [KMY_COMMAND.mac]: (data) => this.#crypto.mac(data),
    [KMY_COMMAND.setPan]: (data) => this.#setPan(data),
    [KMY_COMMAND.keyboard]: (data) => this.#keyboard(data),
    [KMY_COMMAND.startPin]: (data) => this.#startPin(data),
    [KMY_COMMAND.readPinBlock]: () => this.#readPinBlock(),
  };

  /** Without data the keys stay; with 38 everything is wiped. */
  #selfTest(data: Uint8Array): KmyAnswer {
    if (data[0] === 0x38) {
      this.#crypto.keys.wipe();
      this.#restart();
    }
    return this.knobs.selfTestFault === undefined ? KMY_OK : { code: this.knobs.selfTestFault };
  }

  #setPan(data: Uint8Array): KmyAnswer {
    const digits = latin1Of(data);
    if (digits.length !== KMY_PAN_DIGITS || !/^\d+$/.test(digits)) return KMY_BAD_PARAMETER;
    this.#pan = digits;
    return KMY_OK;
  }

  #keyboard(data: Uint8Array): KmyAnswer {
    const [state] = data;
    if (state === KMY_KEYBOARD.close) this.#closeKeyboard();
    else if (state === KMY_KEYBOARD.open || state === KMY_KEYBOARD.openSilent) this.#keyboardOpen = true;
    else return KMY_BAD_PARAMETER;
    return KMY_OK;
  }

  #startPin(data: Uint8Array): KmyAnswer {
    const [digitsMax = 0, , , , timeoutS = 0] = data;
    if (!this.#keyboardOpen || this.#pan === undefined || !this.#crypto.hasActiveKey) {
      this.misuse.push('PIN entry without key, card number or open keyboard');
      return KMY_BAD_PARAMETER;
    }
    if (data.length !== 5 || digitsMax < PIN_DIGITS_MIN || digitsMax > 12) return KMY_BAD_PARAMETER;
    this.#confirmed = undefined;
    const timer = this.#after(timeoutS * 1_000, () => this.#entryTimedOut());
    this.#entry = { digitsMax, timer, digits: '' };
    return KMY_OK;
  }

  /** Once for each entry; the digits are gone with it. */
  #readPinBlock(): KmyAnswer {
    const digits = this.#confirmed;
    this.#confirmed = undefined;
    if (digits === undefined || digits === '' || this.#pan === undefined) return KMY_BAD_PARAMETER;
    return this.#crypto.pinBlock(digits, this.#pan);
  }
}

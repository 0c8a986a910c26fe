import {
  encodeGm65Answer,
  encodeGm65Heartbeat,
  GM65_ANSWER,
  GM65_FACTORY_RESET,
  GM65_FRAME_TIMEOUT_MS,
  GM65_MODE,
  GM65_REGISTER,
  GM65_TAIL,
  GM65_TRIGGERED,
  GM65_TYPE,
  Gm65CommandReader,
  type Gm65Frame,
} from '../../../drivers/scanner-gm65/codec.ts';
import { bytesOfLatin1, concatBytes } from '../../../firmware/base/bytes.ts';
import { bytesOfGbk, bytesOfUtf8 } from '../../../firmware/base/text.ts';
import type { Clock, Random, TimerId } from '../../../firmware/hal/index.ts';
import type { WireEnd } from '../../wire/wire-end.ts';
import type { ScannerControls } from './controls.ts';

/** What differs between firmware versions, or makes the scanner misbehave. All may be changed while it runs. */
export interface Gm65Knobs {
  /** GM65 says nothing to a bad command, Newland EM answers with an error. */
  flavour: 'silent' | 'answers';
  encoding: 'utf8' | 'gbk' | 'latin1';
  answerMs: readonly [min: number, max: number];
  /** From the moment a code can be seen until its text is out. */
  decodeMs: readonly [min: number, max: number];
  /** One reading gives up after this; 5 s as delivered. */
  readLimitMs: number;
  /** The text follows the answer to the trigger in the same breath. */
  gluesDecode: boolean;
  /** Sends every text a second time after this; 0 for once. */
  duplicateAfterMs: number;
  /** Firmware in which the tail register means something else: writes to it do nothing and there is no tail. */
  hasNoTail: boolean;
  /** The next so many answers carry a wrong CRC. */
  wrongCrcs: number;
  /** The next so many commands are done but not answered. */
  lostAnswers: number;
}

const KNOBS: Gm65Knobs = {
  flavour: 'silent',
  encoding: 'utf8',
  answerMs: [5, 20],
  decodeMs: [60, 250],
  readLimitMs: 5_000,
  gluesDecode: false,
  duplicateAfterMs: 0,
  hasNoTail: false,
  wrongCrcs: 0,
  lostAnswers: 0,
};

/** As delivered: LED and beep on, light and aim while reading, manual mode; tail CRLF. */
const FACTORY: readonly (readonly [register: number, value: number])[] = [
  [GM65_REGISTER.mode, 0xd4],
  [GM65_REGISTER.tail, GM65_TAIL.crLf],
  [0x002a, 0x39],
  [0x002b, 0x01],
];

const TAILS: Readonly<Record<number, string>> = {
  [GM65_TAIL.cr]: '\r',
  [GM65_TAIL.crLf]: '\r\n',
  [GM65_TAIL.tab]: '\t',
};

/** In continuous mode a code that stays in view is read again after this. */
const CONTINUOUS_PAUSE_MS = 500;

const WRITE_MAX_BYTES = 245;

/**
 * A GM65 down to the byte: registers, of which only saved ones survive a loss of power, and a window that looks as the
 * mode register says. In command mode a trigger clears itself on a reading or at the reading limit.
 */
export class Gm65Emulator implements ScannerControls {
  readonly knobs: Gm65Knobs;
  readonly misuse: string[] = [];
  /** How often the flash was written. */
  saveCount = 0;
  readonly #wire: WireEnd;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #reader = new Gm65CommandReader();
  #registers: Map<number, number> = new Map(FACTORY);
  #saved: Map<number, number> = new Map(FACTORY);
  #shown: string | undefined;
  #powerCycles = 0;
  #frameTimer: TimerId | undefined;
  #decodeTimer: TimerId | undefined;
  #limitTimer: TimerId | undefined;
  #isAnswering = false;

  constructor(wire: WireEnd, clock: Clock, random: Random, knobs: Partial<Gm65Knobs> = {}) {
    this.knobs = { ...KNOBS, ...knobs };
    this.#wire = wire;
    this.#clock = clock;
    this.#random = random;
    wire.onData((bytes) => this.#receive(bytes));
  }

  /** Whether the window looks for a code now. */
  get scanning(): boolean {
    const mode = this.#register(GM65_REGISTER.mode) & GM65_MODE.mask;
    if (mode === GM65_MODE.continuous || mode === GM65_MODE.sensor) return true;
    return mode === GM65_MODE.command && this.#isTriggered;
  }

  show(code: string): void {
    this.#shown = code;
    this.#look();
  }

  hide(): void {
    this.#shown = undefined;
    this.#look();
  }

  /** A scanner is powered by its plug: what was not saved is gone. */
  unplug(): void {
    this.#powerCycles++;
    this.#registers = new Map(this.#saved);
    this.#reader.reset();
    this.#isAnswering = false;
    this.#clearTrigger();
    this.#wire.unplug();
  }

  replug(): void {
    this.#wire.replug();
    this.#look();
  }

  /** Loses what is in its flash as well, as one that is replaced by another from the shelf. */
  resetToFactory(): void {
    this.#registers = new Map(FACTORY);
    this.#saved = new Map(FACTORY);
  }

  get #isTriggered(): boolean {
    return (this.#register(GM65_REGISTER.trigger) & GM65_TRIGGERED) !== 0;
  }

  #register(address: number): number {
    return this.#registers.get(address) ?? 0;
  }

  #between([min, max]: readonly [number, number]): number {
    return min + this.#random.below(max - min + 1);
  }

  /** Does something later unless the power fails before. */
  #after(delayMs: number, action: () => void): TimerId {
    const powerCycle = this.#powerCycles;
    return this.#clock.setTimeout(() => {
      if (powerCycle === this.#powerCycles) action();
    }, delayMs);
  }

  // The window

  /** Begins to decode when something is there to be seen, and stops when it is not. */
  #look(pauseMs = 0): void {
    if (this.#decodeTimer !== undefined) this.#clock.clearTimeout(this.#decodeTimer);
    this.#decodeTimer = undefined;
    const code = this.#shown;
    if (code === undefined || !this.scanning) return;
    this.#decodeTimer = this.#after(pauseMs + this.#between(this.knobs.decodeMs), () => this.#decoded(code));
  }

  #decoded(code: string): void {
    this.#clearTrigger();
    this.#wire.write(this.#textOf(code));
    if (this.knobs.duplicateAfterMs > 0) {
      this.#after(this.knobs.duplicateAfterMs, () => this.#wire.write(this.#textOf(code)));
    }
    this.#look(CONTINUOUS_PAUSE_MS);
  }

  #textOf(code: string): Uint8Array {
    const encode = { utf8: bytesOfUtf8, gbk: bytesOfGbk, latin1: bytesOfLatin1 }[this.knobs.encoding];
    const tail = this.knobs.hasNoTail ? '' : (TAILS[this.#register(GM65_REGISTER.tail) & GM65_TAIL.mask] ?? '');
    return concatBytes(encode(code), bytesOfLatin1(tail));
  }

  #trigger(): void {
    this.#clearTrigger();
    this.#registers.set(GM65_REGISTER.trigger, GM65_TRIGGERED);
    this.#limitTimer = this.#after(this.knobs.readLimitMs, () => this.#clearTrigger());
    this.#look();
  }

  #clearTrigger(): void {
    this.#registers.set(GM65_REGISTER.trigger, 0);
    for (const timer of [this.#limitTimer, this.#decodeTimer]) if (timer !== undefined) this.#clock.clearTimeout(timer);
    this.#limitTimer = undefined;
    this.#decodeTimer = undefined;
  }

  // Commands

  #receive(bytes: Uint8Array): void {
    for (const item of this.#reader.push(bytes)) {
      if (item.kind === 'command') this.#obey(item.frame);
      else this.#complain(item.kind === 'wrongCrc' ? GM65_ANSWER.wrongCrc : GM65_ANSWER.invalid);
    }
    if (this.#frameTimer !== undefined) this.#clock.clearTimeout(this.#frameTimer);
    this.#frameTimer = this.#reader.isPending
      ? this.#after(GM65_FRAME_TIMEOUT_MS, () => this.#reader.reset())
      : undefined;
  }

  #complain(type: number): void {
    if (this.knobs.flavour === 'answers') this.#answer(encodeGm65Answer(type, Uint8Array.of(0)));
  }

  #obey(frame: Gm65Frame): void {
    if (this.#isAnswering) this.misuse.push(`command ${frame.type} before the last one was answered`);
    switch (frame.type) {
      case GM65_TYPE.read:
        return this.#readRegisters(frame);
      case GM65_TYPE.write:
        return this.#writeRegisters(frame);
      case GM65_TYPE.save:
        this.saveCount++;
        this.#saved = new Map(this.#registers);
        return this.#answer(encodeGm65Answer(GM65_ANSWER.ok, Uint8Array.of(0)));
      default:
        return this.#answer(encodeGm65Heartbeat());
    }
  }

  #readRegisters({ address, data }: Gm65Frame): void {
    const [count = 0] = data;
    const values = Uint8Array.from({ length: count === 0 ? 256 : count }, (_, i) => this.#register(address + i));
    this.#answer(encodeGm65Answer(GM65_ANSWER.ok, values));
  }

  #writeRegisters({ address, data }: Gm65Frame): void {
    if (data.length > WRITE_MAX_BYTES) return this.#complain(GM65_ANSWER.invalid);
    const values = [...data.entries()].map(([i, value]) => [address + i, value] as const);
    // In one breath with the answer, if the knob says so; the code must be in view then.
    const glued =
      this.knobs.gluesDecode && address === GM65_REGISTER.trigger && data[0] === 1 ? this.#shown : undefined;
    for (const [register, value] of values) this.#writeRegister(register, value);
    const ok = encodeGm65Answer(GM65_ANSWER.ok, Uint8Array.of(0));
    if (glued === undefined) return this.#answer(ok);
    this.#clearTrigger();
    this.#answer(ok, this.#textOf(glued));
  }

  #writeRegister(register: number, value: number): void {
    if (register === GM65_REGISTER.tail && this.knobs.hasNoTail) return;
    if (register === GM65_REGISTER.factoryReset) {
      if (value === GM65_FACTORY_RESET) this.resetToFactory();
    } else if (register === GM65_REGISTER.trigger) {
      if ((value & GM65_TRIGGERED) === 0) this.#clearTrigger();
      else this.#trigger();
    } else {
      this.#registers.set(register, value);
      this.#look();
    }
  }

  #answer(bytes: Uint8Array, following: Uint8Array = new Uint8Array(0)): void {
    if (this.knobs.lostAnswers > 0) {
      this.knobs.lostAnswers--;
      return;
    }
    if (this.knobs.wrongCrcs > 0) {
      this.knobs.wrongCrcs--;
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 0x01;
    }
    this.#isAnswering = true;
    this.#after(this.#between(this.knobs.answerMs), () => {
      this.#isAnswering = false;
      this.#wire.write(concatBytes(bytes, following));
    });
  }
}

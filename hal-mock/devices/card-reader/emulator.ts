import {
  COMMANDS,
  encodeResponse,
  type Neo2Frame,
  Neo2Parser,
  type ParsedItem,
  STATUS,
} from '../../../drivers/card-reader-neo2/codec.ts';
import { bytesOfLatin1, concatBytes, hex } from '../../../firmware/base/bytes.ts';
import type { CardInterface, Clock, Random, TimerId } from '../../../firmware/hal/index.ts';
import type { ChipCards } from '../../cards/chip-card.ts';
import type { WireEnd } from '../../wire/wire-end.ts';
import { CardFront, type Presentation, type ReaderDurations, type TransactionTerms } from './card-front.ts';
import { OFFLINE_DECLINE, READER_FAILURES } from './error-codes.ts';
import { FrontedReader } from './fronted-reader.ts';
import {
  type Activation,
  activationOf,
  cardTags,
  completionTags,
  failureTag,
  hostAnswerOf,
  swipeTags,
} from './reader-data.ts';

/** What the reader is doing. `waiting`: a chip is powered and waits for the host's answer. */
export type Neo2State = 'idle' | 'polling' | 'transaction' | 'waiting';

/** Something a host must not do; a test that finds one has found a bug of its driver. */
export interface Misuse {
  readonly kind: 'crcOrder' | 'badCrc' | 'commandWhilePolling' | 'answerWithoutChip' | 'badActivation';
  readonly atMs: number;
}

/** Deviations that a test or a scenario switches on; all off at first. */
export interface Neo2Faults {
  /** So many of the next response frames arrive with one bit flipped. */
  flipResponses: number;
  /** So many of the next commands are not answered and do nothing. */
  ignoreCommands: number;
  /** "Card seen" frames for each card; readers send one, some none, some one for each field change. */
  eventsPerCard: number;
  /** A cancel that comes while a card is being read finds the result ready: sent before or after the cancel's answer. */
  resultAtCancel: 'none' | 'before' | 'after';
  /** A cancel also ends the activation with a failed 02, before its own answer; readers differ. */
  cancelFailsActivation: boolean;
  /** How a command that comes while polling is answered after it ended the poll: like a cancel, or as a failed 02. */
  interruptedBy: 'cancelAnswer' | 'failedActivation';
  /** Every byte on its own, paced as at the line's rate. */
  dribble: boolean;
}

export interface Neo2Options {
  /** Up to 15 characters; a reader whose number was never set has none and answers 0B. */
  readonly serialNumber?: string | undefined;
  readonly noPinLimitFen?: number;
  readonly chips?: ChipCards;
  readonly durations?: Partial<ReaderDurations>;
  /** The rate the host's port is set to; unlike rates make noise of every byte. Left out where a wire has no rate. */
  readonly hostBaudRate?: () => number | undefined;
}

const SERIAL_NUMBER_BYTES = 15;
/** Contactless CVM limit of UnionPay cards in China since June 2018: 1000 yuan. */
const NO_PIN_LIMIT_FEN = 100_000;
/** Rates by the data byte of 30-01. */
const BAUD_RATES: Readonly<Record<number, number>> = { 1: 9600, 2: 19_200, 3: 38_400, 4: 57_600, 5: 115_200 };
/** Attribution byte of clear output. */
const ATTRIBUTION: Readonly<Record<CardInterface, number>> = { chip: 0x00, tap: 0x01, swipe: 0x08 };
const ANSWER_TO_RESET = hex('3B 68 00 00 00 73 C8 40 00 00 90 00');
const CARD_SEEN = hex('01');
const BITS_PER_BYTE = 10;

/** An ID TECH NEO 2 reader, byte for byte as its driver sees it over a wire, with a customer's hands as controls. */
export class Neo2Emulator extends FrontedReader {
  readonly misuses: Misuse[] = [];
  readonly faults: Neo2Faults = {
    flipResponses: 0,
    ignoreCommands: 0,
    eventsPerCard: 1,
    resultAtCancel: 'none',
    cancelFailsActivation: false,
    interruptedBy: 'cancelAnswer',
    dribble: false,
  };
  readonly #wire: WireEnd;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #options: Neo2Options;
  readonly #parser = new Neo2Parser('command');
  readonly #handlers: Readonly<Record<string, (frame: Neo2Frame) => void>>;
  #state: Neo2State = 'idle';
  #timer: TimerId | undefined;
  #baudRate = 115_200;
  #sequenceCounter = 0;
  #sentUntilMs = 0;

  constructor(wire: WireEnd, clock: Clock, random: Random, options: Neo2Options = {}) {
    super(new CardFront(clock, random, options.chips, options.durations));
    this.#wire = wire;
    this.#clock = clock;
    this.#random = random;
    this.#options = { serialNumber: '630Z000001', ...options };
    this.#handlers = this.#commandTable();
    wire.onData((bytes) => this.#receive(bytes));
  }

  get state(): Neo2State {
    return this.#state;
  }

  get baudRate(): number {
    return this.#baudRate;
  }

  /** The reader has no battery: it forgets what it was doing, and its line goes back to the default rate. */
  unplug(): void {
    this.#rest();
    this.#parser.reset();
    this.#baudRate = 115_200;
    this.#wire.unplug();
  }

  replug(): void {
    this.#wire.replug();
  }

  #commandTable(): Readonly<Record<string, (frame: Neo2Frame) => void>> {
    const table: [readonly [number, number], (frame: Neo2Frame) => void][] = [
      [COMMANDS.ping, (frame) => this.#respond(frame.command, STATUS.ok)],
      [COMMANDS.pollMode, (frame) => this.#setPollMode(frame)],
      [COMMANDS.serialNumber, (frame) => this.#tellSerialNumber(frame)],
      [COMMANDS.activate, (frame) => this.#activate(frame)],
      [COMMANDS.setBaudRate, (frame) => this.#setBaudRate(frame)],
      [COMMANDS.cardAnswerToReset, (frame) => this.#tellAnswerToReset(frame)],
      [COMMANDS.cardPowerOff, (frame) => this.#respond(frame.command, STATUS.ok)],
      [COMMANDS.applyHostResponse, (frame) => void this.#applyHostResponse(frame)],
      [COMMANDS.cancel, (frame) => this.#cancel(frame)],
      [COMMANDS.stop, (frame) => this.#cancel(frame)],
    ];
    return Object.fromEntries(table.map(([key, handler]) => [key.join('-'), handler]));
  }

  #receive(bytes: Uint8Array): void {
    if (this.#isGarbled()) return;
    for (const item of this.#parser.push(bytes)) this.#take(item);
  }

  #take(item: ParsedItem): void {
    if (item.kind === 'badCrc') {
      this.#noteMisuse(item.swapped ? 'crcOrder' : 'badCrc');
    } else if (item.kind === 'frame') {
      if (this.faults.ignoreCommands > 0) this.faults.ignoreCommands--;
      else this.#obey(item.frame);
    }
  }

  #obey(frame: Neo2Frame): void {
    const isCancel = frame.command === COMMANDS.cancel[0];
    if (!isCancel && (this.#state === 'polling' || this.#state === 'transaction')) {
      this.#noteMisuse('commandWhilePolling');
      this.#rest();
      const interruptedActivation = this.faults.interruptedBy === 'failedActivation';
      if (interruptedActivation) this.#respond(COMMANDS.activate[0], STATUS.failed);
      else this.#respond(COMMANDS.cancel[0], STATUS.ok);
      return;
    }
    const handler = this.#handlers[`${frame.command}-${frame.code}`];
    if (handler === undefined) this.#refuseUnknown(frame);
    else handler(frame);
  }

  #refuseUnknown(frame: Neo2Frame): void {
    const isKnown = Object.values(COMMANDS).some(([command]) => command === frame.command);
    this.#respond(frame.command, isKnown ? STATUS.unknownSubCommand : STATUS.unknownCommand);
  }

  #setPollMode(frame: Neo2Frame): void {
    const mode = frame.data[0];
    // Auto poll (00) would read cards that nobody asked for; the terminal has no use for it and neither has this reader.
    this.#respond(frame.command, mode === 1 ? STATUS.ok : STATUS.badParameter);
  }

  #tellSerialNumber(frame: Neo2Frame): void {
    const { serialNumber } = this.#options;
    if (serialNumber === undefined) {
      this.#respond(frame.command, STATUS.notAllowed);
      return;
    }
    const data = new Uint8Array(SERIAL_NUMBER_BYTES);
    data.set(bytesOfLatin1(serialNumber.slice(0, SERIAL_NUMBER_BYTES)));
    this.#respond(frame.command, STATUS.ok, data);
  }

  #setBaudRate(frame: Neo2Frame): void {
    const baudRate = BAUD_RATES[frame.data[0] ?? 0];
    this.#respond(frame.command, baudRate === undefined ? STATUS.badParameter : STATUS.ok);
    if (baudRate !== undefined) this.#baudRate = baudRate;
  }

  #tellAnswerToReset(frame: Neo2Frame): void {
    const card = this.front.slot;
    const answers = card !== undefined && card.chip !== 'mute' && card.interfaces.includes('chip');
    if (answers) this.#respond(frame.command, STATUS.ok, ANSWER_TO_RESET);
    else this.#respond(frame.command, STATUS.failed);
  }

  #activate(frame: Neo2Frame): void {
    const activation = activationOf(frame.data);
    if (activation === undefined) {
      this.#noteMisuse('badActivation');
      this.#respond(frame.command, STATUS.badParameter);
      return;
    }
    this.#sequenceCounter++;
    this.#poll(activation, activation.accept, activation.seconds * 1000);
  }

  #poll(activation: Activation, accept: readonly CardInterface[], timeoutMs: number): void {
    this.#rest();
    this.#state = 'polling';
    const startedMs = this.#clock.monotonicMs();
    this.#timer = this.#clock.setTimeout(() => {
      this.#rest();
      this.#respond(COMMANDS.activate[0], STATUS.timeout);
    }, timeoutMs);
    this.front.arm({
      accept,
      terms: this.#termsOf(activation),
      detected: () => this.#noteCard(),
      finished: (via, presentation) => {
        const leftMs = timeoutMs - (this.#clock.monotonicMs() - startedMs);
        const isDeadChip = presentation.kind === 'unreadable' && presentation.reason === 'chipMute';
        if (isDeadChip && activation.mayFallBack && leftMs > 0) this.#poll(activation, ['swipe'], leftMs);
        else this.#report(via, presentation, activation.completionTimeoutMs);
      },
    });
  }

  #noteCard(): void {
    this.#stopTimer();
    this.#state = 'transaction';
    for (let i = 0; i < this.faults.eventsPerCard; i++) {
      this.#respond(COMMANDS.activate[0], STATUS.userInterfaceEvent, CARD_SEEN);
    }
  }

  #report(via: CardInterface, presentation: Presentation, completionTimeoutMs: number): void {
    this.#stopTimer();
    this.#state = 'idle';
    const command = COMMANDS.activate[0];
    const attribution = new Uint8Array([ATTRIBUTION[via]]);
    if (presentation.kind === 'swiped') {
      this.#respond(command, STATUS.ok, concatBytes(attribution, swipeTags(presentation.track2)));
    } else if (presentation.kind === 'unreadable') {
      const { reason } = presentation;
      if (reason === 'badSwipe') this.#respond(command, STATUS.ok, concatBytes(attribution, swipeTags(undefined)));
      else this.#respond(command, STATUS.failed, concatBytes(attribution, failureTag(READER_FAILURES[reason])));
    } else {
      const { tags, cryptogramType } = presentation.transaction;
      const data = cardTags(tags, via);
      if (cryptogramType === 'aac') {
        this.#respond(command, STATUS.failed, concatBytes(attribution, failureTag(OFFLINE_DECLINE), data));
        return;
      }
      if (via === 'chip') this.#waitForHost(completionTimeoutMs);
      this.#respond(command, STATUS.onlineRequested, concatBytes(attribution, data));
    }
  }

  #waitForHost(timeoutMs: number): void {
    this.#state = 'waiting';
    this.#timer = this.#clock.setTimeout(() => this.#rest(), timeoutMs);
  }

  async #applyHostResponse(frame: Neo2Frame): Promise<void> {
    if (this.#state !== 'waiting') {
      this.#noteMisuse('answerWithoutChip');
      this.#respond(frame.command, STATUS.notAllowed);
      return;
    }
    const answer = hostAnswerOf(frame.data);
    if (answer === undefined) {
      this.#respond(frame.command, STATUS.malformed);
      return;
    }
    this.#stopTimer();
    this.#respond(frame.command, STATUS.accepted);
    const completed = await this.front.complete(answer.responseCode, answer.issuerData);
    // A cancel or a power loss in the meantime has its own answer.
    if (this.#state !== 'waiting') return;
    this.#rest();
    const attribution = new Uint8Array([ATTRIBUTION.chip]);
    if (completed === undefined) {
      this.#respond(frame.command, STATUS.failed, concatBytes(attribution, failureTag(READER_FAILURES.removed)));
    } else {
      const tags = completionTags(completed.tags, completed.accepted);
      this.#respond(frame.command, STATUS.ok, concatBytes(attribution, tags));
    }
  }

  #cancel(frame: Neo2Frame): void {
    const isCrossing = this.front.isReading && this.faults.resultAtCancel !== 'none';
    if (!isCrossing) {
      const isActive = this.#state === 'polling' || this.#state === 'transaction';
      this.#rest();
      if (isActive && this.faults.cancelFailsActivation) this.#respond(COMMANDS.activate[0], STATUS.failed);
      this.#respond(frame.command, STATUS.ok);
      return;
    }
    if (this.faults.resultAtCancel === 'after') this.#respond(frame.command, STATUS.ok);
    this.front.finishNow();
    if (this.faults.resultAtCancel === 'before') this.#respond(frame.command, STATUS.ok);
  }

  #rest(): void {
    this.#stopTimer();
    this.front.disarm();
    this.#state = 'idle';
  }

  #stopTimer(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #termsOf(activation: Activation): TransactionTerms {
    return {
      ...activation.terms,
      unpredictableNumber: this.#random.bytes(4),
      sequenceCounter: this.#sequenceCounter,
      serialNumber: this.#options.serialNumber ?? '',
      noPinLimitFen: this.#options.noPinLimitFen ?? NO_PIN_LIMIT_FEN,
    };
  }

  #isGarbled(): boolean {
    const hostBaudRate = this.#options.hostBaudRate?.();
    return hostBaudRate !== undefined && hostBaudRate !== this.#baudRate;
  }

  #respond(command: number, status: number, data?: Uint8Array): void {
    const frame = encodeResponse(command, status, data);
    if (this.faults.flipResponses > 0) {
      this.faults.flipResponses--;
      const at = 10 + this.#random.below(frame.length - 10);
      frame[at] = (frame[at] ?? 0) ^ (1 << this.#random.below(8));
    }
    this.#write(this.#isGarbled() ? frame.map((byte) => ~byte) : frame);
  }

  #write(bytes: Uint8Array): void {
    if (!this.faults.dribble && this.#clock.monotonicMs() >= this.#sentUntilMs) {
      this.#wire.write(bytes);
      return;
    }
    const byteMs = (1000 * BITS_PER_BYTE) / this.#baudRate;
    for (const byte of bytes) {
      this.#sentUntilMs = Math.max(this.#sentUntilMs, this.#clock.monotonicMs()) + byteMs;
      const delayMs = this.#sentUntilMs - this.#clock.monotonicMs();
      this.#clock.setTimeout(() => this.#wire.write(new Uint8Array([byte])), delayMs);
    }
  }

  #noteMisuse(kind: Misuse['kind']): void {
    this.misuses.push({ kind, atMs: this.#clock.monotonicMs() });
  }
}

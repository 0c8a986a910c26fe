import { bytesOfLatin1, concatBytes, hex, hexOf } from '../../firmware/base/bytes.ts';
import type { CancelSignal } from '../../firmware/base/cancel.ts';
import { ProtocolError } from '../../firmware/base/protocol-error.ts';
import {
  type CardInterface,
  type CardReader,
  type CardReading,
  type CardRequest,
  type CardVault,
  type ChipCompletion,
  type Clock,
  HalError,
  type IssuerAnswer,
  sleep,
} from '../../firmware/hal/index.ts';
import { encodeTlv } from '../../firmware/protocol/tlv/index.ts';
import type { SerialLine } from '../serial/serial-line.ts';
import { activationData } from './activation.ts';
import { chipCard, swipedCard } from './card-data.ts';
import { type Neo2Frame, STATUS } from './codec.ts';
import { activationError } from './outcome-table.ts';
import { resultData, tagValue, verdictData } from './result-data.ts';
import { Neo2Session, type PendingExchange } from './session.ts';

/** Settings that fit every terminal unless told otherwise. */
export interface Neo2Options {
  readonly accepts?: readonly CardInterface[];
  /** Seconds that the reader keeps a chip powered for the issuer's answer: PIN entry, host and retries. */
  readonly completionTimeoutS?: number;
}

/** Port settings of the reader as delivered (guide: 115200 8N1, no flow control). */
export const NEO2_LINE = { baudRate: 115_200 } as const;

const COMPLETION_TIMEOUT_S = 300;
/** What a reader may need beyond its own timeout to end an activation, and to run scripts and the second cryptogram. */
const ACTIVATION_GRACE_MS = 5_000;
const COMPLETION_DEADLINE_MS = 10_000;
/** How long after the answer to a cancel a result that crossed it may still arrive. */
const CROSSING_MS = 150;
const SLOT_POLL_MS = 300;
/** The least that a reader counts; an activation that timed out sooner did not wait at all. */
const REARM_MIN_MS = 1_000;

const POLL_ON_DEMAND = hex('01');
/** Interface byte of 2C-12: the contact slot. */
const CONTACT_SLOT = hex('20');
/** Tag DFEE25 after 60-12: the host's approval stood. */
const APPROVED_ONLINE = '0002';

type Ending = 'timedOut' | 'cancelled';

/**
 * ID TECH NEO 2 reader (VP3300, VP5300, Kiosk V and their kin): swipe, chip and tap with the kernels inside.
 *
 * From the vendor's guide: frames, 02-40 with its data, cancel 05-01, answer to reset 2C-12, power off 2C-18, the
 * attribution byte, error codes. Known from recordings of readers, not from the guide: 60-12 is answered at once with
 * status 63 and later with status 00 and a result code in tag DFEE25 (0002 approved, 0003 declined). Our reading: 60-12
 * carries tag 8A and then the issuer's tags as they came; a chip started by 02-40 is completed by it; 2C-12 serves to
 * ask whether a card is in the slot. A mute card in the slot therefore counts as no card in `waitForRemoval`.
 *
 * The terminal decides about fallback, so the reader is told not to fall back by itself.
 */
export class Neo2CardReader implements CardReader {
  readonly accepts: readonly CardInterface[];
  readonly #session: Neo2Session;
  readonly #clock: Clock;
  readonly #vault: CardVault;
  readonly #completionTimeoutS: number;
  #setUp: Promise<void> | undefined;
  #busy = false;
  /** A chip waits for its second cryptogram. */
  #openChip = false;

  constructor(line: SerialLine, clock: Clock, vault: CardVault, options: Neo2Options = {}) {
    this.accepts = options.accepts ?? ['swipe', 'chip', 'tap'];
    this.#completionTimeoutS = options.completionTimeoutS ?? COMPLETION_TIMEOUT_S;
    this.#clock = clock;
    this.#vault = vault;
    this.#session = new Neo2Session(line, clock);
    line.onDisconnect(() => this.#forgetSetUp());
    line.onConnect(() => void this.#ready().catch(() => undefined));
  }

  readCard(request: CardRequest, signal: CancelSignal): Promise<CardReading> {
    return this.#exclusively(async () => {
      const endMs = this.#clock.monotonicMs() + request.timeoutMs;
      await this.#ready();
      await this.#closeChip();
      for (;;) {
        if (signal.aborted) return { kind: 'cancelled' };
        const startedMs = this.#clock.monotonicMs();
        const reading = await this.#activate({ ...request, timeoutMs: Math.max(0, endMs - startedMs) }, signal);
        const nowMs = this.#clock.monotonicMs();
        // The reader cannot count as far as a long request asks. One that gives up at once is not asked again.
        const isWorthAnotherWait = reading.kind === 'timedOut' && nowMs < endMs && nowMs - startedMs >= REARM_MIN_MS;
        if (!isWorthAnotherWait) return reading;
      }
    });
  }

  completeChip(answer: IssuerAnswer): Promise<ChipCompletion> {
    return this.#exclusively(async () => {
      if (!this.#openChip) throw this.#error('unsupported', 'no chip waits for an answer');
      this.#openChip = false;
      const responseCode = { tag: '8A', value: bytesOfLatin1(answer.responseCode) };
      const data = concatBytes(encodeTlv([responseCode]), answer.issuerData);
      const completion = await this.#calmingDown(async () => {
        const frame = await this.#session.send('applyHostResponse', data, COMPLETION_DEADLINE_MS).result;
        return this.#reading(frame, () => this.#completionOf(frame));
      });
      // What the card said stands, whether the chip can be switched off now or not.
      await this.#session.query('cardPowerOff', CONTACT_SLOT).catch(() => undefined);
      return completion;
    });
  }

  waitForRemoval(timeoutMs: number, signal: CancelSignal): Promise<'removed' | 'timedOut' | 'cancelled'> {
    return this.#exclusively(async () => {
      await this.#ready();
      await this.#closeChip();
      const endMs = this.#clock.monotonicMs() + timeoutMs;
      for (;;) {
        if (signal.aborted) return 'cancelled';
        const slot = await this.#session.query('cardAnswerToReset', CONTACT_SLOT);
        if (slot.code !== STATUS.ok) return 'removed';
        const leftMs = endMs - this.#clock.monotonicMs();
        if (leftMs <= 0) return 'timedOut';
        await this.#pause(Math.min(SLOT_POLL_MS, leftMs), signal);
      }
    });
  }

  async #exclusively<T>(work: () => Promise<T>): Promise<T> {
    if (this.#busy) throw this.#error('busy', 'one call at a time');
    this.#busy = true;
    try {
      return await work();
    } finally {
      this.#busy = false;
    }
  }

  /** Brings the reader into the state this driver works from, once for each connection. */
  async #ready(): Promise<void> {
    const setUp = (this.#setUp ??= this.#prepare());
    try {
      await setUp;
    } catch (error) {
      if (this.#setUp === setUp) this.#setUp = undefined;
      throw error;
    }
  }

  async #prepare(): Promise<void> {
    // Whatever the reader was doing when the line broke: this is the one command that is right in every state.
    await this.#session.query('cancel');
    const ping = await this.#session.query('ping');
    const pollMode = await this.#session.query('pollMode', POLL_ON_DEMAND);
    // A reader whose serial number was never set answers 0B: known by its answer, not by its number.
    await this.#session.query('serialNumber');
    if (ping.code !== STATUS.ok || pollMode.code !== STATUS.ok) throw this.#error('protocol', 'set-up refused');
  }

  async #closeChip(): Promise<void> {
    if (!this.#openChip) return;
    this.#openChip = false;
    await this.#session.query('cancel');
  }

  async #activate(request: CardRequest, signal: CancelSignal): Promise<CardReading> {
    const { seconds, data } = activationData(request, this.#completionTimeoutS);
    const ending = this.#endingOf(request.timeoutMs, signal);
    const deadlineMs = seconds * 1000 + ACTIVATION_GRACE_MS;
    // Once a card was seen, the reader's own deadlines count: a card must not be dropped in the middle of its work.
    const exchange = this.#session.send('activate', data, deadlineMs, ending.disarmTimeout);
    try {
      return await this.#calmingDown(async () => {
        const first = await Promise.race([exchange.result, ending.promise]);
        if (typeof first === 'object') return this.#readingOf(first);
        const crossing = await this.#cancel(exchange);
        const reading = crossing && this.#readingAfterCancel(crossing);
        return reading?.kind === 'read' ? reading : { kind: first };
      });
    } finally {
      exchange.abandon();
      ending.stop();
    }
  }

  /** Resolves with why the wait should end from outside; `disarmTimeout` leaves only the cancel. */
  #endingOf(timeoutMs: number, signal: CancelSignal) {
    let resolve: (ending: Ending) => void = () => undefined;
    const promise = new Promise<Ending>((resolved) => {
      resolve = resolved;
    });
    const cancelled = (): void => resolve('cancelled');
    const timer = this.#clock.setTimeout(() => resolve('timedOut'), timeoutMs);
    signal.addEventListener('abort', cancelled);
    const disarmTimeout = (): void => this.#clock.clearTimeout(timer);
    const stop = (): void => {
      disarmTimeout();
      signal.removeEventListener('abort', cancelled);
    };
    return { promise, disarmTimeout, stop };
  }

  /** Cancels, waits for the reader to say so, and gives the result that was quicker than the cancel if there is one. */
  async #cancel(exchange: PendingExchange): Promise<Neo2Frame | undefined> {
    let crossing: Neo2Frame | undefined;
    const arrived = exchange.result.then(
      (frame) => {
        crossing = frame;
      },
      () => undefined,
    );
    await this.#session.query('cancel');
    await Promise.race([arrived, sleep(this.#clock, CROSSING_MS)]);
    return crossing;
  }

  /** Leaves the reader idle when the work fails; when that fails too, the next call sets it up anew. */
  async #calmingDown<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const isThere = error instanceof HalError && error.kind !== 'disconnected';
      if (isThere) await this.#session.query('cancel').catch(() => this.#forgetSetUp());
      throw error;
    }
  }

  #forgetSetUp(): void {
    this.#setUp = undefined;
    this.#openChip = false;
  }

  /** Some readers end the activation with an error of their own when they are cancelled: that is no trouble. */
  #readingAfterCancel(frame: Neo2Frame): CardReading | undefined {
    try {
      return this.#readingOf(frame);
    } catch (error) {
      if (error instanceof HalError) return undefined;
      throw error;
    }
  }

  #readingOf(frame: Neo2Frame): CardReading {
    return this.#reading(frame, () => {
      switch (frame.code) {
        case STATUS.timeout:
          return { kind: 'timedOut' };
        case STATUS.ok:
        case STATUS.onlineRequested:
        case STATUS.failed:
          return this.#cardReadingOf(frame);
        default:
          throw this.#error('protocol', `status ${hexOf(new Uint8Array([frame.code]))}`);
      }
    });
  }

  #cardReadingOf(frame: Neo2Frame): CardReading {
    const result = resultData(frame.data);
    const error = frame.code === STATUS.failed ? activationError(result.failure ?? new Uint8Array()) : 'cardAnswered';
    if (error === 'device') throw this.#error('protocol', 'activation failed');
    if (error !== 'cardAnswered') return { kind: 'unreadable', interface: result.interface, reason: error };
    const card = result.interface === 'swipe' ? swipedCard(result, this.#vault) : chipCard(result, this.#vault);
    if (card === undefined) return { kind: 'unreadable', interface: 'swipe', reason: 'badSwipe' };
    this.#openChip = card.interface === 'chip' && card.chip?.cryptogramType === 'arqc';
    return { kind: 'read', card };
  }

  #completionOf(frame: Neo2Frame): ChipCompletion {
    const { nodes, failure } = resultData(frame.data);
    const error = failure && activationError(failure);
    if (error === 'removed' || error === 'chipMute') return { kind: 'removed' };
    const code = tagValue(nodes, 'DFEE25');
    const isAnswered = error === 'cardAnswered' || (frame.code === STATUS.ok && code !== undefined);
    if (!isAnswered) throw this.#error('protocol', 'completion failed');
    const [tvr, tsi, script] = [tagValue(nodes, '95'), tagValue(nodes, '9B'), tagValue(nodes, 'DF31')];
    return {
      kind: code !== undefined && hexOf(code) === APPROVED_ONLINE ? 'accepted' : 'refused',
      tvr: hexOf(tvr ?? new Uint8Array(5)),
      tsi: hexOf(tsi ?? new Uint8Array(2)),
      scriptResult: script === undefined ? undefined : hexOf(script),
      chipData: hexOf(verdictData(nodes)),
    };
  }

  /** Reads a frame that may hold card data and overwrites it, whatever comes of it. */
  #reading<T>(frame: Neo2Frame, read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (error instanceof ProtocolError) throw this.#error('protocol', error.message);
      throw error;
    } finally {
      frame.data.fill(0);
    }
  }

  /** Waits, but not longer than until the signal fires. */
  #pause(delayMs: number, signal: CancelSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#clock.clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = this.#clock.setTimeout(done, delayMs);
      signal.addEventListener('abort', done);
    });
  }

  #error(kind: 'busy' | 'unsupported' | 'protocol', detail: string): HalError {
    return new HalError(kind, 'cardReader', detail);
  }
}

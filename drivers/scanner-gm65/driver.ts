import type { CancelSignal } from '../../firmware/base/cancel.ts';
import {
  type CardVault,
  type Clock,
  type CodeScanner,
  HalError,
  type HalErrorKind,
  type Scan,
  sleep,
  type TimerId,
} from '../../firmware/hal/index.ts';
import { type Received, RequestSession, type SessionParser } from '../serial/request-session.ts';
import type { LineSettings, SerialLine } from '../serial/serial-line.ts';
import {
  encodeGm65Command,
  GM65_ANSWER,
  GM65_MODE,
  GM65_REGISTER,
  GM65_TAIL,
  GM65_TRIGGERED,
  GM65_TYPE,
  Gm65Reader,
} from './codec.ts';

/** Line settings of the family as delivered. */
export const GM65_LINE_SETTINGS: LineSettings = { baudRate: 9600 };

/** Longest text that is a code; a QR code could hold more, but no pay code does. */
const CODE_MAX_CHARACTERS = 512;

const REPLY_DEADLINE_MS = 500;
const RETRIES = 2;
const QUIET_MS = 60;

/** Text without a tail is whole after this; also how long the line must rest before the next scan begins. */
const IDLE_MS = 100;

/** How often the driver looks whether the scanner has given up by its own limit and must be triggered again. */
const TRIGGER_CHECK_MS = 1_000;

interface Answer {
  readonly type: number;
  readonly data: Uint8Array;
}

type Event =
  | { readonly kind: 'text'; readonly bytes: Uint8Array; readonly cut: boolean }
  /** A damaged answer, or a text that happens to begin like one. */
  | { readonly kind: 'strange'; readonly bytes: Uint8Array }
  | { readonly kind: 'pending' };

class Gm65Parser implements SessionParser<Answer, Event> {
  readonly reader = new Gm65Reader();

  push(bytes: Uint8Array): readonly Received<Answer, Event>[] {
    const received = this.reader.push(bytes).flatMap((item): Received<Answer, Event>[] => {
      if (item.kind === 'answer') return [{ kind: 'reply', reply: item }];
      if (item.kind === 'text') return [{ kind: 'event', event: item }];
      return [{ kind: 'event', event: { kind: 'strange', bytes: item.bytes } }, { kind: 'damaged' }];
    });
    return this.reader.isPending ? [...received, { kind: 'event', event: { kind: 'pending' } }] : received;
  }

  reset(): void {
    this.reader.reset();
  }
}

type Ending =
  | { readonly kind: 'text'; readonly bytes: Uint8Array; readonly cut: boolean }
  | { readonly kind: 'timedOut' | 'cancelled' | 'disconnected' };

/** One call of `scan`: from its trigger to whatever ends it first. */
interface Attempt {
  /** Texts count from the scanner's answer to the trigger on; what comes before was read for nobody. */
  isArmed: boolean;
  isOver: boolean;
  readonly end: (ending: Ending) => void;
  readonly ended: Promise<Ending>;
}

/** A GM65 or Newland EM scanner, silent until it is asked and silent again afterwards. One scan at a time. */
export class Gm65Scanner implements CodeScanner {
  readonly #line: SerialLine;
  readonly #clock: Clock;
  readonly #vault: CardVault;
  readonly #parser = new Gm65Parser();
  readonly #session: RequestSession<Answer, Event>;
  #isConfigured = false;
  #isScanning = false;
  #isAsking = false;
  #attempt: Attempt | undefined;
  #idleTimer: TimerId | undefined;
  #lastByteMs = Number.NEGATIVE_INFINITY;

  constructor(line: SerialLine, clock: Clock, vault: CardVault) {
    this.#line = line;
    this.#clock = clock;
    this.#vault = vault;
    this.#session = new RequestSession({
      line,
      clock,
      parser: this.#parser,
      quietMs: QUIET_MS,
      onEvent: (event) => this.#receive(event),
    });
    line.onDisconnect(() => {
      this.#isConfigured = false;
      this.#attempt?.end({ kind: 'disconnected' });
    });
  }

  async scan(timeoutMs: number, signal: CancelSignal): Promise<Scan> {
    if (this.#isScanning) throw new HalError('busy', this.#line.device, 'one scan at a time');
    this.#isScanning = true;
    try {
      return signal.aborted ? { kind: 'cancelled' } : await this.#scan(timeoutMs, signal);
    } finally {
      this.#isScanning = false;
    }
  }

  async #scan(timeoutMs: number, signal: CancelSignal): Promise<Scan> {
    const attempt = newAttempt();
    const cancel = (): void => attempt.end({ kind: 'cancelled' });
    const timer = this.#clock.setTimeout(() => attempt.end({ kind: 'timedOut' }), timeoutMs);
    signal.addEventListener('abort', cancel);
    this.#attempt = attempt;
    try {
      await this.#configure();
      await this.#rest();
      await this.#keepTriggered(attempt);
      return await this.#conclude(await attempt.ended);
    } finally {
      attempt.isOver = true;
      this.#attempt = undefined;
      this.#clock.clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
      this.#parser.reset();
    }
  }

  /** A second reading of the last code may still be on its way; it must not count for this scan. */
  async #rest(): Promise<void> {
    const restedMs = this.#clock.monotonicMs() - this.#lastByteMs;
    if (restedMs < IDLE_MS) await sleep(this.#clock, IDLE_MS - restedMs);
  }

  /** Triggers, and triggers again when the scanner gave up by its own limit, until the attempt has ended. */
  async #keepTriggered(attempt: Attempt): Promise<void> {
    try {
      while (!attempt.isOver) {
        await this.#trigger(attempt);
        await this.#whileTriggered(attempt);
      }
    } catch (error) {
      // The text may have come while a check went unanswered; it is what the customer is waiting for.
      if (!attempt.isOver || (await attempt.ended).kind === 'disconnected') throw await this.#stopped(error);
    }
  }

  async #whileTriggered(attempt: Attempt): Promise<void> {
    for (;;) {
      await this.#interval(attempt, TRIGGER_CHECK_MS);
      if (attempt.isOver) return;
      if (this.#parser.reader.isPending) continue;
      const [state = 0] = await this.#read(GM65_REGISTER.trigger);
      if ((state & GM65_TRIGGERED) === 0) break;
    }
    // A decode clears the trigger before its text is out.
    await this.#interval(attempt, IDLE_MS);
    while (!attempt.isOver && this.#parser.reader.isPending) await this.#interval(attempt, IDLE_MS);
  }

  /** Ends early with the attempt. */
  async #interval(attempt: Attempt, ms: number): Promise<void> {
    let timer: TimerId | undefined;
    const passed = new Promise<void>((resolve) => {
      timer = this.#clock.setTimeout(resolve, ms);
    });
    await Promise.race([passed, attempt.ended]);
    if (timer !== undefined) this.#clock.clearTimeout(timer);
  }

  async #conclude(ending: Ending): Promise<Scan> {
    if (ending.kind === 'disconnected') throw this.#error('disconnected', 'lost while scanning');
    if (ending.kind === 'text') return this.#scanOf(ending);
    await this.#write(GM65_REGISTER.trigger, 0);
    return { kind: ending.kind };
  }

  #scanOf({ bytes, cut }: { readonly bytes: Uint8Array; readonly cut: boolean }): Scan {
    const code = trimmed(bytes);
    const isCode = !cut && code.length <= CODE_MAX_CHARACTERS && code.every((byte) => byte >= 0x20 && byte < 0x7f);
    const scan: Scan = isCode
      ? { kind: 'scanned', codeRef: this.#vault.seal('payCode', code), length: code.length }
      : { kind: 'unreadable' };
    bytes.fill(0);
    return scan;
  }

  /** After a failure the scanner may still be looking; what went wrong first is what the caller hears. */
  async #stopped(error: unknown): Promise<unknown> {
    this.#isConfigured = false;
    await this.#write(GM65_REGISTER.trigger, 0).catch(() => undefined);
    return error;
  }

  #receive(event: Event): void {
    this.#lastByteMs = this.#clock.monotonicMs();
    if (this.#idleTimer !== undefined) this.#clock.clearTimeout(this.#idleTimer);
    this.#idleTimer = undefined;
    switch (event.kind) {
      case 'pending':
        this.#idleTimer = this.#clock.setTimeout(() => this.#takeUntailed(), IDLE_MS);
        break;
      case 'strange':
        if (!this.#isAsking) this.#offer(event.bytes, true);
        break;
      case 'text':
        // The scanner answers when it is done with a text: an answer that we wait for is as good a tail as any.
        this.#offer(event.bytes, event.cut && !this.#isAsking);
        break;
    }
  }

  #takeUntailed(): void {
    this.#idleTimer = undefined;
    this.#offer(this.#parser.reader.takePending(), false);
  }

  #offer(bytes: Uint8Array, cut: boolean): void {
    const attempt = this.#attempt;
    if (attempt?.isArmed === true && trimmed(bytes).length > 0) attempt.end({ kind: 'text', bytes, cut });
  }

  /** Once for each connection; saved only where something differed, because the flash wears out. */
  async #configure(): Promise<void> {
    if (this.#isConfigured) return;
    const modeChanged = await this.#adjust(GM65_REGISTER.mode, GM65_MODE.mask, GM65_MODE.command);
    if (modeChanged === 'notTaken') throw this.#error('other', 'command mode not taken');
    const tailChanged = await this.#adjust(GM65_REGISTER.tail, GM65_TAIL.mask, GM65_TAIL.cr).catch(toleratedRefusal);
    if (modeChanged === 'changed' || tailChanged === 'changed') {
      await this.#command(GM65_TYPE.save, 0x0000, Uint8Array.of(0));
    }
    this.#isConfigured = true;
  }

  /** Sets some bits of a register and reads them back. */
  async #adjust(address: number, mask: number, value: number): Promise<'asIs' | 'changed' | 'notTaken'> {
    const [before = 0] = await this.#read(address);
    if ((before & mask) === value) return 'asIs';
    await this.#write(address, (before & ~mask) | value);
    const [after = 0] = await this.#read(address);
    return (after & mask) === value ? 'changed' : 'notTaken';
  }

  async #read(address: number): Promise<Uint8Array> {
    return this.#command(GM65_TYPE.read, address, Uint8Array.of(1));
  }

  async #write(address: number, value: number): Promise<void> {
    await this.#command(GM65_TYPE.write, address, Uint8Array.of(value));
  }

  /** Not repeated: the first may have been done, and its code read, although the answer got lost. */
  async #trigger(attempt: Attempt): Promise<void> {
    await this.#command(GM65_TYPE.write, GM65_REGISTER.trigger, Uint8Array.of(GM65_TRIGGERED), () => {
      attempt.isArmed = true;
    });
  }

  async #command(type: number, address: number, data: Uint8Array, onAnswer?: () => void): Promise<Uint8Array> {
    const bytes = encodeGm65Command(type, address, data);
    this.#isAsking = true;
    const asking = this.#session.request(bytes, {
      replyDeadlineMs: REPLY_DEADLINE_MS,
      retries: onAnswer === undefined ? RETRIES : 0,
      // Both flavours of firmware alike: a complaint about the CRC counts for as little as silence.
      accept: (reply) => {
        if (reply.type === GM65_ANSWER.ok) onAnswer?.();
        return reply.type !== GM65_ANSWER.wrongCrc;
      },
    });
    const answer = await asking.finally(() => {
      this.#isAsking = false;
    });
    if (answer.type !== GM65_ANSWER.ok) throw this.#error('protocol', `answer type ${answer.type}`);
    return answer.data;
  }

  #error(kind: HalErrorKind, detail: string): HalError {
    return new HalError(kind, this.#line.device, detail);
  }
}

/** The tail register means something else in some firmware; without a tail the driver waits for silence instead. */
function toleratedRefusal(error: unknown): 'notTaken' {
  if (error instanceof HalError && error.kind !== 'disconnected') return 'notTaken';
  throw error;
}

function newAttempt(): Attempt {
  let resolve: (ending: Ending) => void = () => undefined;
  const ended = new Promise<Ending>((settle) => {
    resolve = settle;
  });
  const attempt: Attempt = {
    isArmed: false,
    isOver: false,
    ended,
    end: (ending) => {
      attempt.isOver = true;
      resolve(ending);
    },
  };
  return attempt;
}

/** NUL bytes around a code are line noise that was seen in practice; a tab at the end is a tail of some settings. */
function trimmed(bytes: Uint8Array): Uint8Array {
  let from = 0;
  let to = bytes.length;
  while (from < to && bytes[from] === 0x00) from++;
  while (to > from && (bytes[to - 1] === 0x00 || bytes[to - 1] === 0x09)) to--;
  return bytes.subarray(from, to);
}

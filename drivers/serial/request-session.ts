import { type Clock, HalError, sleep, type TimerId } from '../../firmware/hal/index.ts';
import type { SerialLine } from './serial-line.ts';

/** What a parser makes of received bytes: an answer, something nobody asked for, or an answer that cannot be trusted. */
export type Received<Reply, Event> =
  | { readonly kind: 'reply'; readonly reply: Reply }
  | { readonly kind: 'event'; readonly event: Event }
  | { readonly kind: 'damaged' };

/** The pure half of a device protocol. */
export interface SessionParser<Reply, Event> {
  /** Takes bytes in any chunks and returns what they complete. */
  push(bytes: Uint8Array): readonly Received<Reply, Event>[];
  /** Forgets a frame that is half there. */
  reset(): void;
}

export interface RequestSessionOptions<Reply, Event> {
  readonly line: SerialLine;
  readonly clock: Clock;
  readonly parser: SessionParser<Reply, Event>;
  /** Silence after which a late or torn answer is taken to be over; longer than the device pauses within a frame. */
  readonly quietMs: number;
  readonly onEvent: (event: Event) => void;
  /** Answers that no command waits for or takes: late ones, and reports in the form of an answer. */
  readonly onUnclaimed?: (reply: Reply) => void;
}

export interface RequestOptions<Reply> {
  /** Counted from the moment the bytes are written. */
  readonly replyDeadlineMs: number;
  /** Repeats after silence or damage; 0 unless told, and only for commands that may be done twice. */
  readonly retries?: number;
  /** False for an answer that belongs to something else; every answer is taken unless told. */
  readonly accept?: (reply: Reply) => boolean;
}

type Outcome<Reply> = { readonly reply: Reply } | 'damaged' | 'timeout' | 'disconnected';

/** A line that never falls silent is given up on after this, and the next command has to fight for itself. */
const RESYNC_MAX_MS = 2_000;

/**
 * One command at a time over one line, with deadlines and retries. Takes over `line.onData`.
 *
 * After a missing or damaged answer the line is drained until it was quiet, so that a late answer is not taken for the
 * answer to the next command. Events are passed on at any moment, also while draining.
 */
export class RequestSession<Reply, Event> {
  readonly #line: SerialLine;
  readonly #clock: Clock;
  readonly #parser: SessionParser<Reply, Event>;
  readonly #quietMs: number;
  readonly #onEvent: (event: Event) => void;
  readonly #onUnclaimed: (reply: Reply) => void;
  #waiting: ((outcome: Outcome<Reply>) => void) | undefined;
  #accept: (reply: Reply) => boolean = () => true;
  #needsResync = false;
  #lastByteMs = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: RequestSessionOptions<Reply, Event>) {
    this.#line = options.line;
    this.#clock = options.clock;
    this.#parser = options.parser;
    this.#quietMs = options.quietMs;
    this.#onEvent = options.onEvent;
    this.#onUnclaimed = options.onUnclaimed ?? (() => undefined);
    this.#line.onData((bytes) => this.#receive(bytes));
    this.#line.onDisconnect(() => this.#disconnected());
  }

  /**
   * Sends a command and gives its answer; commands given meanwhile wait their turn.
   * Rejects with `HalError` `timeout` (no answer), `protocol` (damaged answers only) or `disconnected`.
   */
  request(bytes: Uint8Array, options: RequestOptions<Reply>): Promise<Reply> {
    const turn = this.#turn.then(() => this.#attempt(bytes, options));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #attempt(bytes: Uint8Array, options: RequestOptions<Reply>): Promise<Reply> {
    for (let retriesLeft = options.retries ?? 0; ; retriesLeft--) {
      const outcome = await this.#exchange(bytes, options);
      if (typeof outcome === 'object') return outcome.reply;
      if (outcome === 'disconnected') throw new HalError('disconnected', this.#line.device, 'lost while waiting');
      this.#needsResync = true;
      if (retriesLeft > 0) continue;
      if (outcome === 'timeout') throw new HalError('timeout', this.#line.device, 'no answer');
      throw new HalError('protocol', this.#line.device, 'damaged answer');
    }
  }

  async #exchange(bytes: Uint8Array, options: RequestOptions<Reply>): Promise<Outcome<Reply>> {
    if (this.#needsResync) await this.#resync();
    this.#parser.reset();
    this.#accept = options.accept ?? (() => true);
    const outcome = new Promise<Outcome<Reply>>((resolve) => {
      this.#waiting = resolve;
    });
    let timer: TimerId | undefined;
    try {
      await this.#line.write(bytes);
      timer = this.#clock.setTimeout(() => this.#waiting?.('timeout'), options.replyDeadlineMs);
      return await outcome;
    } finally {
      if (timer !== undefined) this.#clock.clearTimeout(timer);
      this.#waiting = undefined;
    }
  }

  async #resync(): Promise<void> {
    this.#needsResync = false;
    const giveUpMs = this.#clock.monotonicMs() + RESYNC_MAX_MS;
    // Counted from now, not from the last byte: a late answer may only be about to begin.
    let quietFromMs = this.#clock.monotonicMs();
    for (let nowMs = quietFromMs; nowMs < giveUpMs && nowMs - quietFromMs < this.#quietMs;) {
      await sleep(this.#clock, quietFromMs + this.#quietMs - nowMs);
      nowMs = this.#clock.monotonicMs();
      quietFromMs = Math.max(quietFromMs, this.#lastByteMs);
    }
  }

  #receive(bytes: Uint8Array): void {
    this.#lastByteMs = this.#clock.monotonicMs();
    for (const item of this.#parser.push(bytes)) {
      if (item.kind === 'event') this.#onEvent(item.event);
      else if (item.kind === 'damaged') this.#waiting?.('damaged');
      else if (this.#waiting !== undefined && this.#accept(item.reply)) this.#waiting({ reply: item.reply });
      else this.#onUnclaimed(item.reply);
    }
  }

  #disconnected(): void {
    this.#parser.reset();
    this.#needsResync = false;
    this.#waiting?.('disconnected');
  }
}

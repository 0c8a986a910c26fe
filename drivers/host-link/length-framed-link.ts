import type { Clock, Connection, Dial, Exchange, HostLink, TimerId } from '../../firmware/hal/index.ts';
import { LengthFramer, withLength } from '../../firmware/protocol/iso8583/frame.ts';
import { dialFor, ExchangeQueue, type PendingExchange } from './exchange-queue.ts';

/** How long a connection stays open for a reply that missed its deadline: the wait UnionPay terminals allow a host. */
export const LATE_REPLY_WAIT_MS = 60_000;

/** Connections that may wait for late replies at once; the oldest is given up for a new one. */
const LINGERING_MAX = 4;

/** How a {@link LengthFramedLink} is built. */
export interface LengthFramedLinkOptions {
  readonly dial: Dial;
  readonly clock: Clock;
  /** Until a connection must stand; a shorter exchange deadline goes first. */
  readonly connectTimeoutMs: number;
  /** Keep the connection for the next exchange, or close it after each reply, as dial-up style hosts want. */
  readonly keepOpen: boolean;
}

/** One connection: cuts its bytes into frames and gives them to the exchange that waits, or to nobody in particular. */
class Channel {
  readonly #connection: Connection;
  readonly #onUnasked: (reply: Uint8Array) => void;
  readonly #framer = new LengthFramer();
  #waiting: PendingExchange | undefined;
  #isClosed = false;

  constructor(connection: Connection, onUnasked: (reply: Uint8Array) => void) {
    this.#connection = connection;
    this.#onUnasked = onUnasked;
    connection.onData((bytes) => this.#receive(bytes));
    connection.onClose(() => this.#end());
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  send(frame: Uint8Array, exchange: PendingExchange): void {
    exchange.beginSending();
    this.#waiting = exchange;
    this.#connection.write(frame);
  }

  close(): void {
    this.#connection.close();
    this.#end();
  }

  #end(): void {
    this.#isClosed = true;
    this.#waiting?.end({ kind: 'unknown', reason: 'disconnected' });
    this.#waiting = undefined;
  }

  #receive(bytes: Uint8Array): void {
    if (this.#isClosed) return;
    for (const reply of this.#framesOf(bytes)) {
      const exchange = this.#waiting;
      this.#waiting = undefined;
      if (exchange === undefined || exchange.isOver) this.#onUnasked(reply);
      else exchange.end({ kind: 'replied', reply });
    }
  }

  /** A length that cannot be true leaves no way to find the next frame: the connection is of no more use. */
  #framesOf(bytes: Uint8Array): readonly Uint8Array[] {
    try {
      return this.#framer.push(bytes);
    } catch {
      this.close();
      return [];
    }
  }
}

/**
 * ISO 8583 hosts over TCP or TLS: each message goes behind its length of two bytes (CUP terminal rules A.1).
 *
 * Which reply belongs to which request is not told by the transport, so one connection never carries a request while
 * the reply to another is outstanding: after a deadline the next exchange dials anew, and the old connection stays
 * open for {@link LATE_REPLY_WAIT_MS} only to hear the late reply. What remains is a host that answers on the wrong
 * connection, or twice: the caller compares STAN and terminal, as it must anyway.
 */
export class LengthFramedLink implements HostLink {
  readonly #options: LengthFramedLinkOptions;
  readonly #queue: ExchangeQueue;
  readonly #lateListeners: ((reply: Uint8Array) => void)[] = [];
  /** Oldest first, each with the timer that ends it. */
  readonly #lingering = new Map<Channel, TimerId>();
  #channel: Channel | undefined;
  #isClosed = false;

  constructor(options: LengthFramedLinkOptions) {
    this.#options = options;
    this.#queue = new ExchangeQueue(options.clock);
  }

  /** Throws `ProtocolError` for a message that no frame can hold. */
  async exchange(message: Uint8Array, deadlineMs: number): Promise<Exchange> {
    const frame = withLength(message);
    return this.#queue.run(deadlineMs, (exchange) => this.#exchange(frame, exchange));
  }

  onLateReply(listener: (reply: Uint8Array) => void): void {
    this.#lateListeners.push(listener);
  }

  /** Ends the link for good: what goes on becomes `unknown`, what comes later `notSent`. */
  close(): void {
    this.#isClosed = true;
    this.#channel?.close();
    for (const channel of this.#lingering.keys()) this.#giveUp(channel);
  }

  async #exchange(frame: Uint8Array, exchange: PendingExchange): Promise<void> {
    const channel = await this.#channelFor(exchange);
    if (this.#isClosed || channel?.isClosed === true) exchange.end({ kind: 'notSent', reason: 'closed' });
    if (channel === undefined || exchange.isOver) return;
    channel.send(frame, exchange);
    const outcome = await exchange.outcome;
    if (outcome.kind === 'unknown') this.#linger(channel);
    else if (!this.#options.keepOpen) channel.close();
  }

  async #channelFor(exchange: PendingExchange): Promise<Channel | undefined> {
    if (this.#isClosed) return undefined;
    if (this.#channel?.isClosed === false) return this.#channel;
    const { dial, clock, connectTimeoutMs } = this.#options;
    const connection = await dialFor(exchange, dial, clock, connectTimeoutMs);
    if (connection === undefined) return undefined;
    this.#channel = new Channel(connection, (reply) => this.#tellLate(reply));
    if (this.#isClosed) this.#channel.close();
    return this.#channel;
  }

  #linger(channel: Channel): void {
    this.#channel = undefined;
    if (channel.isClosed) return;
    const [oldest] = this.#lingering.keys();
    if (oldest !== undefined && this.#lingering.size >= LINGERING_MAX) this.#giveUp(oldest);
    this.#lingering.set(
      channel,
      this.#options.clock.setTimeout(() => this.#giveUp(channel), LATE_REPLY_WAIT_MS),
    );
  }

  #giveUp(channel: Channel): void {
    const timer = this.#lingering.get(channel);
    if (timer !== undefined) this.#options.clock.clearTimeout(timer);
    this.#lingering.delete(channel);
    channel.close();
  }

  #tellLate(reply: Uint8Array): void {
    for (const listener of this.#lateListeners) listener(reply);
  }
}

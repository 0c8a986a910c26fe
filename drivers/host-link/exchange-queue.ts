import type { Clock, Connection, Dial, Exchange, TimerId } from '../../firmware/hal/index.ts';

/**
 * One exchange that is going on. It is over at its deadline at the latest: `notSent` as long as nobody said that bytes
 * leave, `unknown` from then on.
 */
export class PendingExchange {
  readonly outcome: Promise<Exchange>;
  readonly #clock: Clock;
  readonly #deadline: TimerId;
  #isSent = false;
  #isOver = false;
  #resolve: (exchange: Exchange) => void = () => undefined;

  constructor(clock: Clock, deadlineMs: number) {
    this.#clock = clock;
    this.outcome = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#deadline = clock.setTimeout(() => this.#expire(), deadlineMs);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** From here on the host may have the message. Call it before the first byte is handed over. */
  beginSending(): void {
    this.#isSent = true;
  }

  /** The first outcome counts. */
  end(exchange: Exchange): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#clock.clearTimeout(this.#deadline);
    this.#resolve(exchange);
  }

  #expire(): void {
    this.end(this.#isSent ? { kind: 'unknown', reason: 'deadline' } : { kind: 'notSent', reason: 'unreachable' });
  }
}

/** Lets exchanges go on one after the other. The deadline of each runs from the call, waiting included. */
export class ExchangeQueue {
  readonly #clock: Clock;
  #last: Promise<void> = Promise.resolve();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `work` resolves when the next exchange may begin. */
  run(deadlineMs: number, work: (exchange: PendingExchange) => Promise<void>): Promise<Exchange> {
    const exchange = new PendingExchange(this.#clock, deadlineMs);
    this.#last = this.#last.then(() => (exchange.isOver ? undefined : work(exchange)));
    return exchange.outcome;
  }
}

/**
 * Opens a connection for an exchange. `undefined` when that took too long or failed; the exchange is over then. A
 * connection that comes up too late is closed.
 */
export async function dialFor(
  exchange: PendingExchange,
  dial: Dial,
  clock: Clock,
  timeoutMs: number,
): Promise<Connection | undefined> {
  const timer = clock.setTimeout(() => exchange.end({ kind: 'notSent', reason: 'unreachable' }), timeoutMs);
  const attempt = dial();
  const dialled = await Promise.race([attempt, exchange.outcome.then(() => undefined)]);
  clock.clearTimeout(timer);
  if (dialled?.kind === 'connected') return dialled.connection;
  if (dialled?.kind === 'failed') exchange.end({ kind: 'notSent', reason: dialled.reason });
  else void attempt.then((late) => late.kind === 'connected' && late.connection.close());
  return undefined;
}

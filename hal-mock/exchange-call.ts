import type { Clock, Exchange, TimerId } from '../firmware/hal/index.ts';

/** One exchange, over at its deadline at the latest: `notSent` until its turn has come, `unknown` from then on. */
export class ExchangeCall {
  readonly outcome: Promise<Exchange>;
  isSent = false;
  isOver = false;
  readonly #clock: Clock;
  readonly #deadline: TimerId;
  #resolve: (exchange: Exchange) => void = () => undefined;

  constructor(clock: Clock, deadlineMs: number) {
    this.#clock = clock;
    this.outcome = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#deadline = clock.setTimeout(() => {
      this.end(this.isSent ? { kind: 'unknown', reason: 'deadline' } : { kind: 'notSent', reason: 'unreachable' });
    }, deadlineMs);
  }

  /** The first outcome counts. */
  end(exchange: Exchange): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#clock.clearTimeout(this.#deadline);
    this.#resolve(exchange);
  }
}

import type { CancelSignal } from '../../firmware/base/cancel.ts';
import type { Clock, TimerId } from '../../firmware/hal/index.ts';
import type { KmyKey } from './codec.ts';

/** How an entry ended. `full`: the pad ended it by itself, as it may at the greatest length. */
export type PinEntryEnd =
  'entered' | 'full' | 'cancelledByCustomer' | 'cancelledByCaller' | 'timedOut' | 'disconnected';

export interface PinEntryWatchOptions {
  readonly clock: Clock;
  readonly digitsMax: number;
  readonly deadlineMs: number;
  /** Whether the clear key takes back one digit or all of them. */
  readonly clearKey: 'all' | 'last';
  readonly signal: CancelSignal;
  readonly onDigits: (count: number) => void;
}

/** Counts stars and waits for the first thing that ends an entry; what comes after that no longer matters. */
export class PinEntryWatch {
  readonly ended: Promise<PinEntryEnd>;
  readonly #options: PinEntryWatchOptions;
  readonly #timer: TimerId;
  readonly #onAbort = (): void => this.end('cancelledByCaller');
  #resolve: (end: PinEntryEnd) => void = () => undefined;
  #isOver = false;
  #digits = 0;

  constructor(options: PinEntryWatchOptions) {
    this.#options = options;
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#timer = options.clock.setTimeout(() => this.end('timedOut'), options.deadlineMs);
    options.signal.addEventListener('abort', this.#onAbort);
    if (options.signal.aborted) this.end('cancelledByCaller');
  }

  /** Digits that stand now. */
  get digits(): number {
    return this.#digits;
  }

  key(key: KmyKey): void {
    if (this.#isOver) return;
    switch (key) {
      case 'digit':
        return this.#count(Math.min(this.#digits + 1, this.#options.digitsMax));
      case 'clear':
        return this.#count(this.#options.clearKey === 'all' ? 0 : Math.max(0, this.#digits - 1));
      case 'cancel':
        return this.end('cancelledByCustomer');
      case 'enter':
        return this.end('entered');
      case 'end':
        // One byte for two meanings; only an entry of the greatest length can have ended well by itself.
        return this.end(this.#digits >= this.#options.digitsMax ? 'full' : 'timedOut');
    }
  }

  end(end: PinEntryEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.clock.clearTimeout(this.#timer);
    this.#options.signal.removeEventListener('abort', this.#onAbort);
    this.#resolve(end);
  }

  #count(digits: number): void {
    this.#digits = digits;
    this.#options.onDigits(digits);
  }
}

import type { Clock, TimerId } from '../../firmware/hal/index.ts';

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** Node takes a 32-bit delay and fires at once for more; longer waits are slept in parts. */
const NATIVE_DELAY_MAX_MS = 0x7fff_ffff;

/**
 * The machine's own time. Node's timers alone do not keep the port's promises: they may fire a millisecond early, keep
 * no order among timers of different delays, and take a delay above 24.8 days for 1 ms. So the timers are kept here in
 * due order and one native timer wakes for the first of them.
 */
export class SystemClock implements Clock {
  /** In due order; of one due time, in the order they were set. */
  readonly #timers: Timer[] = [];
  #stopWaiting: (() => void) | undefined;

  wallMs(): number {
    return Date.now();
  }

  /** Whole milliseconds of Linux's CLOCK_MONOTONIC, which stands still while the machine is suspended. */
  monotonicMs(): number {
    return Math.floor(performance.now());
  }

  setTimeout(callback: () => void, delayMs: number): TimerId {
    const timer: Timer = { dueMs: performance.now() + Math.max(0, delayMs), callback };
    const later = this.#timers.findIndex((other) => other.dueMs > timer.dueMs);
    this.#timers.splice(later === -1 ? this.#timers.length : later, 0, timer);
    if (this.#timers[0] === timer) this.#wait();
    return timer;
  }

  clearTimeout(timer: TimerId): void {
    const at = this.#timers.indexOf(timer as Timer);
    if (at === -1) return;
    this.#timers.splice(at, 1);
    if (at === 0) this.#wait();
  }

  #wait(): void {
    this.#stopWaiting?.();
    this.#stopWaiting = undefined;
    const [next] = this.#timers;
    if (next === undefined) return;
    const delayMs = Math.ceil(next.dueMs - performance.now());
    if (delayMs <= 0) {
      const immediate = setImmediate(() => this.#wake());
      this.#stopWaiting = () => clearImmediate(immediate);
    } else {
      const timeout = setTimeout(() => this.#wake(), Math.min(delayMs, NATIVE_DELAY_MAX_MS));
      this.#stopWaiting = () => clearTimeout(timeout);
    }
  }

  /** Fires one timer a turn, so that promises and I/O run between two of them. */
  #wake(): void {
    const [next] = this.#timers;
    const isDue = next !== undefined && next.dueMs <= performance.now();
    if (isDue) this.#timers.shift();
    this.#wait();
    if (isDue) next.callback();
  }
}

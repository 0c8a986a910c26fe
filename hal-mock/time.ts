import type { Clock, TimerId } from '../firmware/hal/index.ts';
import { type QueuedTimer, TimerQueue } from './timer-queue.ts';

/** 2026-11-21 12:00 in Shanghai: where every virtual day starts unless a test says otherwise. */
export const VIRTUAL_EPOCH_MS = Date.UTC(2026, 10, 21, 4, 0, 0);

/** Thrown by `runUntil` when nothing is left that could ever make the condition true. */
export class DeadlockError extends Error {
  override readonly name = 'DeadlockError';
}

/**
 * Time that moves only when a test moves it. Between two timers all promise and stream work settles, so a run is the
 * same every time; an hour costs as much as the timers in it.
 */
export class VirtualClock implements Clock {
  #nowMs = 0;
  #wallOffsetMs: number;
  readonly #timers = new TimerQueue();

  constructor(wallMs: number = VIRTUAL_EPOCH_MS) {
    this.#wallOffsetMs = wallMs;
  }

  wallMs(): number {
    return this.#wallOffsetMs + this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  setTimeout(callback: () => void, delayMs: number): TimerId {
    return this.#timers.add(this.#nowMs + Math.max(0, delayMs), callback);
  }

  clearTimeout(timer: TimerId): void {
    this.#timers.remove(timer);
  }

  /** Moves the wall clock alone, as a wrong network time would. */
  jumpWall(byMs: number): void {
    this.#wallOffsetMs += byMs;
  }

  /** Lets promises and streams run until they wait for a timer. */
  async settle(): Promise<void> {
    // Streams hop between next-tick, promise and immediate queues; three rounds is what the longest chain measured took.
    for (let round = 0; round < 3; round++) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Runs everything due within the next `ms`. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await this.settle();
    for (let timer = this.#timers.next(endMs); timer !== undefined; timer = this.#timers.next(endMs)) {
      this.#fire(timer);
      await this.settle();
    }
    this.#nowMs = endMs;
  }

  /** Runs timers until the condition holds; fails when `withinMs` have passed or nothing is left to run. */
  async runUntil(condition: () => boolean, withinMs = 600_000, what = 'the condition'): Promise<void> {
    const endMs = this.#nowMs + withinMs;
    await this.settle();
    while (!condition()) {
      const timer = this.#timers.next(endMs);
      if (timer === undefined) throw new DeadlockError(`${what} did not come true within ${withinMs} virtual ms`);
      this.#fire(timer);
      await this.settle();
    }
  }

  /** Moves time until the promise settles, and returns what it gives. */
  async resolve<T>(promise: Promise<T>, withinMs = 600_000, what = 'the promise'): Promise<T> {
    let settled = false;
    const done = promise.finally(() => {
      settled = true;
    });
    done.catch(() => undefined);
    await this.runUntil(() => settled, withinMs, what);
    return done;
  }

  #fire(timer: QueuedTimer): void {
    this.#timers.remove(timer);
    this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
    timer.callback();
  }
}

import type { Clock, TimerId } from '../../firmware/hal/index.ts';
import { VIRTUAL_EPOCH_MS } from '../../hal-mock/time.ts';

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  callback: (() => void) | undefined;
}

/** Immediates set at one time: a turn of the event loop costs more than all of them together. */
const IMMEDIATES_AT_ONCE = 32;

/** Streams hop between three queues, promises need one: see `VirtualClock.settle`. */
export type SettleRounds = 1 | 3;

/**
 * Virtual time for many terminals: timers in a heap, and one or three turns of the event loop between two of them, by
 * whether streams are in the game. The same calls give the same order.
 */
export class SwarmClock implements Clock {
  readonly #rounds: SettleRounds;
  readonly #heap: Timer[] = [];
  #nowMs = 0;
  #order = 0;
  #pending = 0;
  #immediates = 0;
  #onSettled: (() => void) | undefined;
  readonly #onImmediate = (): void => {
    this.#immediates--;
    this.#onSettled?.();
    this.#onSettled = undefined;
  };

  constructor(rounds: SettleRounds) {
    this.#rounds = rounds;
  }

  /** Timers that are set and neither fired nor cleared. */
  get pendingTimers(): number {
    return this.#pending;
  }

  wallMs(): number {
    return VIRTUAL_EPOCH_MS + this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  setTimeout(callback: () => void, delayMs: number): TimerId {
    const timer: Timer = { dueMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, callback };
    this.#pending++;
    this.#push(timer);
    return timer;
  }

  clearTimeout(id: TimerId): void {
    const timer = id as Timer;
    if (timer.callback === undefined) return;
    timer.callback = undefined;
    this.#pending--;
  }

  /** Runs timers until the condition holds; `false` when `withinMs` have passed or nothing is left to run. */
  async runUntil(condition: () => boolean, withinMs: number): Promise<boolean> {
    const endMs = this.#nowMs + withinMs;
    await this.#settle();
    while (!condition()) {
      const timer = this.#next();
      if (timer === undefined || timer.dueMs > endMs) {
        this.#nowMs = endMs;
        return false;
      }
      this.#fire(timer);
      await this.#settle();
    }
    return true;
  }

  async #settle(): Promise<void> {
    if (this.#rounds === 1) return this.#settlePromises();
    for (let round = 0; round < this.#rounds; round++) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Node empties the queues of promises and next ticks before each immediate, also between two of the same turn. */
  #settlePromises(): Promise<void> {
    if (this.#immediates === 0) {
      this.#immediates = IMMEDIATES_AT_ONCE;
      for (let immediate = 0; immediate < IMMEDIATES_AT_ONCE; immediate++) setImmediate(this.#onImmediate);
    }
    return new Promise((resolve) => {
      this.#onSettled = resolve;
    });
  }

  #fire(timer: Timer): void {
    this.#pop();
    this.#nowMs = timer.dueMs;
    const { callback } = timer;
    timer.callback = undefined;
    this.#pending--;
    callback?.();
  }

  /** The earliest timer that still wants to run. */
  #next(): Timer | undefined {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      if (first.callback !== undefined) return first;
      this.#pop();
    }
    return undefined;
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let at = heap.push(timer) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Timer;
      if (!isBefore(timer, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = timer;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Timer;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right !== undefined && isBefore(right, heap[child] as Timer)) child++;
      const below = heap[child] as Timer;
      if (!isBefore(below, last)) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}

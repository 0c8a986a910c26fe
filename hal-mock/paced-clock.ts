import type { Clock, TimerId } from '../firmware/hal/index.ts';
import { type QueuedTimer, TimerQueue } from './timer-queue.ts';

/** Time and timers of whoever runs the process. */
export interface TimerSource {
  nowMs(): number;
  setTimeout(callback: () => void, delayMs: number): unknown;
  clearTimeout(timer: unknown): void;
}

/** Longest wait of Node's own timers; a longer one is armed again. */
const WAIT_MAX_MS = 0x7fff_ffff;

/** Time that runs as fast as somebody wants: 0 stands still, 1 is life, 60 turns an hour into a minute. */
export class PacedClock implements Clock {
  readonly #source: TimerSource;
  readonly #wallOffsetMs: number;
  readonly #timers = new TimerQueue();
  #speed = 1;
  #sinceMs: number;
  #nowMs = 0;
  #armed: unknown;

  constructor(source: TimerSource, wallMs: number) {
    this.#source = source;
    this.#wallOffsetMs = wallMs;
    this.#sinceMs = source.nowMs();
  }

  get speed(): number {
    return this.#speed;
  }

  wallMs(): number {
    return this.#wallOffsetMs + this.monotonicMs();
  }

  monotonicMs(): number {
    return this.#nowMs + (this.#source.nowMs() - this.#sinceMs) * this.#speed;
  }

  setTimeout(callback: () => void, delayMs: number): TimerId {
    const timer = this.#timers.add(this.monotonicMs() + Math.max(0, delayMs), callback);
    this.#arm();
    return timer;
  }

  clearTimeout(timer: TimerId): void {
    if (this.#timers.remove(timer)) this.#arm();
  }

  setSpeed(speed: number): void {
    this.#stand();
    this.#speed = speed;
    this.#arm();
  }

  /** Goes forward at once: what falls due on the way happens in its order, each with all that follows from it. */
  async leap(ms: number): Promise<void> {
    const speed = this.#speed;
    this.setSpeed(0);
    const endMs = this.#nowMs + ms;
    for (let timer = this.#timers.next(endMs); timer !== undefined; timer = this.#timers.next(endMs)) {
      this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
      this.#fire(timer);
      // Promises and streams hop between queues; three rounds is what the longest chain takes, as in `VirtualClock`.
      for (let round = 0; round < 3; round++) await new Promise((resolve) => setImmediate(resolve));
    }
    this.#nowMs = endMs;
    this.setSpeed(speed);
  }

  #stand(): void {
    this.#nowMs = this.monotonicMs();
    this.#sinceMs = this.#source.nowMs();
  }

  #arm(): void {
    if (this.#armed !== undefined) this.#source.clearTimeout(this.#armed);
    this.#armed = undefined;
    const timer = this.#timers.next(Number.POSITIVE_INFINITY);
    if (timer === undefined || this.#speed === 0) return;
    const waitMs = Math.ceil(Math.max(0, timer.dueMs - this.monotonicMs()) / this.#speed);
    this.#armed = this.#source.setTimeout(() => this.#fireDue(), Math.min(waitMs, WAIT_MAX_MS));
  }

  #fireDue(): void {
    this.#armed = undefined;
    const nowMs = this.monotonicMs();
    for (let timer = this.#timers.next(nowMs); timer !== undefined; timer = this.#timers.next(nowMs)) this.#fire(timer);
    this.#arm();
  }

  #fire(timer: QueuedTimer): void {
    this.#timers.remove(timer);
    timer.callback();
  }
}

/** A timer of a clock that is not the machine's. */
export interface QueuedTimer {
  readonly dueMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/** The timers of a clock; those of one due time come in the order they were set. */
export class TimerQueue {
  #order = 0;
  readonly #timers = new Set<QueuedTimer>();

  add(dueMs: number, callback: () => void): QueuedTimer {
    const timer = { dueMs, order: this.#order++, callback };
    this.#timers.add(timer);
    return timer;
  }

  /** `false` for one that was not there any more. */
  remove(timer: object | number): boolean {
    return this.#timers.delete(timer as QueuedTimer);
  }

  /** The one that is due first, if it is due by then. It stays. */
  next(endMs: number): QueuedTimer | undefined {
    let next: QueuedTimer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueMs > endMs) continue;
      if (next === undefined || timer.dueMs < next.dueMs || (timer.dueMs === next.dueMs && timer.order < next.order)) {
        next = timer;
      }
    }
    return next;
  }
}

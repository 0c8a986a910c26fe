/** Opaque handle of a running timer. */
export type TimerId = object | number;

/**
 * Time. The same object is the clock of every statechart, so that a test moves all of the terminal at once.
 * Durations and deadlines use `monotonicMs`; `wallMs` only stamps what people read and may jump by years.
 */
export interface Clock {
  /** Milliseconds since 1970 UTC, as far as the terminal knows. */
  wallMs(): number;
  /** Milliseconds since an arbitrary moment; never goes back. */
  monotonicMs(): number;
  /** Calls once, not before `delayMs` from now; timers of one due time fire in the order they were set. */
  setTimeout(callback: () => void, delayMs: number): TimerId;
  /** Harmless for a timer that fired or was cleared. */
  clearTimeout(timer: TimerId): void;
}

/** Resolves after `delayMs`. */
export function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.setTimeout(resolve, delayMs);
  });
}

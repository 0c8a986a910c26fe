import type { Clock, JournalStore } from '../../firmware/hal/index.ts';

/** A moment that has certainly passed, and when that became known. */
export interface ClockFloor {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/** How far behind its floor a clock may be before it is called wrong: networks set clocks back by seconds. */
const TOLERANCE_MS = 60_000;

/** A record that is stamped later than this after the build comes from a clock that was wrong itself. */
const JOURNAL_AHEAD_MAX_MS = 20 * 365 * 24 * 3600_000;

/**
 * What time it is at least: no program runs before it was built, and no record is older than the one before it. A
 * record from an absurd future is not believed, or one wrong start would set the clock for ever.
 */
export function floorMs(buildMs: number, recordMs: number | undefined): number {
  if (recordMs === undefined || recordMs > buildMs + JOURNAL_AHEAD_MAX_MS) return buildMs;
  return Math.max(buildMs, recordMs);
}

/** The machine's time, or where it is behind its floor, the floor with the time that has passed since. */
export function flooredWallMs(
  wallMs: number,
  monotonicMs: number,
  floor: ClockFloor,
): { readonly wallMs: number; readonly isCorrected: boolean } {
  const leastMs = floor.wallMs + (monotonicMs - floor.monotonicMs);
  return { wallMs: Math.max(wallMs, leastMs), isCorrected: wallMs < leastMs - TOLERANCE_MS };
}

/** A clock that is never before its floor. Timers and durations are those of the clock below. */
export class FlooredClock implements Clock {
  readonly #clock: Clock;
  readonly #buildMs: number;
  #floor: ClockFloor;

  constructor(clock: Clock, buildMs: number) {
    this.#clock = clock;
    this.#buildMs = buildMs;
    this.#floor = { wallMs: buildMs, monotonicMs: clock.monotonicMs() };
  }

  wallMs(): number {
    return flooredWallMs(this.#clock.wallMs(), this.#clock.monotonicMs(), this.#floor).wallMs;
  }

  /** The machine's clock is wrong, and what is stamped is our best guess. */
  get isCorrected(): boolean {
    return flooredWallMs(this.#clock.wallMs(), this.#clock.monotonicMs(), this.#floor).isCorrected;
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs();
  }

  setTimeout(callback: () => void, delayMs: number): object | number {
    return this.#clock.setTimeout(callback, delayMs);
  }

  clearTimeout(timer: object | number): void {
    this.#clock.clearTimeout(timer);
  }

  /** What the newest record of the journal says. */
  noteRecord(recordMs: number | undefined): void {
    const monotonicMs = this.monotonicMs();
    const wallMs = floorMs(this.#buildMs, recordMs);
    if (wallMs > this.#floor.wallMs + (monotonicMs - this.#floor.monotonicMs)) this.#floor = { wallMs, monotonicMs };
  }
}

function stampOf(record: string | undefined): number | undefined {
  const { wallMs } = JSON.parse(record ?? '{}') as { readonly wallMs?: unknown };
  return typeof wallMs === 'number' ? wallMs : undefined;
}

/** The same store, whose newest record raises the floor of the clock when it is opened. */
export function tellingTime(store: JournalStore, clock: FlooredClock): JournalStore {
  return {
    async open(take) {
      let last: string | undefined;
      const damage = await store.open((record) => {
        last = record;
        take(record);
      });
      clock.noteRecord(stampOf(last));
      return damage;
    },
    append: (record) => store.append(record),
  };
}

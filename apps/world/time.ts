import { type Clock, sleep } from '../../firmware/hal/index.ts';
import { DeadlockError, VirtualClock } from '../../hal-mock/time.ts';
import type { WorldTime } from '../../simulator/scenario/world.ts';

const REAL_LOOK_EVERY_MS = 5;

/** Time for a world: jumps from timer to timer on a virtual clock, waits on any other. */
export function worldTime(clock: Clock): WorldTime {
  return clock instanceof VirtualClock ? virtualTime(clock) : realTime(clock);
}

function virtualTime(clock: VirtualClock): WorldTime {
  return {
    isVirtual: true,
    advance: (ms) => clock.advance(ms),
    until: async (condition, withinMs) => {
      try {
        await clock.runUntil(condition, withinMs);
        return true;
      } catch (error) {
        if (error instanceof DeadlockError) return false;
        throw error;
      }
    },
  };
}

export function realTime(clock: Clock): WorldTime {
  return {
    isVirtual: false,
    advance: (ms) => sleep(clock, ms),
    until: async (condition, withinMs) => {
      const endMs = clock.monotonicMs() + withinMs;
      while (!condition()) {
        if (clock.monotonicMs() >= endMs) return false;
        await sleep(clock, REAL_LOOK_EVERY_MS);
      }
      return true;
    },
  };
}

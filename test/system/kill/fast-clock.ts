import { SystemClock } from '../../../drivers/linux/clock.ts';
import type { Clock } from '../../../firmware/hal/index.ts';

/** Real time that runs faster: what takes a person or a device seconds takes a hundredth, and in the same order. */
export function fastClock(times = 100): Clock {
  const clock = new SystemClock();
  return {
    wallMs: () => clock.wallMs(),
    monotonicMs: () => clock.monotonicMs() * times,
    setTimeout: (callback, delayMs) => clock.setTimeout(callback, delayMs / times),
    clearTimeout: (timer) => clock.clearTimeout(timer),
  };
}

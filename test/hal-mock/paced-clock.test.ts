import { describe, expect, it } from '@jest/globals';
import { PacedClock } from '../../hal-mock/paced-clock.ts';
import { VirtualClock } from '../../hal-mock/time.ts';

/** A paced clock over real time that the test moves. */
function paced() {
  const real = new VirtualClock();
  const source = {
    nowMs: () => real.monotonicMs(),
    setTimeout: (callback: () => void, delayMs: number) => real.setTimeout(callback, delayMs),
    clearTimeout: (timer: unknown) => real.clearTimeout(timer as object),
  };
  return { real, clock: new PacedClock(source, 1_000_000) };
}

describe('a paced clock', () => {
  it('runs like life at first', async () => {
    const { real, clock } = paced();
    const fired: number[] = [];
    clock.setTimeout(() => fired.push(clock.monotonicMs()), 500);
    await real.advance(499);
    expect(fired).toEqual([]);
    await real.advance(1);
    expect(fired).toEqual([500]);
    expect(clock.wallMs()).toBe(1_000_500);
  });

  it('runs faster, also for what was waited for before', async () => {
    const { real, clock } = paced();
    const fired: string[] = [];
    clock.setTimeout(() => fired.push('minute'), 60_000);
    clock.setSpeed(60);
    await real.advance(1_000);
    expect(fired).toEqual(['minute']);
    expect(clock.monotonicMs()).toBe(60_000);
  });

  it('stands still, and goes on where it stood', async () => {
    const { real, clock } = paced();
    const fired: string[] = [];
    clock.setTimeout(() => fired.push('due'), 100);
    await real.advance(40);
    clock.setSpeed(0);
    await real.advance(10_000);
    expect([clock.monotonicMs(), fired]).toEqual([40, []]);
    clock.setSpeed(1);
    await real.advance(60);
    expect(fired).toEqual(['due']);
  });

  it('skips forward with everything that falls due on the way, in its order, and what follows from it', async () => {
    const { clock } = paced();
    const fired: string[] = [];
    const note = (name: string) => (): void => void fired.push(`${name} ${clock.monotonicMs()}`);
    clock.setTimeout(note('late'), 3_600_000);
    clock.setTimeout(() => {
      note('early')();
      void Promise.resolve().then(() => clock.setTimeout(note('after'), 1_000));
    }, 2_000);
    await clock.leap(10_000);
    expect(fired).toEqual(['early 2000', 'after 3000']);
    expect(clock.monotonicMs()).toBe(10_000);
  });

  it('forgets a timer that was cleared', async () => {
    const { real, clock } = paced();
    const fired: string[] = [];
    clock.clearTimeout(clock.setTimeout(() => fired.push('cleared'), 10));
    await real.advance(100);
    expect(fired).toEqual([]);
  });
});

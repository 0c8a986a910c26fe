import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { SystemClock } from '../../../drivers/linux/clock.ts';

beforeEach(() => {
  jest.useFakeTimers({ now: Date.UTC(2026, 10, 21) });
});
afterEach(() => {
  jest.useRealTimers();
});

const DAY_MS = 86_400_000;

describe('SystemClock', () => {
  it('fires once, when the delay is over and not before', async () => {
    const clock = new SystemClock();
    const fired: number[] = [];
    const start = clock.monotonicMs();
    clock.setTimeout(() => fired.push(clock.monotonicMs() - start), 100);
    await jest.advanceTimersByTimeAsync(99);
    expect(fired).toEqual([]);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(fired).toEqual([100]);
  });

  it('fires timers of one due time in the order they were set, whatever their delays', async () => {
    const clock = new SystemClock();
    const fired: string[] = [];
    clock.setTimeout(() => fired.push('set first, 100 ms'), 100);
    await jest.advanceTimersByTimeAsync(60);
    clock.setTimeout(() => fired.push('set second, 40 ms'), 40);
    clock.setTimeout(() => fired.push('set third, 10 ms'), 10);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(fired).toEqual(['set third, 10 ms', 'set first, 100 ms', 'set second, 40 ms']);
  });

  it('lets promises run between two timers', async () => {
    const clock = new SystemClock();
    const order: string[] = [];
    clock.setTimeout(() => void Promise.resolve().then(() => order.push('promise of the first')), 5);
    clock.setTimeout(() => order.push('second'), 5);
    await jest.advanceTimersByTimeAsync(50);
    expect(order).toEqual(['promise of the first', 'second']);
  });

  it('waits for longer than the 24.8 days of a native timer', async () => {
    const clock = new SystemClock();
    let hasFired = false;
    clock.setTimeout(() => (hasFired = true), 40 * DAY_MS);
    await jest.advanceTimersByTimeAsync(40 * DAY_MS - 1);
    expect(hasFired).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect(hasFired).toBe(true);
  });

  it('does not fire what was cleared, and clearing twice harms no other timer', async () => {
    const clock = new SystemClock();
    const fired: string[] = [];
    const first = clock.setTimeout(() => fired.push('cleared'), 10);
    const second = clock.setTimeout(() => fired.push('kept'), 20);
    clock.clearTimeout(first);
    clock.clearTimeout(first);
    await jest.advanceTimersByTimeAsync(100);
    clock.clearTimeout(second);
    expect(fired).toEqual(['kept']);
  });

  it('goes on after a callback that throws', async () => {
    const clock = new SystemClock();
    let hasFired = false;
    clock.setTimeout(() => {
      throw new Error('from a callback');
    }, 10);
    clock.setTimeout(() => (hasFired = true), 20);
    await expect(jest.advanceTimersByTimeAsync(15)).rejects.toThrow('from a callback');
    await jest.advanceTimersByTimeAsync(15);
    expect(hasFired).toBe(true);
  });

  it('holds no native timer when nothing waits', () => {
    const clock = new SystemClock();
    clock.clearTimeout(clock.setTimeout(() => undefined, 1_000));
    expect(jest.getTimerCount()).toBe(0);
  });

  it('keeps durations when the wall clock jumps', async () => {
    const clock = new SystemClock();
    const start = clock.monotonicMs();
    let hasFired = false;
    clock.setTimeout(() => (hasFired = true), 1_000);
    jest.setSystemTime(Date.UTC(2036, 0, 1));
    expect(clock.wallMs()).toBe(Date.UTC(2036, 0, 1));
    expect(clock.monotonicMs()).toBe(start);
    await jest.advanceTimersByTimeAsync(999);
    expect(hasFired).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect(hasFired).toBe(true);
  });
});

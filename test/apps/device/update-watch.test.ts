import { beforeEach, describe, expect, it } from '@jest/globals';
import type { UpdateReport } from '../../../apps/device/update-source.ts';
import { UpdateWatch } from '../../../apps/device/update-watch.ts';
import { VirtualClock } from '../../../hal-mock/time.ts';

const HOUR_MS = 3600_000;

describe('a terminal asks for updates', () => {
  let clock: VirtualClock;
  /** When it asked, in minutes. */
  let asked: number[];
  let signals: AbortSignal[];
  let answer: () => Promise<UpdateReport>;
  let said: UpdateReport | undefined;
  let isIdle: boolean;
  let log: string[];

  beforeEach(() => {
    clock = new VirtualClock();
    [asked, signals, log] = [[], [], []];
    answer = () => Promise.resolve({ kind: 'current' });
    said = undefined;
    isIdle = true;
  });

  function watch(everyHours: number, share = 0): UpdateWatch {
    const begun = new UpdateWatch({
      clock,
      random: { bytes: (count) => new Uint8Array(count), below: (max) => Math.floor(share * max) },
      everyHours,
      source: {
        check: (signal) => {
          asked.push(Math.round(clock.monotonicMs() / 60_000));
          signals.push(signal);
          return answer();
        },
        rootSays: () => said,
      },
      isIdle: () => isIdle,
      log: (line) => log.push(line),
    });
    begun.start();
    return begun;
  }

  it('soon after its start, and then as often as told', async () => {
    watch(6);
    await clock.advance(13 * HOUR_MS);
    expect(asked).toEqual([1, 361, 721]);
  });

  it('at the next quiet moment when somebody wants it to', async () => {
    const watching = watch(6, 0.99);
    isIdle = false;
    watching.askSoon();
    await clock.advance(5 * 60_000);
    expect(asked).toEqual([]);
    isIdle = true;
    await clock.advance(60_000);
    expect(asked).toEqual([5]);
  });

  it('not all at the same moment', async () => {
    watch(6, 0.99);
    await clock.advance(9 * HOUR_MS);
    expect(asked).toEqual([30, 479]);
  });

  it('never while something goes on, and as soon as nothing does', async () => {
    isIdle = false;
    watch(6);
    await clock.advance(HOUR_MS);
    expect(asked).toEqual([]);
    isIdle = true;
    await clock.advance(60_000);
    expect(asked).toEqual([60]);
  });

  it('and stops when a sale begins, to go on after it', async () => {
    answer = () =>
      new Promise((resolve) => {
        signals.at(-1)?.addEventListener('abort', () => resolve({ kind: 'interrupted', reasons: ['ABORT_ERR'] }));
      });
    const watching = watch(6);
    await clock.advance(60_000);
    expect(asked).toEqual([1]);
    watching.stateChanged();
    expect(signals[0]?.aborted).toBe(false);
    isIdle = false;
    watching.stateChanged();
    expect(signals[0]?.aborted).toBe(true);
    await clock.advance(10 * 60_000);
    expect([asked, log]).toEqual([[1], []]);
    isIdle = true;
    await clock.advance(60_000);
    expect(asked).toEqual([1, 11]);
    await watching.end();
    expect(signals[1]?.aborted).toBe(true);
    await clock.advance(HOUR_MS);
    expect(asked).toHaveLength(2);
  });

  it('again soon when there was no answer, but ever more rarely', async () => {
    answer = () => Promise.resolve({ kind: 'interrupted', reasons: ['ECONNREFUSED'] });
    watch(1);
    await clock.advance(3 * HOUR_MS);
    expect(asked).toEqual([1, 6, 16, 36, 76, 136]);
    expect(log).toEqual(['update: interrupted ECONNREFUSED']);
  });

  it('and goes on when asking throws', async () => {
    answer = () => Promise.reject(new Error('ENOTDIR'));
    const watching = watch(1);
    await clock.advance(7 * 60_000);
    expect(asked).toEqual([1, 6]);
    expect(watching.report()).toEqual({ kind: 'interrupted', reasons: ['ENOTDIR'] });
  });

  it('and reports what root did once, in words, until the channel says something newer', async () => {
    said = { kind: 'rolledBack', version: '1.1.0' };
    const watching = watch(6);
    expect(watching.report()).toEqual(said);
    await clock.advance(10 * 60_000);
    expect(watching.report()).toEqual({ kind: 'current' });
    said = { kind: 'refused', version: '1.2.0', reasons: ['belowFloor'] };
    await clock.advance(60_000);
    expect(watching.report()).toEqual(said);
    expect(log).toEqual([
      'update: rolledBack 1.1.0',
      'update: current',
      'update: refused 1.2.0 The update is below the lowest version allowed / 更新包低于允许的最低版本',
    ]);
  });
});

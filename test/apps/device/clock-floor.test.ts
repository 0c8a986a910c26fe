import { describe, expect, it } from '@jest/globals';
import { floorMs, FlooredClock, flooredWallMs, tellingTime } from '../../../apps/device/clock-floor.ts';
import { MemoryJournalStore, openWhole } from '../../../hal-mock/journal-store.ts';
import { VirtualClock } from '../../../hal-mock/time.ts';

const YEAR_MS = 365 * 24 * 3600_000;
const BUILT = Date.parse('2026-11-21T00:00:00Z');

describe('the floor of the clock', () => {
  it.each([
    ['no record', undefined, BUILT],
    ['a record before the build', BUILT - YEAR_MS, BUILT],
    ['a record after it', BUILT + YEAR_MS, BUILT + YEAR_MS],
    ['a record of an absurd future', BUILT + 60 * YEAR_MS, BUILT],
  ])('with %s', (_, recordMs, expected) => {
    expect(floorMs(BUILT, recordMs)).toBe(expected);
  });

  it.each([
    ['right', BUILT + 5_000, { wallMs: BUILT + 5_000, isCorrected: false }],
    ['set back by a network', BUILT - 30_000, { wallMs: BUILT + 1_000, isCorrected: false }],
    ['that lost its battery', 0, { wallMs: BUILT + 1_000, isCorrected: true }],
  ])('under a clock %s', (_, wallMs, expected) => {
    expect(flooredWallMs(wallMs, 3_000, { wallMs: BUILT, monotonicMs: 2_000 })).toEqual(expected);
  });

  it('rises with the newest record of the journal, and goes on from there', async () => {
    const below = new VirtualClock();
    const clock = new FlooredClock(below, below.wallMs() - YEAR_MS);
    const recordMs = below.wallMs() + 3 * 24 * 3600_000;
    const records = [1, recordMs].map((wallMs) => JSON.stringify({ type: 'fault', rule: 'x', wallMs }));
    expect(clock.isCorrected).toBe(false);
    await openWhole(tellingTime(new MemoryJournalStore({ records }), clock));
    expect([clock.wallMs(), clock.isCorrected]).toEqual([recordMs, true]);
    await below.advance(10_000);
    expect(clock.wallMs()).toBe(recordMs + 10_000);
    clock.noteRecord(5);
    expect(clock.wallMs()).toBe(recordMs + 10_000);
  });
});

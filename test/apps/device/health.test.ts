import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  HealthFile,
  type HealthFacts,
  healthOf,
  PathHistory,
  QUIET_MS,
  Replugged,
} from '../../../apps/device/health.ts';
import { startPulse } from '../../../apps/device/pulse.ts';
import { emptyJournal } from '../../../firmware/journal/fold.ts';
import { VirtualClock } from '../../../hal-mock/time.ts';

const FACTS: HealthFacts = {
  version: '1.2.3',
  slot: 'A',
  wallMs: 0,
  upMs: 61_500,
  clockIsCorrected: false,
  statePath: 'terminal.idle',
  selfTest: { kind: 'ready', missing: [] },
  unplugged: [],
  replugged: new Set(),
  hostWasReached: true,
  quietMs: 0,
  journal: emptyJournal(),
};
const health = (over: Partial<HealthFacts>) => healthOf({ ...FACTS, ...over });

describe('health', () => {
  it('of a terminal that has signed on is good', () => {
    expect(health({})).toEqual({
      version: '1.2.3',
      slot: 'A',
      writtenAt: '1970-01-01T00:00:00.000Z',
      upSeconds: 61,
      clock: 'machine',
      selfTest: 'passed',
      missing: [],
      host: 'reached',
      healthy: true,
      mayUpdate: true,
      busy: [],
      state: 'terminal.idle',
    });
  });

  it.each<[string, Partial<HealthFacts>, object]>([
    ['the host is not reached yet', { hostWasReached: false }, { host: 'waiting', healthy: false }],
    ['ten minutes were quiet', { hostWasReached: false, quietMs: QUIET_MS }, { host: 'quiet', healthy: true }],
    [
      'a printer and a reader are missing',
      { selfTest: { kind: 'ready', missing: ['printer'] }, unplugged: ['cardReader', 'printer'] },
      { missing: ['cardReader', 'printer'], healthy: true },
    ],
    [
      'a printer has come back',
      { selfTest: { kind: 'ready', missing: ['printer'] }, replugged: new Set(['printer']) },
      { missing: [] },
    ],
    [
      'the PIN pad is missing',
      { statePath: 'terminal.outOfService', selfTest: { kind: 'pinPadMissing', missing: [] } },
      { missing: ['pinPad'], selfTest: 'passed', healthy: true },
    ],
    [
      'the self-test goes on',
      { statePath: 'terminal.booting', selfTest: undefined },
      { healthy: false, busy: ['starting'] },
    ],
    [
      'the journal is damaged',
      { statePath: 'terminal.outOfService', selfTest: { kind: 'journalDamaged', missing: [] } },
      { selfTest: 'failed', healthy: false, mayUpdate: false, busy: ['journalUnknown'] },
    ],
    ['the terminal has a fault', { statePath: 'terminal.outOfService' }, { selfTest: 'failed', healthy: false }],
    ['the clock was wrong', { clockIsCorrected: true }, { clock: 'corrected', healthy: true }],
    ['somebody sells', { statePath: 'terminal.enteringAmount' }, { healthy: true, mayUpdate: false, busy: ['sale'] }],
  ])('when %s', (_, over, expected) => {
    expect(health(over)).toMatchObject(expected);
  });

  it('counts a host as reached by a sign-on that ended well, and quiet from the last thing that anybody did', () => {
    const history = new PathHistory(0);
    for (const path of ['terminal.booting', 'terminal.signingOn', 'terminal.signedOff']) history.note(path, 1_000);
    expect([history.hostWasReached, history.quietMs(5_000)]).toEqual([false, 4_000]);
    history.note('terminal.signingOn', 60_000);
    expect(history.quietMs(61_000)).toBe(60_000);
    history.note('terminal.recovering/pending.finding', 62_000);
    expect(history.hostWasReached).toBe(true);
    history.note('terminal.idle', 63_000);
    history.note('terminal.transacting/transaction.identifying', 70_000);
    history.note('terminal.idle', 90_000);
    expect(history.quietMs(91_000)).toBe(1_000);
  });

  it('is written whole, the newest of several, and a place that cannot be written is told', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fenqi-health-'));
    const path = join(folder, 'run/health.json');
    const codes: string[] = [];
    const file = new HealthFile(path, (code) => codes.push(code));
    await Promise.all([1_000, 2_000, 3_000].map((upMs) => file.write(health({ upMs }))));
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ upSeconds: 3 });
    expect(readdirSync(join(folder, 'run'))).toEqual(['health.json']);
    await new HealthFile(join(path, 'below/a/file'), (code) => codes.push(code)).write(health({}));
    expect(codes).toEqual(['ENOTDIR']);
    rmSync(folder, { recursive: true });
  });
});

describe('the pulse', () => {
  it('feeds for a chart that answers, and for no other', async () => {
    const clock = new VirtualClock();
    let fed = 0;
    let answers = true;
    const statePath = (): string => {
      if (!answers) throw new Error('broken');
      return 'terminal.idle';
    };
    const end = startPulse({ clock, statePath, feed: () => (fed += 1), everyMs: 1_000 });
    await clock.advance(3_500);
    expect(fed).toBe(4);
    answers = false;
    await clock.advance(2_000);
    expect(fed).toBe(4);
    answers = true;
    await clock.advance(1_000);
    end();
    await clock.advance(5_000);
    expect(fed).toBe(5);
  });
});

describe('what has come back', () => {
  const passed = { kind: 'ready', missing: ['printer'] } as const;

  it('is forgotten when it goes again, and at the next self-test', () => {
    const replugged = new Replugged();
    expect([...replugged.note(passed, ['printer', 'scanner'])]).toEqual([]);
    expect([...replugged.note(passed, ['scanner'])]).toEqual(['printer']);
    expect([...replugged.note(passed, [])]).toEqual(['printer', 'scanner']);
    expect([...replugged.note(passed, ['printer'])]).toEqual(['scanner']);
    expect([...replugged.note(undefined, ['printer'])]).toEqual([]);
  });
});

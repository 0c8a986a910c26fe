import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AuditFile, noteChanges } from '../../../apps/device/audit-file.ts';
import { VirtualClock } from '../../../hal-mock/time.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fenqi-audit-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const path = (): string => join(folder, 'audit.jsonl');
const read = (file = path()): Record<string, unknown>[] =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('the audit file of a device', () => {
  it('keeps what is noted in its order, with the time, over restarts', async () => {
    const clock = new VirtualClock();
    const first = new AuditFile(folder, clock);
    first.note('started', { version: '1.0.0', slot: 'A' });
    await clock.advance(1_000);
    first.note('ended');
    await first.close();
    const second = new AuditFile(folder, clock);
    second.note('started', { version: '1.0.1', slot: 'B' });
    await second.close();
    const lines = read();
    expect(lines.map(({ event, slot }) => [event, slot])).toEqual([
      ['started', 'A'],
      ['ended', undefined],
      ['started', 'B'],
    ]);
    expect(Date.parse(String(lines[1]?.['at'])) - Date.parse(String(lines[0]?.['at']))).toBe(1_000);
    expect(statSync(path()).mode & 0o777).toBe(0o600);
  });

  it('holds no more than two files of its bound, and loses the oldest alone', async () => {
    const audit = new AuditFile(folder, new VirtualClock(), 1_000);
    for (let at = 0; at < 200; at++) audit.note('log', { line: `line ${at}` });
    await audit.close();
    const [old, now] = [read(join(folder, 'audit.old.jsonl')), read()];
    expect(statSync(path()).size).toBeLessThanOrEqual(1_000);
    expect(statSync(join(folder, 'audit.old.jsonl')).size).toBeLessThanOrEqual(1_000);
    const kept = [...old, ...now].map(({ line }) => line);
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, at) => `line ${200 - kept.length + at}`));
  });

  it('holds nothing that could be a card number', async () => {
    const audit = new AuditFile(folder, new VirtualClock());
    audit.note('log', { line: 'reader said 6299990000000110=2912' });
    await audit.close();
    expect(readFileSync(path(), 'utf8')).not.toMatch(/\d{12}/);
  });

  it('goes on when the disk takes nothing, and comes back with it', async () => {
    mkdirSync(path());
    const audit = new AuditFile(folder, new VirtualClock());
    audit.note('started');
    await audit.close();
    rmSync(path(), { recursive: true });
    audit.note('ended');
    await audit.close();
    expect(existsSync(path())).toBe(true);
    expect(read()).toMatchObject([{ event: 'ended' }]);
  });

  it('tells of a change once', async () => {
    const audit = new AuditFile(folder, new VirtualClock());
    const health = noteChanges(audit, 'health');
    for (const healthy of [false, false, true, true, false]) health({ healthy });
    await audit.close();
    expect(read().map(({ healthy }) => healthy)).toEqual([false, true, false]);
  });
});

import { expect, it } from '@jest/globals';
import { killRun } from './kill/kill-run.ts';

/** More of them: `npm run kill-test`. */
const KILLS = 25;

it('real processes, killed at any moment, lose no acknowledged record, charge nobody twice and leave nothing open', async () => {
  const report = await killRun(KILLS, 7);
  expect(report.wrongs).toEqual([]);
  expect(report.lost).toBe(0);
  expect(report.kills).toBe(KILLS);
  expect(report.acknowledged).toBeGreaterThan(KILLS);
}, 300_000);

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { playMutants } from '../../../apps/cli/simulate-mutants.ts';
import { mutated, StaleMutantError } from '../../../simulator/mutants/mutant.ts';
import { MUTANTS } from '../../../simulator/mutants/table.ts';
import { INVARIANTS } from '../../../simulator/swarm/invariants.ts';
import { ROOT } from '../../tidy/source-files.ts';

/** Planted bugs that the first few seeds find: enough to know that the whole chain works. */
const CANARIES = ['journal-append-not-awaited', 'reversal-amount', 'pan-in-journal', 'approved-screen-too-early'];

describe('the table of planted bugs', () => {
  it('has 64 rows at least, each with a name of its own', () => {
    const ids = MUTANTS.map(({ id }) => id);
    expect(ids.length).toBeGreaterThanOrEqual(64);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at || !/^[a-z]+(-[a-z]+)+$/.test(id))).toEqual([]);
  });

  it.each(MUTANTS.map((mutant) => [mutant.id, mutant] as const))('%s stands for one place of its file', (_, mutant) => {
    const source = readFileSync(join(ROOT, mutant.file), 'utf8');
    expect(mutant.file).toMatch(/^(firmware|drivers)\//);
    expect(mutated(source, mutant)).not.toBe(source);
  });

  it('names every invariant that is checked, and no other', () => {
    const named = new Set(MUTANTS.flatMap(({ breaks }) => breaks));
    // Three need two runs or the whole of one: the runner checks them.
    const checked = new Set([...INVARIANTS.map(({ id }) => id), 'I21', 'I23', 'I25']);
    expect([...named].toSorted()).toEqual([...checked].toSorted());
  });

  it('refuses a row whose text has gone, or stands there twice', () => {
    const row = { id: 'x-y', breaks: ['I1'], what: '', file: 'a.ts', find: 'f()', replace: '' };
    expect(() => mutated('g()', row)).toThrow(StaleMutantError);
    expect(() => mutated('f(); f()', row)).toThrow('x-y: its text stands 2 times in a.ts, not once');
    expect(mutated('f(1); f()', { ...row, replace: "'$&'" })).toBe("f(1); '$&'");
  });
});

describe('the simulator', () => {
  it('finds planted bugs within a few seeds, each by the invariant that it breaks', async () => {
    const rows = await playMutants(MUTANTS.filter(({ id }) => CANARIES.includes(id)));
    expect(rows.map(({ id }) => id).toSorted()).toEqual(CANARIES.toSorted());
    expect(rows.filter(({ found, seeds }) => !found || seeds > 60)).toEqual([]);
    expect(rows.every(({ violation }) => (violation?.detail ?? '') !== '')).toBe(true);
  }, 120_000);
});

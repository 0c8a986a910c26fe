import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { runCoverage } from '../../../apps/cli/coverage.ts';
import { CoverageCollector } from '../../../apps/coverage/collector.ts';
import { FAULT_CATALOGUE, faultsOfAct } from '../../../apps/coverage/fault-names.ts';
import type { MachineStep } from '../../../firmware/machine-steps.ts';
import type { BranchModel, ChartModel } from '../../../visualizer/model/chart.ts';
import {
  coverageReport,
  emptyCoverage,
  mergeCoverage,
  parseCoverage,
  percentOf,
} from '../../../visualizer/model/coverage-report.ts';

function branch(state: string, event: string, index: number, guard: string, target?: string): BranchModel {
  const id = `lamp.${state} · ${event} · ${index + 1}`;
  return { id, event, kind: 'event', branch: index, guard, target, reenter: false, actions: [] };
}

function stateModel(key: string, branches: readonly BranchModel[]) {
  return { key, zh: key, en: key, tags: [], isFinal: false, invokes: [], entry: [], exit: [], branches };
}

/** A lamp that may be broken, is switched by a key and goes off by itself. */
const LAMP: ChartModel = {
  machines: [
    {
      id: 'lamp',
      path: 'lamp.machine.ts',
      about: '',
      initial: 'off',
      delays: [],
      everywhere: [branch('lamp', 'FALLS', 0, '', 'smashed')],
      states: [
        stateModel('off', [branch('off', 'KEY', 0, 'isBroken'), branch('off', 'KEY', 1, 'isOn', 'on')]),
        stateModel('on', [branch('on', 'at once', 0, 'isTooHot', 'off'), branch('on', 'KEY', 0, '', 'off')]),
        stateModel('smashed', []),
      ],
    },
  ],
};

const BEGINS: MachineStep = { kind: 'begins', actor: 'x:0', machine: 'lamp', parent: undefined, state: 'off' };

function moves(state: string, event: string, index: number, to: string): MachineStep {
  return { kind: 'moves', actor: 'x:0', machine: 'lamp', state, event, branch: index, to };
}

function ignores(state: string): MachineStep {
  return { kind: 'ignores', actor: 'x:0', machine: 'lamp', state, event: 'KEY' };
}

function reportOf(steps: readonly MachineStep[]) {
  const collector = new CoverageCollector(LAMP, 'test');
  const counter = collector.stepCounter();
  for (const step of steps) counter(step);
  return coverageReport(collector.coverage(), LAMP, { device: [], host: [] });
}

describe('coverage of a chart', () => {
  it('begins with nothing', () => {
    const { states, branches, guards } = reportOf([]);
    expect([states.covered, branches.covered, guards.covered]).toEqual([0, 0, 0]);
    expect([states.of, branches.of, guards.of]).toEqual([3, 5, 6]);
  });

  it('takes the branches before the one that was taken for refused', () => {
    const { guards } = reportOf([BEGINS, moves('off', 'KEY', 1, 'on')]);
    expect(guards.missing).toEqual([
      'lamp.off · KEY · 1 · isBroken: yes',
      'lamp.off · KEY · 2 · isOn: no',
      'lamp.on · at once · 1 · isTooHot: yes',
      'lamp.on · at once · 1 · isTooHot: no',
    ]);
  });

  it('takes all branches of an ignored event for refused', () => {
    const { guards } = reportOf([BEGINS, ignores('off')]);
    expect(guards.missing).not.toContain('lamp.off · KEY · 1 · isBroken: no');
    expect(guards.missing).not.toContain('lamp.off · KEY · 2 · isOn: no');
  });

  it('knows that a state which is not left at once has refused to be', () => {
    const on = moves('off', 'KEY', 1, 'on');
    const left = reportOf([BEGINS, on, moves('on', 'at once', 0, 'off')]);
    const stayed = reportOf([BEGINS, on, moves('on', 'KEY', 0, 'off')]);
    const name = 'lamp.on · at once · 1 · isTooHot: no';
    expect(left.guards.missing).toContain(name);
    expect(stayed.guards.missing).not.toContain(name);
  });

  it('sees a state that a branch led to, and misses the others', () => {
    const { states } = reportOf([BEGINS, moves('off', 'KEY', 1, 'on')]);
    expect(states).toEqual({ covered: 2, of: 3, missing: ['lamp.smashed'] });
  });

  it('merges runs of any kind, and reads what it wrote', () => {
    const one = { ...emptyCoverage(['one']), taken: { a: 1 }, faults: { f: 2 } };
    const two = { ...emptyCoverage(['two']), taken: { a: 2, b: 1 } };
    const both = mergeCoverage(one, two);
    expect(both).toMatchObject({ runs: ['one', 'two'], taken: { a: 3, b: 1 }, faults: { f: 2 } });
    expect(mergeCoverage(two, one)).toMatchObject({ taken: both.taken, faults: both.faults });
    expect(parseCoverage(JSON.stringify(both))).toEqual({ kind: 'read', coverage: both });
  });

  it('never rounds up to everything', () => {
    expect(percentOf({ covered: 1999, of: 2000, missing: [''] })).toBe(99.9);
    expect(percentOf({ covered: 0, of: 0, missing: [] })).toBe(100);
  });
});

describe('names of faults', () => {
  it.each([
    [{ host: { fault: 'wrongMac', mti: '0200' } }, ['acquirer/wrongMac']],
    [{ host: { down: true } }, ['acquirer/down']],
    [{ host: { down: false } }, []],
    [{ wallet: { fault: 'cancelRetry' } }, ['wallet/again']],
    [{ device: { unplug: 'scanner' } }, ['scanner/unplug']],
    [{ device: { replug: 'scanner' } }, []],
    [{ device: { loseKeys: true } }, ['pinPad/loseKeys']],
    [{ printer: { openCover: true } }, ['printer/openCover']],
    [{ power: 'cut' }, ['power/cut']],
    [{ network: 'out' }, ['network/out']],
    [{ cashier: { press: 'confirm' } }, []],
  ])('%j is %j', (act, names) => {
    expect(faultsOfAct(act)).toEqual(names);
  });

  it('are all different', () => {
    const names = [...FAULT_CATALOGUE.device, ...FAULT_CATALOGUE.host];
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('fenqi coverage', () => {
  const directory = mkdtempSync(join(tmpdir(), 'fenqi-coverage-'));
  const out: string[] = [];
  const err: string[] = [];
  const io = {
    lines: (async function* () {})(),
    out: (line: string) => void out.push(line),
    err: (line: string) => void err.push(line),
  };

  async function run(...args: string[]): Promise<number> {
    out.length = 0;
    err.length = 0;
    return runCoverage(args, io);
  }

  it('merges files and reports shares', async () => {
    const [a, b, merged] = ['a.json', 'b.json', 'merged.json'].map((name) => join(directory, name)) as [string, string, string];
    writeFileSync(a, JSON.stringify({ ...emptyCoverage(['a']), entered: { 'terminal.idle': 1 } }));
    writeFileSync(b, JSON.stringify({ ...emptyCoverage(['b']), faults: { 'printer/openCover': 1 } }));
    expect(await run('merge', '--out', merged, a, b)).toBe(0);
    expect(JSON.parse(readFileSync(merged, 'utf8'))).toMatchObject({ runs: ['a', 'b'] });
    expect(await run('report', merged)).toBe(0);
    expect(out[0]).toMatch(/^states seen +0\.\d %  1 of \d+$/);
    expect(out[3]).toMatch(/^device faults +2\.\d %  1 of \d+$/);
  });

  it('fails below a target and names what is missing', async () => {
    const file = join(directory, 'a.json');
    expect(await run('report', '--min-states', '50', file)).toBe(1);
    expect(err.join()).toContain('states seen 0.6 %, below 50 %');
    expect(out).toContain('  - terminal.booting');
    expect(await run('report', '--min-states', '0', file)).toBe(0);
  });

  it.each([
    ['no coverage', 'hello', 'this is no coverage of Fenqi'],
    ['another version', '{"format":"fenqi-coverage","version":9}', 'its version is not 1'],
    ['half of one', '{"format":"fenqi-coverage","version":1,"runs":[]}', 'it is not whole'],
  ])('refuses %s', async (_, text, problem) => {
    const file = join(directory, 'wrong.json');
    writeFileSync(file, text);
    expect(await run('report', file)).toBe(1);
    expect(err.join()).toBe(`fenqi coverage: ${file}: ${problem}`);
  });

  it('says how it is used', async () => {
    expect(await run('report')).toBe(2);
    expect(await run('grow', 'x')).toBe(2);
    expect(await run('merge', 'x')).toBe(2);
    expect(await run('report', '--min-guards', 'many', 'x')).toBe(2);
    expect(await run('report', join(directory, 'none.json'))).toBe(1);
  });
});

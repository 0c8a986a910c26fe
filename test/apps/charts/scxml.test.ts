import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chartModel } from '../../../apps/charts/chart-model.ts';
import { branchesOf, scxmlOf } from '../../../apps/charts/scxml.ts';
import type { TraceRecorder } from '../../../apps/trace/recorder.ts';
import { playInWorld, scenarioRecorder } from '../../../apps/world/scenario-world.ts';
import { parseScenarios } from '../../../simulator/scenario/format.ts';
import type { ChartModel, MachineModel, StateModel } from '../../../visualizer/model/chart.ts';
import type { TraceEvent } from '../../../visualizer/model/trace.ts';
import { foreignPlays, type Reaction } from './foreign-plays.ts';
import { COMPILER, complaintsOf, MAY_MISS_QT, playInQt, PYTHON } from './qt.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** Scenarios that come through most of the charts: file, and what stands in the name of the row. */
const SCENARIOS = `
  open-sale-handed-over          | supervisor takes it over
  shop-pays-the-fee              | Huabei, 3 periods
  sms-codes                      | wrong three times
  settlement-waits-for-the-host  | silent in the upload
  cancel-at-every-step           |
  look-up-a-sale                 | the same after a power cut
  offline-sale                   | the chip approves alone
  baitiao-by-code                | pending then paid
  unknown-code                   |
  expired-and-foreign-cards      |
  face-checks                    | not done in time
  printer-out-of-paper           |
  shown-codes                    | taken back by the cashier
  wrong-pin-then-right           |
  chip-online-pin                |
`;

/** So long that no timer of the interpreter ever runs out: delays end by events, as everything does. */
const NEVER = '2000000s';

async function recorded(row: string): Promise<readonly TraceEvent[]> {
  const [file = '', name = ''] = row.split('|').map((cell) => cell.trim());
  const scenarios = parseScenarios(readFileSync(join(ROOT, `scenarios/${file}.yaml`), 'utf8'));
  const scenario = scenarios.find((each) => each.name.includes(name));
  if (scenario === undefined) throw new Error(`${file} has no row ${name}`);
  let recorder: TraceRecorder | undefined;
  await playInWorld(scenario, 'memory', { record: (clock) => (recorder = scenarioRecorder(scenario)(clock)) });
  return recorder?.events ?? [];
}

/** Between machines SCXML leaves the order open: Qt passes an event on before the outer machine takes it, XState after. */
function byMachine({ path, branches }: Reaction): unknown {
  const machines = [...new Set(branches.map((branch) => branch.split('.')[0] ?? ''))].toSorted();
  return { path, branches: machines.map((id) => branches.filter((branch) => branch.startsWith(`${id}.`))) };
}

let model: ChartModel;
let folder: string;

beforeAll(async () => {
  model = await chartModel();
  folder = mkdtempSync(join(tmpdir(), 'fenqi-scxml-'));
  for (const machine of model.machines) writeFileSync(join(folder, `${machine.id}.scxml`), scxmlOf(machine, model));
});

afterAll(() => rmSync(folder, { recursive: true }));

const WAITING: StateModel = {
  key: 'waiting',
  zh: '等待',
  en: 'waiting',
  tags: [],
  isFinal: false,
  invokes: [],
  entry: [],
  exit: [],
  branches: [],
};
const SMALL: MachineModel = {
  id: 'small',
  path: 'small.machine.ts',
  about: 'A -- B',
  initial: 'waiting',
  everywhere: [],
  delays: [],
  states: [WAITING],
};

/** A machine with one branch of this kind in its only state. */
function withBranch(branch: Partial<StateModel['branches'][number]>): MachineModel {
  const whole = {
    id: 'small.waiting · KEY · 1',
    event: 'KEY',
    kind: 'key',
    branch: 0,
    guard: '',
    target: undefined,
    reenter: false,
    actions: [],
    ...branch,
  } as const;
  return { ...SMALL, states: [{ ...WAITING, branches: [whole] }] };
}

function written(machine: MachineModel): string {
  return scxmlOf(machine, { machines: [machine] });
}

describe('SCXML', () => {
  it('has every branch of every machine, once', () => {
    for (const machine of model.machines) {
      const text = scxmlOf(machine, model);
      const logged = [...text.matchAll(/<log label="branch" expr="'([^']+)'"\/>/g)].map(([, id = '']) => id);
      expect(logged.toSorted()).toEqual(
        branchesOf(machine)
          .map(({ id }) => id)
          .toSorted(),
      );
    }
  });

  it('lets the document decide about a single key, and whoever runs it about the rest', () => {
    expect(written(withBranch({ guard: 'isKey(cancel)' }))).toContain(`cond="_event.data.key === 'cancel'"`);
    expect(written(withBranch({ guard: 'hasVoucher' }))).toContain(`cond="guards['small.hasVoucher']"`);
    expect(written(withBranch({ guard: 'its condition' }))).toContain(`cond="guards['small.waiting · KEY · 1']"`);
  });

  it('enters a state again only where the chart does', () => {
    expect(written(withBranch({ target: 'waiting' }))).toContain('<transition event="KEY">');
    expect(written(withBranch({ target: 'waiting', reenter: true }))).toContain('event="KEY" target="waiting"');
  });

  it('is XML whatever a chart says', () => {
    expect(written(SMALL)).toContain('A - - B');
    expect(written(withBranch({ guard: `a<"b"&'c'` }))).toContain(`guards['small.a&lt;&quot;b&quot;&amp;\\'c\\'']`);
  });

  it('refuses what it could not say', () => {
    expect(() => written(withBranch({ actions: ['raise'] }))).toThrow('small.waiting · KEY · 1 does raise');
    expect(() => written(withBranch({ kind: 'event', event: 'X', actions: ['sendTo'] }))).toThrow('does sendTo');
    const keyed = withBranch({ target: 'waiting' });
    const invokes = [{ src: 'small', machine: 'small' }];
    const outer = { ...SMALL, id: 'outer', states: [{ ...WAITING, invokes }] };
    expect(() => scxmlOf(outer, { machines: [outer, keyed] })).toThrow('waiting starts small and keeps its keys');
  });
});

if (COMPILER !== undefined || !MAY_MISS_QT) {
  describe("Qt's compiler of SCXML", () => {
    it('takes every machine without a word', () => {
      expect(model.machines.map(({ id }) => complaintsOf(`${id}.scxml`, folder)).join('')).toBe('');
    });

    it('would say something', () => {
      writeFileSync(join(folder, 'wrong.scxml'), written(withBranch({ target: 'nowhere' })));
      expect(complaintsOf('wrong.scxml', folder)).toContain('nowhere');
    });
  });
}

if (PYTHON !== undefined || !MAY_MISS_QT) {
  describe("Qt's interpreter of SCXML", () => {
    it('takes the branches and comes to the states of recorded scenarios', async () => {
      const delays = Object.fromEntries(
        model.machines.flatMap(({ id, delays: own }) => own.map(({ name }) => [`${id}.${name}`, NEVER])),
      );
      const plays = [];
      for (const row of SCENARIOS.trim().split('\n')) plays.push(...foreignPlays(await recorded(row), model));
      const expected = plays.map((play) => play.expected.map(byMachine));
      const asked = plays.map((play) => ({ ...play, file: 'terminal.scxml', delays }));
      expect(playInQt(asked, folder).map((reactions) => reactions.map(byMachine))).toEqual(expected);
      const taken = new Set(plays.flatMap((play) => play.expected.flatMap(({ branches }) => branches)));
      expect(taken.size).toBeGreaterThan(200);
    }, 180_000);
  });
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { SeededRandom } from '../../hal-mock/random.ts';
import { VirtualClock } from '../../hal-mock/time.ts';
import { parseScenarios } from '../../simulator/scenario/format.ts';
import { playScenario } from '../../simulator/scenario/runner.ts';
import type { World } from '../../simulator/scenario/world.ts';
import { TraceRecorder } from '../../apps/trace/recorder.ts';
import { settingsOf } from '../../apps/world/scenario-world.ts';
import { createWorld } from '../../apps/world/world.ts';
import { BEFORE_ALL, type Moment, momentAt, pathOf, type Replay, replayOf } from '../../visualizer/model/replay.ts';
import type { TraceEvent } from '../../visualizer/model/trace.ts';

const ROOT = join(import.meta.dirname, '../..');

interface Seen {
  readonly seq: number;
  /** From the outside in. */
  readonly states: readonly string[];
  readonly screen: string | undefined;
}

/** The terminal names some of the machines in it by where they run, a trace by what they are. */
function statesOf(path: string): readonly string[] {
  return path.split('/').map((part) => part.slice(part.lastIndexOf('.') + 1));
}

/** A scenario with a trace, and what the terminal itself said after each change. */
async function recorded(file: string): Promise<{ replay: Replay; seen: readonly Seen[]; world: World }> {
  const [scenario] = parseScenarios(readFileSync(join(ROOT, `scenarios/${file}.yaml`), 'utf8'));
  if (scenario === undefined) throw new Error('no scenario');
  const clock = new VirtualClock();
  const recorder = new TraceRecorder({ clock, title: file, language: 'zh' });
  const seen: Seen[] = [];
  const settings = settingsOf(scenario);
  const random = new SeededRandom(1);
  const world = await createWorld({
    settings,
    clock,
    random,
    transport: 'memory',
    network: 'memory',
    record: recorder,
  });
  recorder.onEvent(({ kind }) => {
    if (kind !== 'step' && kind !== 'screen') return;
    // Not in the middle of a change: an actor tells of it before the terminal is what it says.
    clock.setTimeout(() => {
      const seq = recorder.events.length - 1;
      if (seen.at(-1)?.seq === seq) return;
      seen.push({ seq, states: statesOf(world.terminal().statePath()), screen: world.screens().at(-1)?.id });
    }, 0);
  });
  const result = await playScenario(scenario, world, undefined, (lane, act) => recorder.act(lane, act));
  await world.close();
  expect(result.failures).toEqual([]);
  return { replay: replayOf({ header: recorder.header, events: recorder.events }), seen, world };
}

describe('time travel', () => {
  it.each(['chip-online-pin', 'power-cut-in-authorization', 'baitiao-by-account'])(
    'through %s shows what the terminal itself said',
    async (file) => {
      const { replay, seen, world } = await recorded(file);
      const told = seen.map(({ seq }) => {
        const moment = momentAt(replay, seq);
        return { seq, states: statesOf(pathOf(moment)), screen: moment.screen?.id };
      });
      expect(seen.length).toBeGreaterThan(10);
      expect(told).toEqual(seen);
      const journal = world.terminal().journalState();
      const sales = [...journal.sales.values()].map(({ status, intent }) => ({ status, amountFen: intent.amountFen }));
      const last = momentAt(replay, replay.moments.length - 1);
      expect(last.books.map(({ status, amountFen }) => ({ status, amountFen }))).toEqual(sales);
    },
  );

  it('knows the branch taken, the paper, the light and the keys of any moment', async () => {
    const { replay } = await recorded('chip-online-pin');
    const { events } = replay.trace;
    const lastKey = events.findLast(({ kind }) => kind === 'key');
    const at = momentAt(replay, lastKey?.seq ?? 0);
    expect(at.keys).toEqual(['8', '8', '0', '0', 'confirm', 'confirm']);
    expect(at.slips).toHaveLength(1);
    expect(at.books).toMatchObject([{ kind: 'sale', by: 'card', entry: 'chip', amountFen: 8800, status: 'approved' }]);
    const end = momentAt(replay, events.length);
    expect(end.seq).toBe(events.length - 1);
    expect(end.slips).toHaveLength(2);
    expect(end.light).toBe('neutral');
    expect(end.branch).toMatch(/^\w+\.\w+ · .+ · \d+$/);
    expect(momentAt(replay, -1)).toBe(BEFORE_ALL);
  });
});

describe('ten thousand events', () => {
  const events: TraceEvent[] = [];

  beforeAll(async () => {
    const { replay } = await recorded('chip-online-pin');
    const { trace } = replay;
    while (events.length < 10_000) {
      // Every round is a sale of its own.
      const round = Math.floor(events.length / trace.events.length);
      const rest = trace.events.map((event) =>
        event.kind === 'record'
          ? {
              ...event,
              fields: event.fields.map((field) => (field.name === 'stan' ? { ...field, value: String(round) } : field)),
            }
          : event,
      );
      for (const event of rest) events.push({ ...event, seq: events.length });
    }
  });

  it('are prepared once and then looked up', () => {
    const header = { format: 'fenqi-trace', version: 1, title: '', startedAtMs: 0, language: 'zh' } as const;
    const replay = replayOf({ header, events });
    // Time would be measured by a busy machine; what is counted is what a jump has to do: nothing.
    const moments = events.map(({ seq }) => momentAt(replay, seq));
    expect(moments).toEqual(replay.moments);
    expect(moments.every((moment, seq) => moment === momentAt(replay, seq))).toBe(true);
    expect(sharedParts(moments)).toBeGreaterThan(0.7);
    expect(moments.at(-1)?.books.length).toBeGreaterThan(30);
  });
});

/** Share of the parts of all moments that are the very objects of the moment before. */
function sharedParts(moments: readonly Moment[]): number {
  const parts = ['machines', 'screen', 'keys', 'slips', 'books'] as const;
  const shared = moments.flatMap((moment, index) =>
    parts.filter((part) => moment[part] === moments[index - 1]?.[part]),
  );
  return shared.length / (moments.length * parts.length);
}

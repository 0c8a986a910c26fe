import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { SeededRandom } from '../../hal-mock/random.ts';
import { VirtualClock } from '../../hal-mock/time.ts';
import { parseScenarios } from '../../simulator/scenario/format.ts';
import { playScenario } from '../../simulator/scenario/runner.ts';
import { TraceRecorder } from '../../apps/trace/recorder.ts';
import { settingsOf } from '../../apps/world/scenario-world.ts';
import { createWorld } from '../../apps/world/world.ts';
import { BEFORE_ALL, type Moment, momentAfter } from '../../visualizer/model/replay.ts';
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

/** How everything stood after each event. */
function momentsOf(events: readonly TraceEvent[]): readonly Moment[] {
  const moments: Moment[] = [];
  for (const event of events) moments.push(momentAfter(moments.at(-1) ?? BEFORE_ALL, event));
  return moments;
}

/** States from the outside in, by which machine runs in which. */
function nested({ running }: Moment): readonly string[] {
  const states: string[] = [];
  for (let inner = running.find(({ parent }) => !running.some(({ actor }) => actor === parent)); inner !== undefined;) {
    const { actor, state } = inner;
    states.push(state);
    inner = running.find(({ parent }) => parent === actor);
  }
  return states;
}

/** A scenario with a trace, and what the terminal itself said after each change. */
async function recorded(file: string): Promise<{ events: readonly TraceEvent[]; seen: readonly Seen[] }> {
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
  return { events: recorder.events, seen };
}

describe('time travel', () => {
  it.each(['chip-online-pin', 'power-cut-in-authorization', 'baitiao-by-account'])(
    'through %s shows what the terminal itself said',
    async (file) => {
      const { events, seen } = await recorded(file);
      const moments = momentsOf(events);
      const told = seen.map(({ seq }) => {
        const moment = moments[seq] ?? BEFORE_ALL;
        return { seq, states: nested(moment), screen: moment.screen?.id };
      });
      expect(seen.length).toBeGreaterThan(10);
      expect(told).toEqual(seen);
    },
  );

  it('knows the branch taken, the paper and the light of any moment', async () => {
    const { events } = await recorded('chip-online-pin');
    const moments = momentsOf(events);
    const lastKey = events.findLast(({ kind }) => kind === 'key');
    expect(moments[lastKey?.seq ?? 0]?.slips).toHaveLength(1);
    expect(moments.at(-1)).toMatchObject({ slips: [{}, {}], tone: 'neutral', lastMove: { kind: 'moves' } });
    expect(moments.some(({ tone, screen }) => tone === 'success' && screen?.id === 'approved')).toBe(true);
  });

  it('shares between neighbours what does not change', async () => {
    const { events } = await recorded('chip-online-pin');
    expect(sharedParts(momentsOf(events))).toBeGreaterThan(0.7);
  });
});

/** Share of the parts of all moments that are the very objects of the moment before. */
function sharedParts(moments: readonly Moment[]): number {
  const parts = ['running', 'lastMove', 'screen', 'slips'] as const;
  const shared = moments.flatMap((moment, index) =>
    parts.filter((part) => moment[part] === moments[index - 1]?.[part]),
  );
  return shared.length / (moments.length * parts.length);
}

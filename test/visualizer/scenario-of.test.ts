import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { TraceRecorder } from '../../apps/trace/recorder.ts';
import { playInWorld, scenarioRecorder } from '../../apps/world/scenario-world.ts';
import { parseScenario, parseScenarios, type Scenario } from '../../simulator/scenario/format.ts';
import { scenarioOf } from '../../visualizer/model/scenario-of.ts';
import { parseTrace, type Trace, traceText } from '../../visualizer/model/trace-file.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Kinds of sales, hands, faults and power cuts, some with every wait on its millisecond. */
const FILES = [
  'chip-online-pin',
  'wrong-pin-then-right',
  'wrong-pin-three-times',
  'cancel-at-every-step',
  'swipe-of-chip-card',
  'tap-over-limit',
  'huabei-six-periods',
  'baitiao-by-account',
  'sms-codes',
  'shown-codes',
  'unknown-code',
  'paper-ends-in-the-slip',
  'power-cut-in-authorization',
  'no-answer-is-reversed',
  'late-answer',
  'offline-sale',
  'host-down-at-boot',
  'terminal-clock-is-wrong',
  'english-terminal',
  'settlement-power-cut',
];

interface Played {
  readonly trace: Trace;
  /** The journal's state but for wall times and sealed texts, which hold chance. */
  readonly journal: string;
  readonly screen: string | undefined;
  readonly failures: readonly string[];
}

async function played(scenario: Scenario): Promise<Played> {
  let recorder: TraceRecorder | undefined;
  const { result, world } = await playInWorld(scenario, 'memory', {
    record: (clock) => (recorder = scenarioRecorder(scenario)(clock)),
  });
  const read = parseTrace(recorder?.text() ?? '');
  if (read.kind === 'unreadable') throw new Error(read.problem.en);
  const journal = JSON.stringify(world.terminal().journalState(), (name, value: unknown) => {
    if (/wallMs$/i.test(name) || name === 'sealedPan') return undefined;
    return value instanceof Map || value instanceof Set ? [...value] : value;
  });
  return { trace: read.trace, journal, screen: world.screens().at(-1)?.id, failures: result.failures };
}

/** One of the middle, which in files with rows is seldom the simplest. */
function oneOf(file: string): Scenario {
  const all = parseScenarios(readFileSync(join(ROOT, `scenarios/${file}.yaml`), 'utf8'));
  const one = all[Math.floor(all.length / 2)];
  if (one === undefined) throw new Error(`${file} has no scenario`);
  return one;
}

describe('a scenario made from the last moment of a trace', () => {
  it.each(FILES)('of %s ends with the same journal and screen', async (file) => {
    const original = await played(oneOf(file));
    const yaml = scenarioOf(original.trace);
    const again = await played(parseScenario(yaml));
    expect({ failures: again.failures, yaml }).toEqual({ failures: [], yaml });
    expect(again.screen).toBe(original.screen);
    expect(again.journal).toBe(original.journal);
  });
});

describe('a scenario made from a moment in the middle', () => {
  it.each(['chip-online-pin', 'huabei-six-periods', 'power-cut-in-authorization'])(
    'of %s comes to the same screen, wherever it is taken',
    async (file) => {
      const { trace } = await played(oneOf(file));
      const screens = trace.events.flatMap((event) => (event.kind === 'screen' ? [event] : []));
      for (const { seq, screen } of screens.filter((_, index) => index % 4 === 0)) {
        const yaml = scenarioOf(trace, seq);
        const { failures } = await played(parseScenario(yaml));
        expect({ failures, yaml }).toEqual({ failures: [], yaml });
        expect(yaml).toContain(screen.id);
      }
    },
  );

  it('holds what the file of a trace holds and nothing more', async () => {
    const { trace } = await played(oneOf('wrong-pin-then-right'));
    const yaml = scenarioOf(trace);
    expect(yaml).toContain('pin: wrong');
    expect(yaml).toContain('pin: right');
    expect(yaml).not.toContain('123456');
    expect(traceText(trace)).not.toContain('123456');
  });
});

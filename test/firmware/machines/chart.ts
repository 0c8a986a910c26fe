import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type AnyActorRef,
  type AnyStateMachine,
  type AnyTransitionDefinition,
  createActor,
  fromPromise,
  type InspectionEvent,
} from 'xstate';
import type { CoverageCollector } from '../../../apps/coverage/collector.ts';
import { StepReader } from '../../../firmware/step-reader.ts';
import type { Key } from '../../../firmware/hal/index.ts';
import type { ScreenCall } from '../../../firmware/screens/show.ts';
import { VirtualClock } from '../../../hal-mock/time.ts';

/** An outcome of an effect that never comes. */
export const NEVER: Promise<never> = new Promise(() => undefined);

/** One run of a machine from its start, with its effects replaced by what they give. */
export interface ChartCase {
  readonly name: string;
  readonly input?: unknown;
  /** Outcomes of each effect in the order of its calls; an `Error` rejects, {@link NEVER} hangs. */
  readonly effects?: Readonly<Record<string, readonly unknown[]>>;
  /** What happens from outside: keys by name, waits as `5s`, other events in capitals. */
  readonly hands?: string;
  /** States in order. */
  readonly states: string;
  readonly screens?: string;
  readonly output?: unknown;
  /** Inputs that effects were called with, by name, in part. */
  readonly inputs?: Readonly<Record<string, readonly unknown[]>>;
  /** Keys that were passed on to effects, as `verify cancel`. */
  readonly keys?: string;
}

/** What all cases of a machine together did, by the names of its transitions. */
interface Coverage {
  readonly taken: Set<string>;
  /** Their guard said no. */
  readonly refused: Set<string>;
}

function nameOf(transition: AnyTransitionDefinition): string {
  const { source, eventType } = transition;
  const siblings = eventType === '' ? (source.always ?? []) : (source.transitions.get(eventType) ?? []);
  return `${source.key} on "${eventType}" (${siblings.indexOf(transition) + 1})`;
}

function transitionsOf(machine: AnyStateMachine): AnyTransitionDefinition[] {
  const nodes = [machine.root, ...Object.values(machine.root.states)];
  return nodes.flatMap((node) => [...[...node.transitions.values()].flat(), ...(node.always ?? [])]);
}

type GuardCall = (args: { readonly context: unknown; readonly event: unknown }, params: unknown) => boolean;
type GuardUse = GuardCall | string | { readonly type: string; readonly params?: unknown };

/** Notes which guards say no. The machine must be one that `provide` has just made: its transitions are its own. */
function watchGuards(machine: AnyStateMachine, refused: Set<string>): void {
  const guards = machine.implementations.guards as Readonly<Record<string, GuardCall>>;
  for (const transition of transitionsOf(machine)) {
    const guard = transition.guard as GuardUse | undefined;
    if (guard === undefined) continue;
    const { type, params } = typeof guard === 'object' ? guard : { type: guard, params: undefined };
    const says = typeof type === 'function' ? type : guards[type];
    if (says === undefined) throw new RangeError(`${nameOf(transition)} has a guard that does not exist`);
    const watched: GuardCall = (args) => {
      const isOpen = says(args, params);
      if (!isOpen) refused.add(nameOf(transition));
      return isOpen;
    };
    Object.assign(transition, { guard: watched });
  }
}

/** What one run showed from outside. */
interface Run {
  readonly states: string[];
  readonly screens: string[];
  readonly keys: string[];
  readonly inputs: Readonly<Record<string, unknown[]>>;
  readonly output: unknown;
  readonly error: unknown;
}

/** Counts along with `fenqi coverage` where somebody wants that; charts are read only then. */
async function collectorOf(machineId: string): Promise<CoverageCollector | undefined> {
  if (process.env['FENQI_COVERAGE_DIR'] === undefined) return undefined;
  const { chartModel } = await import('../../../apps/charts/chart-model.ts');
  const { CoverageCollector } = await import('../../../apps/coverage/collector.ts');
  return new CoverageCollector(await chartModel(), `chart tests of ${machineId}`);
}

async function saveCoverage(machineId: string, collector: CoverageCollector | undefined): Promise<void> {
  const directory = process.env['FENQI_COVERAGE_DIR'];
  if (directory === undefined || collector === undefined) return;
  const { writeCoverage } = await import('../../../apps/coverage/coverage-file.ts');
  await writeCoverage(join(directory, `charts-${machineId}.json`), collector.coverage());
}

async function runCase(
  machine: AnyStateMachine,
  test: ChartCase,
  { taken, refused }: Coverage,
  collector: CoverageCollector | undefined,
): Promise<Run> {
  const clock = new VirtualClock();
  const screens: string[] = [];
  const keys: string[] = [];
  // A first state that is left at once is never inspected.
  const { initial } = machine.config;
  const states: string[] = typeof initial === 'string' ? [initial] : [];
  const inputs: Record<string, unknown[]> = {};
  const steps = new StepReader();
  const count = collector?.stepCounter();
  let error: unknown;
  const actors = Object.fromEntries(
    Object.entries(test.effects ?? {}).map(([name, outcomes]) => [
      name,
      scripted(outcomes, (inputs[name] = []), (key) => void keys.push(`${name} ${key}`)),
    ]),
  );
  const actions = { show: (_: unknown, call: ScreenCall) => void screens.push(call.id) };
  const provided = machine.provide({ actors, actions } as never);
  watchGuards(provided, refused);
  const actor: AnyActorRef = createActor(provided, {
    input: test.input,
    clock: {
      setTimeout: (callback: () => void, delayMs: number) => clock.setTimeout(callback, delayMs),
      clearTimeout: (timer: object | number) => clock.clearTimeout(timer),
    },
    inspect: (event) => {
      note(event, states, taken);
      for (const step of steps.read(event)) count?.(step);
    },
  });
  actor.subscribe({ error: (thrown: unknown) => void (error = thrown) });
  actor.start();
  await clock.settle();
  for (const hand of test.hands?.split(' ') ?? []) {
    if (/^\d+s$/.test(hand)) await clock.advance(Number.parseInt(hand, 10) * 1000);
    else actor.send(/^[A-Z]+$/.test(hand) ? { type: hand } : { type: 'KEY', key: hand as Key });
    await clock.settle();
  }
  const { output } = actor.getSnapshot() as { output: unknown };
  actor.stop();
  return { states, screens, keys, inputs, output, error };
}

/** Notes what the machine itself does; its effects are inspected too. */
function note(event: InspectionEvent, states: string[], taken: Set<string>): void {
  if (event.actorRef.sessionId !== event.rootId) return;
  if (event.type === '@xstate.microstep') for (const transition of event._transitions) taken.add(nameOf(transition));
  if (event.type !== '@xstate.microstep' && event.type !== '@xstate.snapshot') return;
  const { value } = event.snapshot as { value?: unknown };
  if (typeof value === 'string' && states.at(-1) !== value) states.push(value);
}

function scripted(outcomes: readonly unknown[], inputs: unknown[], onKey: (key: string) => void) {
  const left = [...outcomes];
  const logic = fromPromise(async ({ input }) => {
    inputs.push(input);
    if (left.length === 0) throw new Error('the effect was called more often than the test says');
    const outcome = left.shift();
    if (outcome instanceof Error) throw outcome;
    return outcome;
  });
  const { transition } = logic;
  logic.transition = (snapshot, event: { type: string; key?: string }, scope) => {
    if (event.type === 'KEY') onKey(event.key ?? '');
    return transition(snapshot, event, scope);
  };
  return logic;
}

/** Runs every case of a machine, and then says which transitions none of them took, and which guards never said no. */
export function describeChart(machine: AnyStateMachine, cases: readonly ChartCase[]): void {
  describe(`machine ${machine.id}`, () => {
    const coverage: Coverage = { taken: new Set(), refused: new Set() };

    let collector: CoverageCollector | undefined;

    beforeAll(async () => {
      collector = await collectorOf(machine.id);
    });

    afterAll(() => saveCoverage(machine.id, collector));

    it.each(cases)('$name', async (test) => {
      const run = await runCase(machine, test, coverage, collector);
      expect(run.error).toBeUndefined();
      expect(run.states.join(' ')).toBe(test.states);
      if (test.screens !== undefined) expect(run.screens.join(' ')).toBe(test.screens);
      if ('output' in test) expect(run.output).toMatchObject(test.output as object);
      if (test.keys !== undefined) expect(run.keys.join(', ')).toBe(test.keys);
      if (test.inputs !== undefined) expect(run.inputs).toMatchObject(test.inputs);
    });

    it('has no transition that is left untested, and no guard that never says no', () => {
      const all = transitionsOf(machine);
      const guarded = all.filter(({ guard }) => guard !== undefined);
      expect(all.map(nameOf).filter((name) => !coverage.taken.has(name))).toEqual([]);
      expect(guarded.map(nameOf).filter((name) => !coverage.refused.has(name))).toEqual([]);
      expect(all.length).toBeGreaterThan(0);
    });
  });
}

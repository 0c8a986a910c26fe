import { describe, expect, it } from '@jest/globals';
import {
  type AnyActorRef,
  type AnyStateMachine,
  type AnyTransitionDefinition,
  createActor,
  fromPromise,
  type InspectionEvent,
} from 'xstate';
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

const TESTED_SHARE_MIN = 0.95;

function nameOf(transition: AnyTransitionDefinition): string {
  const { source, eventType } = transition;
  const siblings = eventType === '' ? (source.always ?? []) : (source.transitions.get(eventType) ?? []);
  return `${source.key} on "${eventType}" (${siblings.indexOf(transition) + 1})`;
}

function transitionsOf(machine: AnyStateMachine): string[] {
  const nodes = [machine.root, ...Object.values(machine.root.states)];
  return nodes
    .flatMap((node) => [...[...node.transitions.values()].flat(), ...(node.always ?? [])])
    .map((transition) => nameOf(transition));
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

async function runCase(machine: AnyStateMachine, test: ChartCase, taken: Set<string>): Promise<Run> {
  const clock = new VirtualClock();
  const screens: string[] = [];
  const keys: string[] = [];
  // A first state that is left at once is never inspected.
  const { initial } = machine.config;
  const states: string[] = typeof initial === 'string' ? [initial] : [];
  const inputs: Record<string, unknown[]> = {};
  let error: unknown;
  const actors = Object.fromEntries(
    Object.entries(test.effects ?? {}).map(([name, outcomes]) => [
      name,
      scripted(outcomes, (inputs[name] = []), (key) => void keys.push(`${name} ${key}`)),
    ]),
  );
  const actions = { show: (_: unknown, call: ScreenCall) => void screens.push(call.id) };
  const actor: AnyActorRef = createActor(machine.provide({ actors, actions } as never), {
    input: test.input,
    clock: {
      setTimeout: (callback: () => void, delayMs: number) => clock.setTimeout(callback, delayMs),
      clearTimeout: (timer: object | number) => clock.clearTimeout(timer),
    },
    inspect: (event) => note(event, states, taken),
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

/**
 * Runs every case of a machine, and then says which of its transitions none of them took. At least 95 % must be taken.
 */
export function describeChart(machine: AnyStateMachine, cases: readonly ChartCase[]): void {
  describe(`machine ${machine.id}`, () => {
    const taken = new Set<string>();

    it.each(cases)('$name', async (test) => {
      const run = await runCase(machine, test, taken);
      expect(run.error).toBeUndefined();
      expect(run.states.join(' ')).toBe(test.states);
      if (test.screens !== undefined) expect(run.screens.join(' ')).toBe(test.screens);
      if ('output' in test) expect(run.output).toMatchObject(test.output as object);
      if (test.keys !== undefined) expect(run.keys.join(', ')).toBe(test.keys);
      if (test.inputs !== undefined) expect(run.inputs).toMatchObject(test.inputs);
    });

    it('has no transition that is left untested', () => {
      const all = transitionsOf(machine);
      const untested = all.filter((name) => !taken.has(name));
      const share = 1 - untested.length / all.length;
      expect(share >= TESTED_SHARE_MIN ? [] : untested).toEqual([]);
      expect(all.length).toBeGreaterThan(0);
    });
  });
}

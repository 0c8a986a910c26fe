import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { ROOT } from './source-files.ts';

/** The charts of the firmware, by the file they stand in. */
async function charts(): Promise<readonly (readonly [string, AnyStateMachine])[]> {
  const found: [string, AnyStateMachine][] = [];
  for (const path of globSync('firmware/**/*.machine.ts', { cwd: ROOT }).toSorted()) {
    const exports = (await import(join(ROOT, path))) as Readonly<Record<string, unknown>>;
    for (const [name, value] of Object.entries(exports)) {
      if (typeof value === 'object' && value !== null && 'root' in value)
        found.push([`${path} ${name}`, value as AnyStateMachine]);
    }
  }
  return found;
}

/** A state as its author wrote it. */
interface StateConfig {
  readonly always?: unknown;
  readonly after?: Readonly<Record<string, unknown>>;
  readonly invoke?: unknown;
}

const listOf = (value: unknown): readonly unknown[] => (value === undefined ? [] : [value].flat());
const configOf = (state: AnyStateNode): StateConfig => state.config as StateConfig;

/** All states below the root; `machine.states` alone are the charts' own, as none of them nests states. */
function statesOf(node: AnyStateNode): AnyStateNode[] {
  return Object.values(node.states).flatMap((state) => [state, ...statesOf(state)]);
}

const isFinal = (state: AnyStateNode): boolean => state.type === 'final';
const invokes = (state: AnyStateNode): readonly unknown[] => listOf(configOf(state).invoke);

const isGuarded = (branch: unknown): boolean =>
  typeof branch === 'object' && branch !== null && 'guard' in branch && branch.guard !== undefined;

/** Transitions of a state as XState resolved them; reading them throws when a target does not exist. */
function targetsOf(state: AnyStateNode): AnyStateNode[] {
  const resolved = [...state.transitions.values()].flat().concat(state.always ?? []);
  return resolved.flatMap(({ target }) => target ?? []);
}

const machines = await charts();

describe.each(machines)('%s', (_name, machine) => {
  const states = statesOf(machine.root);
  const namesOf = (wrong: (state: AnyStateNode) => boolean): string[] => states.filter(wrong).map(({ id }) => id);

  it('has a Chinese name for every state', () => {
    expect(namesOf(({ meta }) => !/\p{Script=Han}/u.test(String((meta as { zh?: string } | undefined)?.zh)))).toEqual(
      [],
    );
  });

  it('says for every invoked actor what follows when it fails', () => {
    const lacks = (invoke: unknown): boolean => (invoke as { onError?: unknown }).onError === undefined;
    expect(namesOf((state) => invokes(state).some(lacks))).toEqual([]);
  });

  it('waits nowhere for ever unless it says so', () => {
    const waits = (state: AnyStateNode): boolean =>
      !isFinal(state) && invokes(state).length === 0 && listOf(configOf(state).always).every(isGuarded);
    const mayWait = ({ tags }: AnyStateNode): boolean => tags.includes('mayWaitForever');
    expect(namesOf((state) => waits(state) && configOf(state).after === undefined && !mayWait(state))).toEqual([]);
    expect(namesOf((state) => mayWait(state) && !waits(state))).toEqual([]);
  });

  it('names every delay', () => {
    const named = new Set(Object.keys(machine.implementations.delays));
    const delays = states.flatMap((state) => Object.keys(configOf(state).after ?? {}));
    expect(delays.filter((delay) => !named.has(delay))).toEqual([]);
  });

  it('leads from its first state to every other, and from each to somewhere', () => {
    const reached = new Set<AnyStateNode>();
    const queue = [...(machine.root.initial.target ?? [])];
    for (let state = queue.pop(); state !== undefined; state = queue.pop()) {
      if (reached.has(state)) continue;
      reached.add(state);
      queue.push(...targetsOf(state));
    }
    expect(namesOf((state) => !reached.has(state))).toEqual([]);
    expect(namesOf((state) => !isFinal(state) && targetsOf(state).every((target) => target === state))).toEqual([]);
  });
});

describe('all charts', () => {
  it('are found', () => {
    expect(machines.length).toBeGreaterThan(7);
  });

  it('are each told what they do, transition by transition', () => {
    const tests = globSync('test/**/*.test.ts', { cwd: ROOT }).map((path) => readFileSync(join(ROOT, path), 'utf8'));
    const isDescribed = (name: string): boolean => tests.some((text) => text.includes(`describeChart(${name}, [`));
    const names = machines.map(([where]) => where.split(' ')[1] ?? '');
    expect(names.filter((name) => !isDescribed(name))).toEqual([]);
    expect(isDescribed('someMachine')).toBe(false);
  });

  it('stand in files that have a chart each', () => {
    const files = globSync('firmware/**/*.machine.ts', { cwd: ROOT });
    expect(files.filter((path) => !machines.some(([where]) => where.startsWith(`${path} `)))).toEqual([]);
  });

  it('have ids of their own', () => {
    const ids = machines.map(([, { id }]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

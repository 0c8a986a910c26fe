import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { type Chart, readCharts, statesOf } from '../charts/read-charts.ts';
import { tableOf } from './page.ts';

interface Invoked {
  readonly id: string;
  readonly src: string;
}

interface Branch {
  readonly target: AnyStateNode | undefined;
  readonly guard: unknown;
}

type Transitions = readonly { readonly target: readonly AnyStateNode[] | undefined; readonly guard?: unknown }[];

const INTRODUCTION = `# States

Written by \`node apps/docs/states.ts\` from the statecharts; do not edit. \`npm test\` fails when it is not fresh.

A chart orders steps and decides nothing: what a branch depends on is a rule in \`firmware/rules/\`, what a step does is an
effect in \`firmware/effects/\`. An arrow that says \`2 of 3\` is the second of three branches; the first whose condition holds
is taken. Delays are named, and their values are settings, see [operations](operations.md#configuration).

Tags: \`cancellable\` means that nothing has been sent and the cancel key ends the step; in \`waiting\` of the wallet it ends
the order at the wallet. \`moneyAtRisk\` means that the outcome of a sale is open. \`mayWaitForever\` marks the only states that
have no time limit.`;

/** The whole page. */
export async function statesPage(): Promise<string> {
  const charts = await readCharts();
  return `${[INTRODUCTION, ...charts.map(chartSection)].join('\n\n')}\n`;
}

function chartSection(chart: Chart): string {
  const { machine, path, about, delays } = chart;
  const rows = statesOf(chart).map((state) => [
    `\`${state.key}\``,
    (state.meta as { readonly zh?: string } | undefined)?.zh ?? '',
    state.tags.join(', '),
    waitsFor(machine, state),
  ]);
  return [
    `## ${machine.id}`,
    `\`${path}\`: ${about}`,
    diagramOf(chart),
    tableOf(['state', '中文', 'tags', 'waits for'], rows),
    ...(delays.length === 0
      ? []
      : [`Delays: ${delays.map(([name, written]) => `\`${name}\` = \`${written}\``).join(', ')} (ms).`]),
  ].join('\n\n');
}

/** Mermaid takes no colon and no semicolon in a label. */
function diagramOf(chart: Chart): string {
  const states = statesOf(chart);
  const initial = chart.machine.root.initial.target?.[0]?.key ?? '';
  const names = states.map(({ key, meta }) => `  state "${key} ${(meta as { zh?: string }).zh ?? ''}" as ${key}`);
  const arrows = states.flatMap((state) => arrowsOf(state));
  const ends = states.filter(({ type }) => type === 'final').map(({ key }) => `  ${key} --> [*]`);
  return ['```mermaid', 'stateDiagram-v2', ...names, `  [*] --> ${initial}`, ...arrows, ...ends, '```'].join('\n');
}

/** One arrow for each pair of states, with everything that leads along it. */
function arrowsOf(state: AnyStateNode): string[] {
  const labels = new Map<string, string[]>();
  for (const { label, target } of labelledBranches(state)) {
    labels.set(target, [...(labels.get(target) ?? []), label]);
  }
  return [...labels].map(([target, each]) => `  ${state.key} --> ${target} : ${[...new Set(each)].join(', ')}`);
}

function labelledBranches(state: AnyStateNode): { readonly label: string; readonly target: string }[] {
  const groups = [
    ...[...state.transitions].map(([event, branches]) => [eventName(state, event), branchesOf(branches)] as const),
    ['at once', branchesOf(state.always ?? [])] as const,
  ];
  return groups.flatMap(([event, branches]) =>
    branches.flatMap(({ target, guard }, index) =>
      target === undefined ? [] : [{ label: labelOf(event, guard, index, branches.length), target: target.key }],
    ),
  );
}

function branchesOf(transitions: Transitions): Branch[] {
  return transitions.map(({ target, guard }) => ({ target: target?.[0], guard }));
}

function labelOf(event: string, guard: unknown, index: number, count: number): string {
  if (typeof guard === 'string') return `${event} if ${guard}`;
  if (typeof guard === 'object' && guard !== null && 'type' in guard) {
    const { type, params } = guard as { readonly type: string; readonly params?: unknown };
    return type === 'isKey' ? `${event} ${String(params)}` : `${event} if ${type}`;
  }
  return count === 1 ? event : `${event} ${index + 1} of ${count}`;
}

/** `boot done`, `boot failed`, `after signOnRetry`, `KEY`. */
function eventName(state: AnyStateNode, event: string): string {
  const actor = /^xstate\.(done|error)\.actor\.(.+)$/.exec(event);
  if (actor !== null) {
    const src = invokedBy(state).find(({ id }) => id === actor[2])?.src ?? '';
    return `${src} ${actor[1] === 'done' ? 'done' : 'failed'}`;
  }
  const delay = /^xstate\.after\.(\w+)\./.exec(event)?.[1];
  return delay === undefined ? event : `after ${delay}`;
}

function invokedBy(state: AnyStateNode): readonly Invoked[] {
  return state.invoke as unknown as readonly Invoked[];
}

function waitsFor(machine: AnyStateMachine, state: AnyStateNode): string {
  if (state.type === 'final') return 'nothing, the machine ends';
  const actors = invokedBy(state).map(({ src }) => `${kindOf(machine, src)} \`${src}\``);
  const events = [...state.transitions.keys()].filter((event) => !event.startsWith('xstate.'));
  const delays = state.after.map(({ delay }) => `delay \`${String(delay)}\``);
  const waits = [...actors, ...events.map((event) => `\`${event}\``), ...delays];
  return waits.length === 0 ? 'nothing, it decides' : waits.join(', ');
}

function kindOf(machine: AnyStateMachine, src: string): 'machine' | 'effect' {
  const logic: unknown = machine.implementations.actors[src];
  return typeof logic === 'object' && logic !== null && 'root' in logic ? 'machine' : 'effect';
}

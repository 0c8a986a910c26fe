import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import { branchId } from '../../firmware/machine-steps.ts';
import { DEFAULT_SETTINGS } from '../../firmware/settings.ts';
import { branchesFor, branchNameOf, eventNameOf, guardNameOf } from '../../firmware/step-reader.ts';
import type { BranchModel, ChartModel, InvokeModel, MachineModel, StateModel } from '../../visualizer/model/chart.ts';
import { type Chart, readCharts, statesOf } from './read-charts.ts';

/** What a delay may ask for: the usual settings wherever a machine keeps them, and a first attempt. */
const { timing, wallet } = DEFAULT_SETTINGS;
const USUAL_CONTEXT = {
  settings: DEFAULT_SETTINGS,
  timing,
  input: { timing, pollEveryMs: wallet.pollEveryMs },
  pollEveryMs: wallet.pollEveryMs,
  tries: 1,
};

/** All statecharts as data, the terminal's first. */
export async function chartModel(): Promise<ChartModel> {
  const charts = await readCharts();
  return { machines: charts.map(machineModel) };
}

function machineModel(chart: Chart): MachineModel {
  const { machine, path, about, delays } = chart;
  refuseUnknownKinds(machine);
  return {
    id: machine.id,
    path,
    about,
    initial: machine.root.initial.target?.[0]?.key ?? '',
    states: statesOf(chart).map((state) => stateModel(state, machine)),
    everywhere: branchesOf(machine.root),
    delays: delays.map(([name, written]) => ({ name, written, usualMs: usualMs(machine, name) })),
  };
}

/** Nested, parallel and history states have no place in the model, and nobody would see that they are missing. */
function refuseUnknownKinds({ id, root }: AnyStateMachine): void {
  const isFlat = root.type === 'compound' && root.entry.length + root.exit.length + root.invoke.length === 0;
  const other = Object.values(root.states).find(({ type }) => type !== 'atomic' && type !== 'final');
  if (!isFlat || other !== undefined) {
    throw new Error(`${id}: a chart has simple and final states alone; ${other?.key ?? 'its root'} is neither`);
  }
}

function usualMs(machine: AnyStateMachine, name: string): number {
  const delay: unknown = machine.implementations.delays[name];
  const ms: unknown = typeof delay === 'function' ? delay({ context: USUAL_CONTEXT }, undefined) : delay;
  if (typeof ms !== 'number' || !Number.isFinite(ms))
    throw new Error(`${machine.id}: nobody knows how long ${name} is`);
  return ms;
}

function stateModel(state: AnyStateNode, machine: AnyStateMachine): StateModel {
  const invoked = state.invoke as unknown as readonly { readonly src: string }[];
  return {
    key: state.key,
    zh: (state.meta as { readonly zh?: string } | undefined)?.zh ?? state.key,
    en: wordsOf(state.key),
    tags: state.tags,
    isFinal: state.type === 'final',
    invokes: invoked.map(({ src }) => invokeModel(src, machine)),
    entry: state.entry.map(actionName),
    exit: state.exit.map(actionName),
    branches: branchesOf(state),
  };
}

function branchesOf(state: AnyStateNode): readonly BranchModel[] {
  const eventTypes = [...state.transitions.keys(), ...((state.always ?? []).length > 0 ? [''] : [])];
  return eventTypes.flatMap((type) => branchesFor(state, type).map(branchModel));
}

/** `enteringVoucher` as `entering voucher`. */
function wordsOf(key: string): string {
  return key.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
}

function invokeModel(src: string, machine: AnyStateMachine): InvokeModel {
  const logic: unknown = machine.implementations.actors[src];
  const isMachine = typeof logic === 'object' && logic !== null && 'root' in logic;
  return { src, machine: isMachine ? (logic as AnyStateMachine).id : undefined };
}

function branchModel(transition: AnyTransitionDefinition): BranchModel {
  const { source, eventType, target, reenter, actions } = transition;
  const name = branchNameOf(transition);
  return {
    id: branchId(name),
    event: eventNameOf(source, eventType),
    kind: kindOf(eventType),
    branch: name.branch,
    guard: guardNameOf(transition),
    target: target?.[0]?.key,
    reenter,
    actions: actions.map(actionName),
  };
}

function kindOf(eventType: string): BranchModel['kind'] {
  if (eventType === '') return 'always';
  if (eventType === 'KEY') return 'key';
  if (eventType.startsWith('xstate.done.')) return 'done';
  if (eventType.startsWith('xstate.error.')) return 'failed';
  return eventType.startsWith('xstate.after.') ? 'after' : 'event';
}

/** Names of actions; one that has none of its own is what XState calls it, as `assign` and `forwardTo`. */
function actionName(action: unknown): string {
  if (typeof action === 'string') return action;
  if (typeof action === 'object' && action !== null && 'type' in action) return String(action.type);
  const { type, name } = action as { readonly type?: string; readonly name?: string };
  return (type ?? name ?? 'action').replace(/^xstate\./, '');
}

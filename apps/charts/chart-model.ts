import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import { branchId } from '../../firmware/machine-steps.ts';
import { branchesFor, branchNameOf, eventNameOf, guardNameOf } from '../../firmware/step-reader.ts';
import type { BranchModel, ChartModel, InvokeModel, MachineModel, StateModel } from '../../visualizer/model/chart.ts';
import { type Chart, readCharts, statesOf } from './read-charts.ts';

/** All statecharts as data, the terminal's first. */
export async function chartModel(): Promise<ChartModel> {
  const charts = await readCharts();
  return { machines: charts.map(machineModel) };
}

function machineModel(chart: Chart): MachineModel {
  const { machine, path, about, delays } = chart;
  return {
    id: machine.id,
    path,
    about,
    initial: machine.root.initial.target?.[0]?.key ?? '',
    states: statesOf(chart).map((state) => stateModel(state, machine)),
    delays: delays.map(([name, written]) => ({ name, written })),
  };
}

function stateModel(state: AnyStateNode, machine: AnyStateMachine): StateModel {
  const eventTypes = [...state.transitions.keys(), ...((state.always ?? []).length > 0 ? [''] : [])];
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
    branches: eventTypes.flatMap((type) => branchesFor(state, type).map((branch) => branchModel(branch))),
  };
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
  if (typeof action === 'object' && action !== null && 'type' in action) return String(action.type);
  const { type, name } = action as { readonly type?: string; readonly name?: string };
  return (type ?? name ?? 'action').replace(/^xstate\./, '');
}

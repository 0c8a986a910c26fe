/** Reads what XState tells an inspector as steps, and asks charts what could happen. */
import type {
  AnyActorRef,
  AnyMachineSnapshot,
  AnyStateMachine,
  AnyStateNode,
  AnyTransitionDefinition,
  InspectionEvent,
} from 'xstate';
import { type Key, KEYS } from './hal/index.ts';
import type { BranchName, EventChance, MachineStep } from './machine-steps.ts';

interface Invoked {
  readonly id: string;
  readonly src: string;
}

/** The name of an event type of XState as people read it; `''` is what happens at once. */
export function eventNameOf(state: AnyStateNode, eventType: string): string {
  if (eventType === '') return 'at once';
  const [, ending, id] = /^xstate\.(done|error)\.actor\.(.+)$/.exec(eventType) ?? [];
  if (id !== undefined) {
    const invoked = (state.invoke as unknown as readonly Invoked[]).find((each) => each.id === id);
    return `${invoked?.src ?? id} ${ending === 'done' ? 'done' : 'failed'}`;
  }
  const delay = /^xstate\.after\.(\w+)\./.exec(eventType)?.[1];
  return delay === undefined ? eventType : `after ${delay}`;
}

/** The branches of a state for one event, in the order in which they are tried. */
export function branchesFor(state: AnyStateNode, eventType: string): readonly AnyTransitionDefinition[] {
  return eventType === '' ? (state.always ?? []) : (state.transitions.get(eventType) ?? []);
}

export function branchNameOf(transition: AnyTransitionDefinition): BranchName {
  const { source, eventType } = transition;
  const branch = branchesFor(source, eventType).indexOf(transition);
  return { machine: source.machine.id, state: source.key, event: eventNameOf(source, eventType), branch };
}

function machineOf(actor: AnyActorRef): AnyStateMachine | undefined {
  const { logic } = actor as unknown as { readonly logic?: AnyStateMachine };
  return logic !== undefined && 'root' in logic ? logic : undefined;
}

function stateOf(snapshot: unknown): string {
  return String((snapshot as { readonly value?: unknown }).value);
}

/** Turns what XState tells an inspector into steps; it remembers which actors have begun. */
export class StepReader {
  readonly #begun = new Set<string>();

  read(event: InspectionEvent): readonly MachineStep[] {
    const machine = machineOf(event.actorRef as AnyActorRef);
    if (machine === undefined) return [];
    const actor = event.actorRef.sessionId;
    if (event.type === '@xstate.microstep') return this.#moves(event, machine, actor);
    if (event.type !== '@xstate.snapshot') return [];
    const { status } = event.snapshot as { readonly status: string };
    const begins = this.#begins(event.actorRef as AnyActorRef, machine, stateOf(event.snapshot));
    if (status === 'active' || !this.#begun.delete(actor)) return begins;
    return [...begins, { kind: 'ends', actor, machine: machine.id }];
  }

  #begins(actorRef: AnyActorRef, machine: AnyStateMachine, state: string): MachineStep[] {
    const { sessionId: actor, _parent: parent } = actorRef as AnyActorRef & { readonly _parent?: AnyActorRef };
    if (this.#begun.has(actor)) return [];
    this.#begun.add(actor);
    return [{ kind: 'begins', actor, machine: machine.id, parent: parent?.sessionId, state }];
  }

  #moves(
    event: Extract<InspectionEvent, { type: '@xstate.microstep' }>,
    machine: AnyStateMachine,
    actor: string,
  ): MachineStep[] {
    const to = stateOf(event.snapshot);
    const [first] = event._transitions;
    const begins = this.#begins(event.actorRef as AnyActorRef, machine, first?.source.key ?? to);
    if (event._transitions.length > 0) {
      return [
        ...begins,
        ...event._transitions.map((transition): MachineStep => ({
          kind: 'moves',
          actor,
          to,
          ...branchNameOf(transition),
        })),
      ];
    }
    const state = machine.root.states[to];
    // Beginning and ending are no events that a state could have taken.
    if (state === undefined || /^xstate\.(init|stop)$/.test(event.event.type)) return begins;
    const ignored = eventNameOf(state, event.event.type);
    return [...begins, { kind: 'ignores', actor, machine: machine.id, state: to, event: ignored }];
  }
}

interface NestedActor {
  readonly sessionId: string;
  readonly logic?: AnyStateMachine;
  getSnapshot(): unknown;
}

/** What each key would do now in every machine that is running, outermost first. Guards are asked; nothing moves. */
export function chancesOf(actor: AnyActorRef): readonly EventChance[] {
  const { sessionId, logic } = actor as unknown as NestedActor;
  const snapshot = actor.getSnapshot() as AnyMachineSnapshot;
  if (logic === undefined || !('root' in logic) || snapshot.status !== 'active') return [];
  const state = logic.root.states[stateOf(snapshot)];
  const own =
    state === undefined || branchesFor(state, 'KEY').length === 0
      ? []
      : KEYS.map((key) => chanceOf(key, snapshot, { actor: sessionId, machine: logic.id, state }));
  const children = Object.values(snapshot.children as Readonly<Record<string, AnyActorRef | undefined>>);
  return [...own, ...children.flatMap((child) => (child === undefined ? [] : chancesOf(child)))];
}

function chanceOf(
  key: Key,
  snapshot: AnyMachineSnapshot,
  at: { readonly actor: string; readonly machine: string; readonly state: AnyStateNode },
): EventChance {
  const isOpen = snapshot.can({ type: 'KEY', key });
  const closedBy = isOpen ? [] : branchesFor(at.state, 'KEY').map((branch) => guardNameOf(branch));
  return { ...at, state: at.state.key, key, isOpen, closedBy };
}

/** What a guard is called that has no name. */
export const UNNAMED_GUARD = 'its condition';

/** `isKey(cancel)`, `hasVoucher`; `''` where there is none, and {@link UNNAMED_GUARD} where it has no name. */
export function guardNameOf({ guard }: { readonly guard?: unknown }): string {
  if (guard === undefined) return '';
  if (typeof guard === 'string') return guard;
  if (typeof guard !== 'object' || guard === null || !('type' in guard)) return UNNAMED_GUARD;
  const { type, params } = guard as { readonly type: string; readonly params?: unknown };
  return typeof params === 'string' || typeof params === 'number' ? `${type}(${params})` : type;
}

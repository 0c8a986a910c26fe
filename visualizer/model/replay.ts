/** Time travel: how everything stood at any event of a trace. */
import { branchIdOf } from './branch-id.ts';
import { type Booked, booksAfter } from './journal-summary.ts';
import type { Screen, Step, TraceEvent } from './trace.ts';
import type { Trace } from './trace-file.ts';

export interface ActiveMachine {
  readonly actor: string;
  readonly machine: string;
  /** Actor of the machine in which it runs. */
  readonly parent: string | undefined;
  readonly state: string;
}

export type SlipEvent = Extract<TraceEvent, { kind: 'slip' }>;

export interface Moment {
  /** The event that happened last; -1 before all. */
  readonly seq: number;
  readonly atMs: number;
  /** Those that are running, by `parent` one in the other; in no other order. */
  readonly machines: readonly ActiveMachine[];
  /** The branch taken last, by its id. */
  readonly branch: string | undefined;
  readonly screen: Screen | undefined;
  readonly light: Screen['tone'] | undefined;
  /** The last keys, oldest first. */
  readonly keys: readonly string[];
  /** Every slip that was cut, oldest first. */
  readonly slips: readonly SlipEvent[];
  readonly books: readonly Booked[];
}

/** A trace made ready for jumps to any of its events. */
export interface Replay {
  readonly trace: Trace;
  /** One for each event. What does not change from one to the next is the same object. */
  readonly moments: readonly Moment[];
}

const KEYS_KEPT = 12;

export const BEFORE_ALL: Moment = {
  seq: -1,
  atMs: 0,
  machines: [],
  branch: undefined,
  screen: undefined,
  light: undefined,
  keys: [],
  slips: [],
  books: [],
};

export function replayOf(trace: Trace): Replay {
  const moments: Moment[] = [];
  let moment = BEFORE_ALL;
  for (const event of trace.events) {
    moment = momentAfter(moment, event);
    moments.push(moment);
  }
  return { trace, moments };
}

/** How everything stood once event `seq` had happened; the nearest moment where there is no such event. */
export function momentAt({ moments }: Replay, seq: number): Moment {
  if (seq < 0) return BEFORE_ALL;
  return moments[Math.min(Math.floor(seq), moments.length - 1)] ?? BEFORE_ALL;
}

/** The next moment; for a page to which events come one by one. */
export function momentAfter(moment: Moment, event: TraceEvent): Moment {
  const { seq, atMs } = event;
  const now = { ...moment, seq, atMs };
  switch (event.kind) {
    case 'step':
      return afterStep(now, event.step);
    case 'screen':
      return { ...now, screen: event.screen };
    case 'light':
      return { ...now, light: event.tone };
    case 'key':
      return { ...now, keys: [...now.keys.slice(1 - KEYS_KEPT), event.key] };
    case 'slip':
      return { ...now, slips: [...now.slips, event] };
    case 'record':
      return { ...now, books: booksAfter(now.books, event) };
    case 'life':
      // A new life counts its actors from the beginning.
      return { ...now, machines: [], branch: undefined };
    case 'act':
    case 'frame':
    case 'message':
    case 'silence':
    case 'beep':
    case 'drawer':
      return now;
  }
}

function afterStep(moment: Moment, step: Step): Moment {
  const { machines } = moment;
  const { actor } = step;
  switch (step.kind) {
    case 'begins': {
      const { machine, parent, state } = step;
      return {
        ...moment,
        machines: [...machines.filter((each) => each.actor !== actor), { actor, machine, parent, state }],
      };
    }
    case 'moves': {
      const moved = machines.map((each) => (each.actor === actor ? { ...each, state: step.to } : each));
      return { ...moment, machines: moved, branch: branchIdOf(step) };
    }
    case 'ends':
      return { ...moment, machines: machines.filter((each) => each.actor !== actor) };
    case 'ignores':
      return moment;
  }
}

/** `terminal.transacting/transaction.identifying/identify.waiting`, as a terminal itself tells where it is. */
export function pathOf({ machines }: Pick<Moment, 'machines'>): string {
  const parts: string[] = [];
  for (
    let inner = machines.find(({ parent }) => parent === undefined || !machines.some(({ actor }) => actor === parent));
    inner !== undefined;
  ) {
    const { actor, machine, state } = inner;
    parts.push(`${machine}.${state}`);
    inner = machines.find(({ parent }) => parent === actor);
  }
  return parts.join('/');
}

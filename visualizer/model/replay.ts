/** Time travel: how everything stood after each event of a trace. */
import type { Screen, Step, TraceEvent } from './trace.ts';

/** A machine that is running, and where it is. */
export interface Running {
  readonly actor: string;
  readonly machine: string;
  /** Actor of the machine in which it runs. */
  readonly parent: string | undefined;
  readonly state: string;
}

export type SlipEvent = Extract<TraceEvent, { kind: 'slip' }>;

/** How things stood after one event. What does not change from one to the next is the same object. */
export interface Moment {
  /** By `parent` one in the other; in no other order. */
  readonly running: readonly Running[];
  /** The branch taken last. */
  readonly lastMove: Extract<Step, { kind: 'moves' }> | undefined;
  readonly screen: Screen | undefined;
  readonly tone: Screen['tone'];
  readonly beep: string;
  /** How often the drawer has sprung open. */
  readonly drawers: number;
  /** Every slip that was cut, oldest first. */
  readonly slips: readonly SlipEvent[];
}

export const BEFORE_ALL: Moment = {
  running: [],
  lastMove: undefined,
  screen: undefined,
  tone: 'neutral',
  beep: '',
  drawers: 0,
  slips: [],
};

/** The next moment: a page takes events one by one, live or from a file, and keeps a moment for each. */
export function momentAfter(moment: Moment, event: TraceEvent): Moment {
  switch (event.kind) {
    case 'step':
      return afterStep(moment, event.step);
    case 'screen':
      return { ...moment, screen: event.screen };
    case 'light':
      return { ...moment, tone: event.tone };
    case 'beep':
      return { ...moment, beep: event.pattern };
    case 'drawer':
      return { ...moment, drawers: moment.drawers + 1 };
    case 'slip':
      return { ...moment, slips: [...moment.slips, event] };
    case 'life':
      return afterLife(moment, event.what);
    case 'act':
    case 'key':
    case 'frame':
    case 'message':
    case 'silence':
    case 'record':
      return moment;
  }
}

/** A new life counts its actors from the beginning; without power there is no screen either. */
function afterLife(moment: Moment, what: Extract<TraceEvent, { kind: 'life' }>['what']): Moment {
  const ended = { ...moment, running: [], lastMove: undefined };
  return what === 'powerCut' ? { ...ended, screen: undefined } : ended;
}

function afterStep(moment: Moment, step: Step): Moment {
  const { running } = moment;
  const { actor } = step;
  switch (step.kind) {
    case 'begins': {
      const { machine, parent, state } = step;
      const others = running.filter((each) => each.actor !== actor);
      return { ...moment, running: [...others, { actor, machine, parent, state }] };
    }
    case 'moves': {
      const moved = running.map((each) => (each.actor === actor ? { ...each, state: step.to } : each));
      return { ...moment, running: moved, lastMove: step };
    }
    case 'ends':
      return { ...moment, running: running.filter((each) => each.actor !== actor) };
    case 'ignores':
      return moment;
  }
}

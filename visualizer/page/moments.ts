import type { Screen, Step, TraceEvent } from '../model/trace.ts';

/** A machine that is running, and where it is. */
export interface Running {
  readonly actor: string;
  readonly machine: string;
  readonly parent: string | undefined;
  readonly state: string;
}

export type Move = Extract<Step, { kind: 'moves' }>;

/** How things stood after one event. Neighbours share what has not changed. */
export interface Moment {
  readonly running: readonly Running[];
  readonly lastMove: Move | undefined;
  readonly screen: Screen | undefined;
  readonly tone: Screen['tone'];
  readonly beep: string;
  /** How often the drawer has sprung open. */
  readonly drawers: number;
  readonly slips: number;
}

const NOTHING: Moment = {
  running: [],
  lastMove: undefined,
  screen: undefined,
  tone: 'neutral',
  beep: '',
  drawers: 0,
  slips: 0,
};

/** All moments of a growing list of events. */
export class Moments {
  readonly #moments: Moment[] = [];

  /** Takes what has come to the list since the last call. */
  grow(events: readonly TraceEvent[]): void {
    for (let at = this.#moments.length; at < events.length; at++) {
      const event = events[at];
      if (event !== undefined) this.#moments.push(after(this.#moments[at - 1] ?? NOTHING, event));
    }
  }

  at(seq: number): Moment {
    return this.#moments[seq] ?? NOTHING;
  }
}

function after(before: Moment, event: TraceEvent): Moment {
  if (event.kind === 'step') return afterStep(before, event.step);
  if (event.kind === 'screen') return { ...before, screen: event.screen };
  if (event.kind === 'light') return { ...before, tone: event.tone };
  if (event.kind === 'beep') return { ...before, beep: event.pattern };
  if (event.kind === 'drawer') return { ...before, drawers: before.drawers + 1 };
  if (event.kind === 'slip') return { ...before, slips: before.slips + 1 };
  if (event.kind !== 'life') return before;
  return event.what === 'powerCut' ? { ...before, running: [], screen: undefined } : { ...before, running: [] };
}

function afterStep(before: Moment, step: Step): Moment {
  const { running } = before;
  if (step.kind === 'ignores') return before;
  if (step.kind === 'ends') return { ...before, running: running.filter(({ actor }) => actor !== step.actor) };
  if (step.kind === 'begins') {
    const { actor, machine, parent, state } = step;
    return {
      ...before,
      running: [...running.filter((each) => each.actor !== actor), { actor, machine, parent, state }],
    };
  }
  const moved = running.map((each) => (each.actor === step.actor ? { ...each, state: step.to } : each));
  return { ...before, running: moved, lastMove: step };
}

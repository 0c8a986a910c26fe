import { branchId } from '../../../firmware/machine-steps.ts';
import { branchesOf, guardKey, scxmlEvent } from '../../../apps/charts/scxml.ts';
import type { ChartModel, MachineModel } from '../../../visualizer/model/chart.ts';
import type { Step, TraceEvent } from '../../../visualizer/model/trace.ts';

interface ForeignEvent {
  readonly name: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** What followed one event: the branches in their order, and where all machines came to rest. */
export interface Reaction {
  readonly branches: readonly string[];
  readonly path: readonly string[];
}

/** One life of a terminal, as an interpreter of SCXML is told it: the answers of guards, and what came from outside. */
export interface ForeignPlay {
  readonly guards: Readonly<Record<string, boolean>>;
  readonly events: readonly (readonly ForeignEvent[])[];
  /** What the firmware did: at the start, then after each group of events. */
  readonly expected: readonly Reaction[];
}

type Told = Extract<Step, { kind: 'moves' | 'ignores' }>;

/** The plays of a recorded run, one for each start of the terminal. */
export function foreignPlays(events: readonly TraceEvent[], model: ChartModel): readonly ForeignPlay[] {
  const lives: Life[] = [];
  let key = '';
  for (const event of events) {
    if (event.kind === 'key') key = event.key;
    if (event.kind !== 'step') continue;
    if (event.step.kind === 'begins' && event.step.parent === undefined) lives.push(new Life(model));
    lives.at(-1)?.take(event.step, key);
  }
  return lives.map((life) => life.play());
}

class Life {
  readonly #model: ChartModel;
  /** Running machines, outermost first: each has started the next. */
  readonly #running: { readonly actor: string; readonly machine: string; state: string }[] = [];
  readonly #groups: { readonly events: ForeignEvent[]; readonly guards: Record<string, boolean> }[] = [
    { events: [], guards: {} },
  ];
  readonly #reactions: { readonly branches: string[]; path: readonly string[] }[] = [{ branches: [], path: [] }];
  /** Steps of machines that began before the step that started them was told. */
  #early: Step[] = [];
  #key = '';
  #hasEnded = false;

  constructor(model: ChartModel) {
    this.#model = model;
  }

  take(step: Step, key: string): void {
    this.#key = key;
    if (this.#isEarly(step)) {
      this.#early.push(step);
      return;
    }
    this.#follow(step);
    const early = this.#early;
    this.#early = [];
    for (const each of early) this.take(each, key);
  }

  /** XState tells of a step once all that it starts has begun. */
  #isEarly(step: Step): boolean {
    if (this.#early.some(({ actor }) => actor === step.actor)) return true;
    if (step.kind !== 'begins' || step.parent === undefined) return false;
    const parent = this.#running.find(({ actor }) => actor === step.parent);
    if (parent === undefined) return true;
    const state = this.#machine(parent.machine).states.find(({ key }) => key === parent.state);
    return state?.invokes.every(({ machine }) => machine !== step.machine) ?? true;
  }

  #follow(step: Step): void {
    if (this.#hasEnded) return;
    if (step.kind === 'begins') this.#running.push({ actor: step.actor, machine: step.machine, state: step.state });
    else if (step.kind === 'ends') this.#hasEnded = step.actor === this.#running[0]?.actor;
    else this.#hear(step);
    if (this.#hasEnded) return;
    const reaction = this.#reactions.at(-1);
    if (reaction !== undefined) reaction.path = this.#running.map(({ machine, state }) => `${machine}.${state}`);
  }

  play(): ForeignPlay {
    const [first, ...groups] = this.#groups;
    const events = groups.map(({ events: each, guards }) => [{ name: 'guards', data: guards }, ...each]);
    return { guards: first?.guards ?? {}, events, expected: this.#reactions };
  }

  #hear(step: Told): void {
    const machine = this.#machine(step.machine);
    if (this.#isFromOutside(step, machine)) {
      const name = scxmlEvent(step.event, step.state, machine);
      this.#groups.push({ events: [step.event === 'KEY' ? { name, data: { key: this.#key } } : { name }], guards: {} });
      this.#reactions.push({ branches: [], path: [] });
    }
    if (step.kind === 'ignores') return;
    this.#reactions.at(-1)?.branches.push(branchId(step));
    this.#tellGuards(step, machine);
    this.#move(step.actor, step.to);
  }

  /** Whoever leaves a state leaves the machines that it started. */
  #move(actor: string, to: string): void {
    const at = this.#running.findIndex((each) => each.actor === actor);
    const running = this.#running[at];
    if (running === undefined || running.state === to) return;
    running.state = to;
    this.#running.splice(at + 1);
  }

  /** Neither what a decision leads to, nor the end of a machine, nor a key that was passed on. */
  #isFromOutside({ event, state, actor }: Told, machine: MachineModel): boolean {
    if (event === 'at once' || scxmlEvent(event, state, machine).startsWith('done.invoke.')) return false;
    return event !== 'KEY' || actor === this.#running[0]?.actor;
  }

  /** The guard of the branch that was taken held, those before it did not. */
  #tellGuards(step: Extract<Step, { kind: 'moves' }>, machine: MachineModel): void {
    const guards = this.#groups.at(-1)?.guards ?? {};
    for (let branch = 0; branch <= step.branch; branch++) {
      const id = branchId({ ...step, branch });
      const asked = branchesOf(machine).find((each) => each.id === id);
      const name = asked === undefined ? undefined : guardKey(asked, machine);
      if (name === undefined) continue;
      const holds = branch === step.branch;
      if ((guards[name] ?? holds) !== holds) throw new Error(`${name} says two things in one reaction`);
      guards[name] = holds;
    }
  }

  #machine(id: string): MachineModel {
    const machine = this.#model.machines.find((each) => each.id === id);
    if (machine === undefined) throw new Error(`the model has no machine ${id}`);
    return machine;
  }
}

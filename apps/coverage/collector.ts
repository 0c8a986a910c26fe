import { type MachineStep, branchId } from '../../firmware/machine-steps.ts';
import type { Terminal } from '../../firmware/system.ts';
import { FAULTS } from '../../simulator/swarm/faults.ts';
import type { BranchModel, ChartModel } from '../../visualizer/model/chart.ts';
import type { Coverage } from '../../visualizer/model/coverage.ts';
import { emptyCoverage } from '../../visualizer/model/coverage-report.ts';
import type { Act } from '../../visualizer/model/trace.ts';
import { faultsOfAct, seedFaultName } from './fault-names.ts';

/** What happens without an event, see `eventNameOf` of the firmware. */
const AT_ONCE = 'at once';

/**
 * Counts what machines do. Guards are not listened to: they are tried in order, so that the branch that was taken tells
 * that those before it said no, and an event that was ignored that all of them did.
 */
export class CoverageCollector {
  readonly #branches = new Map<string, readonly BranchModel[]>();
  readonly #taken = new Map<string, number>();
  readonly #refused = new Map<string, number>();
  readonly #entered = new Map<string, number>();
  readonly #faults = new Map<string, number>();
  readonly #run: string;

  constructor(model: ChartModel, run: string) {
    this.#run = run;
    for (const { id, states, everywhere } of model.machines) {
      // A branch that is open everywhere belongs to the machine, by whose name it goes.
      for (const { key, branches } of [{ key: id, branches: everywhere }, ...states]) {
        for (const { event } of branches) {
          const ofEvent = branches.filter((branch) => branch.event === event);
          this.#branches.set(placeOf({ machine: id, state: key, event }), ofEvent);
        }
      }
    }
  }

  /** Before it starts; every life of it. */
  watch(terminal: Terminal): void {
    const step = this.stepCounter();
    terminal.watch({ step, key: () => undefined });
  }

  /** Counts the steps of one system of machines, whose actors have names that another one may give as well. */
  stepCounter(): (step: MachineStep) => void {
    /** States that were entered and may be left at once, by actor. */
    const entries = new Map<string, string>();
    return (step) => {
      const entry = entries.get(step.actor);
      entries.delete(step.actor);
      const leavesAtOnce = step.kind === 'moves' && step.event === AT_ONCE;
      if (entry !== undefined && !leavesAtOnce) this.#refuse(this.#branches.get(entry) ?? []);
      this.#count(step);
      const state = step.kind === 'begins' ? step.state : step.kind === 'moves' ? step.to : undefined;
      const place = state === undefined ? '' : placeOf({ machine: step.machine, state, event: AT_ONCE });
      if (this.#branches.has(place)) entries.set(step.actor, place);
    };
  }

  #count(step: MachineStep): void {
    switch (step.kind) {
      case 'begins':
        return count(this.#entered, `${step.machine}.${step.state}`);
      case 'moves': {
        count(this.#taken, branchId(step));
        const branches = this.#branches.get(placeOf(step)) ?? [];
        this.#refuse(branches.slice(0, step.branch));
        const isEntry = step.to !== step.state || branches[step.branch]?.target !== undefined;
        if (isEntry) count(this.#entered, `${step.machine}.${step.to}`);
        return;
      }
      case 'ignores':
        this.#refuse(this.#branches.get(placeOf(step)) ?? []);
        return this.#refuse(this.#branches.get(placeOf({ ...step, state: step.machine })) ?? []);
      case 'ends':
    }
  }

  act(act: Act): void {
    for (const fault of faultsOfAct(act)) count(this.#faults, fault);
  }

  /** @param hits how often each fault of the simulator struck, by its id */
  seedFaults(hits: Readonly<Record<string, number>>): void {
    for (const fault of FAULTS) {
      const times = hits[fault.id] ?? 0;
      if (times > 0) count(this.#faults, seedFaultName(fault), times);
    }
  }

  coverage(): Coverage {
    return {
      ...emptyCoverage([this.#run]),
      taken: Object.fromEntries(this.#taken),
      refused: Object.fromEntries(this.#refused),
      entered: Object.fromEntries(this.#entered),
      faults: Object.fromEntries(this.#faults),
    };
  }

  #refuse(branches: readonly BranchModel[]): void {
    for (const { id, guard } of branches) if (guard !== '') count(this.#refused, id);
  }
}

function placeOf({ machine, state, event }: { machine: string; state: string; event: string }): string {
  return `${machine}.${state} · ${event}`;
}

function count(counts: Map<string, number>, name: string, times = 1): void {
  counts.set(name, (counts.get(name) ?? 0) + times);
}

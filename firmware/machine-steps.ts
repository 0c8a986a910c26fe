/**
 * What the machines do, told by names alone. An inspection event of XState carries contexts, inputs and outputs; what
 * leaves here for a trace, a page or a coverage file has no place for any of them.
 */
import type { Key } from './hal/index.ts';

/** Where one branch of a chart stands: the same in the chart's file, in a trace and in coverage. */
export interface BranchName {
  readonly machine: string;
  readonly state: string;
  /** `KEY`, `readCard done`, `readCard failed`, `after operatorAway`, `at once`. */
  readonly event: string;
  /** From 0: the first branch of an event whose guard holds is taken. */
  readonly branch: number;
}

export type MachineStep =
  | {
      readonly kind: 'begins';
      readonly actor: string;
      readonly machine: string;
      readonly parent: string | undefined;
      readonly state: string;
    }
  | ({ readonly kind: 'moves'; readonly actor: string; readonly to: string } & BranchName)
  | {
      readonly kind: 'ignores';
      readonly actor: string;
      readonly machine: string;
      readonly state: string;
      readonly event: string;
    }
  | { readonly kind: 'ends'; readonly actor: string; readonly machine: string };

/** Whether an event would do something now, and the guards that say no where it would not. */
export interface EventChance {
  readonly actor: string;
  readonly machine: string;
  readonly state: string;
  readonly key: Key;
  readonly isOpen: boolean;
  readonly closedBy: readonly string[];
}

/** `terminal.booting · boot done · 2`: one text for one branch. */
export function branchId({ machine, state, event, branch }: BranchName): string {
  return `${machine}.${state} · ${event} · ${branch + 1}`;
}

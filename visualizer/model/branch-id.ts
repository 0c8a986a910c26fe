import type { Step } from './trace.ts';

/** `terminal.booting · boot done · 2`: the name of a branch, the same as that of the firmware. */
export function branchIdOf({ machine, state, event, branch }: Extract<Step, { kind: 'moves' }>): string {
  return `${machine}.${state} · ${event} · ${branch + 1}`;
}

import type { StateModel } from '../../model/chart.ts';
import type { Now } from '../../model/page-protocol.ts';

export type Chance = Now['chances'][number];

export interface ClosedKeys {
  readonly keys: readonly string[];
  /** Names of the guards that said no to them, in one line. */
  readonly guards: string;
}

/** Keys that would do nothing, those together to which the same guards say no. */
export function closedKeys(chances: readonly Chance[]): readonly ClosedKeys[] {
  const byGuards = new Map<string, string[]>();
  for (const { key, isOpen, closedBy } of chances) {
    if (isOpen) continue;
    const guards = [...new Set(closedBy)].filter((guard) => guard !== '').join(', ');
    byGuards.set(guards, [...(byGuards.get(guards) ?? []), key]);
  }
  return [...byGuards].map(([guards, keys]) => ({ keys, guards }));
}

const PASSING: ReadonlySet<string> = new Set(['sendTo', 'forwardTo']);

/** A state that does nothing with keys but give them to the machine that runs in it. */
export function passesKeysOn({ branches, invokes }: Pick<StateModel, 'branches' | 'invokes'>): boolean {
  const keys = branches.filter(({ kind }) => kind === 'key');
  const isPassing = keys.every(
    ({ target, actions }) => target === undefined && actions.some((each) => PASSING.has(each)),
  );
  return keys.length > 0 && isPassing && invokes.some(({ machine }) => machine !== undefined);
}

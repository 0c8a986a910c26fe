import type { SwarmLevel } from '../swarm/parameters.ts';

/** One bug planted on purpose: a text in one source file, and what stands there instead. */
export interface Mutant {
  /** Lower case with hyphens; names the bug in every report. */
  readonly id: string;
  /** The invariants that may notice it first; any other verdict counts as a miss. */
  readonly breaks: readonly string[];
  /** The bug in one line, for people. */
  readonly what: string;
  /** From the top folder. */
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** `ports` unless told: `bytes` for what only the shipped drivers do. */
  readonly level?: SwarmLevel;
}

/** The row and the source have grown apart: the mutant plants nothing any more. */
export class StaleMutantError extends Error {
  override readonly name = 'StaleMutantError';
}

/** The source with the bug in it; throws {@link StaleMutantError} unless there is exactly one place for it. */
export function mutated(source: string, { id, file, find, replace }: Mutant): string {
  const places = source.split(find).length - 1;
  if (places !== 1) throw new StaleMutantError(`${id}: its text stands ${places} times in ${file}, not once`);
  // A function, because a text may hold the dollar signs that `replace` takes for its own.
  return source.replace(find, () => replace);
}

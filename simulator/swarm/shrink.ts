import type { SwarmParameters } from './parameters.ts';
import type { RunResult } from './run.ts';

/** Plays parameters; the shrinker knows nothing else of the swarm. */
export type Player = (parameters: SwarmParameters) => Promise<RunResult>;

/** Runs that one shrinking may take; a run of a shrunken seed is a fraction of a second. */
const RUNS_MAX = 120;

/**
 * Makes a failing run small: fewer hits of faults, then fewer sales, by bisection, as long as the same invariant breaks.
 * Gives back parameters of one run that still fails.
 */
export async function shrink(failing: RunResult, play: Player): Promise<RunResult> {
  let best = failing;
  let runs = 0;
  const wanted = failing.violation?.invariant;
  const stillFails = async (parameters: SwarmParameters): Promise<boolean> => {
    if (runs >= RUNS_MAX) return false;
    runs++;
    const result = await play(parameters);
    const fails = result.violation?.invariant === wanted;
    if (fails) best = result;
    return fails;
  };
  await shrinkFaults(() => best, stillFails);
  await shrinkHits(() => best, stillFails);
  await shrinkSales(() => best, stillFails);
  return best;
}

type Best = () => RunResult;
type StillFails = (parameters: SwarmParameters) => Promise<boolean>;

/** Drops switches that the failure does not need: halves first, then one by one. */
async function shrinkFaults(best: Best, stillFails: StillFails): Promise<void> {
  await dropParts(
    () => Object.keys(best().parameters.faults),
    (ids) => {
      const { parameters } = best();
      const kept = Object.entries(parameters.faults).filter(([id]) => ids.includes(id));
      return stillFails({ ...parameters, faults: Object.fromEntries(kept) });
    },
  );
}

async function shrinkHits(best: Best, stillFails: StillFails): Promise<void> {
  await dropParts(
    () => best().hits,
    (hits) => stillFails({ ...best().parameters, hits }),
  );
}

/** Tries without each part of the list, parts growing smaller, until no single item can be missed. */
async function dropParts(
  current: () => readonly string[],
  failsWith: (kept: readonly string[]) => Promise<boolean>,
): Promise<void> {
  for (let size = Math.ceil(current().length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < current().length;) {
      const all = current();
      const kept = [...all.slice(0, from), ...all.slice(from + size)];
      if (!(await failsWith(kept))) from += size;
      // A run may do more than was taken away, but never nothing, or this would not end.
      else if (current().length >= all.length) from += size;
    }
  }
}

/** The smallest number of sales that still fails, by bisection. */
async function shrinkSales(best: Best, stillFails: StillFails): Promise<void> {
  let tooFew = 0;
  while (best().parameters.sales - tooFew > 1) {
    const { parameters } = best();
    const sales = tooFew + Math.floor((parameters.sales - tooFew) / 2);
    if (!(await stillFails({ ...parameters, sales }))) tooFew = sales;
  }
}

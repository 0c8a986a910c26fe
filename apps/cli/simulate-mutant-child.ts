/**
 * One planted bug in a process of its own: `node apps/cli/simulate-mutant-child.ts ID SEEDS`, with `control` for the
 * sources as they are. Prints one JSON line, a {@link MutantVerdict}.
 */
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { type Mutant, mutated, StaleMutantError } from '../../simulator/mutants/mutant.ts';
import { MUTANTS } from '../../simulator/mutants/table.ts';

/** What became of the seeds: the first violation, or none. */
export interface MutantVerdict {
  readonly seeds: number;
  readonly violation?: { readonly seed: number; readonly invariant: string; readonly detail: string };
  /** The row cannot be played: its text or its file has gone. */
  readonly problem?: string;
}

const ROOT = join(import.meta.dirname, '../..');

/** Has the bug stand in the file when it is loaded. The answer tells whether it was. */
function plant(mutant: Mutant): () => boolean {
  const wanted = pathToFileURL(join(ROOT, mutant.file)).href;
  let isPlanted = false;
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (url !== wanted) return loaded;
      isPlanted = true;
      return { ...loaded, source: mutated(textOf(loaded.source), mutant) };
    },
  });
  return () => isPlanted;
}

function textOf(source: unknown): string {
  return typeof source === 'string' ? source : new TextDecoder().decode(source as Uint8Array);
}

async function verdictOf(mutant: Mutant | undefined, seeds: number): Promise<MutantVerdict> {
  const isPlanted = mutant === undefined ? () => true : plant(mutant);
  // Loaded from here on, so that the hook sees every file of the terminal.
  const { playSeed } = await import('../../simulator/swarm/seed-play.ts');
  const { playSwarm } = await import('../../simulator/swarm/run.ts');
  const { swarmParts } = await import('../world/swarm-parts.ts');
  if (!isPlanted()) return { seeds: 0, problem: `${mutant?.file} is no part of a run` };
  const choice = { level: mutant?.level ?? 'ports', terminals: 1, days: 0 } as const;
  const parts = swarmParts(choice.level);
  for (let seed = 1; seed <= seeds; seed++) {
    const { violation } = await playSeed(seed, choice, (parameters, onTrace) =>
      playSwarm({ parameters, parts, ...(onTrace === undefined ? {} : { onTrace }) }),
    );
    if (violation === undefined) continue;
    const { invariant, detail } = violation;
    return { seeds: seed, violation: { seed, invariant, detail } };
  }
  return { seeds };
}

const [id, seeds] = process.argv.slice(2);
const mutant = MUTANTS.find((each) => each.id === id);
try {
  if (mutant === undefined && id !== 'control') throw new StaleMutantError(`there is no mutant ${id}`);
  process.stdout.write(`${JSON.stringify(await verdictOf(mutant, Number(seeds)))}\n`);
} catch (error) {
  if (!(error instanceof StaleMutantError)) throw error;
  process.stdout.write(`${JSON.stringify({ seeds: 0, problem: error.message } satisfies MutantVerdict)}\n`);
}
// A terminal that was broken may have left something running.
process.exit();

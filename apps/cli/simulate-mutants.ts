import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import type { Mutant } from '../../simulator/mutants/mutant.ts';
import { MUTANTS } from '../../simulator/mutants/table.ts';
import type { CliIo } from './lines.ts';
import type { MutantVerdict } from './simulate-mutant-child.ts';

/** Seeds within which each planted bug must be found, and that the sources as they are must pass. */
export const MUTANT_SEEDS = 500;
export const CONTROL_SEEDS = 100;

const CHILDREN_MAX = 2;
/** A bug may also be an endless loop between two timers, which no seed ends. */
const CHILD_LIMIT_MS = 900_000;
const CHILD = join(import.meta.dirname, 'simulate-mutant-child.ts');

/** One planted bug and who noticed it. */
export interface MutantRow extends MutantVerdict {
  readonly id: string;
  readonly what: string;
  readonly breaks: readonly string[];
  /** An invariant of the row was broken. */
  readonly found: boolean;
}

/** Plays the planted bugs in child processes, two at once, and hands each row on as it is known. */
export async function playMutants(
  mutants: readonly Mutant[],
  onRow: (row: MutantRow) => void = () => undefined,
): Promise<MutantRow[]> {
  const rows = new Map<string, MutantRow>();
  const waiting = [...mutants];
  const work = async (): Promise<void> => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const row = rowOf(mutant, await playChild(mutant.id, MUTANT_SEEDS));
      rows.set(mutant.id, row);
      onRow(row);
    }
  };
  await Promise.all(Array.from({ length: CHILDREN_MAX }, work));
  return mutants.flatMap(({ id }) => rows.get(id) ?? []);
}

function rowOf({ id, what, breaks }: Mutant, verdict: MutantVerdict): MutantRow {
  const found = verdict.violation !== undefined && breaks.includes(verdict.violation.invariant);
  return { id, what, breaks, found, ...verdict };
}

/** One child's verdict. A child that breaks down has found nothing: its row is at fault, or the simulator. */
function playChild(id: string, seeds: number): Promise<MutantVerdict> {
  const options = { timeout: CHILD_LIMIT_MS, killSignal: 'SIGKILL' } as const;
  return new Promise((resolve) => {
    execFile(process.execPath, [CHILD, id, String(seeds)], options, (error, stdout, stderr) => {
      if (error === null) return resolve(JSON.parse(stdout) as MutantVerdict);
      const lastWords = stderr.split('\n').find((line) => /Error/.test(line)) ?? error.message;
      return resolve({ seeds: 0, problem: error.killed === true ? 'never ended' : lastWords.slice(0, 200) });
    });
  });
}

/** Plays the control and every mutant, or those with the ids; prints who was found. Exit status as `simulate`'s. */
export async function runMutants(ids: readonly string[], json: boolean, io: CliIo): Promise<number> {
  const unknown = ids.find((id) => !MUTANTS.some((mutant) => mutant.id === id));
  if (unknown !== undefined || !existsSync(CHILD)) {
    io.err(
      `fenqi simulate: ${unknown === undefined ? '--mutants needs the sources' : `there is no mutant ${unknown}`}; see fenqi simulate --help`,
    );
    return 2;
  }
  const mutants = ids.length === 0 ? MUTANTS : MUTANTS.filter(({ id }) => ids.includes(id));
  const control = await playChild('control', CONTROL_SEEDS);
  if (!json) io.out(`control: ${sayVerdict(control)}`);
  const rows = await playMutants(mutants, (row) => void (json || io.out(sayRow(row))));
  const missed = rows.filter(({ found }) => !found).map(({ id }) => id);
  const summary = { mutants: rows.length, found: rows.length - missed.length, missed };
  if (json) io.out(JSON.stringify({ ...summary, control, rows }));
  else io.out(`${summary.found} of ${summary.mutants} found${missed.map((id) => `\n  missed ${id}`).join('')}`);
  const isGood = control.violation === undefined && control.problem === undefined;
  return isGood && missed.length === 0 ? 0 : 1;
}

function sayRow(row: MutantRow): string {
  const verdict =
    row.found || row.violation === undefined ? sayVerdict(row) : `${sayVerdict(row)}, not ${row.breaks.join()}`;
  return `${row.found ? '  ' : '! '}${row.id.padEnd(34)} ${verdict.padEnd(24)} ${row.what}`;
}

function sayVerdict({ seeds, violation, problem }: MutantVerdict): string {
  if (problem !== undefined) return problem;
  return violation === undefined ? `nothing in ${seeds} seeds` : `seed ${violation.seed} by ${violation.invariant}`;
}

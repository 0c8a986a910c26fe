/** One measured number and what it has to be. Ratios are taken in one run: absolute speeds differ by machine and by load. */
export interface BenchRow {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly target: string;
  readonly met: boolean;
}

/** Work to measure: one call is one operation, and what it returns is used, so that the engine cannot skip it. */
export interface Contender {
  readonly name: string;
  readonly run: () => unknown;
}

const ROUNDS = 7;
const ROUND_MS = 40;

/**
 * Operations a second of each contender. They take turns in short rounds and the fastest round of each counts, so that
 * a neighbour's load falls on all of them and the compilation of the first rounds on none.
 */
export function operationsPerSecond(contenders: readonly Contender[]): Map<string, number> {
  const best = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const { name, run } of contenders) best.set(name, Math.max(best.get(name) ?? 0, speedOf(run)));
  }
  return best;
}

function speedOf(run: () => unknown): number {
  const start = process.hrtime.bigint();
  const end = start + BigInt(ROUND_MS) * 1_000_000n;
  let operations = 0;
  let used = 0;
  let now = start;
  while (now < end) {
    for (let i = 0; i < 200; i++) if (run() !== undefined) used++;
    operations += 200;
    now = process.hrtime.bigint();
  }
  if (used !== operations) throw new Error('a contender returned nothing');
  return (operations * 1e9) / Number(now - start);
}

/** A row that says how fast a contender is, without a goal. */
export function speedRow(name: string, speeds: ReadonlyMap<string, number>): BenchRow {
  return { name, value: Math.round((speeds.get(name) ?? 0) / 1000), unit: 'k/s', target: '-', met: true };
}

/** A row that compares two contenders of one run. */
export function ratioRow(
  name: string,
  speeds: ReadonlyMap<string, number>,
  ours: string,
  theirs: string,
  least: number,
): BenchRow {
  const value = Math.round((100 * (speeds.get(ours) ?? 0)) / (speeds.get(theirs) ?? 1)) / 100;
  return { name, value, unit: '×', target: `>= ${least}`, met: value >= least };
}

/** Prints rows for people. */
export function printRows(rows: readonly BenchRow[]): void {
  for (const { name, value, unit, target, met } of rows) {
    process.stdout.write(
      `${met ? '   ' : '!! '}${name.padEnd(56)} ${String(value).padStart(9)} ${unit.padEnd(4)} ${target}\n`,
    );
  }
}

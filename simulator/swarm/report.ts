import { createHash } from 'node:crypto';
import { FAULTS } from './faults.ts';
import type { RunResult } from './run.ts';

/** One violation, with all that is needed to see it again. */
export interface ReportedViolation {
  readonly seed: number;
  readonly invariant: string;
  readonly detail: string;
}

/** What a series of seeds found. */
export interface SwarmReport {
  readonly seeds: number;
  readonly sales: number;
  readonly faults: number;
  readonly violations: readonly ReportedViolation[];
  /** Of one core. */
  readonly salesPerSecond: number;
  /** Virtual seconds in one second of one core. */
  readonly timeFactor: number;
  /** From the first seed to the last, whoever played them, runs that were played twice or shrunk included. */
  readonly wallSeconds: number;
  readonly faultHits: Readonly<Record<string, number>>;
  readonly sometimes: Readonly<Record<string, number>>;
  /** Over the trace hashes of all seeds in order. */
  readonly traceHash: string;
  readonly commit: string;
}

/** What playing took: the CPU time of each seed's first run, and the time on the wall. */
export interface PlayTimes {
  readonly cpuMs: number;
  readonly wallMs: number;
}

/** Adds up results as they come. */
export class Tally {
  readonly #hash = createHash('sha256');
  readonly #faultHits = new Map<string, number>();
  readonly #sometimes = new Map<string, number>();
  readonly #violations: ReportedViolation[] = [];
  #seeds = 0;
  #sales = 0;
  #virtualMs = 0;

  add({ parameters, violation, traceHash, sales, faultHits, sometimes, virtualMs }: RunResult): void {
    this.#seeds++;
    this.#sales += sales;
    this.#virtualMs += virtualMs;
    this.#hash.update(traceHash);
    addAll(this.#faultHits, faultHits);
    addAll(this.#sometimes, sometimes);
    if (violation !== undefined) {
      const { invariant, detail } = violation;
      this.#violations.push({ seed: parameters.seed, invariant, detail });
    }
  }

  report({ cpuMs, wallMs }: PlayTimes, commit: string): SwarmReport {
    const seconds = Math.max(cpuMs, 1) / 1_000;
    const ids = FAULTS.map(({ id }) => id).filter((id) => this.#faultHits.has(id));
    return {
      seeds: this.#seeds,
      sales: this.#sales,
      faults: [...this.#faultHits.values()].reduce((sum, hits) => sum + hits, 0),
      violations: this.#violations,
      salesPerSecond: Math.round(this.#sales / seconds),
      timeFactor: Math.round(this.#virtualMs / 1_000 / seconds),
      wallSeconds: Math.round(wallMs / 100) / 10,
      faultHits: Object.fromEntries(ids.map((id) => [id, this.#faultHits.get(id) ?? 0])),
      sometimes: Object.fromEntries([...this.#sometimes].toSorted(([a], [b]) => (a < b ? -1 : 1))),
      traceHash: this.#hash.copy().digest('hex'),
      commit,
    };
  }
}

function addAll(sums: Map<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) sums.set(name, (sums.get(name) ?? 0) + count);
}

/** The report for people. */
export function reportLines(report: SwarmReport): string[] {
  const names = new Map(FAULTS.map(({ id, name }) => [id, name]));
  const { seeds, sales, faults, violations, traceHash, commit } = report;
  const { salesPerSecond, timeFactor, wallSeconds } = report;
  return [
    `${seeds} seeds, ${sales} sales, ${faults} faults, ${violations.length} violations`,
    `${salesPerSecond} sales per second and core, ${timeFactor} times real time, ${wallSeconds} s in all`,
    ...Object.entries(report.faultHits).map(
      ([id, hits]) => `  ${id.padEnd(4)} ${String(hits).padStart(8)}  ${names.get(id) ?? ''}`,
    ),
    'sometimes',
    ...Object.entries(report.sometimes).map(([what, times]) => `       ${String(times).padStart(8)}  ${what}`),
    `trace ${traceHash}`,
    `commit ${commit}`,
  ];
}

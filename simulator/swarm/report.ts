import { createHash } from 'node:crypto';
import { FAULTS } from './faults.ts';
import type { SwarmLevel } from './parameters.ts';
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
  /** Of one core, at port level where seeds of both levels were played. */
  readonly salesPerSecond: number;
  /** Of one core, at byte level; where seeds of both were played. */
  readonly salesPerSecondBytes?: number;
  /** Virtual seconds in one second of one core. */
  readonly timeFactor: number;
  /** From the first seed to the last, whoever played them, runs that were played twice or shrunk included. */
  readonly wallSeconds: number;
  readonly faultHits: Readonly<Record<string, number>>;
  readonly sometimes: Readonly<Record<string, number>>;
  /** Of the last run over days, see {@link RunResult.heapMb}. */
  readonly heapMb?: readonly number[];
  /** Over the trace hashes of all seeds in order. */
  readonly traceHash: string;
  readonly commit: string;
}

interface Played {
  sales: number;
  cpuMs: number;
}

/** Adds up results as they come. */
export class Tally {
  readonly #hash = createHash('sha256');
  readonly #faultHits = new Map<string, number>();
  readonly #sometimes = new Map<string, number>();
  readonly #violations: ReportedViolation[] = [];
  #heapMb: readonly number[] = [];
  #seeds = 0;
  readonly #played: Record<SwarmLevel, Played> = { ports: { sales: 0, cpuMs: 0 }, bytes: { sales: 0, cpuMs: 0 } };
  #virtualMs = 0;

  /** @param cpuMs what playing the seed took, runs to compare with included */
  add(
    { parameters, violation, traceHash, sales, faultHits, sometimes, virtualMs, heapMb }: RunResult,
    cpuMs: number,
  ): void {
    const played = this.#played[parameters.level];
    this.#seeds++;
    this.#heapMb = heapMb;
    played.sales += sales;
    played.cpuMs += cpuMs;
    this.#virtualMs += virtualMs;
    this.#hash.update(traceHash);
    addAll(this.#faultHits, faultHits);
    addAll(this.#sometimes, sometimes);
    if (violation !== undefined) {
      const { invariant, detail } = violation;
      this.#violations.push({ seed: parameters.seed, invariant, detail });
    }
  }

  report(wallMs: number, commit: string): SwarmReport {
    const { ports, bytes } = this.#played;
    const seconds = Math.max(ports.cpuMs + bytes.cpuMs, 1) / 1_000;
    const isMixed = ports.cpuMs > 0 && bytes.cpuMs > 0;
    const ids = FAULTS.map(({ id }) => id).filter((id) => this.#faultHits.has(id));
    return {
      seeds: this.#seeds,
      sales: ports.sales + bytes.sales,
      faults: [...this.#faultHits.values()].reduce((sum, hits) => sum + hits, 0),
      violations: this.#violations,
      salesPerSecond: rateOf(ports.cpuMs > 0 ? ports : bytes),
      ...(isMixed ? { salesPerSecondBytes: rateOf(bytes) } : {}),
      timeFactor: Math.round(this.#virtualMs / 1_000 / seconds),
      wallSeconds: Math.round(wallMs / 100) / 10,
      faultHits: Object.fromEntries(ids.map((id) => [id, this.#faultHits.get(id) ?? 0])),
      sometimes: Object.fromEntries([...this.#sometimes].toSorted(([a], [b]) => (a < b ? -1 : 1))),
      ...(this.#heapMb.length > 0 ? { heapMb: this.#heapMb } : {}),
      traceHash: this.#hash.copy().digest('hex'),
      commit,
    };
  }
}

function rateOf({ sales, cpuMs }: Played): number {
  return Math.round((1_000 * sales) / Math.max(cpuMs, 1));
}

function addAll(sums: Map<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) sums.set(name, (sums.get(name) ?? 0) + count);
}

/** The report for people. */
export function reportLines(report: SwarmReport): string[] {
  const names = new Map(FAULTS.map(({ id, name }) => [id, name]));
  const { seeds, sales, faults, violations, traceHash, commit } = report;
  const { salesPerSecond, salesPerSecondBytes, timeFactor, wallSeconds, heapMb } = report;
  const atBytes = salesPerSecondBytes === undefined ? '' : ` at port level, ${salesPerSecondBytes} at byte level`;
  return [
    `${seeds} seeds, ${sales} sales, ${faults} faults, ${violations.length} violations`,
    `${salesPerSecond} sales per second and core${atBytes}, ${timeFactor} times real time, ${wallSeconds} s in all`,
    ...Object.entries(report.faultHits).map(
      ([id, hits]) => `  ${id.padEnd(4)} ${String(hits).padStart(8)}  ${names.get(id) ?? ''}`,
    ),
    ...(heapMb === undefined ? [] : [`heap of each day, MB: ${heapMb.join(' ')}`]),
    'sometimes',
    ...Object.entries(report.sometimes).map(([what, times]) => `       ${String(times).padStart(8)}  ${what}`),
    `trace ${traceHash}`,
    `commit ${commit}`,
  ];
}

import type { BranchModel, ChartModel } from './chart.ts';
import {
  type Coverage,
  COVERAGE_FORMAT,
  COVERAGE_VERSION,
  type CoverageReport,
  type CoverageShare,
} from './coverage.ts';

/** Faults that could strike, by the names under which coverage counts them. */
export interface FaultCatalogue {
  readonly device: readonly string[];
  readonly host: readonly string[];
}

export function emptyCoverage(runs: readonly string[] = []): Coverage {
  return { format: COVERAGE_FORMAT, version: COVERAGE_VERSION, runs, taken: {}, refused: {}, entered: {}, faults: {} };
}

/** Both together, as if they were one run. */
export function mergeCoverage(a: Coverage, b: Coverage): Coverage {
  return {
    format: COVERAGE_FORMAT,
    version: COVERAGE_VERSION,
    runs: [...new Set([...a.runs, ...b.runs])],
    taken: sum(a.taken, b.taken),
    refused: sum(a.refused, b.refused),
    entered: sum(a.entered, b.entered),
    faults: sum(a.faults, b.faults),
  };
}

type Counts = Readonly<Record<string, number>>;

function sum(a: Counts, b: Counts): Counts {
  const total: Record<string, number> = { ...a };
  for (const [name, count] of Object.entries(b)) total[name] = (total[name] ?? 0) + count;
  return total;
}

/** What was covered of everything that there is. Names that the charts do not have, of older versions, count nothing. */
export function coverageReport(coverage: Coverage, model: ChartModel, faults: FaultCatalogue): CoverageReport {
  const branches = model.machines.flatMap(({ id, states, everywhere }) =>
    [{ key: id, branches: everywhere }, ...states].flatMap(({ key, branches: ofState }) =>
      ofState.map((branch) => ({ machine: id, state: key, branch })),
    ),
  );
  const has = (counts: Counts, name: string): boolean => (counts[name] ?? 0) > 0;
  const { taken, refused, entered } = coverage;
  const seen = new Set(Object.keys(entered).filter((name) => has(entered, name)));
  for (const { machine, state, branch } of branches) {
    if (!has(taken, branch.id)) continue;
    seen.add(`${machine}.${state}`);
    if (branch.target !== undefined) seen.add(`${machine}.${branch.target}`);
  }
  const states = model.machines.flatMap(({ id, states: own }) => own.map(({ key }) => `${id}.${key}`));
  const answers = branches.filter(({ branch }) => branch.guard !== '').flatMap(({ branch }) => guardAnswers(branch));
  const isFault = (name: string): boolean => has(coverage.faults, name);
  return {
    states: share(states, (name) => seen.has(name)),
    branches: share(
      branches.map(({ branch }) => branch.id),
      (id) => has(taken, id),
    ),
    guards: shareOf(answers, ({ id, answer }) => has(answer === 'yes' ? taken : refused, id)),
    deviceFaults: share(faults.device, isFault),
    hostFaults: share(faults.host, isFault),
  };
}

interface GuardAnswer {
  readonly id: string;
  readonly answer: 'yes' | 'no';
  readonly name: string;
}

function guardAnswers({ id, guard }: BranchModel): readonly GuardAnswer[] {
  return (['yes', 'no'] as const).map((answer) => ({ id, answer, name: `${id} · ${guard}: ${answer}` }));
}

function shareOf<Item extends { readonly name: string }>(
  items: readonly Item[],
  isCovered: (item: Item) => boolean,
): CoverageShare {
  const missing = items.filter((item) => !isCovered(item)).map(({ name }) => name);
  return { covered: items.length - missing.length, of: items.length, missing };
}

function share(names: readonly string[], isCovered: (name: string) => boolean): CoverageShare {
  return shareOf(
    names.map((name) => ({ name })),
    ({ name }) => isCovered(name),
  );
}

/** Whole and one decimal, never rounded up: 99.96 per cent is not everything. */
export function percentOf({ covered, of }: CoverageShare): number {
  return of === 0 ? 100 : Math.floor((1000 * covered) / of) / 10;
}

export type ReadCoverage =
  { readonly kind: 'read'; readonly coverage: Coverage } | { readonly kind: 'unreadable'; readonly problem: string };

/** Reads a coverage file. Never throws for what stands in it. */
export function parseCoverage(text: string): ReadCoverage {
  const members = jsonObject(text);
  if (members?.['format'] !== COVERAGE_FORMAT) return { kind: 'unreadable', problem: 'this is no coverage of Fenqi' };
  if (members['version'] !== COVERAGE_VERSION) {
    return { kind: 'unreadable', problem: `its version is not ${COVERAGE_VERSION}` };
  }
  const { runs, taken, refused, entered, faults } = members;
  const areRuns = Array.isArray(runs) && runs.every((run) => typeof run === 'string');
  if (!areRuns || !isCounts(taken) || !isCounts(refused) || !isCounts(entered) || !isCounts(faults)) {
    return { kind: 'unreadable', problem: 'it is not whole' };
  }
  return { kind: 'read', coverage: { ...emptyCoverage(runs), taken, refused, entered, faults } };
}

function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

function isCounts(value: unknown): value is Counts {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((count) => typeof count === 'number' && Number.isInteger(count) && count >= 0);
}

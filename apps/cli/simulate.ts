import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { shortcomings } from '../../simulator/swarm/gate.ts';
import { drawParameters, type SwarmParameters } from '../../simulator/swarm/parameters.ts';
import { parseReplay, ReplayError } from '../../simulator/swarm/replay.ts';
import { reportLines, type SwarmReport, Tally } from '../../simulator/swarm/report.ts';
import type { RunResult } from '../../simulator/swarm/run.ts';
import { shrink } from '../../simulator/swarm/shrink.ts';
import { emptyCoverage, mergeCoverage } from '../../visualizer/model/coverage-report.ts';
import { writeCoverage } from '../coverage/coverage-file.ts';
import { SeedRecording } from '../trace/seed-recording.ts';
import type { CliIo } from './lines.ts';
import { runMutants } from './simulate-mutants.ts';
import { cpuMsNow, play, playSeeds, type SeedRange } from './swarm-players.ts';

export const SIMULATE_HELP = `fenqi simulate — real terminals under virtual time, faults drawn from seeds, invariants always on

  --seeds N         seeds to play; default 200
  --first-seed S    the first of them; default 1
  --seed S          one seed, with its trace
  --replay FILE     play the JSON that a failing seed printed, with its trace
  --terminals N     terminals against the same hosts; default 1
  --days N          spread the sales over N virtual days, with a reboot and a settlement each day; default 0: one after
                    the other
  --level LEVEL     ports: devices without bytes
                    bytes: the shipped drivers and emulated devices, serial lines that misbehave
                    mixed (default): one seed in twenty at byte level
  --gate            exit status 1 as well when the seeds prove too little: every fault must have struck once in 100
                    seeds, with 20 sales and 50 faults a seed, and every kind of trouble must have been met
  --jobs N          processes that play; default: one for each core, as far as there is work for them; the report is the
                    same but for its times
  --coverage FILE   write what of the statecharts and of the faults was tried, for fenqi coverage
  --trace FILE      with --seed or --replay: record the first terminal as JSON lines, see fenqi play --trace
  --no-shrink       print a failing seed as it is
  --mutants         plant each bug of simulator/mutants/ in turn, two child processes at once, and see that an invariant
                    notices it within 500 seeds; needs the sources
  --mutant ID       that one alone; may be given again
  --json            one JSON object instead of text: {"seeds","sales","faults","violations","salesPerSecond",
                    "timeFactor","wallSeconds","faultHits","sometimes","traceHash","commit"}; with --mutants
                    {"mutants","found","missed","control","rows"}
                    salesPerSecond and timeFactor are those of one core: over the CPU seconds of all players;
                    salesPerSecondBytes is that of the seeds at byte level, heapMb of --days the heap of each day
  --help            this text

A seed that breaks an invariant is played again with fewer faults and sales until nothing can be left out; what is left
is printed as JSON for --replay. The same seed on the same commit gives the same trace hash.

Exit status: 0 nothing broke, 1 an invariant broke, a planted bug was missed or a file is wrong, 2 wrong usage.
`;

/** A process that has fewer seeds to play takes longer to start than it saves. */
const SEEDS_WORTH_A_JOB = 20;

interface Wanted extends SeedRange {
  readonly jobs: number;
  readonly json: boolean;
  readonly shrinks: boolean;
  readonly isGate: boolean;
  readonly coverageFile: string | undefined;
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      seeds: { type: 'string', default: '200' },
      'first-seed': { type: 'string', default: '1' },
      seed: { type: 'string' },
      replay: { type: 'string' },
      terminals: { type: 'string', default: '1' },
      days: { type: 'string', default: '0' },
      level: { type: 'string', default: 'mixed' },
      gate: { type: 'boolean', default: false },
      jobs: { type: 'string' },
      coverage: { type: 'string' },
      trace: { type: 'string' },
      'no-shrink': { type: 'boolean', default: false },
      mutants: { type: 'boolean', default: false },
      mutant: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  }).values;
}

type Options = ReturnType<typeof parse>;

/** Plays seeds and says what broke. */
export async function runSimulate(args: readonly string[], io: CliIo): Promise<number> {
  const options = parse(args);
  if (options.help) {
    io.out(SIMULATE_HELP);
    return 0;
  }
  if (options.mutants || options.mutant.length > 0) return runMutants(options.mutant, options.json, io);
  if (options.replay !== undefined) return replay(options.replay, options, io);
  const wanted = wantedOf(options);
  if (typeof wanted === 'string') {
    io.err(`fenqi simulate: ${wanted}; see fenqi simulate --help`);
    return 2;
  }
  if (options.seed !== undefined) return watch(drawParameters(wanted.firstSeed, wanted), options, io);
  return playAll(wanted, io);
}

function wantedOf(options: Options): Wanted | string {
  const { level } = options;
  if (level !== 'ports' && level !== 'bytes' && level !== 'mixed') return '--level is ports, bytes or mixed';
  const jobs = Math.min(availableParallelism(), Math.ceil(Number(options.seeds) / SEEDS_WORTH_A_JOB));
  const numbers = {
    jobs: options.jobs === undefined ? jobs : wholeNumber(options.jobs, 1),
    seeds: wholeNumber(options.seeds, 1),
    firstSeed: wholeNumber(options.seed ?? options['first-seed'], 0),
    terminals: wholeNumber(options.terminals, 1),
    days: wholeNumber(options.days, 0),
  };
  const wrong = Object.entries(numbers).find(([, value]) => Number.isNaN(value));
  if (wrong !== undefined) return `${wrong[0]} is a whole number`;
  return {
    ...numbers,
    level,
    json: options.json,
    shrinks: !options['no-shrink'],
    isGate: options.gate,
    coverageFile: options.coverage,
  };
}

function wholeNumber(text: string, min: number): number {
  const value = Number(text);
  return /^\d{1,9}$/.test(text) && value >= min ? value : Number.NaN;
}

async function playAll(wanted: Wanted, io: CliIo): Promise<number> {
  const tally = new Tally();
  const beganMs = performance.now();
  const { level, terminals, days, firstSeed, seeds } = wanted;
  const covers = wanted.coverageFile !== undefined;
  let coverage = emptyCoverage([`simulate ${seeds} seeds`]);
  for await (const played of playSeeds({ level, terminals, days, firstSeed, seeds, covers }, wanted.jobs)) {
    tally.add(played.result, played.cpuMs);
    if (played.coverage !== undefined) coverage = mergeCoverage(coverage, { ...played.coverage, runs: [] });
    if (played.result.violation !== undefined && !wanted.json) await explain(played.result, wanted, io);
  }
  if (wanted.coverageFile !== undefined) await writeCoverage(wanted.coverageFile, coverage);
  const report = tally.report(performance.now() - beganMs, commitOfSources());
  print(report, wanted.json, io);
  const short = wanted.isGate ? shortcomings(report) : [];
  for (const line of short) io.err(`fenqi simulate: ${line}`);
  return report.violations.length === 0 && short.length === 0 ? 0 : 1;
}

/** Broken by two runs that differ, so that one run alone shows nothing. */
const COMPARED: ReadonlySet<string> = new Set(['I23', 'I25']);

function print(report: SwarmReport, json: boolean, io: CliIo): void {
  if (json) io.out(JSON.stringify(report));
  else for (const line of reportLines(report)) io.out(line);
}

async function explain(result: RunResult, { shrinks }: Wanted, io: CliIo): Promise<void> {
  const canShrink = shrinks && !COMPARED.has(result.violation?.invariant ?? '');
  const small = canShrink ? await shrink(result, (parameters) => play(parameters)) : result;
  const { parameters, violation, trace } = small;
  io.out(`seed ${parameters.seed} breaks ${violation?.invariant}: ${violation?.detail}`);
  for (const line of trace) io.out(`  ${line}`);
  io.out(JSON.stringify({ ...parameters, hits: small.hits }));
}

type Watched = Pick<Options, 'json' | 'trace'>;

/** Plays one run before the eyes of a person. */
async function watch(parameters: SwarmParameters, { json, trace }: Watched, io: CliIo): Promise<number> {
  const tally = new Tally();
  const beganMs = performance.now();
  const beganCpuMs = cpuMsNow();
  const recording = trace === undefined ? undefined : new SeedRecording(parameters);
  const result = await play(parameters, json ? undefined : (line) => io.out(line), recording);
  if (trace !== undefined && recording !== undefined) await writeFile(trace, recording.text());
  tally.add(result, cpuMsNow() - beganCpuMs);
  print(tally.report(performance.now() - beganMs, commitOfSources()), json, io);
  const { violation } = result;
  if (violation !== undefined && !json) io.out(`breaks ${violation.invariant}: ${violation.detail}`);
  return violation === undefined ? 0 : 1;
}

async function replay(file: string, watched: Watched, io: CliIo): Promise<number> {
  try {
    return await watch(parseReplay(await readFile(file, 'utf8')), watched, io);
  } catch (error) {
    const problems = error instanceof ReplayError ? error.problems : fileProblem(error);
    for (const problem of problems) io.err(`fenqi simulate: ${problem}`);
    return 1;
  }
}

function fileProblem(error: unknown): readonly string[] {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return ['there is no such file'];
  if (code === 'EACCES' || code === 'EISDIR') return ['this is no file that can be read'];
  throw error;
}

/** A seed means something together with the sources it ran on. */
function commitOfSources(): string {
  try {
    const git = { cwd: import.meta.dirname, encoding: 'utf8' as const, stdio: 'pipe' as const };
    return execFileSync('git', ['rev-parse', 'HEAD'], git).trim();
  } catch {
    return 'unknown';
  }
}

import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { drawParameters, type SwarmChoice, type SwarmParameters } from '../../simulator/swarm/parameters.ts';
import { parseReplay, ReplayError } from '../../simulator/swarm/replay.ts';
import { reportLines, Tally } from '../../simulator/swarm/report.ts';
import { playSwarm, type RunResult } from '../../simulator/swarm/run.ts';
import { playSeed } from '../../simulator/swarm/seed-play.ts';
import { shrink } from '../../simulator/swarm/shrink.ts';
import { swarmParts } from '../world/swarm-parts.ts';
import type { CliIo } from './lines.ts';
import { runMutants } from './simulate-mutants.ts';

export const SIMULATE_HELP = `fenqi simulate — real terminals under virtual time, faults drawn from seeds, invariants always on

  --seeds N         seeds to play; default 200
  --first-seed S    the first of them; default 1
  --seed S          one seed, with its trace
  --replay FILE     play the JSON that a failing seed printed, with its trace
  --terminals N     terminals against the same hosts; default 1
  --days N          spread the sales over N virtual days, with a reboot each day; default 0: one after the other
  --level LEVEL     ports (default): devices without bytes
                    bytes: the shipped drivers and emulated devices, serial lines that misbehave
  --no-shrink       print a failing seed as it is
  --mutants         plant each bug of simulator/mutants/ in turn, two child processes at once, and see that an invariant
                    notices it within 500 seeds; needs the sources
  --mutant ID       that one alone; may be given again
  --json            one JSON object instead of text: {"seeds","sales","faults","violations","salesPerSecond",
                    "timeFactor","faultHits","sometimes","traceHash","commit"}; with --mutants
                    {"mutants","found","missed","control","rows"}
  --help            this text

A seed that breaks an invariant is played again with fewer faults and sales until nothing can be left out; what is left
is printed as JSON for --replay. The same seed on the same commit gives the same trace hash.

Exit status: 0 nothing broke, 1 an invariant broke, a planted bug was missed or a file is wrong, 2 wrong usage.
`;

interface Wanted extends SwarmChoice {
  readonly firstSeed: number;
  readonly seeds: number;
  readonly json: boolean;
  readonly shrinks: boolean;
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
      level: { type: 'string', default: 'ports' },
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
  if (options.replay !== undefined) return replay(options.replay, options.json, io);
  const wanted = wantedOf(options);
  if (typeof wanted === 'string') {
    io.err(`fenqi simulate: ${wanted}; see fenqi simulate --help`);
    return 2;
  }
  if (options.seed !== undefined) return watch(drawParameters(wanted.firstSeed, wanted), wanted.json, io);
  return playSeeds(wanted, io);
}

function wantedOf(options: Options): Wanted | string {
  const { level } = options;
  if (level !== 'ports' && level !== 'bytes') return '--level is ports or bytes';
  const numbers = {
    seeds: wholeNumber(options.seeds, 1),
    firstSeed: wholeNumber(options.seed ?? options['first-seed'], 0),
    terminals: wholeNumber(options.terminals, 1),
    days: wholeNumber(options.days, 0),
  };
  const wrong = Object.entries(numbers).find(([, value]) => Number.isNaN(value));
  if (wrong !== undefined) return `${wrong[0]} is a whole number`;
  return { ...numbers, level, json: options.json, shrinks: !options['no-shrink'] };
}

function wholeNumber(text: string, min: number): number {
  const value = Number(text);
  return /^\d{1,9}$/.test(text) && value >= min ? value : Number.NaN;
}

function play(parameters: SwarmParameters, onTrace?: (line: string) => void): Promise<RunResult> {
  const parts = swarmParts(parameters.level);
  return playSwarm({ parameters, parts, ...(onTrace === undefined ? {} : { onTrace }) });
}

async function playSeeds(wanted: Wanted, io: CliIo): Promise<number> {
  const tally = new Tally();
  const failing: RunResult[] = [];
  let playMs = 0;
  for (let seed = wanted.firstSeed; seed < wanted.firstSeed + wanted.seeds; seed++) {
    const beganMs = performance.now();
    const result = await playSeed(seed, wanted, play);
    playMs += performance.now() - beganMs;
    tally.add(result);
    if (result.violation === undefined) continue;
    failing.push(result);
    if (!wanted.json) await explain(result, wanted, io);
  }
  const report = tally.report(playMs, commitOfSources());
  if (wanted.json) io.out(JSON.stringify(report));
  else for (const line of reportLines(report)) io.out(line);
  return failing.length === 0 ? 0 : 1;
}

/** Broken by two runs that differ, so that one run alone shows nothing. */
const COMPARED: ReadonlySet<string> = new Set(['I23', 'I25']);

async function explain(result: RunResult, { shrinks }: Wanted, io: CliIo): Promise<void> {
  const canShrink = shrinks && !COMPARED.has(result.violation?.invariant ?? '');
  const small = canShrink ? await shrink(result, (parameters) => play(parameters)) : result;
  const { parameters, violation, trace } = small;
  io.out(`seed ${parameters.seed} breaks ${violation?.invariant}: ${violation?.detail}`);
  for (const line of trace) io.out(`  ${line}`);
  io.out(JSON.stringify({ ...parameters, hits: small.hits }));
}

/** Plays one run before the eyes of a person. */
async function watch(parameters: SwarmParameters, json: boolean, io: CliIo): Promise<number> {
  const tally = new Tally();
  const beganMs = performance.now();
  const result = await play(parameters, json ? undefined : (line) => io.out(line));
  tally.add(result);
  const report = tally.report(performance.now() - beganMs, commitOfSources());
  if (json) io.out(JSON.stringify(report));
  else for (const line of reportLines(report)) io.out(line);
  const { violation } = result;
  if (violation !== undefined && !json) io.out(`breaks ${violation.invariant}: ${violation.detail}`);
  return violation === undefined ? 0 : 1;
}

async function replay(file: string, json: boolean, io: CliIo): Promise<number> {
  try {
    return await watch(parseReplay(await readFile(file, 'utf8')), json, io);
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

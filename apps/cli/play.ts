import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Clock } from '../../firmware/hal/index.ts';
import { ptyAvailable } from '../../hal-mock/wire/pty-wire.ts';
import { parseScenarios, type Scenario, ScenarioError } from '../../simulator/scenario/format.ts';
import type { ScenarioResult } from '../../simulator/scenario/runner.ts';
import { CoverageCollector } from '../coverage/collector.ts';
import { NO_SOURCES, sourceCharts } from '../coverage/source-charts.ts';
import { writeCoverage } from '../coverage/coverage-file.ts';
import type { TraceRecorder } from '../trace/recorder.ts';
import { playInWorld, scenarioRecorder } from '../world/scenario-world.ts';
import type { Transport } from '../world/wires.ts';
import type { CliIo } from './lines.ts';
import { Transcript } from '../console/transcript.ts';

const JOBS_OVER_PTY = 16;

export const PLAY_HELP = `fenqi play FILE... — play scenario files against the whole terminal

  --transport memory|pty   where the bytes between drivers and device emulators go
                           memory (default): nothing to install, virtual time
                           pty: real kernel serial ports made by socat, real time, hosts over TCP
  --only TEXT              only scenarios whose name has this text in it; every row of examples has a name
  --jobs N                 scenarios at once; default 1 in memory, 16 over ptys, which mostly wait
  --transcript             print every step, screen and receipt (one scenario at a time)
  --trace FILE             record the one scenario that is played as JSON lines: what everybody did, every step of the
                           machines, screens, frames and messages with everything secret masked, journal, slips
  --coverage FILE          write what of the statecharts and of the faults was tried, for fenqi coverage
  --paper DIR              save what the printer burnt as DIR/<scenario>.png
  --json                   one JSON line a scenario: {"file","name","passed","failures","steps"}
  --help                   this text

Exit status: 0 all passed, 1 an expectation failed or a file is wrong, 2 wrong usage.
`;

/** Plays scenario files one after the other and says which passed. */
export async function runPlay(args: readonly string[], io: CliIo): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      transport: { type: 'string', default: 'memory' },
      only: { type: 'string' },
      jobs: { type: 'string' },
      transcript: { type: 'boolean', default: false },
      trace: { type: 'string' },
      coverage: { type: 'string' },
      paper: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    io.out(PLAY_HELP);
    return 0;
  }
  const { transport } = values;
  if (transport !== 'memory' && transport !== 'pty') return usage(io, '--transport is memory or pty');
  if (positionals.length === 0) return usage(io, 'name at least one scenario file');
  if (transport === 'pty' && !ptyAvailable()) return usage(io, '--transport pty needs socat: apt-get install socat');
  const jobs = values.transcript ? 1 : Number(values.jobs ?? (transport === 'pty' ? JOBS_OVER_PTY : 1));
  if (!Number.isInteger(jobs) || jobs < 1) return usage(io, '--jobs is a whole number from 1');
  const print = values.transcript ? io.out : undefined;
  const charts = values.coverage === undefined ? undefined : await sourceCharts();
  if (values.coverage !== undefined && charts === undefined) return usage(io, NO_SOURCES);
  const coverage = charts && new CoverageCollector(charts, `play over ${transport}`);
  const { paper: paperDirectory, trace: traceFile } = values;
  const play = (job: Job) => playJob(job, { transport, print, paperDirectory, traceFile, coverage });
  const work = (await Promise.all(positionals.map((file) => jobsOf(file, { transport, only: values.only })))).flat();
  if (work.length === 0) return usage(io, 'no scenario is left to play');
  if (values.trace !== undefined && work.length > 1)
    return usage(io, '--trace records one scenario; --only chooses one');
  let failed = 0;
  for await (const [{ file }, result] of inOrder(work, jobs, play)) {
    if (!result.passed) failed += 1;
    report(io, file, result, values.json);
  }
  if (values.coverage !== undefined && coverage !== undefined)
    await writeCoverage(values.coverage, coverage.coverage());
  if (!values.json) io.out(`${work.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** Works on several items at once and gives the results in the order of the items. */
async function* inOrder<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<readonly [Item, Result]> {
  const running: (readonly [Item, Promise<Result>])[] = [];
  const rest = [...items];
  const begin = (): void => {
    const item = rest.shift();
    if (item !== undefined) running.push([item, work(item).finally(begin)]);
  };
  for (let job = 0; job < atOnce; job++) begin();
  for (let next = running.shift(); next !== undefined; next = running.shift()) yield [next[0], await next[1]];
}

function usage(io: CliIo, problem: string): number {
  io.err(`fenqi play: ${problem}; see fenqi play --help`);
  return 2;
}

function report(io: CliIo, file: string, result: ScenarioResult, json: boolean): void {
  if (json) {
    io.out(JSON.stringify({ file, ...result }));
    return;
  }
  io.out(`${result.passed ? 'ok  ' : 'FAIL'} ${file}${result.name === '' ? '' : ` — ${result.name}`}`);
  for (const failure of result.failures) io.out(`     ${failure}`);
}

interface PlayOptions {
  readonly transport: Transport;
  readonly print: ((line: string) => void) | undefined;
  readonly paperDirectory: string | undefined;
  readonly traceFile: string | undefined;
  readonly coverage: CoverageCollector | undefined;
}

/** One scenario to play, or a file that can not be played. */
type Job =
  | { readonly file: string; readonly scenario: Scenario; readonly paperName: string }
  | { readonly file: string; readonly problems: readonly string[] };

/** The scenarios of a file, without those that are not for this transport. */
async function jobsOf(file: string, { transport, only }: { transport: Transport; only: string | undefined }) {
  try {
    const scenarios = parseScenarios(await readFile(file, 'utf8'));
    const name = basename(file, extname(file));
    return scenarios
      .map((scenario, index): Job => {
        return { file, scenario, paperName: scenarios.length === 1 ? name : `${name}-${index + 1}` };
      })
      .filter((job) => 'scenario' in job && isWanted(job.scenario, transport, only));
  } catch (error) {
    return [{ file, problems: error instanceof ScenarioError ? error.problems : fileProblem(error) }];
  }
}

function isWanted({ name, transports }: Scenario, transport: Transport, only: string | undefined): boolean {
  return (transports === undefined || transports === transport) && (only === undefined || name.includes(only));
}

async function playJob(job: Job, options: PlayOptions): Promise<ScenarioResult> {
  if ('problems' in job) return { name: '', passed: false, failures: job.problems, steps: 0 };
  const { transport, print, paperDirectory, traceFile, coverage } = options;
  let recorder: TraceRecorder | undefined;
  const record = (clock: Clock): TraceRecorder => (recorder = scenarioRecorder(job.scenario)(clock));
  const played = await playInWorld(job.scenario, transport, {
    watch: print && ((clock) => new Transcript(clock, print)),
    record: traceFile === undefined ? undefined : record,
    coverage,
  });
  if (traceFile !== undefined && recorder !== undefined) await writeFile(traceFile, recorder.text());
  if (paperDirectory !== undefined) {
    await mkdir(paperDirectory, { recursive: true });
    await writeFile(join(paperDirectory, `${job.paperName}.png`), played.paperPng());
  }
  return played.result;
}

function fileProblem(error: unknown): readonly string[] {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return ['there is no such file'];
  if (code === 'EACCES' || code === 'EISDIR') return ['this is no file that can be read'];
  throw error;
}

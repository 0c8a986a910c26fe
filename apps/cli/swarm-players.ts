import { type ChildProcess, fork } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { SwarmChoice, SwarmParameters } from '../../simulator/swarm/parameters.ts';
import { playSwarm, type RunResult } from '../../simulator/swarm/run.ts';
import { playSeed } from '../../simulator/swarm/seed-play.ts';
import type { Terminal } from '../../firmware/system.ts';
import type { LifeListener } from '../../simulator/swarm/life.ts';
import type { ChartModel } from '../../visualizer/model/chart.ts';
import type { Coverage } from '../../visualizer/model/coverage.ts';
import { CoverageCollector } from '../coverage/collector.ts';
import { sourceCharts } from '../coverage/source-charts.ts';
import { swarmParts } from '../world/swarm-parts.ts';

/** Whole sales come and go before anything is old: with room for the young the collector takes a third of its time. */
const YOUNG_HEAP = '--max-semi-space-size=64';

/** The only argument of a process that plays seeds for another. */
const PLAYER = 'swarm-player';

/** Which seeds are to be played, and as what. */
export interface SeedRange extends SwarmChoice {
  readonly firstSeed: number;
  readonly seeds: number;
  /** Count what is covered. */
  readonly covers?: boolean;
}

/** What became of one seed, and the CPU time that it took, second runs to compare with included. */
export interface PlayedSeed {
  readonly result: RunResult;
  readonly cpuMs: number;
  readonly coverage?: Coverage | undefined;
}

interface Order {
  readonly seed: number;
  readonly choice: SwarmChoice & Pick<SeedRange, 'covers'>;
}

/** Plays one set of parameters in this process. */
export function play(
  parameters: SwarmParameters,
  onTrace?: (line: string) => void,
  listener?: LifeListener,
): Promise<RunResult> {
  const parts = swarmParts(parameters.level);
  return playSwarm({ parameters, parts, ...(onTrace === undefined ? {} : { onTrace }), listener });
}

/** CPU time of all threads of this process since it began. */
export function cpuMsNow(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** Plays every seed of the range and gives the results in the order of seeds, whoever is done first. */
export async function* playSeeds(range: SeedRange, jobs: number): AsyncGenerator<PlayedSeed> {
  const { firstSeed, seeds } = range;
  if (jobs > 1) return yield* playedByOthers(range, jobs);
  for (let seed = firstSeed; seed < firstSeed + seeds; seed++) yield await timed({ seed, choice: range });
}

async function timed({ seed, choice }: Order): Promise<PlayedSeed> {
  const beganMs = cpuMsNow();
  const collector = choice.covers === true ? await seedCollector() : undefined;
  const listener = collector && { terminal: (terminal: Terminal) => collector.watch(terminal) };
  const result = await playSeed(seed, choice, (parameters, onTrace) => play(parameters, onTrace, listener));
  collector?.seedFaults(result.faultHits);
  return { result, cpuMs: cpuMsNow() - beganMs, coverage: collector?.coverage() };
}

let charts: Promise<ChartModel | undefined> | undefined;

/** Loaded where it is wanted: the charts as data take longer than a seed. */
async function seedCollector(): Promise<CoverageCollector | undefined> {
  charts ??= sourceCharts();
  const model = await charts;
  return model && new CoverageCollector(model, 'simulate');
}

/** Each player is a process of its own and gets one seed after the other, so that long seeds hold up nobody. */
async function* playedByOthers({ firstSeed, seeds, ...choice }: SeedRange, jobs: number): AsyncGenerator<PlayedSeed> {
  const endSeed = firstSeed + seeds;
  const played = new Map<number, PlayedSeed>();
  let nextSeed = firstSeed;
  let failure: Error | undefined;
  let notify = (): void => undefined;
  const handOut = (player: ChildProcess): void => {
    if (nextSeed < endSeed) player.send({ seed: nextSeed++, choice } satisfies Order);
  };
  const players = Array.from({ length: jobs }, () =>
    fork(fileURLToPath(import.meta.url), [PLAYER], { execArgv: [...process.execArgv, YOUNG_HEAP] }),
  );
  for (const player of players) {
    player.on('message', (message) => {
      const one = message as PlayedSeed;
      played.set(one.result.parameters.seed, one);
      handOut(player);
      notify();
    });
    player.on('exit', (status) => {
      failure ??= new Error(`a process that played seeds ended with status ${status}`);
      notify();
    });
    handOut(player);
  }
  try {
    for (let seed = firstSeed; seed < endSeed; seed++) {
      while (!played.has(seed)) {
        if (failure !== undefined) throw failure;
        await new Promise<void>((resolve) => (notify = resolve));
      }
      yield played.get(seed) as PlayedSeed;
      played.delete(seed);
    }
  } finally {
    for (const player of players) player.kill();
  }
}

/** A good run's last lines interest nobody, and the way between processes is not free. */
async function serve(order: Order): Promise<void> {
  const { result, ...rest } = await timed(order);
  const trace = result.violation === undefined ? [] : result.trace;
  process.send?.({ result: { ...result, trace }, ...rest } satisfies PlayedSeed);
}

// This module is also what a player runs.
if (process.argv[2] === PLAYER && process.send !== undefined) {
  process.on('message', (order) => void serve(order as Order));
}

import { SeededRandom } from '../../../hal-mock/random.ts';
import type { Around, Call } from './calls.ts';
import type { Flow } from './flows.ts';
import { type Death, DEATHS, Stand } from './stand.ts';

/** `during`: a disk operation is torn, a host has the request and the terminal not yet the answer, a device is at work. */
export const MOMENTS = ['before', 'during', 'after'] as const;
type Moment = (typeof MOMENTS)[number];

/** A call of the undisturbed flow, and how long it took. */
interface Point {
  readonly call: Call;
  lastsMs: number;
}

interface Cut {
  readonly at: number;
  readonly moment: Moment;
  readonly death: Death;
}

/** What became of all the runs of one flow. */
export interface MatrixReport {
  readonly flow: string;
  readonly points: number;
  readonly runs: number;
  /** What a disturbed run left wrong, and where it was cut. */
  readonly wrongs: readonly string[];
  /** Records acknowledged in all runs: every one was looked for again. */
  readonly acknowledged: number;
  /** Starts that found a record torn by the power cut, and set it aside. */
  readonly tornTails: number;
  /** Of the undisturbed run. */
  readonly chargedFen: number;
}

/** A terminal just before the flow. */
export async function standBefore(flow: Flow): Promise<Stand> {
  const stand = new Stand(flow);
  if (flow.before === undefined && flow.atPowerOn === true) return stand;
  stand.powerOn();
  await stand.play([]);
  await stand.play(flow.before ?? []);
  return stand;
}

/** How one run is disturbed, and what it is told to break besides, to see that somebody notices. */
export interface Disturbance {
  readonly around: Around;
  readonly sabotage?: Around | undefined;
  readonly mayStick?: boolean;
}

/** Plays the flow in what stands around its calls, and says what is wrong when all has come to rest. */
export async function playThrough(flow: Flow, stand: Stand, disturbance: Disturbance): Promise<string[]> {
  const { around, sabotage, mayStick } = disturbance;
  stand.around =
    sabotage === undefined ? around : (call, work, fail) => around(call, () => sabotage(call, work, fail), fail);
  if (flow.atPowerOn === true) stand.powerOn();
  const ended = await stand.play(flow.hands, mayStick);
  const endedAt = stand.statePath;
  stand.around = (_, work) => work();
  if (!ended) return [`the flow did not end: ${endedAt}`];
  if (!(await stand.rest(flow.wants))) return [`no rest: ${stand.statePath}`];
  const sales = [...(flow.before ?? []), ...flow.hands].filter((hand) => 'enter' in hand);
  return stand.wrongs(sales.length, flow.wants);
}

async function pointsOf(flow: Flow): Promise<{ points: Point[]; wrongs: string[]; chargedFen: number }> {
  const stand = await standBefore(flow);
  const points: Point[] = [];
  const around: Around = async (call, work) => {
    const beganMs = stand.clock.monotonicMs();
    const point: Point = { call, lastsMs: 0 };
    points.push(point);
    try {
      return await work();
    } finally {
      point.lastsMs = stand.clock.monotonicMs() - beganMs;
    }
  };
  const wrongs = await playThrough(flow, stand, { around });
  if (flow.shows !== undefined && !stand.evidence.screens.has(flow.shows)) wrongs.push(`${flow.shows} was never shown`);
  return { points, wrongs, chargedFen: stand.acquirer.netFen() + stand.wallets.netFen() };
}

/** Ends the process at one moment of one call; `reached` is told that the call came, and was the expected one. */
function cutting(stand: Stand, { at, moment, death }: Cut, { call, lastsMs }: Point, reached: () => void): Around {
  let calls = 0;
  return async (called, work) => {
    if (calls++ !== at) return work();
    if (called.port === call.port && called.what === call.what) reached();
    if (moment === 'before') {
      stand.die(death);
      return new Promise(() => undefined);
    }
    if (moment === 'after') return work().finally(() => stand.die(death));
    if (call.port === 'disk') {
      stand.disk.haltAfter(0);
      return work().finally(() => stand.die(death));
    }
    const working = work();
    if (lastsMs === 0) stand.die(death);
    else stand.clock.setTimeout(() => stand.die(death), lastsMs / 2);
    return working;
  };
}

async function runCut(flow: Flow, seed: number, cut: Cut, point: Point, sabotage: Around | undefined) {
  const stand = await standBefore(flow);
  stand.chance = new SeededRandom(seed);
  let isReached = false;
  const around = cutting(stand, cut, point, () => {
    isReached = true;
  });
  const wrongs = await playThrough(flow, stand, { around, sabotage });
  if (!isReached) wrongs.push('the moment never came');
  const where = `${cut.at} ${point.call.port} ${point.call.what}, ${cut.moment}, ${cut.death}`;
  const { acknowledged, tornTails } = stand.evidence;
  return { wrongs: wrongs.map((wrong) => `${where}: ${wrong}`), acknowledged, tornTails };
}

/** Every call × moment × death of a flow. */
function* cutsOf(points: readonly Point[]): Generator<readonly [Cut, Point]> {
  for (const [at, point] of points.entries()) {
    for (const moment of MOMENTS) for (const death of DEATHS) yield [{ at, moment, death }, point];
  }
}

/** Runs a flow once undisturbed, then once for every call × moment × death. */
export async function crashMatrix(flow: Flow, seed = 1, sabotage?: Around): Promise<MatrixReport> {
  const { points, wrongs, chargedFen } = await pointsOf(flow);
  let [runs, acknowledged, tornTails] = [0, 0, 0];
  for (const [cut, point] of cutsOf(points)) {
    // A seed for each run, so that power cuts tear in different places.
    const run = await runCut(flow, seed * 10_007 + runs, cut, point, sabotage);
    runs++;
    acknowledged += run.acknowledged;
    tornTails += run.tornTails;
    wrongs.push(...run.wrongs);
  }
  return { flow: flow.name, points: points.length, runs, wrongs, acknowledged, tornTails, chargedFen };
}

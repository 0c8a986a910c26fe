/** How long the program of a device takes to its first screen and to the one that waits for a sale, beside bare Node in the same run. */
import { once } from 'node:events';
import { join } from 'node:path';
import { Cgroup } from './cgroup.ts';
import { Device, type Program, spawnNode } from './program.ts';
import { READY } from './scenarios.ts';
import type { Slot } from './slot.ts';
import { Stand } from './stand.ts';

const FIRST = 'Starting';
const SMALL_HEAP = /^--(?:optimize-for-size|max-semi-space-size=\d+)$/;

/** Milliseconds of one start. The first screen comes in the moment in which systemd hears READY=1. */
interface Started {
  readonly firstMs: number;
  readonly idleMs: number;
}

async function startDevice(
  stand: Stand,
  program: Program,
  environment: Readonly<Record<string, string>> = {},
  cgroup?: Cgroup,
): Promise<Started> {
  stand.forgetSales();
  const device = await Device.start(program, { args: stand.args, environment, cgroup });
  const [firstAt, idleAt] = [await device.shows(FIRST), await device.shows(READY.en)];
  await device.end();
  return { firstMs: firstAt - device.spawnedMs, idleMs: idleAt - device.spawnedMs };
}

async function startBare(program: Program, flags: readonly string[], cgroup?: Cgroup): Promise<Started> {
  const startedMs = performance.now();
  const args = [...flags, '-e', '0'];
  await once(spawnNode(program, ['ignore', 'ignore', 'inherit'], { args, cgroup }), 'close');
  const tookMs = performance.now() - startedMs;
  return { firstMs: tookMs, idleMs: tookMs };
}

async function inCgroup<Value>(cpuShare: number, use: (cgroup: Cgroup) => Promise<Value>): Promise<Value> {
  const cgroup = Cgroup.open({ cpuShare });
  try {
    return await use(cgroup);
  } finally {
    await cgroup.close();
  }
}

export type StartKind = 'bare' | 'bareWithFlags' | 'device' | 'deviceWithCache' | 'deviceWithLargeHeap';

/** Starts each kind in turn, so that a neighbour's load falls on all of them. */
export async function measureStarts(program: Program, runs: number): Promise<Record<StartKind, Started[]>> {
  const stand = await Stand.open('instant');
  stand.configure({ language: 'en' });
  const cache = { NODE_COMPILE_CACHE: join(stand.folder, 'compile-cache') };
  const { flags } = program;
  const times: Record<StartKind, Started[]> = {
    bare: [],
    bareWithFlags: [],
    device: [],
    deviceWithCache: [],
    deviceWithLargeHeap: [],
  };
  try {
    // Fills the cache: Node writes it when it ends.
    await startDevice(stand, program, cache);
    for (let run = 0; run < runs; run++) {
      times.bare.push(await startBare(program, []));
      times.bareWithFlags.push(await startBare(program, flags));
      times.device.push(await startDevice(stand, program));
      times.deviceWithCache.push(await startDevice(stand, program, cache));
      const others = { ...program, flags: flags.filter((flag) => !SMALL_HEAP.test(flag)) };
      times.deviceWithLargeHeap.push(await startDevice(stand, others));
    }
    return times;
  } finally {
    await stand.close();
  }
}

/** The same with a share of a CPU, out of a slot: what was read before stays in the page cache, as after a restart. */
export async function measureSlowStarts(
  slot: Slot,
  cpuShare: number,
  runs: number,
): Promise<Record<'bare' | 'device', Started[]>> {
  const stand = await Stand.open('instant');
  stand.configure({ language: 'en' });
  const times: Record<'bare' | 'device', Started[]> = { bare: [], device: [] };
  try {
    await slot.mounted(async (program) => {
      await startDevice(stand, program);
      for (let run = 0; run < runs; run++) {
        times.bare.push(await inCgroup(cpuShare, (cgroup) => startBare(program, program.flags, cgroup)));
        times.device.push(await inCgroup(cpuShare, (cgroup) => startDevice(stand, program, {}, cgroup)));
      }
    });
    return times;
  } finally {
    await stand.close();
  }
}

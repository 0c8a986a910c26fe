/**
 * The program of a device as its image holds it, with the flags of its unit, against emulated devices and simulated hosts in
 * another process: start, memory over many sales, and scenarios under limits. `npm run bench -- device [--sales 10000]`; wants
 * root for cgroups and mounts, and `apt-get install socat squashfs-tools binutils`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { type BenchRow, printRows } from './bench-row.ts';
import { buildProgram } from './device/program.ts';
import { restart, type SalesRun, sellMany } from './device/sales.ts';
import { type Played, playUnder } from './device/scenarios.ts';
import { Slot } from './device/slot.ts';
import { measureSlowStarts, measureStarts } from './device/start.ts';
import { Stand } from './device/stand.ts';

const STARTS = 15;
const READY_RATIO_MAX = 2.5;
const CPU_SHARE = 0.1;
const SLOW_STARTS = 3;
const SLOW_READY_MS_MAX = 2_000;
const MEMORY_BYTES = 48 * 1024 * 1024;
const PSS_KIB_MAX = 80 * 1024;
const DIRTY_KIB_MAX = 35 * 1024;
const CURVE = [100, 200, 500, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000, 8_000, 9_000, 10_000] as const;

function atMost(name: string, value: number, unit: string, max?: number): BenchRow {
  const target = max === undefined ? '-' : `<= ${max}`;
  return { name, value, unit, target, met: max === undefined || value <= max };
}

const fastest = (values: readonly number[]): number => Math.round(Math.min(...values));
const median = (values: readonly number[]): number =>
  Math.round(values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN);

type Times = readonly { readonly firstMs: number; readonly idleMs: number }[];

function startRows(name: string, times: Times): BenchRow[] {
  const first = times.map(({ firstMs }) => firstMs);
  return [
    atMost(`start, ${name}, fastest`, fastest(first), 'ms'),
    atMost(`start, ${name}, median`, median(first), 'ms'),
  ];
}

async function benchStarts(folder: string): Promise<BenchRow[]> {
  const times = await measureStarts(await buildProgram(folder), STARTS);
  const of = (each: Times, pick: (values: readonly number[]) => number): number => pick(each.map((t) => t.firstMs));
  const ratio = (pick: (values: readonly number[]) => number): number =>
    Math.round((100 * of(times.device, pick)) / of(times.bare, pick)) / 100;
  return [
    ...startRows('node -e 0', times.bare),
    ...startRows('node -e 0 with the flags of the unit', times.bareWithFlags),
    ...startRows('device, first screen', times.device),
    ...startRows('the same with a warm compile cache', times.deviceWithCache),
    ...startRows('the same without the flags for a small heap', times.deviceWithLargeHeap),
    atMost('start, device, idle screen, median', median(times.device.map(({ idleMs }) => idleMs)), 'ms'),
    atMost('start, first screen / bare Node, medians', ratio(median), '×'),
    atMost('start, first screen / bare Node, fastest', ratio(fastest), '×', READY_RATIO_MAX),
  ];
}

/** What the last half of the sales added, for each thousand. */
function growthKib({ curve }: SalesRun): number {
  const last = curve.at(-1);
  const middle = curve.findLast(({ sales }) => last !== undefined && sales <= last.sales / 2);
  if (last === undefined || middle === undefined) return Number.NaN;
  return Math.round((1000 * (last.privateDirty - middle.privateDirty)) / (last.sales - middle.sales));
}

async function benchMemory(folder: string, sales: number): Promise<BenchRow[]> {
  const stand = await Stand.open('instant');
  try {
    const at = [...CURVE.filter((count) => count < sales), sales];
    const program = await buildProgram(folder);
    const run = await sellMany(stand, program, at);
    const again = await restart(stand, program);
    const last = run.curve.at(-1);
    return [
      ...run.curve.map((each) => atMost(`private dirty after ${each.sales} sales`, each.privateDirty, 'KiB')),
      atMost('growth of it a thousand sales, last half', growthKib(run), 'KiB'),
      atMost(`private dirty after ${sales} sales`, last?.privateDirty ?? Number.NaN, 'KiB', DIRTY_KIB_MAX),
      atMost(`PSS after ${sales} sales`, last?.pss ?? Number.NaN, 'KiB', PSS_KIB_MAX),
      atMost('private dirty after a restart on their journal', again.privateDirty, 'KiB', DIRTY_KIB_MAX),
      atMost('start on their journal, idle screen', Math.round(again.idleMs), 'ms'),
      atMost('a sale with two slips, devices that take no time', Math.round(run.msPerSale), 'ms'),
    ];
  } finally {
    await stand.close();
  }
}

function playedRow(where: string, played: readonly Played[]): BenchRow {
  const passed = played.filter(({ failures }) => failures.length === 0).length;
  const met = passed === played.length;
  return { name: `scenarios that pass ${where}`, value: passed, unit: '', target: `>= ${played.length}`, met };
}

async function benchLimits(folder: string): Promise<BenchRow[]> {
  const slot = await Slot.pack(await buildProgram(folder));
  const { bare, device } = await measureSlowStarts(slot, CPU_SHARE, SLOW_STARTS);
  const [first, idle] = [device.map(({ firstMs }) => firstMs), device.map(({ idleMs }) => idleMs)];
  return [
    playedRow('in a 48 MiB memory cgroup', await playUnder(slot, { memoryBytes: MEMORY_BYTES })),
    playedRow('at 10 % of a CPU', await playUnder(slot, { cpuShare: CPU_SHARE })),
    atMost('start at 10 % of a CPU, node -e 0', fastest(bare.map(({ firstMs }) => firstMs)), 'ms'),
    atMost('start at 10 % of a CPU, first screen', fastest(first), 'ms', SLOW_READY_MS_MAX),
    atMost('start at 10 % of a CPU, idle screen', fastest(idle), 'ms'),
  ];
}

/** Sales take a third of a second each; a thousand of them show whether memory grows. */
export async function benchDevice(sales = 1_000): Promise<BenchRow[]> {
  if (process.getuid?.() !== 0) throw new Error('bench device makes cgroups and mounts a slot: run it as root');
  const folder = mkdtempSync(join(tmpdir(), 'fenqi-bench-program-'));
  try {
    // Each has a runtime of its own: pages that two processes share count half.
    return [
      ...(await benchStarts(join(folder, 'start'))),
      ...(await benchMemory(join(folder, 'memory'), sales)),
      ...(await benchLimits(join(folder, 'limits'))),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.main) printRows(await benchDevice());

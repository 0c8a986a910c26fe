/** Cold start of the built executable against bare Node, in one run. `npm run build && node bench/start.ts` */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { type BenchRow, printRows } from './bench-row.ts';

const EXECUTABLE = fileURLToPath(new URL('../dist/fenqi.js', import.meta.url));
const RUNS = 15;
const RATIO_MAX = 2.5;
/** A start that takes longer has hung. */
const GIVE_UP_MS = 30_000;

/** Titles by which the screens are told apart in the console. */
const FIRST_SCREEN = '正在启动';
const IDLE_SCREEN = '欢迎使用';

/** Milliseconds from the start of a program until each text has appeared in its output; then it is ended. */
function timesUntil(args: readonly string[], texts: readonly string[]): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const startedMs = performance.now();
    const times: number[] = [];
    let output = '';
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const timer = setTimeout(() => child.kill('SIGKILL'), GIVE_UP_MS);
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      for (let next = texts[times.length]; next !== undefined && output.includes(next); next = texts[times.length]) {
        times.push(performance.now() - startedMs);
      }
      if (times.length === texts.length) child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(timer);
      if (texts.length === 0) resolve([performance.now() - startedMs]);
      else if (times.length === texts.length) resolve(times);
      else reject(new Error(`fenqi run ended or hung before it showed ${texts[times.length]}`));
    });
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/**
 * Starts both in turns, so that a neighbour's load falls on both. What counts is the first screen, when terminal,
 * drivers, devices and hosts run: what follows until the idle screen is waiting for devices and for the host, which take
 * their time as real ones do.
 */
export async function benchStart(): Promise<BenchRow[]> {
  if (!existsSync(EXECUTABLE)) throw new Error('build first: npm run build');
  const bare: number[] = [];
  const first: number[] = [];
  const idle: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    bare.push(...(await timesUntil(['-e', '0'], [])));
    const data = mkdtempSync(join(tmpdir(), 'fenqi-bench-'));
    try {
      const [firstMs = Number.NaN, idleMs = Number.NaN] = await timesUntil(
        [EXECUTABLE, 'run', '--data', data],
        [FIRST_SCREEN, IDLE_SCREEN],
      );
      first.push(firstMs);
      idle.push(idleMs);
    } finally {
      rmSync(data, { recursive: true });
    }
  }
  const ratio = Math.round((100 * median(first)) / median(bare)) / 100;
  const shown = (name: string, values: readonly number[]): BenchRow => {
    return { name, value: Math.round(median(values)), unit: 'ms', target: '-', met: true };
  };
  return [
    shown('cold start, node -e 0', bare),
    shown('cold start, fenqi run, first screen', first),
    shown('cold start, fenqi run, idle screen', idle),
    {
      name: 'cold start, first screen / bare Node',
      value: ratio,
      unit: '×',
      target: `<= ${RATIO_MAX}`,
      met: ratio <= RATIO_MAX,
    },
  ];
}

if (import.meta.main) printRows(await benchStart());

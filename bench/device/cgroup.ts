/** A cgroup that limits one process and no other: its memory with page cache, or its share of a CPU. Needs root. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

const ROOT = '/sys/fs/cgroup';
const PERIOD_US = 100_000;
const EMPTY_TRIES = 50;
const EMPTY_PAUSE_MS = 20;

export type Limit = { readonly memoryBytes: number } | { readonly cpuShare: number };

/** What a version of cgroups calls its files. */
interface Names {
  readonly folder: string;
  readonly settings: readonly (readonly [file: string, value: string])[];
  readonly peak: string;
}

function namesV1(limit: Limit, name: string): Names {
  if ('memoryBytes' in limit) {
    return {
      folder: join(ROOT, 'memory', name),
      settings: [['memory.limit_in_bytes', String(limit.memoryBytes)]],
      peak: 'memory.max_usage_in_bytes',
    };
  }
  const quota = String(Math.round(limit.cpuShare * PERIOD_US));
  return {
    folder: join(ROOT, 'cpu', name),
    settings: [
      ['cpu.cfs_period_us', String(PERIOD_US)],
      ['cpu.cfs_quota_us', quota],
    ],
    peak: '',
  };
}

function namesV2(limit: Limit, name: string): Names {
  const folder = join(ROOT, name);
  if (!('memoryBytes' in limit)) {
    return { folder, settings: [['cpu.max', `${Math.round(limit.cpuShare * PERIOD_US)} ${PERIOD_US}`]], peak: '' };
  }
  const settings = [
    ['memory.max', String(limit.memoryBytes)],
    ['memory.swap.max', '0'],
  ] as const;
  return { folder, settings, peak: 'memory.peak' };
}

let made = 0;

/** One cgroup, version 2 where the machine has it whole and version 1 where it has its controllers. */
export class Cgroup {
  readonly #names: Names;

  private constructor(names: Names) {
    this.#names = names;
  }

  static open(limit: Limit): Cgroup {
    const name = `fenqi-bench-${process.pid}-${made++}`;
    const isV2 = existsSync(join(ROOT, 'cgroup.subtree_control'));
    const names = isV2 ? namesV2(limit, name) : namesV1(limit, name);
    if (isV2) writeFileSync(join(ROOT, 'cgroup.subtree_control'), '+cpu +memory');
    mkdirSync(names.folder);
    for (const [file, value] of names.settings) writeFileSync(join(names.folder, file), value);
    return new Cgroup(names);
  }

  /** Files that take in the process whose number is written to them. */
  get doors(): readonly string[] {
    return [join(this.#names.folder, 'cgroup.procs')];
  }

  /** The most memory that was in use, page cache and all. */
  peakBytes(): number {
    return Number(readFileSync(join(this.#names.folder, this.#names.peak), 'utf8'));
  }

  /** Once its process has ended. */
  async close(): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        return rmdirSync(this.#names.folder);
      } catch (error) {
        if (tries === EMPTY_TRIES) throw error;
        await new Promise((resolve) => setTimeout(resolve, EMPTY_PAUSE_MS));
      }
    }
  }
}

/** What the project says about itself: version, lock, commit. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTool } from './tools.ts';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

export interface LockedPackage {
  readonly version: string;
  readonly license?: string;
  readonly integrity?: string;
}

export function readProject(): { readonly name: string; readonly version: string; readonly license: string } {
  return JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as ReturnType<typeof readProject>;
}

/** By path as the lock has it: `node_modules/xstate`. */
export function readLock(): Readonly<Record<string, LockedPackage>> {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, LockedPackage>>;
  };
  return lock.packages;
}

export interface Commit {
  /** Seconds since 1970 of the commit: the only time in an image. */
  readonly epochS: number;
  /** `2026-11-27.2c17ef3`, with `-changed` when the tree is not what the commit says. */
  readonly build: string;
}

/** @throws ImageError outside a checkout: an image without a commit cannot be traced to its sources */
export async function readCommit(): Promise<Commit> {
  const shown = await runTool('git', ['log', '-1', '--format=%ct %h', '--abbrev=12'], { cwd: ROOT });
  const [seconds = '0', hash = ''] = shown.toString('utf8').trim().split(' ');
  const changes = await runTool('git', ['status', '--porcelain', '--untracked-files=no'], { cwd: ROOT });
  const day = new Date(Number(seconds) * 1000).toISOString().slice(0, 10);
  return { epochS: Number(seconds), build: `${day}.${hash}${changes.length > 0 ? '-changed' : ''}` };
}

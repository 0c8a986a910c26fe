/** Debian's packages as one archive, unpacked and not installed: nothing of another architecture has to run here. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import type { TargetName } from '../targets.ts';
import { runTool } from '../tools.ts';
import { DEBIAN_ARCHITECTURES, packagesOf, SUITE } from './packages.ts';

/** Packages of one day stay what they are; another day brings Debian's security updates. */
function cachedName(target: TargetName, day: string): string {
  const list = createHash('sha256').update(packagesOf(target).join(' ')).digest('hex').slice(0, 12);
  return `root-${target}-${day}-${list}.tar`;
}

/**
 * Path of the archive, from the cache when it was made on that day. apt verifies what it fetches by Debian's keys;
 * `FENQI_DEBIAN_MIRROR` names a server that is nearer.
 *
 * @param day as `2026-11-28`
 */
export async function debianBase(target: TargetName, day: string): Promise<string> {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'fenqi');
  const archive = join(cache, cachedName(target, day));
  if (existsSync(archive)) return archive;
  mkdirSync(cache, { recursive: true });
  const part = `${archive}.${process.pid}.part`;
  const mirror = process.env['FENQI_DEBIAN_MIRROR'];
  const what = ['--variant=extract', '--format=tar', `--architectures=${DEBIAN_ARCHITECTURES[target]}`];
  const how = ['--aptopt=APT::Install-Recommends "false"', '--aptopt=Acquire::Languages "none"'];
  try {
    const include = `--include=${packagesOf(target).join(',')}`;
    const from = mirror === undefined ? [] : [mirror];
    await runTool('mmdebstrap', [...what, ...how, include, SUITE, part, ...from]);
    renameSync(part, archive);
  } finally {
    rmSync(part, { force: true });
  }
  return archive;
}

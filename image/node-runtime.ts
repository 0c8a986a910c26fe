/** The runtime of a target: from the installed package or the registry, checked against the lock and the recorded hash. */
import { copyFileSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { integrityOfFile, sha256OfFile } from './hashes.ts';
import { readLock, ROOT } from './project.ts';
import { TARGET_PARTS, type TargetName } from './targets.ts';
import { ImageError, runTool } from './tools.ts';

interface RecordedBinaries {
  readonly version: string;
  /** Of `bin/node` as it comes out of the package. */
  readonly sha256: Readonly<Record<TargetName, string>>;
  /** Libraries inside the runtime, as `process.versions` names them. */
  readonly libraries: Readonly<Record<string, string>>;
}

export function recordedBinaries(): RecordedBinaries {
  return JSON.parse(readFileSync(new URL('./node-binaries.json', import.meta.url), 'utf8')) as RecordedBinaries;
}

/**
 * Path of the target's `node` as published, checked.
 *
 * @throws ImageError when the package or the binary is not the one that the project has recorded
 */
export async function findNode(target: TargetName): Promise<string> {
  const { version, sha256 } = recordedBinaries();
  const name = TARGET_PARTS[target].nodePackage;
  const installed = join(ROOT, 'node_modules', name, 'bin/node');
  const node = existsSync(installed) ? installed : await cachedNode(name, version);
  const found = await sha256OfFile(node);
  if (found !== sha256[target]) {
    throw new ImageError(`${name}@${version}: bin/node has SHA-256 ${found}, recorded is ${sha256[target]}`);
  }
  return node;
}

/** npm installs the runtime of its own machine only; that of another architecture is packed into the cache. */
async function cachedNode(name: string, version: string): Promise<string> {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'fenqi');
  const folder = join(cache, `${name}-${version}`);
  const node = join(folder, 'package/bin/node');
  if (existsSync(node)) return node;
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'packing-'));
  try {
    await runTool('npm', ['pack', `${name}@${version}`, '--loglevel=error', '--pack-destination', work], { cwd: work });
    const [tarball = ''] = globSync('*.tgz', { cwd: work });
    const expected = readLock()[`node_modules/${name}`]?.integrity;
    const found = await integrityOfFile(join(work, tarball));
    if (found !== expected)
      throw new ImageError(`${name}@${version}: the registry gave ${found}, locked is ${expected}`);
    await runTool('tar', ['-xzf', tarball, 'package/bin/node', 'package/LICENSE'], { cwd: work });
    rmSync(join(work, tarball));
    rmSync(folder, { recursive: true, force: true });
    renameSync(work, folder);
    return node;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Copies the runtime without its symbols, which are a seventh of it. */
export async function stripNode(target: TargetName, node: string, to: string): Promise<void> {
  copyFileSync(node, to);
  await runTool(TARGET_PARTS[target].strip, [to]);
}

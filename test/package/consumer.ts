import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute path of the project's top folder. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What an installation of the package finds beside it: its dependencies, and the types of Node. */
const INSTALLED_BESIDE = ['@serialport', '@types', 'debug', 'ms', 'node-gyp-build', 'undici-types'];

/** Runs a program of this Node and returns what it printed; throws when it fails. */
export function run(cwd: string, ...args: readonly string[]): string {
  return execFileSync(process.execPath, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** A person's project with the packed package in its `node_modules`, and the built files it was packed from. */
export interface Consumer {
  readonly folder: string;
  readonly dist: string;
  readonly tarball: string;
  /** Paths in the tarball, without `package/`. */
  readonly packed: readonly string[];
  remove(): void;
}

/** Builds, packs and installs, without a registry. */
export function installPackage(): Consumer {
  const folder = mkdtempSync(join(tmpdir(), 'fenqi-consumer-'));
  const dist = join(folder, 'built');
  const tarball = run(ROOT, 'apps/build.ts', '--out', dist, '--pack', folder).trim();
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  const listing = execFileSync('tar', ['-xzvf', tarball, '-C', modules], { encoding: 'utf8' });
  cpSync(join(modules, 'package'), join(modules, 'fenqi-pos'), { recursive: true });
  rmSync(join(modules, 'package'), { recursive: true });
  for (const name of INSTALLED_BESIDE) symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  cpSync(join(ROOT, 'docs/examples'), join(folder, 'examples'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', private: true }));
  return {
    folder,
    dist,
    tarball,
    packed: listing
      .split('\n')
      .filter((path) => path !== '' && !path.endsWith('/'))
      .map((path) => path.replace(/^package\//, '')),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** The first files of a boot: find the disk, mount the root, go there. Small, because a device waits for it. */
import { chmodSync, copyFileSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { ImageError, runTool } from '../tools.ts';
import { INITRD_MODULES } from './packages.ts';

export interface InitrdRequest {
  /** Folder with the root's files, `usr/lib/modules/VERSION` after depmod. */
  readonly root: string;
  readonly kernelVersion: string;
  readonly busybox: string;
  /** An empty folder to work in. */
  readonly work: string;
}

/** Returns the archive as the kernel reads it. */
export async function makeInitrd({ root, kernelVersion, busybox, work }: InitrdRequest): Promise<Buffer> {
  for (const folder of ['bin', 'dev', 'proc', 'sys', 'root']) mkdirSync(join(work, folder));
  copyFileSync(busybox, join(work, 'bin/busybox'));
  copyFileSync(new URL('./init', import.meta.url), join(work, 'init'));
  chmodSync(join(work, 'init'), 0o755);
  chmodSync(join(work, 'bin/busybox'), 0o755);
  const modules = join('lib/modules', kernelVersion);
  const from = join(root, 'usr', modules);
  for (const path of withDependencies(from)) {
    const to = join(work, modules, path);
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(join(from, path), to);
  }
  for (const name of ['modules.builtin', 'modules.order']) {
    writeFileSync(join(work, modules, name), readFileSync(join(from, name)));
  }
  await runTool('depmod', ['-b', work, kernelVersion]);
  const paths = ['.', ...globSync('**/*', { cwd: work })].toSorted();
  await runTool('touch', ['-h', '-d', '@0', ...paths], { cwd: work });
  const packed = await runTool('cpio', ['-o', '-H', 'newc', '--reproducible', '--quiet', '-R', '0:0'], {
    cwd: work,
    input: `${paths.join('\n')}\n`,
  });
  return zstdCompressSync(packed);
}

/** Paths of the initrd's modules and of what they need, below the folder of the modules. */
function withDependencies(modules: string): ReadonlySet<string> {
  const needs = new Map(
    readFileSync(join(modules, 'modules.dep'), 'utf8')
      .trim()
      .split('\n')
      .map((line): [string, string[]] => {
        const [path = '', needed = ''] = line.split(':');
        return [path, needed.split(' ').filter((name) => name !== '')];
      }),
  );
  // The kernel of one architecture has drivers that the other has not.
  const wanted = INITRD_MODULES.flatMap((pattern) =>
    globSync(`kernel/${pattern}.ko*`, { cwd: modules }).filter((path) => needs.has(path)),
  );
  if (!wanted.some((path) => basename(path).startsWith('squashfs'))) {
    throw new ImageError('the kernel has no module for squashfs');
  }
  return new Set(wanted.flatMap((path) => [path, ...(needs.get(path) ?? [])]));
}

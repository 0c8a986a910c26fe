/** A program in a slot as a device has it: a read-only squashfs on a block device, nothing of it in the page cache. Needs root. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { packSquashfs } from '../../image/squashfs.ts';
import { programIn, type Program } from './program.ts';

/** What Linux reads ahead on eMMC and on SD cards. Disks of a server have up to 8 MiB, which alone would fill a small cgroup. */
const READ_AHEAD_KIB = 128;

function tool(name: string, ...args: readonly string[]): string {
  return execFileSync(name, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
}

export class Slot {
  readonly #image: string;
  readonly #mountPoint: string;
  readonly #program: Program;

  private constructor(image: string, mountPoint: string, program: Program) {
    this.#image = image;
    this.#mountPoint = mountPoint;
    this.#program = program;
  }

  /** Packs the folder in which the program lies. */
  static async pack(program: Program): Promise<Slot> {
    const folder = dirname(program.node);
    const [image, mountPoint] = [`${folder}.squashfs`, `${folder}.mounted`];
    await packSquashfs(folder, image, 0, ['node']);
    mkdirSync(mountPoint);
    return new Slot(image, mountPoint, program);
  }

  /** Mounts it for one use: pages that are read now are charged to whoever reads them. */
  async mounted<Value>(use: (program: Program) => Promise<Value>): Promise<Value> {
    const device = tool('losetup', '--read-only', '--find', '--show', this.#image);
    try {
      writeFileSync(join('/sys/block', basename(device), 'queue/read_ahead_kb'), String(READ_AHEAD_KIB));
      tool('mount', '-t', 'squashfs', '-o', 'ro', device, this.#mountPoint);
      try {
        return await use(programIn(this.#mountPoint, this.#program));
      } finally {
        tool('umount', this.#mountPoint);
      }
    } finally {
      tool('losetup', '--detach', device);
    }
  }
}

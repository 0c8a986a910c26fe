/** Kernel, initrd and command line of a flashed disk, for a machine that starts them itself: quicker than its firmware. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTool } from '../../image/tools.ts';

export interface BootFiles {
  readonly kernel: string;
  readonly initrd: string;
  /** As the boot loader would say it. */
  readonly options: string;
}

interface SfdiskAnswer {
  readonly partitiontable: {
    readonly sectorsize: number;
    readonly partitions: readonly { name: string; start: number }[];
  };
}

/** Reads them out of the disk's `esp` partition into `folder`. */
export async function readBootFiles(disk: string, folder: string): Promise<BootFiles> {
  const { partitiontable: table } = JSON.parse((await runTool('sfdisk', ['--json', disk])).toString()) as SfdiskAnswer;
  const esp = table.partitions.find(({ name }) => name === 'esp');
  const at = `${disk}@@${(esp?.start ?? 0) * table.sectorsize}`;
  const read = (path: string): Promise<Buffer> => runTool('mtype', ['-i', at, `::${path}`]);
  const entry = (await read('/loader/entries/fenqi.conf')).toString();
  const files = { kernel: join(folder, 'vmlinuz'), initrd: join(folder, 'initrd.img') };
  const kernel = await read('/vmlinuz');
  writeFileSync(files.kernel, unpackedKernel(kernel) ?? kernel);
  writeFileSync(files.initrd, await read('/initrd.img'));
  return { ...files, options: /^options (.*)$/m.exec(entry)?.[1] ?? '' };
}

/** Offsets in the header of an x86 kernel, from Linux's `Documentation/arch/x86/boot.rst`. */
const HEADER = { setupSectors: 0x1f1, magic: 0x202, payloadOffset: 0x248, payloadLength: 0x24c };
const SECTOR_BYTES = 512;
const XZ_MAGIC = 'fd377a585a00';
/** Behind the payload stands its size unpacked. */
const SIZE_BYTES = 4;
const UNPACKED_BYTES_MAX = 256 * 1024 * 1024;

/**
 * The kernel without the wrapper that unpacks it: an emulated processor takes 3 s for that at its first start and up to
 * minutes at a restart, where memory holds the code of the kernel before. Undefined for one that is not packed by `xz`,
 * and without that program.
 */
function unpackedKernel(kernel: Buffer): Buffer | undefined {
  if (kernel.toString('latin1', HEADER.magic, HEADER.magic + 4) !== 'HdrS') return undefined;
  const start = ((kernel[HEADER.setupSectors] ?? 0) + 1) * SECTOR_BYTES + kernel.readUInt32LE(HEADER.payloadOffset);
  const end = start + kernel.readUInt32LE(HEADER.payloadLength) - SIZE_BYTES;
  if (kernel.toString('hex', start, start + XZ_MAGIC.length / 2) !== XZ_MAGIC) return undefined;
  const input = kernel.subarray(start, end);
  const { status, stdout } = spawnSync('xz', ['--decompress', '--stdout'], { input, maxBuffer: UNPACKED_BYTES_MAX });
  return status === 0 ? stdout : undefined;
}

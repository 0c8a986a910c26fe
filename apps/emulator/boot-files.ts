/** Kernel, initrd and command line of a flashed disk, for a machine that starts them itself: quicker than its firmware. */
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
  writeFileSync(files.kernel, await read('/vmlinuz'));
  writeFileSync(files.initrd, await read('/initrd.img'));
  return { ...files, options: /^options (.*)$/m.exec(entry)?.[1] ?? '' };
}

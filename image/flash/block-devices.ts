/** What the kernel says about disks and who uses them, read from /proc and /sys. */
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Where /proc and /sys are found; another folder in tests. */
export interface Kernel {
  readonly proc: string;
  readonly sys: string;
}

export const THIS_KERNEL: Kernel = { proc: '/proc', sys: '/sys' };

export interface BlockDevice {
  /** Of the kernel: `sdb`, `mmcblk0`. */
  readonly name: string;
  readonly bytes: number;
  readonly isReadOnly: boolean;
  readonly isRemovable: boolean;
  /** Maker and model, or the file behind a loop device. */
  readonly model: string;
  /** The disk that this is a partition of. */
  readonly partOf?: string;
  readonly partitions: readonly { readonly name: string; readonly bytes: number; readonly label: string }[];
  /** Devices that this one is put together of, as with RAID and LVM. */
  readonly madeOf: readonly string[];
}

export interface Mount {
  readonly mountPoint: string;
  /** Name of the block device, or empty. */
  readonly device: string;
}

/** How something of a disk is in use. `by` is the device that is: the disk, a partition, or what lies on top of one. */
export type Use =
  | { readonly kind: 'mounted'; readonly by: string; readonly mountPoint: string }
  | { readonly kind: 'swap'; readonly by: string }
  | { readonly kind: 'held'; readonly by: string; readonly holder: string };

/** The kernel's sizes are in these, whatever the sectors of the disk. */
const SIZE_UNIT = 512;

const folderOf = (kernel: Kernel, name: string): string => join(kernel.sys, 'class/block', name);

function text(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    // Attributes come and go with the kind of device.
    return '';
  }
}

const entries = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder).toSorted() : []);

/** Name of the device with a number such as `8:16`. */
export function deviceNumbered(kernel: Kernel, number: string): string | undefined {
  return entries(join(kernel.sys, 'class/block')).find((name) => text(join(folderOf(kernel, name), 'dev')) === number);
}

const bytesOf = (folder: string): number => Number(text(join(folder, 'size'))) * SIZE_UNIT;

function partitionsOf(kernel: Kernel, name: string): string[] {
  const folder = folderOf(kernel, name);
  return entries(folder).filter((entry) => existsSync(join(folder, entry, 'partition')));
}

export function readBlockDevice(kernel: Kernel, name: string): BlockDevice {
  const folder = folderOf(kernel, name);
  const isPartition = existsSync(join(folder, 'partition'));
  const file = text(join(folder, 'loop/backing_file'));
  const model = `${text(join(folder, 'device/vendor'))} ${text(join(folder, 'device/model'))}`.trim();
  return {
    name,
    bytes: bytesOf(folder),
    isReadOnly: text(join(folder, 'ro')) === '1',
    isRemovable: text(join(folder, 'removable')) === '1',
    model: file === '' ? model || text(join(folder, 'device/name')) : file,
    ...(isPartition ? { partOf: basename(dirname(realpathSync(folder))) } : {}),
    partitions: partitionsOf(kernel, name).map((part) => ({
      name: part,
      bytes: bytesOf(join(folder, part)),
      label: /^PARTNAME=(.*)$/m.exec(text(join(folder, part, 'uevent')))?.[1] ?? '',
    })),
    madeOf: entries(join(folder, 'slaves')),
  };
}

/** The kernel writes blanks and the like in paths as `\040`. */
const unescaped = (path: string): string =>
  path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCodePoint(Number.parseInt(octal, 8)));

/** `/dev/disk/by-uuid/…` → `sda1`. */
function nameOfPath(path: string): string {
  if (!path.startsWith('/dev/')) return '';
  try {
    return basename(realpathSync(path));
  } catch {
    return basename(path);
  }
}

/** Every mount, with the name of its device; Btrfs has numbers of its own, so the path counts where the number is nobody's. */
export function readMounts(kernel: Kernel): readonly Mount[] {
  const lines = text(join(kernel.proc, 'self/mountinfo')).split('\n');
  const byNumber = new Map(
    entries(join(kernel.sys, 'class/block')).map((name) => [text(join(folderOf(kernel, name), 'dev')), name]),
  );
  return lines.flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const [, , number = '', , mountPoint] = before.split(' ');
    const [, source = ''] = after.split(' ');
    if (mountPoint === undefined) return [];
    return [{ mountPoint: unescaped(mountPoint), device: byNumber.get(number) ?? nameOfPath(unescaped(source)) }];
  });
}

function readSwaps(kernel: Kernel): ReadonlySet<string> {
  const [, ...lines] = text(join(kernel.proc, 'swaps')).split('\n');
  return new Set(lines.map((line) => nameOfPath(unescaped(line.split(/\s/)[0] ?? ''))));
}

/** All uses of a disk, of its partitions, and of whatever is built on them. */
export function usesOf(kernel: Kernel, disk: string): readonly Use[] {
  const mounts = readMounts(kernel);
  const swaps = readSwaps(kernel);
  const uses: Use[] = [];
  const seen = new Set<string>();
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const { mountPoint, device } of mounts) {
      if (device === name) uses.push({ kind: 'mounted', by: name, mountPoint });
    }
    if (swaps.has(name)) uses.push({ kind: 'swap', by: name });
    for (const holder of entries(join(folderOf(kernel, name), 'holders'))) {
      uses.push({ kind: 'held', by: name, holder });
      visit(holder);
    }
    for (const part of partitionsOf(kernel, name)) visit(part);
  };
  visit(disk);
  return uses;
}

/** The loop device that shows this file as a disk, if there is one. */
export function loopOf(kernel: Kernel, file: string): string | undefined {
  return entries(join(kernel.sys, 'class/block')).find(
    (name) => text(join(folderOf(kernel, name), 'loop/backing_file')) === file,
  );
}

/** What lies where on the disk of a device. One table; everything else is computed from it. */
import { FlashError, sizeText } from './flash-error.ts';

export const MIB = 2 ** 20;

export type PartitionName = 'esp' | 'root' | 'slotstate' | 'app_a' | 'app_b' | 'data';

interface Row {
  /** Also the PARTLABEL, by which boot loader, udev and `bootsel` find it. */
  readonly name: PartitionName;
  /** `rest` is what the others leave. */
  readonly mib: number | 'rest';
  readonly type: string;
  readonly about: string;
}

/** From the UEFI specification, table 5.7, and the kernel's documentation of GPT types. */
const EFI_SYSTEM = 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B';
const LINUX_DATA = '0FC63DAF-8483-4772-8E79-3D69D8477DE4';

export const TABLE: readonly Row[] = [
  { name: 'esp', mib: 96, type: EFI_SYSTEM, about: 'FAT32: systemd-boot, kernel, initrd' },
  { name: 'root', mib: 448, type: LINUX_DATA, about: 'squashfs: Debian, read-only' },
  { name: 'slotstate', mib: 1, type: LINUX_DATA, about: 'which slot runs' },
  { name: 'app_a', mib: 64, type: LINUX_DATA, about: 'squashfs: the terminal' },
  { name: 'app_b', mib: 64, type: LINUX_DATA, about: 'squashfs: the terminal, as a spare' },
  { name: 'data', mib: 'rest', type: LINUX_DATA, about: 'ext4: journal, keys, configuration' },
];

/** Partitions begin and end at whole MiB: blocks of every flash divide it. The table itself needs one at either end. */
const TABLE_MIB = 1;
/** Below 128 MiB ext4 has no second superblock, and `check-data` nothing to repair the first one with. */
export const DATA_MIB_MIN = 192;

export interface Partition {
  readonly name: PartitionName;
  readonly type: string;
  readonly about: string;
  readonly offset: number;
  readonly bytes: number;
}

/** Bytes that a disk needs at least. */
export function diskBytesMin(rootMib: number): number {
  const fixed = TABLE.reduce((sum, row) => sum + mibOf(row, rootMib, DATA_MIB_MIN), 0);
  return (fixed + 2 * TABLE_MIB) * MIB;
}

function mibOf({ name, mib }: Row, rootMib: number, restMib: number): number {
  if (mib === 'rest') return restMib;
  return name === 'root' ? rootMib : mib;
}

/** Places of all partitions on a disk of that size. */
export function layoutOf(target: string, diskBytes: number, rootMib: number): readonly Partition[] {
  const needed = diskBytesMin(rootMib);
  if (diskBytes < needed) {
    const [need, has] = [sizeText(needed), sizeText(diskBytes)];
    throw new FlashError(
      `${target} is too small: it has ${has} and ${need} are needed; take a larger one`,
      `${target} 太小：只有 ${has}，至少需要 ${need}；请换更大的介质`,
    );
  }
  const restMib = Math.floor((diskBytes - needed) / MIB) + DATA_MIB_MIN;
  let at = TABLE_MIB;
  return TABLE.map((row) => {
    const mib = mibOf(row, rootMib, restMib);
    const offset = at * MIB;
    at += mib;
    return { name: row.name, type: row.type, about: row.about, offset, bytes: mib * MIB };
  });
}

export function partitionNamed(layout: readonly Partition[], name: PartitionName): Partition {
  const found = layout.find((partition) => partition.name === name);
  if (found === undefined) throw new Error(`no partition ${name}`);
  return found;
}

/** The table as `sfdisk` reads it. */
export function sfdiskScript(layout: readonly Partition[]): string {
  const lines = layout.map(
    ({ name, type, offset, bytes }) => `start=${offset / MIB}MiB, size=${bytes / MIB}MiB, type=${type}, name=${name}`,
  );
  return `label: gpt\n${lines.join('\n')}\n`;
}

interface SfdiskAnswer {
  readonly partitiontable: {
    readonly label: string;
    readonly sectorsize?: number;
    readonly partitions?: readonly {
      readonly name?: string;
      readonly type: string;
      readonly start: number;
      readonly size: number;
    }[];
  };
}

/** Whether what `sfdisk --json` says is that table, and nothing besides. */
export function isLayout(answer: string, layout: readonly Partition[]): boolean {
  const { label, sectorsize = 512, partitions = [] } = (JSON.parse(answer) as SfdiskAnswer).partitiontable;
  const found = partitions.map(
    ({ name, type, start, size }) => `${name} ${type} ${start * sectorsize} ${size * sectorsize}`,
  );
  const wanted = layout.map(({ name, type, offset, bytes }) => `${name} ${type} ${offset} ${bytes}`);
  return label === 'gpt' && found.join('\n') === wanted.join('\n');
}

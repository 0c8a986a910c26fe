/** Whether something may be overwritten. Every rule here keeps somebody's data. */
import { existsSync, realpathSync, statfsSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import {
  type BlockDevice,
  deviceNumbered,
  type Kernel,
  loopOf,
  readBlockDevice,
  THIS_KERNEL,
  type Use,
  usesOf,
} from './block-devices.ts';
import { FlashError, sizeText } from './flash-error.ts';

export type Target =
  | { readonly kind: 'disk'; readonly path: string; readonly bytes: number; readonly device: BlockDevice }
  | { readonly kind: 'file'; readonly path: string; readonly bytes: number; readonly exists: boolean };

/** A file system of the running machine. Who mounts a disk there means it. */
const SYSTEM_FOLDERS = /^\/(?:$|(?:usr|boot|efi|etc|var|home|nix|ostree|sysroot)(?:\/|$))/;

/** Of a new file. */
const FILE_BYTES = 2 * 2 ** 30;

/** The block device or file, once it is certain that nobody uses it. */
export function checkTarget(path: string, sizeBytes: number | undefined, kernel: Kernel = THIS_KERNEL): Target {
  if (!existsSync(path)) return newFile(path, sizeBytes);
  const real = realpathSync(path);
  const found = statSync(real);
  if (found.isFile()) {
    const loop = loopOf(kernel, real);
    if (loop !== undefined) {
      throw new FlashError(
        `${path} is in use as /dev/${loop}: losetup --detach /dev/${loop}`,
        `${path} 正作为 /dev/${loop} 使用：请先 losetup --detach /dev/${loop}`,
      );
    }
    return { kind: 'file', path: real, bytes: sizeBytes ?? found.size, exists: true };
  }
  if (!found.isBlockDevice()) {
    throw new FlashError(
      `${path} is neither a block device nor a file: name a whole disk as /dev/sdb, or a file`,
      `${path} 既不是块设备也不是文件：请写整块磁盘（如 /dev/sdb）或文件`,
    );
  }
  if (sizeBytes !== undefined) {
    throw new FlashError('--size is for files: a disk has its own', '--size 只用于文件：磁盘有自己的容量');
  }
  const name = deviceNumbered(kernel, numberText(found.rdev));
  if (name === undefined) {
    throw new FlashError(
      `${path} is not known to the kernel (/sys/class/block): plug it in again`,
      `内核中没有 ${path}（/sys/class/block）：请重新插入`,
    );
  }
  const device = checkDisk(kernel, name);
  return { kind: 'disk', path: real, bytes: device.bytes, device };
}

/** `8:16` of the number that stat(2) gives, as the C library of Linux takes it apart. */
function numberText(rdev: number): string {
  const number = BigInt(rdev);
  const major = ((number >> 8n) & 0xfffn) | ((number >> 32n) & 0xfffff000n);
  const minor = (number & 0xffn) | ((number >> 12n) & 0xffffff00n);
  return `${major}:${minor}`;
}

function newFile(path: string, sizeBytes: number | undefined): Target {
  const full = resolve(path);
  const folder = dirname(full);
  if (full.startsWith('/dev/')) {
    throw new FlashError(
      `there is no ${path}: is it plugged in? lsblk lists disks`,
      `没有 ${path}：插好了吗？用 lsblk 查看`,
    );
  }
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new FlashError(`there is no folder ${folder}: make it first`, `没有文件夹 ${folder}：请先创建`);
  }
  return {
    kind: 'file',
    path: join(realpathSync(folder), basename(full)),
    bytes: sizeBytes ?? FILE_BYTES,
    exists: false,
  };
}

/** The rules for disks. */
export function checkDisk(kernel: Kernel, name: string): BlockDevice {
  const device = readBlockDevice(kernel, name);
  const path = `/dev/${name}`;
  if (device.partOf !== undefined) {
    throw new FlashError(
      `${path} is a partition: name the whole disk, /dev/${device.partOf}`,
      `${path} 是分区：请写整块磁盘 /dev/${device.partOf}`,
    );
  }
  const uses = usesOf(kernel, name);
  const system = uses.find((use) => use.kind === 'mounted' && SYSTEM_FOLDERS.test(use.mountPoint));
  if (system !== undefined && system.kind === 'mounted') {
    throw new FlashError(
      `${path} is the disk that this machine runs from (${system.mountPoint} is on ${system.by}): name another one`,
      `${path} 是本机的系统盘（${system.mountPoint} 在 ${system.by} 上）：请换另一块磁盘`,
    );
  }
  const [use] = uses.toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  if (use !== undefined) throw inUse(path, use);
  if (device.madeOf.length > 0) {
    const parts = device.madeOf.join(', ');
    throw new FlashError(
      `${path} is put together of ${parts}: name a plain disk`,
      `${path} 由 ${parts} 组成：请写普通磁盘`,
    );
  }
  if (device.isReadOnly) {
    throw new FlashError(
      `${path} is read-only: a card has a switch at its side`,
      `${path} 是只读的：存储卡侧面有写保护开关`,
    );
  }
  return device;
}

/** A mount that a person can undo says more than the device under it. */
const ORDER: readonly Use['kind'][] = ['mounted', 'swap', 'held'];

function inUse(path: string, use: Use): FlashError {
  switch (use.kind) {
    case 'mounted':
      return new FlashError(
        `${path} is in use: ${use.by} is mounted at ${use.mountPoint}; umount it first`,
        `${path} 正在使用：${use.by} 挂载在 ${use.mountPoint}；请先 umount`,
      );
    case 'swap':
      return new FlashError(
        `${path} is in use: ${use.by} is swap space; swapoff /dev/${use.by} first`,
        `${path} 正在使用：${use.by} 是交换空间；请先 swapoff /dev/${use.by}`,
      );
    case 'held':
      return new FlashError(
        `${path} is in use: ${use.holder} is built on ${use.by}; stop it first (dmsetup, mdadm, losetup)`,
        `${path} 正在使用：${use.holder} 建在 ${use.by} 上；请先停用（dmsetup、mdadm、losetup）`,
      );
  }
}

/** A sparse file takes what is written; whether the folder has that much. */
export function checkRoom(target: Target, bytes: number): void {
  if (target.kind === 'disk') return;
  const { bavail, bsize } = statfsSync(dirname(target.path));
  const held = target.exists ? statSync(target.path).blocks * 512 : 0;
  const free = bavail * bsize + held;
  if (free >= bytes) return;
  throw new FlashError(
    `${dirname(target.path)} has ${sizeText(free)} left and ${sizeText(bytes)} are needed: make room`,
    `${dirname(target.path)} 只剩 ${sizeText(free)}，需要 ${sizeText(bytes)}：请腾出空间`,
  );
}

/** What lies on the target now, a line each, for the person who is asked. */
export function describeTarget(target: Target): readonly string[] {
  if (target.kind === 'file') {
    const state = target.exists ? 'a file that is there already / 已有文件' : 'a new file / 新文件';
    return [`${target.path}: ${state}, ${sizeText(target.bytes)}`];
  }
  const { model, isRemovable, partitions } = target.device;
  const kind = isRemovable ? 'removable / 可移动' : 'fixed / 固定';
  const named = model === '' ? 'unknown model / 未知型号' : model;
  return [
    `${target.path}: ${named}, ${sizeText(target.bytes)}, ${kind}`,
    ...partitions.map(({ name, bytes, label }) => `  ${name}  ${sizeText(bytes)}  ${label}`.trimEnd()),
  ];
}

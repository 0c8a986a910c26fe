import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Kernel } from '../../../image/flash/block-devices.ts';
import { checkDisk, checkTarget, describeTarget } from '../../../image/flash/target.ts';

/** A made-up /proc and /sys. */
class Machine implements Kernel {
  readonly folder = mkdtempSync(join(tmpdir(), 'fenqi-kernel-'));
  readonly proc = join(this.folder, 'proc');
  readonly sys = join(this.folder, 'sys');
  #mounts = '21 26 0:20 / /proc rw,relatime - proc proc rw\n';
  #swaps = 'Filename\tType\tSize\tUsed\tPriority\n';

  constructor() {
    this.disk('sda', '8:0');
    this.partition('sda', 'sda1', '8:1');
    this.partition('sda', 'sda2', '8:2', 'backups of mother');
    this.#write();
  }

  put(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), `${text}\n`);
  }

  device(path: string, number: string, bytes = 4e9): void {
    const name = path.split('/').at(-1) ?? '';
    this.put(`sys/devices/${path}/dev`, number);
    this.put(`sys/devices/${path}/size`, String(bytes / 512));
    this.put(`sys/devices/${path}/ro`, '0');
    mkdirSync(join(this.sys, 'class/block'), { recursive: true });
    symlinkSync(`../../devices/${path}`, join(this.sys, 'class/block', name));
  }

  disk(name: string, number: string): void {
    this.device(name, number);
    this.put(`sys/devices/${name}/removable`, '1');
    this.put(`sys/devices/${name}/device/vendor`, 'ACME   ');
    this.put(`sys/devices/${name}/device/model`, 'Card Reader');
  }

  partition(disk: string, name: string, number: string, label = ''): void {
    this.device(`${disk}/${name}`, number, 1e9);
    this.put(`sys/devices/${disk}/${name}/partition`, '1');
    this.put(`sys/devices/${disk}/${name}/uevent`, `DEVNAME=${name}\nPARTNAME=${label}`);
  }

  /** One device on top of another. */
  stack(above: string, number: string, below: string, belowPath: string): void {
    this.device(above, number);
    this.put(`sys/devices/${belowPath}/holders/${above}/x`, '');
    this.put(`sys/devices/${above}/slaves/${below}/x`, '');
  }

  mount(number: string, mountPoint: string, source = '/dev/root', type = 'ext4'): void {
    this.#mounts += `30 26 ${number} / ${mountPoint} rw,noatime shared:1 - ${type} ${source} rw\n`;
    this.#write();
  }

  swap(path: string): void {
    this.#swaps += `${path}  partition\t1000\t0\t-2\n`;
    this.#write();
  }

  #write(): void {
    this.put('proc/self/mountinfo', this.#mounts.trimEnd());
    this.put('proc/swaps', this.#swaps.trimEnd());
  }
}

let machine: Machine;
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => rmSync(machine.folder, { recursive: true }));

const refusal = (name: string): string => {
  try {
    checkDisk(machine, name);
    return 'taken';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('a disk', () => {
  it('that nobody uses is taken, and the person who is asked sees what it is', () => {
    const device = checkDisk(machine, 'sda');
    const shown = describeTarget({ kind: 'disk', path: '/dev/sda', bytes: device.bytes, device }).join('\n');
    expect(shown).toContain('/dev/sda: ACME Card Reader, 3.7 GiB, removable');
    expect(shown).toContain('sda2  953.7 MiB  backups of mother');
  });

  it.each<[string, (of: Machine) => void, RegExp]>([
    ['a partition mounted', (of) => of.mount('8:2', '/media/card'), /sda2 is mounted at \/media\/card; umount.*挂载在/],
    [
      'a partition mounted where the name has a blank',
      (of) => of.mount('8:2', String.raw`/media/my\040card`),
      /mounted at \/media\/my card/,
    ],
    ['the disk itself mounted', (of) => of.mount('8:0', '/media/card'), /sda is mounted at/],
    ['swap on it', (of) => of.swap('/dev/sda1'), /sda1 is swap space; swapoff \/dev\/sda1.*交换空间/],
    ['RAID on it', (of) => of.stack('md0', '9:0', 'sda1', 'sda/sda1'), /md0 is built on sda1; stop it.*建在/],
    ['LVM on the whole of it', (of) => of.stack('dm-0', '254:0', 'sda', 'sda'), /dm-0 is built on sda/],
    [
      'the root of the machine',
      (of) => of.mount('8:2', '/'),
      /disk that this machine runs from \(\/ is on sda2\).*系统盘/,
    ],
    ['/boot/efi', (of) => of.mount('8:1', '/boot/efi'), /runs from \(\/boot\/efi is on sda1\)/],
    ['/usr', (of) => of.mount('8:1', '/usr'), /runs from/],
    ['/home', (of) => of.mount('8:1', '/home'), /runs from/],
    [
      'the root on Btrfs, which has numbers of its own',
      (of) => of.mount('0:31', '/', '/dev/sda2', 'btrfs'),
      /runs from \(\/ is on sda2\)/,
    ],
    [
      'the root in an encrypted volume',
      (of) => {
        of.stack('dm-0', '254:0', 'sda2', 'sda/sda2');
        of.mount('254:0', '/');
      },
      /runs from \(\/ is on dm-0\)/,
    ],
    ['a write protection', (of) => of.put('sys/devices/sda/ro', '1'), /read-only.*只读/],
  ])('with %s is refused', (_what, prepare, why) => {
    prepare(machine);
    expect(refusal('sda')).toMatch(why);
  });

  it('that is a part of one is refused with the name of the whole', () => {
    expect(refusal('sda2')).toMatch(/\/dev\/sda2 is a partition: name the whole disk, \/dev\/sda .*分区/);
  });

  it('that is put together of others is refused', () => {
    machine.stack('md0', '9:0', 'sda1', 'sda/sda1');
    expect(refusal('md0')).toMatch(/put together of sda1/);
  });

  it('is not refused for what another one does', () => {
    machine.disk('sdb', '8:16');
    machine.partition('sdb', 'sdb1', '8:17');
    machine.mount('8:17', '/');
    machine.swap('/dev/sdb1');
    expect(refusal('sda')).toBe('taken');
    expect(refusal('sdb')).toMatch(/runs from/);
  });
});

describe('a target that is no disk', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fenqi-target-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is a new file of 2 GiB, or of the size that was asked for', () => {
    const path = join(folder, 'new.img');
    expect(checkTarget(path, undefined, machine)).toEqual({ kind: 'file', path, bytes: 2 * 2 ** 30, exists: false });
    expect(checkTarget(path, 1e9, machine)).toMatchObject({ bytes: 1e9 });
  });

  it('is a file that is there, with its own size, and not while it is used as a disk', () => {
    const path = join(folder, 'old.img');
    writeFileSync(path, 'old');
    expect(checkTarget(path, undefined, machine)).toMatchObject({ kind: 'file', bytes: 3, exists: true });
    machine.device('loop3', '7:3');
    machine.put('sys/devices/loop3/loop/backing_file', path);
    expect(() => checkTarget(path, undefined, machine)).toThrow(/in use as \/dev\/loop3.*losetup --detach/);
  });

  it.each([
    ['/dev/fenqi-none', /there is no \/dev\/fenqi-none: is it plugged in.*插好/],
    [join(folder, 'none/new.img'), /there is no folder .*none.*没有文件夹/],
    [folder, /neither a block device nor a file.*既不是/],
    ['/dev/null', /neither a block device nor a file/],
  ])('is refused when it is %s', (path, why) => {
    expect(() => checkTarget(path, undefined, machine)).toThrow(why);
  });
});

import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeEsp } from '../../../image/flash/esp.ts';
import { flashDisk, type FlashPhase, type FlashRequest } from '../../../image/flash/flash-disk.ts';
import { layoutOf, MIB, sfdiskScript } from '../../../image/flash/layout.ts';
import { ROOT } from '../../tidy/source-files.ts';
import { benchFolder } from '../image-fixture.ts';
import { appFiles, BOOT_FILES, COMPATIBLE, HAS_FLASH_TOOLS, packed, rootFiles } from './flash-fixture.ts';

const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
const DISK_BYTES = 900 * MIB;
const TERMINAL_YAML = Buffer.from('language: zh\n');

let folder: string;
let rootImage: string;
let image: string;
beforeAll(async () => {
  folder = benchFolder();
  if (!HAS_FLASH_TOOLS) return;
  rootImage = await packed(folder, 'root.squashfs', rootFiles(COMPATIBLE));
  image = await packed(folder, 'app.squashfs', appFiles());
  mkdirSync(join(folder, 'keys'));
  writeFileSync(join(folder, 'keys/alipay-merchant.pem'), 'a private key', { mode: 0o644 });
});
afterAll(() => rmSync(folder, { recursive: true }));

const request = (to: string, more: Partial<FlashRequest> = {}): FlashRequest => ({
  to: join(folder, to),
  rootImage,
  image,
  sizeBytes: DISK_BYTES,
  ...more,
});

const run = (command: string, ...args: string[]): Buffer =>
  execFileSync(command, args, { env: { ...process.env, PATH, LC_ALL: 'C' }, stdio: ['ignore', 'pipe', 'pipe'] });

/** A disk as its tools read it, without what wrote it. */
class Disk {
  readonly path: string;
  readonly places: ReadonlyMap<string, { readonly start: number; readonly bytes: number }>;

  constructor(path: string) {
    this.path = path;
    const table = JSON.parse(run('sfdisk', '--json', path).toString()) as {
      partitiontable: { partitions: { name: string; start: number; size: number }[] };
    };
    this.places = new Map(
      table.partitiontable.partitions.map(({ name, start, size }) => [name, { start: start * 512, bytes: size * 512 }]),
    );
  }

  place(name: string) {
    const found = this.places.get(name);
    if (found === undefined) throw new Error(`no partition ${name}`);
    return found;
  }

  bytes(name: string, count?: number): Buffer {
    const { start, bytes } = this.place(name);
    const read = Buffer.alloc(count ?? bytes);
    const file = openSync(this.path, 'r');
    readSync(file, read, 0, read.length, start);
    closeSync(file);
    return read;
  }

  esp(path: string): Buffer {
    return run('mtype', '-i', `${this.path}@@${this.place('esp').start}`, `::${path}`);
  }

  data(command: string): string {
    return run('debugfs', '-R', command, `${this.path}?offset=${this.place('data').start}`).toString();
  }
}

(HAS_FLASH_TOOLS ? describe : describe.skip)('a disk that was flashed', () => {
  let disk: Disk;
  const phases: FlashPhase[] = [];
  const fractions: number[] = [];
  beforeAll(async () => {
    const config = new Map([
      ['terminal.yaml', TERMINAL_YAML],
      ['tls/acquirer.pem', Buffer.from('an authority')],
    ]);
    const wanted = request('disk.img', { config, keys: join(folder, 'keys'), append: 'console=ttyS0' });
    await flashDisk(wanted, (phase, fraction) => {
      if (phases.at(-1) !== phase) phases.push(phase);
      fractions.push(fraction);
    });
    disk = new Disk(wanted.to);
  });

  it('has the partitions of docs/flashing.md, in their order', () => {
    const names = [...readFileSync(join(ROOT, 'docs/flashing.md'), 'utf8').matchAll(/^\| (`[^|]+`) \|/gm)];
    const table = names.flatMap(([, cell = '']) => [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name));
    expect([...disk.places.keys()]).toEqual(table.slice(0, disk.places.size));
    expect(() => run('sfdisk', '--verify', disk.path)).not.toThrow();
  });

  it('boots by UEFI: loader, kernel and initrd are those of the root', () => {
    expect(disk.esp('/EFI/BOOT/BOOTX64.EFI')).toEqual(BOOT_FILES['usr/lib/systemd/boot/efi/systemd-bootx64.efi']);
    expect(disk.esp('/vmlinuz')).toEqual(BOOT_FILES['boot/vmlinuz']);
    expect(disk.esp('/initrd.img')).toEqual(BOOT_FILES['boot/initrd.img']);
    expect(disk.esp('/loader/loader.conf').toString()).toMatch(/^timeout 0\ndefault fenqi.conf$/m);
    expect(disk.esp('/loader/entries/fenqi.conf').toString()).toContain(
      'options root=PARTLABEL=root rootfstype=squashfs ro systemd.volatile=state panic=5 quiet console=ttyS0\n',
    );
    expect(disk.bytes('esp', 90).subarray(82).toString()).toBe('FAT32   ');
  });

  it('holds the root and the application, the latter twice, byte for byte', () => {
    const [root, app] = [readFileSync(rootImage), readFileSync(image)];
    expect(disk.bytes('root', root.length).equals(root)).toBe(true);
    expect(disk.bytes('app_a', app.length).equals(app)).toBe(true);
    expect(disk.bytes('app_b', app.length).equals(app)).toBe(true);
  });

  it('begins in slot A, with B as its spare', () => {
    const state = join(folder, 'state');
    writeFileSync(state, disk.bytes('slotstate'));
    const selector = join(ROOT, 'image/rootfs/usr/lib/fenqi/bootsel');
    const shown = execFileSync('sh', [selector, 'show'], { env: { ...process.env, FENQI_SLOT_STATE: state } });
    expect(shown.toString()).toBe('primary=A A=good:3 B=good:3 seq=2\n');
  });

  it('has configuration and keys on data, each with its owner', () => {
    expect(disk.data('cat /config/terminal.yaml')).toBe(TERMINAL_YAML.toString());
    expect(disk.data('cat /config/tls/acquirer.pem')).toBe('an authority');
    expect(disk.data('cat /pos/keys/alipay-merchant.pem')).toBe('a private key');
    const owners = (path: string): string =>
      /Mode:\s+(\d+)[\s\S]*User:\s+(\d+)\s+Group:\s+(\d+)/
        .exec(disk.data(`stat ${path}`))
        ?.slice(1)
        .join(' ') ?? '';
    expect(
      Object.fromEntries(['/', '/config/terminal.yaml', '/fenqi', '/pos', '/pos/update'].map((p) => [p, owners(p)])),
    ).toEqual({
      '/': '0755 0 0',
      '/config/terminal.yaml': '0644 0 0',
      '/fenqi': '0755 0 0',
      '/pos': '0700 900 900',
      '/pos/update': '0700 900 900',
    });
    expect(owners('/pos/keys')).toBe('0700 900 900');
    expect(owners('/pos/keys/alipay-merchant.pem')).toBe('0600 900 900');
  });

  it('has the second superblock of data where check-data looks for it', () => {
    const torn = join(folder, 'torn.img');
    run('cp', '--sparse=always', disk.path, torn);
    const { start } = disk.place('data');
    run('dd', 'if=/dev/urandom', `of=${torn}`, 'bs=4096', `seek=${start / 4096}`, 'count=1', 'conv=notrunc');
    const check = join(ROOT, 'image/rootfs/usr/lib/fenqi/check-data');
    const data = `${torn}?offset=${start}`;
    execFileSync('sh', [check], { env: { ...process.env, PATH, FENQI_DATA: data }, stdio: 'ignore' });
    expect(run('debugfs', '-R', 'cat /config/terminal.yaml', data)).toEqual(TERMINAL_YAML);
  });

  it('leaves room unwritten, and said in order how far it was', () => {
    expect(statSync(disk.path).size).toBe(DISK_BYTES);
    expect(statSync(disk.path).blocks * 512).toBeLessThan(64 * MIB);
    expect(phases).toEqual(['prepare', 'erase', 'esp', 'root', 'slots', 'data', 'flush', 'verify', 'table']);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect([fractions[0], fractions.at(-1)]).toEqual([0, 1]);
  });

  it('starts with the loader of arm64 when the image is for that', async () => {
    const work = mkdtempSync(join(folder, 'esp-'));
    const esp = await makeEsp({ rootImage, target: 'linux-arm64', append: '', bytes: 96 * MIB }, work);
    run('truncate', '--size', '96M', esp);
    const loader = run('mtype', '-i', esp, '::/EFI/BOOT/BOOTAA64.EFI');
    expect(loader).toEqual(BOOT_FILES['usr/lib/systemd/boot/efi/systemd-bootaa64.efi']);
  });
});

(HAS_FLASH_TOOLS ? describe : describe.skip)('flashing', () => {
  const untouched = async (more: Partial<FlashRequest>): Promise<string> => {
    const wanted = request('kept.img', more);
    writeFileSync(wanted.to, 'precious');
    const said = await flashDisk(wanted).then(
      () => 'flashed',
      (error: unknown) => (error as Error).message,
    );
    expect(readFileSync(wanted.to, 'utf8')).toBe('precious');
    return said;
  };

  it('refuses what does not fit before it writes', async () => {
    expect(await untouched({ sizeBytes: 800 * MIB })).toMatch(/too small: it has 800 MiB and 867 MiB are needed/);
    const large = join(folder, 'large.squashfs');
    writeFileSync(large, Buffer.alloc(3 * MIB));
    expect(await untouched({ rootImage: large, rootMib: 2 })).toMatch(
      /large.squashfs has 3 MiB and the partition root has 2 MiB: give --root-size/,
    );
  });

  it('refuses images that do not belong together, or are none', async () => {
    const other = await packed(folder, 'other.squashfs', rootFiles('fenqi-other-debug'));
    expect(await untouched({ rootImage: other })).toMatch(
      /is for fenqi-other-debug and the image for fenqi-bench-debug/,
    );
    expect(await untouched({ rootImage: image })).toMatch(/is no root that fenqi image root has made/);
    expect(await untouched({ image: rootImage })).toMatch(/is no image that fenqi image build has made/);
    expect(await untouched({ image: join(folder, 'none') })).toMatch(/there is no file .*none/);
    const { 'boot/vmlinuz': _, ...kernelless } = rootFiles(COMPATIBLE);
    expect(await untouched({ rootImage: await packed(folder, 'kernelless.squashfs', kernelless) })).toMatch(
      /has no \/boot\/vmlinuz/,
    );
  });

  it('refuses keys that are none, and names that would lead elsewhere', async () => {
    mkdirSync(join(folder, 'no-keys'));
    expect(await untouched({ keys: join(folder, 'no-keys') })).toMatch(/is no folder with keys in it/);
    mkdirSync(join(folder, 'no-keys/deeper'));
    expect(await untouched({ keys: join(folder, 'no-keys') })).toMatch(/deeper is no plain file/);
    for (const path of ['../passwd', 'a b.pem', 'x\nrm pos']) {
      expect(await untouched({ config: new Map([[path, TERMINAL_YAML]]) })).toMatch(/cannot be written to data/);
    }
  });

  it('says that nothing boots when it is stopped in the middle, and leaves no partition table', async () => {
    const stop = new AbortController();
    const wanted = request('stopped.img', { signal: stop.signal });
    run('truncate', '--size', String(DISK_BYTES), wanted.to);
    execFileSync('sfdisk', ['--quiet', wanted.to], {
      input: sfdiskScript(layoutOf('', DISK_BYTES, 448)),
      env: { ...process.env, PATH },
    });
    expect(new Disk(wanted.to).places.size).toBe(6);
    const flashed = flashDisk(wanted, (phase) => {
      if (phase === 'slots') stop.abort();
    });
    await expect(flashed).rejects.toThrow(/stopped[^]*stopped.img is not complete and does not boot now[^]*无法启动/);
    expect(() => new Disk(wanted.to)).toThrow();
  });

  it.each([
    ['root', 97],
    ['data', 674],
  ])('notices a medium that gives back something else in %s', async (name, atMib) => {
    const wanted = request('worn.img');
    const flashed = flashDisk(wanted, (phase, fraction) => {
      // The last moment before it is read back.
      if (phase !== 'flush' || fraction === 0) return;
      run('dd', 'if=/dev/urandom', `of=${wanted.to}`, 'bs=1M', `seek=${atMib}`, 'count=1', 'conv=notrunc');
    });
    await expect(flashed).rejects.toThrow(new RegExp(`read back from ${name}[^]*does not boot now`));
    expect(() => new Disk(wanted.to)).toThrow();
  });
});

/** Machines in containers have no loop devices, and others give them to root alone. */
const LOOP = HAS_FLASH_TOOLS && process.getuid?.() === 0 && existsSync('/dev/loop-control');

(LOOP ? describe : describe.skip)('a block device', () => {
  it('is flashed as a file is, and not while it is mounted', async () => {
    const behind = join(folder, 'card.bin');
    writeFileSync(behind, '');
    run('truncate', '--size', String(DISK_BYTES), behind);
    // What was on the card before must not show through.
    run('dd', 'if=/dev/urandom', `of=${behind}`, 'bs=1M', 'count=2', 'seek=545', 'conv=notrunc');
    chmodSync(behind, 0o600);
    const device = run('losetup', '--find', '--show', behind).toString().trim();
    const { sizeBytes: _, ...wanted } = request('', { to: device });
    const mountPoint = join(folder, 'mounted');
    mkdirSync(mountPoint);
    try {
      run('mke2fs', '-q', device);
      run('mount', device, mountPoint);
      try {
        await expect(flashDisk(wanted)).rejects.toThrow(`is mounted at ${mountPoint}; umount it first`);
      } finally {
        run('umount', mountPoint);
      }
      await flashDisk(wanted);
      const disk = new Disk(behind);
      const root = readFileSync(rootImage);
      expect(disk.bytes('root', root.length).equals(root)).toBe(true);
      expect(
        disk
          .bytes('slotstate')
          .subarray(8192)
          .every((byte) => byte === 0),
      ).toBe(true);
      await expect(flashDisk({ ...wanted, sizeBytes: DISK_BYTES })).rejects.toThrow(/--size is for files/);
      await expect(flashDisk({ ...wanted, to: behind })).rejects.toThrow(/in use as/);
    } finally {
      run('losetup', '--detach', device);
    }
  });
});

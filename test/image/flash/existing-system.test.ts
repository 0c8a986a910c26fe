import { spawnSync } from 'node:child_process';
import {
  existsSync,
  globSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type KeyFiles, makeKeys } from '../../../image/development-keys.ts';
import { installInto, type IntoRequest, planInto } from '../../../image/flash/existing-system.ts';
import { makeBundle } from '../../../image/raucb.ts';
import { ROOT } from '../../tidy/source-files.ts';
import { benchFolder } from '../image-fixture.ts';
import { imageTool } from '../image-tools.ts';
import { appFiles, COMPATIBLE, packed, smallDebian } from './flash-fixture.ts';

const HAS_SQUASHFS = imageTool('mksquashfs', 'squashfs-tools');
const HAS_RAUC = HAS_SQUASHFS && imageTool('rauc', 'rauc') && imageTool('openssl', 'openssl');
const HAS_ANALYZE = imageTool('systemd-analyze', 'systemd');
const MANIFEST = { name: 'fenqi-pos', version: '1.0.0', build: 'test', target: 'linux-x64', compatible: COMPATIBLE };
const UNITS = 'usr/lib/systemd/system';
let folder: string;
let keys: KeyFiles;
let image: string;
let debian: string;
beforeAll(async () => {
  folder = benchFolder();
  if (!HAS_SQUASHFS) return;
  keys = HAS_RAUC ? await makeKeys(join(folder, 'keys')) : { root: '', rootKey: '', cert: '', key: '' };
  image = await packed(folder, 'app.squashfs', {
    ...appFiles(),
    'manifest.json': JSON.stringify({ ...MANIFEST, root: 'present' }),
    'update/root.pem': HAS_RAUC ? readFileSync(keys.root) : 'a root',
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

function put(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(debian, path)), { recursive: true });
  writeFileSync(join(debian, path), content);
}

beforeEach(() => {
  debian = mkdtempSync(join(folder, 'debian-'));
  smallDebian(debian);
});

const owners = new Map<string, string>();
const request = (more: Partial<IntoRequest> = {}): IntoRequest => ({
  root: debian,
  image,
  overwrite: false,
  slotMib: 1,
  own: (path, uid, gid) => void owners.set(path.slice(debian.length).replace(/\.fenqi-new$/, ''), `${uid}:${gid}`),
  ...more,
});
const text = (path: string): string => readFileSync(join(debian, path), 'utf8');
const changes = async (more: Partial<IntoRequest> = {}): Promise<Record<string, number>> => {
  const { files } = await planInto(request(more));
  return Object.fromEntries(
    (['new', 'changed', 'same', 'foreign'] as const).map((kind) => [
      kind,
      files.filter(({ change }) => change === kind).length,
    ]),
  );
};

(HAS_SQUASHFS ? describe : describe.skip)('an existing Linux', () => {
  it('gets the files of the root, with slots and data as files', async () => {
    await installInto(request());
    const rootfs = globSync('**/*', { cwd: join(ROOT, 'image/rootfs') }).filter((path) =>
      statSync(join(ROOT, 'image/rootfs', path)).isFile(),
    );
    const missing = rootfs.filter((path) => !existsSync(join(debian, path)));
    // The network of a system that is there already is not ours to set up.
    expect(missing.filter((path) => !/\/network\/|\/system-preset\/|\/tmp\.mount$/.test(path)).toSorted()).toEqual([
      'etc/rauc/system.conf.in',
      'usr/lib/fenqi/check-data',
      'usr/lib/fenqi/small-memory',
      `${UNITS}/fenqi-data-check.service`,
      `${UNITS}/fenqi-small-memory.service`,
    ]);
    const source = (path: string): string => readFileSync(join(ROOT, 'image/rootfs', path), 'utf8');
    const differs = rootfs.filter((path) => !missing.includes(path) && text(path) !== source(path));
    const aboutPartitions = /by\\x2dpartlabel|^What=|--data-is-mounted/m;
    expect(differs).toEqual(rootfs.filter((path) => !missing.includes(path) && aboutPartitions.test(source(path))));
    for (const path of differs) expect(text(path)).not.toMatch(/by(?:-|\\x2d)partlabel/);
    expect(text(`${UNITS}/fenqi.service`)).not.toContain('--data-is-mounted');
    expect(text(`${UNITS}/data.mount`)).toMatch(
      /^What=\/var\/lib\/fenqi\/data\nWhere=\/data\nType=none\nOptions=bind,/m,
    );
    expect(existsSync(join(debian, 'usr/lib/systemd/network'))).toBe(false);
    expect(statSync(join(debian, 'usr/lib/fenqi/bootsel')).mode & 0o777).toBe(0o755);
    expect(text('etc/rauc/system.conf')).toMatch(new RegExp(`^compatible=${COMPATIBLE}$`, 'm'));
    expect(text('etc/rauc/system.conf')).toMatch(/^device=\/var\/lib\/fenqi\/slots\/app_a$/m);
    expect(text('etc/rauc/system.conf')).not.toContain('by-partlabel');
  });

  it('has both slots, and its selector finds them where its services say', async () => {
    await installInto(request());
    const slots = join(debian, 'var/lib/fenqi/slots');
    for (const slot of ['app_a', 'app_b']) {
      expect(statSync(join(slots, slot)).size).toBe(2 ** 20);
      expect(readFileSync(join(slots, slot)).subarray(0, statSync(image).size).equals(readFileSync(image))).toBe(true);
    }
    const [, unit = ''] = /^EnvironmentFile=(.*)$/m.exec(text(`${UNITS}/fenqi-slot.service.d/slot-files.conf`)) ?? [];
    const inTree = text(unit.slice(1)).replaceAll('/var/lib', join(debian, 'var/lib'));
    const script = `set -a; ${inTree}\nFENQI_MOUNT_AT=${debian}/opt/pos FENQI_RUN=${debian}/run FENQI_MOUNT="echo $FENQI_MOUNT"
      sh ${debian}/usr/lib/fenqi/bootsel show; sh ${debian}/usr/lib/fenqi/bootsel boot`;
    const { stdout } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
    expect(stdout).toContain('primary=A A=good:3 B=good:3 seq=2\n');
    expect(stdout).toContain(`mount -o loop -t squashfs -o ro,nodev,nosuid ${slots}/app_a ${debian}/opt/pos`);
  });

  it('starts the units that want to be, and leaves the first console to the terminal', async () => {
    await installInto(request());
    const links = globSync('etc/systemd/system/*.wants/*', { cwd: debian }).toSorted();
    expect(links).toEqual([
      'etc/systemd/system/multi-user.target.wants/data.mount',
      'etc/systemd/system/multi-user.target.wants/fenqi-good.path',
      'etc/systemd/system/multi-user.target.wants/fenqi.service',
      'etc/systemd/system/timers.target.wants/fenqi-update.timer',
    ]);
    for (const link of links) expect(existsSync(join(debian, readlinkSync(join(debian, link))))).toBe(true);
    expect(readlinkSync(join(debian, 'etc/systemd/system/getty@tty1.service'))).toBe('/dev/null');
  });

  it('has folders, configuration and keys for their users, by the numbers that they have there', async () => {
    const own = join(folder, 'own-keys');
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, 'alipay-merchant.pem'), 'a key');
    await installInto(request({ config: new Map([['terminal.yaml', Buffer.from('language: zh\n')]]), keys: own }));
    expect(text('var/lib/fenqi/data/config/terminal.yaml')).toBe('language: zh\n');
    expect(statSync(join(debian, 'var/lib/fenqi/data/pos/keys/alipay-merchant.pem')).mode & 0o777).toBe(0o600);
    expect(owners.get('/var/lib/fenqi/data/pos')).toBe('900:901');
    expect(owners.get('/var/lib/fenqi/data/pos/keys/alipay-merchant.pem')).toBe('900:901');
    expect(owners.get('/var/lib/fenqi/data/config/terminal.yaml')).toBe('0:0');
    expect(owners.get('/usr/lib/fenqi/bootsel')).toBe('0:0');
    expect(statSync(join(debian, 'data')).isDirectory()).toBe(true);
  });

  it('is left as it is by a second run, slots with their updates included', async () => {
    await installInto(request());
    writeFileSync(join(debian, 'var/lib/fenqi/slots/app_b'), 'an update');
    expect(await changes()).toMatchObject({ new: 0, changed: 0, foreign: 0 });
    const before = statSync(join(debian, `${UNITS}/fenqi.service`)).ino;
    const { writesSlots } = await installInto(request());
    expect([writesSlots, text('var/lib/fenqi/slots/app_b')]).toEqual([false, 'an update']);
    expect(statSync(join(debian, `${UNITS}/fenqi.service`)).ino).toBe(before);
  });

  it('gets a new version of what nobody has changed, and loses what that no longer has', async () => {
    await installInto(request());
    // What an older version of this program would have left: other content, another file, both recorded.
    const record = JSON.parse(text('var/lib/fenqi/installed.json')) as Record<string, string>;
    const digest = '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03';
    for (const path of [`${UNITS}/fenqi.service`, `${UNITS}/fenqi-old.service`]) {
      put(path, 'hello\n');
      record[path] = digest;
    }
    put('var/lib/fenqi/installed.json', JSON.stringify(record));
    expect(await changes()).toMatchObject({ new: 0, changed: 1, foreign: 0 });
    await installInto(request());
    expect(text(`${UNITS}/fenqi.service`)).toContain('Description=Fenqi POS terminal');
    expect(existsSync(join(debian, `${UNITS}/fenqi-old.service`))).toBe(false);
  });

  it.each([
    ['a configuration of RAUC', 'etc/rauc/system.conf'],
    ['a file of the same name', 'usr/lib/fenqi/bootsel'],
    ['a getty of its own on the first console', 'etc/systemd/system/getty@tty1.service'],
    ['something in /data', 'data/photos/mother.jpg'],
  ])('with %s is not touched unless that is asked for', async (_what, path) => {
    put(path, 'theirs');
    await expect(installInto(request())).rejects.toThrow(
      new RegExp(`not from here[^]*/${path.split('/')[0]}[^]*--overwrite`),
    );
    expect(existsSync(join(debian, 'var/lib/fenqi'))).toBe(false);
    await installInto(request({ overwrite: true }));
    // A mount hides what is in /data, and takes nothing away.
    expect(text(path) === 'theirs').toBe(path.startsWith('data/'));
  });

  it('keeps what was changed since, and a configuration that the shop has set', async () => {
    const config = new Map([['terminal.yaml', Buffer.from('language: zh\n')]]);
    await installInto(request({ config }));
    put('usr/lib/udev/rules.d/70-fenqi.rules', '# ours now\n');
    put('var/lib/fenqi/data/config/terminal.yaml', 'language: en\n');
    await expect(installInto(request({ config }))).rejects.toThrow(
      /70-fenqi\.rules\n {2}\/var\/lib\/fenqi\/data\/config\/terminal\.yaml/,
    );
    expect(text('var/lib/fenqi/data/config/terminal.yaml')).toBe('language: en\n');
  });

  it('must be one that it can go into', async () => {
    const refused = (more: Partial<IntoRequest> = {}) => expect(planInto(request(more))).rejects;
    await refused({ root: join(folder, 'none') }).toThrow(/there is no folder .*mount the root.*请先挂载/);
    await refused({ root: folder }).toThrow(
      /has no \/usr\/lib\/systemd\/systemd: .*apt-get install systemd rauc rauc-service/,
    );
    const arm = await packed(folder, 'arm.squashfs', appFiles('linux-arm64'));
    await refused({ image: arm }).toThrow(/image is for linux-arm64, and .* other processors/);
    symlinkSync('/tmp', join(debian, 'var'));
    await refused().toThrow(/leads out of .*, to \/tmp/);
  });

  it('takes no updates with an image that has no root certificate', async () => {
    await installInto(request({ image: await packed(folder, 'rootless.squashfs', appFiles()) }));
    expect(text('etc/rauc/system.conf')).not.toContain('keyring');
    expect(lstatSync(join(debian, 'etc/rauc/root.pem'), { throwIfNoEntry: false })).toBeUndefined();
  });
});

(HAS_SQUASHFS && HAS_ANALYZE ? describe : describe.skip)('units on an existing Linux', () => {
  it('are understood by systemd', async () => {
    await installInto(request());
    const verify = [
      'verify',
      '--recursive-errors=no',
      `--root=${debian}`,
      'fenqi.service',
      'data.mount',
      'fenqi-good.path',
    ];
    const { stderr } = spawnSync('systemd-analyze', verify, { encoding: 'utf8' });
    // The tree has neither the programs of Debian nor its other units.
    const ours = stderr
      .split('\n')
      .filter((line) => !/is not executable|not found|Failed to (?:create|load)|^$/.test(line));
    expect(ours).toEqual([]);
  });
});

(HAS_RAUC ? describe : describe.skip)('RAUC on an existing Linux', () => {
  it('takes the configuration, and a bundle of the signer that its root vouches for', async () => {
    await installInto(request());
    const { path } = await makeBundle({ image, cert: keys.cert, key: keys.key, out: join(debian, 'update.raucb') });
    const config = join(debian, 'system.conf');
    writeFileSync(config, text('etc/rauc/system.conf').replaceAll(/\/(etc|var|usr|data)\//g, `${debian}/$1/`));
    const info = spawnSync('rauc', ['-c', config, 'info', path], { encoding: 'utf8' });
    expect(info.stdout).toMatch(new RegExp(`Compatible:\\s+'${COMPATIBLE}'`));
    expect(info.status).toBe(0);
  });
});

/** Making a user takes root. */
const MAKES_USERS = HAS_SQUASHFS && process.getuid?.() === 0 && imageTool('systemd-sysusers', 'systemd');

(MAKES_USERS ? describe : describe.skip)('the user of the terminal', () => {
  it('is made where there is none, with the number of a flashed disk when that is free', async () => {
    put('etc/passwd', 'root:x:0:0:root:/root:/bin/sh\n');
    put('etc/group', 'root:x:0:\ndialout:x:20:\n');
    await installInto(request());
    expect(text('etc/passwd')).toMatch(/^pos:x:900:900:/m);
    expect(text('etc/group')).toMatch(/^dialout:x:20:pos$/m);
    expect(owners.get('/var/lib/fenqi/data/pos')).toBe('900:900');
  });
});

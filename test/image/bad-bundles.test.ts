/** What root's updater makes of bundles that RAUC itself looks at; only the installation is not done. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type KeyFiles, makeKeys } from '../../image/development-keys.ts';
import { installUpdate, type UpdatePaths } from '../../image/device/updater.ts';
import { sha256OfFile } from '../../image/hashes.ts';
import { makeBundle, signingConfig } from '../../image/raucb.ts';
import { runTool } from '../../image/tools.ts';
import { sealManifest, signWith } from '../../image/update-manifest.ts';
import { ROOT } from '../tidy/source-files.ts';
import { benchFolder, smallImage } from './image-fixture.ts';
import { imageTool } from './image-tools.ts';

const HAS_ALL =
  imageTool('openssl', 'openssl') && imageTool('mksquashfs', 'squashfs-tools') && imageTool('rauc', 'rauc');
const MARCH = Date.parse('2027-03-01T00:00:00Z');

(HAS_ALL ? describe : describe.skip)('root takes a bundle', () => {
  let folder: string;
  let keys: KeyFiles;
  let others: KeyFiles;
  let good: string;
  let foreign: string;
  let paths: UpdatePaths;
  let config: string;
  let installed: boolean;

  beforeAll(async () => {
    folder = benchFolder();
    keys = await makeKeys(join(folder, 'keys'));
    others = await makeKeys(join(folder, 'others'));
    [good, foreign] = [join(folder, 'good.raucb'), join(folder, 'foreign.raucb')];
    const { key, cert } = keys;
    await makeBundle({ image: await smallImage(folder, '1.1.0', keys.root), key, cert, out: good });
    const image = await smallImage(folder, '1.1.0', others.root);
    await makeBundle({ image, key: others.key, cert: others.cert, out: foreign });
    config = join(folder, 'system.conf');
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  beforeEach(() => {
    const device = mkdtempSync(join(folder, 'device-'));
    const at = (name: string): string => join(device, name);
    paths = { slot: at('slot'), incoming: at('pos/install.raucb'), system: at('system'), health: at('health.json') };
    for (const name of ['slot/update', 'pos', 'system']) mkdirSync(at(name), { recursive: true });
    cpSync(keys.root, at('slot/update/root.pem'));
    running('1.0.0', 'fenqi-bench-debug');
    writeFileSync(paths.health, JSON.stringify({ busy: [], clock: 'machine' }));
    cpSync(good, paths.incoming);
    installed = false;
  });

  /** What runs on the device, as its slot and RAUC's configuration say. */
  function running(version: string, compatible: string): void {
    writeFileSync(join(paths.slot, 'manifest.json'), JSON.stringify({ version, compatible, floor: '0.0.0' }));
    writeFileSync(config, signingConfig(compatible, keys.root));
  }

  async function take(now = MARCH) {
    const run = async (command: string, args: readonly string[]): Promise<string> => {
      if (command === 'rauc' && args[0] === 'info') {
        // Where it runs, its configuration is in the usual place; its complaints are what a failed program said.
        return (await runTool('rauc', ['-c', config, ...args])).toString('utf8');
      }
      installed ||= args[0] === 'install';
      return '';
    };
    return installUpdate(paths, run, now);
  }
  const manifest = async (over: object = {}, { key, cert } = keys): Promise<void> => {
    const said = {
      version: '1.1.0',
      compatible: 'fenqi-bench-debug',
      floor: '0.0.0',
      notBefore: '2027-01-01T00:00:00Z',
      expires: '2027-04-01T00:00:00Z',
      bundle: { url: 'https://updates.example/b', size: statSync(good).size, sha256: await sha256OfFile(good) },
      deltas: [],
      ...over,
    };
    const sealed = await sealManifest(said, readFileSync(cert, 'utf8'), signWith(readFileSync(key, 'utf8')));
    writeFileSync(paths.incoming.replace('.raucb', '.json'), sealed);
  };
  const isRemoved = (): void => {
    const left = [paths.incoming, paths.incoming.replace('.raucb', '.json')].filter((path) => existsSync(path));
    expect([installed, left]).toEqual([false, []]);
  };

  it('that is newer, signed below its root and within its time', async () => {
    await manifest();
    expect(await take()).toMatchObject({ kind: 'installed', version: '1.1.0' });
    expect(installed).toBe(true);
  });

  it.each<[string, () => void]>([
    ['was cut at its end', () => truncateSync(paths.incoming, statSync(good).size - 100)],
    ['was cut in the middle', () => truncateSync(paths.incoming, 1_500_000)],
    ['is empty', () => truncateSync(paths.incoming, 0)],
    ['is no bundle', () => writeFileSync(paths.incoming, '#!/bin/sh\n')],
    ['was signed below another root of development', () => cpSync(foreign, paths.incoming)],
    [
      'was changed in its signature',
      () => {
        const bytes = readFileSync(good);
        const at = bytes.length - 200;
        bytes[at] = (bytes[at] ?? 0) ^ 1;
        writeFileSync(paths.incoming, bytes);
      },
    ],
  ])('but not when it %s', async (_, spoil) => {
    spoil();
    expect(await take()).toMatchObject({ kind: 'failed' });
    isRemoved();
  });

  it.each<[string, () => void, string]>([
    ['for another board', () => running('1.0.0', 'fenqi-other-debug'), 'wrongBoard'],
    ['for the other variant', () => running('1.0.0', 'fenqi-bench-release'), 'wrongVariant'],
    ['of the version that runs', () => running('1.1.0', 'fenqi-bench-debug'), 'notNewer'],
    ['older than what runs', () => running('1.2.0', 'fenqi-bench-debug'), 'notNewer'],
    ['below the floor', () => writeFileSync(join(paths.system, 'floor'), '1.1.1\n'), 'belowFloor'],
  ])('but not one that is %s', async (_, change, reason) => {
    change();
    expect(await take()).toEqual({ kind: 'refuse', reasons: [reason] });
    isRemoved();
  });

  it.each<[string, object | (() => KeyFiles), number, string]>([
    ['has expired', {}, Date.parse('2027-04-01T00:00:00Z'), 'expired'],
    [
      'is of another bundle',
      { bundle: { url: 'https://x.example', size: 1, sha256: 'ab'.repeat(32) } },
      MARCH,
      'notTrusted',
    ],
    ['was signed below another root', () => others, MARCH, 'notTrusted'],
  ])('but not when its manifest %s', async (_, change, now, reason) => {
    await (typeof change === 'function' ? manifest({}, (change as () => KeyFiles)()) : manifest(change));
    expect(await take(now)).toEqual({ kind: 'refuse', reasons: [reason] });
    isRemoved();
  });

  it('that has expired by a clock that nothing vouches for', async () => {
    await manifest();
    writeFileSync(paths.health, JSON.stringify({ busy: [], clock: 'corrected' }));
    expect(await take(Date.parse('2030-01-01T00:00:00Z'))).toMatchObject({ kind: 'installed' });
  });

  (imageTool('faketime', 'faketime') ? it : it.skip)('whatever RAUC believes what time it is', async () => {
    const device = readFileSync(join(ROOT, 'image/rootfs/etc/rauc/system.conf.in'), 'utf8');
    const filled = device.replace('@COMPATIBLE@', 'fenqi-bench-debug').replace(/^path=.*$/m, `path=${keys.root}`);
    const info = (text: string, day: string) => {
      writeFileSync(config, text);
      return spawnSync('faketime', [day, 'rauc', '-c', config, 'info', good], { encoding: 'utf8' });
    };
    for (const day of ['2001-01-01', '2045-01-01']) expect(info(filled, day)).toMatchObject({ status: 0 });
    const usual = info(signingConfig('fenqi-bench-debug', keys.root), '2001-01-01');
    expect(usual.stderr).toContain('certificate is not yet valid');
  });

  it('when its time has come, and not before', async () => {
    await manifest({ notBefore: '2027-03-02T00:00:00Z' });
    expect(await take()).toEqual({ kind: 'wait', reasons: ['notYet'] });
    expect(existsSync(paths.incoming)).toBe(true);
    expect(await take(Date.parse('2027-03-02T00:00:00Z'))).toMatchObject({ kind: 'installed' });
  });
});

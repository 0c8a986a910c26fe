/** A release and its bundle, made by the commands that a person types; one real image for all of it. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runImage } from '../../apps/cli/image.ts';
import { DEVELOPMENT_WORDS } from '../../image/application.ts';
import { type KeyFiles, makeKeys } from '../../image/development-keys.ts';
import { signingConfig } from '../../image/raucb.ts';
import type { ImageManifest } from '../../image/slot-image.ts';
import { readFromSquashfs } from '../../image/squashfs.ts';
import { runTool } from '../../image/tools.ts';
import { said } from './cli-said.ts';
import { benchFolder } from './image-fixture.ts';
import { imageTool } from './image-tools.ts';

const HAS_OPENSSL = imageTool('openssl', 'openssl');
const HAS_ALL =
  HAS_OPENSSL &&
  process.arch === 'x64' &&
  imageTool('mksquashfs', 'squashfs-tools') &&
  imageTool('rauc', 'rauc') &&
  imageTool('x86_64-linux-gnu-strip', 'binutils');

let folder: string;
let development: KeyFiles;
let product: KeyFiles;
beforeAll(async () => {
  folder = benchFolder();
  if (!HAS_OPENSSL) return;
  development = await makeKeys(join(folder, 'development'));
  product = await makeKeys(join(folder, 'product'), 'Example products');
});
afterAll(() => rmSync(folder, { recursive: true }));

const build = (variant: string, ...more: readonly string[]) =>
  said(runImage, 'build', '--target', 'linux-x64', '--variant', variant, '--out', join(folder, 'out'), ...more);

(HAS_OPENSSL ? describe : describe.skip)('fenqi image build', () => {
  it.each<[string, () => ReturnType<typeof build>, string]>([
    [
      'a release of a development root',
      () => build('release', '--root', development.root),
      'a release does not trust it',
    ],
    ['a release without a root', () => build('release'), 'a release needs --root'],
    ['a debug image of another root', () => build('debug', '--root', product.root), 'a debug image does not trust it'],
    [
      'the certificate of a signer as root',
      () => build('debug', '--root', development.cert),
      'no certificate of an authority',
    ],
    ['a version that is none', () => build('debug', '--version', '1.0'), '"1.0" is no version'],
  ])('refuses %s', async (_, call, why) => {
    expect(await call()).toMatchObject({ code: 1, text: expect.stringContaining(why) });
    expect(existsSync(join(folder, 'out'))).toBe(false);
  });
});

(HAS_ALL ? describe : describe.skip)('a release', () => {
  let image: string;
  let manifest: ImageManifest;
  beforeAll(async () => {
    const built = await build('release', '--root', product.root, '--version', '1.2.3', '--floor', '1.0.0');
    expect(built).toMatchObject({ code: 0 });
    image = join(folder, 'out/fenqi-1.2.3-linux-x64-release.squashfs');
    manifest = JSON.parse((await readFromSquashfs(image, 'manifest.json')).toString('utf8')) as ImageManifest;
  }, 300_000);

  const bundle = (keys: KeyFiles) => {
    const out = join(folder, 'release.raucb');
    return said(runImage, 'bundle', '--image', image, '--cert', keys.cert, '--key', keys.key, '--out', out);
  };

  it('says what it is, and trusts the root that it was built with', async () => {
    expect(manifest).toMatchObject({
      version: '1.2.3',
      floor: '1.0.0',
      variant: 'release',
      compatible: 'fenqi-linux-x64-release',
    });
    expect(await readFromSquashfs(image, 'update/root.pem')).toEqual(readFileSync(product.root));
  });

  it('holds programs that start where nothing may be compiled, and no word of development', async () => {
    const out = join(folder, 'unpacked');
    await runTool('unsquashfs', ['-q', '-n', '-d', out, image]);
    const run = (...args: readonly string[]): string =>
      execFileSync(join(out, 'bin/node'), ['--jitless', ...args], { encoding: 'utf8', cwd: folder, stdio: 'pipe' });
    expect(run(join(out, 'app/pos.mjs'), '--help')).toContain('fenqi device');
    expect(() => run(join(out, 'app/update.mjs'))).toThrow('raise-floor');
    for (const name of readdirSync(join(out, 'app')).filter((each) => each.endsWith('.mjs'))) {
      const text = readFileSync(join(out, 'app', name), 'utf8');
      expect(DEVELOPMENT_WORDS.filter((word) => text.includes(word))).toEqual([]);
    }
  });

  it('is signed by a signer of its product, and by none of development', async () => {
    expect(await bundle(development)).toMatchObject({ code: 1, text: expect.stringContaining('rauc failed') });
    expect(existsSync(join(folder, 'release.raucb'))).toBe(false);
    expect(await bundle(product)).toMatchObject({ code: 0 });
    const config = join(folder, 'system.conf');
    const info = async (root: string): Promise<string> => {
      writeFileSync(config, signingConfig('fenqi-linux-x64-release', root));
      const read = await runTool('rauc', ['-c', config, 'info', '--output-format=json', join(folder, 'release.raucb')]);
      return read.toString('utf8');
    };
    expect(JSON.parse(await info(product.root))).toMatchObject({ version: '1.2.3', compatible: manifest.compatible });
    await expect(info(development.root)).rejects.toThrow(/signature|certificate/i);
  });
});

/** Signing with a key in a security module: SoftHSM, which speaks PKCS #11 as a real one does. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { runImage } from '../../apps/cli/image.ts';
import { type KeyFiles, makeKeys } from '../../image/development-keys.ts';
import { signingConfig } from '../../image/raucb.ts';
import { runTool } from '../../image/tools.ts';
import { verifyManifest } from '../../image/update-manifest.ts';
import { said } from './cli-said.ts';
import { benchFolder, smallImage } from './image-fixture.ts';
import { imageTool, isUsable } from './image-tools.ts';

const MODULE = '/usr/lib/softhsm/libsofthsm2.so';
const HAS_ALL =
  imageTool('openssl', 'openssl') &&
  imageTool('mksquashfs', 'squashfs-tools') &&
  imageTool('rauc', 'rauc') &&
  imageTool('softhsm2-util', 'softhsm2') &&
  isUsable('OpenSSL engine pkcs11', 'libengine-pkcs11-openssl', 'openssl engine pkcs11');

const PIN = '471100';
const KEY = 'pkcs11:token=fenqi;object=signer';
const NAMES = ['SOFTHSM2_CONF', 'RAUC_PKCS11_MODULE', 'RAUC_PKCS11_PIN'] as const;

(HAS_ALL ? describe : describe.skip)('a signer in a security module', () => {
  const before = NAMES.map((name) => process.env[name]);
  let folder: string;
  let keys: KeyFiles;
  let image: string;
  beforeAll(async () => {
    folder = benchFolder();
    keys = await makeKeys(join(folder, 'keys'));
    image = await smallImage(folder, '1.0.0', keys.root);
    const configuration = join(folder, 'softhsm2.conf');
    mkdirSync(join(folder, 'tokens'));
    writeFileSync(configuration, `directories.tokendir = ${join(folder, 'tokens')}\nobjectstore.backend = file\n`);
    process.env['SOFTHSM2_CONF'] = configuration;
    const util = (...args: readonly string[]): void =>
      void execFileSync('softhsm2-util', args, { stdio: 'ignore', env: { ...process.env } });
    const plain = join(folder, 'signer.p8');
    await runTool('openssl', ['pkcs8', '-topk8', '-nocrypt', '-in', keys.key, '-out', plain]);
    util('--init-token', '--free', '--label', 'fenqi', '--so-pin', '00000000', '--pin', PIN);
    util('--import', plain, '--token', 'fenqi', '--label', 'signer', '--id', '01', '--pin', PIN);
    rmSync(plain);
  }, 120_000);
  beforeEach(() => {
    process.env['RAUC_PKCS11_MODULE'] = MODULE;
    process.env['RAUC_PKCS11_PIN'] = PIN;
  });
  afterAll(() => {
    for (const [at, name] of NAMES.entries()) {
      const value = before[at];
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    rmSync(folder, { recursive: true });
  });

  const bundle = (key: string, cert = keys.cert) => {
    const out = join(folder, 'signed.raucb');
    return said(runImage, 'bundle', '--image', image, '--cert', cert, '--pkcs11', key, '--out', out);
  };

  it('signs bundles that RAUC believes by the root alone, and manifests that devices believe', async () => {
    rmSync(keys.key);
    expect(await bundle(KEY)).toMatchObject({ code: 0 });
    const config = join(folder, 'system.conf');
    writeFileSync(config, signingConfig('fenqi-bench-debug', keys.root));
    const signed = join(folder, 'signed.raucb');
    const info = await runTool('rauc', ['-c', config, 'info', '--output-format=json', signed]);
    expect(JSON.parse(info.toString('utf8'))).toMatchObject({ version: '1.0.0' });
    const out = join(folder, 'manifest.json');
    const usual = ['--bundle', signed, '--cert', keys.cert, '--url', 'https://updates.example', '--out', out];
    expect(await said(runImage, 'manifest', ...usual, '--pkcs11', KEY)).toMatchObject({ code: 0 });
    const root = readFileSync(keys.root, 'utf8');
    expect(verifyManifest(readFileSync(out, 'utf8'), root, undefined)).toMatchObject({ kind: 'valid' });
  });

  it.each<[string, string, () => void, string]>([
    ['a wrong PIN', KEY, () => (process.env['RAUC_PKCS11_PIN'] = '000000'), 'refuses RAUC_PKCS11_PIN'],
    ['no PIN', KEY, () => delete process.env['RAUC_PKCS11_PIN'], 'RAUC_PKCS11_PIN is not set'],
    ['no module', KEY, () => delete process.env['RAUC_PKCS11_MODULE'], 'RAUC_PKCS11_MODULE is not set'],
    [
      'a module that is not there',
      KEY,
      () => (process.env['RAUC_PKCS11_MODULE'] = '/nowhere.so'),
      'there is no /nowhere',
    ],
    ['a file that is no module', KEY, () => (process.env['RAUC_PKCS11_MODULE'] = image), 'is no PKCS #11 library'],
    ['no such key', 'pkcs11:token=fenqi;object=other', () => undefined, 'has no key pkcs11:token=fenqi;object=other'],
  ])('says what is wrong with %s', async (_, key, spoil, why) => {
    spoil();
    const answer = await bundle(key);
    expect(answer).toMatchObject({ code: 1, text: expect.stringContaining(why) });
    expect(answer.text).not.toContain(PIN);
  });
});

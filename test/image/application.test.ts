import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bundleApplication, DEVELOPMENT_WORDS, DEVICE_PROGRAMS } from '../../image/application.ts';
import { recordedBinaries } from '../../image/node-runtime.ts';
import { sbomOf } from '../../image/sbom.ts';
import { ROOT } from '../tidy/source-files.ts';
import { benchFolder } from './image-fixture.ts';

const KEY_TEXT = /[A-Za-z0-9+/=]{40,}/g;

let folder: string;
beforeAll(() => {
  folder = benchFolder();
});
afterAll(() => rmSync(folder, { recursive: true }));

const sums = (out: string): string[] =>
  globSync('**/*', { cwd: out })
    .filter((path) => statSync(join(out, path)).isFile())
    .map(
      (path) =>
        `${path} ${createHash('sha256')
          .update(readFileSync(join(out, path)))
          .digest('hex')}`,
    )
    .toSorted();

/** A program below the project, because that is where packages are found from. */
async function bundleText(name: string, text: string, out: string, variant: 'debug' | 'release'): Promise<string[]> {
  const home = join(ROOT, 'dist/image-test');
  mkdirSync(home, { recursive: true });
  const source = join(home, `${name}.ts`);
  writeFileSync(source, text);
  try {
    return await bundleApplication(out, 'linux-x64', variant, { [name]: source });
  } finally {
    rmSync(home, { recursive: true });
  }
}

describe('the programs of a release', () => {
  it('contain nothing that is for development', async () => {
    const out = join(folder, 'release');
    await bundleApplication(out, 'linux-x64', 'release');
    const texts = globSync('*.mjs', { cwd: out }).map((path) => readFileSync(join(out, path), 'utf8'));
    expect(texts).toHaveLength(Object.keys(DEVICE_PROGRAMS).length);
    const keys = readFileSync(join(ROOT, 'simulator/wallet/test-keys.ts'), 'utf8').match(KEY_TEXT) ?? [];
    expect(keys.length).toBeGreaterThan(5);
    for (const text of texts) expect([...DEVELOPMENT_WORDS, ...keys].filter((word) => text.includes(word))).toEqual([]);
  });

  it('come out the same, byte for byte', async () => {
    const [one, two] = [join(folder, 'one'), join(folder, 'two')];
    await bundleApplication(one, 'linux-x64', 'release');
    await bundleApplication(two, 'linux-x64', 'release');
    expect(sums(two)).toEqual(sums(one));
  });

  it.each(['simulator/wallet/test-keys.ts', 'hal-mock/index.ts', 'apps/world/world.ts'])(
    'are refused with %s inside, which a debug image may have',
    async (module) => {
      const text = `import * as inside from '${ROOT}${module}';\nconsole.log(Object.keys(inside));\n`;
      const out = join(folder, 'stray');
      await expect(bundleText('stray', text, out, 'release')).rejects.toThrow(module);
      await expect(bundleText('stray', text, out, 'debug')).resolves.toEqual(expect.any(Array));
    },
  );

  it('reach the serial add-on beside them, and have its licence', async () => {
    const text = `import { autoDetect } from '@serialport/bindings-cpp';
      void autoDetect().list().then((ports) => console.log(Array.isArray(ports), process.env.FENQI_VARIANT));\n`;
    const out = join(folder, 'serial');
    const packages = await bundleText('serial', text, out, 'release');
    expect(packages).toContain('@serialport/bindings-cpp');
    expect(readFileSync(join(out, 'third-party-licenses.txt'), 'utf8')).toContain('@serialport/bindings-cpp 13.');
    if (process.arch !== 'x64') return;
    const run = execFileSync(process.execPath, ['--jitless', join(out, 'serial.mjs')], { encoding: 'utf8' });
    expect(run).toBe('true release\n');
  });
});

describe('what is recorded of the runtime', () => {
  it('is the Node that runs the project', () => {
    const { version, sha256, libraries } = recordedBinaries();
    expect(process.versions).toMatchObject({ ...libraries, node: version });
    for (const hash of Object.values(sha256)) expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('the bill of materials', () => {
  const subject = {
    name: 'fenqi-pos',
    version: '1.0.0',
    license: 'Apache-2.0',
    epochS: 1_795_800_000,
    packages: [
      { name: '@serialport/stream', version: '13.0.0', license: 'MIT', integrity: 'sha512-AAEC' },
      { name: 'qr', version: '0.7.0', license: '(MIT OR Apache-2.0)' },
    ],
    node: { version: '24.21.0', sha256: 'ab'.repeat(32), libraries: { openssl: '3.5.8' } },
  };

  it('is CycloneDX with every part, its licence and where it is from', () => {
    const { components, serialNumber, ...head } = JSON.parse(sbomOf(subject)) as {
      readonly components: readonly Record<string, unknown>[];
      readonly serialNumber: string;
    };
    expect(head).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 });
    expect(serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(components).toMatchObject([
      { name: 'node', hashes: [{ alg: 'SHA-256' }], components: [{ name: 'openssl', version: '3.5.8' }] },
      { purl: 'pkg:npm/%40serialport/stream@13.0.0', hashes: [{ alg: 'SHA-512', content: '000102' }] },
      { name: 'qr', licenses: [{ expression: 'MIT OR Apache-2.0' }] },
    ]);
  });

  it('has a number of its own for other content, and the same for the same', () => {
    const numberOf = (text: string): unknown => (JSON.parse(text) as Record<string, unknown>)['serialNumber'];
    expect(sbomOf(subject)).toBe(sbomOf(structuredClone(subject)));
    expect(numberOf(sbomOf({ ...subject, version: '1.0.1' }))).not.toBe(numberOf(sbomOf(subject)));
  });
});

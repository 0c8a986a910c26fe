import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hexOf } from '../../firmware/base/bytes.ts';
import { createCodec, CUP_STANDARD } from '../../firmware/protocol/iso8583/index.ts';
import { type Consumer, installPackage, ROOT, run } from './consumer.ts';

const BUILD_TIMEOUT_MS = 120_000;

/** Everything that may be in the package. */
const MAY_HOLD = [
  /^package\.json$|^LICENSE$|^README(\.zh-CN)?\.md$/,
  /^scenarios\/[\w-]+\.yaml$/,
  /^dist\/(fenqi|index|iso8583|hal-mock|chunk-[A-Z0-9]{8})\.js$/,
  /^dist\/types\/(firmware|hal-mock|drivers)\/.+\.d\.ts$/,
  /^dist\/font\/(receipt-24\.bin|LICENSE\.txt)$|^dist\/demonstration-seal\.pbm$|^dist\/third-party-licenses\.txt$/,
];

let consumer: Consumer;
beforeAll(() => {
  consumer = installPackage();
}, BUILD_TIMEOUT_MS);
afterAll(() => consumer.remove());

const installed = (path: string): string => join(consumer.folder, 'node_modules/fenqi-pos', path);
const fenqi = (...args: readonly string[]): string => run(consumer.folder, installed('dist/fenqi.js'), ...args);

describe('the packed package', () => {
  it('holds what it needs and nothing else', () => {
    expect(consumer.packed.filter((path) => !MAY_HOLD.some((pattern) => pattern.test(path)))).toEqual([]);
    for (const path of ['dist/fenqi.js', 'dist/index.js', 'LICENSE', 'scenarios/chip-online-pin.yaml']) {
      expect(consumer.packed).toContain(path);
    }
    expect(consumer.packed.filter((path) => path.endsWith('.yaml'))).toHaveLength(
      globSync('scenarios/*.yaml', { cwd: ROOT }).length,
    );
  });

  it('is what a plain npm pack takes from the project, but for the manifest', () => {
    const project = join(consumer.folder, 'project');
    mkdirSync(project);
    for (const path of ['package.json', ...globSync('{README,LICENSE}*', { cwd: ROOT }), 'scenarios', 'firmware']) {
      cpSync(join(ROOT, path), join(project, path), { recursive: true });
    }
    cpSync(consumer.dist, join(project, 'dist'), { recursive: true });
    const answer = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=error'], {
      cwd: project,
      encoding: 'utf8',
    });
    const [{ files }] = JSON.parse(answer) as [{ readonly files: readonly { readonly path: string }[] }];
    expect(files.map(({ path }) => path).toSorted()).toEqual([...consumer.packed].toSorted());
  });

  it('has nothing of the page for QA and of what serves it', () => {
    const texts = globSync('dist/*.js', { cwd: installed('.') }).map((file) => readFileSync(installed(file), 'utf8'));
    const marks = ['x-fenqi-token', '/api/act', 'fenqi-session', 'EventSource', 'react-dom', 'elkjs', 'rolldown'];
    expect(texts.length).toBeGreaterThan(3);
    expect(marks.filter((mark) => texts.some((text) => text.includes(mark)))).toEqual([]);
    expect(readFileSync(join(ROOT, 'apps/visualizer/safety.ts'), 'utf8')).toContain('x-fenqi-token');
  });

  it('makes whoever installs it fetch the serial add-on and its types, at exact versions, and no Node', () => {
    const manifest = JSON.parse(readFileSync(installed('package.json'), 'utf8')) as Record<string, unknown>;
    expect(manifest['dependencies']).toEqual({
      '@serialport/bindings-cpp': expect.stringMatching(/^\d+\.\d+\.\d+$/),
      '@serialport/bindings-interface': expect.stringMatching(/^\d+\.\d+\.\d+$/),
    });
    for (const field of ['optionalDependencies', 'devDependencies', 'scripts'])
      expect(manifest).not.toHaveProperty(field);
  });

  it('points at files that exist', () => {
    const manifest = JSON.parse(readFileSync(installed('package.json'), 'utf8')) as {
      readonly bin: Readonly<Record<string, string>>;
      readonly exports: Readonly<Record<string, Readonly<Record<string, string>>>>;
    };
    const targets = [
      ...Object.values(manifest.bin),
      ...Object.values(manifest.exports).flatMap((e) => Object.values(e)),
    ];
    expect(targets.length).toBeGreaterThan(6);
    expect(targets.filter((target) => !existsSync(installed(target)))).toEqual([]);
    expect(statSync(installed('dist/fenqi.js')).mode & 0o111).toBe(0o111);
  });

  it('names the licence of every package that is inside it', () => {
    const licenses = readFileSync(installed('dist/third-party-licenses.txt'), 'utf8');
    for (const name of ['xstate', 'ts-pattern', 'valibot', 'yaml', 'qr', '@serialport/stream']) {
      expect(licenses).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, 'm'));
    }
  });

  it('comes out the same, byte for byte, from the same sources', () => {
    const again = join(consumer.folder, 'built-again');
    run(ROOT, 'apps/build.ts', '--out', again);
    const sums = (folder: string): string[] =>
      globSync('**/*', { cwd: folder, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .map((path) => `${path.slice(folder.length)} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`)
        .toSorted();
    expect(sums(again)).toEqual(sums(consumer.dist));
  });
});

describe('the executable', () => {
  it('shows its commands', () => {
    expect(fenqi('--help')).toContain('iso8583');
  });

  it('decodes a message from its input', () => {
    const message = createCodec(CUP_STANDARD).encode({ mti: '0800', fields: { 11: '000001', 41: '10000001' } });
    const args = [installed('dist/fenqi.js'), 'iso8583', 'decode'];
    const answer = execFileSync(process.execPath, args, { encoding: 'utf8', input: `${hexOf(message)}\n` });
    expect(JSON.parse(answer)).toEqual({ mti: '0800', fields: { 11: '000001', 41: '10000001' } });
  });

  it('plays a scenario that it brings along', () => {
    expect(fenqi('play', installed('scenarios/chip-online-pin.yaml'))).toContain('1 passed, 0 failed');
  });
});

describe('the libraries', () => {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');

  it.each([
    { module: 'nodenext', moduleResolution: 'nodenext' },
    { module: 'esnext', moduleResolution: 'bundler' },
  ])('have types for the examples under $moduleResolution resolution', (resolution) => {
    const compilerOptions = {
      ...resolution,
      target: 'es2023',
      lib: ['es2023'],
      types: ['node'],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      noEmit: true,
    };
    const project = join(consumer.folder, `tsconfig.${resolution.moduleResolution}.json`);
    writeFileSync(project, JSON.stringify({ compilerOptions, include: ['examples'] }));
    expect(run(consumer.folder, tsc, '-p', project)).toBe('');
  });

  it('sell something in the terminal example', () => {
    const printed = run(consumer.folder, 'examples/terminal.ts');
    expect(printed).toContain('[approved]');
    expect(printed).toContain('CARDHOLDER COPY');
    expect(printed).toContain('The journal says: approved, 8800 fen.');
    expect(printed).not.toContain('6299991000000000110');
  });

  it('pack and mask a message in the ISO 8583 example', () => {
    const printed = run(consumer.folder, 'examples/iso8583.ts');
    expect(printed).toContain('Member M-2026-0042 pays 8800 fen.');
    expect(printed).toContain("'2': '629999*********0110'");
    expect(printed).toContain("'46': '***********'");
    expect(printed).toMatch(/Refused: 4\S*: /);
  });

  it('run out of paper in the emulator example', () => {
    const printed = run(consumer.folder, 'examples/hal-mock.ts');
    expect(printed).toMatch(/paper: true\npaper: false\n/);
    expect(printed).toContain("[ 'Hello', 'the last line', 'one too many' ]");
  });

  it('draw Chinese receipts with the font they bring along', () => {
    const script = `
      import { memoryWire, PrinterEmulator, VirtualClock } from 'fenqi-pos/hal-mock';
      const clock = new VirtualClock();
      const wire = memoryWire();
      const { paper } = new PrinterEmulator(wire.end, clock, { widthDots: 384 });
      const port = await wire.binding.open({ path: wire.path, baudRate: 115200 });
      await port.write(Buffer.from([0xB7, 0xD6, 0xC6, 0xDA, 0x0A]));
      await clock.advance(1000);
      process.stdout.write(paper.lines().join() + Buffer.from(paper.toPng()).subarray(1, 4).toString());`;
    expect(run(consumer.folder, '--input-type=module', '-e', script)).toBe('分期PNG');
  });

  it('keep ISO 8583 free of Node, so that it runs in a browser as well', () => {
    expect(readFileSync(installed('dist/iso8583.js'), 'utf8')).not.toMatch(
      /^import |\bimport\(|\brequire\(|\bprocess\./m,
    );
  });
});

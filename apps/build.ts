/**
 * Builds what is published: `dist/` with the executable, the three libraries and their types.
 *
 *   node apps/build.ts [--out DIR]     default dist
 *   node apps/build.ts --pack [DIR]    and packs the package for a registry, default into the working directory
 *
 * Everything but the serial add-on is bundled, into chunks that the entry points share, so that a subcommand loads only
 * what it needs and an installation brings few packages. The output depends on the sources alone.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, normalize, resolve } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions, type Plugin } from 'esbuild';
import { copyDataFiles, packagesOf, writeLicenses } from '../image/bundle-files.ts';
import { builtinModulesPlugin } from '../image/esbuild-plugins.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Output name → source. Those of one bundle share their chunks, and with them the identity of classes. */
const NODE_ENTRY_POINTS = {
  fenqi: 'apps/fenqi.ts',
  index: 'firmware/index.ts',
  'hal-mock': 'hal-mock/index.ts',
} as const;
/** In a bundle of its own, which runs wherever JavaScript does. */
const PURE_ENTRY_POINTS = { iso8583: 'firmware/protocol/iso8583/index.ts' } as const;
/** What has types. */
const LIBRARIES = [NODE_ENTRY_POINTS.index, NODE_ENTRY_POINTS['hal-mock'], PURE_ENTRY_POINTS.iso8583];

/** Native code: looks for its prebuilt add-on beside itself and therefore stays a package of its own. */
const EXTERNAL = ['@serialport/bindings-cpp'];

/** Node versions that the package says it runs on, see `engines`. */
const TARGET = 'node20.19';

interface Manifest {
  readonly version: string;
  readonly license?: string;
  readonly files: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** Fields of the project's manifest that matter to somebody who installs the package. */
const PUBLISHED_FIELDS =
  'name version description license keywords homepage repository bugs type engines bin exports files'.split(' ');

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/**
 * The page for QA, what serves it and what draws charts are for a checkout: in what is published or flashed there is nothing of
 * them.
 */
const noPagePlugin: Plugin = {
  name: 'no page',
  setup(bundler) {
    bundler.onResolve({ filter: /(visualizer\/open-page|charts\/export)\.ts$/ }, () => ({
      path: 'no page',
      namespace: 'no-page',
    }));
    bundler.onLoad({ filter: /./, namespace: 'no-page' }, () => ({
      contents: 'export const openPage = undefined, exportCharts = undefined;',
    }));
  },
};

/** Bundles everything and returns the modules that went in. */
async function bundle(out: string): Promise<string[]> {
  const common: BuildOptions = {
    absWorkingDir: ROOT,
    outdir: out,
    bundle: true,
    format: 'esm',
    target: TARGET,
    // Beside the entry points, so that a path relative to a module means the same in every file.
    chunkNames: 'chunk-[hash]',
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'warning',
  };
  const results = await Promise.all([
    build({
      ...common,
      entryPoints: NODE_ENTRY_POINTS,
      platform: 'node',
      external: EXTERNAL,
      splitting: true,
      plugins: [builtinModulesPlugin, noPagePlugin],
      metafile: true,
    }),
    build({ ...common, entryPoints: PURE_ENTRY_POINTS, platform: 'neutral', metafile: true }),
  ]);
  return results.flatMap(({ metafile }) => Object.keys(metafile.inputs)).toSorted();
}

const RELATIVE_IMPORT = /((?:from |import\()['"])(\.{1,2}\/[^'"]+)\.ts(['"])/g;

/**
 * Has the compiler write the declarations of everything, and returns what it had to say. A chart's type cannot be written
 * down as long as it names types that its file keeps to itself; no library leads to a chart, so only complaints about
 * published files count.
 */
function emitDeclarations(folder: string): string {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const { stdout, status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.types.json', '--outDir', folder], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (status === null) throw new Error('the TypeScript compiler did not end by itself');
  return stdout;
}

/** Declarations that the libraries' own ones lead to, with specifiers that every module resolution understands. */
function writeTypes(out: string): void {
  const emitted = mkdtempSync(join(tmpdir(), 'fenqi-types-'));
  try {
    const complaints = emitDeclarations(emitted);
    const queue: string[] = [...LIBRARIES];
    const seen = new Set<string>();
    for (let source = queue.pop(); source !== undefined; source = queue.pop()) {
      if (seen.has(source)) continue;
      seen.add(source);
      const declaration = source.replace(/\.ts$/, '.d.ts');
      if (complaints.includes(`${source}(`) || !existsSync(join(emitted, declaration))) {
        throw new Error(`${source} has no declarations:\n${complaints}`);
      }
      const text = readFileSync(join(emitted, declaration), 'utf8');
      for (const [, , path = ''] of text.matchAll(RELATIVE_IMPORT)) {
        queue.push(normalize(join(dirname(source), `${path}.ts`)));
      }
      const target = join(out, 'types', declaration);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, text.replace(RELATIVE_IMPORT, '$1$2.js$3'));
    }
  } finally {
    rmSync(emitted, { recursive: true });
  }
}

/** Writes the whole of `dist/`, replacing what was there. */
async function buildInto(out: string): Promise<void> {
  rmSync(out, { recursive: true, force: true });
  const modules = await bundle(out);
  copyDataFiles(modules, out);
  writeLicenses(packagesOf(modules), out);
  writeTypes(out);
  chmodSync(join(out, 'fenqi.js'), 0o755);
}

/** Packages that the built files import, with the versions of the project. */
function importedPackages(out: string, { dependencies, devDependencies }: Manifest): Record<string, string> {
  const names = new Set<string>();
  for (const file of globSync('{*.js,types/**/*.d.ts}', { cwd: out })) {
    const text = readFileSync(join(out, file), 'utf8');
    for (const [, name = ''] of text.matchAll(
      /(?:from|import\(|^import) ?["']((?:@[\w-]+\/)?[\w-]+)(?:\/[^"']*)?["']/gm,
    )) {
      names.add(name);
    }
  }
  const versions = { ...devDependencies, ...dependencies };
  const known = [...names].toSorted().flatMap((name) => (name in versions ? [[name, versions[name] ?? '']] : []));
  return Object.fromEntries(known) as Record<string, string>;
}

/**
 * Packs the package as a registry should have it: the files of the manifest, and a manifest without what only the
 * project needs. A plain `npm pack` has the same files, but makes whoever installs it fetch the pinned Node (190 MB)
 * and the packages that are in the bundle already.
 */
function packInto(destination: string, out: string): string {
  const manifest = readManifest(ROOT);
  const stage = mkdtempSync(join(tmpdir(), 'fenqi-package-'));
  try {
    for (const path of [...manifest.files, ...globSync('{README,LICENSE}*', { cwd: ROOT })]) {
      if (path !== 'dist' && existsSync(join(ROOT, path)))
        cpSync(join(ROOT, path), join(stage, path), { recursive: true });
    }
    cpSync(out, join(stage, 'dist'), { recursive: true });
    const published = Object.fromEntries(
      PUBLISHED_FIELDS.flatMap((name) => (name in manifest ? [[name, manifest[name]]] : [])),
    );
    const dependencies = importedPackages(out, manifest);
    writeFileSync(join(stage, 'package.json'), `${JSON.stringify({ ...published, dependencies }, null, 2)}\n`);
    const npm = ['pack', '--ignore-scripts', '--loglevel=error', '--pack-destination', resolve(destination)];
    const answer = execFileSync('npm', npm, { cwd: stage, encoding: 'utf8' });
    return join(destination, basename(answer.trim()));
  } finally {
    rmSync(stage, { recursive: true });
  }
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { out: { type: 'string', default: join(ROOT, 'dist') }, pack: { type: 'boolean', default: false } },
  });
  const out = resolve(values.out);
  await buildInto(out);
  process.stdout.write(values.pack ? `${packInto(positionals[0] ?? '.', out)}\n` : `${out}\n`);
}

/** The programs of a device, each bundled into one file. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { copyDataFiles, packagesOf, writeLicenses } from './bundle-files.ts';
import { builtinModulesPlugin, SERIAL_ADDON, serialAddonPlugin } from './esbuild-plugins.ts';
import { ROOT } from './project.ts';
import { TARGET_PARTS, type TargetName, type Variant } from './targets.ts';
import { ImageError } from './tools.ts';

/** Name in the image → source. `pos` is the terminal; `update` is run by root and judges updates. */
export const DEVICE_PROGRAMS: Readonly<Record<string, string>> = {
  pos: 'apps/device/main.ts',
  update: 'image/device/update.ts',
};

/** Sources that are for development: nothing of them may be in a release. Of the console a device has what draws and reads keys, and it writes traces. */
const DEVELOPMENT_ONLY =
  /^(hal-mock|simulator|test|bench)\/|^visualizer\/(?!model\/trace)|^apps\/(?!device\/|trace\/|[\w-]+\.ts$|cli\/(lines|iso8583-(explain|codes|input))\.ts$|console\/(live-view|drawing|code-drawing|strokes|cashier-keys)\.ts$|seal\/seal-file\.ts$)/;

/** Words that only tools for development contain; no file of a release has one of them. Names of modules stand in a bundle. */
export const DEVELOPMENT_WORDS = [
  'TEST_WALLET_KEYS',
  'x-fenqi-token',
  'fenqi-simulator',
  'hal-mock/',
  'simulator/',
  'visualizer/page/',
  'visualizer/chart/',
  'BEGIN PRIVATE KEY',
  'BEGIN RSA PRIVATE KEY',
] as const;

/**
 * Bundles the programs into `out`, with the add-on of the target and the licences, and returns the names of the packages
 * whose code is inside.
 *
 * @throws ImageError when a release would contain something that is for development
 */
export async function bundleApplication(
  out: string,
  target: TargetName,
  variant: Variant,
  programs: Readonly<Record<string, string>> = DEVICE_PROGRAMS,
): Promise<string[]> {
  mkdirSync(out, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: { ...programs },
    outdir: out,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // Names stay: to give short ones and put the long ones back costs a call for each function at every start.
    minifySyntax: variant === 'release',
    minifyWhitespace: variant === 'release',
    define: { 'process.env.FENQI_VARIANT': JSON.stringify(variant), __dirname: 'import.meta.dirname' },
    // One character beyond Latin-1 in the file, and V8 keeps all of it in twice the memory.
    charset: 'ascii',
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    plugins: [builtinModulesPlugin, serialAddonPlugin],
  });
  const modules = Object.keys(metafile.inputs).toSorted();
  const stray = modules.filter((module) => DEVELOPMENT_ONLY.test(module));
  if (variant === 'release' && stray.length > 0) {
    throw new ImageError(`a release contains nothing that is for development, this one would: ${stray.join(', ')}`);
  }
  copyDataFiles(modules, out);
  const packages = packagesOf(modules);
  writeLicenses(packages, out);
  const addons = join(ROOT, 'node_modules/@serialport/bindings-cpp/prebuilds');
  copyFileSync(join(addons, TARGET_PARTS[target].serialAddon), join(out, SERIAL_ADDON));
  return packages;
}

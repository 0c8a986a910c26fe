/** What goes beside a bundle: data files that its modules read, and the licences of the packages in it. */
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './project.ts';

/** Made by a plugin of the bundler: `builtin:node:fs`. */
const isVirtual = (module: string): boolean => /^[a-z-]+:/.test(module);

/** Copies the files that our modules read beside themselves: `new URL('./…', import.meta.url)`. */
export function copyDataFiles(modules: readonly string[], out: string): void {
  const origins = new Map<string, string>();
  for (const module of modules) {
    if (module.includes('node_modules/') || isVirtual(module)) continue;
    const text = readFileSync(join(ROOT, module), 'utf8');
    for (const [, relative = ''] of text.matchAll(/new URL\('\.\/([^']+)', import\.meta\.url\)/g)) {
      const origin = join(ROOT, dirname(module), relative);
      const taken = origins.get(relative);
      if (taken !== undefined && taken !== origin) throw new Error(`two data files are called ${relative}`);
      origins.set(relative, origin);
    }
  }
  for (const [relative, origin] of origins) {
    cpSync(origin, join(out, relative), { recursive: true });
    const license = join(dirname(origin), 'LICENSE.txt');
    if (existsSync(license)) cpSync(license, join(out, dirname(relative), 'LICENSE.txt'));
  }
}

/** Names of the packages whose code is among the modules of a bundle, sorted. */
export function packagesOf(modules: readonly string[]): string[] {
  const names = modules.flatMap((module) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(module)?.[1] ?? []);
  return [...new Set(names)].toSorted();
}

/** Licences of the packages whose code is in the bundle, as they ask for. */
export function writeLicenses(packages: readonly string[], out: string): void {
  const texts = packages.map((name) => {
    const folder = join(ROOT, 'node_modules', name);
    const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      readonly version: string;
      readonly license?: string;
    };
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined) throw new Error(`${name} comes without a licence text`);
    return `${name} ${version} (${String(license)})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  });
  writeFileSync(join(out, 'third-party-licenses.txt'), texts.join(`\n${'-'.repeat(72)}\n\n`));
}

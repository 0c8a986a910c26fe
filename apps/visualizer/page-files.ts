/** The built page. It is built when it is missing or older than its sources, so that `npm start` needs no other command. */
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Charts } from '../../visualizer/model/page-protocol.ts';
import type { PageFile } from './http-server.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OUT = join(ROOT, 'node_modules/.cache/fenqi-page');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** One text for all files of these patterns, by name and content. */
function hashOf(patterns: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of patterns.flatMap((pattern) => globSync(pattern, { cwd: ROOT })).toSorted()) {
    if (/\.\w+$/.test(file)) hash.update(file).update(readFileSync(join(ROOT, file)));
  }
  return hash.digest('hex');
}

/** Files of the page by path. `say` is told when it has to be built. */
export async function pageFiles(say: (line: string) => void): Promise<ReadonlyMap<string, PageFile>> {
  const stamp = join(OUT, 'page.sha256');
  const hash = hashOf(['visualizer/**/*', 'package-lock.json']);
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== hash) {
    say('building the page / 正在构建页面 …');
    const { build } = await import('vite');
    const root = join(ROOT, 'visualizer/page');
    const output = { outDir: join(OUT, 'page'), emptyOutDir: true };
    await build({ root, configFile: join(root, 'vite.config.ts'), logLevel: 'warn', build: output });
    writeFileSync(stamp, hash);
  }
  const folder = join(OUT, 'page');
  const files = globSync('**/*.*', { cwd: folder }).map((file): [string, PageFile] => [
    `/${file}`,
    { type: TYPES[extname(file)] ?? 'application/octet-stream', body: readFileSync(join(folder, file)) },
  ]);
  return new Map(files);
}

/** The charts with their drawings, which take seconds to lay out and are kept beside the page. */
export async function charts(): Promise<Charts> {
  const kept = join(OUT, `charts-${hashOf(['firmware/**/*.machine.ts', 'apps/charts/*.ts']).slice(0, 16)}.json`);
  if (existsSync(kept)) return JSON.parse(readFileSync(kept, 'utf8')) as Charts;
  const [{ chartModel }, { drawCharts }] = await Promise.all([
    import('../charts/chart-model.ts'),
    import('../charts/layout.ts'),
  ]);
  const model = await chartModel();
  const drawn: Charts = { model, drawings: await drawCharts(model) };
  mkdirSync(OUT, { recursive: true });
  writeFileSync(kept, JSON.stringify(drawn));
  return drawn;
}

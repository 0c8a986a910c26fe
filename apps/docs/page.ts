import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

/** The root of the repository. */
export const ROOT = join(import.meta.dirname, '..', '..');

/** The text of a page. */
export function readPage(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/**
 * Writes a generated page, or with `--check` only says whether it is as it would be written.
 *
 * @returns the exit code: 1 for a page that is not fresh
 */
export function settlePage(path: string, text: string): number {
  const isFresh = text === readPage(path);
  if (isFresh) return 0;
  if (process.argv.includes('--check')) {
    process.stderr.write(`${path} is not fresh: npm run docs\n`);
    return 1;
  }
  writeFileSync(join(ROOT, path), text);
  process.stdout.write(`${path} written\n`);
  return 0;
}

/** A Markdown table. */
export function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** The page with other text between `<!-- name -->` and `<!-- /name -->`. Throws when it has no such place. */
export function withSection(page: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from === -1 || to < from) throw new Error(`the page has no section ${name}`);
  return `${page.slice(0, from + begin.length)}\n${text}\n\n${page.slice(to)}`;
}

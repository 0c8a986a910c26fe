import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Coverage } from '../../visualizer/model/coverage.ts';
import { emptyCoverage, mergeCoverage, parseCoverage } from '../../visualizer/model/coverage-report.ts';

/** A file that is no coverage; the message names it. */
export class CoverageFileError extends Error {
  override readonly name = 'CoverageFileError';
}

export async function writeCoverage(file: string, coverage: Coverage): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(coverage)}\n`);
}

/** All files as one coverage. Rejects with {@link CoverageFileError}. */
export async function readCoverages(files: readonly string[]): Promise<Coverage> {
  let whole = emptyCoverage();
  for (const file of files) {
    const read = parseCoverage(await textOf(file));
    if (read.kind === 'unreadable') throw new CoverageFileError(`${file}: ${read.problem}`);
    whole = mergeCoverage(whole, read.coverage);
  }
  return whole;
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'EACCES' && code !== 'EISDIR') throw error;
    throw new CoverageFileError(`${file}: this is no file that can be read`);
  }
}

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';
import { join } from 'node:path';
import type { ForeignPlay, Reaction } from './foreign-plays.ts';

const PLAYER = join(import.meta.dirname, 'qt-player.py');

const COMPILERS = ['/usr/lib/qt6/libexec/qscxmlc', '/usr/lib/qt6/bin/qscxmlc', '/usr/lib/qt5/bin/qscxmlc'];
/** The system's Python comes first: Debian's packages are for it alone. */
const PYTHONS = ['/usr/bin/python3', 'python3'];

/** Where Qt's tools are missing their tests are left out, but not where somebody counts on them. */
export const MAY_MISS_QT = process.env['FENQI_REQUIRE_QT_SCXML'] !== '1';

export const COMPILER = COMPILERS.find((path) => existsSync(path));
export const PYTHON = PYTHONS.find((path) =>
  ['PySide6.QtScxml', 'PySide2.QtScxml'].some((name) => spawnSync(path, ['-c', `import ${name}`]).status === 0),
);

/** What Qt's compiler says against a document; nothing if it takes it. */
export function complaintsOf(file: string, folder: string): string {
  const args = ['--impl', 'out.cpp', '--header', 'out.h', file];
  const { status, stdout, stderr } = spawnSync(COMPILER ?? 'qscxmlc', args, { cwd: folder, encoding: 'utf8' });
  return status === 0 && stderr === '' ? '' : `${status} ${stdout}${stderr}`;
}

interface QtPlay extends Pick<ForeignPlay, 'guards' | 'events'> {
  readonly file: string;
  readonly delays: Readonly<Record<string, string>>;
}

/** Plays in Qt's interpreter; the reactions of each play. Throws when it complains about anything. */
export function playInQt(plays: readonly QtPlay[], folder: string): readonly (readonly Reaction[])[] {
  // Qt looks for the machines that a document starts where it runs.
  const { status, stdout, stderr } = spawnSync(PYTHON ?? 'python3', [PLAYER], {
    cwd: folder,
    encoding: 'utf8',
    input: JSON.stringify(plays.map(({ file, guards, delays, events }) => ({ file, guards, delays, events }))),
    maxBuffer: 100_000_000,
  });
  if (status !== 0) throw new Error(`${status} ${stderr}`);
  return JSON.parse(stdout) as readonly (readonly Reaction[])[];
}

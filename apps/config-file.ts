import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { TerminalSettings } from '../firmware/settings.ts';
import type { CheckedYaml } from '../yaml/checked-yaml.ts';
import type { ReadBeside } from './config.ts';

/** The settings in a configuration file; a file that cannot be read is a problem like any other. */
export async function readConfigFile(file: string): Promise<CheckedYaml<TerminalSettings>> {
  // The parsers are as large as the terminal; who has no file does not wait for them.
  const { parseConfig } = await import('./config.ts');
  return readSettingsFile(file, parseConfig);
}

/** What a parser makes of a configuration file and of the files that it names. */
export async function readSettingsFile<Value>(
  file: string,
  parse: (text: string, readBeside: ReadBeside) => CheckedYaml<Value>,
): Promise<CheckedYaml<Value>> {
  try {
    return parse(await readFile(file, 'utf8'), besides(file));
  } catch (error) {
    return { kind: 'invalid', problems: [`${file}: ${whyUnreadable(error)}`] };
  }
}

/** Paths in a configuration begin where it stands. */
function besides(file: string): ReadBeside {
  return (path) => {
    try {
      return readFileSync(resolve(dirname(file), path));
    } catch (error) {
      return whyUnreadable(error);
    }
  };
}

function whyUnreadable(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'ENOENT' && code !== 'EACCES' && code !== 'EISDIR' && code !== 'ENOTDIR') throw error;
  return `cannot be read (${code})`;
}

import { readFile } from 'node:fs/promises';
import type { TerminalSettings } from '../firmware/settings.ts';
import type { CheckedYaml } from '../simulator/scenario/checked-yaml.ts';

/** The settings in a configuration file; a file that cannot be read is a problem like any other. */
export async function readConfigFile(file: string): Promise<CheckedYaml<TerminalSettings>> {
  // The parsers are as large as the terminal; who has no file does not wait for them.
  const { parseConfig } = await import('./config.ts');
  try {
    return parseConfig(await readFile(file, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'EACCES' && code !== 'EISDIR') throw error;
    return { kind: 'invalid', problems: [`${file}: cannot be read (${code})`] };
  }
}

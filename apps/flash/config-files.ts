import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CheckedYaml } from '../../yaml/checked-yaml.ts';
import { parseDeviceConfig } from '../device/config.ts';
import { both } from '../device/words.ts';

/** Where the terminal looks on `data`, below `config/`. */
const NAME_ON_DEVICE = 'terminal.yaml';

const NOT_BESIDE = both(
  'must stand beside the configuration, to be written with it',
  '须与配置文件放在一起，才能一并写入',
);

/** A configuration that the device will take, with every file that it names, by their path below `config/`. */
export async function readConfigFiles(file: string): Promise<CheckedYaml<ReadonlyMap<string, Uint8Array>>> {
  const files = new Map<string, Uint8Array>();
  let text: Buffer;
  try {
    text = await readFile(file);
  } catch (error) {
    return { kind: 'invalid', problems: [`${file}: ${unreadable(error)}`] };
  }
  const checked = parseDeviceConfig(text.toString('utf8'), (path) => {
    if (path.startsWith('/') || path.split('/').includes('..')) return NOT_BESIDE;
    try {
      const content = readFileSync(join(dirname(file), path));
      files.set(path.replace(/^(?:\.\/)+/, ''), content);
      return content;
    } catch (error) {
      return unreadable(error);
    }
  });
  if (checked.kind === 'invalid') return checked;
  return { kind: 'valid', value: new Map([[NAME_ON_DEVICE, text], ...files]) };
}

function unreadable(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
  return both(`cannot be read (${code})`, `读不出 (${code})`);
}

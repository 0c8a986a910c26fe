import { readFile, stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { CliIo } from '../cli/lines.ts';

const STATUS_HELP = `fenqi device-status — what the terminal on this device says about itself

  --health FILE    default /run/fenqi/health.json
  --healthy        say nothing; exit 0 when this version may stay, 3 when not or not yet
  --may-update     say nothing; exit 0 when this is a moment for an update, 3 when not
  --help           this text

Exits with 4 when there is no terminal to ask: no file, or one older than a minute.
`;

const EXIT_NO = 3;
const EXIT_NOBODY = 4;
const STALE_MS = 60_000;

/** Prints the health file, or answers one question about it. */
export async function runDeviceStatus(args: readonly string[], io: CliIo): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      health: { type: 'string', default: '/run/fenqi/health.json' },
      healthy: { type: 'boolean', default: false },
      'may-update': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    io.out(STATUS_HELP);
    return 0;
  }
  const text = await readFile(values.health, 'utf8').catch(() => undefined);
  if (text === undefined) {
    io.err(`fenqi device-status: there is no ${values.health}`);
    return EXIT_NOBODY;
  }
  const health = JSON.parse(text) as { readonly healthy?: unknown; readonly mayUpdate?: unknown };
  const isQuestion = values.healthy || values['may-update'];
  if (!isQuestion) io.out(text.trimEnd());
  if (await isStale(values.health)) {
    io.err('fenqi device-status: the terminal has said nothing for a minute');
    return EXIT_NOBODY;
  }
  const isYes = (!values.healthy || health.healthy === true) && (!values['may-update'] || health.mayUpdate === true);
  return isYes ? 0 : EXIT_NO;
}

/** By the file's own time and the same clock: what the terminal calls the time may be corrected. */
async function isStale(file: string): Promise<boolean> {
  const { mtimeMs } = await stat(file);
  return Date.now() - mtimeMs > STALE_MS;
}

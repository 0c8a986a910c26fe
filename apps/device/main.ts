/** The program of a device: what `fenqi device` and `fenqi device-status` do, and nothing that a simulator needs. */
import process from 'node:process';
import { scrub } from '../../firmware/base/masked.ts';
import { stdinIo } from '../cli/lines.ts';

async function main(args: readonly string[]): Promise<number> {
  const io = stdinIo();
  try {
    if (args[0] === 'status') return await (await import('./status-command.ts')).runDeviceStatus(args.slice(1), io);
    return await (await import('./command.ts')).runDevice(args, io);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code?.startsWith('ERR_PARSE_ARGS') !== true) throw error;
    io.err(`fenqi device: ${scrub(message)}; see --help`);
    return 2;
  }
}

// A console that is gone takes no sale with it.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
void main(process.argv.slice(2)).then((code) => (process.exitCode = code));

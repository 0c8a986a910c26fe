/**
 * Run by root on a device, see `fenqi-update.service` and `fenqi-good.service`:
 *
 *   node update.mjs install       judges the bundle that the terminal has put ready, installs it and restarts when idle
 *   node update.mjs raise-floor   after a version has proved itself
 */
import { execFile } from 'node:child_process';
import process from 'node:process';
import { promisify } from 'node:util';
import { installUpdate, raiseFloor, type UpdatePaths } from './updater.ts';

const PATHS: UpdatePaths = {
  slot: '/opt/pos',
  incoming: '/data/pos/update/install.raucb',
  system: '/data/fenqi',
  health: '/run/pos/health.json',
};

const execute = promisify(execFile);
const run = async (command: string, args: readonly string[]): Promise<string> =>
  (await execute(command, args, { encoding: 'utf8' })).stdout;

const [, , verb] = process.argv;
if (verb === 'install') {
  const result = await installUpdate(PATHS, run);
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exitCode = result.kind === 'failed' ? 1 : 0;
} else if (verb === 'raise-floor') {
  process.stdout.write(`${raiseFloor(PATHS)}\n`);
} else {
  process.stderr.write('update.mjs install | raise-floor\n');
  process.exitCode = 2;
}

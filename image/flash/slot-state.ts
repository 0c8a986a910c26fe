/** The state that a new device begins with, written and read by the program that it boots with. */
import { join } from 'node:path';
import { ROOT } from '../project.ts';
import { runTool } from '../tools.ts';

const SELECTOR = join(ROOT, 'image/rootfs/usr/lib/fenqi/bootsel');

/** Both copies of the state; the rest of the partition is empty. */
export const STATE_BYTES = 8192;

/**
 * A runs, and B, which holds the same image, is its spare: when the blocks under A go bad the device boots on. Neither is on
 * trial, because there is no older version to fall back to: a shop that switches a new terminal off three times within
 * ten minutes would be left without any. The first update takes B.
 */
const COMMANDS = [
  ['set-state', 'A', 'good'],
  ['set-state', 'B', 'good'],
];
const FIRST_STATE = /^primary=A A=good:3 B=good:3 /;

/** Writes it to a file of zeros. */
export async function writeFirstState(file: string): Promise<void> {
  for (const command of COMMANDS) await select(file, command);
}

export async function isFirstState(file: string): Promise<boolean> {
  return FIRST_STATE.test((await select(file, ['show'])).toString('utf8'));
}

const select = (file: string, command: readonly string[]): Promise<Buffer> =>
  runTool('sh', [SELECTOR, ...command], { environment: { FENQI_SLOT_STATE: file } });

/**
 * The terminal as a release that nobody should have made: it crashes at once in its first two starts of the machine,
 * sells in the third, and never proves itself. Files in its folder make it worse there: `block` blocks its loop once,
 * with `give-up` it crashes again.
 */
import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import process from 'node:process';
import { bootId } from '../../../image/boot-id.ts';

const STARTS = '/data/pos/bad-starts';
const BLOCK = '/data/pos/block';
const LOOK_MS = 250;

appendFileSync(STARTS, `${bootId()}\n`);
const starts = new Set(readFileSync(STARTS, 'utf8').trim().split('\n'));
if (starts.size < 3 || existsSync('/data/pos/give-up')) process.exit(9);

setInterval(() => {
  if (!existsSync(BLOCK)) return;
  rmSync(BLOCK);
  for (;;);
}, LOOK_MS);
const health = process.argv.indexOf('--health') + 1;
process.argv[health] = '/run/pos/unproved.json';
await import('../../../apps/device/main.ts');

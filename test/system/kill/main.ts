/** Kills real terminals with SIGKILL in the middle of sales: `npm run kill-test [-- --kills N --seed N]`. */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { killRun } from './kill-run.ts';

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '1000' }, seed: { type: 'string', default: '1' } },
});
const { wrongs, ...figures } = await killRun(Number(values.kills), Number(values.seed));
for (const wrong of wrongs) process.stdout.write(`${wrong}\n`);
process.stdout.write(`${JSON.stringify(figures)}\n`);
process.exitCode = wrongs.length === 0 ? 0 : 1;

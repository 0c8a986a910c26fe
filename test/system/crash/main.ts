/**
 * Every crash and every failing call of every flow, counted: `npm run crash-matrix [-- --seeds N] [--flow TEXT]`. More
 * seeds tear the same writes in other places; with a text only flows whose names have it are played. Ends with status 1 when a run left something wrong.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { failEveryCall } from './call-failures.ts';
import { type Flow, FLOWS } from './flows.ts';
import { crashMatrix, MOMENTS } from './matrix.ts';
import { DEATHS } from './stand.ts';

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function crashes(flows: readonly Flow[], seeds: number): Promise<number> {
  let [points, runs, acknowledged, torn, wrongs] = [0, 0, 0, 0, 0];
  for (const flow of flows) {
    for (let seed = 1; seed <= seeds; seed++) {
      const report = await crashMatrix(flow, seed);
      if (seed === 1) say(`${flow.name.padEnd(42)} ${String(report.points).padStart(4)} points`);
      for (const wrong of report.wrongs) say(`  seed ${seed}: ${wrong}`);
      points += report.points;
      runs += report.runs;
      acknowledged += report.acknowledged;
      torn += report.tornTails;
      wrongs += report.wrongs.length;
    }
  }
  say(`${points} points × ${MOMENTS.length} moments × ${DEATHS.length} deaths = ${runs} runs, none skipped`);
  say(`${acknowledged} records acknowledged, ${torn} torn records set aside, ${wrongs} wrong`);
  return wrongs;
}

async function failures(flows: readonly Flow[]): Promise<number> {
  const reports = [];
  for (const flow of flows) reports.push(...(await failEveryCall(flow)));
  const wrongs = reports.flatMap((report) => report.wrongs);
  for (const wrong of wrongs) say(`  ${wrong}`);
  const runs = reports.reduce((sum, report) => sum + report.runs, 0);
  say(`${runs} failing calls in ${flows.length} flows, once and from then on, ${wrongs.length} wrong`);
  return wrongs.length;
}

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '1' }, flow: { type: 'string', default: '' } },
});
const wanted = FLOWS.filter(({ name }) => name.includes(values.flow));
process.exitCode = (await crashes(wanted, Number(values.seeds))) + (await failures(wanted)) === 0 ? 0 : 1;

/**
 * Measures what has a goal and prints one table: `npm run build && npm run bench [-- codec tlv quote journal sale scan start page device] [--json]`.
 * Ends with status 1 when a goal is missed. Run it on a machine that does nothing else.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { type BenchRow, printRows } from './bench-row.ts';

interface Options {
  /** Of `device`. */
  readonly sales: number | undefined;
}

const BENCHES: Readonly<Record<string, (options: Options) => Promise<BenchRow[]>>> = {
  codec: async () => (await import('./codec.ts')).benchCodec(),
  tlv: async () => (await import('./tlv.ts')).benchTlv(),
  quote: async () => (await import('./quote.ts')).benchQuote(),
  journal: async () => (await import('./journal.ts')).benchJournal(),
  sale: async () => (await import('./sale.ts')).benchSale(),
  scan: async () => (await import('./scan.ts')).benchScan(),
  start: async () => (await import('./start.ts')).benchStart(),
  page: async () => (await import('./page.ts')).benchPage(),
  device: async ({ sales }) => (await import('./device.ts')).benchDevice(sales),
};

/** Takes half an hour and wants root. */
const WHEN_NAMED = 'device';

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false }, sales: { type: 'string' } },
  });
  const names = positionals.length > 0 ? positionals : Object.keys(BENCHES).filter((name) => name !== WHEN_NAMED);
  const unknown = names.find((name) => !Object.hasOwn(BENCHES, name));
  if (unknown !== undefined) {
    process.stderr.write(`there is no bench "${unknown}"; there are ${Object.keys(BENCHES).join(', ')}\n`);
    return 2;
  }
  const sales = values.sales === undefined ? undefined : Number(values.sales);
  const rows: BenchRow[] = [];
  for (const name of names) rows.push(...((await BENCHES[name]?.({ sales })) ?? []));
  if (values.json) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
  else printRows(rows);
  return rows.every(({ met }) => met) ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));

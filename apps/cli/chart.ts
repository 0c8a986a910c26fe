import { parseArgs } from 'node:util';
import type { ChartExport } from '../charts/export.ts';
import { type CliIo, EXIT_USAGE } from './lines.ts';

/** Asked rightly, and it could not be written. */
const EXIT_NOT_WRITTEN = 1;

const FORMATS = ['mermaid', 'scxml', 'svg', 'json'] as const satisfies readonly ChartExport['format'][];

export const CHART_HELP = `fenqi chart export — the statecharts as files, one for each machine

  --format mermaid|scxml|svg|json
      mermaid   .mmd, state diagrams for Markdown
      scxml     .scxml, W3C SCXML 1.0 for other interpreters; each file says what it leaves out
      svg       .svg, a picture; machines that a state starts stand in it
      json      .json, the chart model that the visualizer reads
  --out DIR           where to; made if it does not exist
  --machine ID        this machine alone, for example transaction; with scxml also those that it starts
  --language zh|en    which names come first in a picture; default zh
  --help              this text

It replaces files that it wrote itself and no others. Exit status: 0 written, 1 could not be written, 2 wrong usage.
`;

/** Writes the statecharts for other tools. */
export async function runChart(args: readonly string[], io: CliIo): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      format: { type: 'string' },
      out: { type: 'string' },
      machine: { type: 'string' },
      language: { type: 'string', default: 'zh' },
      help: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  if (values.help) {
    io.out(CHART_HELP);
    return 0;
  }
  if (positionals.length !== 1 || positionals[0] !== 'export') return refuse(io, 'chart takes: export');
  const format = FORMATS.find((each) => each === values.format);
  if (format === undefined) return refuse(io, '--format is mermaid, scxml, svg or json');
  const { out: folder, machine, language } = values;
  if (folder === undefined || folder === '') return refuse(io, '--out is the folder to write to');
  if (language !== 'zh' && language !== 'en') return refuse(io, '--language is zh or en');
  return await write({ format, machine, language, folder }, io);
}

async function write(asked: ChartExport, io: CliIo): Promise<number> {
  const { exportCharts } = await import('../charts/export.ts');
  // In a published build.
  if (exportCharts === undefined) return refuse(io, 'the charts are exported from a checkout of the project');
  const result = await exportCharts(asked);
  switch (result.kind) {
    case 'written':
      for (const path of result.paths) io.out(path);
      return 0;
    case 'noSuchMachine':
      return refuse(io, `there is no machine "${asked.machine ?? ''}"; there are ${result.machines.join(', ')}`);
    case 'taken':
      return fail(io, `${result.path} is not of this command and stays as it is; nothing was written`);
    case 'unwritable':
      return fail(io, result.reason);
  }
}

function fail(io: CliIo, problem: string): number {
  io.err(`fenqi chart: ${problem}`);
  return EXIT_NOT_WRITTEN;
}

function refuse(io: CliIo, problem: string): number {
  io.err(`fenqi chart: ${problem}; see fenqi chart --help`);
  return EXIT_USAGE;
}

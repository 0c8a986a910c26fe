import { parseArgs } from 'node:util';
import type { CoverageReport } from '../../visualizer/model/coverage.ts';
import { coverageReport, percentOf } from '../../visualizer/model/coverage-report.ts';
import { CoverageFileError, readCoverages, writeCoverage } from '../coverage/coverage-file.ts';
import { NO_SOURCES, sourceCharts } from '../coverage/source-charts.ts';
import { FAULT_CATALOGUE } from '../coverage/fault-names.ts';
import type { CliIo } from './lines.ts';

export const COVERAGE_HELP = `fenqi coverage — what of the statecharts and of the faults was ever tried

  fenqi coverage merge --out FILE FILE...   several coverage files as one
  fenqi coverage report FILE...             shares of all files together, and what is missing

  --min-states N           per cent of states that must have been seen
  --min-branches N         per cent of branches that must have been taken
  --min-guards N           per cent of answers, yes and no of each guard, that must have been given
  --min-device-faults N    per cent of the faults of devices that must have struck
  --min-host-faults N      per cent of the faults of hosts that must have struck
  --missing                name everything that is missing, a line each
  --json                   one JSON object: {"states","branches","guards","deviceFaults","hostFaults"}, each
                           {"covered","of","missing"}
  --help                   this text

Files come from fenqi play --coverage, fenqi simulate --coverage and, with FENQI_COVERAGE_DIR set, from npm test.

Exit status: 0 fine, 1 a share is below what was asked for or a file is wrong, 2 wrong usage.
`;

const SHARES = {
  states: { name: 'states seen', option: 'min-states' },
  branches: { name: 'branches taken', option: 'min-branches' },
  guards: { name: 'answers of guards', option: 'min-guards' },
  deviceFaults: { name: 'device faults', option: 'min-device-faults' },
  hostFaults: { name: 'host faults', option: 'min-host-faults' },
} as const satisfies Record<keyof CoverageReport, { name: string; option: string }>;
const SHARE_IDS = Object.keys(SHARES) as (keyof CoverageReport)[];

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      out: { type: 'string' },
      'min-states': { type: 'string' },
      'min-branches': { type: 'string' },
      'min-guards': { type: 'string' },
      'min-device-faults': { type: 'string' },
      'min-host-faults': { type: 'string' },
      missing: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
}

type Options = ReturnType<typeof parse>['values'];

/** Merges coverage files, or says how much they cover. */
export async function runCoverage(args: readonly string[], io: CliIo): Promise<number> {
  const { values, positionals } = parse(args);
  const [what, ...files] = positionals;
  if (values.help) {
    io.out(COVERAGE_HELP);
    return 0;
  }
  if (what !== 'merge' && what !== 'report') return usage(io, 'say merge or report');
  if (files.length === 0) return usage(io, 'name at least one coverage file');
  const wrong = SHARE_IDS.map((id) => SHARES[id].option).find((option) => !isPercent(values[option]));
  if (wrong !== undefined) return usage(io, `--${wrong} is a per cent`);
  if (what === 'merge' && values.out === undefined) return usage(io, 'merge needs --out FILE');
  try {
    const coverage = await readCoverages(files);
    if (values.out !== undefined) await writeCoverage(values.out, coverage);
    if (what === 'merge') return 0;
    const charts = await sourceCharts();
    if (charts === undefined) throw new CoverageFileError(NO_SOURCES);
    return report(coverageReport(coverage, charts, FAULT_CATALOGUE), values, io);
  } catch (error) {
    if (!(error instanceof CoverageFileError)) throw error;
    io.err(`fenqi coverage: ${error.message}`);
    return 1;
  }
}

function usage(io: CliIo, problem: string): number {
  io.err(`fenqi coverage: ${problem}; see fenqi coverage --help`);
  return 2;
}

function isPercent(text: string | undefined): boolean {
  return text === undefined || (/^\d{1,3}(?:\.\d)?$/.test(text) && Number(text) <= 100);
}

function report(shares: CoverageReport, options: Options, io: CliIo): number {
  if (options.json) io.out(JSON.stringify(shares));
  let isShort = false;
  for (const id of SHARE_IDS) {
    const { name, option } = SHARES[id];
    const share = shares[id];
    const percent = percentOf(share);
    const wanted = options[option];
    const isBelow = wanted !== undefined && percent < Number(wanted);
    isShort ||= isBelow;
    if (isBelow) io.err(`fenqi coverage: ${name} ${percent} %, below ${wanted} %`);
    if (options.json) continue;
    io.out(`${name.padEnd(18)} ${percent.toFixed(1).padStart(5)} %  ${share.covered} of ${share.of}`);
    if (options.missing || isBelow) for (const missing of share.missing) io.out(`  - ${missing}`);
  }
  return isShort ? 1 : 0;
}

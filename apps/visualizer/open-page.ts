/** The session behind the page, from the first byte to the last. It exists in a checkout alone, see `apps/build.ts`. */
import { once } from 'node:events';
import { globSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import type { ChartModel } from '../../visualizer/model/chart.ts';
import { coverageReport, mergeCoverage } from '../../visualizer/model/coverage-report.ts';
import type { CoverageAnswer } from '../../visualizer/model/page-protocol.ts';
import { readCoverages, writeCoverage } from '../coverage/coverage-file.ts';
import { FAULT_CATALOGUE } from '../coverage/fault-names.ts';
import type { CliIo } from '../cli/lines.ts';
import { chartModel } from '../charts/chart-model.ts';
import { type PageFile, type PageServer, servePage } from './http-server.ts';
import { charts, pageFiles } from './page-files.ts';
import { Session, type SessionOptions } from './session.ts';

export interface PageOptions {
  readonly world: SessionOptions;
  /** 0 for any that is free; a taken one makes room for the next. */
  readonly port: number;
  /** Where the trace goes at the end. */
  readonly traceFile: string | undefined;
  /** Coverage of earlier runs, which the page shows with that of the session; the session's joins it at the end. */
  readonly coverageDirectory: string;
}

const PORTS_TRIED = 20;

/** Serves the page until the process is asked to end. */
export async function openPage(options: PageOptions, io: CliIo): Promise<void> {
  const files = await pageFiles((line) => io.err(line));
  const system = {
    nowMs: () => performance.now(),
    setTimeout: (callback: () => void, delayMs: number) => setTimeout(callback, delayMs),
    clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout),
  };
  const session = await Session.open(options.world, system, Date.now());
  try {
    await serveUntilTold(session, files, options, io);
  } finally {
    // First of all the journal; what cannot be written below loses no money.
    await session.close();
  }
  if (options.traceFile !== undefined) writeFileSync(options.traceFile, session.recorder.text());
  await writeCoverage(sessionFile(options.coverageDirectory), session.coverage(await chartModel()));
}

async function serveUntilTold(
  session: Session,
  files: ReadonlyMap<string, PageFile>,
  { port: first, coverageDirectory }: PageOptions,
  io: CliIo,
): Promise<void> {
  // Begun now, because it takes seconds the first time; who asks for it is told when it fails.
  const drawn = charts();
  drawn.catch(() => undefined);
  const answers = {
    '/api/charts': () => drawn,
    '/api/coverage': async () => coverageAnswer(session, await chartModel(), coverageDirectory),
  };
  const onFault = (error: unknown): void =>
    io.err(`fenqi run: ${error instanceof Error ? error.stack : String(error)}`);
  const server = await onFreePort(first, (port) => servePage(session, { port, files, answers, onFault }));
  io.out(`Fenqi POS 分期  ${server.address}`);
  io.out('Ctrl-C ends it / 结束');
  const end = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => end.abort());
  await once(end.signal, 'abort');
  await server.close();
}

/** One file a session, by its moment. */
function sessionFile(directory: string): string {
  return join(directory, `session-${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}.json`);
}

async function coverageAnswer(session: Session, model: ChartModel, directory: string): Promise<CoverageAnswer> {
  const earlier = await readCoverages(globSync('*.json', { cwd: directory }).map((file) => join(directory, file)));
  const coverage = mergeCoverage(earlier, session.coverage(model));
  return { coverage, report: coverageReport(coverage, model, FAULT_CATALOGUE) };
}

/** The port that was asked for, or one of the next. */
async function onFreePort(first: number, serve: (port: number) => Promise<PageServer>): Promise<PageServer> {
  for (let port = first; ; port++) {
    try {
      return await serve(port);
    } catch (error) {
      const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
      if (!isTaken || first === 0 || port - first >= PORTS_TRIED) throw error;
    }
  }
}

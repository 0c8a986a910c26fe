/** The session behind the page, from the first byte to the last. It exists in a checkout alone, see `apps/build.ts`. */
import { writeFileSync } from 'node:fs';
import { once } from 'node:events';
import process from 'node:process';
import type { CliIo } from '../cli/lines.ts';
import { type PageServer, servePage } from './http-server.ts';
import { charts, pageFiles } from './page-files.ts';
import { Session, type SessionOptions } from './session.ts';

export interface PageOptions {
  readonly world: SessionOptions;
  /** 0 for any that is free; a taken one makes room for the next. */
  readonly port: number;
  /** Where the trace goes at the end. */
  readonly traceFile: string | undefined;
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
  const drawn = charts();
  drawn.catch(() => undefined);
  const answers = { '/api/charts': () => drawn };
  const server = await onFreePort(options.port, (port) => servePage(session, { port, files, answers }));
  io.out(`Fenqi POS 分期  ${server.address}`);
  io.out('Ctrl-C ends it / 结束');
  const end = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => end.abort());
  await once(end.signal, 'abort');
  await server.close();
  if (options.traceFile !== undefined) writeFileSync(options.traceFile, session.recorder.text());
  await session.close();
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

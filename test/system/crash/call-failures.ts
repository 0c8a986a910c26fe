import { type Around, FAILURES, type Failure, WATCHED_PORTS, type WatchedPort } from './calls.ts';
import type { Flow } from './flows.ts';
import { playThrough, standBefore } from './matrix.ts';

/** The n-th call of one port fails, alone or with all that follow until somebody mends it. */
interface Fault {
  readonly port: WatchedPort;
  readonly how: Failure;
  readonly n: number;
  readonly isPersistent: boolean;
}

/** What became of all the runs of one flow and port. */
export interface FailureReport {
  readonly flow: string;
  readonly port: WatchedPort;
  /** Runs in which the call came and failed; of each kind and lasting, one more passed without reaching it. */
  readonly runs: number;
  readonly passed: number;
  readonly wrongs: readonly string[];
}

async function runFault(flow: Flow, { port, how, n, isPersistent }: Fault) {
  const stand = await standBefore(flow);
  let calls = 0;
  let failed = 0;
  const around: Around = (call, work, fail) => {
    if (call.port !== port) return work();
    calls++;
    if (calls < n || (calls > n && !isPersistent)) return work();
    failed++;
    return fail(how);
  };
  const wrongs = await playThrough(flow, stand, { around, mayStick: true });
  return { isReached: failed > 0, wrongs };
}

/** Lets call 1, 2, 3 … of a port fail in each of its ways, once and for good, until the flow ends without that call. */
export async function failCalls(flow: Flow, port: WatchedPort): Promise<FailureReport> {
  const wrongs: string[] = [];
  let [runs, passed] = [0, 0];
  for (const how of FAILURES[port]) {
    for (const isPersistent of [false, true]) {
      for (let n = 1; ; n++) {
        const run = await runFault(flow, { port, how, n, isPersistent });
        const where = `${flow.name}: ${port} call ${n} ${how}${isPersistent ? ' from then on' : ''}`;
        wrongs.push(...run.wrongs.map((wrong) => `${where}: ${wrong}`));
        if (run.isReached) runs++;
        else passed++;
        if (!run.isReached) break;
      }
    }
  }
  return { flow: flow.name, port, runs, passed, wrongs };
}

/** All ports of a flow. */
export async function failEveryCall(flow: Flow): Promise<FailureReport[]> {
  const reports: FailureReport[] = [];
  for (const port of WATCHED_PORTS) reports.push(await failCalls(flow, port));
  return reports;
}

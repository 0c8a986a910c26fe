import { describe, expect, it } from '@jest/globals';
import { FAILURES, WATCHED_PORTS } from './crash/calls.ts';
import { failCalls } from './crash/call-failures.ts';
import { FLOWS } from './crash/flows.ts';

/** Hundreds of whole lives in virtual time; a busy machine takes a while for them. */
const TIMEOUT_MS = 300_000;

/** Every other flow, so that the tests end in their time; `npm run crash-matrix` plays all. */
const PLAYED = FLOWS.filter((_, at) => at % 2 === 0);

describe('the n-th call of any port fails, once or from then on, and the books agree', () => {
  it.each(PLAYED)(
    '$name',
    async (flow) => {
      let runs = 0;
      for (const port of WATCHED_PORTS) {
        const report = await failCalls(flow, port);
        expect(report.wrongs).toEqual([]);
        // Of each kind and lasting, the last run passed without a call that could fail.
        expect(report.passed).toBe(FAILURES[port].length * 2);
        runs += report.runs;
      }
      expect(runs).toBeGreaterThan(40);
    },
    TIMEOUT_MS,
  );
});

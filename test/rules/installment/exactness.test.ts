import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { PlanMethod } from '../../../firmware/rules/installment/settings.ts';
import { type Case, fault, PAYERS, PRICE_MAX_FEN, TERMS } from './exactness.ts';

const CASES = 1_000_000;
const SEED = 20_261_121;
const SHRINKING_RUNS = 5000;

describe('the arithmetic of instalments', () => {
  it(`is exact in ${CASES} cases`, async () => {
    // In a thread of its own: the sandbox of a test makes such a loop several times slower.
    const worker = new Worker(new URL('exactness-worker.ts', import.meta.url), {
      workerData: { cases: CASES, seed: SEED },
    });
    // A fault is an error of the worker, which rejects this.
    expect(await once(worker, 'exit')).toEqual([0]);
  }, 120_000);

  it('is exact in the smallest cases that can be found', () => {
    const cases: fc.Arbitrary<Case> = fc.record({
      offer: fc.record({
        method: fc.constantFrom<PlanMethod>('card', 'huabei', 'baitiao'),
        periods: fc.integer({ min: 1, max: 60 }),
        feeRatePpm: fc.integer({ min: 0, max: 1_000_000 }),
        feePayer: fc.constantFrom(...PAYERS),
        terms: fc.constantFrom(...TERMS, undefined),
      }),
      amountFen: fc.integer({ min: 1, max: PRICE_MAX_FEN }),
      refunds: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 5 }),
    });
    fc.assert(
      fc.property(cases, (drawn) => {
        expect(fault(drawn)).toBeUndefined();
      }),
      { numRuns: SHRINKING_RUNS },
    );
  });
});

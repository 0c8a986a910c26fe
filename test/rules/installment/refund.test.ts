import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { AMOUNT_MAX_FEN } from '../../../firmware/base/fen.ts';
import { Fault } from '../../../firmware/base/invariant.ts';
import { refundAllowed, type RefundAsked, refundOfPlan } from '../../../firmware/rules/installment/refund.ts';
import { rowsOf } from '../text-table.ts';

describe('a refund', () => {
  it.each(
    rowsOf(`
      huabei  | 10000 |     0 | 10000 | ok
      huabei  | 10000 |     0 |  2500 | ok
      huabei  | 10000 |  2500 |  7500 | ok
      huabei  | 10000 |  2500 |  7501 | aboveSale
      huabei  | 10000 | 10000 |     1 | nothingLeft
      baitiao | 10000 |     0 |     1 | ok
      card    | 10000 |     0 | 10000 | ok
      card    | 10000 |     0 |  9999 | wholeOnly
      card    | 10000 |     0 | 10001 | aboveSale
      card    | 10000 | 10000 | 10000 | nothingLeft
      none    | 10000 |     0 |     1 | ok
      none    | 10000 |  9999 |     2 | aboveSale
    `),
  )('%s, %s fen, %s refunded before, %s now: %s', (method, amount, before, now, expected) => {
    const asked = {
      method: method === 'none' ? undefined : (method as RefundAsked['method']),
      amountFen: Number(amount),
      refundedBeforeFen: Number(before),
      refundFen: Number(now),
    };
    expect(refundAllowed({ ...asked, stands: true })).toBe(expected);
    expect(refundAllowed({ ...asked, stands: false })).toBe('notStanding');
  });

  it.each([0, -1, 0.5])('of %d fen is our own bug', (refundFen) => {
    const asked = { amountFen: 100, refundedBeforeFen: 0, refundFen };
    expect(() => refundAllowed({ ...asked, method: 'huabei', stands: true })).toThrow(Fault);
  });
});

describe('a refund of a plan', () => {
  it('takes its share of the fee with it', () => {
    const plan = { feeFen: 5400 };
    expect(refundOfPlan({ plan, amountFen: 120_000, refundedBeforeFen: 0, refundFen: 40_000 })).toEqual({
      feeBackFen: 1800,
      remainingPrincipalFen: 80_000,
      remainingFeeFen: 3600,
    });
    expect(refundOfPlan({ plan, amountFen: 120_000, refundedBeforeFen: 40_000, refundFen: 80_000 })).toEqual({
      feeBackFen: 3600,
      remainingPrincipalFen: 0,
      remainingFeeFen: 0,
    });
  });

  it.each([
    [0, 0, 0],
    [100, 60, 50],
    [100, 0, 0.5],
    [100, -1, 50],
  ])('of %d fen, %d refunded before, %d now is our own bug', (amountFen, refundedBeforeFen, refundFen) => {
    expect(() => refundOfPlan({ plan: { feeFen: 1 }, amountFen, refundedBeforeFen, refundFen })).toThrow(Fault);
  });

  it('gives back, over any number of refunds, the rounded share of the fee and in the end all of it', () => {
    const cases = fc.record({
      amountFen: fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: AMOUNT_MAX_FEN })),
      feePpm: fc.integer({ min: 0, max: 1_000_000 }),
      cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }),
    });
    fc.assert(
      fc.property(cases, ({ amountFen, feePpm, cuts }) => {
        const plan = { feeFen: Math.floor((amountFen / 1_000_000) * feePpm) };
        const ends = [...cuts.map((cut) => Math.floor(cut * amountFen)), amountFen].toSorted((a, b) => a - b);
        let refundedBeforeFen = 0;
        let backFen = 0;
        for (const end of ends) {
          const refund = refundOfPlan({ plan, amountFen, refundedBeforeFen, refundFen: end - refundedBeforeFen });
          backFen += refund.feeBackFen;
          refundedBeforeFen = end;
          expect(BigInt(backFen)).toBe((BigInt(plan.feeFen) * BigInt(end)) / BigInt(amountFen));
          expect(refund.feeBackFen).toBeGreaterThanOrEqual(0);
          expect(refund.remainingFeeFen).toBe(plan.feeFen - backFen);
          expect(refund.remainingPrincipalFen).toBe(amountFen - end);
        }
        expect(backFen).toBe(plan.feeFen);
      }),
      { numRuns: 1000 },
    );
  });
});

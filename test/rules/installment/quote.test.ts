import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { AMOUNT_MAX_FEN } from '../../../firmware/base/fen.ts';
import { Fault } from '../../../firmware/base/invariant.ts';
import { PERIODS_MAX, type PlanQuote, quotePlan } from '../../../firmware/rules/installment/quote.ts';
import type { PlanOffer, PlanTerms } from '../../../firmware/rules/installment/settings.ts';
import { rowsOf } from '../text-table.ts';

const BOUGHT_ON = { year: 2026, month: 11, day: 21 };
const SUM_RUNS = 100_000;

function huabei(periods: number, feeRatePpm: number, more: Partial<PlanOffer> = {}): PlanOffer {
  return { method: 'huabei', periods, feeRatePpm, feePayer: 'customer', ...more };
}

const totals = (quote: PlanQuote): number[] => quote.schedule.map((period) => period.totalFen);

describe('quote', () => {
  it.each(
    rowsOf(`
      10000  |  3 | 23000 |  230 |  3333 |  76 |  3409 | 1 | 2
      10000  |  6 | 45000 |  450 |  1666 |  75 |  1741 | 4 | 0
      10000  | 12 | 75000 |  750 |   833 |  62 |   895 | 4 | 6
      60000  |  6 | 45000 | 2700 | 10000 | 450 | 10450 | 0 | 0
      123457 | 12 | 75000 | 9259 | 10288 | 771 | 11059 | 1 | 7
    `).map((row) => row.map(Number)),
  )('V14: %d fen in %d periods at %d ppm', (amount, periods, rate, fee, principalEach, feeEach, each, restP, restF) => {
    const quote = quotePlan(huabei(periods ?? 0, rate ?? 0), amount ?? 0, BOUGHT_ON);
    expect(quote.feeFen).toBe(fee);
    expect(quote.perPeriodFen).toBe(each);
    expect(quote.totalFen).toBe((amount ?? 0) + (fee ?? 0));
    const [first, second] = quote.schedule;
    expect(second).toMatchObject({ principalFen: principalEach, feeFen: feeEach, totalFen: each });
    expect(first).toMatchObject({
      principalFen: (principalEach ?? 0) + (restP ?? 0),
      feeFen: (feeEach ?? 0) + (restF ?? 0),
    });
    expect(quote.firstPaymentFen).toBe((each ?? 0) + (restP ?? 0) + (restF ?? 0));
  });

  it('six periods of 1200 yuan at 4.5 % cost 209 yuan a month and 54 yuan in all', () => {
    const quote = quotePlan(huabei(6, 45_000), 120_000, BOUGHT_ON);
    expect(quote).toMatchObject({
      principalFen: 120_000,
      feeFen: 5400,
      merchantFeeFen: 0,
      totalFen: 125_400,
      firstPaymentFen: 20_900,
      perPeriodFen: 20_900,
      firstDueDate: '2026-12-09',
    });
    expect(quote.schedule.map((period) => period.dueDate)).toEqual([
      '2026-12-09',
      '2027-01-09',
      '2027-02-09',
      '2027-03-09',
      '2027-04-09',
      '2027-05-09',
    ]);
  });

  it('costs the customer nothing when the merchant pays, and says what it costs the merchant', () => {
    const quote = quotePlan(huabei(3, 18_000, { feePayer: 'merchant' }), 10_000, BOUGHT_ON);
    expect(quote).toMatchObject({ feeFen: 0, merchantFeeFen: 180, totalFen: 10_000, perPeriodFen: 3333 });
    expect(totals(quote)).toEqual([3334, 3333, 3333]);
  });

  it.each(
    rowsOf(`
      first | everyPeriod | 3412 3409 3409
      first | firstPeriod | 3564 3333 3333
      last  | everyPeriod | 3409 3409 3412
      last  | firstPeriod | 3563 3333 3334
    `),
  )('puts what does not divide into the %s period, fee in %s: %s', (remainderIn, feeIn, payments) => {
    const terms = { remainderIn, feeIn, due: { kind: 'sameDay' } } as PlanTerms;
    const quote = quotePlan(huabei(3, 23_000, { terms }), 10_000, BOUGHT_ON);
    expect(totals(quote).join(' ')).toBe(payments);
    expect(quote.firstPaymentFen).toBe(totals(quote)[0]);
  });

  it.each(
    rowsOf(`
      50   | 10000 | 0
      150  | 10000 | 2
      250  | 10000 | 2
      251  | 10000 | 3
      249  | 10000 | 2
    `).map((row) => row.map(Number)),
  )('rounds a fee on %d fen at %d ppm half to even: %d', (amount, rate, fee) => {
    expect(quotePlan(huabei(3, rate ?? 0), amount ?? 0, BOUGHT_ON).feeFen).toBe(fee);
  });

  it('is exact where floating point is not', () => {
    const quote = quotePlan(huabei(3, 75_001), AMOUNT_MAX_FEN, BOUGHT_ON);
    expect(BigInt(quote.feeFen)).toBe((BigInt(AMOUNT_MAX_FEN) * 75_001n + 500_000n) / 1_000_000n);
  });

  it.each([
    ['no amount', huabei(3, 1000), 0],
    ['part of a fen', huabei(3, 1000), 10.5],
    ['no period', huabei(0, 1000), 100],
    ['too many periods', huabei(PERIODS_MAX + 1, 1000), 100],
    ['half a period', huabei(2.5, 1000), 100],
    ['a fee above the price', huabei(3, 1_000_001), 100],
    ['a fee below nothing', huabei(3, -1), 100],
    ['part of a millionth', huabei(3, 0.5), 100],
  ])('is our own bug for %s', (_, offer, amountFen) => {
    expect(() => quotePlan(offer, amountFen, BOUGHT_ON)).toThrow(Fault);
  });

  it('adds up to the fen for any plan, with no negative payment', () => {
    const terms = fc.record({
      remainderIn: fc.constantFrom('first' as const, 'last' as const),
      feeIn: fc.constantFrom('everyPeriod' as const, 'firstPeriod' as const),
      due: fc.constantFrom({ kind: 'sameDay' as const }, { kind: 'byStatement' as const }),
    });
    const offer = fc.record({
      method: fc.constantFrom('card' as const, 'huabei' as const, 'baitiao' as const),
      periods: fc.integer({ min: 1, max: 36 }),
      feeRatePpm: fc.integer({ min: 0, max: 1_000_000 }),
      feePayer: fc.constantFrom('customer' as const, 'merchant' as const),
      terms: fc.option(terms, { nil: undefined }),
    });
    fc.assert(
      fc.property(offer, fc.integer({ min: 1, max: AMOUNT_MAX_FEN }), (each, amountFen) => {
        const quote = quotePlan(each, amountFen, BOUGHT_ON);
        let principal = 0;
        let fee = 0;
        let total = 0;
        let lowest = Number.POSITIVE_INFINITY;
        for (const period of quote.schedule) {
          principal += period.principalFen;
          fee += period.feeFen;
          total += period.totalFen;
          lowest = Math.min(lowest, period.principalFen, period.feeFen);
        }
        return (
          quote.schedule.length === each.periods &&
          principal === amountFen &&
          fee === quote.feeFen &&
          total === quote.totalFen &&
          quote.totalFen === amountFen + quote.feeFen &&
          lowest >= 0 &&
          quote.firstPaymentFen === quote.schedule[0]?.totalFen &&
          (each.feePayer === 'customer' ? quote.merchantFeeFen === 0 : quote.feeFen === 0)
        );
      }),
      { numRuns: SUM_RUNS },
    );
  });
});

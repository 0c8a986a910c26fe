import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  type HostPlan,
  type HostPlanSale,
  quoteOfHostPlan,
  quotesOfHostPlans,
} from '../../../firmware/rules/installment/host-plan.ts';
import { type PlanQuote, quotePlan } from '../../../firmware/rules/installment/quote.ts';
import { rowsOf } from '../text-table.ts';

const SALE: HostPlanSale = {
  method: 'baitiao',
  amountFen: 10_000,
  boughtOn: { year: 2026, month: 11, day: 21 },
};

/** 100 yuan in three periods for 1.80 yuan: 34.00 first, then 33.90. */
const THREE: HostPlan = {
  periods: 3,
  feePayer: 'customer',
  feeFen: 180,
  firstPaymentFen: 3400,
  laterPaymentFen: 3390,
  totalFen: 10_180,
};

function quoteOf(plan: HostPlan, sale: Partial<HostPlanSale> = {}): PlanQuote {
  const quote = quoteOfHostPlan(plan, { ...SALE, ...sale });
  if ('refused' in quote) throw new Error(`${quote.refused} ${quote.what}`);
  return quote;
}

function verdict(plan: Partial<HostPlan>, sale: Partial<HostPlanSale> = {}): string {
  const quote = quoteOfHostPlan({ ...THREE, ...plan }, { ...SALE, ...sale });
  return 'refused' in quote ? `${quote.refused} ${quote.what}` : 'taken';
}

describe("a host's plan", () => {
  it('is quoted with the payments that the host says', () => {
    const quote = quoteOf(THREE);
    expect(quote).toMatchObject({
      offer: { method: 'baitiao', periods: 3, feeRatePpm: 18_000, feePayer: 'customer' },
      principalFen: 10_000,
      feeFen: 180,
      merchantFeeFen: 0,
      totalFen: 10_180,
      firstPaymentFen: 3400,
      perPeriodFen: 3390,
      firstDueDate: '2026-12-21',
    });
    expect(quote.schedule).toEqual([
      { period: 1, dueDate: '2026-12-21', principalFen: 3340, feeFen: 60, totalFen: 3400 },
      { period: 2, dueDate: '2027-01-21', principalFen: 3330, feeFen: 60, totalFen: 3390 },
      { period: 3, dueDate: '2027-02-21', principalFen: 3330, feeFen: 60, totalFen: 3390 },
    ]);
  });

  it('costs the customer no fee where the merchant pays it', () => {
    const payments = { firstPaymentFen: 3334, laterPaymentFen: 3333, totalFen: 10_000 };
    const quote = quoteOf({ ...THREE, ...payments, feePayer: 'merchant' });
    expect(quote).toMatchObject({ feeFen: 0, merchantFeeFen: 180, totalFen: 10_000 });
    expect(quote.schedule.map(({ feeFen }) => feeFen)).toEqual([0, 0, 0]);
  });

  it('may be of one payment, whatever it says of later ones', () => {
    const plan = { periods: 1, feeFen: 60, firstPaymentFen: 10_060, laterPaymentFen: 0, totalFen: 10_060 };
    expect(quoteOf({ ...THREE, ...plan })).toMatchObject({
      perPeriodFen: 10_060,
      schedule: [{ principalFen: 10_000, feeFen: 60 }],
    });
  });

  it.each([
    ['a first payment below its share of the fee', { firstPaymentFen: 10, laterPaymentFen: 5085 }],
    ['later payments below their share of the fee', { firstPaymentFen: 10_100, laterPaymentFen: 40 }],
    ['nothing to pay first', { firstPaymentFen: 0, laterPaymentFen: 5090 }],
  ])('has no negative part with %s', (_, payments) => {
    const quote = quoteOf({ ...THREE, ...payments });
    expect(
      Math.min(...quote.schedule.flatMap((period) => [period.principalFen, period.feeFen])),
    ).toBeGreaterThanOrEqual(0);
    expect(quote.schedule.reduce((sum, period) => sum + period.feeFen, 0)).toBe(180);
    expect(quote.schedule.map(({ totalFen }) => totalFen)).toEqual([
      payments.firstPaymentFen,
      payments.laterPaymentFen,
      payments.laterPaymentFen,
    ]);
  });

  it.each(
    rowsOf(`
      periods         | 0        | outOfRange periods
      periods         | 61       | outOfRange periods
      periods         | 2.5      | outOfRange periods
      feeFen          | -1       | outOfRange feeFen
      feeFen          | 10001    | outOfRange feeFen
      firstPaymentFen | -1       | outOfRange firstPaymentFen
      laterPaymentFen | 0.5      | outOfRange laterPaymentFen
      totalFen        | NaN      | outOfRange totalFen
      totalFen        | 10181    | doesNotAddUp totalFen
      feeFen          | 181      | doesNotAddUp totalFen
      firstPaymentFen | 3401     | doesNotAddUp firstPaymentFen
      laterPaymentFen | 3391     | doesNotAddUp firstPaymentFen
      periods         | 4        | doesNotAddUp firstPaymentFen
      ratePpm         | 18000    | taken
      ratePpm         | 18300    | taken
      ratePpm         | 17698    | doesNotAddUp ratePpm
      ratePpm         | 18302    | doesNotAddUp ratePpm
      ratePpm         | -1       | outOfRange ratePpm
      ratePpm         | 1000001  | outOfRange ratePpm
      ratePpm         | 0.5      | outOfRange ratePpm
    `),
  )('whose %s is %s: %s', (member, value, expected) => {
    expect(verdict({ [member ?? '']: Number(value) })).toBe(expected);
  });

  it('does not add up when the customer is to pay a fee that the merchant pays', () => {
    expect(verdict({ feePayer: 'merchant' })).toBe('doesNotAddUp totalFen');
  });

  it('of our own arithmetic gives the quote that it was made from', () => {
    const sales = fc.record({
      periods: fc.integer({ min: 1, max: 60 }),
      feeRatePpm: fc.integer({ min: 0, max: 1_000_000 }),
      amountFen: fc.integer({ min: 1, max: 100_000_000 }),
      feePayer: fc.constantFrom('customer' as const, 'merchant' as const),
    });
    fc.assert(
      fc.property(sales, ({ periods, feeRatePpm, amountFen, feePayer }) => {
        const ours = quotePlan({ method: 'baitiao', periods, feeRatePpm, feePayer }, amountFen, SALE.boughtOn);
        const plan: HostPlan = {
          periods,
          feePayer,
          feeFen: ours.feeFen + ours.merchantFeeFen,
          firstPaymentFen: ours.firstPaymentFen,
          laterPaymentFen: ours.perPeriodFen,
          totalFen: ours.totalFen,
          ratePpm: feeRatePpm,
        };
        expect(quoteOf(plan, { amountFen })).toEqual(ours);
      }),
    );
  });
});

describe('all plans of a host', () => {
  const six: HostPlan = {
    ...THREE,
    periods: 6,
    feeFen: 360,
    firstPaymentFen: 1730,
    laterPaymentFen: 1726,
    totalFen: 10_360,
  };

  it('are quoted, fewest periods first', () => {
    const quotes = quotesOfHostPlans([six, THREE], SALE);
    expect(quotes).toMatchObject([{ offer: { periods: 3 } }, { offer: { periods: 6 } }]);
  });

  it('may be paid for by both sides, each its own', () => {
    const free = { ...THREE, feePayer: 'merchant', firstPaymentFen: 3334, laterPaymentFen: 3333, totalFen: 10_000 };
    expect(quotesOfHostPlans([free as HostPlan, six], SALE)).toMatchObject([
      { offer: { periods: 3, feePayer: 'merchant' }, feeFen: 0, merchantFeeFen: 180 },
      { offer: { periods: 6, feePayer: 'customer' }, feeFen: 360, merchantFeeFen: 0 },
    ]);
  });

  it.each([
    ['there are none', [], { refused: 'emptyList', what: 'plans' }],
    ['two have the same periods', [THREE, six, THREE], { refused: 'inconsistent', what: '3 periods' }],
    ['one does not add up', [THREE, { ...six, totalFen: 1 }], { refused: 'inconsistent', what: '6 totalFen' }],
  ])('are refused when %s', (_, plans, refused) => {
    expect(quotesOfHostPlans(plans, SALE)).toEqual(refused);
  });
});

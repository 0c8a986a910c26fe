import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { AMOUNT_MAX_FEN } from '../../../firmware/base/fen.ts';
import { planRecordOf } from '../../../firmware/effects/wallet-order.ts';
import type { DueRule } from '../../../firmware/rules/installment/due-date.ts';
import { quoteOfHostPlan } from '../../../firmware/rules/installment/host-plan.ts';
import { quotePlan } from '../../../firmware/rules/installment/quote.ts';
import { scheduleOf } from '../../../firmware/rules/installment/schedule.ts';
import type { PlanOffer } from '../../../firmware/rules/installment/settings.ts';
import { rowsOf } from '../text-table.ts';

const BOUGHT_ON = { year: 2026, month: 12, day: 5 };

const offers = fc.record({
  method: fc.constantFrom('card' as const, 'huabei' as const, 'baitiao' as const),
  periods: fc.integer({ min: 1, max: 60 }),
  feeRatePpm: fc.integer({ min: 0, max: 1_000_000 }),
  feePayer: fc.constantFrom('customer' as const, 'merchant' as const),
  terms: fc.option(
    fc.record({
      remainderIn: fc.constantFrom('first' as const, 'last' as const),
      feeIn: fc.constantFrom('everyPeriod' as const, 'firstPeriod' as const),
      due: fc.oneof(
        fc.constantFrom<DueRule>({ kind: 'sameDay' }, { kind: 'byStatement' }),
        fc.integer({ min: 1, max: 28 }).map((day): DueRule => ({ kind: 'dayOfMonth', day })),
      ),
    }),
    { nil: undefined },
  ),
});
/** Days that every month has: on the 29th to 31st two rules can give the same first due date. */
const days = fc.record({
  year: fc.integer({ min: 2000, max: 2100 }),
  month: fc.integer({ min: 1, max: 12 }),
  day: fc.integer({ min: 1, max: 28 }),
});

describe('the repayment schedule of a plan in the journal', () => {
  it('is the one that was quoted, whatever the terms were', () => {
    fc.assert(
      fc.property(
        offers,
        fc.oneof(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: AMOUNT_MAX_FEN })),
        days,
        (offer, amountFen, boughtOn) => {
          const quote = quotePlan(offer, amountFen, boughtOn);
          expect(scheduleOf(planRecordOf(quote), amountFen, boughtOn)).toEqual(quote.schedule);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('is the one that a host said, where no terms of ours give it', () => {
    const quote = quoteOfHostPlan(
      {
        periods: 3,
        feePayer: 'customer',
        feeFen: 180,
        firstPaymentFen: 4000,
        laterPaymentFen: 3090,
        totalFen: 10_180,
      },
      { method: 'baitiao', amountFen: 10_000, boughtOn: BOUGHT_ON },
    );
    if ('refused' in quote) throw new Error(quote.refused);
    expect(scheduleOf(planRecordOf(quote), 10_000, BOUGHT_ON)).toEqual(quote.schedule);
  });

  it.each(
    rowsOf(`
      huabei  | dayOfMonth 9  | 2027-01-09 2027-02-09
      huabei  | dayOfMonth 20 | 2027-01-20 2027-02-20
      huabei  | sameDay       | 2027-01-05 2027-02-05
      baitiao | dayOfMonth 28 | 2027-01-28 2027-02-28
      card    | dayOfMonth 1  | 2027-01-01 2027-02-01
      card    | byStatement   | none none
    `),
  )('of %s, %s, falls due on %s', (method, due, dates) => {
    const [kind, day] = due?.split(' ') ?? [];
    const terms = { remainderIn: 'first', feeIn: 'everyPeriod', due: { kind, day: Number(day) } };
    const offer = { method, periods: 2, feeRatePpm: 0, feePayer: 'customer', terms } as PlanOffer;
    const kept = planRecordOf(quotePlan(offer, 1000, BOUGHT_ON));
    const found = scheduleOf(kept, 1000, BOUGHT_ON).map((period) => period.dueDate ?? 'none');
    expect(found.join(' ')).toBe(dates);
  });

  it('goes on from the first due date where a lender begins later', () => {
    const kept = {
      ...planRecordOf(
        quotePlan({ method: 'huabei', periods: 2, feeRatePpm: 0, feePayer: 'customer' }, 1000, BOUGHT_ON),
      ),
    };
    const schedule = scheduleOf({ ...kept, firstDueDate: '2027-03-15' }, 1000, BOUGHT_ON);
    expect(schedule.map(({ dueDate }) => dueDate)).toEqual(['2027-03-15', '2027-04-15']);
  });
});

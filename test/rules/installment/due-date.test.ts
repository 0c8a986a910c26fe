import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Fault } from '../../../firmware/base/invariant.ts';
import {
  type CalendarDay,
  daysInMonth,
  dueDate,
  type DueRule,
  isCalendarDay,
} from '../../../firmware/rules/installment/due-date.ts';
import { rowsOf } from '../text-table.ts';

function dayOf(text: string): CalendarDay {
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
  return { year, month, day };
}

function ruleOf(text: string): DueRule {
  const [kind, day] = text.split(' ');
  return kind === 'dayOfMonth' ? { kind, day: Number(day) } : { kind: kind as 'sameDay' | 'byStatement' };
}

describe('due date', () => {
  it.each(
    rowsOf(`
      dayOfMonth 9  | 2026-11-21 |  1 | 2026-12-09
      dayOfMonth 9  | 2026-11-01 |  1 | 2026-12-09
      dayOfMonth 9  | 2026-12-31 |  1 | 2027-01-09
      dayOfMonth 9  | 2026-11-21 |  2 | 2027-01-09
      dayOfMonth 9  | 2026-11-21 | 12 | 2027-11-09
      dayOfMonth 9  | 2026-12-01 | 12 | 2027-12-09
      dayOfMonth 9  | 2026-12-01 | 13 | 2028-01-09
      dayOfMonth 9  | 2026-01-15 | 24 | 2028-01-09
      dayOfMonth 31 | 2026-01-15 |  1 | 2026-02-28
      dayOfMonth 31 | 2028-01-15 |  1 | 2028-02-29
      dayOfMonth 31 | 2026-03-15 |  1 | 2026-04-30
      sameDay       | 2026-01-31 |  1 | 2026-02-28
      sameDay       | 2026-01-31 |  2 | 2026-03-31
      sameDay       | 2024-01-30 |  1 | 2024-02-29
      sameDay       | 2099-12-31 |  2 | 2100-02-28
      sameDay       | 2026-11-21 |  1 | 2026-12-21
      byStatement   | 2026-11-21 |  1 |
    `),
  )('%s, bought on %s, period %s: %s', (rule, boughtOn, period, expected) => {
    expect(dueDate(ruleOf(rule ?? ''), dayOf(boughtOn ?? ''), Number(period)) ?? '').toBe(expected);
  });

  it('knows the months as every calendar does', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1900, max: 2200 }), fc.integer({ min: 1, max: 12 }), (year, month) => {
        expect(daysInMonth(year, month)).toBe(new Date(Date.UTC(year, month, 0)).getUTCDate());
      }),
    );
  });

  it('falls on a real day, one month after the other, wherever it starts', () => {
    const rules = fc.oneof(
      fc.integer({ min: 1, max: 31 }).map((day): DueRule => ({ kind: 'dayOfMonth', day })),
      fc.constant<DueRule>({ kind: 'sameDay' }),
    );
    const days = fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(rules, days, fc.integer({ min: 1, max: 60 }), (rule, date, period) => {
        const boughtOn = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
        const due = dayOf(dueDate(rule, boughtOn, period) ?? '');
        expect(isCalendarDay(due)).toBe(true);
        expect(due.year * 12 + due.month - (boughtOn.year * 12 + boughtOn.month)).toBe(period);
      }),
    );
  });

  it.each(['2026-02-29', '2026-13-01', '2026-00-10', '2026-04-31', '2026-01-00'])(
    'refuses %s as our own bug',
    (day) => {
      expect(() => dueDate({ kind: 'sameDay' }, dayOf(day), 1)).toThrow(Fault);
    },
  );
});

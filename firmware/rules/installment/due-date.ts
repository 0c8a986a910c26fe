import { invariant } from '../../base/invariant.ts';

/** A day of the Gregorian calendar; `month` 1 to 12. */
export interface CalendarDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** When a period falls due. A day that a month does not have becomes its last day. */
export type DueRule =
  /** The same day number every month, beginning with the month after the sale. */
  | { readonly kind: 'dayOfMonth'; readonly day: number }
  /** The day number of the sale, beginning with the month after it. */
  | { readonly kind: 'sameDay' }
  /** With the card's own statement, which the terminal cannot know. */
  | { readonly kind: 'byStatement' };

const DAYS_OF_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

export function daysInMonth(year: number, month: number): number {
  return month === 2 && isLeapYear(year) ? 29 : (DAYS_OF_MONTH[month - 1] ?? 0);
}

export function isCalendarDay({ year, month, day }: CalendarDay): boolean {
  const whole = Number.isInteger(year) && Number.isInteger(month) && Number.isInteger(day);
  return whole && year >= 1 && year <= 9999 && day >= 1 && day <= daysInMonth(year, month);
}

/** `2026-12-09` */
export function formatDay({ year, month, day }: CalendarDay): string {
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
}

/** Due day of a period (1 is the first); `undefined` when only the card's statement can tell. */
export function dueDate(rule: DueRule, boughtOn: CalendarDay, period: number): string | undefined {
  if (rule.kind === 'byStatement') return undefined;
  invariant(isCalendarDay(boughtOn), 'a sale happens on a day of the calendar');
  const months = boughtOn.month - 1 + period;
  const year = boughtOn.year + Math.floor(months / 12);
  const month = (months % 12) + 1;
  const day = rule.kind === 'dayOfMonth' ? rule.day : boughtOn.day;
  return formatDay({ year, month, day: Math.min(day, daysInMonth(year, month)) });
}

function pad(value: number, digits: number): string {
  return value.toString().padStart(digits, '0');
}

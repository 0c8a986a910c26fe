import type { Bill, BillPeriod } from '../protocol/wallet/wallet-api.ts';

/** Periods of one page; a display has eight lines. */
const PERIODS_A_PAGE = 5;

/** One page of one bill. */
export interface BillPage {
  readonly bill: Bill;
  /** Of this bill, from 1. */
  readonly page: number;
}

/** Pages of all bills in order; what is overdue comes first. A bill without periods has a page too: it says that much. */
export function pagesOf(bills: readonly Bill[]): BillPage[] {
  const ordered = [...bills.filter(isOverdue), ...bills.filter((bill) => !isOverdue(bill))];
  return ordered.flatMap((bill) => {
    const count = Math.max(1, Math.ceil(bill.periods.length / PERIODS_A_PAGE));
    return Array.from({ length: count }, (_, index) => ({ bill, page: index + 1 }));
  });
}

export function periodsOnPage({ bill, page }: BillPage): readonly BillPeriod[] {
  return bill.periods.slice((page - 1) * PERIODS_A_PAGE, page * PERIODS_A_PAGE);
}

/** Something should have been paid already, or the host says so. */
export function isOverdue(bill: Bill): boolean {
  return overdueFen(bill) > 0 || bill.notice !== undefined;
}

/** What should have been paid already. */
export function overdueFen({ periods }: Pick<Bill, 'periods'>): number {
  return periods.filter(({ state }) => state === 'overdue').reduce((sum, { amountFen }) => sum + amountFen, 0);
}

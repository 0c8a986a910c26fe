import { openSales, type OwedCopy, owedCopies } from '../journal/fold.ts';
import type { Effect } from './effect.ts';

export interface SummaryOutcome {
  readonly openItems: number;
  readonly owedCopies: readonly OwedCopy[];
}

/** What the journal still owes: money in doubt first, paper second. */
export const summarize: Effect<SummaryOutcome, undefined> = ({ journal }) =>
  Promise.resolve({ openItems: openSales(journal.state).length, owedCopies: owedCopies(journal.state) });

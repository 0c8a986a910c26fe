import { openItems, type OwedCopy, owedCopies } from '../journal/fold.ts';
import { HalError } from '../hal/index.ts';
import { batchIsFull } from '../settlement/totals.ts';
import type { Effect } from './effect.ts';

export interface SummaryOutcome {
  readonly openItems: number;
  /** Offline sales that wait to be forwarded. */
  readonly stored: number;
  readonly owedCopies: readonly OwedCopy[];
  /** Amount of the newest sale when it stands and not one line of its receipts was begun: maybe nobody saw that it stands. */
  readonly unseenFen: number | undefined;
  /** No sale until the batch is settled: the host has judged its totals already, or it is full. */
  readonly mustSettle: boolean;
  /** Batch whose settlement slip can be printed again. */
  readonly settledBatch: string | undefined;
}

/** What the journal still owes: money in doubt first, paper second. Rejects when it cannot be written any more. */
export const summarize: Effect<SummaryOutcome, undefined> = async ({ journal }) => {
  if (!journal.isWritable) throw new HalError('media', 'journal', 'takes no more records');
  const { newest, settlement } = journal.state;
  const isUnseen = newest?.status === 'approved' && newest.copies.merchant === 'owed';
  return {
    openItems: openItems(journal.state).length,
    stored: journal.state.stored.size,
    owedCopies: owedCopies(journal.state),
    unseenFen: isUnseen ? newest.intent.amountFen : undefined,
    mustSettle: settlement.progress?.answer !== undefined || batchIsFull(journal.state),
    settledBatch: settlement.last?.begun.batch,
  };
};

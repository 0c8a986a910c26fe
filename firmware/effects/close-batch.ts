import { invariant } from '../base/invariant.ts';
import { nextBatchOf } from '../settlement/batch-number.ts';
import { settlementReport } from '../settlement/report.ts';
import type { Effect } from './effect.ts';

export interface ClosedBatch {
  readonly batch: string;
  readonly balanced: boolean;
  /** Things that host and journal see differently; the slip names them. */
  readonly disagreements: number;
}

/** Ends the settled batch and opens the next one. A number that the host gave at a sign-on since then wins over ours. */
export const closeBatch: Effect<ClosedBatch, undefined> = async ({ journal }) => {
  const { progress } = journal.state.settlement;
  invariant(progress?.answer !== undefined, 'a batch is closed after its upload');
  const { batch } = progress.begun;
  const signedOnFor = journal.state.batch;
  const nextBatch = signedOnFor === batch ? nextBatchOf(batch) : signedOnFor;
  await journal.append({ type: 'batchClosed', batch, nextBatch });
  const { last } = journal.state.settlement;
  invariant(last !== undefined, 'a closed batch is remembered');
  const { balanced, disagreements } = settlementReport(journal.state, last);
  return { batch, balanced, disagreements: disagreements.length };
};

import { type JournaledSale, openSales, storedSales } from '../journal/fold.ts';
import type { SaleKey } from '../journal/records.ts';
import { recoveryOf } from '../rules/recovery.ts';
import type { Effect } from './effect.ts';

export interface FindOpenOutcome {
  readonly openItems: number;
  /** Offline sales that wait to be forwarded; they go after everything that is in doubt. */
  readonly stored: number;
  /** The oldest. */
  readonly next:
    { readonly kind: 'reversal' | 'order' | 'forward'; readonly key: SaleKey; readonly amountFen: number } | undefined;
}

/** Finds the oldest sale in doubt and makes sure that its reversal is a durable duty before it is sent. */
export const findOpen: Effect<FindOpenOutcome, undefined> = async ({ journal }) => {
  const open = openSales(journal.state);
  const oldest = open[0];
  const stored = storedSales(journal.state);
  if (oldest === undefined) return { openItems: 0, stored: stored.length, next: forwardOf(stored[0]) };
  const recovery = recoveryOf(oldest);
  if (recovery.do === 'openReversal') {
    await journal.append({ type: 'reversalIntent', ...oldest.key, reason: recovery.reason });
  }
  return {
    openItems: open.length,
    stored: stored.length,
    next: {
      kind: recovery.do === 'resolveOrder' ? 'order' : 'reversal',
      key: oldest.key,
      amountFen: oldest.intent.amountFen,
    },
  };
};

function forwardOf(sale: JournaledSale | undefined): FindOpenOutcome['next'] {
  return sale && { kind: 'forward', key: sale.key, amountFen: sale.intent.amountFen };
}

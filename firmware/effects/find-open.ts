import { type JournaledSale, openItems, storedSales } from '../journal/fold.ts';
import type { SaleKey } from '../journal/records.ts';
import { type Recovery, recoveryOf } from '../rules/recovery.ts';
import { type ItemKind, kindOf } from '../rules/sale-truth.ts';
import type { Effect } from './effect.ts';

export interface OpenItem {
  readonly kind: 'reversal' | 'order' | 'refund' | 'forward';
  readonly what: ItemKind;
  readonly key: SaleKey;
  readonly amountFen: number;
}

export interface FindOpenOutcome {
  readonly openItems: number;
  /** Offline sales that wait to be forwarded; they go after everything that is in doubt. */
  readonly stored: number;
  /** The oldest. */
  readonly next: OpenItem | undefined;
}

const KINDS: Readonly<Record<Recovery['do'], OpenItem['kind']>> = {
  openReversal: 'reversal',
  sendReversal: 'reversal',
  resolveOrder: 'order',
  repeatRefund: 'refund',
};

/** Finds the oldest item in doubt and makes sure that its reversal is a durable duty before it is sent. */
export const findOpen: Effect<FindOpenOutcome, undefined> = async ({ journal }) => {
  const open = openItems(journal.state);
  const oldest = open[0];
  const stored = storedSales(journal.state);
  if (oldest === undefined) return { openItems: 0, stored: stored.length, next: forwardOf(stored[0]) };
  const { key, intent } = oldest;
  const recovery = recoveryOf(oldest);
  if (recovery.do === 'openReversal') {
    await journal.append({ type: 'reversalIntent', ...oldest.key, reason: recovery.reason });
  }
  const next: OpenItem = { kind: KINDS[recovery.do], what: kindOf(oldest), key, amountFen: intent.amountFen };
  return { openItems: open.length, stored: stored.length, next };
};

function forwardOf(sale: JournaledSale | undefined): OpenItem | undefined {
  return sale && { kind: 'forward', what: 'sale', key: sale.key, amountFen: sale.intent.amountFen };
}

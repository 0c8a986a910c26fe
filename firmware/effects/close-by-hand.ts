import { openItems } from '../journal/fold.ts';
import type { SaleKey } from '../journal/records.ts';
import { saleId } from '../journal/sale-key.ts';
import type { Effect } from './effect.ts';

export interface CloseByHandInput {
  readonly key: SaleKey;
  /** Who answers for it, as the settlement slip will name them. */
  readonly supervisor: string;
}

export type CloseByHandOutcome =
  | { readonly kind: 'closed' }
  /** The host settled it meanwhile, or it never was open. */
  | { readonly kind: 'notOpen' }
  | { readonly kind: 'noName' };

/**
 * Takes an open sale, void or refund out of the terminal's hands, because a named person will clear it up with the
 * acquirer. The only way other than the host's answer in which an open item ends.
 */
export const closeByHand: Effect<CloseByHandOutcome, CloseByHandInput> = async ({ journal }, input) => {
  const supervisor = input.supervisor.trim();
  if (supervisor === '') return { kind: 'noName' };
  const id = saleId(input.key);
  const isOpen = openItems(journal.state).some(({ key }) => saleId(key) === id);
  if (!isOpen) return { kind: 'notOpen' };
  const { batch, stan } = input.key;
  await journal.append({ type: 'closedByHand', batch, stan, supervisor });
  return { kind: 'closed' };
};

import type { SaleKey } from '../journal/records.ts';
import type { ReversalReason } from '../protocol/cup/messages.ts';
import type { Effect } from './effect.ts';

export interface OpenReversalInput {
  readonly key: SaleKey;
  readonly reason: ReversalReason;
}

/** Makes the duty to reverse durable. Sending is the recovery's business, which goes before anything else online. */
export const openReversal: Effect<void, OpenReversalInput> = ({ journal }, { key, reason }) =>
  journal.append({ type: 'reversalIntent', ...key, reason });

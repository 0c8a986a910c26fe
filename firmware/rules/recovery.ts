import type { JournaledRefund, JournaledSale } from '../journal/fold.ts';
import type { ReversalReason } from '../protocol/cup/messages.ts';
import { isRefund } from './sale-truth.ts';

export type Recovery =
  | { readonly do: 'openReversal'; readonly reason: ReversalReason }
  | { readonly do: 'sendReversal' }
  | { readonly do: 'resolveOrder' }
  /** Sends it again under its own number. */
  | { readonly do: 'repeatRefund' };

/**
 * What an open item needs. A card sale that was sent and not answered is reversed with 98; one that was authorised and
 * not completed (the terminal died before the chip agreed, or before anybody could see it) with 96, device fault; one
 * with an answer that could not be believed with A0 or 06, as the answer would have been.
 */
export function recoveryOf(item: JournaledSale | JournaledRefund): Recovery {
  if (isRefund(item)) return refundRecoveryOf(item);
  if (item.intent.type === 'walletIntent') return { do: 'resolveOrder' };
  if (item.status === 'authorized') return { do: 'openReversal', reason: '96' };
  if (item.status !== 'sent') return { do: 'sendReversal' };
  if (item.cardResult?.result !== 'untrusted') return { do: 'openReversal', reason: '98' };
  return { do: 'openReversal', reason: item.cardResult.why === 'mac' ? 'A0' : '06' };
}

/**
 * A void by card is reversed like a sale, and the sale then stands again: hosts know no repetition of it. Everything else
 * is repeated, because its number makes it safe to.
 */
function refundRecoveryOf({ intent, status, result }: JournaledRefund): Recovery {
  if (intent.kind === 'refund' || intent.way.by === 'wallet') return { do: 'repeatRefund' };
  if (status === 'reversing') return { do: 'sendReversal' };
  return { do: 'openReversal', reason: result?.result === 'untrusted' ? '06' : '98' };
}

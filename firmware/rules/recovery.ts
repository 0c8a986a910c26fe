import type { JournaledSale } from '../journal/fold.ts';
import type { ReversalReason } from '../protocol/cup/messages.ts';

export type Recovery =
  | { readonly do: 'openReversal'; readonly reason: ReversalReason }
  | { readonly do: 'sendReversal' }
  | { readonly do: 'resolveOrder' };

/**
 * What an open sale needs. A card sale that was sent and not answered is reversed with 98; one that was authorised and
 * not completed (the terminal died before the chip agreed, or before anybody could see it) with 96, device fault; one
 * with an answer that could not be believed with A0 or 06, as the answer would have been.
 */
export function recoveryOf(sale: JournaledSale): Recovery {
  if (sale.intent.type === 'walletIntent') return { do: 'resolveOrder' };
  if (sale.status === 'authorized') return { do: 'openReversal', reason: '96' };
  if (sale.status !== 'sent') return { do: 'sendReversal' };
  if (sale.cardResult?.result !== 'untrusted') return { do: 'openReversal', reason: '98' };
  return { do: 'openReversal', reason: sale.cardResult.why === 'mac' ? 'A0' : '06' };
}

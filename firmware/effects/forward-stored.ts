import { hex } from '../base/bytes.ts';
import { invariant } from '../base/invariant.ts';
import type { JournaledSale } from '../journal/fold.ts';
import { saleId, type SaleKey } from '../journal/sale-key.ts';
import { offlineSaleRequest } from '../protocol/cup/messages.ts';
import { type IsoMessage, textField } from '../protocol/iso8583/index.ts';
import { requestChipData } from '../protocol/tlv/chip-data.ts';
import type { Services } from '../services.ts';
import { BATCH_MISMATCH, uploadVerdict } from '../settlement/upload-plan.ts';
import { askHost } from './acquirer-channel.ts';
import type { Effect } from './effect.ts';
import { storedPan } from './stored-pan.ts';

export type ForwardOutcome =
  | { readonly kind: 'accepted' }
  /** The issuer does not pay. The sale leaves the queue, and the settlement slip lists it. */
  | { readonly kind: 'rejected'; readonly responseCode: string }
  | { readonly kind: 'unanswered' }
  | { readonly kind: 'signOnNeeded' };

/**
 * Sends a sale that was approved without the host. It goes under the number of the sale, so that a host that has it
 * already says so (94), and leaves the queue by the host's answer alone.
 */
export const forwardStored: Effect<ForwardOutcome, { readonly key: SaleKey }> = async (services, { key }) => {
  const { journal } = services;
  const request = requestOf(services, journal.sale(key));
  const reply = await askHost(services, request);
  if (reply.kind === 'unsealed' && reply.lacksKey) return { kind: 'signOnNeeded' };
  if (reply.kind === 'untrusted' && reply.why === 'mac') return { kind: 'signOnNeeded' };
  if (reply.kind !== 'trusted') return { kind: 'unanswered' };
  const responseCode = textField(reply.message, 39) ?? '';
  // A host that has gone on to another batch will never take this one: its word is final, and the slip lists the sale.
  const isOver = responseCode === BATCH_MISMATCH && journal.state.batch !== key.batch;
  const verdict = isOver ? 'rejected' : uploadVerdict(responseCode);
  if (verdict === 'signOn') return { kind: 'signOnNeeded' };
  if (verdict === 'later') return { kind: 'unanswered' };
  await journal.append({ type: 'forwardResult', ...key, outcome: verdict, responseCode });
  return verdict === 'accepted' ? { kind: 'accepted' } : { kind: 'rejected', responseCode };
};

function requestOf({ ports, journal }: Services, { key, intent }: JournaledSale): IsoMessage {
  invariant(intent.type === 'cardIntent', 'only a card sale is approved without the host');
  const evidence = journal.state.settlement.evidence.get(saleId(key));
  invariant(evidence !== undefined, 'the certificate of a stored sale is durable before the sale stands');
  return offlineSaleRequest({
    keys: intent.reversal,
    pan: storedPan(ports, intent.sealedPan),
    chipData: requestChipData(hex(evidence.chipData)),
  });
}

import { hex } from '../base/bytes.ts';
import { invariant } from '../base/invariant.ts';
import type { JournaledRefund } from '../journal/fold.ts';
import { saleId, type SaleKey } from '../journal/sale-key.ts';
import { type ReversalFields, reversalRequest } from '../protocol/cup/messages.ts';
import { textField } from '../protocol/iso8583/index.ts';
import { reversalChipData } from '../protocol/tlv/chip-data.ts';
import { responseCode } from '../rules/response-codes.ts';
import type { Services } from '../services.ts';
import { askHost } from './acquirer-channel.ts';
import type { Effect } from './effect.ts';
import { storedPan } from './stored-pan.ts';

export type ReversalOutcome =
  { readonly kind: 'reversed' } | { readonly kind: 'unanswered' } | { readonly kind: 'signOnNeeded' };

/** Field 39 of a 0410 that ends the reversal: done, invalid because there is nothing, no original (CUP terminal rules A.8). */
const REVERSED: ReadonlySet<string> = new Set(['00', '12', '25']);

/**
 * Sends the reversal of one sale or void once, with the keys of the original. It is over only when the host says so with a right
 * MAC; everything else leaves it open.
 */
export const sendReversal: Effect<ReversalOutcome, { readonly key: SaleKey }> = async (services, { key }) => {
  const { journal } = services;
  const { fields, reason } = reversalOf(services, key);
  const request = reversalRequest(fields, reason);
  const reply = await askHost(services, request);
  // Nothing is lost by waiting for a device.
  if (reply.kind === 'unsealed') return { kind: reply.lacksKey ? 'signOnNeeded' : 'unanswered' };
  const code = reply.kind === 'trusted' ? textField(reply.message, 39) : undefined;
  const outcome = code === undefined ? 'unanswered' : REVERSED.has(code) ? 'reversed' : 'refused';
  await journal.append({ type: 'reversalResult', ...key, outcome, responseCode: code });
  if (outcome === 'reversed') return { kind: 'reversed' };
  const { action } = responseCode(code ?? '');
  const mustSignOn = action === 'signOnAgain' || action === 'reverseAndSignOn';
  const wrongMac = reply.kind === 'unsigned' || (reply.kind === 'untrusted' && reply.why === 'mac');
  return { kind: mustSignOn || wrongMac ? 'signOnNeeded' : 'unanswered' };
};

function reversalOf(services: Services, key: SaleKey) {
  const refund = services.journal.state.refunds.get(saleId(key));
  return refund === undefined ? saleReversalOf(services, key) : voidReversalOf(services, refund);
}

/** A void is reversed with its own keys; the sale then stands again. */
function voidReversalOf({ ports }: Services, { intent, reversalReason, result }: JournaledRefund) {
  const { way } = intent;
  invariant(intent.kind === 'void' && way.by === 'card', 'only a void by card is reversed');
  invariant(reversalReason !== undefined, 'a reversal is durable before it is sent');
  const fields: ReversalFields = {
    ...way.fields,
    ...(way.sealedPan === '' ? {} : { pan: storedPan(ports, way.sealedPan) }),
    ...(result?.authorizationCode === undefined ? {} : { authCode: result.authorizationCode }),
  };
  return { fields, reason: reversalReason };
}

function saleReversalOf({ ports, journal }: Services, key: SaleKey) {
  const sale = journal.sale(key);
  invariant(sale.intent.type === 'cardIntent', 'only a card sale is reversed');
  invariant(sale.reversalReason !== undefined, 'a reversal is durable before it is sent');
  const { sealedPan } = sale.intent;
  const pan = sealedPan === '' ? undefined : storedPan(ports, sealedPan);
  const authCode = sale.cardResult?.authorizationCode;
  // An approval that is reversed was not taken by the card.
  const cardDeclined = sale.cardResult?.result === 'approved';
  // A chip that refused and ran a script says more than it did in the request.
  const chipData = journal.state.settlement.evidence.get(saleId(key))?.chipData ?? sale.intent.reversalChipData;
  const fields: ReversalFields = {
    ...sale.intent.reversal,
    ...(pan === undefined ? {} : { pan }),
    ...(authCode === undefined ? {} : { authCode }),
    ...(chipData === undefined ? {} : { chipData: reversalChipData(hex(chipData), cardDeclined) }),
  };
  return { fields, reason: sale.reversalReason };
}

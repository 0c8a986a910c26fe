import { hex, latin1Of } from '../base/bytes.ts';
import { invariant } from '../base/invariant.ts';
import { HalError } from '../hal/index.ts';
import { saleId, type SaleKey } from '../journal/sale-key.ts';
import { type ReversalFields, reversalRequest } from '../protocol/cup/messages.ts';
import { type IsoMessage, textField } from '../protocol/iso8583/index.ts';
import { reversalChipData } from '../protocol/tlv/chip-data.ts';
import { responseCode } from '../rules/response-codes.ts';
import type { Services } from '../services.ts';
import { type CheckedReply, checkReply, sealMessage } from './acquirer-channel.ts';
import type { Effect } from './effect.ts';

export type ReversalOutcome =
  { readonly kind: 'reversed' } | { readonly kind: 'unanswered' } | { readonly kind: 'signOnNeeded' };

/** Field 39 of a 0410 that ends the reversal: done, invalid because there is nothing, no original (CUP terminal rules A.8). */
const REVERSED: ReadonlySet<string> = new Set(['00', '12', '25']);

/**
 * Sends the reversal of one sale once, with the keys of the original. It is over only when the host says so with a right
 * MAC; everything else leaves it open.
 */
export const sendReversal: Effect<ReversalOutcome, { readonly key: SaleKey }> = async (services, { key }) => {
  const { journal } = services;
  const { fields, reason } = reversalOf(services, key);
  const request = reversalRequest(fields, reason);
  const reply = await asked(services, request);
  if (reply === undefined) return { kind: 'unanswered' };
  const code = reply.kind === 'trusted' ? textField(reply.message, 39) : undefined;
  const outcome = code === undefined ? 'unanswered' : REVERSED.has(code) ? 'reversed' : 'refused';
  await journal.append({ type: 'reversalResult', ...key, outcome, responseCode: code });
  if (outcome === 'reversed') return { kind: 'reversed' };
  const { action } = responseCode(code ?? '');
  const mustSignOn = action === 'signOnAgain' || action === 'reverseAndSignOn';
  const wrongMac = reply.kind === 'unsigned' || (reply.kind === 'untrusted' && reply.why === 'mac');
  return { kind: mustSignOn || wrongMac ? 'signOnNeeded' : 'unanswered' };
};

/** `undefined` while the device that makes the MAC is away: nothing is lost by waiting for it. */
async function asked(services: Services, request: IsoMessage): Promise<CheckedReply | undefined> {
  const { ports, settings } = services;
  try {
    const frame = await sealMessage(services, request);
    const exchange = await ports.acquirer.exchange(frame, settings.acquirer.replyDeadlineMs);
    return await checkReply(services, request, exchange);
  } catch (error) {
    if (error instanceof HalError) return undefined;
    throw error;
  }
}

function reversalOf({ ports, journal }: Services, key: SaleKey) {
  const sale = journal.sale(key);
  invariant(sale.intent.type === 'cardIntent', 'only a card sale is reversed');
  invariant(sale.reversalReason !== undefined, 'a reversal is durable before it is sent');
  const panRef = ports.vault.fromStored(sale.intent.sealedPan);
  const pan = latin1Of(ports.vault.reveal(panRef));
  ports.vault.wipe(panRef);
  const authCode = sale.cardResult?.authorizationCode;
  // An approval that is reversed was not taken by the card.
  const cardDeclined = sale.cardResult?.result === 'approved';
  // A chip that refused and ran a script says more than it did in the request.
  const chipData = journal.state.settlement.evidence.get(saleId(key))?.chipData ?? sale.intent.reversalChipData;
  const fields: ReversalFields = {
    ...sale.intent.reversal,
    pan,
    ...(authCode === undefined ? {} : { authCode }),
    ...(chipData === undefined ? {} : { chipData: reversalChipData(hex(chipData), cardDeclined) }),
  };
  return { fields, reason: sale.reversalReason };
}

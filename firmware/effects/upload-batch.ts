import { hex } from '../base/bytes.ts';
import { invariant } from '../base/invariant.ts';
import type { JournaledRefund } from '../journal/fold.ts';
import type { SaleKey } from '../journal/records.ts';
import { type ChipDetail, type OnlineDetail, type Upload, uploadRequest } from '../protocol/cup/messages.ts';
import { textField } from '../protocol/iso8583/index.ts';
import { requestChipData } from '../protocol/tlv/chip-data.ts';
import type { SettlementProgress } from '../journal/settlement-fold.ts';
import { type CardSale, networkOf } from '../settlement/totals.ts';
import {
  BATCH_MISMATCH,
  nextUpload,
  type UploadMessage,
  uploadPlan,
  type UploadPlan,
  type UploadShare,
  uploadShare,
  uploadVerdict,
} from '../settlement/upload-plan.ts';
import { checkReply, sealMessage } from './acquirer-channel.ts';
import { refundDetailOf } from './refund-by-card.ts';
import type { Services } from '../services.ts';
import type { Effect } from './effect.ts';
import { storedPan } from './stored-pan.ts';

export type UploadOutcome =
  | ({ readonly kind: 'sent' } & UploadShare)
  /** The host has taken the end of the upload: the batch may be closed. */
  | { readonly kind: 'complete' }
  | { readonly kind: 'unanswered' }
  | { readonly kind: 'signOnNeeded' }
  /** The host does not take the end of the upload. */
  | { readonly kind: 'refused'; readonly responseCode: string };

/**
 * Uploads the next message of the batch and marks it in the journal once the host has answered it. Called until it says
 * `complete`, after a power cut as well: what is marked is not sent again, what was only sent is sent once more.
 */
export const uploadBatch: Effect<UploadOutcome, undefined> = async (services) => {
  const { ports, settings, journal } = services;
  const { progress, answer } = frozenProgress(services);
  const plan = uploadPlan(journal.state, journal.state.settlement, answer);
  const message = nextUpload(plan, progress.results);
  if (message === undefined) return { kind: 'complete' };
  const request = uploadRequest(
    {
      ...(await numberOf(services, progress, message)),
      terminalId: settings.terminalId,
      merchantId: settings.merchantId,
    },
    contentOf(services, message, plan),
  );
  const frame = await sealMessage(services, request);
  const exchange = await ports.acquirer.exchange(frame, settings.acquirer.replyDeadlineMs);
  const reply = await checkReply(services, request, exchange);
  if (reply.kind !== 'trusted') return { kind: 'unanswered' };
  const responseCode = textField(reply.message, 39) ?? '';
  const { batch } = progress.begun;
  // A host that has gone on by itself, and has told so at a sign-on, will never take this batch: its word is final.
  const isOver = responseCode === BATCH_MISMATCH && journal.state.batch !== batch;
  const verdict = isOver ? 'rejected' : uploadVerdict(responseCode);
  if (verdict === 'later') return { kind: 'unanswered' };
  if (verdict === 'signOn') return { kind: 'signOnNeeded' };
  // Without its end the host may hold the batch open: nothing is marked, and the end can be sent again.
  if (verdict === 'rejected' && message.content.kind === 'end' && !isOver) return { kind: 'refused', responseCode };
  const stans = itemsOf(message).map(({ key }) => key.stan);
  await journal.append({ type: 'uploadResult', batch, index: message.index, stans, outcome: verdict, responseCode });
  return { kind: 'sent', ...uploadShare(plan, progress.results) };
};

function frozenProgress({ journal }: Services) {
  const { progress } = journal.state.settlement;
  const answer = progress?.answer;
  invariant(progress !== undefined && answer !== undefined, 'the host judges the totals before anything is uploaded');
  return { progress, answer };
}

/** Chip details and refunds go under the number of their own; every other message keeps the one that it was first sent with. */
async function numberOf(
  { journal }: Services,
  { begun: { batch }, numbers }: SettlementProgress,
  { index, content }: UploadMessage,
): Promise<SaleKey> {
  if (content.kind === 'certificate' || content.kind === 'failure') return content.sale.key;
  if (content.kind === 'refund') return content.refund.key;
  const known = numbers.get(index);
  if (known !== undefined) return { batch, stan: known };
  const stan = journal.takeStan();
  await journal.append({ type: 'uploadIntent', batch, index, stan });
  return { batch, stan };
}

function itemsOf({ content }: UploadMessage): readonly (CardSale | JournaledRefund)[] {
  if (content.kind === 'details') return content.sales;
  if (content.kind === 'refund') return [content.refund];
  return content.kind === 'end' ? [] : [content.sale];
}

function contentOf(services: Services, { content }: UploadMessage, { balanced }: UploadPlan): Upload {
  if (content.kind === 'end') return { kind: 'end', balanced, count: content.count };
  if (content.kind === 'details') {
    return { kind: 'details', details: content.sales.map((sale) => onlineDetail(services, sale)) };
  }
  if (content.kind === 'refund') return { kind: 'refund', ...refundDetailOf(services, content.refund.intent) };
  const detail = chipDetail(services, content.sale, hex(content.chipData), balanced);
  if (content.kind === 'certificate') return { kind: 'certificate', ...detail };
  return { kind: 'failure', failure: 'issuerNotAuthenticated', ...detail };
}

function onlineDetail(services: Services, sale: CardSale): OnlineDetail {
  const { entry, sealedPan, amountFen } = sale.intent;
  const pan = entry === 'code' ? undefined : storedPan(services.ports, sealedPan);
  return { network: networkOf(sale), stan: sale.key.stan, pan, amountFen };
}

function chipDetail(services: Services, sale: CardSale, chipData: Uint8Array, balanced: boolean): ChipDetail {
  const { amountFen, reversal } = sale.intent;
  return {
    balanced,
    network: networkOf(sale),
    pan: storedPan(services.ports, sale.intent.sealedPan),
    amountFen,
    entryMode: reversal.entryMode,
    cardSequence: reversal.cardSequence,
    chipData: requestChipData(chipData),
  };
}

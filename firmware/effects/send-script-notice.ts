import { hex } from '../base/bytes.ts';
import { scriptNotice } from '../protocol/cup/messages.ts';
import { textField } from '../protocol/iso8583/index.ts';
import { saleId } from '../journal/sale-key.ts';
import { dueNotices } from '../settlement/script-notices.ts';
import type { CardSale } from '../settlement/totals.ts';
import { uploadVerdict } from '../settlement/upload-plan.ts';
import { askHost } from './acquirer-channel.ts';
import type { Services } from '../services.ts';
import type { Effect } from './effect.ts';
import { storedPan } from './stored-pan.ts';

export type ScriptNoticeOutcome =
  /** No issuer waits for word of its script. */
  | { readonly kind: 'none' }
  /** One is told; `left` more wait. */
  | { readonly kind: 'told'; readonly left: number }
  | { readonly kind: 'unanswered' }
  | { readonly kind: 'signOnNeeded' };

/** Tells the issuer of the oldest script that ran what became of it. Told again until the host answers. */
export const sendScriptNotice: Effect<ScriptNoticeOutcome, undefined> = async (services) => {
  const { journal } = services;
  const due = dueNotices(journal.state, journal.state.settlement);
  const [oldest] = due;
  if (oldest === undefined) return { kind: 'none' };
  const { sale, chipData } = oldest;
  const request = await noticeOf(services, sale, hex(chipData));
  const reply = await askHost(services, request);
  if (reply.kind === 'unsealed' && reply.lacksKey) return { kind: 'signOnNeeded' };
  if (reply.kind === 'untrusted' && reply.why === 'mac') return { kind: 'signOnNeeded' };
  if (reply.kind !== 'trusted') return { kind: 'unanswered' };
  const responseCode = textField(reply.message, 39) ?? '';
  const verdict = uploadVerdict(responseCode);
  if (verdict === 'signOn') return { kind: 'signOnNeeded' };
  if (verdict === 'later') return { kind: 'unanswered' };
  await journal.append({ type: 'scriptNoticeResult', ...sale.key, responseCode });
  return { kind: 'told', left: due.length - 1 };
};

async function noticeOf(services: Services, sale: CardSale, chipData: Uint8Array) {
  const { ports, settings, journal } = services;
  const { intent, cardResult, key } = sale;
  const { processingCode, entryMode, cardSequence, conditionCode, reserved60 } = intent.reversal;
  const stan = await noticeNumber(services, sale);
  return scriptNotice({
    stan,
    terminalId: settings.terminalId,
    merchantId: settings.merchantId,
    batch: journal.state.batch,
    pan: storedPan(ports, intent.sealedPan),
    amountFen: intent.amountFen,
    processingCode,
    entryMode,
    cardSequence,
    conditionCode,
    reserved60,
    retrievalReference: cardResult?.retrievalReference,
    authorizationCode: cardResult?.authorizationCode,
    original: { ...key, date: cardResult?.hostDate },
    chipData,
  });
}

async function noticeNumber({ journal }: Services, { key }: CardSale): Promise<number> {
  const known = journal.state.settlement.notices.get(saleId(key))?.stan;
  if (known !== undefined) return known;
  const noticeStan = journal.takeStan();
  await journal.append({ type: 'scriptNoticeIntent', ...key, noticeStan });
  return noticeStan;
}

/** Voids and refunds that go to the acquirer: by card, and by code of UnionPay. */
import { invariant, present } from '../base/invariant.ts';
import type { JournaledSale } from '../journal/fold.ts';
import type { PresentedCard } from '../after-sale/present-again.machine.ts';
import type { CardIntent, SaleKey } from '../journal/records.ts';
import type { RefundIntent, RefundKind, RefundWay } from '../journal/refund-records.ts';
import {
  type EncipheredPinBlock,
  type OriginalSale,
  type RefundDetail,
  refundRequest,
  returnFieldsOf,
  type ReturnSecrets,
  saleResponse,
  voidRequest,
} from '../protocol/cup/messages.ts';
import type { IsoMessage } from '../protocol/iso8583/index.ts';
import { responseCode } from '../rules/response-codes.ts';
import type { Services } from '../services.ts';
import type { Asked } from './acquirer-channel.ts';
import type { HostWord } from './refund-result.ts';
import { storedPan } from './stored-pan.ts';

type CardWay = Extract<RefundWay, { readonly by: 'card' }>;

/** What the journal keeps of a void or refund by card. Without the card itself, the entry is that of the sale. */
export function cardWayOf(
  { settings, ports }: Services,
  sale: JournaledSale,
  asked: { readonly kind: RefundKind; readonly key: SaleKey; readonly amountFen: number },
  presented: PresentedCard | undefined,
): CardWay {
  const intent = cardIntentOf(sale);
  const { reversal } = intent;
  const entry = presented?.entry ?? intent.entry;
  const keys = {
    ...asked.key,
    amountFen: asked.amountFen,
    entry,
    terminalId: settings.terminalId,
    merchantId: settings.merchantId,
    readCapability: '6',
    expiry: presented?.card.expiry ?? reversal.expiry,
    cardSequence: presented?.card.cardSequence ?? reversal.cardSequence,
    installment: reversal.installment,
  } as const;
  const hasPin = presented?.verification.kind === 'pin';
  const sealedPan = presented === undefined ? intent.sealedPan : ports.vault.toStored(presented.card.panRef);
  return {
    by: 'card',
    entry,
    maskedPan: intent.maskedPan,
    sealedPan,
    fields: returnFieldsOf(asked.kind, keys, originalOf(sale), hasPin),
  };
}

function cardIntentOf({ intent }: JournaledSale): CardIntent {
  invariant(intent.type === 'cardIntent', 'only a card sale goes back by the acquirer');
  return intent;
}

/** The sale as the acquirer finds it. */
function originalOf({ key, cardResult }: JournaledSale): OriginalSale {
  const { retrievalReference, authorizationCode, hostDate, voucher } = present(
    cardResult,
    'a standing card sale was answered',
  );
  return {
    ...key,
    retrievalReference: present(retrievalReference, 'a sale without a reference is not taken back'),
    authorizationCode,
    hostDate,
    voucher,
  };
}

/**
 * The void message. The number travels in field 2 whatever way the card was read, so that no track leaves again; the PIN is
 * that of the card that was presented, and nothing keeps it.
 */
export function voidMessage(
  services: Services,
  way: CardWay,
  sale: JournaledSale,
  presented: PresentedCard | undefined,
): IsoMessage {
  const { signOnScheme } = services.settings.acquirer;
  const secrets: ReturnSecrets = {
    cipher: signOnScheme === '006' ? 'sm4' : signOnScheme === '001' ? 'des' : 'tdes',
    pan: panOf(services, way),
    pinBlock: pinOf(services, presented),
  };
  return voidRequest(way.fields, originalOf(sale), secrets);
}

function pinOf({ ports }: Services, presented: PresentedCard | undefined): EncipheredPinBlock | undefined {
  if (presented?.verification.kind !== 'pin') return undefined;
  const { format, pinBlockRef } = presented.verification;
  return { format, block: ports.vault.reveal(pinBlockRef) };
}

/** Everything that a refund's message is built from, in the journal alone: it is the same every time it is sent. */
export function refundDetailOf(services: Services, intent: RefundIntent): RefundDetail {
  invariant(intent.way.by === 'card', 'a wallet refund is no message of the acquirer');
  const { fields } = intent.way;
  return { fields, original: originalOf(services.journal.sale(intent.original)), pan: panOf(services, intent.way) };
}

export function refundMessage(services: Services, intent: RefundIntent): IsoMessage {
  const { fields, original, pan } = refundDetailOf(services, intent);
  return refundRequest(fields, original, pan);
}

/** `undefined` for a sale by code, whose number nobody has. */
function panOf({ ports }: Services, { sealedPan }: CardWay): string | undefined {
  return sealedPan === '' ? undefined : storedPan(ports, sealedPan);
}

/** Field 39 that says that the message came already: of a refund under its own number, that it was executed. */
const CAME_ALREADY = '94';
/** The host has not decided yet: the request is being worked on. */
const WORKED_ON = '09';

/**
 * What an answer means for a void or refund. Refusals that want a sign-on are final for a void that was judged, but a refund
 * is repeated after it.
 */
export function wordOf(kind: RefundKind, asked: Asked): HostWord {
  if (asked.kind === 'unsealed') return asked.lacksKey ? { kind: 'signOnNeeded' } : { kind: 'unknown' };
  if (asked.kind === 'unsigned') return { kind: 'untrusted', why: 'mac' };
  if (asked.kind !== 'trusted') return asked;
  const said = saleResponse(asked.message);
  const code = said.responseCode;
  const { action } = responseCode(code);
  if (action === 'approve' || (kind === 'refund' && code === CAME_ALREADY)) {
    const { rrn, authCode, hostDate } = said;
    return {
      kind: 'done',
      responseCode: code,
      retrievalReference: rrn,
      authorizationCode: authCode,
      hostDate,
    };
  }
  if (kind === 'void') return judgedVoid(code, action);
  if (action === 'signOnAgain' || action === 'reverseAndSignOn') return { kind: 'signOnNeeded', responseCode: code };
  return code === WORKED_ON || action === 'retryLater' ? { kind: 'unknown' } : { kind: 'declined', responseCode: code };
}

/** As for a sale: an answer to a copy says nothing of the original, and no approval but a whole one is taken. */
function judgedVoid(code: string, action: ReturnType<typeof responseCode>['action']): HostWord {
  if (code === CAME_ALREADY || code === WORKED_ON) return { kind: 'untrusted', why: 'mismatch' };
  if (action === 'reverseAndSignOn') return { kind: 'untrusted', why: 'mac' };
  if (action.startsWith('approve')) return { kind: 'untrusted', why: 'mismatch' };
  return { kind: 'declined', responseCode: code };
}

import type { PresentedCard } from '../after-sale/present-again.machine.ts';
import { invariant } from '../base/invariant.ts';
import { HalError } from '../hal/index.ts';
import { type JournaledRefund, type JournaledSale, refundedFen } from '../journal/fold.ts';
import type { SaleKey } from '../journal/records.ts';
import type { RefundIntent, RefundKind, RefundWay } from '../journal/refund-records.ts';
import type { IsoMessage } from '../protocol/iso8583/index.ts';
import { afterRefund, type AfterSaleRefusal, amountRefusal } from '../rules/after-sale.ts';
import { responseCode } from '../rules/response-codes.ts';
import type { Services } from '../services.ts';
import { type Asked, askHost, checkReply, sealMessage } from './acquirer-channel.ts';
import type { Effect } from './effect.ts';
import { refusalOf } from './find-refundable.ts';
import { cardWayOf, refundMessage, voidMessage, wordOf } from './refund-by-card.ts';
import { askWalletToRefund, refundNumber } from './refund-by-wallet.ts';
import { type HostWord, refundResultOf } from './refund-result.ts';
import { sameCard } from './same-card.ts';

export interface SendRefundInput {
  readonly kind: RefundKind;
  readonly original: SaleKey;
  readonly amountFen: number;
  /** The card of the sale, read again, where the settings ask for it. */
  readonly presented: PresentedCard | undefined;
}

export type RefundAnswer =
  | {
      readonly kind: 'done';
      readonly key: SaleKey;
      /** As it was worked out and confirmed. */
      readonly feeBackFen: number;
      /** As the wallet says it, where it does. */
      readonly hostFeeBackFen: number | undefined;
    }
  | { readonly kind: 'declined'; readonly responseCode: string; readonly signOnAgain: boolean }
  | { readonly kind: 'notSent' }
  /** It may have been executed: recovery goes on with it. */
  | { readonly kind: 'unknown' }
  /** The journal has changed since the sale was shown, or the amount is not allowed: nothing was sent. */
  | { readonly kind: 'refused'; readonly reason: AfterSaleRefusal };

/**
 * Sends a void or refund once. Everything that needs a device happens before the intent; the intent is durable before the
 * first byte leaves, the result before anybody is told.
 */
export const sendRefund: Effect<RefundAnswer, SendRefundInput> = async (services, input, signal) => {
  const { journal } = services;
  const sale = journal.sale(input.original);
  const reason = refusalOf(services, input.kind, sale) ?? refusedAmount(services, sale, input);
  if (reason !== undefined) return { kind: 'refused', reason };
  const key: SaleKey = { batch: journal.state.batch, stan: journal.takeStan() };
  if (sale.intent.type === 'walletIntent') {
    const refund = await begun(services, key, input, { by: 'wallet', refundNo: refundNumber(services, key) });
    return concluded(services, refund, await askWalletToRefund(services, refund));
  }
  const { presented, original } = input;
  if (presented !== undefined) {
    const isSame = await sameCard(services, { original, panRef: presented.card.panRef }, signal);
    invariant(isSame, 'money goes back to the card that paid');
  }
  const way = cardWayOf(services, sale, { ...input, key }, presented);
  const sealed = await sealedMessage(services, sale, input, intentOf(services, key, input, way));
  if (sealed === undefined) return { kind: 'notSent' };
  const refund = await begun(services, key, input, way);
  return concluded(services, refund, wordOf(input.kind, await exchanged(services, sealed)));
};

function refusedAmount({ journal, settings }: Services, { key, intent }: JournaledSale, input: SendRefundInput) {
  const { kind, amountFen } = input;
  const asked = {
    kind,
    amountFen,
    saleFen: intent.amountFen,
    refundedFen: refundedFen(journal.state, key),
    method: intent.plan?.method,
  };
  invariant(kind === 'refund' || amountFen === intent.amountFen, 'a void takes the whole sale back');
  return amountRefusal(asked, settings.refunds);
}

function intentOf({ journal }: Services, key: SaleKey, input: SendRefundInput, way: RefundWay): RefundIntent {
  const { kind, original, amountFen } = input;
  const { intent } = journal.sale(original);
  const sums = { amountFen, saleFen: intent.amountFen, refundedFen: refundedFen(journal.state, original) };
  const { feeBackFen } = afterRefund(sums, intent.plan);
  return { type: 'refundIntent', ...key, kind, original, amountFen, feeBackFen, way };
}

async function begun(
  services: Services,
  key: SaleKey,
  input: SendRefundInput,
  way: RefundWay,
): Promise<JournaledRefund> {
  await services.journal.append(intentOf(services, key, input, way));
  return services.journal.refund(key);
}

interface Sealed {
  readonly request: IsoMessage;
  readonly frame: Uint8Array;
}

/** `undefined` when a device cannot do its part: what cannot be sealed is not sent. */
async function sealedMessage(
  services: Services,
  sale: JournaledSale,
  { kind, presented }: SendRefundInput,
  intent: RefundIntent,
): Promise<Sealed | undefined> {
  const { way } = intent;
  invariant(way.by === 'card', 'a message goes to the acquirer');
  try {
    const request = kind === 'void' ? voidMessage(services, way, sale, presented) : refundMessage(services, intent);
    return { request, frame: await sealMessage(services, request) };
  } catch (error) {
    if (error instanceof HalError) return undefined;
    throw error;
  }
}

/** An answer whose MAC nobody could check is no answer. */
async function exchanged(services: Services, { request, frame }: Sealed): Promise<Asked> {
  const { ports, settings } = services;
  const exchange = await ports.acquirer.exchange(frame, settings.acquirer.replyDeadlineMs);
  try {
    return await checkReply(services, request, exchange);
  } catch (error) {
    if (error instanceof HalError) return { kind: 'unknown' };
    throw error;
  }
}

/** Writes down what the host said, then tells it. A void that may have been executed owes a reversal from here on. */
async function concluded(services: Services, refund: JournaledRefund, word: HostWord): Promise<RefundAnswer> {
  const { journal } = services;
  const { key, intent } = refund;
  await journal.append(refundResultOf(key, word));
  if (word.kind === 'done') {
    return { kind: 'done', key, feeBackFen: intent.feeBackFen, hostFeeBackFen: word.hostFeeBackFen };
  }
  if (word.kind === 'notSent') return word;
  if (word.kind === 'declined') {
    const signOnAgain = intent.way.by === 'card' && responseCode(word.responseCode).action === 'signOnAgain';
    return { ...word, signOnAgain };
  }
  if (intent.kind === 'void' && intent.way.by === 'card') {
    const reason = word.kind !== 'untrusted' ? '98' : word.why === 'mac' ? 'A0' : '06';
    await journal.append({ type: 'reversalIntent', ...key, reason });
  }
  return { kind: 'unknown' };
}

export type RepeatOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'declined'; readonly responseCode: string }
  | { readonly kind: 'unanswered' }
  | { readonly kind: 'signOnNeeded' };

/**
 * Sends an open refund once more, under its own number. Only an answer that ends it is written down: that nothing was sent
 * this time says nothing about the time before.
 */
export const repeatRefund: Effect<RepeatOutcome, { readonly key: SaleKey }> = async (services, { key }) => {
  const { journal } = services;
  const refund = journal.refund(key);
  const word = asOfThisBatch(services, key, await saidAgain(services, refund));
  if (word.kind === 'signOnNeeded' || (word.kind === 'untrusted' && word.why === 'mac'))
    return { kind: 'signOnNeeded' };
  if (word.kind !== 'done' && word.kind !== 'declined') return { kind: 'unanswered' };
  await journal.append(refundResultOf(key, word));
  return word.kind === 'done' ? { kind: 'done' } : { kind: 'declined', responseCode: word.responseCode };
};

/** Field 39: the batch is another one. */
const OTHER_BATCH = '77';

/**
 * A host looks for the number of a refund before it looks at the batch. Once the batch of the refund is over at both ends,
 * "another batch" says that the refund never came, and no sign-on will change that.
 */
function asOfThisBatch({ journal }: Services, { batch }: SaleKey, word: HostWord): HostWord {
  const isOver = word.kind === 'signOnNeeded' && word.responseCode === OTHER_BATCH && batch !== journal.state.batch;
  return isOver ? { kind: 'declined', responseCode: OTHER_BATCH } : word;
}

async function saidAgain(services: Services, refund: JournaledRefund): Promise<HostWord> {
  const { intent } = refund;
  if (intent.way.by === 'wallet') return askWalletToRefund(services, refund);
  return wordOf(intent.kind, await askHost(services, refundMessage(services, intent)));
}

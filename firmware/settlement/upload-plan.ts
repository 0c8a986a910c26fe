/** Which sales are uploaded in which message, and where an upload that was interrupted goes on. */
import type { JournaledRefund, JournalState } from '../journal/fold.ts';
import type { CardNetwork } from '../protocol/cup/messages.ts';
import { responseCode } from '../rules/response-codes.ts';
import { saleId } from '../journal/sale-key.ts';
import type { SettlementState } from '../journal/settlement-fold.ts';
import type { SettlementAnswered, UploadResult } from '../journal/settlement-records.ts';
import { type CardSale, doneCardRefunds, networkOf, standingCardSales } from './totals.ts';

/** One message of an upload. It keeps its index as long as the batch is frozen, through any number of restarts. */
export interface UploadMessage {
  readonly index: number;
  readonly content:
    | { readonly kind: 'details'; readonly sales: readonly CardSale[] }
    | { readonly kind: 'certificate' | 'failure'; readonly sale: CardSale; readonly chipData: string }
    /** One alone, so that the answer says which the host disagrees on. */
    | { readonly kind: 'refund'; readonly refund: JournaledRefund }
    | { readonly kind: 'end'; readonly count: number };
  /**
   * Index of the message with the same sale among others: this one is sent only when the host has rejected that, so that
   * its answer says which sale the host disagrees on.
   */
  readonly afterRejected: number | undefined;
}

export interface UploadPlan {
  readonly balanced: boolean;
  readonly messages: readonly UploadMessage[];
}

/** Details of one message: n2 and up to eight times n40 in field 48 (CUP terminal rules A.9). */
const DETAILS_MAX = 8;
/** Field 48 of the last message is n4. */
const COUNT_MAX = 9999;

/** Byte 5 of the terminal verification results, bit 7: the issuer was not authenticated (EMV book 3, C5). */
const ISSUER_NOT_AUTHENTICATED = 0x40;

/**
 * Messages of an upload in order: sales that went online and have no certificate, eight at a time, then refunds, then chips
 * with their certificate, then chips that accepted although the issuer could not prove itself, then the end (CUP terminal rules A.9).
 * The first are sent only for a half that does not balance; refunds, chips and the end always. Taps are among the first: a card
 * that is held to the field gives no second cryptogram.
 */
export function uploadPlan(
  state: Readonly<JournalState>,
  settlement: Readonly<SettlementState>,
  answer: SettlementAnswered,
): UploadPlan {
  const sales = standingCardSales(state, answer.batch);
  const balanced = isBalanced(answer, 'domestic') && isBalanced(answer, 'foreign');
  const evidenceOf = (sale: CardSale) => (isChip(sale) ? settlement.evidence.get(saleId(sale.key)) : undefined);
  const details = sales.filter((sale) => evidenceOf(sale) === undefined && !isBalanced(answer, networkOf(sale)));
  const chips = sales.flatMap((sale) => {
    const evidence = evidenceOf(sale);
    return evidence === undefined ? [] : [{ sale, chipData: evidence.chipData }];
  });
  const refunds = doneCardRefunds(state, answer.batch).filter(({ intent }) => intent.kind === 'refund');
  const contents: UploadMessage['content'][] = [
    ...refunds.map((refund) => ({ kind: 'refund', refund }) as const),
    ...chips.filter(({ sale }) => !lacksIssuer(sale)).map((chip) => ({ kind: 'certificate', ...chip }) as const),
    ...chips.filter(({ sale }) => lacksIssuer(sale)).map((chip) => ({ kind: 'failure', ...chip }) as const),
    { kind: 'end', count: Math.min(details.length + refunds.length + chips.length, COUNT_MAX) },
  ];
  const messages = detailMessages(details);
  for (const content of contents) messages.push({ index: messages.length, content, afterRejected: undefined });
  return { balanced, messages };
}

function isBalanced(answer: SettlementAnswered, network: CardNetwork): boolean {
  return answer[network] === 'balanced';
}

function isChip({ intent }: CardSale): boolean {
  return intent.entry === 'chip';
}

function lacksIssuer({ approval }: CardSale): boolean {
  return (Number.parseInt(approval?.tvr?.slice(8, 10) ?? '0', 16) & ISSUER_NOT_AUTHENTICATED) !== 0;
}

/** Each message is followed by its sales one by one, should the host reject it. */
function detailMessages(sales: readonly CardSale[]): UploadMessage[] {
  const messages: UploadMessage[] = [];
  const add = (some: readonly CardSale[], afterRejected: number | undefined): number =>
    messages.push({ index: messages.length, content: { kind: 'details', sales: some }, afterRejected }) - 1;
  for (let at = 0; at < sales.length; at += DETAILS_MAX) {
    const some = sales.slice(at, at + DETAILS_MAX);
    const together = add(some, undefined);
    if (some.length > 1) for (const sale of some) add([sale], together);
  }
  return messages;
}

type Results = ReadonlyMap<number, Pick<UploadResult, 'outcome'>>;

/** The first message that is due and has no final answer; `undefined` when the upload has come to its end. */
export function nextUpload({ messages }: UploadPlan, results: Results): UploadMessage | undefined {
  return messages.find((message) => isDue(message, results) && !results.has(message.index));
}

/** How far an upload is, in messages. */
export interface UploadShare {
  readonly done: number;
  readonly total: number;
}

export function uploadShare({ messages }: UploadPlan, results: Results): UploadShare {
  const due = messages.filter((message) => isDue(message, results));
  return { done: due.filter(({ index }) => results.has(index)).length, total: due.length };
}

function isDue({ afterRejected }: UploadMessage, results: Results): boolean {
  return afterRejected === undefined || results.get(afterRejected)?.outcome === 'rejected';
}

/** What the answer to an upload message means: done, disagreed on, or nothing yet and sent again later. */
export type UploadVerdict = 'accepted' | 'rejected' | 'later' | 'signOn';

/** Field 39 of a host that has another batch open (CUP terminal rules A.11). */
export const BATCH_MISMATCH = '77';

/** 94: the message came already (CUP terminal rules A.9). */
const DONE: ReadonlySet<string> = new Set(['00', '94']);

/** A host that has trouble of its own, or wants a sign-on, has not judged the sale. */
export function uploadVerdict(code: string): UploadVerdict {
  if (DONE.has(code)) return 'accepted';
  const { action } = responseCode(code);
  if (action === 'signOnAgain' || action === 'reverseAndSignOn') return 'signOn';
  return action === 'retryLater' || code === '09' ? 'later' : 'rejected';
}

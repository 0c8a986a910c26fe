import type { PlanRecord, SaleKey, StampedRecord } from '../../firmware/journal/records.ts';
import { bytesField, type IsoMessage, textField } from '../../firmware/protocol/iso8583/index.ts';
import { chargedFen } from '../acquirer/ledger.ts';
import { answeredAsAsked, believesNoSpoiled, cardResultIsTheHosts } from './answer-invariants.ts';
import { type BookedSale, bookId, endsWithoutMoney } from './books.ts';
import { isForwarded, isReturn, requestId } from './hosts.ts';
import { OFFLINE_INVARIANTS } from './offline-invariants.ts';
import {
  cancelAfterQuery,
  orderAgrees,
  orderIsEnded,
  orderRequestAgrees,
  planIsAgreed,
  shownCodeIsTheOrders,
  walletIntentStands,
} from './order-invariants.ts';
import { type Invariant, invariant, type Predicate } from './predicate.ts';
import { isRefundSlip, REFUND_INVARIANTS } from './refund-invariants.ts';
import type { BookedRefund } from './refunds-book.ts';
import { SECRET_INVARIANTS } from './secret-invariants.ts';
import { isSettlementSlip, SETTLEMENT_INVARIANTS, settlementSlipBatch } from './settlement-invariants.ts';
import { OPENING } from './wallets.ts';
import { digestOf, type EventOf, type SwarmEvent, type Witness } from './witness.ts';

export type { Invariant } from './predicate.ts';

type SaleRecord = Extract<StampedRecord, SaleKey>;

const NOT_TAKEN: ReadonlySet<string> = new Set(['declined', 'notSent', 'cancelled', 'timedOut', 'reversed']);
const TIMERS_AT_REST_MAX = 8;
const PIN_TRIES_MAX = 3;
const REPRINT_MARK = '重打印';
/** What a reversal has as its sale had it; the card number stands only in the track of a swipe. */
const REPEATED = [3, 4, 11, 14, 22, 23, 25, 41, 42, 49, 60];
/** `120000` → `1,200.00`, by other code than the slip's. */
function yuanOf(fen: number): string {
  const [whole = '', cents = ''] = (fen / 100).toFixed(2).split('.');
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${cents}`;
}

function keyOf(message: IsoMessage): SaleKey {
  return { batch: textField(message, 60)?.slice(2, 8) ?? '', stan: Number(textField(message, 11)) };
}

function othersOpen(witness: Witness, id: string): string | undefined {
  const other = [...witness.books.open].find((open) => open !== id);
  return other === undefined ? undefined : `${other} is open and ${id} goes online`;
}

function balanced(witness: Witness, sale: BookedSale): string | undefined {
  if (sale.status === 'handedOver') return undefined;
  const customersFen = witness.chargedFen(sale);
  // What the chip has approved is due once the host has it.
  if (sale.isStored) return undefined;
  const { refunds } = witness.books;
  if (refunds.of(sale.intent).some(({ status }) => status === 'handedOver')) return undefined;
  const dueFen = sale.status === 'approved' ? sale.intent.amountFen - refunds.doneFen(sale.intent) : 0;
  if (customersFen === dueFen) return undefined;
  return `${sale.id} is ${sale.status} and charged ${customersFen} of ${sale.intent.amountFen} fen`;
}

function booksBalance(witness: Witness): string | undefined {
  for (const sale of witness.books.sales.values()) {
    const wrong = balanced(witness, sale);
    if (wrong !== undefined) return wrong;
  }
  const journalFen = [...witness.books.sales.values()]
    .filter(({ status, intent, isStored }) => status === 'approved' && intent.type === 'cardIntent' && !isStored)
    .reduce((sum, { intent }) => sum + intent.amountFen, witness.books.forgottenCardFen);
  const backFen = [...witness.books.refunds.all.values()]
    .filter(({ status, intent }) => status === 'done' && intent.way.by === 'card')
    .reduce((sum, { intent }) => sum + intent.amountFen, 0);
  const { acquirer, terminalId } = witness;
  const netFen = acquirer
    .entries()
    .filter((entry) => entry.terminalId === terminalId)
    .reduce((sum, entry) => sum + chargedFen(entry), acquirer.archivedFen(terminalId));
  // What a supervisor has taken over is between people now.
  const hostFen = netFen - witness.handedOverFen;
  const ownFen = journalFen - backFen;
  return ownFen === hostFen ? undefined : `the host has ${hostFen} fen, the journal ${ownFen}`;
}

function prefixBroken(event: EventOf<'opened'>): string | undefined {
  const { records, acknowledged, inFlight, isDamaged, isTamperedWith } = event;
  if (isDamaged && !isTamperedWith) return 'the journal is damaged, and nobody has touched it';
  const expected = [...acknowledged, ...inFlight.map(digestOf)];
  const wrongAt = records.findIndex((text, at) => digestOf(text) !== expected[at]);
  if (wrongAt >= 0) return `record ${wrongAt} is not what was written`;
  if (isDamaged || records.length >= acknowledged.length) return undefined;
  return `${acknowledged.length - records.length} acknowledged records are gone, and nothing says so`;
}

function requestHasIntent({ message }: EventOf<'cardRequest'>, { books }: Witness): string | undefined {
  const stan = Number(textField(message, 11));
  if (message.mti === '0800') return books.signOnStan === stan ? undefined : `sign-on ${stan} without its record`;
  if ((message.mti !== '0200' && message.mti !== '0400') || isReturn(message)) return undefined;
  const returned = books.refunds.find(keyOf(message));
  if (returned !== undefined) return reversalOfVoid(returned, message);
  const sale = books.find(keyOf(message));
  if (sale === undefined) return `${message.mti} for ${bookId(keyOf(message))}, which is not in the journal`;
  if (message.mti === '0400' && !sale.hasReversalIntent) return `reversal of ${sale.id} before it is a durable duty`;
  if (isForwarded(message)) return sale.isStored ? undefined : `${sale.id} is forwarded, and does not wait for it`;
  return message.mti === '0200' && sale.status !== 'open' ? `sale ${sale.id} sent when ${sale.status}` : undefined;
}

function reversalOfVoid(refund: BookedRefund, message: IsoMessage): string | undefined {
  if (!refund.hasReversalIntent) return `reversal of ${refund.id} before it is a durable duty`;
  if (refund.intent.kind !== 'void' || message.mti !== '0400') return `${refund.id} is reversed, and is no void`;
  return Number(textField(message, 4)) === refund.intent.amountFen ? undefined : `${refund.id} reversed in part`;
}

function reversalRepeats({ message }: EventOf<'cardRequest'>, witness: Witness): string | undefined {
  if (message.mti !== '0400') return undefined;
  const sale = witness.books.find(keyOf(message));
  if (sale?.intent.type !== 'cardIntent') return undefined;
  const { intent, cardResult } = sale;
  if (Number(textField(message, 4)) !== intent.amountFen) return `${sale.id} reversed with another amount`;
  const entry = textField(message, 22)?.slice(0, 2);
  const expected = { swipe: '02', fallback: '02', chip: '05', tap: '07', code: '03' }[intent.entry];
  if (entry !== expected) return `${sale.id} reversed with entry mode ${entry}`;
  const sent = witness.saleMessages.get(requestId({ mti: '0200', fields: message.fields }));
  const other = REPEATED.find((field) => sent !== undefined && textField(sent, field) !== textField(message, field));
  if (other !== undefined) return `${sale.id} reversed with another field ${other}`;
  const code = cardResult?.authorizationCode;
  if (code !== undefined && textField(message, 38) !== code)
    return `${sale.id} reversed without its authorisation code`;
  return message.fields[52] === undefined ? undefined : `${sale.id} reversed with a PIN block`;
}

/** A screen that tells how an earlier sale ended. */
function newsAreTrue({ screen }: EventOf<'screen'>, { books }: Witness): string | undefined {
  const { amountFen } = screen.params;
  if (screen.id === 'reversed') {
    return books.lastReversed?.intent.amountFen === amountFen ? undefined : 'reversed on the screen, and nothing was';
  }
  if (screen.id === 'uncollected') {
    const isRefused = [...books.sales.values()].some(
      ({ status, intent }) => status === 'uncollected' && intent.amountFen === amountFen,
    );
    return isRefused ? undefined : `${String(amountFen)} fen are called lost, and no such sale is`;
  }
  if (screen.id !== 'lateApproval') return undefined;
  const isTrue = [...books.sales.values()].some(
    (sale) => sale.status === 'approved' && sale.intent.amountFen === amountFen,
  );
  return isTrue ? undefined : `paid ${String(amountFen)} fen on the screen, and no such sale stands`;
}

function screenTruth({ screen }: EventOf<'screen'>, witness: Witness): string | undefined {
  const sale = witness.saleInHand;
  if (screen.id === 'approved') {
    const isTrue = sale?.status === 'approved' && sale.intent.amountFen === screen.params['amountFen'];
    return isTrue ? undefined : `approved on the screen, ${sale?.status ?? 'no sale'} in the journal`;
  }
  if (!NOT_TAKEN.has(screen.id) || sale === undefined || sale.status === 'handedOver') return undefined;
  if (screen.id === 'notSent' && sale.status !== 'notSent') return `not sent on the screen, and ${sale.id} was`;
  if (sale.status === 'open') {
    const isDuty = sale.hasReversalIntent || sale.hasCancelIntent;
    return isDuty ? undefined : `${screen.id} on the screen, and nothing settles ${sale.id}`;
  }
  const chargedFen = witness.chargedFen(sale);
  return chargedFen > 0 ? `${screen.id} on the screen, and ${sale.id} is charged ${chargedFen} fen` : undefined;
}

function slipSale(text: string, { books }: Witness): BookedSale | undefined {
  const [, batch = ''] = /BATCH NO\.\)?\|(\d{6})/.exec(text) ?? [];
  const [, stan = ''] = /VOUCHER NO\.\)?\|(\d{6})/.exec(text) ?? [];
  return books.find({ batch, stan: Number(stan) });
}

/** A code to scan is no receipt, and may be printed as often as anybody likes. */
const CODE_SLIP = 'code to scan';

function isCodeSlip(text: string): boolean {
  return text.startsWith('扫码付款');
}

/** Names one copy of one sale, as {@link Witness.prints} has it. */
export function copyOf(text: string): string {
  if (isSettlementSlip(text)) return `settlement ${settlementSlipBatch(text)}`;
  if (isCodeSlip(text)) return CODE_SLIP;
  const [, batch = ''] = /BATCH NO\.\)?\|(\d{6})/.exec(text) ?? [];
  const [, stan = ''] = /VOUCHER NO\.\)?\|(\d{6})/.exec(text) ?? [];
  return `${batch}-${stan} ${text.includes('商户存根') ? 'merchant' : 'cardholder'}`;
}

function slipAgrees({ text }: EventOf<'slip'>, witness: Witness): string | undefined {
  if (isSettlementSlip(text) || isCodeSlip(text) || isRefundSlip(text)) return undefined;
  const sale = slipSale(text, witness);
  if (sale === undefined) return 'a slip of no sale';
  const missing = slipValues(sale, witness.terminalId).find((value) => !text.includes(value));
  return missing === undefined ? undefined : `the slip of ${sale.id} lacks ${missing}`;
}

function slipValues({ intent, cardResult, walletResult }: BookedSale, terminalId: string): string[] {
  const values = [terminalId, yuanOf(intent.amountFen)];
  if (intent.type === 'walletIntent') {
    return [
      ...values,
      intent.outTradeNo,
      ...(walletResult?.tradeNo === undefined ? [] : [walletResult.tradeNo]),
      ...planValues(intent.plan),
    ];
  }
  const { authorizationCode, retrievalReference } = cardResult ?? {};
  const said = [authorizationCode, retrievalReference].filter((value) => value !== undefined);
  // A code that has paid is of no use to anybody: its stars are not printed.
  const pan = intent.entry === 'code' ? [] : [intent.maskedPan.slice(0, 4), intent.maskedPan.slice(-2)];
  return [...values, ...said, ...pan, ...planValues(intent.plan)];
}

function planValues(plan: PlanRecord | undefined): string[] {
  if (plan === undefined) return [];
  const { periods, perPeriodFen, firstPaymentFen, feeFen, totalFen, firstDueDate } = plan;
  const amounts = [perPeriodFen, firstPaymentFen, feeFen, totalFen].map(yuanOf);
  return [`${periods}期`, ...amounts, ...(firstDueDate === undefined ? [] : [firstDueDate])];
}

function requestAgrees({ message }: EventOf<'cardRequest'>, { books }: Witness): string | undefined {
  if (message.mti !== '0200') return undefined;
  const sale = books.find(keyOf(message));
  if (sale === undefined) return undefined;
  const amountFen = Number(textField(message, 4));
  if (sale.intent.amountFen !== amountFen) return `${sale.id} was sent with ${amountFen} fen`;
  const periods = periodsSent(message);
  return sale.intent.plan?.periods === periods ? undefined : `${sale.id} was sent with ${String(periods)} periods`;
}

/** Condition 64 is a sale by instalments; field 62 begins with their number. */
function periodsSent(message: IsoMessage): number | undefined {
  if (textField(message, 25) !== '64') return undefined;
  return Number(String.fromCharCode(...(bytesField(message, 62) ?? []).slice(0, 2)));
}

function saleIsAgreed({ record }: EventOf<'record'>, { amountShown }: Witness): string | undefined {
  if (record.type !== 'cardIntent' && record.type !== 'walletIntent') return undefined;
  return record.amountFen === amountShown
    ? undefined
    : `${bookId(record)} is for ${record.amountFen}, not ${String(amountShown)} fen`;
}

function copyTwice({ text }: EventOf<'slip'>, { prints }: Witness): string | undefined {
  const copy = copyOf(text);
  if (copy === CODE_SLIP) return undefined;
  const before = prints.get(copy)?.some(({ isOnPaper }) => isOnPaper) === true;
  return before && !text.includes(REPRINT_MARK) ? `${copy} comes again without the mark of a reprint` : undefined;
}

function promptAllowed(witness: Witness): string | undefined {
  const { promptsInHand, saleInHand } = witness;
  if (promptsInHand > 0) return 'a second PIN prompt without an answer of the host between';
  if (saleInHand === undefined) return undefined;
  const code = saleInHand.intent.type === 'cardIntent' ? saleInHand.cardResult?.responseCode : undefined;
  return code === '55' ? undefined : `the PIN is asked again after ${code ?? 'no answer'}`;
}

/** A block is used up by the request that carries it. */
function blockIsFresh({ message }: EventOf<'cardRequest'>, { promptsInHand }: Witness): string | undefined {
  const hasBlock = message.mti === '0200' && message.fields[52] !== undefined;
  return hasBlock && promptsInHand === 0 ? 'a PIN block without a prompt of its own' : undefined;
}

function triesBounded({ message }: EventOf<'cardRequest'>, { triesInHand }: Witness): string | undefined {
  return message.mti === '0200' && !isForwarded(message) && triesInHand >= PIN_TRIES_MAX
    ? `try ${triesInHand + 1} in one sale`
    : undefined;
}

/** Always on; the numbers are those of the list of invariants in `docs/reliability.md`. I21 and I25 are the runner's. */
export const INVARIANTS: readonly Invariant[] = [
  invariant('I1', 'rest', 'every customer is charged exactly what the journal calls approved', (_, witness) =>
    booksBalance(witness),
  ),
  invariant('I2', 'record', 'what ends without approval has charged nobody', ({ record }, witness) => {
    const sale = witness.books.saleOf(record);
    if (sale === undefined || !endsWithoutMoney(record as SaleRecord)) return undefined;
    const chargedFen = witness.chargedFen(sale);
    return chargedFen > 0 ? `${sale.id} ends with ${record.type}, and ${chargedFen} fen are charged` : undefined;
  }),
  invariant('I2', 'rest', 'nothing is open at rest', (_, { books }) =>
    books.open.size > 0 ? `${[...books.open].join()} open at rest` : undefined,
  ),
  invariant('I3', 'cardRequest', 'no byte leaves before its record is durable', requestHasIntent),
  invariant('I3', 'walletRequest', 'no order leaves before its record is durable', walletIntentStands),
  invariant('I4', 'record', 'order numbers are used once', ({ record }, { outTradeNos }) =>
    record.type === 'walletIntent' && outTradeNos.has(record.outTradeNo) ? 'an order number is used twice' : undefined,
  ),
  invariant('I4', 'cardRequest', 'a sale is sent once', ({ message }, witness) => {
    const { batch, stan } = keyOf(message);
    const id = `${witness.terminalId}/${batch}/${stan.toString().padStart(6, '0')}/0200`;
    return message.mti === '0200' && !isForwarded(message) && witness.sentSales.has(id)
      ? `${bookId({ batch, stan })} is sent twice`
      : undefined;
  }),
  invariant('I5', 'cardRequest', 'a reversal repeats its original', reversalRepeats),
  invariant('I5', 'cardRequest', 'open items go before any sale', ({ message }, witness) =>
    message.mti === '0200' ? othersOpen(witness, bookId(keyOf(message))) : undefined,
  ),
  invariant('I6', 'record', 'an approved sale is never taken back by itself', ({ record }, witness) => {
    const takesBack = record.type === 'reversalIntent' || record.type === 'cancelIntent';
    return takesBack && witness.books.saleOf(record)?.status === 'approved'
      ? `${bookId(record)} was approved`
      : undefined;
  }),
  invariant('I7', 'record', 'only the right answer is used', ({ record }, witness) =>
    record.type === 'cardResult' ? cardResultIsTheHosts(record, witness) : undefined,
  ),
  invariant('I7', 'record', 'no spoiled answer is used', believesNoSpoiled),
  invariant('I7', 'record', 'a sale stands only if its answer was about the same amount and plan', answeredAsAsked),
  invariant('I9', 'slip', 'a slip only for an approval that is durable', ({ text }, witness) => {
    if (isSettlementSlip(text) || isCodeSlip(text) || isRefundSlip(text)) return undefined;
    const status = slipSale(text, witness)?.status;
    return status === 'approved' ? undefined : `a slip for a sale that is ${status ?? 'unknown'}`;
  }),
  invariant('I9', 'slip', 'each copy once, later ones marked', copyTwice),
  invariant('I10', 'slip', 'slip and journal agree', slipAgrees),
  invariant('I10', 'cardRequest', 'request and journal agree', requestAgrees),
  invariant('I10', 'walletRequest', 'order and journal agree', orderRequestAgrees),
  invariant('I10', 'screen', 'a code that is shown is that of the order', shownCodeIsTheOrders),
  invariant('I10', 'record', 'the sale is for the amount that was typed', saleIsAgreed),
  invariant('I14', 'record', 'the plan is the one agreed to, and adds up', planIsAgreed),
  invariant('I10', 'record', 'wallet and journal agree', ({ record }, witness) => orderAgrees(record, witness)),
  invariant('I12', 'opened', 'the journal holds every acknowledged record', prefixBroken),
  invariant('I15', 'walletRequest', 'no new order while one is unresolved', ({ call }, witness) => {
    if (call === undefined || !OPENING.has(call.kind)) return undefined;
    if (witness.sentSales.has(call.outTradeNo)) return `order ${call.outTradeNo} is paid twice`;
    return witness.books.open.size > 1 ? 'a new order while another sale is open' : undefined;
  }),
  invariant('I15', 'record', 'an order that ended can not be paid any more', orderIsEnded),
  invariant('I15', 'walletRequest', 'the last query comes right before the cancel', cancelAfterQuery),
  invariant('I16', 'pinAsked', 'one PIN prompt for each request', (_, witness) => promptAllowed(witness)),
  invariant('I16', 'cardRequest', 'a PIN block for each prompt', blockIsFresh),
  invariant('I16', 'cardRequest', 'three tries at most', triesBounded),
  invariant('I20', 'screen', 'the screen says what is true', screenTruth),
  invariant('I20', 'screen', 'news of an earlier sale are true', newsAreTrue),
  invariant('I24', 'rest', 'nothing piles up', ({ timers }) =>
    timers > TIMERS_AT_REST_MAX ? `${timers} timers at rest` : undefined,
  ),
  ...REFUND_INVARIANTS,
  ...SECRET_INVARIANTS,
  ...SETTLEMENT_INVARIANTS,
  ...OFFLINE_INVARIANTS,
];

const BY_EVENT = new Map<SwarmEvent['kind'], Invariant[]>();
for (const each of INVARIANTS) BY_EVENT.set(each.on, [...(BY_EVENT.get(each.on) ?? []), each]);

export interface Violation {
  readonly invariant: string;
  readonly terminalId: string;
  readonly detail: string;
}

/** Asks every predicate of this kind of event; the first that is broken, or nothing. */
export function judge(event: SwarmEvent, witness: Witness): Violation | undefined {
  for (const { id, check } of BY_EVENT.get(event.kind) ?? []) {
    const detail = (check as Predicate<SwarmEvent['kind']>['check'])(event, witness);
    if (detail !== undefined) return { invariant: id, terminalId: witness.terminalId, detail };
  }
  return undefined;
}

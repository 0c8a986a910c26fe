import { hexOf } from '../../firmware/base/bytes.ts';
import { ProtocolError } from '../../firmware/base/protocol-error.ts';
import {
  type Balance,
  judgedTotals,
  type NetTotals,
  type OnlineDetail,
  parseScriptNotice,
  parseSettlementRequest,
  parseUpload,
  type RefundDetail,
  type SettlementTotals,
  type Upload,
} from '../../firmware/protocol/cup/messages.ts';
import type { IsoMessage } from '../../firmware/protocol/iso8583/index.ts';
import type { KeyStoreSession } from './host-keys.ts';
import { answerMessage, type HostReply, type HostState, unsealedAnswer } from './host-state.ts';
import { chargedFen, isStandingSale, type LedgerEntry } from './ledger.ts';
import type { BatchBook } from './settlement-books.ts';
import type { TerminalState } from './terminals.ts';

/** Answers to an upload (CUP terminal rules A.9, A.11). */
const TAKEN = '00';
const TAKEN_BEFORE = '94';
const NO_SUCH_SALE = '25';
const OTHER_CARD = '14';
const OTHER_AMOUNT = '64';
const OTHER_BATCH = '77';
const NOT_SETTLING = '12';
const FORMAT_ERROR = '30';

/** Of each terminal, before they are archived. */
const BATCHES_KEPT = 12;

/** First digits of the card numbers that ISO 7812 gives to the schemes outside China. */
const FOREIGN_CARD = /^[2-5]/;

/** Settlement 0500: compares the terminal's totals with the ledger. 77 for a batch that is not open. */
export function settle(state: HostState, terminal: TerminalState, request: IsoMessage): HostReply {
  return orFormatError(state, request, () => {
    const { batch, totals } = parseSettlementRequest(request);
    if (Number(batch) !== terminal.batch) return unsealedAnswer(state, request, OTHER_BATCH);
    const own = ownTotals(state.ledger.batch(terminal.profile.terminalId, batch));
    const judged = {
      domestic: balanceOf(totals.domestic, own.domestic),
      foreign: balanceOf(totals.foreign, own.foreign),
    };
    terminal.settlement.open(terminal.batch).judged = judged;
    return totalsAnswer(state, request, judgedTotals(own, judged.domestic, judged.foreign));
  });
}

function orFormatError(state: HostState, request: IsoMessage, answer: () => HostReply): HostReply {
  try {
    return answer();
  } catch (error) {
    if (error instanceof ProtocolError) return unsealedAnswer(state, request, FORMAT_ERROR);
    throw error;
  }
}

/** A 0510 that judges totals has no response code. */
function totalsAnswer(state: HostState, request: IsoMessage, digits: string): HostReply {
  const { mti, fields } = answerMessage(state, request, TAKEN, { 48: digits });
  const { 39: _, ...rest } = fields;
  return { message: { mti, fields: rest }, session: undefined };
}

function ownTotals(entries: readonly LedgerEntry[]): SettlementTotals {
  const isForeign = ({ pan }: LedgerEntry): boolean => FOREIGN_CARD.test(pan);
  return {
    domestic: netTotalsOf(entries.filter((entry) => !isForeign(entry))),
    foreign: netTotalsOf(entries.filter(isForeign)),
  };
}

/** Sales are debits whatever became of them later, voids and refunds credits. A count of field 48 has three digits. */
function netTotalsOf(entries: readonly LedgerEntry[]): NetTotals {
  const debits = entries.filter(isStandingSale);
  const credits = entries.filter((entry) => chargedFen(entry) < 0);
  const sumFen = (each: readonly LedgerEntry[]): number => each.reduce((sum, { amountFen }) => sum + amountFen, 0);
  return {
    debitFen: sumFen(debits),
    debitCount: Math.min(debits.length, 999),
    creditFen: sumFen(credits),
    creditCount: Math.min(credits.length, 999),
  };
}

function balanceOf(said: NetTotals, own: NetTotals): Balance {
  const same =
    said.debitFen === own.debitFen &&
    said.debitCount === own.debitCount &&
    said.creditFen === own.creditFen &&
    said.creditCount === own.creditCount;
  return same ? 'balanced' : 'unbalanced';
}

/**
 * Batch upload 0320: every sale and refund is compared with the ledger. A message is taken whole or not at all, so that a terminal
 * that sends a rejected one again sale by sale learns which of them it was. The end closes the batch.
 */
export function takeUpload(state: HostState, terminal: TerminalState, request: IsoMessage): HostReply {
  return orFormatError(state, request, () => {
    const { batch, stan, upload } = parseUpload(request);
    return unsealedAnswer(state, request, uploadCode(state, terminal, { batch, stan, upload }));
  });
}

interface Uploaded {
  readonly batch: string;
  readonly stan: number;
  readonly upload: Upload;
}

function uploadCode(state: HostState, terminal: TerminalState, { batch, stan, upload }: Uploaded): string {
  const { settlement } = terminal;
  const isAfterwards = settlement.closed?.batch === Number(batch);
  if (isAfterwards) return upload.kind === 'end' ? TAKEN : TAKEN_BEFORE;
  if (Number(batch) !== terminal.batch) return OTHER_BATCH;
  const book = settlement.open(terminal.batch);
  if (book.judged === undefined) return NOT_SETTLING;
  if (upload.kind === 'end') return closeBook(state, terminal, book, upload);
  const { terminalId } = terminal.profile;
  const entryOf = (number: number) => state.ledger.find({ terminalId, batch, stan: traceOf(number) });
  if (upload.kind === 'refund') return takeItems(book, [{ stan }], [refundCode(entryOf(stan), upload)], false);
  const certified = upload.kind === 'certificate';
  const sales = upload.kind === 'details' ? upload.details : [{ ...upload, stan }];
  const codes = sales.map((sale) => itemCode(entryOf(sale.stan), sale));
  return takeItems(book, sales, codes, certified);
}

/** What is old goes to the archive. */
function closeBook(
  { ledger }: HostState,
  terminal: TerminalState,
  book: BatchBook,
  end: { balanced: boolean; count: number },
): string {
  const { terminalId } = terminal.profile;
  const batch = (book.batch - BATCHES_KEPT).toString().padStart(6, '0');
  for (const old of ledger.batchesUpTo(terminalId, batch)) ledger.archive(terminalId, old);
  book.end = { balanced: end.balanced, count: end.count };
  terminal.settlement.close();
  terminal.batch = (terminal.batch % 999_999) + 1;
  return TAKEN;
}

type Sale = Pick<OnlineDetail, 'stan' | 'pan' | 'amountFen'>;

function traceOf(stan: number): string {
  return stan.toString().padStart(6, '0');
}

type Numbered = Pick<OnlineDetail, 'stan'>;

function takeItems(book: BatchBook, items: readonly Numbered[], codes: readonly string[], certified: boolean): string {
  if (items.every(({ stan }) => book.items.get(stan)?.responseCode === TAKEN)) return TAKEN_BEFORE;
  const responseCode = codes.find((code) => code !== TAKEN) ?? TAKEN;
  if (responseCode !== TAKEN && items.length > 1) return responseCode;
  for (const { stan } of items) book.items.set(stan, { stan, responseCode, certified });
  return responseCode;
}

/** A detail is that of a sale or of a refund: its number says which. A terminal does not know the account behind a code. */
function itemCode(entry: LedgerEntry | undefined, { pan, amountFen }: Pick<Sale, 'pan' | 'amountFen'>): string {
  if (entry === undefined || chargedFen(entry) === 0) return NO_SUCH_SALE;
  if (entry.way === 'card' && entry.pan !== pan) return OTHER_CARD;
  return entry.amountFen === amountFen ? TAKEN : OTHER_AMOUNT;
}

function refundCode(
  entry: LedgerEntry | undefined,
  { fields, original, pan = entry?.pan ?? '' }: RefundDetail,
): string {
  const { batch = entry?.original?.batch, stan } = original;
  const isOther = batch !== entry?.original?.batch || (stan !== undefined && traceOf(stan) !== entry?.original?.stan);
  if (entry?.kind !== 'refund' || isOther) return NO_SUCH_SALE;
  return itemCode(entry, { pan, amountFen: fields.amountFen });
}

/** Script notice 0620 of a terminal whose MAC was right. */
export function takeScriptNotice(
  state: HostState,
  session: KeyStoreSession,
  terminal: TerminalState,
  request: IsoMessage,
): HostReply {
  const { message } = orFormatError(state, request, () => {
    const { original, pan, scriptResult } = parseScriptNotice(request);
    const { batch, stan } = original;
    const { terminalId } = terminal.profile;
    const isKnown = state.ledger.find({ terminalId, batch, stan: traceOf(stan) })?.pan === pan;
    if (isKnown) terminal.settlement.noteScript({ batch, stan, result: hexOf(scriptResult) });
    return unsealedAnswer(state, request, isKnown ? TAKEN : NO_SUCH_SALE);
  });
  return { message, session };
}

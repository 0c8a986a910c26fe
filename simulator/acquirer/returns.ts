import { ProtocolError } from '../../firmware/base/protocol-error.ts';
import { decodeTlv59, TAG_59 } from '../../firmware/protocol/cup/tlv59.ts';
import { type IsoMessage, type IsoValue, textField } from '../../firmware/protocol/iso8583/index.ts';
import { chinaTime } from '../china-time.ts';
import { authCode, book } from './booking.ts';
import type { KeyStoreSession } from './host-keys.ts';
import { ACQUIRER_ID, answerMessage, hostDate, type HostReply, type HostState } from './host-state.ts';
import type { LedgerEntry, LedgerKey } from './ledger.ts';
import { type Presented, presentedCardOf } from './purchase.ts';
import { referenceNumber } from './reference-number.ts';

/** Answers to voids and refunds (CUP terminal rules A.11). */
const DONE = '00';
/** Nothing was given back already, and the sale is one that can be given back. */
const NOT_POSSIBLE = '12';
const NO_AMOUNT = '13';
const OTHER_CARD = '14';
/** No such sale, none that stands, or one whose reference, authorisation code, voucher or day is another. */
const NO_ORIGINAL = '25';
const FORMAT_ERROR = '30';
/** More than is left of the sale. */
const TOO_MUCH = '61';
/** A void is of the whole sale. */
const OTHER_AMOUNT = '64';
const OTHER_BATCH = '77';
const REPEATED = '94';

type Kind = 'void' | 'refund';

/** What a void or refund says. */
interface Return extends Presented {
  readonly amountFen: number;
  readonly conditionCode: string;
  readonly isByCode: boolean;
  readonly referenceNumber: string;
  readonly authorizationCode: string | undefined;
  readonly voucher: string | undefined;
  /** Field 61, zeros where a refund does not know: batch, STAN, and the day of a refund. */
  readonly original: { readonly batch: string; readonly stan: string; readonly date: string };
}

const UNKNOWN_NUMBER = '000000';
const UNKNOWN_DATE = '0000';

/** Processing code 200000 with type 23 or 25 (CUP terminal rules A.5). */
export function returnKindOf(request: IsoMessage): Kind | undefined {
  const type = textField(request, 60)?.slice(0, 2);
  const condition = textField(request, 25);
  if (textField(request, 3) !== '200000' || (condition !== '00' && condition !== '64')) return undefined;
  if (request.mti === '0200') return type === '23' ? 'void' : undefined;
  return request.mti === '0220' && type === '25' ? 'refund' : undefined;
}

/** Void 0200 of a whole sale of the open batch. It can be reversed, and its sale then stands again. */
export function takeVoid(state: HostState, session: KeyStoreSession, key: LedgerKey, request: IsoMessage): HostReply {
  if (state.ledger.find(key) !== undefined) return { message: answerMessage(state, request, REPEATED), session };
  return judged(state, session, request, () => {
    const asked = returnOf(request, session, 'void');
    const original = state.ledger.find({ ...asked.original, terminalId: key.terminalId });
    const code = voidCode(state, asked, key, original);
    const entry = bookReturn(state, key, 'void', asked, original, code);
    if (code === DONE && original !== undefined) state.ledger.add({ ...original, state: 'voided' });
    return entry;
  });
}

/**
 * Refund 0220 of a sale of any batch that is not archived, in parts as long as something is left. Under the number of one
 * that was answered it is that one: it gets the same answer again, whatever batch is open.
 */
export function takeRefund(
  state: HostState,
  session: KeyStoreSession,
  key: LedgerKey,
  request: IsoMessage,
  openBatch: number,
): HostReply {
  const answered = (code: string): HostReply => ({ message: answerMessage(state, request, code), session });
  const first = state.ledger.find(key);
  if (first === undefined && Number(key.batch) !== openBatch) return answered(OTHER_BATCH);
  return judged(state, session, request, () => {
    const asked = returnOf(request, session, 'refund');
    if (first !== undefined) return isRepetition(first, asked) ? first : undefined;
    const original = state.ledger.findByReference(asked.referenceNumber);
    const code = refundCode(state, asked, key, original);
    const entry = bookReturn(state, key, 'refund', asked, original, code);
    if (code === DONE && original !== undefined) {
      state.ledger.add({ ...original, refundedFen: original.refundedFen + asked.amountFen });
    }
    return entry;
  });
}

/** The answer that an entry says; a number that is taken by something else is a repetition of that. */
function judged(
  state: HostState,
  session: KeyStoreSession,
  request: IsoMessage,
  entryOf: () => LedgerEntry | undefined,
): HostReply {
  try {
    const entry = entryOf();
    const message = entry === undefined ? answerMessage(state, request, REPEATED) : returnAnswer(state, request, entry);
    return { message, session };
  } catch (error) {
    if (error instanceof ProtocolError) return { message: answerMessage(state, request, FORMAT_ERROR), session };
    throw error;
  }
}

/** The same refund, not another one under its number. */
function isRepetition(first: LedgerEntry, { amountFen }: Return): boolean {
  return first.kind === 'refund' && first.amountFen === amountFen;
}

function returnOf(request: IsoMessage, session: KeyStoreSession, kind: Kind): Return {
  const presented = presentedCardOf(request, session);
  const form = kind === 'void' ? /^(\d{6})(\d{6})()$/ : /^(\d{6})(\d{6})(\d{4})$/;
  const [, batch, stan, date] = form.exec(textField(request, 61) ?? '') ?? [];
  const reference = textField(request, 37);
  if (batch === undefined || stan === undefined || date === undefined) throw new ProtocolError(['61'], 'no original');
  if (reference === undefined) throw new ProtocolError(['37'], 'missing');
  if (kind === 'refund' && request.fields[63] === undefined) throw new ProtocolError(['63'], 'missing');
  const elements = decodeTlv59(textField(request, 59) ?? '');
  return {
    ...presented,
    amountFen: Number(textField(request, 4)),
    conditionCode: textField(request, 25) ?? '',
    isByCode: textField(request, 22)?.startsWith('03') === true,
    referenceNumber: reference,
    authorizationCode: textField(request, 38),
    voucher: elements.find(({ tag }) => tag === TAG_59.voucher)?.value,
    original: { batch, stan, date },
  };
}

function voidCode(state: HostState, asked: Return, key: LedgerKey, original: LedgerEntry | undefined): string {
  const refusal = originalRefusal(asked, key, original);
  if (refusal !== undefined || original === undefined) return refusal ?? NO_ORIGINAL;
  if (original.refundedFen > 0 || original.batch !== key.batch) return NOT_POSSIBLE;
  if (!isSameCard(asked, original)) return OTHER_CARD;
  if (asked.amountFen !== original.amountFen) return OTHER_AMOUNT;
  return pinRefusal(state, asked) ?? DONE;
}

function refundCode(state: HostState, asked: Return, key: LedgerKey, original: LedgerEntry | undefined): string {
  const refusal = originalRefusal(asked, key, original);
  if (refusal !== undefined || original === undefined) return refusal ?? NO_ORIGINAL;
  const leftFen = original.amountFen - original.refundedFen;
  if (leftFen === 0) return NOT_POSSIBLE;
  if (!isSameCard(asked, original)) return OTHER_CARD;
  if (asked.amountFen < 1) return NO_AMOUNT;
  return asked.amountFen > leftFen ? TOO_MUCH : (pinRefusal(state, asked) ?? DONE);
}

function originalRefusal(asked: Return, { terminalId }: LedgerKey, original: LedgerEntry | undefined) {
  if (original?.kind !== 'sale' || original.terminalId !== terminalId || !isNamed(asked, original)) return NO_ORIGINAL;
  if (original.state === 'voided') return NOT_POSSIBLE;
  if (original.state !== 'approved') return NO_ORIGINAL;
  return asked.conditionCode === original.conditionCode ? undefined : NOT_POSSIBLE;
}

/** Everything that the message says about its sale is true. */
function isNamed(asked: Return, original: LedgerEntry): boolean {
  const { batch, stan, date } = asked.original;
  const { month, day } = chinaTime(original.atWallMs);
  return (
    asked.referenceNumber === original.referenceNumber &&
    asked.authorizationCode === original.authorizationCode &&
    asked.voucher === original.voucher &&
    (batch === UNKNOWN_NUMBER || batch === original.batch) &&
    (stan === UNKNOWN_NUMBER || stan === original.stan) &&
    (date === '' || date === UNKNOWN_DATE || date === month + day)
  );
}

/** Where no card is asked for, none is compared. */
function isSameCard({ pan, isByCode }: Return, original: LedgerEntry): boolean {
  if (isByCode || original.way === 'code') return isByCode && original.way === 'code' && pan === undefined;
  return pan === undefined || pan === original.pan;
}

function pinRefusal({ issuer }: HostState, { pan, pin }: Return): string | undefined {
  return pan === undefined || pin === 'none' ? undefined : issuer.pinRefusal(pan, pin);
}

function bookReturn(
  state: HostState,
  key: LedgerKey,
  kind: Kind,
  asked: Return,
  original: LedgerEntry | undefined,
  code: string,
): LedgerEntry {
  const isDone = code === DONE;
  return book(state, key, {
    kind,
    way: original?.way ?? 'card',
    pan: original?.pan ?? '',
    amountFen: asked.amountFen,
    state: isDone ? 'approved' : 'declined',
    responseCode: code,
    referenceNumber: referenceNumber(state),
    conditionCode: asked.conditionCode,
    authorizationCode: isDone && kind === 'void' ? authCode(state) : undefined,
    ...(isDone && original !== undefined ? { original: keyOf(original) } : {}),
  });
}

function keyOf({ terminalId, batch, stan }: LedgerEntry): LedgerKey {
  return { terminalId, batch, stan };
}

function returnAnswer(state: HostState, request: IsoMessage, entry: LedgerEntry): IsoMessage {
  const { authorizationCode, responseCode } = entry;
  const more: Record<number, IsoValue> = {
    37: entry.referenceNumber,
    44: ''.padEnd(11) + ACQUIRER_ID.padEnd(11),
    63: 'CUP',
  };
  if (responseCode === DONE) more[15] = hostDate(state);
  if (authorizationCode !== undefined) more[38] = authorizationCode;
  return answerMessage(state, request, responseCode, more);
}

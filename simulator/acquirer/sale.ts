import { concatBytes, hex } from '../../firmware/base/bytes.ts';
import { ProtocolError } from '../../firmware/base/protocol-error.ts';
import { bytesOfGbk } from '../../firmware/base/text.ts';
import { issuerScript } from '../../hal-mock/cards/issuer.ts';
import { type IsoMessage, type IsoValue, textField } from '../../firmware/protocol/iso8583/index.ts';
import { authCode, book } from './booking.ts';
import { instalmentTerms } from './card-instalment.ts';
import { codeSale, isByCode } from './code-sale.ts';
import type { KeyStoreSession } from './host-keys.ts';
import { ACQUIRER_ID, answerMessage, hostDate, type HostReply, type HostState, withFlippedByte } from './host-state.ts';
import type { IssuerDecision } from './issuer.ts';
import type { LedgerKey } from './ledger.ts';
import { type AmountEffect, amountEffect } from './outcomes.ts';
import { type Purchase, purchaseOf } from './purchase.ts';
import { referenceNumber } from './reference-number.ts';

/** Texts of the issuer for the slip, sub-field 63.2. An approval needs none. */
const ISSUER_TEXTS: Readonly<Record<string, string>> = {
  '51': '余额不足',
  '54': '卡已过期',
  '55': '密码错误',
  '61': '超出金额限制',
  '62': '受限制的卡',
  '75': '密码错误次数超限',
};

/** Sale 0200 by card, in full or by instalments, or by code, of a terminal that is signed on and whose MAC was right. */
export function sale(state: HostState, session: KeyStoreSession, key: LedgerKey, request: IsoMessage): HostReply {
  const refused = (code: string): HostReply => ({ message: answerMessage(state, request, code), session });
  if (state.ledger.find(key) !== undefined) return refused('94');
  try {
    return isByCode(request) ? codeSale(state, session, key, request) : decidedSale(state, session, key, request);
  } catch (error) {
    if (error instanceof ProtocolError) return refused('30');
    throw error;
  }
}

/**
 * A sale that stands by its chip's certificate. It is taken whatever batch is open, as its reversal would be, and refused
 * only when the certificate is not the card's or the card is stopped: the issuer owes what the chip has promised.
 */
export function offlineSale(
  state: HostState,
  session: KeyStoreSession,
  key: LedgerKey,
  request: IsoMessage,
): HostReply {
  const answered = (code: string): HostReply => ({ message: answerMessage(state, request, code), session });
  if (state.ledger.find(key) !== undefined) return answered('94');
  try {
    const purchase = purchaseOf(request, session);
    const responseCode = state.issuer.decideOffline(purchase);
    const rrn = referenceNumber(state);
    book(state, key, {
      pan: purchase.pan,
      amountFen: purchase.amountFen,
      state: responseCode === '00' ? 'approved' : 'declined',
      responseCode,
      referenceNumber: rrn,
      conditionCode: textField(request, 25) ?? '',
    });
    return { message: answerMessage(state, request, responseCode, { 37: rrn }), session };
  } catch (error) {
    if (error instanceof ProtocolError) return answered('30');
    throw error;
  }
}

function decidedSale(state: HostState, session: KeyStoreSession, key: LedgerKey, request: IsoMessage): HostReply {
  const purchase = purchaseOf(request, session);
  const effect = amountEffect(purchase.amountFen);
  const decision: IssuerDecision =
    effect?.kind === 'decline'
      ? { responseCode: effect.responseCode, canAuthenticate: false }
      : state.issuer.decide(purchase);
  const isLost = effect?.kind === 'silent' && !effect.executed;
  const rrn = referenceNumber(state);
  const authorizationCode = decision.responseCode === '00' ? authCode(state) : undefined;
  const reply = saleAnswer(state, request, purchase, decision, { rrn, authorizationCode, effect });
  if (!isLost) {
    book(state, key, {
      pan: purchase.pan,
      amountFen: purchase.amountFen,
      state: decision.responseCode === '00' ? 'approved' : 'declined',
      responseCode: decision.responseCode,
      referenceNumber: rrn,
      conditionCode: textField(request, 25) ?? '',
      authorizationCode,
    });
  }
  return { message: reply, session, ...(effect === undefined ? {} : { effect }) };
}

interface HostNumbers {
  readonly rrn: string;
  readonly authorizationCode: string | undefined;
  readonly effect: AmountEffect | undefined;
}

function saleAnswer(
  state: HostState,
  request: IsoMessage,
  purchase: Purchase,
  decision: IssuerDecision,
  { rrn, authorizationCode, effect }: HostNumbers,
): IsoMessage {
  const more: Record<number, IsoValue> = {
    2: purchase.pan,
    37: rrn,
    44: (decision.issuerId ?? '').padEnd(11) + ACQUIRER_ID.padEnd(11),
    63: `CUP${gbkColumn(ISSUER_TEXTS[decision.responseCode] ?? '', 20)}`,
  };
  const expiry = textField(request, 14);
  if (expiry !== undefined) more[14] = expiry;
  if (decision.canAuthenticate) more[55] = issuerData(state, purchase, decision.responseCode, effect);
  if (authorizationCode !== undefined) {
    more[15] = hostDate(state);
    more[38] = authorizationCode;
    const terms = purchase.installment && instalmentTerms(purchase.amountFen, purchase.installment);
    if (terms !== undefined) more[62] = terms;
  }
  return answerMessage(state, request, decision.responseCode, more);
}

/** Tag 91 with 10 bytes, and a script where the issuer has one. */
function issuerData(state: HostState, purchase: Purchase, code: string, effect: AmountEffect | undefined): Uint8Array {
  const data = state.issuer.authenticationData(purchase, code);
  const isSpoiled =
    (effect?.kind === 'spoil' && effect.what === 'wrongArpc') || state.faults.take('wrongArpc') !== undefined;
  const script = code === '00' && state.scripts.delete(purchase.pan) ? scriptFor(purchase) : new Uint8Array();
  return concatBytes(hex('910A'), isSpoiled ? withFlippedByte(data, 0) : data, script);
}

/** Template 72 with one command, or nothing for a request without a chip. */
function scriptFor({ pan, sequence, chipData }: Purchase): Uint8Array {
  return chipData === undefined ? new Uint8Array() : issuerScript({ pan, sequence }, chipData, 'unblockPin');
}

/** A text filled with spaces to so many bytes of GBK. */
function gbkColumn(text: string, bytes: number): string {
  return text + ' '.repeat(Math.max(0, bytes - bytesOfGbk(text).length));
}

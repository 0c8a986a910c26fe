import { hexOf, latin1Of } from '../base/bytes.ts';
import { type CardData, type DeviceFault, type Exchange, HalError, type VaultRef } from '../hal/index.ts';
import { storedSales } from '../journal/fold.ts';
import type { CardIntent, CardResult, SaleKey } from '../journal/records.ts';
import { replaceTrackBlocks, trackBlocks } from '../protocol/crypto/track-cipher.ts';
import {
  type CardEntry,
  type CardInstallment,
  type EncipheredPinBlock,
  reversalFieldsOf,
  type SaleFields,
  saleRequest,
  saleResponse,
} from '../protocol/cup/messages.ts';
import type { IsoMessage } from '../protocol/iso8583/index.ts';
import { reversalChipData } from '../protocol/tlv/chip-data.ts';
import { checkCardTerms } from '../rules/installment/card-terms.ts';
import type { PlanQuote } from '../rules/installment/quote.ts';
import { DEFAULT_PLAN_TERMS } from '../rules/installment/settings.ts';
import { afterExchange, type CheckedExchange } from '../rules/after-exchange.ts';
import { mayGoOffline } from '../rules/offline.ts';
import { responseCode } from '../rules/response-codes.ts';
import type { Services } from '../services.ts';
import type { Verification } from '../transaction/verify.machine.ts';
import { type CheckedReply, checkReply, sealMessage } from './acquirer-channel.ts';
import type { Effect } from './effect.ts';
import { planRecordOf } from './wallet-order.ts';

/** Whom the acquirer is asked to charge. */
export type CardPayer =
  | {
      readonly kind: 'card';
      readonly entry: CardEntry;
      readonly card: CardData;
      readonly verification: Verification;
    }
  /** A pay code of UnionPay. */
  | { readonly kind: 'code'; readonly codeRef: VaultRef; readonly maskedCode: string };

export interface AuthorizeCardInput {
  readonly amountFen: number;
  readonly payer: CardPayer;
  /** Instalments of the card, as they were confirmed. */
  readonly quote: PlanQuote | undefined;
}

/** What the acquirer said, in the words of the rules. Nothing in here is secret. */
export interface CardAnswer {
  readonly key: SaleKey;
  readonly exchange: CheckedExchange;
  /** Field 39, empty without an answer that may be believed. */
  readonly responseCode: string;
  /** Tags 91, 71, 72 for the chip, hex. */
  readonly issuerData: string;
  readonly signOnAgain: boolean;
  /** The host refused without a MAC: the refusal is shown, and reversed to be sure. */
  readonly refusedUnsigned: boolean;
  /** The issuer approved other instalments than were confirmed. */
  readonly numbersDiffer: boolean;
  /** Nothing was sent because this device could not do its part. */
  readonly missing: DeviceFault | undefined;
  /** Nothing left the terminal, and the chip may decide alone. */
  readonly mayGoOffline: boolean;
}

/** Name of a plan where the contract has none of its own. */
const STANDARD_PRODUCT = 'STANDARD';

/**
 * Field 39 of an answer to a copy of the request: 94 came already, 09 is being worked on. Batch and STAN are ours alone, so
 * the network made the copy, and nobody knows what became of the original.
 */
const ANSWERS_TO_A_COPY: ReadonlySet<string> = new Set(['09', '94']);

/**
 * Sends one authorisation so that a crash at any point can be recovered: the intent is durable before the first byte
 * leaves, the result before anybody acts on it. The order is code in one function, so that a chart cannot change it.
 */
export const authorizeCard: Effect<CardAnswer, AuthorizeCardInput> = async (services, input) => {
  const { ports, settings, journal } = services;
  const key: SaleKey = { batch: journal.state.batch, stan: journal.takeStan() };
  const prepared = await prepare(services, input, key);
  if (prepared.kind === 'notPossible') return notSent(key, prepared.missing);
  const { fields, request, frame } = prepared;

  await journal.append(intentOf(services, input, key, fields));
  const exchange = await ports.acquirer.exchange(frame, settings.acquirer.replyDeadlineMs);
  const reply = withTerms(await checkedReply(services, request, exchange), input.quote);
  const result = resultOf(key, reply);
  await journal.append(result);
  const answer = { ...answerOf(key, reply), mayGoOffline: reply.kind === 'notSent' && canStandAlone(services, input) };
  const stands = answer.exchange.kind === 'answered' && answer.exchange.action === 'approve';
  // A chip still has to agree; everything else stands with the host's word.
  if (stands && (input.payer.kind === 'code' || input.payer.card.interface !== 'chip')) {
    await journal.append({ type: 'saleApproved', ...key, tvr: undefined, tsi: undefined, scriptResult: undefined });
  }
  return answer;
};

type Prepared =
  | { readonly kind: 'ready'; readonly fields: SaleFields; readonly request: IsoMessage; readonly frame: Uint8Array }
  | { readonly kind: 'notPossible'; readonly missing: DeviceFault };

/** Everything that needs a device happens before the intent: what cannot be sealed is not sent. */
async function prepare(services: Services, input: AuthorizeCardInput, key: SaleKey): Promise<Prepared> {
  try {
    const fields = await saleFields(services, input, key);
    const request = saleRequest(fields);
    return { kind: 'ready', fields, request, frame: await sealMessage(services, request) };
  } catch (error) {
    if (error instanceof HalError) return { kind: 'notPossible', missing: { device: error.device, kind: error.kind } };
    throw error;
  }
}

const NOTHING_SAID = {
  issuerData: '',
  signOnAgain: false,
  refusedUnsigned: false,
  numbersDiffer: false,
  missing: undefined,
  mayGoOffline: false,
};

function notSent(key: SaleKey, missing: DeviceFault): CardAnswer {
  const exchange = { kind: 'notSent' } as const;
  return { ...NOTHING_SAID, key, exchange, responseCode: '', missing };
}

/** A reply whose terms were compared with the plan that the cardholder agreed to. */
type TermedReply = CheckedReply | { readonly kind: 'otherTerms'; readonly message: IsoMessage };

/** An approval of other instalments than were confirmed, or of none, is not the approval of this sale. */
function withTerms(reply: CheckedReply, quote: PlanQuote | undefined): TermedReply {
  if (quote === undefined || reply.kind !== 'trusted') return reply;
  const { responseCode: code, installment } = saleResponse(reply.message);
  if (!responseCode(code).action.startsWith('approve')) return reply;
  const isAgreed = installment !== undefined && checkCardTerms(quote, installment) === 'matches';
  return isAgreed ? reply : { kind: 'otherTerms', message: reply.message };
}

/** An answer whose MAC nobody could check is no answer. */
async function checkedReply(services: Services, request: IsoMessage, exchange: Exchange): Promise<CheckedReply> {
  try {
    return await checkReply(services, request, exchange);
  } catch (error) {
    if (error instanceof HalError) return { kind: 'unknown' };
    throw error;
  }
}

/** What every sale has, whoever pays. */
function commonFields({ settings }: Services, { amountFen, quote }: AuthorizeCardInput, key: SaleKey) {
  const { signOnScheme } = settings.acquirer;
  const cipher = signOnScheme === '006' ? 'sm4' : signOnScheme === '001' ? 'des' : 'tdes';
  return {
    ...key,
    amountFen,
    terminalId: settings.terminalId,
    merchantId: settings.merchantId,
    readCapability: '6',
    cipher,
    ...(quote === undefined ? {} : { installment: cardInstallmentOf(quote) }),
  } as const;
}

function cardInstallmentOf({ offer }: PlanQuote): CardInstallment {
  const { feeIn } = offer.terms ?? DEFAULT_PLAN_TERMS[offer.method];
  const feeMode = feeIn === 'firstPeriod' ? 'once' : 'perPeriod';
  return { periods: offer.periods, productCode: offer.product ?? STANDARD_PRODUCT, feeMode };
}

async function saleFields(services: Services, input: AuthorizeCardInput, key: SaleKey): Promise<SaleFields> {
  const { vault } = services.ports;
  const { settings } = services;
  const { payer } = input;
  const common = commonFields(services, input, key);
  if (payer.kind === 'code') {
    const payCode = latin1Of(vault.reveal(payer.codeRef));
    vault.wipe(payer.codeRef);
    return { ...common, entry: 'code', trackEncrypted: false, payCode };
  }
  const { card, verification } = payer;
  const track = card.track2Ref === undefined ? undefined : latin1Of(vault.reveal(card.track2Ref));
  const encrypts = settings.acquirer.encryptTracks && track !== undefined;
  const sm4 = settings.acquirer.signOnScheme === '006';
  const pinBlock: EncipheredPinBlock | undefined =
    verification.kind === 'pin'
      ? { format: verification.format, block: vault.reveal(verification.pinBlockRef) }
      : undefined;
  return {
    ...common,
    entry: payer.entry,
    trackEncrypted: encrypts,
    pan: latin1Of(vault.reveal(card.panRef)),
    ...(track === undefined ? {} : { track2: encrypts ? await enciphered(services, track, sm4 ? 16 : 8) : track }),
    ...(card.expiry === undefined ? {} : { expiry: card.expiry }),
    ...(card.cardSequence === undefined ? {} : { cardSequence: card.cardSequence }),
    ...(card.chipDataRef === undefined ? {} : { chipData: vault.reveal(card.chipDataRef) }),
    ...(pinBlock === undefined ? {} : { pinBlock }),
  };
}

async function enciphered({ ports }: Services, track: string, blockBytes: 8 | 16): Promise<string> {
  const place = trackBlocks(track, blockBytes);
  return replaceTrackBlocks(track, place, await ports.keyStore.encryptTrack(place.blocks));
}

function intentOf(services: Services, input: AuthorizeCardInput, key: SaleKey, fields: SaleFields): CardIntent {
  const { payer, quote, amountFen } = input;
  const intent = {
    type: 'cardIntent',
    ...key,
    amountFen,
    reversal: reversalFieldsOf(fields, fields.pinBlock !== undefined),
    reversalChipData: fields.chipData === undefined ? undefined : hexOf(reversalChipData(fields.chipData, true)),
    plan: quote === undefined ? undefined : planRecordOf(quote),
  } as const;
  if (payer.kind === 'code') {
    const { maskedCode } = payer;
    return { ...intent, entry: 'code', maskedPan: maskedCode, sealedPan: '', verification: 'none', chip: undefined };
  }
  const { card, entry, verification } = payer;
  return {
    ...intent,
    entry,
    maskedPan: card.maskedPan,
    sealedPan: services.ports.vault.toStored(card.panRef),
    verification: verification.kind === 'ended' ? 'none' : verification.kind,
    chip: card.chip,
  };
}

/** What field 39 of an answer that may be believed says about this sale. */
function exchangeOf(code: string): CheckedExchange {
  if (ANSWERS_TO_A_COPY.has(code)) return { kind: 'untrusted', why: 'mismatch' };
  return { kind: 'answered', action: responseCode(code).action };
}

/** How the journal remembers it. What will be reversed is not declined: the power may fail before the reversal is a duty. */
function journaledResult(reply: TermedReply): CardResult['result'] {
  if (reply.kind === 'unsigned' || reply.kind === 'otherTerms') return 'untrusted';
  if (reply.kind !== 'trusted') return reply.kind;
  const exchange = exchangeOf(saleResponse(reply.message).responseCode);
  if (exchange.kind === 'answered' && exchange.action.startsWith('approve')) return 'approved';
  return afterExchange(exchange).do === 'reverse' ? 'untrusted' : 'declined';
}

/** Why an answer is not believed, for the reason of its reversal. */
function distrustOf(reply: TermedReply): CardResult['why'] {
  if (reply.kind === 'otherTerms') return 'terms';
  if (reply.kind === 'untrusted') return reply.why;
  if (reply.kind === 'unsigned') return 'mac';
  if (reply.kind !== 'trusted') return undefined;
  const next = afterExchange(exchangeOf(saleResponse(reply.message).responseCode));
  return next.do === 'reverse' ? (next.reason === 'A0' ? 'mac' : 'mismatch') : undefined;
}

function resultOf(key: SaleKey, reply: TermedReply): CardResult {
  const said = 'message' in reply ? saleResponse(reply.message) : undefined;
  return {
    type: 'cardResult',
    ...key,
    result: journaledResult(reply),
    why: distrustOf(reply),
    responseCode: said?.responseCode,
    retrievalReference: said?.rrn,
    authorizationCode: said?.authCode,
    hostDate: said?.hostDate,
    hostTime: said?.hostTime,
    issuer: said?.issuerId,
    acquirer: said?.acquirerId,
    remarks: said?.remarks ?? [],
    ...(said?.voucher === undefined ? {} : { voucher: said.voucher }),
  };
}

function answerOf(key: SaleKey, reply: TermedReply): CardAnswer {
  const answer = { ...NOTHING_SAID, key };
  switch (reply.kind) {
    case 'trusted': {
      const said = saleResponse(reply.message);
      const signOnAgain = responseCode(said.responseCode).action === 'signOnAgain';
      const exchange = exchangeOf(said.responseCode);
      const issuerData = hexOf(said.issuerData);
      return { ...answer, exchange, responseCode: said.responseCode, issuerData, signOnAgain };
    }
    case 'unsigned': {
      const { responseCode: code } = saleResponse(reply.message);
      const refusedUnsigned = !ANSWERS_TO_A_COPY.has(code) && responseCode(code).action !== 'reverseAndSignOn';
      return { ...answer, exchange: { kind: 'untrusted', why: 'mac' }, responseCode: code, refusedUnsigned };
    }
    case 'otherTerms':
      return { ...answer, exchange: { kind: 'untrusted', why: 'terms' }, responseCode: '', numbersDiffer: true };
    case 'notSent':
    case 'unknown':
    case 'untrusted':
      return { ...answer, exchange: reply, responseCode: '' };
  }
}

function canStandAlone({ settings, journal, ports }: Services, { payer, quote, amountFen }: AuthorizeCardInput) {
  if (payer.kind === 'code' || quote !== undefined) return false;
  const { card, verification } = payer;
  const stored = storedSales(journal.state);
  return mayGoOffline({
    settings: settings.offline,
    interface: card.interface,
    hasPin: verification.kind === 'pin',
    amountFen,
    stored: {
      count: stored.length,
      totalFen: stored.reduce((total, { intent }) => total + intent.amountFen, 0),
      oldestWallMs: stored[0]?.begunWallMs,
    },
    wallMs: ports.clock.wallMs(),
  });
}

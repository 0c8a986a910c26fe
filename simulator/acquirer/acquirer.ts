import { bytesOfLatin1 } from '../../firmware/base/bytes.ts';
import { ProtocolError } from '../../firmware/base/protocol-error.ts';
import type { Clock, MacAlgorithm, Random } from '../../firmware/hal/index.ts';
import {
  CUP_STANDARD,
  createCodec,
  type Frame,
  type IsoCodec,
  type IsoMessage,
  textField,
  unpackFrame,
  withLength,
} from '../../firmware/protocol/iso8583/index.ts';
import { TEST_CARDS, type TestCard } from '../../hal-mock/cards/test-cards.ts';
import { CODE_CUSTOMERS, type CodeCustomer, CodeIssuer } from './code-customers.ts';
import { FaultSwitches } from '../fault-switches.ts';
import { type HostFault, type HostReply, type HostState, unsealedAnswer } from './host-state.ts';
import { Issuer } from './issuer.ts';
import { Ledger, type LedgerEntry, type LedgerKey } from './ledger.ts';
import { manage, signOn } from './management.ts';
import { type ReplySpoiling } from './outcomes.ts';
import { returnKindOf, takeRefund, takeVoid } from './returns.ts';
import { reverse } from './reversal.ts';
import { offlineSale, sale } from './sale.ts';
import { sealReply } from './seal.ts';
import { settle, takeScriptNotice, takeUpload } from './settlement.ts';
import type { SettlementBooks } from './settlement-books.ts';
import { TerminalTable, type TerminalProfile, type TerminalState, TEST_TERMINAL } from './terminals.ts';

/** What the host does on the wire, some time after a request. No answer at all is an empty list. */
export type AcquirerAnswer =
  /** TPDU, header and message; the transport adds the length. */
  | { readonly kind: 'frame'; readonly afterMs: number; readonly frame: Uint8Array }
  /** Bytes as they are, because they are no frame. */
  | { readonly kind: 'raw'; readonly afterMs: number; readonly bytes: Uint8Array }
  | { readonly kind: 'close'; readonly afterMs: number };

/** Settings of a simulated acquirer; clock and random are the simulation's own. */
export interface AcquirerOptions {
  readonly clock: Clock;
  /** Makes working keys and authorisation codes: the same seed gives the same bytes. */
  readonly random: Random;
  readonly terminals?: readonly TerminalProfile[];
  readonly cards?: readonly TestCard[];
  readonly codeCustomers?: readonly CodeCustomer[];
  /** Field 64 under triple DES; SM4 sign-ons always have the SM4 form. */
  readonly macAlgorithm?: MacAlgorithm;
  readonly processingMs?: number;
  readonly lateAnswerMs?: number;
}

/** Sign-ons and echoes go no further than the acquirer itself. */
const MANAGEMENT_MS = 20;

/** What a request to the issuer and back takes. */
const PROCESSING_MS = 300;

/** Later than the 30 s that terminals wait by default, and than the 60 s that some are set to. */
const LATE_ANSWER_MS = 70_000;

/** MTIs of the dialect that this host understands but does not serve (answered 40), beside the served ones. */
const KNOWN_REQUESTS: ReadonlySet<string> = new Set([
  '0100',
  '0200',
  '0220',
  '0320',
  '0400',
  '0500',
  '0620',
  '0800',
  '0820',
]);

/** Served requests that must prove their terminal by field 64. */
const WITH_MAC: ReadonlySet<string> = new Set(['0200', '0220', '0400', '0620']);

const SPOILINGS: readonly ReplySpoiling[] = [
  'wrongMac',
  'noMac',
  'wrongStan',
  'wrongAmount',
  'wrongTerminal',
  'duplicate',
  'wrongTerms',
  'wrongFee',
  'noTerms',
];

/** Of an approved instalment sale alone. */
const OF_TERMS: ReadonlySet<ReplySpoiling> = new Set<ReplySpoiling>(['wrongTerms', 'wrongFee', 'noTerms']);

/**
 * The simulated acquirer, its issuers behind it: one frame in, a list of timed answers out. It touches neither sockets
 * nor timers, so TCP server and in-memory network are the same host.
 *
 * Silent, as real hosts are, to anything that is no readable request: a frame without address and header, an unreadable
 * message, an answer's MTI. A readable request with missing or contradicting fields gets 30. Not signed on or wrong MAC
 * is A0, unknown terminal 97, another batch 77, a repeated trace number 94, an unserved transaction 40. Answers carry a
 * MAC when the request's MAC was right.
 */
export class Acquirer {
  readonly clock: Clock;
  readonly faults = new FaultSwitches<HostFault>();
  readonly #state: HostState;
  readonly #cards: readonly TestCard[];
  readonly #codec: IsoCodec = createCodec(CUP_STANDARD);
  readonly #processingMs: number;
  readonly #lateAnswerMs: number;

  constructor(options: AcquirerOptions) {
    const { clock, random, terminals = [TEST_TERMINAL], cards = TEST_CARDS, macAlgorithm = 'cup-ecb' } = options;
    const ledger = new Ledger();
    this.clock = clock;
    this.#cards = cards;
    this.#state = {
      clock,
      random,
      terminals: new TerminalTable(terminals),
      issuer: new Issuer(clock, ledger, cards),
      codes: new CodeIssuer(ledger, options.codeCustomers ?? CODE_CUSTOMERS),
      ledger,
      faults: this.faults,
      macAlgorithm,
      scripts: new Set(),
    };
    this.#processingMs = options.processingMs ?? PROCESSING_MS;
    this.#lateAnswerMs = options.lateAnswerMs ?? LATE_ANSWER_MS;
  }

  /** Serves one frame: TPDU, header and message without their length. Never throws for what is in it. */
  receive(bytes: Uint8Array): AcquirerAnswer[] {
    const received = this.#read(bytes);
    if (received === undefined || this.faults.down || !KNOWN_REQUESTS.has(received.request.mti)) return [];
    const { frame, request } = received;
    if (this.#fault('dropRequest', request) !== undefined) return [];
    const reply = this.#serve(frame, request);
    if (this.#fault('closeAfterRequest', request) !== undefined)
      return [{ kind: 'close', afterMs: this.#processingMs }];
    if (this.#fault('dropReply', request) !== undefined || reply.effect?.kind === 'silent') return [];
    return this.#answers(frame, request, reply);
  }

  /** Everything the host has in its books, in order of arrival. */
  entries(): readonly LedgerEntry[] {
    return this.#state.ledger.entries();
  }

  /** One of them. */
  find(key: LedgerKey): LedgerEntry | undefined {
    return this.#state.ledger.find(key);
  }

  /** What the host believes a payer, or all of them, have been charged: approvals less reversals, voids and refunds. */
  netFen(payerId?: string): number {
    const { ledger, codes } = this.#state;
    if (payerId === undefined) return ledger.netFen();
    return ledger.netFen(codes.customer(payerId)?.maskedAccount ?? this.#card(payerId).pan);
  }

  /** Changes an entry behind the terminal's back, so that the books of the two no longer agree. */
  amend(entry: LedgerEntry, change: Partial<Pick<LedgerEntry, 'state' | 'amountFen' | 'pan'>>): void {
    this.#state.ledger.add({ ...entry, ...change });
  }

  /** What the host has of a terminal's settlements. */
  settlements(terminalId: string): SettlementBooks {
    return this.#state.terminals.get(terminalId).settlement;
  }

  /** What the sales of one terminal came to, less what it gave back, that are settled and in the archive. */
  archivedFen(terminalId: string): number {
    return this.#state.ledger.archivedFen(terminalId);
  }

  /** The batch that the host holds open for a terminal. */
  openBatch(terminalId: string): number {
    return this.#state.terminals.get(terminalId).batch;
  }

  /** Wrong PINs of a card since the last right one. */
  wrongPins(cardId: string): number {
    return this.#state.issuer.wrongPins(this.#card(cardId).pan);
  }

  resetPinTries(cardId: string): void {
    this.#state.issuer.resetPinTries(this.#card(cardId).pan);
  }

  /** The next approval of this card brings its chip a command of the issuer: unblock the PIN. */
  issueScript(cardId: string): void {
    this.#state.scripts.add(this.#card(cardId).pan);
  }

  /** Cut-over: the terminal's batch is closed and the next one open, which its sales do not know before they sign on. */
  startNextBatch(terminalId: string): void {
    const terminal = this.#state.terminals.get(terminalId);
    terminal.batch = (terminal.batch % 999_999) + 1;
  }

  /** Forgets the working keys, as a host does when they have expired: the terminal's MACs are wrong from now on. */
  expireKeys(terminalId: string): void {
    this.#state.terminals.get(terminalId).session = undefined;
  }

  #card(cardId: string): TestCard {
    const card = this.#cards.find(({ id }) => id === cardId);
    if (card === undefined) throw new RangeError(`the host knows no card ${cardId}`);
    return card;
  }

  #read(bytes: Uint8Array): { readonly frame: Frame; readonly request: IsoMessage } | undefined {
    try {
      const frame = unpackFrame(bytes);
      return { frame, request: this.#codec.decode(frame.iso) };
    } catch (error) {
      if (error instanceof ProtocolError) return undefined;
      throw error;
    }
  }

  #serve(frame: Frame, request: IsoMessage): HostReply {
    const state = this.#state;
    const terminal = state.terminals.find(textField(request, 41) ?? '', textField(request, 42) ?? '');
    if (terminal === undefined) return unsealedAnswer(state, request, '97');
    if (WITH_MAC.has(request.mti)) return this.#serveFinancial(frame, request, terminal);
    const forced = this.#fault('respond', request);
    if (forced !== undefined) return unsealedAnswer(state, request, forced.responseCode);
    if (request.mti === '0800') return signOn(state, terminal, request);
    if (request.mti === '0500') return settle(state, terminal, request);
    if (request.mti === '0320') return takeUpload(state, terminal, request);
    return request.mti === '0820' ? manage(state, terminal, request) : unsealedAnswer(state, request, '40');
  }

  #serveFinancial(frame: Frame, request: IsoMessage, terminal: TerminalState): HostReply {
    const state = this.#state;
    const { session } = terminal;
    if (session === undefined || request.fields[64] === undefined || !session.verifies(frame.iso)) {
      return unsealedAnswer(state, request, 'A0');
    }
    const stan = textField(request, 11);
    const reserved60 = textField(request, 60) ?? '';
    if (stan === undefined || reserved60.length < 11) return { ...unsealedAnswer(state, request, '30'), session };
    const forced = this.#fault('respond', request);
    if (forced !== undefined) return { ...unsealedAnswer(state, request, forced.responseCode), session };
    const key: LedgerKey = { terminalId: terminal.profile.terminalId, batch: reserved60.slice(2, 8), stan };
    if (request.mti === '0400') return reverse(state, session, key, request);
    if (request.mti === '0620') return takeScriptNotice(state, session, terminal, request);
    if (isOfflineSale(request)) return offlineSale(state, session, key, request);
    const back = returnKindOf(request);
    if (back === 'refund') return takeRefund(state, session, key, request, terminal.batch);
    if (Number(key.batch) !== terminal.batch) return { ...unsealedAnswer(state, request, '77'), session };
    if (back === 'void') return takeVoid(state, session, key, request);
    if (!isSale(request)) return { ...unsealedAnswer(state, request, '40'), session };
    return sale(state, session, key, request);
  }

  #answers(frame: Frame, request: IsoMessage, reply: HostReply): AcquirerAnswer[] {
    const delayMs =
      this.#fault('delayReply', request)?.byMs ?? (reply.effect?.kind === 'late' ? this.#lateAnswerMs : 0);
    const isManagement = request.mti.startsWith('08');
    const afterMs = (isManagement ? Math.min(MANAGEMENT_MS, this.#processingMs) : this.#processingMs) + delayMs;
    if (this.#fault('garbageFrame', request) !== undefined) {
      return [{ kind: 'raw', afterMs, bytes: bytesOfLatin1('HTTP/1.1 400 Bad Request\r\n\r\n') }];
    }
    const spoilings = this.#spoilings(request, reply);
    const bytes = sealReply(this.#codec, frame, reply, spoilings);
    if (this.#fault('truncatedFrame', request) !== undefined) {
      return [
        { kind: 'raw', afterMs, bytes: withLength(bytes).subarray(0, -5) },
        { kind: 'close', afterMs },
      ];
    }
    const answer: AcquirerAnswer = { kind: 'frame', afterMs, frame: bytes };
    return spoilings.has('duplicate') ? [answer, answer] : [answer];
  }

  #spoilings(request: IsoMessage, reply: HostReply): ReadonlySet<ReplySpoiling> {
    const possible = SPOILINGS.filter((kind) => canBeSpoiled(reply, kind));
    const spoilings = new Set(possible.filter((kind) => this.#fault(kind, request) !== undefined));
    const { effect } = reply;
    if (effect?.kind === 'spoil') spoilings.add(effect.what);
    return spoilings;
  }

  #fault<Kind extends HostFault['kind']>(
    kind: Kind,
    request: IsoMessage,
  ): Extract<HostFault, { readonly kind: Kind }> | undefined {
    return this.faults.take(kind, ({ mti }) => mti === undefined || mti === request.mti);
  }
}

/** An armed fault waits for an answer that has what it spoils. */
function canBeSpoiled({ message, session }: HostReply, what: ReplySpoiling): boolean {
  if (what === 'wrongMac' || what === 'noMac') return session !== undefined;
  if (OF_TERMS.has(what)) return message.mti === '0210' && message.fields[62] !== undefined;
  return what !== 'wrongAmount' || message.fields[4] !== undefined;
}

/** Processing code 000000 with type 36: approved by the chip alone, sent afterwards (CUP terminal rules A.5). */
function isOfflineSale(request: IsoMessage): boolean {
  return textField(request, 3) === '000000' && textField(request, 60)?.slice(0, 2) === '36';
}

/** Processing code 000000 with type 22 and condition 00 or 64 (CUP terminal rules A.5). */
function isSale(request: IsoMessage): boolean {
  const condition = textField(request, 25);
  const isPlain = textField(request, 3) === '000000' && textField(request, 60)?.slice(0, 2) === '22';
  return isPlain && (condition === '00' || condition === '64');
}

import type { ScreenModel } from '../../firmware/hal/index.ts';
import type { StampedRecord } from '../../firmware/journal/records.ts';
import type { IsoMessage } from '../../firmware/protocol/iso8583/index.ts';
import { type BookedSale, Books } from './books.ts';
import { chargedFen } from '../acquirer/ledger.ts';
import type { WebCall } from '../wallet/web-calls.ts';
import { isForwarded, isReturn, requestId, type SwarmAcquirer } from './hosts.ts';
import { callName, OPENING, type SwarmWallets } from './wallets.ts';

/** What somebody outside the terminal can see of it. */
export type SwarmEvent =
  | { readonly kind: 'record'; readonly record: StampedRecord; readonly text: string }
  /** A journal was read from the disk; `acknowledged` (digests) were durable, `inFlight` were being written. */
  | {
      readonly kind: 'opened';
      readonly records: readonly string[];
      readonly acknowledged: readonly number[];
      readonly inFlight: readonly string[];
      /** The journal says that something is wrong with it, and it is no torn write. */
      readonly isDamaged: boolean;
      /** Somebody has tampered with the disk. */
      readonly isTamperedWith: boolean;
    }
  | { readonly kind: 'cardRequest'; readonly message: IsoMessage }
  /** `undefined`: no host would understand it. */
  | { readonly kind: 'walletRequest'; readonly call: WebCall | undefined }
  /** A customer reads a code of an SMS aloud, and it is typed. */
  | { readonly kind: 'smsCodeTyped'; readonly code: string }
  | { readonly kind: 'screen'; readonly screen: ScreenModel }
  | { readonly kind: 'pinAsked' }
  /** The reader has handed on a chip's last word. */
  | { readonly kind: 'chipAnswered'; readonly accepted: boolean; readonly scriptRan: boolean }
  /** Somebody has proved who they are; as the journal names them. */
  | { readonly kind: 'supervisorKnown'; readonly supervisor: string }
  | { readonly kind: 'slip'; readonly text: string }
  /** Idle, nothing open, faults over. */
  | { readonly kind: 'rest'; readonly secrets: number; readonly timers: number };

export type EventOf<Kind extends SwarmEvent['kind']> = Extract<SwarmEvent, { readonly kind: Kind }>;

/** One print of one copy, as far as it got. */
export interface PrintedCopy {
  /** Something of it is on paper. */
  isOnPaper: boolean;
}

/** 53 bits that stand for a text, so that a month of records need not be kept twice (cyrb53: two of FNV's kind). */
export function digestOf(text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    high = Math.imul(high ^ unit, 0x9e3779b1);
    low = Math.imul(low ^ unit, 0x5f356495);
  }
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
  return (low & 0x1f_ffff) * 0x1_0000_0000 + (high >>> 0);
}

/** Whoever sees one of these has not agreed to a plan, or not any more. */
const BEFORE_PLANS: ReadonlySet<string> = new Set(['choosePlan', 'enterAccount', 'idle']);
/** Screens of a refusal from which a sale can be begun again. */
const REFUSALS: ReadonlySet<string> = new Set(['declined', 'notSent']);

/** What one terminal has been seen doing. Predicates read it; it changes only after they have been asked. */
export class Witness {
  readonly terminalId: string;
  readonly acquirer: SwarmAcquirer;
  readonly wallets: SwarmWallets;
  /** Whether the shop may sell without the host. */
  readonly sellsOffline: boolean;
  books = new Books();
  /** Digests of the records whose append has been answered, and those that were begun. */
  acknowledged: number[] = [];
  inFlight: string[] = [];
  readonly outTradeNos = new Set<string>();
  readonly sentSales = new Set<string>();
  /** By sale and copy. */
  readonly prints = new Map<string, PrintedCopy[]>();
  /** The last call about an order, as {@link callName} names it: whose answer is acted on next. */
  lastWalletCall = '';
  /** The same as long as nobody was waited for since. */
  lastWalletRequest = '';
  /** Names of the last ones, as {@link requestId} makes them. */
  lastSignOn = '';
  lastReversal = '';
  lastReturn = '';
  /** Totals, upload or script notice. */
  lastSettling = '';
  /** Every sale as it was sent, by the same names. */
  readonly saleMessages = new Map<string, IsoMessage>();
  /** What the cashier last saw of an amount that was typed, and of a plan before it was agreed to. */
  amountShown: ScreenModel['params'][string] | undefined;
  planShown: ScreenModel['params'] | undefined;
  readonly #handedOver = new Map<string, number>();
  /** Order numbers that were cancelled before in the same life of the terminal. */
  readonly resumedCancels = new Set<string>();
  /** Since the last idle screen. */
  saleInHand: BookedSale | undefined;
  promptsInHand = 0;
  triesInHand = 0;
  /** What the chip of that sale said last. */
  chipInHand: EventOf<'chipAnswered'> | undefined;
  supervisorInHand: string | undefined;
  readonly smsCodesInHand = new Set<string>();
  #lastScreenId = '';

  constructor(terminalId: string, acquirer: SwarmAcquirer, wallets: SwarmWallets, sellsOffline: boolean) {
    this.terminalId = terminalId;
    this.sellsOffline = sellsOffline;
    this.acquirer = acquirer;
    this.wallets = wallets;
  }

  /** What the customer of this sale has been charged and not got back. */
  chargedFen({ intent }: BookedSale): number {
    if (intent.type === 'walletIntent') {
      const order = this.wallets.order(intent.host ?? 'alipay', intent.outTradeNo);
      return order?.state === 'paid' ? order.amountFen - order.refundedFen : 0;
    }
    const entry = this.acquirer.entry(this.terminalId, intent.batch, intent.stan);
    return entry?.state === 'approved' ? entry.amountFen - entry.refundedFen : 0;
  }

  /** What the host has of card sales that people took over, less what it has given back of others. */
  get handedOverFen(): number {
    return [...this.#handedOver.values()].reduce((sum, fen) => sum + fen, 0);
  }

  /** Takes note of an event that has been judged. */
  note(event: SwarmEvent): void {
    switch (event.kind) {
      case 'record':
        return this.#noteRecord(event);
      case 'opened':
        // What is behind the damage is not gone: it is expected again once somebody has put it right.
        if (event.isDamaged) return;
        this.acknowledged = event.records.map(digestOf);
        this.inFlight = [];
        this.books = Books.of(event.records);
        this.#forgetHands();
        this.#noteResumed();
        this.#noteHandedOver();
        return;
      case 'cardRequest':
        return this.#noteCardRequest(event.message);
      case 'walletRequest':
        return this.#noteWalletRequest(event.call);
      case 'smsCodeTyped':
        this.smsCodesInHand.add(event.code);
        return;
      case 'pinAsked':
        this.promptsInHand++;
        return;
      case 'chipAnswered':
        this.chipInHand = event;
        return;
      case 'supervisorKnown':
        this.supervisorInHand = event.supervisor;
        return;
      case 'screen':
        return this.#noteScreen(event.screen);
      case 'slip':
      case 'rest':
    }
  }

  #noteWalletRequest(call: WebCall | undefined): void {
    if (call === undefined || call.outTradeNo === '') return;
    this.lastWalletCall = callName(call);
    this.lastWalletRequest = this.lastWalletCall;
    if (OPENING.has(call.kind)) this.sentSales.add(call.outTradeNo);
  }

  #noteCardRequest(message: IsoMessage): void {
    const id = requestId(message);
    if (message.mti === '0800') this.lastSignOn = id;
    if (message.mti === '0400') this.lastReversal = id;
    if (isReturn(message)) this.lastReturn = id;
    if (['0500', '0320', '0620'].includes(message.mti)) this.lastSettling = id;
    if (message.mti !== '0200' || isForwarded(message)) return;
    this.promptsInHand = 0;
    this.triesInHand++;
    this.sentSales.add(id);
    this.saleMessages.set(id, message);
  }

  #noteScreen({ id, params }: ScreenModel): void {
    if (id === 'enterAmount') this.amountShown = params['amountFen'];
    if (id === 'confirmPlan') this.planShown = params;
    // While somebody waits, what the last query said grows old.
    if (id === 'waitingForCustomer' || id === 'showCode') this.lastWalletRequest = '';
    const isAsked = id === 'presentCard' && params['periods'] === undefined;
    if (isAsked || BEFORE_PLANS.has(id)) this.planShown = undefined;
    // After a refusal the same amount may be paid in another way: that is another sale.
    const goesOn = this.#lastScreenId !== id && REFUSALS.has(this.#lastScreenId);
    this.#lastScreenId = id;
    if (goesOn || id === 'idle') this.#forgetHands();
    // Whatever was agreed to before a refusal, the next try is agreed to anew.
    if (goesOn && id !== 'confirmPlan') this.planShown = undefined;
  }

  /** Nobody is being served any more. */
  #forgetHands(): void {
    this.saleInHand = undefined;
    this.promptsInHand = 0;
    this.triesInHand = 0;
    this.chipInHand = undefined;
    this.supervisorInHand = undefined;
    this.smsCodesInHand.clear();
  }

  #noteRecord({ record, text }: EventOf<'record'>): void {
    this.acknowledged.push(digestOf(text));
    this.inFlight.shift();
    this.books.apply(record);
    if (record.type === 'closedByHand') this.#noteHandedOver();
    if (record.type === 'batchClosed') this.#forget();
    if (record.type === 'walletIntent') this.outTradeNos.add(record.outTradeNo);
    if (record.type !== 'cardIntent' && record.type !== 'walletIntent') return;
    this.saleInHand = this.books.last;
    this.chipInHand = undefined;
  }

  /** Nothing moves any more once people have it, so that the host's word of that moment stands. */
  #noteHandedOver(): void {
    for (const sale of this.books.sales.values()) {
      if (sale.status !== 'handedOver' || sale.intent.type !== 'cardIntent' || this.#handedOver.has(sale.id)) continue;
      this.#handedOver.set(sale.id, this.chargedFen(sale));
    }
    for (const { id, status, intent } of this.books.refunds.all.values()) {
      if (status !== 'handedOver' || intent.way.by !== 'card' || this.#handedOver.has(id)) continue;
      const entry = this.acquirer.entry(this.terminalId, intent.batch, intent.stan);
      this.#handedOver.set(id, entry === undefined ? 0 : chargedFen(entry));
    }
  }

  /** Of batches that were judged long ago nothing is asked again. */
  #forget(): void {
    const { settlements } = this.books;
    const isOld = (id: string): boolean => settlements.isLongClosed(/(?:^|\/)(\d{6})[-/]/.exec(id)?.[1] ?? '');
    for (const ids of [this.sentSales, this.saleMessages, this.prints]) {
      for (const id of ids.keys()) if (isOld(id)) ids.delete(id);
    }
  }

  #noteResumed(): void {
    for (const id of this.books.open) {
      const sale = this.books.sales.get(id);
      if (sale?.hasCancelIntent === true && sale.intent.type === 'walletIntent') {
        this.resumedCancels.add(sale.intent.outTradeNo);
      }
    }
  }
}

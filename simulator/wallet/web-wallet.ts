import type { Clock } from '../../firmware/hal/index.ts';
import type { WebReply, WebRequest } from '../../firmware/protocol/wallet/web-message.ts';
import { FaultSwitches } from '../fault-switches.ts';
import type { HostCall, HostFront, HostOrder, HostOutcome, HostRefusal } from './host-words.ts';
import { otherNumber, type WalletAmountEffect, walletAmountEffect } from './outcomes.ts';
import type { WebAnswer } from './web-host.ts';
import { WebLedger } from './web-ledger.ts';
import { type PersonHabit, WEB_PEOPLE, type WebPerson } from './web-people.ts';

/** How long a host thinks before it answers. */
const PROCESSING_MS = 250;

/** Later than any deadline of a terminal for one request, earlier than a tester's patience ends. */
const LATE_ANSWER_MS = 40_000;

/** What a script can make the host do, for any call or for one. */
export type WebWalletFault = { readonly call?: HostCall['kind'] } & (
  | { readonly kind: 'dropRequest' }
  | { readonly kind: 'dropReply' }
  | { readonly kind: 'delayReply'; readonly byMs: number }
  | { readonly kind: 'wrongSignature' }
  | { readonly kind: 'wrongNumbers' }
  /** The plan of a paid order has another number of periods, where the host says it. */
  | { readonly kind: 'wrongPlan' }
  | { readonly kind: 'garbage' }
  | { readonly kind: 'badGateway' }
  | { readonly kind: 'systemError'; readonly executed: boolean }
  /** A cancel that the host does not do yet, or a refund that is under way: both want the call again. */
  | { readonly kind: 'again' }
  /** The answer is about another order. */
  | { readonly kind: 'wrongOrder' }
  /** The host's clock is far from the terminal's: the request is refused unread. */
  | { readonly kind: 'clockSkew' }
  /** The customer of a payment neither confirms nor refuses. */
  | { readonly kind: 'pendingForEver' }
  /** A customer who was waited for pays in the moment before the cancel arrives. */
  | { readonly kind: 'paidBeforeCancel' }
);

/** The customer's hand; actions are `false` when nothing waits for them. */
export interface WebPhone {
  waiting(): HostOrder | undefined;
  confirm(): boolean;
  refuse(): boolean;
  /** Pays the order whose code the terminal shows; `false` for a code of nobody, and for who cannot pay it. */
  scan(codeText: string): boolean;
}

export interface WebWalletOptions {
  readonly clock: Clock;
  readonly front: HostFront;
  readonly people?: readonly WebPerson[];
}

const SILENT: WebAnswer = { kind: 'silent' };

/** A time that is wrong is refused like a signature that is. */
const SKEWED: HostOutcome = { kind: 'refused', why: 'wrongSignature' };

/** Causes of the table of amounts, which stand there in Alipay's words. */
const CAUSES: ReadonlyMap<string, HostRefusal> = new Map([
  ['ACQ.PAYMENT_AUTH_CODE_INVALID', 'codeInvalid'],
  ['ACQ.BUYER_BALANCE_NOT_ENOUGH', 'notEnough'],
  ['ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR', 'overLimit'],
]);

/** A host with customers, orders and a memory: web request in, answer out. Time is the clock's; there is no chance in it. */
export class WebWallet {
  readonly faults = new FaultSwitches<WebWalletFault>();
  readonly #front: HostFront;
  readonly #people: readonly WebPerson[];
  readonly #ledger: WebLedger;

  constructor({ clock, front, people = WEB_PEOPLE }: WebWalletOptions) {
    this.#front = front;
    this.#people = people;
    this.#ledger = new WebLedger(clock, people);
  }

  /** Serves one request. One that gets no answer may still have been executed: ask {@link order}. */
  handle(request: WebRequest): WebAnswer {
    if (this.faults.down) return SILENT;
    const received = this.#front.receive(request);
    if (received.kind === 'refused') return answer(received.reply);
    const { call } = received;
    if (this.#fault('dropRequest', call) !== undefined) return SILENT;
    if (this.#fault('clockSkew', call) !== undefined) return this.#reply(call, SKEWED);
    const broken = this.#fault('systemError', call);
    if (broken !== undefined && !broken.executed) return this.#reply(call, { kind: 'broken' });
    const isSlow = this.#fault('again', call) !== undefined;
    if (isSlow && call.kind !== 'refund') return this.#reply(call, { kind: 'again' });
    const effect = call.kind === 'pay' ? walletAmountEffect(call.order.amountFen) : undefined;
    if (effect !== undefined && 'executed' in effect && !effect.executed) {
      return this.#reply(call, { kind: 'broken' }, effect);
    }
    this.#payBefore(call);
    const isIgnored = call.kind === 'pay' && this.#fault('pendingForEver', call) !== undefined;
    const outcome = this.#ledger.execute(call, isIgnored ? { kind: 'asksPhone' } : habitOf(effect));
    const said = isSlow ? underWay(outcome) : outcome;
    return this.#reply(call, broken === undefined ? said : { kind: 'broken' }, effect);
  }

  /** The phone of a customer. An unknown id throws `RangeError`: a mistake in a script. */
  phone(personId: string): WebPhone {
    const person = this.#people.find(({ id }) => id === personId);
    if (person === undefined) throw new RangeError(`no customer ${personId}`);
    const ledger = this.#ledger;
    const act = (does: 'confirm' | 'refuse'): boolean => {
      const order = ledger.waitingFor(personId);
      return order !== undefined && ledger.decide(order.outTradeNo, does);
    };
    return {
      waiting: () => ledger.waitingFor(personId),
      confirm: () => act('confirm'),
      refuse: () => act('refuse'),
      scan: (codeText) => {
        const order = ledger.waiting().find((each) => this.codeOf(each) === codeText);
        return order !== undefined && ledger.scan(order.outTradeNo, person);
      },
    };
  }

  /** The host's view of one order. */
  order(outTradeNo: string): HostOrder | undefined {
    return this.#ledger.find(outTradeNo);
  }

  orders(): readonly HostOrder[] {
    return this.#ledger.all();
  }

  /** What a customer, or all of them, have paid and not got back. */
  netFen(personId?: string): number {
    return this.#ledger.netFen(personId);
  }

  /** The text of the code of an order, as a terminal was given it. */
  codeOf(order: HostOrder): string {
    return this.#front.codeOf(order);
  }

  refundedFen(outTradeNo: string): number {
    return this.#ledger.refundedFen(outTradeNo);
  }

  #reply(call: HostCall, outcome: HostOutcome, effect?: WalletAmountEffect): WebAnswer {
    const isMet = (kind: WebWalletFault['kind']): boolean => this.#fault(kind, call) !== undefined;
    if (effect?.kind === 'silent' || isMet('dropReply')) return SILENT;
    if (isMet('badGateway')) return answer(unsigned(502, '<h1>502 Bad Gateway</h1>'));
    if (effect?.kind === 'garbage' || isMet('garbage')) return answer(unsigned(200, '<html>系统维护中</html>'));
    const isOff = effect?.kind === 'wrongAmount' || isMet('wrongNumbers');
    const isOther = isMet('wrongOrder');
    const isOtherPlan = saysPlan(outcome, call) && isMet('wrongPlan');
    const isForged = effect?.kind === 'wrongSignature' || isMet('wrongSignature');
    const said = effect?.kind === 'systemError' ? ({ kind: 'broken' } as const) : outcome;
    const delayMs = this.#fault('delayReply', call)?.byMs ?? (effect?.kind === 'late' ? LATE_ANSWER_MS : 0);
    const planned = isOtherPlan ? withOtherPlan(said) : said;
    const about = isOther ? aboutAnother(planned) : planned;
    const reply = this.#front.reply(call, isOff ? offByAFen(about) : about, isForged ? 'wrong' : 'good');
    return answer(reply, delayMs);
  }

  /** A shown code that nobody has scanned is paid by the first customer. */
  #payBefore(call: HostCall): void {
    if (call.kind !== 'cancel' && call.kind !== 'close') return;
    const order = this.#ledger.find(call.outTradeNo);
    if (order?.state !== 'waiting' || this.#fault('paidBeforeCancel', call) === undefined) return;
    const [somebody] = this.#people;
    if (order.personId !== undefined) this.#ledger.decide(call.outTradeNo, 'confirm');
    else if (somebody !== undefined) this.#ledger.scan(call.outTradeNo, somebody);
  }

  #fault<Kind extends WebWalletFault['kind']>(
    kind: Kind,
    call: HostCall,
  ): Extract<WebWalletFault, { readonly kind: Kind }> | undefined {
    return this.faults.take(kind, (fault) => fault.call === undefined || fault.call === call.kind);
  }
}

function answer(reply: WebReply, delayMs = 0): WebAnswer {
  return { kind: 'reply', afterMs: PROCESSING_MS + delayMs, reply };
}

function unsigned(status: number, body: string): WebReply {
  return { status, headers: { 'content-type': 'text/html;charset=utf-8' }, body };
}

/** What an amount makes of the customer; `undefined` leaves the customer's own habit. */
function habitOf(effect: WalletAmountEffect | undefined): PersonHabit | undefined {
  if (effect?.kind === 'asksPhone') return effect;
  if (effect?.kind === 'fails') return { kind: 'fails', why: CAUSES.get(effect.subCode) ?? 'invalidRequest' };
  return undefined;
}

function underWay(outcome: HostOutcome): HostOutcome {
  return outcome.kind === 'refund' ? { ...outcome, refund: { ...outcome.refund, isDone: false } } : outcome;
}

/** The same of an order whose number ends in another digit. */
function aboutAnother(outcome: HostOutcome): HostOutcome {
  if (outcome.kind === 'order') return { ...outcome, order: another(outcome.order) };
  if (outcome.kind === 'barred') return another(outcome);
  if (outcome.kind !== 'refund') return outcome;
  return { ...outcome, refund: { ...outcome.refund, order: another(outcome.refund.order) } };
}

function another<Named extends { readonly outTradeNo: string }>(named: Named): Named {
  return { ...named, outTradeNo: otherNumber(named.outTradeNo) };
}

/** Whether an answer tells of a plan: hosts name it with a payment that is done. */
function saysPlan(outcome: HostOutcome, { kind }: HostCall): boolean {
  const isAsked = kind === 'pay' || kind === 'query';
  return isAsked && outcome.kind === 'order' && outcome.order.plan !== undefined && outcome.order.state === 'paid';
}

/** The same with one period more. */
function withOtherPlan(outcome: HostOutcome): HostOutcome {
  if (outcome.kind !== 'order' || outcome.order.plan === undefined) return outcome;
  const { order } = outcome;
  return { ...outcome, order: { ...order, plan: { ...outcome.order.plan, periods: outcome.order.plan.periods + 1 } } };
}

/** The same with another amount. */
function offByAFen(outcome: HostOutcome): HostOutcome {
  if (outcome.kind === 'order') {
    return { ...outcome, order: { ...outcome.order, amountFen: outcome.order.amountFen + 1 } };
  }
  if (outcome.kind !== 'refund') return outcome;
  return { ...outcome, refund: { ...outcome.refund, refundFen: outcome.refund.refundFen + 1 } };
}

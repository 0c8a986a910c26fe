import type { Clock } from '../../firmware/hal/index.ts';
import { chinaTime } from '../china-time.ts';
import { customerFeeFen } from './credit-plans.ts';
import type { AskedOrder, AskedPlan, HostCall, HostOrder, HostOutcome, HostRefund, HostRefusal } from './host-words.ts';
import type { PhonePlan } from './orders.ts';
import { payCodeOf, type PersonHabit, type WebPerson } from './web-people.ts';

type Call<Kind extends HostCall['kind']> = Extract<HostCall, { readonly kind: Kind }>;

interface Entry {
  order: HostOrder;
  /** That the order was opened with; `undefined` for one that the terminal shows a code of. */
  readonly authCode: string | undefined;
  /** What happens to a waiting order by itself. */
  plan: { readonly does: PhonePlan['does']; readonly atMonotonicMs: number; readonly atWallMs: number } | undefined;
}

/** What somebody is to pay, and how. */
type Sum = Pick<HostOrder, 'amountFen' | 'plan'>;

const refused = (why: HostRefusal): HostOutcome => ({ kind: 'refused', why });

/** Orders and refunds of one host. Whatever is asked twice is done once; plans of customers come true by the clock. */
export class WebLedger {
  readonly #clock: Clock;
  readonly #people: readonly WebPerson[];
  readonly #entries = new Map<string, Entry>();
  /** Each once, under everybody who has had to do with it. */
  readonly #ofPerson = new Map<string, Set<Entry>>();
  /** Those that waited when they were last looked at. */
  readonly #waiting = new Set<Entry>();
  readonly #refunds = new Map<string, HostRefund>();
  /** What went back, by order. */
  readonly #backFen = new Map<string, number>();
  readonly #barred = new Set<string>();

  constructor(clock: Clock, people: readonly WebPerson[]) {
    this.#clock = clock;
    this.#people = people;
  }

  /** @param habit in place of the customer's own, where the amount decides */
  execute(call: HostCall, habit?: PersonHabit): HostOutcome {
    switch (call.kind) {
      case 'pay':
        return this.#pay(call, habit);
      case 'present':
        return this.#present(call);
      case 'query': {
        const order = this.find(call.outTradeNo);
        return order === undefined ? refused('orderUnknown') : { kind: 'order', order };
      }
      case 'cancel':
      case 'close':
        return this.#undo(call);
      case 'refund':
        return this.#refund(call);
    }
  }

  find(outTradeNo: string): HostOrder | undefined {
    const entry = this.#entries.get(outTradeNo);
    return entry && this.#settled(entry);
  }

  all(): readonly HostOrder[] {
    return [...this.#entries.values()].map((entry) => this.#settled(entry));
  }

  /** What was paid and not given back, by one person or by all. */
  netFen(personId?: string): number {
    let sumFen = 0;
    for (const entry of this.#entries.values()) {
      const { paidAtWallMs, state, amountFen, outTradeNo } = this.#settled(entry);
      const isTheirs = personId === undefined || entry.order.personId === personId;
      if (!isTheirs || paidAtWallMs === undefined || state === 'undone') continue;
      sumFen += amountFen - this.refundedFen(outTradeNo);
    }
    return sumFen;
  }

  /** The newest order that waits for this person's phone. */
  waitingFor(personId: string): HostOrder | undefined {
    return this.#ordersOf(personId).findLast(({ state }) => state === 'waiting');
  }

  /** All that wait, for somebody's phone or for somebody to scan them. */
  waiting(): readonly HostOrder[] {
    for (const entry of this.#waiting) if (this.#settled(entry).state !== 'waiting') this.#waiting.delete(entry);
    return [...this.#waiting].map(({ order }) => order);
  }

  /** A waiting order becomes paid or closed by a hand; `false` when it waits no more. */
  decide(outTradeNo: string, does: PhonePlan['does']): boolean {
    const entry = this.#entries.get(outTradeNo);
    if (entry === undefined || this.#settled(entry).state !== 'waiting') return false;
    this.#decide(entry, does, this.#clock.wallMs());
    return true;
  }

  /** A person pays an order that anybody may; `false` when it is nobody's to pay, or not this person's. */
  scan(outTradeNo: string, payer: WebPerson): boolean {
    const entry = this.#entries.get(outTradeNo);
    if (entry === undefined || entry.order.presented !== 'merchant') return false;
    if (this.#settled(entry).state !== 'waiting' || this.#refusalOf(entry.order, payer) !== undefined) return false;
    entry.order = { ...entry.order, personId: payer.id, buyer: buyerOf(payer) };
    this.#remember(payer.id, entry);
    return this.decide(outTradeNo, 'confirm');
  }

  #pay({ order: asked, authCode }: Call<'pay'>, forced: PersonHabit | undefined): HostOutcome {
    const known = this.#entries.get(asked.outTradeNo);
    if (known !== undefined) {
      const isSameCode = known.order.presented === 'customer' && known.authCode === authCode;
      return isSameCode ? repeated(this.#settled(known), asked) : refused('orderDiffers');
    }
    if (this.#barred.has(asked.outTradeNo)) return refused('orderClosed');
    const payer = this.#people.find((person) => payCodeOf(person, asked.wallet) === authCode);
    if (payer === undefined) return refused('codeInvalid');
    const habit = forced ?? payer.habit;
    const why = habit.kind === 'fails' ? habit.why : this.#limitOf(asked, payer);
    if (why !== undefined) return refused(why);
    const entry = this.#open(asked, { payer, authCode }, habit.kind === 'asksPhone' ? habit.next : undefined);
    if (habit.kind === 'pays') this.#decide(entry, 'confirm', this.#clock.wallMs());
    return { kind: 'order', order: entry.order };
  }

  #present({ order: asked }: Call<'present'>): HostOutcome {
    const known = this.#entries.get(asked.outTradeNo);
    if (known !== undefined) {
      const order = this.#settled(known);
      return order.presented === 'merchant' ? repeated(order, asked) : refused('orderDiffers');
    }
    if (this.#barred.has(asked.outTradeNo)) return refused('orderClosed');
    return { kind: 'order', order: this.#open(asked).order };
  }

  #undo({ kind, outTradeNo }: Call<'cancel' | 'close'>): HostOutcome {
    const entry = this.#entries.get(outTradeNo);
    if (entry === undefined) {
      this.#barred.add(outTradeNo);
      return { kind: 'barred', outTradeNo };
    }
    const order = this.#settled(entry);
    const { state } = order;
    if (state === 'waiting') entry.order = { ...order, state: 'closed' };
    else if (kind === 'close' && state !== 'closed') return refused('orderPaid');
    else if (state === 'paid') entry.order = { ...order, state: 'undone' };
    // What was paid back in part is paid back by refunds, not undone.
    else if (state === 'partlyRefunded') return refused('refundUnpaid');
    return { kind: 'order', order: entry.order };
  }

  #refund({ outTradeNo, refundNo, refundFen, totalFen }: Call<'refund'>): HostOutcome {
    const earlier = this.#refunds.get(refundNo);
    if (earlier !== undefined) {
      const isRepeat = earlier.refundFen === refundFen && earlier.order.outTradeNo === outTradeNo;
      return isRepeat ? { kind: 'refund', refund: earlier } : refused('orderDiffers');
    }
    const entry = this.#entries.get(outTradeNo);
    if (entry === undefined) return refused('orderUnknown');
    const order = this.#settled(entry);
    if (order.state !== 'paid' && order.state !== 'partlyRefunded') return refused('refundUnpaid');
    if (totalFen !== undefined && totalFen !== order.amountFen) return refused('invalidRequest');
    const leftFen = order.amountFen - this.refundedFen(outTradeNo) - refundFen;
    if (leftFen < 0) return refused('refundAbove');
    entry.order = { ...order, state: leftFen === 0 ? 'refunded' : 'partlyRefunded' };
    const refund: HostRefund = { refundNo, refundFen, order: entry.order, isDone: true };
    this.#refunds.set(refundNo, refund);
    this.#backFen.set(outTradeNo, this.refundedFen(outTradeNo) + refundFen);
    return { kind: 'refund', refund };
  }

  /** Why a person may not pay this. */
  #refusalOf(order: Sum, payer: WebPerson): HostRefusal | undefined {
    return payer.habit.kind === 'fails' ? payer.habit.why : this.#limitOf(order, payer);
  }

  /** Why a person cannot pay this. */
  #limitOf({ amountFen, plan }: Sum, payer: WebPerson): HostRefusal | undefined {
    const limitFen = plan === undefined ? payer.balanceFen : payer.creditFen;
    if (limitFen === undefined || (plan !== undefined && customerFeeFen(amountFen, plan) === undefined))
      return 'noInstalments';
    const spentFen = this.#ordersOf(payer.id)
      .filter((order) => (order.plan === undefined) === (plan === undefined))
      .filter(({ state }) => state === 'paid' || state === 'partlyRefunded')
      .reduce((sum, order) => sum + order.amountFen - this.refundedFen(order.outTradeNo), 0);
    return spentFen + amountFen > limitFen ? 'notEnough' : undefined;
  }

  /** What went back of an order, part by part. */
  refundedFen(outTradeNo: string): number {
    return this.#backFen.get(outTradeNo) ?? 0;
  }

  #open(
    { outTradeNo, wallet, amountFen, plan, expiresInMs }: AskedOrder,
    by?: { readonly payer: WebPerson; readonly authCode: string },
    next?: PhonePlan,
  ): Entry {
    const isNextFirst = next !== undefined && (expiresInMs === undefined || next.afterMs < expiresInMs);
    const expiry: PhonePlan | undefined =
      expiresInMs === undefined ? undefined : { does: 'refuse', afterMs: expiresInMs };
    const planned = isNextFirst ? next : expiry;
    const entry: Entry = {
      order: {
        outTradeNo,
        wallet,
        amountFen,
        plan,
        presented: by === undefined ? 'merchant' : 'customer',
        tradeNo: this.#nextTradeNo(),
        personId: by?.payer.id,
        buyer: by && buyerOf(by.payer),
        state: 'waiting',
        paidAtWallMs: undefined,
      },
      authCode: by?.authCode,
      plan: planned && {
        does: planned.does,
        atMonotonicMs: this.#clock.monotonicMs() + planned.afterMs,
        atWallMs: this.#clock.wallMs() + planned.afterMs,
      },
    };
    this.#entries.set(outTradeNo, entry);
    this.#waiting.add(entry);
    if (by !== undefined) this.#remember(by.payer.id, entry);
    return entry;
  }

  #remember(personId: string, entry: Entry): void {
    const theirs = this.#ofPerson.get(personId) ?? new Set<Entry>();
    this.#ofPerson.set(personId, theirs.add(entry));
  }

  #ordersOf(personId: string): readonly HostOrder[] {
    return [...(this.#ofPerson.get(personId) ?? [])].map((entry) => this.#settled(entry));
  }

  #settled(entry: Entry): HostOrder {
    const { order, plan } = entry;
    const isDue = plan !== undefined && this.#clock.monotonicMs() >= plan.atMonotonicMs;
    if (order.state === 'waiting' && isDue) this.#decide(entry, plan.does, plan.atWallMs);
    return entry.order;
  }

  #decide(entry: Entry, does: PhonePlan['does'], atWallMs: number): void {
    entry.order = {
      ...entry.order,
      ...(does === 'refuse' ? { state: 'closed' } : { state: 'paid', paidAtWallMs: atWallMs }),
    };
  }

  /** Date and a running number: 28 digits. */
  #nextTradeNo(): string {
    const { year, month, day } = chinaTime(this.#clock.wallMs());
    return `4200${year}${month}${day}${(this.#entries.size + 1).toString().padStart(16, '0')}`;
  }
}

/** Never charges twice: a repeat is told what became of the first. */
function repeated(order: HostOrder, asked: AskedOrder): HostOutcome {
  if (!isSame(order, asked)) return refused('orderDiffers');
  if (order.state === 'waiting') return { kind: 'order', order };
  return refused(order.state === 'closed' || order.state === 'undone' ? 'orderClosed' : 'orderPaid');
}

function isSame(order: HostOrder, { amountFen, wallet, plan }: AskedOrder): boolean {
  return order.amountFen === amountFen && order.wallet === wallet && isSamePlan(order.plan, plan);
}

function isSamePlan(one: AskedPlan | undefined, other: AskedPlan | undefined): boolean {
  return one?.method === other?.method && one?.periods === other?.periods && one?.feePayer === other?.feePayer;
}

function buyerOf({ number }: WebPerson): string {
  return `138****${number}`;
}

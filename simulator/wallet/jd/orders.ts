import type { Clock } from '../../../firmware/hal/index.ts';
import { chinaTime } from '../../china-time.ts';
import type { BaitiaoPlan } from './baitiao.ts';
import type { JdPerson } from './people.ts';

/** `waiting` for the customer; `closed` without money; `refunded` in full after it was paid. */
export type JdOrderState = 'waiting' | 'paid' | 'closed' | 'refunded';

/** One part that was paid back. */
export interface JdRefund {
  readonly refundNum: string;
  readonly refundFen: number;
  readonly feeBackFen: number;
}

/** One trade as JD sees it. */
export interface JdOrder {
  readonly outTradeNo: string;
  readonly tradeNo: string;
  /** Nobody yet while a shown code waits to be scanned. */
  readonly person: JdPerson | undefined;
  readonly amountFen: number;
  readonly plan: BaitiaoPlan | undefined;
  /** Paid from the credit line: by a plan, or later in one sum. */
  readonly isOnCredit: boolean;
  readonly state: JdOrderState;
  readonly refunds: readonly JdRefund[];
  readonly createdAtMonotonicMs: number;
  readonly paidAtWallMs: number | undefined;
}

/** What happens to a waiting order by itself. */
export interface JdPhonePlan {
  readonly does: 'confirm' | 'refuse';
  readonly afterMs: number;
}

interface OrderRecord {
  order: JdOrder;
  next: { readonly does: JdPhonePlan['does']; readonly atMonotonicMs: number; readonly atWallMs: number } | undefined;
}

export function refundedFen({ refunds }: JdOrder): number {
  return refunds.reduce((sum, { refundFen }) => sum + refundFen, 0);
}

export function feeBackFen({ refunds }: JdOrder): number {
  return refunds.reduce((sum, each) => sum + each.feeBackFen, 0);
}

/** JD's orders by the merchant's order number. What waiting customers do comes true by the clock. */
export class JdOrders {
  readonly #clock: Clock;
  readonly #records = new Map<string, OrderRecord>();
  /** By person, each once. */
  readonly #ofPerson = new Map<string, Set<OrderRecord>>();
  readonly #neverPaid = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Opens an order that waits; `next` is what becomes of it unless a script is faster. */
  open(
    details: Pick<JdOrder, 'outTradeNo' | 'person' | 'amountFen' | 'plan' | 'isOnCredit'>,
    next?: JdPhonePlan,
  ): JdOrder {
    const createdAtMonotonicMs = this.#clock.monotonicMs();
    const tradeNo = this.#nextTradeNo();
    const order: JdOrder = {
      ...details,
      tradeNo,
      state: 'waiting',
      refunds: [],
      createdAtMonotonicMs,
      paidAtWallMs: undefined,
    };
    const record: OrderRecord = { order, next: this.#due(next) };
    this.#records.set(details.outTradeNo, record);
    if (details.person !== undefined) this.#remember(details.person.id, record);
    return order;
  }

  find(outTradeNo: string): JdOrder | undefined {
    const record = this.#records.get(outTradeNo);
    return record && this.#settled(record);
  }

  all(): readonly JdOrder[] {
    return [...this.#records.values()].map((record) => this.#settled(record));
  }

  of(personId: string): readonly JdOrder[] {
    return [...(this.#ofPerson.get(personId) ?? [])].map((record) => this.#settled(record));
  }

  /** The newest order that waits for the customer's phone. */
  waitingFor(personId: string): JdOrder | undefined {
    return this.of(personId).findLast(({ state }) => state === 'waiting');
  }

  /** A shown code was scanned: from now on the order is this customer's, who does `next` unless it ends before. */
  scan(outTradeNo: string, person: JdPerson, next?: JdPhonePlan): void {
    const record = this.#records.get(outTradeNo);
    if (record === undefined) return;
    record.order = { ...record.order, person };
    this.#remember(person.id, record);
    const due = this.#due(next);
    const isSooner = due !== undefined && due.atMonotonicMs < (record.next?.atMonotonicMs ?? Infinity);
    if (isSooner) record.next = due;
  }

  /** A waiting order becomes paid; any other stays what it is. */
  pay(outTradeNo: string): JdOrder | undefined {
    return this.#change(outTradeNo, 'waiting', { state: 'paid', paidAtWallMs: this.#clock.wallMs() });
  }

  close(outTradeNo: string): JdOrder | undefined {
    return this.#change(outTradeNo, 'waiting', { state: 'closed' });
  }

  /** Pays back what is left of a paid order. */
  undo(outTradeNo: string): JdOrder | undefined {
    return this.#change(outTradeNo, 'paid', { state: 'refunded' });
  }

  /** Pays back a part; the order is refunded when nothing is left of it. */
  refund(outTradeNo: string, refund: JdRefund): void {
    const order = this.find(outTradeNo);
    if (order === undefined) return;
    const refunds = [...order.refunds, refund];
    const isAll = refundedFen({ ...order, refunds }) === order.amountFen;
    this.#change(outTradeNo, 'paid', { refunds, ...(isAll ? { state: 'refunded' } : {}) });
  }

  /** Bars an order number that was cancelled before it came, so that a payment delayed on its way charges nobody. */
  bar(outTradeNo: string): void {
    this.#neverPaid.add(outTradeNo);
  }

  isBarred(outTradeNo: string): boolean {
    return this.#neverPaid.has(outTradeNo);
  }

  #remember(personId: string, record: OrderRecord): void {
    const theirs = this.#ofPerson.get(personId) ?? new Set<OrderRecord>();
    this.#ofPerson.set(personId, theirs.add(record));
  }

  #due(next: JdPhonePlan | undefined): OrderRecord['next'] {
    if (next === undefined) return undefined;
    const { does, afterMs } = next;
    return { does, atMonotonicMs: this.#clock.monotonicMs() + afterMs, atWallMs: this.#clock.wallMs() + afterMs };
  }

  #change(outTradeNo: string, from: JdOrderState, change: Partial<JdOrder>): JdOrder | undefined {
    const record = this.#records.get(outTradeNo);
    if (record === undefined) return undefined;
    if (this.#settled(record).state === from) record.order = { ...record.order, ...change };
    return record.order;
  }

  #settled(record: OrderRecord): JdOrder {
    const { order, next } = record;
    if (order.state !== 'waiting' || next === undefined || this.#clock.monotonicMs() < next.atMonotonicMs) return order;
    record.order =
      next.does === 'confirm'
        ? { ...order, state: 'paid', paidAtWallMs: next.atWallMs }
        : { ...order, state: 'closed' };
    return record.order;
  }

  /** Date and a running number. */
  #nextTradeNo(): string {
    const { year, month, day } = chinaTime(this.#clock.wallMs());
    return `JD${year}${month}${day}${(this.#records.size + 1).toString().padStart(12, '0')}`;
  }
}

import type { Clock } from '../../firmware/hal/index.ts';
import { chinaTime } from '../china-time.ts';
import type { WalletCustomer } from './customers.ts';
import type { HuabeiQuote } from './huabei.ts';

/** `waiting` for the phone; `closed` without money; `refunded` after it was paid. */
export type OrderState = 'waiting' | 'paid' | 'closed' | 'refunded';

/** One trade as the wallet sees it. */
export interface WalletOrder {
  readonly outTradeNo: string;
  readonly tradeNo: string;
  readonly customer: WalletCustomer;
  readonly amountFen: number;
  readonly instalment: HuabeiQuote | undefined;
  readonly state: OrderState;
  readonly createdAtMonotonicMs: number;
  readonly paidAtWallMs: number | undefined;
  /** Of a paid order, part by part; `refunded` once it is all of it. */
  readonly refundedFen: number;
  /** Parts by the merchant's number of each. */
  readonly refunds: ReadonlyMap<string, number>;
}

/** What the customer is going to do with a waiting order. */
export interface PhonePlan {
  readonly does: 'confirm' | 'refuse';
  readonly afterMs: number;
}

interface OrderRecord {
  order: WalletOrder;
  plan: { readonly does: PhonePlan['does']; readonly atMonotonicMs: number; readonly atWallMs: number } | undefined;
}

/** The wallet's orders by the merchant's order number. Plans of waiting customers come true by the clock. */
export class OrderBook {
  readonly #clock: Clock;
  readonly #records = new Map<string, OrderRecord>();
  readonly #byCustomer = new Map<string, OrderRecord[]>();
  /** Those that waited when they were last looked at. */
  readonly #waiting = new Set<OrderRecord>();
  readonly #neverPaid = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Opens an order that waits for the phone; `plan` is what the customer does unless a script is faster. */
  open(
    details: Pick<WalletOrder, 'outTradeNo' | 'customer' | 'amountFen' | 'instalment'>,
    plan?: PhonePlan,
  ): WalletOrder {
    const nowMs = this.#clock.monotonicMs();
    const wallMs = this.#clock.wallMs();
    const order: WalletOrder = {
      ...details,
      tradeNo: this.#nextTradeNo(),
      state: 'waiting',
      createdAtMonotonicMs: nowMs,
      paidAtWallMs: undefined,
      refundedFen: 0,
      refunds: new Map(),
    };
    const due = plan && { does: plan.does, atMonotonicMs: nowMs + plan.afterMs, atWallMs: wallMs + plan.afterMs };
    const record = { order, plan: due };
    this.#records.set(details.outTradeNo, record);
    this.#waiting.add(record);
    this.#remember(details.customer.id, record);
    return order;
  }

  find(outTradeNo: string): WalletOrder | undefined {
    const record = this.#records.get(outTradeNo);
    return record && this.#settled(record);
  }

  all(): readonly WalletOrder[] {
    return [...this.#records.values()].map((record) => this.#settled(record));
  }

  /** Those of one customer. */
  of(customerId: string): readonly WalletOrder[] {
    return (this.#byCustomer.get(customerId) ?? []).map((record) => this.#settled(record));
  }

  /** All that wait, for somebody's phone or for somebody to scan them. */
  waiting(): readonly WalletOrder[] {
    for (const record of this.#waiting) if (this.#settled(record).state !== 'waiting') this.#waiting.delete(record);
    return [...this.#waiting].map(({ order }) => order);
  }

  /** The newest order that waits for the customer's phone. */
  waitingFor(customerId: string): WalletOrder | undefined {
    const record = this.#byCustomer.get(customerId)?.findLast((each) => this.#settled(each).state === 'waiting');
    return record?.order;
  }

  /** A waiting order becomes paid; any other stays what it is. */
  pay(outTradeNo: string): WalletOrder | undefined {
    return this.#change(outTradeNo, 'waiting', { state: 'paid', paidAtWallMs: this.#clock.wallMs() });
  }

  close(outTradeNo: string): WalletOrder | undefined {
    return this.#change(outTradeNo, 'waiting', { state: 'closed' });
  }

  refund(outTradeNo: string): WalletOrder | undefined {
    return this.#change(outTradeNo, 'paid', { state: 'refunded' });
  }

  /** Somebody scans a shown code: from then on the order is theirs to pay. */
  claim(outTradeNo: string, customer: WalletCustomer): WalletOrder | undefined {
    const record = this.#records.get(outTradeNo);
    if (record === undefined || this.#settled(record).state !== 'waiting') return undefined;
    record.order = { ...record.order, customer };
    this.#remember(customer.id, record);
    return record.order;
  }

  /** Pays a part back, once for each number. */
  payBack(outTradeNo: string, refundNo: string, refundFen: number): WalletOrder | undefined {
    const order = this.find(outTradeNo);
    if (order === undefined || order.refunds.has(refundNo)) return order;
    const refundedFen = order.refundedFen + refundFen;
    const refunds = new Map(order.refunds).set(refundNo, refundFen);
    const state = refundedFen === order.amountFen ? 'refunded' : 'paid';
    return this.#change(outTradeNo, 'paid', { refundedFen, refunds, state });
  }

  #remember(customerId: string, record: OrderRecord): void {
    const earlier = this.#byCustomer.get(customerId);
    if (earlier === undefined) this.#byCustomer.set(customerId, [record]);
    else earlier.push(record);
  }

  /** Bars an order number that was cancelled before it came, so that a payment delayed on its way cannot charge anybody. */
  bar(outTradeNo: string): void {
    this.#neverPaid.add(outTradeNo);
  }

  isBarred(outTradeNo: string): boolean {
    return this.#neverPaid.has(outTradeNo);
  }

  #change(outTradeNo: string, from: OrderState, change: Partial<WalletOrder>): WalletOrder | undefined {
    const record = this.#records.get(outTradeNo);
    if (record === undefined) return undefined;
    if (this.#settled(record).state === from) record.order = { ...record.order, ...change };
    return record.order;
  }

  #settled(record: OrderRecord): WalletOrder {
    const { order, plan } = record;
    if (order.state !== 'waiting' || plan === undefined || this.#clock.monotonicMs() < plan.atMonotonicMs) return order;
    record.order =
      plan.does === 'confirm'
        ? { ...order, state: 'paid', paidAtWallMs: plan.atWallMs }
        : { ...order, state: 'closed' };
    return record.order;
  }

  /** Date, a fixed part and a running number: 28 digits like the wallet's own. */
  #nextTradeNo(): string {
    const { year, month, day } = chinaTime(this.#clock.wallMs());
    return `${year}${month}${day}22001${(this.#records.size + 1).toString().padStart(15, '0')}`;
  }
}

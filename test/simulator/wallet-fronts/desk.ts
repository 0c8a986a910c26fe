import type { WebReply, WebRequest } from '../../../firmware/protocol/wallet/web-message.ts';
import type {
  AskedOrder,
  HostCall,
  HostFront,
  HostOrder,
  HostOutcome,
  HostRefund,
  HostRefusal,
} from '../../../simulator/wallet/host-words.ts';

type Call<Kind extends HostCall['kind']> = Extract<HostCall, { readonly kind: Kind }>;

const refused = (why: HostRefusal): HostOutcome => ({ kind: 'refused', why });

/** A host behind a front, with a ledger and a customer who does what the test says. */
export class HostDesk {
  readonly #front: HostFront;
  readonly #orders = new Map<string, HostOrder>();
  readonly #refunds = new Map<string, HostRefund>();
  readonly #barred = new Set<string>();
  /** What the customer does with a scanned code. */
  customer: 'pays' | 'waits' | HostRefusal = 'pays';
  /** Takes the place of the next outcome, after the call was executed. */
  next: ((outcome: HostOutcome) => HostOutcome) | undefined;
  signature: 'good' | 'wrong' = 'good';
  refundsAtOnce = true;

  constructor(front: HostFront) {
    this.#front = front;
  }

  serve(request: WebRequest): WebReply {
    const received = this.#front.receive(request);
    if (received.kind === 'refused') return received.reply;
    const outcome = this.#outcomeOf(received.call);
    const changed = this.next?.(outcome) ?? outcome;
    this.next = undefined;
    return this.#front.reply(received.call, changed, this.signature);
  }

  order(outTradeNo: string): HostOrder | undefined {
    return this.#orders.get(outTradeNo);
  }

  /** The customer pays an order that waits. */
  pay(outTradeNo: string): void {
    this.#change(outTradeNo, { state: 'paid', paidAtWallMs: 1_795_233_600_000 });
  }

  refuse(outTradeNo: string): void {
    this.#change(outTradeNo, { state: 'closed' });
  }

  #outcomeOf(call: HostCall): HostOutcome {
    switch (call.kind) {
      case 'pay':
        return this.#pay(call);
      case 'present':
        return { kind: 'order', order: this.#open(call.order, 'merchant') };
      case 'query': {
        const order = this.#orders.get(call.outTradeNo);
        return order === undefined ? refused('orderUnknown') : { kind: 'order', order };
      }
      case 'cancel':
      case 'close':
        return this.#undo(call);
      case 'refund':
        return this.#refund(call);
    }
  }

  #pay({ order: asked }: Call<'pay'>): HostOutcome {
    const known = this.#orders.get(asked.outTradeNo);
    if (known !== undefined) return refused(known.state === 'paid' ? 'orderPaid' : 'orderClosed');
    if (this.#barred.has(asked.outTradeNo)) return refused('orderClosed');
    if (this.customer !== 'pays' && this.customer !== 'waits') return refused(this.customer);
    const order = this.#open(asked, 'customer');
    if (this.customer === 'pays') this.pay(asked.outTradeNo);
    return { kind: 'order', order: this.#orders.get(asked.outTradeNo) ?? order };
  }

  #undo({ kind, outTradeNo }: Call<'cancel' | 'close'>): HostOutcome {
    const order = this.#orders.get(outTradeNo);
    if (order === undefined) {
      this.#barred.add(outTradeNo);
      return { kind: 'barred', outTradeNo };
    }
    if (kind === 'close' && order.state === 'paid') return refused('orderPaid');
    const change = { waiting: 'closed', paid: 'undone' }[order.state as string] as HostOrder['state'] | undefined;
    return { kind: 'order', order: this.#change(outTradeNo, { state: change ?? order.state }) };
  }

  #refund({ outTradeNo, refundNo, refundFen }: Call<'refund'>): HostOutcome {
    const earlier = this.#refunds.get(refundNo);
    const order = this.#orders.get(outTradeNo);
    if (order === undefined) return refused('orderUnknown');
    const done = earlier ?? { refundNo, refundFen, order, isDone: this.refundsAtOnce };
    if (earlier === undefined) {
      const back = [...this.#refunds.values()].reduce((sum, refund) => sum + refund.refundFen, 0);
      if (order.paidAtWallMs === undefined) return refused('refundUnpaid');
      if (back + refundFen > order.amountFen) return refused('refundAbove');
      this.#change(outTradeNo, { state: back + refundFen === order.amountFen ? 'refunded' : 'partlyRefunded' });
    }
    this.#refunds.set(refundNo, { ...done, isDone: true });
    return { kind: 'refund', refund: done };
  }

  #open(asked: AskedOrder, presented: HostOrder['presented']): HostOrder {
    const { outTradeNo, wallet, amountFen, plan } = asked;
    const tradeNo = `4200${(this.#orders.size + 1).toString().padStart(24, '0')}`;
    const opened: HostOrder = {
      outTradeNo,
      tradeNo,
      wallet,
      amountFen,
      presented,
      plan,
      buyer: '138****0202',
      state: 'waiting',
      paidAtWallMs: undefined,
    };
    this.#orders.set(outTradeNo, opened);
    return opened;
  }

  #change(outTradeNo: string, change: Partial<HostOrder>): HostOrder {
    const order = this.#orders.get(outTradeNo);
    if (order === undefined) throw new Error('no such order');
    const changed = { ...order, ...change };
    this.#orders.set(outTradeNo, changed);
    return changed;
  }
}

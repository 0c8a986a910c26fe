import { fenOfYuan, plainYuan } from '../../firmware/base/fen.ts';
import type { Clock } from '../../firmware/hal/index.ts';
import { FaultSwitches } from '../fault-switches.ts';
import { WALLET_CUSTOMERS, type WalletCustomer } from './customers.ts';
import { type Members, membersOf } from './front-members.ts';
import { WalletGateway } from './gateway.ts';
import { OrderBook, type WalletOrder } from './orders.ts';
import { otherNumber } from './outcomes.ts';
import { RsaWalletSignatures, TEST_APPLICATION, type WalletSignatures } from './signatures.ts';
import { TEST_WALLET_PRIVATE_KEY } from './test-keys.ts';
import {
  failed,
  serviceUnavailable,
  type TradeMethod,
  type TradeReply,
  type WalletFault,
  type WalletState,
} from './trade.ts';
import { tradeCancel, tradeQuery } from './trade-follow-up.ts';
import { refusalOf, tradePay } from './trade-pay.ts';
import { codeOf, tradePrecreate } from './trade-present.ts';
import { tradeRefund } from './trade-refund.ts';

/** How long the wallet thinks before it answers. */
const PROCESSING_MS = 250;

/** Later than any deadline of a terminal for one wallet request, earlier than a tester's patience ends. */
const LATE_ANSWER_MS = 40_000;

/** What comes back for one request: an HTTP answer, or nothing ever. */
export type WalletAnswer =
  | { readonly kind: 'reply'; readonly afterMs: number; readonly status: number; readonly body: string }
  | { readonly kind: 'silent' };

const SILENT: WalletAnswer = { kind: 'silent' };

/** The customer's hand: acts on the newest order that waits for it; `false` when none does. */
export interface Phone {
  waiting(): WalletOrder | undefined;
  confirm(): boolean;
  refuse(): boolean;
  /** Pays the order whose code the terminal shows; `false` for a code of nobody, and for who cannot pay it. */
  scan(codeText: string): boolean;
}

/** Settings of a simulated wallet; everything but the clock has a default. */
export interface WalletOptions {
  readonly clock: Clock;
  readonly customers?: readonly WalletCustomer[];
  /** RSA2 with the test keys by default. */
  readonly signatures?: WalletSignatures;
  readonly processingMs?: number;
  readonly lateAnswerMs?: number;
}

const METHODS: Readonly<Record<string, TradeMethod>> = {
  'alipay.trade.pay': tradePay,
  'alipay.trade.query': tradeQuery,
  'alipay.trade.cancel': tradeCancel,
  'alipay.trade.precreate': tradePrecreate,
  'alipay.trade.refund': tradeRefund,
};

/** A wallet with customers, orders and a memory: form body in, answer out. Time is the clock's; there is no chance in it. */
export class Wallet {
  readonly clock: Clock;
  readonly faults = new FaultSwitches<WalletFault>();
  readonly #state: WalletState;
  readonly #customerIds: ReadonlySet<string>;
  readonly #gateway: WalletGateway;
  readonly #processingMs: number;
  readonly #lateAnswerMs: number;

  constructor(options: WalletOptions) {
    const { clock, customers = WALLET_CUSTOMERS } = options;
    this.clock = clock;
    const byCode = new Map(customers.map((customer) => [customer.code, customer]));
    this.#state = { clock, orders: new OrderBook(clock), customers: byCode, faults: this.faults };
    this.#customerIds = new Set(customers.map(({ id }) => id));
    this.#gateway = new WalletGateway(
      options.signatures ?? new RsaWalletSignatures([TEST_APPLICATION], TEST_WALLET_PRIVATE_KEY),
    );
    this.#processingMs = options.processingMs ?? PROCESSING_MS;
    this.#lateAnswerMs = options.lateAnswerMs ?? LATE_ANSWER_MS;
  }

  /** Serves one form body. A request that gets no answer may still have been executed: ask {@link order}. */
  handle(formBody: string): WalletAnswer {
    if (this.faults.down) return SILENT;
    const request = this.#gateway.receive(formBody, Object.keys(METHODS));
    if (request.kind === 'refused') return this.#answer(this.#gateway.refusal(request));
    const { method, biz } = request;
    if (this.#fault('dropRequest', method) !== undefined) return SILENT;
    if (this.#fault('clockSkew', method) !== undefined) {
      return this.#answer(this.#gateway.refusal({ method, subCode: 'isv.invalid-timestamp' }));
    }
    const broken = this.#fault('systemError', method);
    if (broken !== undefined && !broken.executed) return this.#reply(method, serviceUnavailable());
    const reply = METHODS[method]?.(this.#state, biz) ?? failed('isv.invalid-method');
    return this.#reply(method, broken === undefined ? reply : serviceUnavailable());
  }

  /** The phone of a customer. An unknown id throws `RangeError`: a mistake in a script. */
  phone(customerId: string): Phone {
    if (!this.#customerIds.has(customerId)) throw new RangeError(`no customer ${customerId}`);
    const { orders } = this.#state;
    const waiting = (): WalletOrder | undefined => orders.waitingFor(customerId);
    const act = (action: (outTradeNo: string) => unknown): boolean => {
      const order = waiting();
      if (order !== undefined) action(order.outTradeNo);
      return order !== undefined;
    };
    return {
      waiting,
      confirm: () => act((outTradeNo) => orders.pay(outTradeNo)),
      refuse: () => act((outTradeNo) => orders.close(outTradeNo)),
      scan: (codeText) => this.#scan(customerId, codeText),
    };
  }

  #scan(customerId: string, codeText: string): boolean {
    const { orders, customers } = this.#state;
    const customer = [...customers.values()].find(({ id }) => id === customerId);
    const order = orders.waiting().find(({ tradeNo }) => codeOf(tradeNo) === codeText);
    if (customer === undefined || order === undefined) return false;
    if (refusalOf(this.#state, order, customer, undefined) !== undefined) return false;
    orders.claim(order.outTradeNo, customer);
    return orders.pay(order.outTradeNo) !== undefined;
  }

  /** The wallet's view of one order. */
  order(outTradeNo: string): WalletOrder | undefined {
    return this.#state.orders.find(outTradeNo);
  }

  orders(): readonly WalletOrder[] {
    return this.#state.orders.all();
  }

  /** What a customer, or all of them, have paid and not got back. */
  netFen(customerId?: string): number {
    return this.orders()
      .filter(({ customer, state }) => state === 'paid' && (customerId === undefined || customer.id === customerId))
      .reduce((sum, { amountFen, refundedFen }) => sum + amountFen - refundedFen, 0);
  }

  #reply(method: string, { response, effect }: TradeReply): WalletAnswer {
    if (effect?.kind === 'silent' || this.#fault('dropReply', method) !== undefined) return SILENT;
    if (this.#fault('badGateway', method) !== undefined) return this.#answer('<h1>502 Bad Gateway</h1>', 502);
    if (effect?.kind === 'garbage' || this.#fault('garbage', method) !== undefined) {
      return this.#answer('<html><body>系统维护中</body></html>');
    }
    const isForged = effect?.kind === 'wrongSignature' || this.#fault('wrongSignature', method) !== undefined;
    const isOff = 'total_amount' in response && this.#fault('wrongNumbers', method) !== undefined;
    const isOtherPlan = planIn(response) !== undefined && this.#fault('wrongPlan', method) !== undefined;
    const isOther = 'out_trade_no' in response && this.#fault('wrongOrder', method) !== undefined;
    const planned = isOtherPlan ? withOtherPlan(response) : response;
    const about = isOther ? { ...planned, out_trade_no: otherNumber(String(planned['out_trade_no'])) } : planned;
    const body = this.#gateway.reply(method, isOff ? offByAFen(about) : about, isForged ? 'wrong' : 'good');
    const delayMs = this.#fault('delayReply', method)?.byMs ?? (effect?.kind === 'late' ? this.#lateAnswerMs : 0);
    return this.#answer(body, 200, delayMs);
  }

  #answer(body: string, status = 200, delayMs = 0): WalletAnswer {
    return { kind: 'reply', afterMs: this.#processingMs + delayMs, status, body };
  }

  #fault<Kind extends WalletFault['kind']>(
    kind: Kind,
    method: string,
  ): Extract<WalletFault, { readonly kind: Kind }> | undefined {
    return this.faults.take(kind, (fault) => fault.method === undefined || fault.method === method);
  }
}

function planIn(response: TradeReply['response']): Members | undefined {
  return membersOf(response['hb_fq_pay_info']);
}

/** The same with one period more. */
function withOtherPlan(response: TradeReply['response']): TradeReply['response'] {
  const plan = planIn(response);
  const periods = Number(plan?.['user_install_num']) + 1;
  return { ...response, hb_fq_pay_info: { ...plan, user_install_num: String(periods) } };
}

function offByAFen(response: TradeReply['response']): TradeReply['response'] {
  const plan = planIn(response);
  if (plan !== undefined) {
    return { ...response, hb_fq_pay_info: { ...plan, fee_amount: oneMore(plan['fee_amount']) } };
  }
  return { ...response, total_amount: oneMore(response['total_amount']) };
}

function oneMore(yuan: unknown): string {
  return plainYuan((fenOfYuan(String(yuan)) ?? 0) + 1);
}

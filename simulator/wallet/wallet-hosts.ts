import type { Clock } from '../../firmware/hal/index.ts';
import type { WalletCall } from '../../firmware/protocol/wallet/wallet-api.ts';
import { WALLET_HOSTS, type WalletHost, type WebRequest } from '../../firmware/protocol/wallet/web-message.ts';
import type { WalletCustomer } from './customers.ts';
import { customerFeeFen } from './credit-plans.ts';
import type { HostOrder } from './host-words.ts';
import { JdHost } from './jd/host.ts';
import type { JdOrder } from './jd/orders.ts';
import type { JdPerson } from './jd/people.ts';
import { LakalaFront } from './lakala/front.ts';
import { SIMULATED_MERCHANTS, TEST_APPLICATIONS } from './merchants.ts';
import type { WalletOrder } from './orders.ts';
import { RsaWalletSignatures, type WalletSignatures } from './signatures.ts';
import { TEST_WALLET_PRIVATE_KEY } from './test-keys.ts';
import { Wallet } from './wallet.ts';
import { webCallOf } from './web-calls.ts';
import { alipayAlone, type WebAnswer, type WebHosts } from './web-host.ts';
import type { WebPerson } from './web-people.ts';
import { WebWallet } from './web-wallet.ts';
import { WechatFront } from './wechat/front.ts';

/** An order as any host sees it, in the words that all share. */
export interface HostedOrder {
  readonly host: WalletHost;
  readonly outTradeNo: string;
  readonly amountFen: number;
  /** `refunded`: all of it went back, by a cancel or by refunds. */
  readonly state: 'waiting' | 'paid' | 'closed' | 'refunded';
  readonly refundedFen: number;
  readonly periods: number | undefined;
  /** Fee of the plan as the host has booked it; `undefined` where the host does not compute it. */
  readonly feeFen: number | undefined;
}

/** The hand that holds the phone; `false` when nothing waits for it. */
export interface WalletPhone {
  confirm(): boolean;
  refuse(): boolean;
  /** Pays what a shown code asks for, or is asked to confirm it first. */
  scan(codeText: string): boolean;
  passFace(): boolean;
  refuseFace(): boolean;
  /** Digits of the newest SMS; `undefined` for none. */
  smsCode(): string | undefined;
  /** Whether a payment waits for its owner. */
  hasPayment(): boolean;
}

/** Something that happens to the next requests of a host. */
export interface HostMischief {
  readonly kind:
    | 'dropRequest'
    | 'dropReply'
    | 'delayReply'
    | 'wrongSignature'
    | 'garbage'
    | 'badGateway'
    | 'systemError'
    /** The call is not done yet and wants to be made again: a cancel that "is still paying", a refund under way. */
    | 'again'
    /** Instalments or an amount that are not those of the order. */
    | 'wrongNumbers'
    /** JD: as if the other side paid the fee of the plan. */
    | 'otherPayer'
    /** Instalments in another number of periods than were ordered. */
    | 'wrongPlan'
    /** The answer is about another order. */
    | 'wrongOrder'
    /** The request is refused, because the clocks differ. */
    | 'clockSkew'
    /** The customer of a payment neither confirms nor refuses. */
    | 'pendingForEver'
    /** Whoever was waited for pays in the moment before the cancel arrives. */
    | 'paidBeforeCancel'
    | 'emptyPlans'
    | 'inconsistentPlans';
  readonly byMs?: number;
  readonly executed?: boolean;
  readonly call?: WalletCall['kind'];
}

export interface WalletHostsOptions {
  readonly clock: Clock;
  readonly signatures?: WalletSignatures;
  readonly processingMs?: number;
  readonly customers?: readonly WalletCustomer[];
  readonly people?: readonly WebPerson[];
  readonly jdPeople?: readonly JdPerson[];
}

const ALIPAY_METHODS: Readonly<Partial<Record<WalletCall['kind'], string>>> = {
  pay: 'alipay.trade.pay',
  present: 'alipay.trade.precreate',
  query: 'alipay.trade.query',
  cancel: 'alipay.trade.cancel',
  refund: 'alipay.trade.refund',
};

/** All the hosts that a terminal can be pointed at, with nothing in common but the clock. */
export class WalletHosts implements WebHosts {
  readonly clock: Clock;
  readonly alipay: Wallet;
  readonly wechat: WebWallet;
  readonly jd: JdHost;
  readonly lakala: WebWallet;
  readonly #alipayWeb: WebHosts;

  constructor(options: WalletHostsOptions) {
    const { clock, customers, people, jdPeople, processingMs } = options;
    const signatures = options.signatures ?? new RsaWalletSignatures(TEST_APPLICATIONS, TEST_WALLET_PRIVATE_KEY);
    const { wechat, lakala } = SIMULATED_MERCHANTS;
    const timing = processingMs === undefined ? {} : { processingMs };
    const web = { clock, ...(people === undefined ? {} : { people }) };
    this.clock = clock;
    this.alipay = new Wallet({ clock, signatures, ...timing, ...(customers === undefined ? {} : { customers }) });
    this.wechat = new WebWallet({
      ...web,
      front: new WechatFront({ clock, signatures, merchant: { appid: wechat.appId, mchid: wechat.merchantId } }),
    });
    this.lakala = new WebWallet({
      ...web,
      front: new LakalaFront({ clock, signatures, merchant: { appId: lakala.appId, merchantNo: lakala.merchantId } }),
    });
    this.jd = new JdHost({ clock, signatures, ...timing, ...(jdPeople === undefined ? {} : { people: jdPeople }) });
    this.#alipayWeb = alipayAlone(this.alipay);
  }

  handle(request: WebRequest): WebAnswer {
    return request.host === 'alipay' ? this.#alipayWeb.handle(request) : this[request.host].handle(request);
  }

  isDown(host: WalletHost): boolean {
    return this[host].faults.down;
  }

  setDown(isDown: boolean, host?: WalletHost): void {
    for (const each of WALLET_HOSTS) if (host === undefined || host === each) this[each].faults.down = isDown;
  }

  inject(host: WalletHost, mischief: HostMischief, times = 1): void {
    if (host === 'alipay') this.#spoilAlipay(mischief, times);
    else if (host === 'jd') this.jd.faults.inject(jdFault(mischief), times);
    else this[host].faults.inject(webFault(mischief), times);
  }

  clearFaults(): void {
    for (const host of WALLET_HOSTS) this[host].faults.clear();
  }

  /** Whether everything that was injected has struck. */
  hasArmed(): boolean {
    return WALLET_HOSTS.some((host) => this[host].faults.armed().length > 0);
  }

  order(host: WalletHost, outTradeNo: string): HostedOrder | undefined {
    if (host === 'alipay') return mapped(this.alipay.order(outTradeNo), alipayOrder);
    if (host === 'jd') return mapped(this.jd.order(outTradeNo), jdOrder);
    return mapped(this[host].order(outTradeNo), (order) => webOrder(host, order, this[host]));
  }

  orders(): readonly HostedOrder[] {
    return WALLET_HOSTS.flatMap((host) => this.#ordersOf(host));
  }

  /** What was paid at all hosts and has not gone back. */
  netFen(): number {
    return WALLET_HOSTS.reduce((sum, host) => sum + this[host].netFen(), 0);
  }

  /** The phone of a customer of a host. An unknown id throws `RangeError`: a mistake in a script. */
  phone(host: WalletHost, id: string): WalletPhone {
    const nothing = { passFace: () => false, refuseFace: () => false, smsCode: () => undefined };
    if (host === 'alipay') {
      const phone = this.alipay.phone(id);
      return { ...nothing, ...phone, hasPayment: () => phone.waiting() !== undefined };
    }
    if (host === 'jd') {
      const phone = this.jd.phone(id);
      return {
        ...phone,
        scan: (codeText) => ['paid', 'waiting'].includes(phone.scan(codeText)),
        hasPayment: () => phone.waiting() !== undefined,
        smsCode: () => /\d{6}/.exec(phone.messages().at(-1)?.text ?? '')?.[0],
      };
    }
    const phone = this[host].phone(id);
    return { ...nothing, ...phone, hasPayment: () => phone.waiting() !== undefined };
  }

  /** The call of a request, see {@link webCallOf}. */
  callOf = webCallOf;

  #spoilAlipay({ kind, byMs = 0, executed = true, call }: HostMischief, times: number): void {
    const method = call === undefined ? {} : { method: ALIPAY_METHODS[call] ?? call };
    const { faults } = this.alipay;
    if (kind === 'delayReply') faults.inject({ kind, byMs, ...method }, times);
    else if (kind === 'systemError') faults.inject({ kind, executed, ...method }, times);
    else if (kind === 'again') faults.inject({ kind: 'cancelRetry', ...method }, times);
    else if (!isOfJd(kind)) faults.inject({ kind, ...method }, times);
  }

  #ordersOf(host: WalletHost): readonly HostedOrder[] {
    if (host === 'alipay') return this.alipay.orders().map(alipayOrder);
    if (host === 'jd') return this.jd.orders().map(jdOrder);
    return this[host].orders().map((order) => webOrder(host, order, this[host]));
  }
}

/** What only a host that makes plans itself can do. */
function isOfJd(kind: HostMischief['kind']): kind is 'emptyPlans' | 'inconsistentPlans' | 'otherPayer' {
  return kind === 'emptyPlans' || kind === 'inconsistentPlans' || kind === 'otherPayer';
}

function alipayOrder(order: WalletOrder): HostedOrder {
  const { outTradeNo, amountFen, state, instalment, refundedFen } = order;
  return {
    host: 'alipay',
    outTradeNo,
    amountFen,
    state,
    refundedFen: state === 'refunded' ? amountFen : refundedFen,
    periods: instalment?.periods,
    feeFen: instalment?.feePayer === 'buyer' ? instalment.feeFen : undefined,
  };
}

function jdOrder({ outTradeNo, amountFen, state, refunds, plan }: JdOrder): HostedOrder {
  return {
    host: 'jd',
    outTradeNo,
    amountFen,
    state,
    refundedFen: state === 'refunded' ? amountFen : refunds.reduce((sum, { refundFen }) => sum + refundFen, 0),
    periods: plan?.periods,
    feeFen: plan?.feeFen,
  };
}

function webOrder(host: WalletHost, { outTradeNo, amountFen, state, plan }: HostOrder, wallet: WebWallet): HostedOrder {
  const isBack = state === 'undone' || state === 'refunded';
  return {
    host,
    outTradeNo,
    amountFen,
    state: isBack ? 'refunded' : state === 'partlyRefunded' ? 'paid' : state,
    refundedFen: isBack ? amountFen : wallet.refundedFen(outTradeNo),
    periods: plan?.periods,
    feeFen: plan && customerFeeFen(amountFen, plan),
  };
}

function mapped<A, B>(value: A | undefined, map: (each: A) => B): B | undefined {
  return value === undefined ? undefined : map(value);
}

function webFault({ kind, byMs = 0, executed = true, call }: HostMischief) {
  const only = call === undefined ? {} : { call: call as 'pay' };
  if (kind === 'delayReply') return { kind, byMs, ...only };
  if (kind === 'systemError') return { kind, executed, ...only };
  return { kind: kind as 'again', ...only };
}

function jdFault({ kind, byMs = 0, executed = true, call }: HostMischief) {
  const only = call === undefined ? {} : { call };
  if (kind === 'delayReply') return { kind, byMs, ...only };
  if (kind === 'systemError') return { kind, executed, ...only };
  return { kind: kind as 'again', ...only };
}

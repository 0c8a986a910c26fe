import { present } from '../../../firmware/base/invariant.ts';
import type { Clock } from '../../../firmware/hal/index.ts';
import type { WalletCall } from '../../../firmware/protocol/wallet/wallet-api.ts';
import type { WebRequest } from '../../../firmware/protocol/wallet/web-message.ts';
import { FaultSwitches } from '../../fault-switches.ts';
import { otherNumber, type WalletAmountEffect } from '../outcomes.ts';
import type { WalletSignatures } from '../signatures.ts';
import type { WebAnswer } from '../web-host.ts';
import { membersOf, textOf } from '../front-members.ts';
import { type BaitiaoPlan, baitiaoPlan } from './baitiao.ts';
import { faceState, planMembers, queryBaiTiaoFQ, queryBill, sendSms, startFace } from './customer.ts';
import { fenMember, type JdBiz, type JdReply, receiveJd, sealJd } from './envelope.ts';
import { query, refund, revoke } from './follow-up.ts';
import { type JdOrder, JdOrders } from './orders.ts';
import { baiTiaoPay, fkmPay, scanCode, uniorder } from './pay.ts';
import { JD_PEOPLE, type JdPerson } from './people.ts';
import { JdProofs, type PhoneMessage } from './proofs.ts';
import {
  bookedMembers,
  feesFen,
  type JdFault,
  type JdOperationOf,
  type JdOutcome,
  type JdState,
  spentFen,
} from './trade.ts';

/** How long JD thinks before it answers. */
const PROCESSING_MS = 250;

/** Later than any deadline of a terminal for one request, earlier than a tester's patience ends. */
const LATE_ANSWER_MS = 40_000;

const SILENT: WebAnswer = { kind: 'silent' };

/** The customer's hand and eyes; actions are `false` when nothing waits for them. */
export interface JdPhone {
  /** What came by SMS, oldest first. */
  messages(): readonly PhoneMessage[];
  waiting(): JdOrder | undefined;
  confirm(): boolean;
  refuse(): boolean;
  passFace(): boolean;
  refuseFace(): boolean;
  /** Scans a shown code: `paid`, `waiting` for {@link confirm}, or the code of a refusal. */
  scan(codeText: string): string;
}

export interface JdHostOptions {
  readonly clock: Clock;
  /** Merchants by their number, and JD's own key. */
  readonly signatures: WalletSignatures;
  readonly people?: readonly JdPerson[];
  readonly processingMs?: number;
  readonly lateAnswerMs?: number;
}

/** Operations by name, each with the call that it serves. */
const OPERATIONS: ReadonlyMap<string, readonly [WalletCall['kind'], JdOperationOf]> = new Map([
  ['fkmPay', ['pay', fkmPay]],
  ['uniorder', ['present', uniorder]],
  ['baiTiaoPay', ['charge', baiTiaoPay]],
  ['query', ['query', query]],
  ['revoke', ['cancel', revoke]],
  ['refund', ['refund', refund]],
  ['queryBaiTiaoFQ', ['plans', queryBaiTiaoFQ]],
  ['sendSms', ['sendCode', sendSms]],
  ['startFace', ['startFace', startFace]],
  ['faceState', ['faceState', faceState]],
  ['queryBill', ['bills', queryBill]],
]);

/** JD with customers, orders and a memory: web request in, answer out. Time is the clock's; there is no chance in it. */
export class JdHost {
  readonly clock: Clock;
  readonly faults = new FaultSwitches<JdFault>();
  readonly #state: JdState;
  readonly #signatures: WalletSignatures;
  readonly #processingMs: number;
  readonly #lateAnswerMs: number;
  #replies = 0;

  constructor({ clock, signatures, people = JD_PEOPLE, processingMs, lateAnswerMs }: JdHostOptions) {
    this.clock = clock;
    const orders = new JdOrders(clock);
    this.#state = { clock, orders, people, proofs: new JdProofs(clock), faults: this.faults };
    this.#signatures = signatures;
    this.#processingMs = processingMs ?? PROCESSING_MS;
    this.#lateAnswerMs = lateAnswerMs ?? LATE_ANSWER_MS;
  }

  /** Serves one request. One that gets no answer may still have been executed: ask {@link order}. */
  handle(request: WebRequest): WebAnswer {
    if (this.faults.down) return SILENT;
    const received = receiveJd(request, this.#signatures, this.clock.wallMs());
    const served = received.kind === 'accepted' ? OPERATIONS.get(received.operation) : undefined;
    const bound = { path: request.path, nonce: received.nonce, call: served?.[0] };
    if (received.kind === 'refused') return this.#reply(bound, { code: received.code, biz: {} });
    if (served === undefined) return this.#reply(bound, { code: 'JD.PARAMETER', biz: {} });
    if (this.#fault('dropRequest', bound) !== undefined) return SILENT;
    if (this.#fault('clockSkew', bound) !== undefined) return this.#reply(bound, { code: 'JD.TIMESTAMP', biz: {} });
    const broken = this.#fault('systemError', bound);
    if (broken !== undefined && !broken.executed) return this.#reply(bound, { code: 'JD.SYSTEM', biz: {} });
    const [, operation] = served;
    const outcome = operation(this.#state, received.biz);
    return this.#reply(bound, broken === undefined ? outcome : { code: 'JD.SYSTEM', biz: {} });
  }

  /** The phone of a customer. An unknown id throws `RangeError`: a mistake in a script. */
  phone(personId: string): JdPhone {
    const { people, orders, proofs } = this.#state;
    const person = people.find(({ id }) => id === personId);
    if (person === undefined) throw new RangeError(`no customer ${personId}`);
    const waiting = (): JdOrder | undefined => orders.waitingFor(personId);
    const act = (action: (outTradeNo: string) => unknown): boolean => {
      const order = waiting();
      if (order !== undefined) action(order.outTradeNo);
      return order !== undefined;
    };
    return {
      messages: () => proofs.messagesOf(personId),
      waiting,
      confirm: () => act((outTradeNo) => orders.pay(outTradeNo)),
      refuse: () => act((outTradeNo) => orders.close(outTradeNo)),
      passFace: () => proofs.actOnFace(personId, 'PASSED'),
      refuseFace: () => proofs.actOnFace(personId, 'REFUSED'),
      scan: (codeText) => scanCode(this.#state, codeText, person),
    };
  }

  /** JD's view of one order. */
  order(outTradeNo: string): JdOrder | undefined {
    return this.#state.orders.find(outTradeNo);
  }

  orders(): readonly JdOrder[] {
    return this.#state.orders.all();
  }

  /** What a customer, or all of them, have paid and not got back; without fees of plans. */
  netFen(personId?: string): number {
    return spentFen(personId === undefined ? this.orders() : this.#state.orders.of(personId));
  }

  /** What a customer gives for plans, less what came back. */
  feesFen(personId: string): number {
    return feesFen(this.#state.orders.of(personId));
  }

  #reply(bound: Bound, outcome: JdOutcome): WebAnswer {
    const { effect } = outcome;
    if (effect?.kind === 'silent' || this.#fault('dropReply', bound) !== undefined) return SILENT;
    if (this.#fault('badGateway', bound) !== undefined) return this.#answer(502, '<h1>502 Bad Gateway</h1>', {});
    if (effect?.kind === 'garbage' || this.#fault('garbage', bound) !== undefined) {
      return this.#answer(200, '<html><body>系统维护中</body></html>', {});
    }
    const isForged = effect?.kind === 'wrongSignature' || this.#fault('wrongSignature', bound) !== undefined;
    const isOff = hasNumbers(outcome) && this.#fault('wrongNumbers', bound) !== undefined;
    const own = { wallMs: this.clock.wallMs(), nonce: (++this.#replies).toString(16).padStart(32, '0') };
    // A signature over another nonce is what a reply has that was made for another request.
    const nonce = isForged ? `${bound.nonce}0` : bound.nonce;
    const isOther = Object.hasOwn(outcome.biz, 'tradeNum') && this.#fault('wrongOrder', bound) !== undefined;
    const about = isOther ? aboutAnother(outcome) : outcome;
    const hasPlans = Object.hasOwn(about.biz, 'plans') || Object.hasOwn(about.biz, 'baiTiao');
    const paid = hasPlans && this.#fault('otherPayer', bound) !== undefined ? paidByTheOther(about) : about;
    const isOtherPlan = planIn(outcome) !== undefined && this.#fault('wrongPlan', bound) !== undefined;
    const planned = isOtherPlan ? withOtherPlan(paid) : paid;
    const reply = spoiled(isOff ? offByAFen(planned) : planned, effect);
    const { body, signature } = sealJd(reply, { path: bound.path, nonce, status: 200 }, this.#signatures, own);
    const delayMs = this.#fault('delayReply', bound)?.byMs ?? (effect?.kind === 'late' ? this.#lateAnswerMs : 0);
    const headers = { 'content-type': 'application/json; charset=utf-8', 'jd-signature': signature };
    return this.#answer(200, body, headers, delayMs);
  }

  #answer(status: number, body: string, headers: Readonly<Record<string, string>>, delayMs = 0): WebAnswer {
    return { kind: 'reply', afterMs: this.#processingMs + delayMs, reply: { status, headers, body } };
  }

  #fault<Kind extends JdFault['kind']>(
    kind: Kind,
    { call }: Bound,
  ): Extract<JdFault, { readonly kind: Kind }> | undefined {
    return this.faults.take(kind, (fault) => fault.call === undefined || fault.call === call);
  }
}

/** The request that a reply answers. */
interface Bound {
  readonly path: string;
  readonly nonce: string;
  /** `undefined` for an operation that there is not. */
  readonly call: WalletCall['kind'] | undefined;
}

/** What a reply says when the amount spoils it; the order stays as it is. */
function spoiled({ code, biz }: JdReply, effect: WalletAmountEffect | undefined): JdReply {
  if (effect?.kind === 'systemError') return { code: 'JD.SYSTEM', biz: {} };
  return effect?.kind === 'wrongAmount' ? { code, biz: { ...biz, amount: '1' } } : { code, biz };
}

function hasNumbers({ biz }: JdReply): boolean {
  return Object.hasOwn(biz, 'amount');
}

function aboutAnother({ code, biz }: JdReply): JdReply {
  return { code, biz: { ...biz, tradeNum: otherNumber(textOf(biz, 'tradeNum') ?? '') } };
}

/** The same as it would be if the other side paid the fee. */
function paidByTheOther({ code, biz }: JdReply): JdReply {
  const amountFen = fenMember(biz, 'amount') ?? 0;
  const turned = (members: JdBiz): BaitiaoPlan => {
    const feePayer = textOf(members, 'feePayer') === 'merchant' ? 'customer' : 'merchant';
    return present(baitiaoPlan(amountFen, Number(textOf(members, 'plan')), feePayer), 'a plan that JD has made');
  };
  const booked = membersOf(biz['baiTiao']);
  if (booked !== undefined) return { code, biz: { ...biz, baiTiao: bookedMembers(turned(booked)) } };
  const plans = biz['plans'] as readonly JdBiz[];
  return { code, biz: { ...biz, plans: plans.map((plan) => planMembers(turned(plan))) } };
}

function planIn({ biz }: Pick<JdReply, 'biz'>): JdBiz | undefined {
  return membersOf(biz['baiTiao']);
}

/** The same with one period more. */
function withOtherPlan({ code, biz }: JdReply): JdReply {
  return { code, biz: { ...biz, baiTiao: oneMore(planIn({ biz }) ?? {}, 'plan') } };
}

function oneMore(members: JdBiz, name: string): JdBiz {
  return { ...members, [name]: (Number(textOf(members, name)) + 1).toString() };
}

/** The same with another fee of the plan, or another amount where there is no plan. */
function offByAFen({ code, biz }: JdReply): JdReply {
  const plan = planIn({ biz });
  return { code, biz: plan === undefined ? oneMore(biz, 'amount') : { ...biz, baiTiao: oneMore(plan, 'fee') } };
}

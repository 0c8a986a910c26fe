import type { Clock } from '../../../firmware/hal/index.ts';
import type { WalletCall } from '../../../firmware/protocol/wallet/wallet-api.ts';
import { chinaTimestamp } from '../../china-time.ts';
import type { FaultSwitches } from '../../fault-switches.ts';
import { type WalletAmountEffect, walletAmountEffect } from '../outcomes.ts';
import { membersOf, textOf } from '../front-members.ts';
import type { BaitiaoPlan } from './baitiao.ts';
import type { JdBiz, JdReply } from './envelope.ts';
import { feeBackFen, type JdOrder, type JdOrders, refundedFen } from './orders.ts';
import type { JdPerson } from './people.ts';
import type { JdProofs } from './proofs.ts';

/** What a script can make JD do, for any call or for one. */
export type JdFault = { readonly call?: WalletCall['kind'] } & (
  | { readonly kind: 'dropRequest' }
  | { readonly kind: 'dropReply' }
  | { readonly kind: 'delayReply'; readonly byMs: number }
  | { readonly kind: 'wrongSignature' }
  | { readonly kind: 'garbage' }
  | { readonly kind: 'badGateway' }
  | { readonly kind: 'systemError'; readonly executed: boolean }
  /** A revoke or a refund that JD is still working on: nothing was done. */
  | { readonly kind: 'again' }
  /** Plans: none, or such as do not add up. */
  | { readonly kind: 'emptyPlans' }
  | { readonly kind: 'inconsistentPlans' }
  /** The fee of a plan, the first payment of a bill or else the amount is a fen off. */
  | { readonly kind: 'wrongNumbers' }
  /** Plans, or the plan of an order, as they are where the other side pays the fee. */
  | { readonly kind: 'otherPayer' }
  /** The plan has another number of periods. */
  | { readonly kind: 'wrongPlan' }
  /** The answer is about another order. */
  | { readonly kind: 'wrongOrder' }
  /** JD's clock is far from the terminal's: the request is refused unread. */
  | { readonly kind: 'clockSkew' }
  /** The customer of a payment neither confirms nor refuses. */
  | { readonly kind: 'pendingForEver' }
  /** A customer who was waited for pays in the moment before the revoke arrives. */
  | { readonly kind: 'paidBeforeCancel' }
);

/** What every operation works on. */
export interface JdState {
  readonly clock: Clock;
  readonly orders: JdOrders;
  readonly people: readonly JdPerson[];
  readonly proofs: JdProofs;
  readonly faults: FaultSwitches<JdFault>;
}

/** What an operation answers, and what happens to it on its way. */
export interface JdOutcome extends JdReply {
  readonly effect?: WalletAmountEffect | undefined;
}

/** One operation of the host. */
export type JdOperationOf = (jd: JdState, biz: JdBiz) => JdOutcome;

export const INVALID: JdReply = { code: 'JD.PARAMETER', biz: {} };

export function succeeded(biz: JdBiz): JdReply {
  return { code: '000000', biz };
}

export function refused(code: string, order?: Pick<JdOrder, 'outTradeNo' | 'amountFen'>): JdReply {
  return { code, biz: order === undefined ? {} : orderMembers(order) };
}

export function orderMembers({ outTradeNo, amountFen }: Pick<JdOrder, 'outTradeNo' | 'amountFen'>): JdBiz {
  return { tradeNum: outTradeNo, amount: amountFen.toString() };
}

/** Everything about an order that was or will be paid. */
export function tradeMembers(order: JdOrder): JdBiz {
  const { tradeNo, person, plan, paidAtWallMs } = order;
  return {
    ...orderMembers(order),
    tradeNo,
    ...(person === undefined ? {} : { buyer: person.maskedName }),
    ...(paidAtWallMs === undefined ? {} : { payTime: chinaTimestamp(paidAtWallMs) }),
    ...(plan === undefined ? {} : { baiTiao: bookedMembers(plan) }),
  };
}

/** The plan of an order as it was booked. */
export function bookedMembers({ periods, feePayer, feeFen, totalFen }: BaitiaoPlan): JdBiz {
  return { plan: periods.toString(), feePayer, fee: feeFen.toString(), total: totalFen.toString() };
}

/** The customer whose account is named; by phone or by name. */
export function personByAccount({ people }: JdState, biz: JdBiz): JdPerson | undefined {
  const account = membersOf(biz['account']) ?? {};
  const value = textOf(account, 'value');
  const kind = textOf(account, 'type');
  if (kind === 'phone') return people.find(({ phone }) => phone === value);
  return kind === 'account' ? people.find((person) => person.account === value) : undefined;
}

/** What the customer may still borrow; `undefined` without Baitiao. */
export function creditLeftFen({ orders }: JdState, { id, baitiaoLimitFen }: JdPerson): number | undefined {
  if (baitiaoLimitFen === undefined) return undefined;
  return baitiaoLimitFen - spentFen(orders.of(id).filter(({ isOnCredit }) => isOnCredit));
}

/** What orders took and did not give back. */
export function spentFen(orders: readonly JdOrder[]): number {
  return orders
    .filter(({ state }) => state === 'paid')
    .reduce((sum, order) => sum + order.amountFen - refundedFen(order), 0);
}

/** What a customer gives for the plans, less what came back. */
export function feesFen(orders: readonly JdOrder[]): number {
  return orders
    .filter(({ state }) => state === 'paid')
    .reduce((sum, order) => sum + (order.plan?.feeFen ?? 0) - feeBackFen(order), 0);
}

/** Endings of the amount as JD names the refusals; the table is the wallet's. */
const JD_CODES: Readonly<Record<string, string>> = {
  'ACQ.PAYMENT_AUTH_CODE_INVALID': 'JD.CODE_INVALID',
  'ACQ.BUYER_BALANCE_NOT_ENOUGH': 'JD.BALANCE',
  'ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR': 'JD.RISK',
};

/** The effect of an amount with JD's codes; on credit, money that is short is credit that is short. */
export function amountEffect(amountFen: number, isOnCredit: boolean): WalletAmountEffect | undefined {
  const effect = walletAmountEffect(amountFen);
  if (effect?.kind !== 'fails') return effect;
  const code = JD_CODES[effect.subCode] ?? 'JD.RISK';
  return { kind: 'fails', subCode: code === 'JD.BALANCE' && isOnCredit ? 'JD.CREDIT_LIMIT' : code };
}

import { assign, setup } from 'xstate';
import { invariant, present } from '../base/invariant.ts';
import { declareEffect } from '../effects/effect.ts';
import type { FindOpenOutcome } from '../effects/find-open.ts';
import type { ForwardOutcome } from '../effects/forward-stored.ts';
import type { RepeatOutcome } from '../effects/send-refund.ts';
import type { ReversalOutcome } from '../effects/send-reversal.ts';
import type { OrderAnswer, OrderInput } from '../effects/wallet-order.ts';
import type { SaleKey } from '../journal/records.ts';
import { type ScreenCall, screen, show } from '../screens/show.ts';

/** Tries of one pass; the terminal starts the next pass by itself for as long as it takes. */
export const TRIES_PER_PASS = 3;

export type PendingOutcome =
  | { readonly kind: 'settled' }
  | { readonly kind: 'waiting'; readonly openItems: number }
  /** The host does not know our keys any more: sign on, then come back. */
  | { readonly kind: 'signOnNeeded' }
  | { readonly kind: 'faulted' };

interface PendingContext {
  readonly open: FindOpenOutcome;
  readonly tries: number;
  /** Field 39 with which an offline sale was refused. */
  readonly refusal: string;
  /** How the void or refund that was last asked about ended. */
  readonly refundEnd: RepeatOutcome;
  readonly outcome: PendingOutcome;
}

const UNTRIED: FindOpenOutcome = { openItems: 0, stored: 0, next: undefined };

/** A void that was reversed did not happen: the sale stands. */
function reversedScreen(context: PendingContext): ScreenCall {
  const { what, amountFen } = itemOf(context);
  return what === 'sale' ? screen('reversed', { amountFen }) : screen('voidReversed', { amountFen });
}

function refundScreen(context: PendingContext): ScreenCall {
  const { refundEnd } = context;
  const { what, amountFen } = itemOf(context);
  invariant(what !== 'sale', 'a refund is repeated');
  if (refundEnd.kind === 'declined') {
    return screen('refundDeclined', { what, amountFen, responseCode: refundEnd.responseCode });
  }
  return screen('refundConfirmed', { what, amountFen });
}

const itemOf = ({ open }: PendingContext) => present(open.next, 'what is worked on is open');
const isSettled = (answer: OrderAnswer): boolean => answer.kind !== 'pending' && answer.kind !== 'unknown';

/**
 * Settles what is open 处理未完成交易: oldest first, one at a time, before anything else goes online. An item leaves the
 * journal only by the host's answer.
 */
export const pendingMachine = setup({
  types: { context: {} as PendingContext, output: {} as PendingOutcome },
  actors: {
    findOpen: declareEffect<FindOpenOutcome, undefined>(),
    sendReversal: declareEffect<ReversalOutcome, { key: SaleKey }>(),
    resolveOrder: declareEffect<OrderAnswer, OrderInput>(),
    forwardStored: declareEffect<ForwardOutcome, { key: SaleKey }>(),
    repeatRefund: declareEffect<RepeatOutcome, { key: SaleKey }>(),
  },
  actions: { show },
  guards: {
    noneOpen: ({ context }) => context.open.next === undefined,
    isForward: ({ context }) => context.open.next?.kind === 'forward',
    isOrder: ({ context }) => context.open.next?.kind === 'order',
    isRefund: ({ context }) => context.open.next?.kind === 'refund',
    triedEnough: ({ context }) => context.tries >= TRIES_PER_PASS,
  },
  // Backoff within a pass: 2 s, 4 s.
  delays: { backoff: ({ context }) => 2000 * context.tries, announced: 3_000 },
}).createMachine({
  id: 'pending',
  context: {
    open: UNTRIED,
    tries: 0,
    refusal: '',
    refundEnd: { kind: 'unanswered' },
    outcome: { kind: 'settled' },
  },
  output: ({ context }) => context.outcome,
  initial: 'finding',
  states: {
    finding: {
      meta: { zh: '查找未完成交易' },
      tags: ['moneyAtRisk'],
      invoke: {
        src: 'findOpen',
        onDone: { target: 'picking', actions: assign(({ event }) => ({ open: event.output })) },
        onError: { target: 'ended', actions: assign({ outcome: { kind: 'faulted' } }) },
      },
    },
    picking: {
      meta: { zh: '选择最早一笔' },
      tags: ['moneyAtRisk'],
      always: [
        { guard: 'noneOpen', target: 'ended', actions: assign({ outcome: { kind: 'settled' } }) },
        {
          guard: 'triedEnough',
          target: 'ended',
          actions: assign(({ context }) => ({ outcome: { kind: 'waiting', openItems: context.open.openItems } })),
        },
        { guard: 'isOrder', target: 'resolvingOrder' },
        { guard: 'isForward', target: 'forwarding' },
        { guard: 'isRefund', target: 'repeatingRefund' },
        { target: 'reversing' },
      ],
    },
    reversing: {
      meta: { zh: '发送冲正' },
      tags: ['moneyAtRisk'],
      entry: { type: 'show', params: ({ context }) => screen('recovering', { openItems: context.open.openItems }) },
      invoke: {
        src: 'sendReversal',
        input: ({ context }) => ({ key: itemOf(context).key }),
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'reversed',
            target: 'announcingReversal',
            actions: assign({ tries: 0 }),
          },
          {
            guard: ({ event }) => event.output.kind === 'signOnNeeded',
            target: 'ended',
            actions: assign({ outcome: { kind: 'signOnNeeded' } }),
          },
          { target: 'backingOff', actions: assign(({ context }) => ({ tries: context.tries + 1 })) },
        ],
        onError: { target: 'ended', actions: assign({ outcome: { kind: 'faulted' } }) },
      },
    },
    resolvingOrder: {
      meta: { zh: '查询并撤销订单' },
      tags: ['moneyAtRisk'],
      entry: { type: 'show', params: ({ context }) => screen('recovering', { openItems: context.open.openItems }) },
      invoke: {
        src: 'resolveOrder',
        input: ({ context }) => ({ key: itemOf(context).key }),
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'paid',
            target: 'announcing',
            actions: assign({ tries: 0 }),
          },
          { guard: ({ event }) => isSettled(event.output), target: 'finding', actions: assign({ tries: 0 }) },
          { target: 'backingOff', actions: assign(({ context }) => ({ tries: context.tries + 1 })) },
        ],
        onError: { target: 'ended', actions: assign({ outcome: { kind: 'faulted' } }) },
      },
    },
    repeatingRefund: {
      meta: { zh: '重发退货' },
      tags: ['moneyAtRisk'],
      entry: { type: 'show', params: ({ context }) => screen('recovering', { openItems: context.open.openItems }) },
      invoke: {
        src: 'repeatRefund',
        input: ({ context }) => ({ key: itemOf(context).key }),
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'done' || event.output.kind === 'declined',
            target: 'announcingRefund',
            actions: assign(({ event }) => ({ tries: 0, refundEnd: event.output })),
          },
          {
            guard: ({ event }) => event.output.kind === 'signOnNeeded',
            target: 'ended',
            actions: assign({ outcome: { kind: 'signOnNeeded' } }),
          },
          { target: 'backingOff', actions: assign(({ context }) => ({ tries: context.tries + 1 })) },
        ],
        onError: { target: 'ended', actions: assign({ outcome: { kind: 'faulted' } }) },
      },
    },
    forwarding: {
      meta: { zh: '上送脱机交易' },
      tags: ['moneyAtRisk'],
      entry: { type: 'show', params: ({ context }) => screen('forwarding', { stored: context.open.stored }) },
      invoke: {
        src: 'forwardStored',
        input: ({ context }) => ({ key: itemOf(context).key }),
        onDone: [
          { guard: ({ event }) => event.output.kind === 'accepted', target: 'finding', actions: assign({ tries: 0 }) },
          {
            guard: ({ event }) => event.output.kind === 'rejected',
            target: 'announcingRefusal',
            actions: assign(({ event }) => {
              invariant(event.output.kind === 'rejected', 'a refusal has a code');
              return { tries: 0, refusal: event.output.responseCode };
            }),
          },
          {
            guard: ({ event }) => event.output.kind === 'signOnNeeded',
            target: 'ended',
            actions: assign({ outcome: { kind: 'signOnNeeded' } }),
          },
          // Nothing is in doubt: the shop may sell, and the next pass tries again.
          {
            target: 'ended',
            actions: assign(({ context }) => ({ outcome: { kind: 'waiting', openItems: context.open.stored } })),
          },
        ],
        onError: { target: 'ended', actions: assign({ outcome: { kind: 'faulted' } }) },
      },
    },
    announcingRefusal: {
      meta: { zh: '告知脱机交易被拒' },
      entry: {
        type: 'show',
        params: ({ context }) =>
          screen('uncollected', { amountFen: itemOf(context).amountFen, responseCode: context.refusal }),
      },
      after: { announced: 'finding' },
    },
    announcingReversal: {
      meta: { zh: '告知已冲正' },
      entry: { type: 'show', params: ({ context }) => reversedScreen(context) },
      after: { announced: 'finding' },
    },
    announcingRefund: {
      meta: { zh: '告知退货结果' },
      entry: { type: 'show', params: ({ context }) => refundScreen(context) },
      after: { announced: 'finding' },
    },
    announcing: {
      meta: { zh: '告知已付款' },
      entry: {
        type: 'show',
        params: ({ context }) => screen('lateApproval', { amountFen: itemOf(context).amountFen }),
      },
      after: { announced: 'finding' },
    },
    backingOff: {
      meta: { zh: '稍候重试' },
      tags: ['moneyAtRisk'],
      always: { guard: 'triedEnough', target: 'picking' },
      after: { backoff: 'picking' },
    },
    ended: { meta: { zh: '处理结束' }, type: 'final' },
  },
});

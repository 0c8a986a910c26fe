import { assign, setup } from 'xstate';
import { declareEffect } from '../effects/effect.ts';
import type { OrderAnswer, OrderInput, PayOrderInput, PayOrderOutcome } from '../effects/wallet-order.ts';
import type { Key } from '../hal/index.ts';
import type { SaleKey } from '../journal/records.ts';
import { screen, show } from '../screens/show.ts';
import type { TimingSettings, WalletSettings } from '../settings.ts';

export interface AuthorizeWalletInput extends PayOrderInput {
  readonly wallet: WalletSettings;
  readonly timing: TimingSettings;
}

/** How a wallet order ended. `unresolved` is "unknown": the order stays open in the journal until the wallet says. */
export type WalletOutcome =
  | { readonly kind: 'paid'; readonly key: SaleKey }
  | { readonly kind: 'failed'; readonly subCode: string | undefined }
  | { readonly kind: 'notSent' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'unresolved'; readonly key: SaleKey }
  | { readonly kind: 'faulted' };

interface WalletContext {
  readonly input: AuthorizeWalletInput;
  readonly order: OrderInput | undefined;
  readonly secondsLeft: number;
  readonly outcome: WalletOutcome;
}

function outcomeOf(answer: OrderAnswer, key: SaleKey): WalletOutcome {
  switch (answer.kind) {
    case 'paid':
      return { kind: 'paid', key };
    case 'failed':
      return { kind: 'failed', subCode: answer.subCode };
    case 'cancelled':
      return { kind: 'cancelled' };
    case 'notSent':
      return { kind: 'notSent' };
    case 'pending':
    case 'unknown':
      return { kind: 'unresolved', key };
  }
}

const isFinal = (answer: OrderAnswer): boolean => answer.kind !== 'pending' && answer.kind !== 'unknown';
/** Rounded down, so that a quick answer costs the customer nothing. */
function secondsOf(answer: OrderAnswer): number {
  return answer.kind === 'pending' || answer.kind === 'unknown' ? Math.floor((answer.tookMs ?? 0) / 1000) : 0;
}

const NO_KEY: SaleKey = { batch: '', stan: 0 };
const POLL_STEP_S = (context: WalletContext): number => Math.round(context.input.wallet.pollEveryMs / 1000);

/**
 * Payment of a wallet order 钱包支付: pay, then query until the wallet has decided or the time is up, then a last query
 * and a cancel. Pending is never shown as paid, and a cancel that is not answered leaves the order open.
 */
export const authorizeWalletMachine = setup({
  types: {
    input: {} as AuthorizeWalletInput,
    context: {} as WalletContext,
    events: {} as { type: 'KEY'; key: Key },
    output: {} as WalletOutcome,
  },
  actors: {
    payOrder: declareEffect<PayOrderOutcome, PayOrderInput>(),
    queryOrder: declareEffect<OrderAnswer, OrderInput>(),
    cancelOrder: declareEffect<OrderAnswer, OrderInput>(),
  },
  actions: { show },
  guards: {
    isCancel: ({ event }) => event.key === 'cancel',
    timeIsUp: ({ context }) => context.secondsLeft <= 0,
  },
  delays: { pollInterval: ({ context }) => context.input.wallet.pollEveryMs },
}).createMachine({
  id: 'authorizeWallet',
  context: ({ input }) => ({
    input,
    order: undefined,
    secondsLeft: Math.round(input.wallet.decideWithinMs / 1000),
    outcome: { kind: 'notSent' },
  }),
  output: ({ context }) => context.outcome,
  initial: 'paying',
  states: {
    paying: {
      meta: { zh: '提交支付' },
      tags: ['moneyAtRisk'],
      entry: {
        type: 'show',
        params: ({ context }) => screen('authorizing', { amountFen: context.input.amountFen, route: 'wallet' }),
      },
      invoke: {
        src: 'payOrder',
        input: ({ context }) => context.input,
        onDone: [
          {
            guard: ({ event }) => isFinal(event.output.answer),
            target: 'ended',
            actions: assign(({ event }) => ({ outcome: outcomeOf(event.output.answer, event.output.order.key) })),
          },
          {
            target: 'waiting',
            actions: assign(({ context, event }) => ({
              order: event.output.order,
              secondsLeft: context.secondsLeft - secondsOf(event.output.answer),
            })),
          },
        ],
        onError: { target: 'ended', actions: assign({ outcome: { kind: 'faulted' } }) },
      },
    },
    waiting: {
      meta: { zh: '等待顾客确认' },
      tags: ['moneyAtRisk', 'cancellable'],
      entry: {
        type: 'show',
        params: ({ context }) =>
          screen('waitingForCustomer', { amountFen: context.input.amountFen, secondsLeft: context.secondsLeft }),
      },
      on: { KEY: { guard: 'isCancel', target: 'queryingLast' } },
      after: {
        pollInterval: [{ guard: 'timeIsUp', target: 'queryingLast' }, { target: 'querying' }],
      },
    },
    querying: {
      meta: { zh: '查询结果' },
      tags: ['moneyAtRisk'],
      invoke: {
        src: 'queryOrder',
        input: ({ context }) => orderOf(context),
        onDone: [
          {
            guard: ({ event }) => isFinal(event.output),
            target: 'ended',
            actions: assign(({ context, event }) => ({ outcome: outcomeOf(event.output, orderOf(context).key) })),
          },
          {
            target: 'waiting',
            actions: assign(({ context, event }) => ({
              secondsLeft: context.secondsLeft - POLL_STEP_S(context) - secondsOf(event.output),
            })),
          },
        ],
        onError: { target: 'ended', actions: assign({ outcome: { kind: 'faulted' } }) },
      },
    },
    queryingLast: {
      meta: { zh: '撤销前最后查询' },
      tags: ['moneyAtRisk'],
      invoke: {
        src: 'queryOrder',
        input: ({ context }) => orderOf(context),
        onDone: [
          {
            guard: ({ event }) => isFinal(event.output),
            target: 'ended',
            actions: assign(({ context, event }) => ({ outcome: outcomeOf(event.output, orderOf(context).key) })),
          },
          { target: 'cancelling' },
        ],
        onError: { target: 'ended', actions: assign({ outcome: { kind: 'faulted' } }) },
      },
    },
    cancelling: {
      meta: { zh: '撤销订单' },
      tags: ['moneyAtRisk'],
      entry: { type: 'show', params: ({ context }) => screen('reversing', { amountFen: context.input.amountFen }) },
      invoke: {
        src: 'cancelOrder',
        input: ({ context }) => orderOf(context),
        onDone: {
          target: 'ended',
          actions: assign(({ context, event }) => ({ outcome: outcomeOf(event.output, orderOf(context).key) })),
        },
        onError: { target: 'ended', actions: assign({ outcome: { kind: 'faulted' } }) },
      },
    },
    ended: { meta: { zh: '支付结束' }, type: 'final' },
  },
});

function orderOf(context: WalletContext): OrderInput {
  return context.order ?? { key: NO_KEY };
}

import { assign, setup } from 'xstate';
import { declareEffect } from '../effects/effect.ts';
import type { PrintCodeInput } from '../effects/print-code.ts';
import type { OrderAnswer, OrderInput, PayOrderInput, PayOrderOutcome } from '../effects/wallet-order.ts';
import type { Key } from '../hal/index.ts';
import type { SaleKey } from '../journal/records.ts';
import { type ScreenCall, screen, show } from '../screens/show.ts';

export interface AuthorizeWalletInput extends PayOrderInput {
  readonly pollEveryMs: number;
  readonly decideWithinMs: number;
}

/**
 * How a wallet order ended. `unresolved` is "unknown": the order stays open in the journal until the wallet says.
 * `numbersDiffer`: it was taken back because what the wallet said of it was not what the customer had agreed to.
 */
export type WalletOutcome =
  | { readonly kind: 'paid'; readonly key: SaleKey }
  | { readonly kind: 'failed'; readonly subCode: string | undefined }
  | { readonly kind: 'notSent' }
  | { readonly kind: 'cancelled'; readonly numbersDiffer: boolean }
  | { readonly kind: 'unresolved'; readonly key: SaleKey }
  | { readonly kind: 'faulted' };

interface WalletContext {
  readonly input: AuthorizeWalletInput;
  readonly order: OrderInput | undefined;
  readonly secondsLeft: number;
  /** Of the code that the customer is to scan. */
  readonly codeText: string;
  readonly numbersDiffer: boolean;
  readonly outcome: WalletOutcome;
}

function outcomeOf({ order, numbersDiffer }: WalletContext, answer: OrderAnswer): WalletOutcome {
  const { key } = orderIn(order);
  switch (answer.kind) {
    case 'paid':
      return { kind: 'paid', key };
    case 'failed':
      return { kind: 'failed', subCode: answer.subCode };
    case 'cancelled':
      return { kind: 'cancelled', numbersDiffer };
    case 'notSent':
      return { kind: 'notSent' };
    case 'pending':
    case 'unknown':
      return { kind: 'unresolved', key };
  }
}

const isFinal = (answer: OrderAnswer): boolean => answer.kind !== 'pending' && answer.kind !== 'unknown';
const differs = (answer: OrderAnswer): boolean => 'differs' in answer && answer.differs !== undefined;
const codeTextOf = (answer: OrderAnswer): string => ('codeText' in answer ? (answer.codeText ?? '') : '');

/** Nobody can pay a code that was never shown, and numbers that differ get no better by waiting: the order is taken back. */
function isHopeless({ input }: WalletContext, answer: OrderAnswer): boolean {
  return differs(answer) || (input.source.kind === 'shown' && codeTextOf(answer) === '');
}

/** Rounded down, so that a quick answer costs the customer nothing. */
function secondsOf(answer: OrderAnswer): number {
  return answer.kind === 'pending' || answer.kind === 'unknown' ? Math.floor((answer.tookMs ?? 0) / 1000) : 0;
}

const NO_KEY: SaleKey = { batch: '', stan: 0 };
const POLL_STEP_S = (context: WalletContext): number => Math.round(context.input.pollEveryMs / 1000);

function waitingScreen({ input, secondsLeft, codeText }: WalletContext): ScreenCall {
  const { amountFen, wallet, source, quote } = input;
  if (source.kind !== 'shown') return screen('waitingForCustomer', { amountFen, secondsLeft });
  return screen('showCode', { amountFen, wallet, secondsLeft, codeText, periods: quote?.offer.periods });
}

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
    printCode: declareEffect<void, PrintCodeInput>(),
  },
  actions: { show },
  guards: {
    isCancel: ({ event }) => event.key === 'cancel',
    asksForPaper: ({ context, event }) => event.key === 'function' && context.codeText !== '',
    timeIsUp: ({ context }) => context.secondsLeft <= 0,
  },
  delays: { pollInterval: ({ context }) => context.input.pollEveryMs },
}).createMachine({
  id: 'authorizeWallet',
  context: ({ input }) => ({
    input,
    order: undefined,
    secondsLeft: Math.round(input.decideWithinMs / 1000),
    codeText: '',
    numbersDiffer: false,
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
            actions: assign(({ context, event }) => {
              const { order, answer } = event.output;
              return { order, outcome: outcomeOf({ ...context, order }, answer) };
            }),
          },
          {
            guard: ({ context, event }) => isHopeless(context, event.output.answer),
            target: 'queryingLast',
            actions: assign(({ event }) => ({
              order: event.output.order,
              numbersDiffer: differs(event.output.answer),
            })),
          },
          {
            target: 'waiting',
            actions: assign(({ context, event }) => ({
              order: event.output.order,
              codeText: codeTextOf(event.output.answer),
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
      entry: { type: 'show', params: ({ context }) => waitingScreen(context) },
      on: {
        KEY: [
          { guard: 'isCancel', target: 'queryingLast' },
          { guard: 'asksForPaper', target: 'printingCode' },
        ],
      },
      after: {
        pollInterval: [{ guard: 'timeIsUp', target: 'queryingLast' }, { target: 'querying' }],
      },
    },
    printingCode: {
      meta: { zh: '打印收款码' },
      tags: ['moneyAtRisk'],
      invoke: {
        src: 'printCode',
        input: ({ context }) => ({ ...context.input, codeText: context.codeText, secondsLeft: context.secondsLeft }),
        onDone: 'querying',
        onError: 'querying',
      },
    },
    querying: {
      meta: { zh: '查询结果' },
      tags: ['moneyAtRisk'],
      invoke: {
        src: 'queryOrder',
        input: ({ context }) => orderIn(context.order),
        onDone: [
          {
            guard: ({ event }) => isFinal(event.output),
            target: 'ended',
            actions: assign(({ context, event }) => ({ outcome: outcomeOf(context, event.output) })),
          },
          {
            guard: ({ event }) => differs(event.output),
            target: 'cancelling',
            actions: assign({ numbersDiffer: true }),
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
        input: ({ context }) => orderIn(context.order),
        onDone: [
          {
            guard: ({ event }) => isFinal(event.output),
            target: 'ended',
            actions: assign(({ context, event }) => ({ outcome: outcomeOf(context, event.output) })),
          },
          {
            target: 'cancelling',
            actions: assign(({ context, event }) => ({
              numbersDiffer: context.numbersDiffer || differs(event.output),
            })),
          },
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
        input: ({ context }) => orderIn(context.order),
        onDone: {
          target: 'ended',
          actions: assign(({ context, event }) => ({ outcome: outcomeOf(context, event.output) })),
        },
        onError: { target: 'ended', actions: assign({ outcome: { kind: 'faulted' } }) },
      },
    },
    ended: { meta: { zh: '支付结束' }, type: 'final' },
  },
});

function orderIn(order: OrderInput | undefined): OrderInput {
  return order ?? { key: NO_KEY };
}

import { assign, forwardTo, setup } from 'xstate';
import { declareEffect } from '../effects/effect.ts';
import type { QuoteInput, QuoteOutcome } from '../effects/quote-plans.ts';
import type { Key } from '../hal/index.ts';
import type { PlanQuote } from '../rules/installment/quote.ts';
import type { TimingSettings } from '../settings.ts';
import { installmentMachine } from './installment.machine.ts';
import type { StepEnded } from './instrument.ts';

export interface PlanInput extends QuoteInput {
  readonly timing: TimingSettings;
}

export type PlanOutcome =
  | { readonly kind: 'plan'; readonly quote: PlanQuote }
  | { readonly kind: 'single' }
  /** Nothing can be offered, for this reason. */
  | { readonly kind: 'none'; readonly subCode: string }
  | StepEnded;

interface PlanContext extends PlanInput {
  readonly quotes: readonly PlanQuote[];
  readonly outcome: PlanOutcome;
}

const CANCELLED: PlanOutcome = { kind: 'ended', reason: 'cancelled' };

/** Instalments by the merchant's contract 分期方案: worked out, offered, chosen. */
export const planMachine = setup({
  types: {
    input: {} as PlanInput,
    context: {} as PlanContext,
    events: {} as { type: 'KEY'; key: Key },
    output: {} as PlanOutcome,
  },
  actors: { quotePlans: declareEffect<QuoteOutcome, QuoteInput>(), installment: installmentMachine },
  guards: { hasQuotes: ({ context }) => context.quotes.length > 0 },
}).createMachine({
  id: 'plan',
  context: ({ input }) => ({ ...input, quotes: [], outcome: CANCELLED }),
  output: ({ context }) => context.outcome,
  initial: 'quoting',
  states: {
    quoting: {
      meta: { zh: '计算分期方案' },
      invoke: {
        src: 'quotePlans',
        input: ({ context }) => context,
        onDone: {
          target: 'offering',
          actions: assign(({ event }) => ({
            quotes: event.output.quotes,
            outcome: { kind: 'none', subCode: event.output.subCode },
          })),
        },
        onError: { target: 'ended', actions: assign({ outcome: { kind: 'ended', reason: 'device' } }) },
      },
    },
    offering: {
      meta: { zh: '是否可分期' },
      always: [{ guard: 'hasQuotes', target: 'choosing' }, { target: 'ended' }],
    },
    choosing: {
      meta: { zh: '分期选择' },
      tags: ['cancellable'],
      on: { KEY: { actions: forwardTo('installment') } },
      invoke: {
        id: 'installment',
        src: 'installment',
        input: ({ context }) => ({ amountFen: context.amountFen, quotes: context.quotes, timing: context.timing }),
        onDone: { target: 'ended', actions: assign(({ event }) => ({ outcome: event.output })) },
        onError: { target: 'ended', actions: assign({ outcome: { kind: 'ended', reason: 'device' } }) },
      },
    },
    ended: { meta: { zh: '方案已定' }, type: 'final' },
  },
});

import { assign, setup } from 'xstate';
import { invariant } from '../base/invariant.ts';
import type { Key } from '../hal/index.ts';
import type { PlanQuote } from '../rules/installment/quote.ts';
import { screen, show } from '../screens/show.ts';
import type { TimingSettings } from '../settings.ts';
import type { StepEnded } from './instrument.ts';

export interface InstallmentInput {
  readonly amountFen: number;
  /** Every plan that the customer may choose, quoted already: what is shown is what will be sent and printed. */
  readonly quotes: readonly PlanQuote[];
  readonly timing: TimingSettings;
}

export type InstallmentChoice =
  { readonly kind: 'plan'; readonly quote: PlanQuote } | { readonly kind: 'single' } | StepEnded;

interface InstallmentContext extends InstallmentInput {
  readonly chosen: PlanQuote | undefined;
  readonly choice: InstallmentChoice;
}

/** Which plan a key means on the list: 0 is one payment, 1 and up are the plans in their order. */
export function quoteOfKey(quotes: readonly PlanQuote[], key: Key): PlanQuote | undefined {
  return /^[1-9]$/.test(key) ? quotes[Number(key) - 1] : undefined;
}

/** Instalment choice 分期选择: fee, amount per period and first due date are on the screen before anybody agrees. */
export const installmentMachine = setup({
  types: {
    input: {} as InstallmentInput,
    context: {} as InstallmentContext,
    events: {} as { type: 'KEY'; key: Key },
    output: {} as InstallmentChoice,
  },
  actions: { show },
  guards: {
    isPlanKey: ({ context, event }) => quoteOfKey(context.quotes, event.key) !== undefined,
    isKey: ({ event }, key: Key) => event.key === key,
  },
  delays: { operatorAway: ({ context }) => context.timing.operatorMs },
}).createMachine({
  id: 'installment',
  context: ({ input }) => ({ ...input, chosen: undefined, choice: { kind: 'ended', reason: 'cancelled' } }),
  output: ({ context }) => context.choice,
  initial: 'choosingPlan',
  states: {
    choosingPlan: {
      meta: { zh: '选择期数' },
      tags: ['cancellable'],
      entry: {
        type: 'show',
        params: ({ context }) => screen('choosePlan', { amountFen: context.amountFen, quotes: context.quotes }),
      },
      on: {
        KEY: [
          {
            guard: { type: 'isKey', params: '0' },
            target: 'chosen',
            actions: assign({ choice: { kind: 'single' } }),
          },
          { guard: { type: 'isKey', params: 'cancel' }, target: 'chosen' },
          {
            guard: 'isPlanKey',
            target: 'confirmingPlan',
            actions: assign(({ context, event }) => ({ chosen: quoteOfKey(context.quotes, event.key) })),
          },
        ],
      },
      after: { operatorAway: { target: 'chosen', actions: assign({ choice: { kind: 'ended', reason: 'timedOut' } }) } },
    },
    confirmingPlan: {
      meta: { zh: '确认分期' },
      tags: ['cancellable'],
      entry: {
        type: 'show',
        params: ({ context }) => {
          invariant(context.chosen !== undefined, 'a plan is chosen before it is confirmed');
          return screen('confirmPlan', { amountFen: context.amountFen, quote: context.chosen });
        },
      },
      on: {
        KEY: [
          {
            guard: { type: 'isKey', params: 'confirm' },
            target: 'chosen',
            actions: assign(({ context }) => {
              invariant(context.chosen !== undefined, 'a plan is chosen before it is confirmed');
              return { choice: { kind: 'plan', quote: context.chosen } };
            }),
          },
          { guard: { type: 'isKey', params: 'cancel' }, target: 'choosingPlan' },
        ],
      },
      after: { operatorAway: { target: 'chosen', actions: assign({ choice: { kind: 'ended', reason: 'timedOut' } }) } },
    },
    chosen: { meta: { zh: '已选择' }, type: 'final' },
  },
});

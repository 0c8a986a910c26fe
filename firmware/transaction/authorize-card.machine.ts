import { assign, setup } from 'xstate';
import { invariant } from '../base/invariant.ts';
import type { AuthorizeCardInput, CardAnswer } from '../effects/authorize-card.ts';
import type { ChipAnswerInput } from '../effects/complete-chip.ts';
import { declareEffect } from '../effects/effect.ts';
import type { OpenReversalInput } from '../effects/open-reversal.ts';
import type { ChipCompletion } from '../hal/index.ts';
import type { SaleKey } from '../journal/records.ts';
import type { ReversalReason } from '../protocol/cup/messages.ts';
import { afterExchange } from '../rules/after-exchange.ts';
import { screen, show } from '../screens/show.ts';

/** How an authorisation ended. `reversing` is "unknown" with the reversal already durable. */
export type CardOutcome =
  | { readonly kind: 'approved'; readonly key: SaleKey }
  | { readonly kind: 'declined'; readonly responseCode: string; readonly signOnAgain: boolean }
  | { readonly kind: 'wrongPin' }
  | { readonly kind: 'notSent' }
  | { readonly kind: 'reversing'; readonly key: SaleKey }
  /** The journal could not be written: the terminal restarts and finds what is open by the fold. */
  | { readonly kind: 'faulted' };

interface AuthorizeContext {
  readonly input: AuthorizeCardInput;
  readonly answer: CardAnswer | undefined;
  readonly reversalReason: ReversalReason;
  readonly outcome: CardOutcome;
}

function answerOf(context: AuthorizeContext): CardAnswer {
  invariant(context.answer !== undefined, 'the host was asked before its answer is used');
  return context.answer;
}

const nextStep = (context: AuthorizeContext) => afterExchange(answerOf(context).exchange);

/**
 * Online authorisation of a card 联机授权. Nothing here can be cancelled: from the first byte on, the sale ends by the
 * host's answer or by a reversal.
 */
export const authorizeCardMachine = setup({
  types: {
    input: {} as AuthorizeCardInput,
    context: {} as AuthorizeContext,
    output: {} as CardOutcome,
  },
  actors: {
    authorizeCard: declareEffect<CardAnswer, AuthorizeCardInput>(),
    completeChip: declareEffect<ChipCompletion, ChipAnswerInput>(),
    openReversal: declareEffect<void, OpenReversalInput>(),
  },
  actions: { show },
  guards: {
    hasChip: ({ context }) => context.input.card.interface === 'chip',
    mustReverse: ({ context }) => nextStep(context).do === 'reverse',
    isComplete: ({ context }) => nextStep(context).do === 'complete',
    isWrongPin: ({ context }) => nextStep(context).do === 'enterPin',
    wasNotSent: ({ context }) => answerOf(context).exchange.kind === 'notSent',
  },
}).createMachine({
  id: 'authorizeCard',
  context: ({ input }) => ({ input, answer: undefined, reversalReason: '98', outcome: { kind: 'notSent' } }),
  output: ({ context }) => context.outcome,
  initial: 'exchanging',
  states: {
    exchanging: {
      meta: { zh: '联机授权' },
      tags: ['moneyAtRisk'],
      entry: {
        type: 'show',
        params: ({ context }) => screen('authorizing', { amountFen: context.input.amountFen, route: 'card' }),
      },
      invoke: {
        src: 'authorizeCard',
        input: ({ context }) => context.input,
        onDone: { target: 'deciding', actions: assign(({ event }) => ({ answer: event.output })) },
        // Only a fault or a dead journal comes here; what was sent, if anything, is found by the fold at the next boot.
        onError: { target: 'ended', actions: assign({ outcome: { kind: 'faulted' } }) },
      },
    },
    deciding: {
      meta: { zh: '判断应答' },
      tags: ['moneyAtRisk'],
      always: [
        {
          guard: 'mustReverse',
          target: 'openingReversal',
          actions: assign(({ context }) => {
            const step = nextStep(context);
            return { reversalReason: step.do === 'reverse' ? step.reason : '06' };
          }),
        },
        { guard: 'wasNotSent', target: 'ended', actions: assign({ outcome: { kind: 'notSent' } }) },
        { guard: 'hasChip', target: 'completingChip' },
        { target: 'concluding' },
      ],
    },
    completingChip: {
      meta: { zh: '芯片卡二次授权' },
      tags: ['moneyAtRisk'],
      entry: { type: 'show', params: screen('completingChip', {}) },
      invoke: {
        src: 'completeChip',
        input: ({ context }) => ({ ...answerOf(context), approved: nextStep(context).do === 'complete' }),
        onDone: [
          {
            guard: ({ context, event }) => nextStep(context).do === 'complete' && event.output.kind !== 'accepted',
            target: 'openingReversal',
            // The issuer approved and the card did not: reason 06 of the CUP terminal rules A.8.
            actions: assign({ reversalReason: '06' }),
          },
          { target: 'concluding' },
        ],
        onError: [
          { guard: 'isComplete', target: 'openingReversal', actions: assign({ reversalReason: '96' }) },
          { target: 'concluding' },
        ],
      },
    },
    openingReversal: {
      meta: { zh: '登记冲正' },
      tags: ['moneyAtRisk'],
      entry: { type: 'show', params: ({ context }) => screen('reversing', { amountFen: context.input.amountFen }) },
      invoke: {
        src: 'openReversal',
        input: ({ context }) => ({ key: answerOf(context).key, reason: context.reversalReason }),
        onDone: {
          target: 'ended',
          actions: assign(({ context }) => ({ outcome: { kind: 'reversing', key: answerOf(context).key } })),
        },
        onError: { target: 'ended', actions: assign({ outcome: { kind: 'faulted' } }) },
      },
    },
    concluding: {
      meta: { zh: '得出结果' },
      always: [
        {
          guard: 'isComplete',
          target: 'ended',
          actions: assign(({ context }) => ({ outcome: { kind: 'approved', key: answerOf(context).key } })),
        },
        { guard: 'isWrongPin', target: 'ended', actions: assign({ outcome: { kind: 'wrongPin' } }) },
        {
          target: 'ended',
          actions: assign(({ context }) => ({
            outcome: {
              kind: 'declined',
              responseCode: answerOf(context).responseCode,
              signOnAgain: answerOf(context).signOnAgain,
            },
          })),
        },
      ],
    },
    ended: { meta: { zh: '授权结束' }, type: 'final' },
  },
});

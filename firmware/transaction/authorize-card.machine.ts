import { assign, setup } from 'xstate';
import { invariant } from '../base/invariant.ts';
import type { AuthorizeCardInput, CardAnswer } from '../effects/authorize-card.ts';
import type { ChipAnswerInput } from '../effects/complete-chip.ts';
import { declareEffect } from '../effects/effect.ts';
import type { OpenReversalInput } from '../effects/open-reversal.ts';
import type { ChipCompletion, DeviceFault } from '../hal/index.ts';
import type { SaleKey } from '../journal/records.ts';
import type { ReversalReason } from '../protocol/cup/messages.ts';
import { afterChipCompletion, afterExchange } from '../rules/after-exchange.ts';
import { screen, show } from '../screens/show.ts';

/** How an authorisation ended. `reversing` is "unknown" with the reversal already durable. */
export type CardOutcome =
  /** `offline`: by the chip alone, to be forwarded. */
  | { readonly kind: 'approved'; readonly key: SaleKey; readonly offline: boolean }
  /** `reversing`: the refusal was not signed, so a reversal is open to make sure of it. */
  | {
      readonly kind: 'declined';
      readonly responseCode: string;
      readonly signOnAgain: boolean;
      readonly reversing: boolean;
    }
  | { readonly kind: 'wrongPin' }
  | { readonly kind: 'notSent'; readonly missing: DeviceFault | undefined }
  /** `signOn`: the answer says that keys are in doubt, so they are renewed before the reversal is sent. */
  | {
      readonly kind: 'reversing';
      readonly key: SaleKey;
      readonly signOn: boolean;
      /** The issuer approved other instalments than were confirmed. */
      readonly numbersDiffer: boolean;
    }
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

/** A refusal without a MAC is shown as what it says; everything else that is reversed is unknown to the people. */
function outcomeOfReversal(answer: CardAnswer): CardOutcome {
  const { key, refusedUnsigned, responseCode, exchange, numbersDiffer } = answer;
  const next = afterExchange(exchange);
  if (!refusedUnsigned) {
    return { kind: 'reversing', key, signOn: next.do === 'reverse' && next.signOn, numbersDiffer };
  }
  return { kind: 'declined', responseCode, signOnAgain: false, reversing: true };
}

function reasonAfterChip(completion: Parameters<typeof afterChipCompletion>[0]): ReversalReason {
  const next = afterChipCompletion(completion);
  return next.do === 'reverse' ? next.reason : '06';
}

function chipInput(context: AuthorizeContext, approved: boolean, offline: boolean): ChipAnswerInput {
  const { payer } = context.input;
  const chipDataRef = payer.kind === 'card' ? payer.card.chipDataRef : undefined;
  return { ...answerOf(context), approved, chipDataRef, offline };
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
    hasChip: ({ context: { input } }) => input.payer.kind === 'card' && input.payer.card.interface === 'chip',
    mustReverse: ({ context }) => nextStep(context).do === 'reverse',
    isComplete: ({ context }) => nextStep(context).do === 'complete',
    isWrongPin: ({ context }) => nextStep(context).do === 'enterPin',
    mayGoOffline: ({ context }) => answerOf(context).mayGoOffline,
    wasNotSent: ({ context }) => answerOf(context).exchange.kind === 'notSent',
  },
}).createMachine({
  id: 'authorizeCard',
  context: ({ input }) => ({ input, answer: undefined, reversalReason: '98', outcome: { kind: 'faulted' } }),
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
        { guard: 'mayGoOffline', target: 'approvingOffline' },
        {
          guard: 'wasNotSent',
          target: 'ended',
          actions: assign(({ context }) => ({ outcome: { kind: 'notSent', missing: answerOf(context).missing } })),
        },
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
        input: ({ context }) => chipInput(context, nextStep(context).do === 'complete', false),
        onDone: [
          {
            guard: ({ context, event }) =>
              nextStep(context).do === 'complete' && afterChipCompletion(event.output.kind).do === 'reverse',
            target: 'openingReversal',
            actions: assign(({ event }) => ({ reversalReason: reasonAfterChip(event.output.kind) })),
          },
          { target: 'concluding' },
        ],
        onError: [
          {
            guard: 'isComplete',
            target: 'openingReversal',
            actions: assign({ reversalReason: reasonAfterChip('failed') }),
          },
          { target: 'concluding' },
        ],
      },
    },
    approvingOffline: {
      meta: { zh: '脱机批准' },
      tags: ['moneyAtRisk'],
      entry: { type: 'show', params: screen('completingChip', {}) },
      invoke: {
        src: 'completeChip',
        input: ({ context }) => chipInput(context, true, true),
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'accepted',
            target: 'ended',
            actions: assign(({ context }) => ({
              outcome: { kind: 'approved', key: answerOf(context).key, offline: true },
            })),
          },
          { target: 'ended', actions: assign({ outcome: { kind: 'notSent', missing: undefined } }) },
        ],
        onError: { target: 'ended', actions: assign({ outcome: { kind: 'faulted' } }) },
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
          actions: assign(({ context }) => ({ outcome: outcomeOfReversal(answerOf(context)) })),
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
          actions: assign(({ context }) => ({
            outcome: { kind: 'approved', key: answerOf(context).key, offline: false },
          })),
        },
        { guard: 'isWrongPin', target: 'ended', actions: assign({ outcome: { kind: 'wrongPin' } }) },
        {
          target: 'ended',
          actions: assign(({ context }) => ({
            outcome: {
              kind: 'declined',
              responseCode: answerOf(context).responseCode,
              signOnAgain: answerOf(context).signOnAgain,
              reversing: false,
            },
          })),
        },
      ],
    },
    ended: { meta: { zh: '授权结束' }, type: 'final' },
  },
});

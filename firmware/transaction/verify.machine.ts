import { assign, setup } from 'xstate';
import { declareEffect } from '../effects/effect.ts';
import type { EnterPinInput, EnterPinOutcome } from '../effects/enter-pin.ts';
import type { Key, VaultRef } from '../hal/index.ts';
import type { Verification as RequiredVerification } from '../rules/verification.ts';
import { screen, show } from '../screens/show.ts';
import type { TimingSettings } from '../settings.ts';
import type { StepEnded } from './instrument.ts';

export interface VerifyInput {
  readonly required: RequiredVerification;
  readonly panRef: VaultRef;
  readonly maskedPan: string;
  readonly amountFen: number;
  /** 1 for the first try; the host counts too. */
  readonly tryNumber: number;
  readonly timing: TimingSettings;
}

export type Verification =
  | { readonly kind: 'pin'; readonly pinBlockRef: VaultRef; readonly format: 'iso0' | 'sm4' }
  | { readonly kind: 'signature' }
  | { readonly kind: 'none' }
  | StepEnded;

/** What the PIN pad gave, as a verification. Confirming without a digit means that the card has no PIN. */
function verificationOf(entry: EnterPinOutcome): Verification {
  switch (entry.kind) {
    case 'entered':
      return { kind: 'pin', pinBlockRef: entry.pinBlockRef, format: entry.format };
    case 'bypassed':
      return { kind: 'signature' };
    case 'cancelled':
      return { kind: 'ended', reason: 'cancelled' };
    case 'timedOut':
      return { kind: 'ended', reason: 'timedOut' };
    case 'failed':
      return { kind: 'ended', reason: entry.error === 'security' ? 'noKey' : 'device' };
  }
}

/** Cardholder verification 持卡人验证: one PIN entry, or none where the limits allow it. */
export const verifyMachine = setup({
  types: {
    input: {} as VerifyInput,
    context: {} as VerifyInput & { readonly result: Verification },
    events: {} as { type: 'KEY'; key: Key },
    output: {} as Verification,
  },
  actors: { enterPin: declareEffect<EnterPinOutcome, EnterPinInput>() },
  actions: { show },
  guards: {
    needsPin: ({ context }) => context.required === 'onlinePin',
    isNotPossible: ({ context }) => context.required === 'notPossible',
    isCancel: ({ event }) => event.key === 'cancel',
  },
  delays: { problemShown: ({ context }) => context.timing.resultMs },
}).createMachine({
  id: 'verify',
  context: ({ input }) => ({ ...input, result: { kind: 'ended', reason: 'cancelled' } }),
  output: ({ context }) => context.result,
  initial: 'choosing',
  states: {
    choosing: {
      meta: { zh: '选择验证方式' },
      always: [
        { guard: 'needsPin', target: 'enteringPin' },
        {
          guard: 'isNotPossible',
          target: 'showingProblem',
          actions: assign({ result: { kind: 'ended', reason: 'device' } }),
        },
        {
          target: 'verified',
          actions: assign(({ context }) => ({
            result: context.required === 'signature' ? { kind: 'signature' } : { kind: 'none' },
          })),
        },
      ],
    },
    enteringPin: {
      meta: { zh: '输入密码' },
      tags: ['cancellable'],
      on: { KEY: { guard: 'isCancel', target: 'verified' } },
      invoke: {
        src: 'enterPin',
        input: ({ context }) => context,
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'failed',
            target: 'showingProblem',
            actions: assign(({ event }) => ({ result: verificationOf(event.output) })),
          },
          { target: 'verified', actions: assign(({ event }) => ({ result: verificationOf(event.output) })) },
        ],
        onError: { target: 'showingProblem', actions: assign({ result: { kind: 'ended', reason: 'device' } }) },
      },
    },
    showingProblem: {
      meta: { zh: '密码键盘故障' },
      entry: {
        type: 'show',
        params: ({ context: { result } }) =>
          screen('deviceProblem', {
            device: 'pinPad',
            kind: result.kind === 'ended' && result.reason === 'noKey' ? 'security' : 'other',
          }),
      },
      on: { KEY: 'verified' },
      after: { problemShown: 'verified' },
    },
    verified: { meta: { zh: '验证结束' }, type: 'final' },
  },
});

import { assign, setup } from 'xstate';
import { present } from '../base/invariant.ts';
import type { AskFaceOutcome, StartFaceOutcome } from '../effects/check-face.ts';
import { declareEffect } from '../effects/effect.ts';
import type { EnterSmsCodeInput, EnterSmsCodeOutcome, SmsSession } from '../effects/enter-sms-code.ts';
import type { CustomerCheckInput, SendSmsOutcome } from '../effects/send-sms-code.ts';
import type { NamedAccount, ProofRef } from '../effects/wallet-order.ts';
import type { Key } from '../hal/index.ts';
import { TERMINAL_REASONS } from '../rules/terminal-reasons.ts';
import { screen, show } from '../screens/show.ts';
import type { TimingSettings } from '../settings.ts';
import type { StepEnded } from './instrument.ts';

export interface ProveInput {
  readonly amountFen: number;
  readonly account: NamedAccount;
  /** Ways that JD accepts from this customer; at least one. */
  readonly verifies: readonly ('sms' | 'face')[];
  /** A code that was sent before, when the customer typed a wrong one. */
  readonly session: SmsSession | undefined;
  readonly triesLeft: number;
  readonly pollEveryMs: number;
  readonly timing: TimingSettings;
}

export type ProveOutcome =
  | { readonly kind: 'proved'; readonly proof: ProofRef; readonly session: SmsSession | undefined }
  | { readonly kind: 'refused'; readonly subCode: string }
  | { readonly kind: 'notReached' }
  | StepEnded;

interface ProveContext extends ProveInput {
  readonly faceReference: string;
  readonly secondsLeft: number;
  readonly outcome: ProveOutcome;
}

const CANCELLED: ProveOutcome = { kind: 'ended', reason: 'cancelled' };
const seconds = (ms: number): number => Math.round(ms / 1000);

/** What the entry of a code came to, where it did not come to a code. */
function withoutCode(entry: EnterSmsCodeOutcome): ProveOutcome {
  return { kind: 'ended', reason: entry.kind === 'timedOut' ? 'timedOut' : 'cancelled' };
}

/**
 * Customer verification of JD 顾客验证: a code by SMS, or the customer's face in the customer's own app, which the terminal
 * waits for. The code goes past the chart: it sees a reference alone.
 */
export const proveMachine = setup({
  types: {
    input: {} as ProveInput,
    context: {} as ProveContext,
    events: {} as { type: 'KEY'; key: Key },
    output: {} as ProveOutcome,
  },
  actors: {
    sendSmsCode: declareEffect<SendSmsOutcome, CustomerCheckInput>(),
    enterSmsCode: declareEffect<EnterSmsCodeOutcome, EnterSmsCodeInput>(),
    startFace: declareEffect<StartFaceOutcome, CustomerCheckInput>(),
    askFace: declareEffect<AskFaceOutcome, { readonly reference: string }>(),
  },
  actions: { show },
  guards: {
    isKey: ({ event }, key: Key) => event.key === key,
    hasCode: ({ context }) => context.session !== undefined,
    isSmsOnly: ({ context }) => !context.verifies.includes('face'),
    isFaceOnly: ({ context }) => !context.verifies.includes('sms'),
    timeIsUp: ({ context }) => context.secondsLeft <= 0,
  },
  delays: {
    operatorAway: ({ context }) => context.timing.operatorMs,
    pollInterval: ({ context }) => context.pollEveryMs,
  },
}).createMachine({
  id: 'prove',
  context: ({ input }) => ({ ...input, faceReference: '', secondsLeft: 0, outcome: CANCELLED }),
  output: ({ context }) => context.outcome,
  initial: 'beginning',
  states: {
    beginning: {
      meta: { zh: '选择验证方式' },
      always: [
        { guard: 'hasCode', target: 'enteringCode' },
        { guard: 'isSmsOnly', target: 'sendingCode' },
        { guard: 'isFaceOnly', target: 'startingFace' },
        { target: 'choosing' },
      ],
    },
    choosing: {
      meta: { zh: '短信或刷脸' },
      tags: ['cancellable'],
      entry: {
        type: 'show',
        params: ({ context }) => screen('chooseProof', { maskedAccount: context.account.maskedAccount }),
      },
      on: {
        KEY: [
          { guard: { type: 'isKey', params: '1' }, target: 'sendingCode' },
          { guard: { type: 'isKey', params: '2' }, target: 'startingFace' },
          { guard: { type: 'isKey', params: 'cancel' }, target: 'ended' },
        ],
      },
      after: { operatorAway: { target: 'ended', actions: assign({ outcome: { kind: 'ended', reason: 'timedOut' } }) } },
    },
    sendingCode: {
      meta: { zh: '发送短信验证码' },
      entry: {
        type: 'show',
        params: ({ context }) => screen('authorizing', { amountFen: context.amountFen, route: 'sms' }),
      },
      invoke: {
        src: 'sendSmsCode',
        input: ({ context }) => context,
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'sent',
            target: 'enteringCode',
            actions: assign(({ event }) => (event.output.kind === 'sent' ? { session: event.output.session } : {})),
          },
          {
            target: 'ended',
            actions: assign(({ event }) => (event.output.kind === 'sent' ? {} : { outcome: event.output })),
          },
        ],
        onError: { target: 'ended', actions: assign({ outcome: { kind: 'ended', reason: 'device' } }) },
      },
    },
    enteringCode: {
      meta: { zh: '输入短信验证码' },
      tags: ['cancellable'],
      invoke: {
        src: 'enterSmsCode',
        input: ({ context }) => ({
          amountFen: context.amountFen,
          maskedAccount: context.account.maskedAccount,
          session: present(context.session, 'a code is asked for once it was sent'),
          triesLeft: context.triesLeft,
          timing: context.timing,
        }),
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'entered',
            target: 'ended',
            actions: assign(({ context, event }) => {
              const { session } = context;
              if (event.output.kind !== 'entered' || session === undefined) return {};
              const proof = { kind: 'sms', reference: session.reference, codeRef: event.output.codeRef } as const;
              return { outcome: { kind: 'proved', proof, session } as const };
            }),
          },
          {
            // A new code for one that was not received, and for one that nobody would take any more.
            guard: ({ event }) => event.output.kind === 'resend' || event.output.kind === 'expired',
            target: 'sendingCode',
          },
          { target: 'ended', actions: assign(({ event }) => ({ outcome: withoutCode(event.output) })) },
        ],
        onError: { target: 'ended', actions: assign({ outcome: { kind: 'ended', reason: 'device' } }) },
      },
    },
    startingFace: {
      meta: { zh: '发起刷脸验证' },
      entry: {
        type: 'show',
        params: ({ context }) => screen('authorizing', { amountFen: context.amountFen, route: 'face' }),
      },
      invoke: {
        src: 'startFace',
        input: ({ context }) => context,
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'started',
            target: 'waitingForFace',
            actions: assign(({ event }) =>
              event.output.kind === 'started'
                ? { faceReference: event.output.reference, secondsLeft: event.output.secondsLeft }
                : {},
            ),
          },
          {
            target: 'ended',
            actions: assign(({ event }) => (event.output.kind === 'started' ? {} : { outcome: event.output })),
          },
        ],
        onError: { target: 'ended', actions: assign({ outcome: { kind: 'ended', reason: 'device' } }) },
      },
    },
    waitingForFace: {
      meta: { zh: '等待顾客在手机上刷脸' },
      tags: ['cancellable'],
      entry: {
        type: 'show',
        params: ({ context }) =>
          screen('faceCheck', {
            amountFen: context.amountFen,
            maskedAccount: context.account.maskedAccount,
            secondsLeft: context.secondsLeft,
          }),
      },
      on: { KEY: { guard: { type: 'isKey', params: 'cancel' }, target: 'ended' } },
      after: {
        pollInterval: [
          {
            guard: 'timeIsUp',
            target: 'ended',
            actions: assign({ outcome: { kind: 'refused', subCode: TERMINAL_REASONS.faceExpired } }),
          },
          { target: 'askingFace' },
        ],
      },
    },
    askingFace: {
      meta: { zh: '查询刷脸结果' },
      invoke: {
        src: 'askFace',
        input: ({ context }) => ({ reference: context.faceReference }),
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'passed',
            target: 'ended',
            actions: assign(({ context }) => ({
              outcome: {
                kind: 'proved',
                proof: { kind: 'face', reference: context.faceReference },
                session: undefined,
              },
            })),
          },
          {
            guard: ({ event }) => event.output.kind === 'waiting',
            target: 'waitingForFace',
            actions: assign(({ context, event }) => {
              const tookMs = event.output.kind === 'waiting' ? event.output.tookMs : 0;
              return { secondsLeft: context.secondsLeft - seconds(context.pollEveryMs + tookMs) };
            }),
          },
          {
            target: 'ended',
            actions: assign(({ event }) => {
              const isRefused = event.output.kind === 'refusedByCustomer';
              const subCode = TERMINAL_REASONS[isRefused ? 'faceRefused' : 'faceExpired'];
              return { outcome: { kind: 'refused', subCode } };
            }),
          },
        ],
        onError: { target: 'ended', actions: assign({ outcome: { kind: 'ended', reason: 'device' } }) },
      },
    },
    ended: { meta: { zh: '验证结束' }, type: 'final' },
  },
});

import { assign, forwardTo, setup } from 'xstate';
import { declareEffect } from '../effects/effect.ts';
import type { EnterAccountInput, EnterAccountOutcome } from '../effects/enter-account.ts';
import type { FetchPlansInput, FetchPlansOutcome } from '../effects/fetch-plans.ts';
import type { NamedAccount } from '../effects/wallet-order.ts';
import type { Key, VaultRef } from '../hal/index.ts';
import type { PlanQuote } from '../rules/installment/quote.ts';
import { screen, show } from '../screens/show.ts';
import type { TimingSettings } from '../settings.ts';
import { installmentMachine } from './installment.machine.ts';
import type { StepEnded } from './instrument.ts';

export interface BaitiaoInput {
  readonly amountFen: number;
  /** Known already when another plan is tried. */
  readonly account: NamedAccount | undefined;
  /** A pay code of JD that was shown already. */
  readonly code: ShownCode | undefined;
  readonly refusedPeriods: readonly number[];
  readonly timing: TimingSettings;
}

export interface ShownCode {
  readonly codeRef: VaultRef;
  readonly maskedCode: string;
}

/** Whom to charge, and by which plan. `refused`: with JD's cause, or one of our own. */
export type BaitiaoOutcome =
  | { readonly kind: 'code'; readonly code: ShownCode; readonly quote: PlanQuote | undefined }
  | {
      readonly kind: 'account';
      readonly account: NamedAccount;
      readonly quote: PlanQuote | undefined;
      readonly verifies: readonly ('sms' | 'face')[];
    }
  | { readonly kind: 'refused'; readonly subCode: string }
  | { readonly kind: 'notReached' }
  | StepEnded;

interface BaitiaoContext extends BaitiaoInput {
  readonly quotes: readonly PlanQuote[];
  readonly verifies: readonly ('sms' | 'face')[];
  readonly outcome: BaitiaoOutcome;
}

const CANCELLED: BaitiaoOutcome = { kind: 'ended', reason: 'cancelled' };

function customerOf(outcome: EnterAccountOutcome): Partial<BaitiaoContext> {
  switch (outcome.kind) {
    case 'account':
      return { account: outcome.account };
    case 'code':
      return { code: outcome };
    case 'cancelled':
    case 'timedOut':
      return { outcome: { kind: 'ended', reason: outcome.kind } };
  }
}

function chosen({ account, code, verifies }: BaitiaoContext, quote: PlanQuote | undefined): BaitiaoOutcome {
  if (code !== undefined) return { kind: 'code', code, quote };
  return account === undefined ? CANCELLED : { kind: 'account', account, quote, verifies };
}

/**
 * Baitiao 白条: who the customer is, which plans JD offers, and which one they take. Fee, amounts and due dates are on the
 * screen before anybody agrees; nothing is charged here.
 */
export const baitiaoMachine = setup({
  types: {
    input: {} as BaitiaoInput,
    context: {} as BaitiaoContext,
    events: {} as { type: 'KEY'; key: Key },
    output: {} as BaitiaoOutcome,
  },
  actors: {
    enterAccount: declareEffect<EnterAccountOutcome, EnterAccountInput>(),
    fetchPlans: declareEffect<FetchPlansOutcome, FetchPlansInput>(),
    installment: installmentMachine,
  },
  actions: { show },
  guards: {
    isKnown: ({ context }) => context.account !== undefined || context.code !== undefined,
    hasQuotes: ({ context }) => context.quotes.length > 0,
  },
}).createMachine({
  id: 'baitiao',
  context: ({ input }) => ({ ...input, quotes: [], verifies: [], outcome: CANCELLED }),
  output: ({ context }) => context.outcome,
  initial: 'beginning',
  states: {
    beginning: {
      meta: { zh: '顾客是否已知' },
      always: [{ guard: 'isKnown', target: 'fetching' }, { target: 'identifying' }],
    },
    identifying: {
      meta: { zh: '输入账户或扫京东付款码' },
      tags: ['cancellable'],
      invoke: {
        src: 'enterAccount',
        input: ({ context }) => ({ amountFen: context.amountFen, takesCode: true, timing: context.timing }),
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'account' || event.output.kind === 'code',
            target: 'fetching',
            actions: assign(({ event }) => customerOf(event.output)),
          },
          { target: 'ended', actions: assign(({ event }) => customerOf(event.output)) },
        ],
        onError: { target: 'ended', actions: assign({ outcome: { kind: 'ended', reason: 'device' } }) },
      },
    },
    fetching: {
      meta: { zh: '查询白条分期方案' },
      entry: {
        type: 'show',
        params: ({ context }) => screen('authorizing', { amountFen: context.amountFen, route: 'plans' }),
      },
      invoke: {
        src: 'fetchPlans',
        input: ({ context }) => ({
          amountFen: context.amountFen,
          account: context.account,
          refusedPeriods: context.refusedPeriods,
        }),
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'plans',
            target: 'offering',
            actions: assign(({ event }) =>
              event.output.kind === 'plans' ? { quotes: event.output.quotes, verifies: event.output.verifies } : {},
            ),
          },
          {
            target: 'ended',
            actions: assign(({ event }) => (event.output.kind === 'plans' ? {} : { outcome: event.output })),
          },
        ],
        onError: { target: 'ended', actions: assign({ outcome: { kind: 'ended', reason: 'device' } }) },
      },
    },
    offering: {
      meta: { zh: '是否有方案可选' },
      always: [
        { guard: 'hasQuotes', target: 'choosing' },
        { target: 'ended', actions: assign(({ context }) => ({ outcome: chosen(context, undefined) })) },
      ],
    },
    choosing: {
      meta: { zh: '分期选择' },
      tags: ['cancellable'],
      on: { KEY: { actions: forwardTo('installment') } },
      invoke: {
        id: 'installment',
        src: 'installment',
        input: ({ context }) => ({ amountFen: context.amountFen, quotes: context.quotes, timing: context.timing }),
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'ended',
            target: 'ended',
            actions: assign(({ event }) => ({ outcome: event.output.kind === 'ended' ? event.output : CANCELLED })),
          },
          {
            target: 'ended',
            actions: assign(({ context, event }) => ({
              outcome: chosen(context, event.output.kind === 'plan' ? event.output.quote : undefined),
            })),
          },
        ],
        onError: { target: 'ended', actions: assign({ outcome: { kind: 'ended', reason: 'device' } }) },
      },
    },
    ended: { meta: { zh: '白条方案已定' }, type: 'final' },
  },
});

import { assign, setup } from 'xstate';
import { declareEffect } from '../effects/effect.ts';
import type { ReadCardInput, ReadCardOutcome } from '../effects/read-card.ts';
import type { ScanCodeInput, ScanCodeOutcome } from '../effects/scan-code.ts';
import type { CardInterface, Key } from '../hal/index.ts';
import { afterReading, type CardProblem, type EntryStep } from '../rules/card-entry.ts';
import type { PlanQuote } from '../rules/installment/quote.ts';
import type { WalletCredit } from '../rules/pay-code-route.ts';
import type { MenuEntry, MethodId } from '../rules/payment-methods.ts';
import { type ScreenCall, screen, show } from '../screens/show.ts';
import type { TimingSettings } from '../settings.ts';
import type { Instrument, StepEnded } from './instrument.ts';

export interface IdentifyInput {
  readonly amountFen: number;
  readonly accept: readonly CardInterface[];
  readonly acceptCodes: boolean;
  /** Credit that was chosen before: only codes of its wallet. */
  readonly credit: WalletCredit | undefined;
  /** Ways to pay that the cashier may choose instead. */
  readonly methods: readonly MenuEntry[];
  readonly offersInstallment: boolean;
  /** Agreed to already. */
  readonly quote: PlanQuote | undefined;
  readonly timing: TimingSettings;
}

type Problem =
  | { readonly kind: 'card'; readonly reason: CardProblem; readonly canRetry: boolean }
  | { readonly kind: 'code'; readonly reason: 'unreadable' | 'notAPayCode' | 'notSupported' | 'wrongWallet' }
  | { readonly kind: 'device'; readonly device: 'cardReader' | 'scanner' };

/** A way to pay that was chosen on the screen. */
export interface ChosenMethod {
  readonly kind: 'method';
  readonly method: MethodId;
}

/** What the customer is asked to do with the card now. */
type Ask = 'any' | 'insertChipCard' | 'insertTapFailed' | 'swipe';

interface IdentifyContext extends IdentifyInput {
  readonly ask: Ask;
  readonly chipFailures: number;
  readonly readerLost: boolean;
  readonly scannerLost: boolean;
  readonly problem: Problem | undefined;
  readonly found: Instrument | ChosenMethod | StepEnded;
}

const ACCEPTED: Readonly<Record<Exclude<Ask, 'any'>, readonly CardInterface[]>> = {
  insertChipCard: ['chip'],
  insertTapFailed: ['chip'],
  swipe: ['swipe'],
};

function acceptedCards(context: IdentifyContext): readonly CardInterface[] {
  if (context.readerLost) return [];
  return context.ask === 'any' ? context.accept : ACCEPTED[context.ask];
}

const scans = (context: IdentifyContext): boolean =>
  context.acceptCodes && !context.scannerLost && context.ask === 'any';

function askScreen(context: IdentifyContext): ScreenCall {
  const { amountFen, ask } = context;
  if (ask === 'swipe') return screen('swipeCard', { amountFen });
  if (ask === 'insertChipCard') return screen('insertCard', { amountFen, reason: 'chipCard' });
  if (ask === 'insertTapFailed') return screen('insertCard', { amountFen, reason: 'tapFailed' });
  return screen('presentCard', {
    amountFen,
    accept: [...acceptedCards(context), ...(scans(context) ? (['code'] as const) : [])],
    methods: context.methods,
    offersInstallment: context.offersInstallment,
    quote: context.quote,
  });
}

/** Only while anything may be shown: who is asked to insert a card has chosen. */
function methodOf({ ask, methods }: IdentifyContext, key: Key): MethodId | undefined {
  return ask === 'any' ? methods.find((entry) => entry.key === key)?.id : undefined;
}

function problemScreen(problem: Problem | undefined): ScreenCall {
  if (problem === undefined) return screen('cancelled', {});
  if (problem.kind === 'card') return screen('cardProblem', { reason: problem.reason, canRetry: problem.canRetry });
  if (problem.kind === 'code') return screen('scanProblem', { reason: problem.reason });
  return screen('deviceProblem', { device: problem.device, kind: 'disconnected' });
}

/** The rule's decision about a reading, as a change of what this step knows. */
function stepAfter(context: IdentifyContext, outcome: ReadCardOutcome): EntryStep | undefined {
  if (outcome.kind === 'failed') return undefined;
  return afterReading(outcome, { fallbackAllowed: true, chipFailures: context.chipFailures });
}

function applied(context: IdentifyContext, outcome: ReadCardOutcome): Partial<IdentifyContext> {
  const step = stepAfter(context, outcome);
  // Without the reader nobody can be asked for a certain way to present a card any more.
  if (step === undefined) return { readerLost: true, ask: 'any', problem: { kind: 'device', device: 'cardReader' } };
  switch (step.do) {
    case 'accept':
      return {
        found: { kind: 'card', entry: step.fallback ? 'fallback' : step.card.interface, card: step.card },
      };
    case 'insertInstead':
      return { ask: step.reason === 'chipCard' ? 'insertChipCard' : 'insertTapFailed' };
    case 'swipeAllowed':
      return { ask: 'swipe', chipFailures: step.chipFailures };
    case 'tryAgain':
      return { chipFailures: step.chipFailures, problem: { kind: 'card', reason: step.reason, canRetry: true } };
    case 'refuse':
      return {
        problem: { kind: 'card', reason: step.reason, canRetry: false },
        found: { kind: 'ended', reason: 'device' },
      };
    case 'stop':
      return { found: { kind: 'ended', reason: step.why } };
  }
}

const doesAfter = (context: IdentifyContext, outcome: ReadCardOutcome) => stepAfter(context, outcome)?.do;

/** Identification 识别支付方式: card and code race; a chip card that is swiped is asked in, a mute chip may be swiped (降级). */
export const identifyMachine = setup({
  types: {
    input: {} as IdentifyInput,
    context: {} as IdentifyContext,
    events: {} as { type: 'KEY'; key: Key },
    output: {} as Instrument | ChosenMethod | StepEnded,
  },
  actors: {
    readCard: declareEffect<ReadCardOutcome, ReadCardInput>(),
    scanCode: declareEffect<ScanCodeOutcome, ScanCodeInput>(),
  },
  actions: { show },
  guards: {
    isCancel: ({ event }) => event.key === 'cancel',
    isMethod: ({ context, event }) => methodOf(context, event.key) !== undefined,
    nothingWorks: ({ context }) => acceptedCards(context).length === 0 && !scans(context),
    mayRetry: ({ context }) => !(context.problem?.kind === 'card' && !context.problem.canRetry),
  },
  delays: { problemShown: ({ context }) => context.timing.resultMs },
}).createMachine({
  id: 'identify',
  context: ({ input }) => ({
    ...input,
    ask: 'any',
    chipFailures: 0,
    readerLost: false,
    scannerLost: false,
    problem: undefined,
    found: { kind: 'ended', reason: 'cancelled' },
  }),
  output: ({ context }) => context.found,
  initial: 'checkingDevices',
  states: {
    checkingDevices: {
      meta: { zh: '检查设备' },
      always: [
        {
          guard: 'nothingWorks',
          target: 'identified',
          actions: assign({ found: { kind: 'ended', reason: 'device' } }),
        },
        { target: 'waiting' },
      ],
    },
    waiting: {
      meta: { zh: '等待刷卡、插卡、挥卡或扫码' },
      tags: ['cancellable'],
      entry: { type: 'show', params: ({ context }) => askScreen(context) },
      on: {
        KEY: [
          {
            guard: 'isCancel',
            target: 'identified',
            actions: assign({ found: { kind: 'ended', reason: 'cancelled' } }),
          },
          {
            guard: 'isMethod',
            target: 'identified',
            actions: assign(({ context, event }) => {
              const method = methodOf(context, event.key);
              return method === undefined ? {} : { found: { kind: 'method', method } as const };
            }),
          },
        ],
      },
      invoke: [
        {
          src: 'readCard',
          input: ({ context }) => ({
            amountFen: context.amountFen,
            accept: acceptedCards(context),
            timeoutMs: context.timing.cardMs,
          }),
          onDone: [
            {
              guard: ({ context, event }) => ['accept', 'stop'].includes(doesAfter(context, event.output) ?? ''),
              target: 'identified',
              actions: assign(({ context, event }) => applied(context, event.output)),
            },
            {
              guard: ({ context, event }) =>
                ['insertInstead', 'swipeAllowed'].includes(doesAfter(context, event.output) ?? ''),
              target: 'checkingDevices',
              actions: assign(({ context, event }) => applied(context, event.output)),
            },
            {
              target: 'showingProblem',
              actions: assign(({ context, event }) => applied(context, event.output)),
            },
          ],
          onError: {
            target: 'showingProblem',
            actions: assign({ readerLost: true, problem: { kind: 'device', device: 'cardReader' } }),
          },
        },
        {
          src: 'scanCode',
          input: ({ context }) => ({
            wanted: scans(context),
            credit: context.credit,
            timeoutMs: context.timing.cardMs,
          }),
          onDone: [
            {
              guard: ({ event }) => event.output.kind === 'code',
              target: 'identified',
              actions: assign(({ context, event }) => ({
                found: event.output.kind === 'code' ? event.output : context.found,
              })),
            },
            {
              guard: ({ event }) => event.output.kind === 'refused',
              target: 'showingProblem',
              actions: assign(({ event }) => ({
                problem: {
                  kind: 'code',
                  reason: event.output.kind === 'refused' ? event.output.reason : 'unreadable',
                },
              })),
            },
            {
              guard: ({ event }) => event.output.kind === 'failed',
              target: 'showingProblem',
              actions: assign({ scannerLost: true, problem: { kind: 'device', device: 'scanner' } }),
            },
            {
              // Timed out or stopped: the reader's own end decides, unless there is no reader.
              guard: ({ context }) => acceptedCards(context).length === 0,
              target: 'identified',
              actions: assign({ found: { kind: 'ended', reason: 'timedOut' } }),
            },
          ],
          onError: {
            target: 'showingProblem',
            actions: assign({ scannerLost: true, problem: { kind: 'device', device: 'scanner' } }),
          },
        },
      ],
    },
    showingProblem: {
      meta: { zh: '提示问题' },
      tags: ['cancellable'],
      entry: { type: 'show', params: ({ context }) => problemScreen(context.problem) },
      on: {
        KEY: [
          {
            guard: 'isCancel',
            target: 'identified',
            actions: assign({ found: { kind: 'ended', reason: 'cancelled' } }),
          },
          { guard: 'mayRetry', target: 'checkingDevices' },
          { target: 'identified' },
        ],
      },
      after: { problemShown: [{ guard: 'mayRetry', target: 'checkingDevices' }, { target: 'identified' }] },
    },
    identified: { meta: { zh: '识别结束' }, type: 'final' },
  },
});

import { assign, forwardTo, setup } from 'xstate';
import { present } from '../base/invariant.ts';
import type { AwaitRemovalInput } from '../effects/await-removal.ts';
import { declareEffect } from '../effects/effect.ts';
import type { ReadCardInput, ReadCardOutcome } from '../effects/read-card.ts';
import type { SameCardInput } from '../effects/same-card.ts';
import type { CardData, CardInterface, Key } from '../hal/index.ts';
import type { RefundKind } from '../journal/refund-records.ts';
import type { SaleKey } from '../journal/sale-key.ts';
import type { CardEntry } from '../protocol/cup/messages.ts';
import { afterReading, type CardProblem, type EntryStep } from '../rules/card-entry.ts';
import { type ScreenCall, screen, show } from '../screens/show.ts';
import type { TimingSettings } from '../settings.ts';
import type { StepEnded } from '../transaction/instrument.ts';
import { type Verification, verifyMachine } from '../transaction/verify.machine.ts';

export interface PresentAgainInput {
  readonly kind: RefundKind;
  /** What goes back. */
  readonly amountFen: number;
  /** The sale whose card is wanted. */
  readonly original: SaleKey;
  readonly maskedPan: string;
  readonly needsPin: boolean;
  readonly accept: readonly CardInterface[];
  readonly timing: TimingSettings;
}

/** The card of the sale, read again. */
export interface PresentedCard {
  readonly kind: 'presented';
  readonly entry: CardEntry;
  readonly card: CardData;
  readonly verification: Exclude<Verification, StepEnded>;
}

/** Who has held up three other cards does not have the right one at hand; the terminal is wanted for other customers. */
const OTHER_CARDS_MAX = 3;

type Ask = 'any' | 'chip' | 'swipe';

interface PresentAgainContext extends PresentAgainInput {
  readonly ask: Ask;
  readonly chipFailures: number;
  readonly otherCards: number;
  /** `undefined` for a reader that is gone. */
  readonly step: EntryStep | undefined;
  readonly result: PresentedCard | StepEnded;
}

const CANCELLED: StepEnded = { kind: 'ended', reason: 'cancelled' };

function acceptedOf({ ask, accept }: PresentAgainContext): readonly CardInterface[] {
  return ask === 'any' ? accept : [ask];
}

function askScreen({ ask, kind, amountFen, maskedPan }: PresentAgainContext): ScreenCall {
  if (ask === 'swipe') return screen('swipeCard', { amountFen });
  if (ask === 'chip') return screen('insertCard', { amountFen, reason: 'chipCard' });
  return screen('presentCardAgain', { kind, amountFen, maskedPan });
}

/** What a reading means, and what is asked for next. */
function applied(context: PresentAgainContext, outcome: ReadCardOutcome): Partial<PresentAgainContext> {
  if (outcome.kind === 'failed') return { step: undefined, result: { kind: 'ended', reason: 'device' } };
  const step = afterReading(outcome, { fallbackAllowed: true, chipFailures: context.chipFailures });
  switch (step.do) {
    case 'accept': {
      const entry = step.fallback ? 'fallback' : step.card.interface;
      return { step, result: { kind: 'presented', entry, card: step.card, verification: { kind: 'none' } } };
    }
    case 'insertInstead':
      return { step, ask: 'chip' };
    case 'swipeAllowed':
      return { step, ask: 'swipe', chipFailures: step.chipFailures };
    case 'tryAgain':
      return { step, chipFailures: step.chipFailures };
    case 'refuse':
      return { step };
    case 'stop':
      return { step, result: { kind: 'ended', reason: step.why } };
  }
}

function problemScreen({ step }: PresentAgainContext): ScreenCall {
  if (step === undefined) return screen('deviceProblem', { device: 'cardReader', kind: 'disconnected' });
  const reason: CardProblem = 'reason' in step && step.do !== 'insertInstead' ? step.reason : 'unsupported';
  return screen('cardProblem', { reason, canRetry: step.do === 'tryAgain' });
}

const cardOf = ({ result }: PresentAgainContext): PresentedCard =>
  present(result.kind === 'presented' ? result : undefined, 'a card is compared once it was read');

function verified(context: PresentAgainContext, verification: Verification): PresentedCard | StepEnded {
  return verification.kind === 'ended' ? verification : { ...cardOf(context), verification };
}

/** The customer presents the card of the sale again 出示原卡: money goes back to no other. A void may ask for its PIN. */
export const presentAgainMachine = setup({
  types: {
    input: {} as PresentAgainInput,
    context: {} as PresentAgainContext,
    events: {} as { type: 'KEY'; key: Key },
    output: {} as PresentedCard | StepEnded,
  },
  actors: {
    readCard: declareEffect<ReadCardOutcome, ReadCardInput>(),
    sameCard: declareEffect<boolean, SameCardInput>(),
    verify: verifyMachine,
    awaitRemoval: declareEffect<'removed' | 'stillThere', AwaitRemovalInput>(),
  },
  actions: { show },
  guards: {
    isCancel: ({ event }) => event.key === 'cancel',
    needsPin: ({ context }) => context.needsPin,
    isAccepted: ({ context }) => context.step?.do === 'accept',
    asksOtherwise: ({ context }) => context.step?.do === 'insertInstead' || context.step?.do === 'swipeAllowed',
    isStopped: ({ context }) => context.step?.do === 'stop',
    mayRetry: ({ context }) => context.step?.do === 'tryAgain',
    mayShowAnother: ({ context }) => context.otherCards < OTHER_CARDS_MAX,
  },
  delays: { problemShown: ({ context }) => context.timing.resultMs },
}).createMachine({
  id: 'presentAgain',
  context: ({ input }) => ({
    ...input,
    ask: 'any',
    chipFailures: 0,
    otherCards: 0,
    step: undefined,
    result: CANCELLED,
  }),
  output: ({ context }) => context.result,
  initial: 'waiting',
  states: {
    waiting: {
      meta: { zh: '等待原卡' },
      tags: ['cancellable'],
      entry: { type: 'show', params: ({ context }) => askScreen(context) },
      on: { KEY: { guard: 'isCancel', target: 'removing', actions: assign({ result: CANCELLED }) } },
      invoke: {
        src: 'readCard',
        input: ({ context }) => ({
          amountFen: context.amountFen,
          accept: acceptedOf(context),
          timeoutMs: context.timing.cardMs,
        }),
        onDone: { target: 'judging', actions: assign(({ context, event }) => applied(context, event.output)) },
        onError: {
          target: 'showingProblem',
          actions: assign({ step: undefined, result: { kind: 'ended', reason: 'device' } }),
        },
      },
    },
    judging: {
      meta: { zh: '判断读卡结果' },
      always: [
        { guard: 'isAccepted', target: 'comparing' },
        { guard: 'asksOtherwise', target: 'waiting' },
        { guard: 'isStopped', target: 'removing' },
        { target: 'showingProblem' },
      ],
    },
    comparing: {
      meta: { zh: '核对是否原卡' },
      invoke: {
        src: 'sameCard',
        input: ({ context }) => ({ original: context.original, panRef: cardOf(context).card.panRef }),
        onDone: [
          {
            guard: ({ event }) => !event.output,
            target: 'showingOther',
            actions: assign(({ context }) => ({ otherCards: context.otherCards + 1, result: CANCELLED })),
          },
          { guard: 'needsPin', target: 'verifying' },
          { target: 'removing' },
        ],
        onError: { target: 'removing', actions: assign({ result: { kind: 'ended', reason: 'device' } }) },
      },
    },
    verifying: {
      meta: { zh: '验证持卡人' },
      on: { KEY: { actions: forwardTo('verify') } },
      invoke: {
        id: 'verify',
        src: 'verify',
        input: ({ context }) => ({
          required: 'onlinePin',
          panRef: cardOf(context).card.panRef,
          maskedPan: context.maskedPan,
          amountFen: context.amountFen,
          tryNumber: 1,
          timing: context.timing,
        }),
        onDone: {
          target: 'removing',
          actions: assign(({ context, event }) => ({ result: verified(context, event.output) })),
        },
        onError: { target: 'removing', actions: assign({ result: { kind: 'ended', reason: 'device' } }) },
      },
    },
    showingOther: {
      meta: { zh: '提示不是原卡' },
      tags: ['cancellable'],
      entry: {
        type: 'show',
        params: ({ context: { maskedPan, otherCards } }) =>
          screen('cardDiffers', { maskedPan, canRetry: otherCards < OTHER_CARDS_MAX }),
      },
      on: {
        KEY: [
          { guard: 'isCancel', target: 'removing' },
          { guard: 'mayShowAnother', target: 'waiting', actions: assign({ ask: 'any' }) },
          { target: 'removing' },
        ],
      },
      after: {
        problemShown: [
          { guard: 'mayShowAnother', target: 'waiting', actions: assign({ ask: 'any' }) },
          { target: 'removing' },
        ],
      },
    },
    showingProblem: {
      meta: { zh: '提示读卡问题' },
      tags: ['cancellable'],
      entry: { type: 'show', params: ({ context }) => problemScreen(context) },
      on: {
        KEY: [
          { guard: 'isCancel', target: 'removing' },
          { guard: 'mayRetry', target: 'waiting' },
          { target: 'removing' },
        ],
      },
      after: { problemShown: [{ guard: 'mayRetry', target: 'waiting' }, { target: 'removing' }] },
    },
    removing: {
      meta: { zh: '等待取卡' },
      // The message needs the number alone, so that the card can go before it is sent.
      invoke: {
        src: 'awaitRemoval',
        input: ({ context }) => ({ timeoutMs: context.timing.removalMs }),
        onDone: 'ended',
        onError: 'ended',
      },
    },
    ended: { meta: { zh: '出示结束' }, type: 'final' },
  },
});

import { assign, forwardTo, setup } from 'xstate';
import { invariant } from '../base/invariant.ts';
import { declareEffect } from '../effects/effect.ts';
import type { QuoteInput } from '../effects/quote-plans.ts';
import type { AwaitRemovalInput } from '../effects/await-removal.ts';
import type { CardInterface, Key } from '../hal/index.ts';
import type { SaleKey } from '../journal/records.ts';
import { chooseVerification } from '../rules/verification.ts';
import type { PlanQuote } from '../rules/installment/quote.ts';
import { type ScreenCall, screen, show } from '../screens/show.ts';
import type { TerminalSettings } from '../settings.ts';
import { authorizeCardMachine, type CardOutcome } from './authorize-card.machine.ts';
import { authorizeWalletMachine, type WalletOutcome } from './authorize-wallet.machine.ts';
import { identifyMachine } from './identify.machine.ts';
import { installmentMachine } from './installment.machine.ts';
import type { Instrument, StepEnded } from './instrument.ts';
import { receiptMachine } from './receipt.machine.ts';
import { type Verification, verifyMachine } from './verify.machine.ts';

/** The issuer counts as well; three is what terminals offer before they send the customer to the bank. */
export const PIN_TRIES_MAX = 3;

export interface TransactionInput {
  readonly amountFen: number;
  readonly accept: readonly CardInterface[];
  readonly acceptCodes: boolean;
  readonly settings: TerminalSettings;
}

export type TransactionResult =
  | { readonly kind: 'approved'; readonly key: SaleKey; readonly offline: boolean }
  | { readonly kind: 'ended'; readonly reason: StepEnded['reason'] }
  | Exclude<CardOutcome, { kind: 'approved' } | { kind: 'wrongPin' }>
  | Exclude<WalletOutcome, { kind: 'paid' } | { kind: 'notSent' } | { kind: 'faulted' }>;

interface TransactionContext extends TransactionInput {
  readonly instrument: Instrument | undefined;
  readonly quotes: readonly PlanQuote[];
  readonly quote: PlanQuote | undefined;
  readonly verification: Verification;
  readonly pinTry: number;
  readonly result: TransactionResult;
}

const CANCELLED: TransactionResult = { kind: 'ended', reason: 'cancelled' };

function cardOf(context: TransactionContext) {
  invariant(context.instrument?.kind === 'card', 'a card step has a card');
  return context.instrument;
}

function codeOf(context: TransactionContext) {
  invariant(context.instrument?.kind === 'code', 'a wallet step has a code');
  return context.instrument;
}

function verificationNeeded(context: TransactionContext) {
  const { card, entry } = cardOf(context);
  return chooseVerification({
    interface: card.interface,
    fallback: entry === 'fallback',
    cvm: card.verification,
    aid: card.chip?.aid,
    amountFen: context.amountFen,
    noPinLimitFen: context.settings.noPinLimitFen,
    capabilities: { onlinePin: true },
  });
}

/** The outcome as the cashier and the customer see it. */
function resultScreen(context: TransactionContext): ScreenCall {
  const { result, amountFen, instrument, quote } = context;
  switch (result.kind) {
    case 'approved':
      return screen('approved', {
        amountFen,
        method: instrument?.kind === 'code' ? (quote === undefined ? 'alipay' : 'huabei') : 'card',
        ...(instrument?.kind === 'card' ? { maskedPan: instrument.card.maskedPan } : {}),
        ...(quote === undefined ? {} : { periods: quote.offer.periods }),
        offline: result.offline,
      });
    case 'declined':
      return screen('declined', { responseCode: result.responseCode });
    case 'failed':
      return screen('declined', { responseCode: result.subCode ?? '' });
    case 'notSent':
      return 'missing' in result && result.missing !== undefined
        ? screen('deviceProblem', result.missing)
        : screen('notSent', { reason: 'unreachable' });
    case 'cancelled':
      return screen('cancelled', {});
    case 'ended':
      return result.reason === 'timedOut' ? screen('timedOut', {}) : screen('cancelled', {});
    case 'reversing':
    case 'unresolved':
    case 'faulted':
      return screen('outcomeUnknown', { amountFen });
  }
}

/** One sale 消费, from the amount to the last copy of the receipt. Steps in, outcome out; the rules decide in between. */
export const transactionMachine = setup({
  types: {
    input: {} as TransactionInput,
    context: {} as TransactionContext,
    events: {} as { type: 'KEY'; key: Key },
    output: {} as TransactionResult,
  },
  actors: {
    identify: identifyMachine,
    installment: installmentMachine,
    verify: verifyMachine,
    authorizeCard: authorizeCardMachine,
    authorizeWallet: authorizeWalletMachine,
    receipt: receiptMachine,
    quotePlans: declareEffect<readonly PlanQuote[], QuoteInput>(),
    awaitRemoval: declareEffect<'removed' | 'stillThere', AwaitRemovalInput>(),
  },
  actions: { show, beepSuccess: () => undefined, beepFailure: () => undefined },
  guards: {
    isApproved: ({ context }) => context.result.kind === 'approved',
    hasQuotes: ({ context }) => context.quotes.length > 0,
    // A chip that was refused before it became an instrument may still be in the slot.
    hasNoChipCard: ({ context }) =>
      context.instrument?.kind === 'code' ||
      (context.instrument?.kind === 'card' && context.instrument.card.interface !== 'chip'),
    needsFreshCryptogram: ({ context }) => cardOf(context).card.chip !== undefined,
  },
  delays: { resultShown: ({ context }) => context.settings.timing.resultMs },
}).createMachine({
  id: 'transaction',
  context: ({ input }) => ({
    ...input,
    instrument: undefined,
    quotes: [],
    quote: undefined,
    verification: { kind: 'none' },
    pinTry: 1,
    result: CANCELLED,
  }),
  output: ({ context }) => context.result,
  initial: 'identifying',
  states: {
    identifying: {
      meta: { zh: '读卡或扫码' },
      tags: ['cancellable'],
      on: { KEY: { actions: forwardTo('identify') } },
      invoke: {
        id: 'identify',
        src: 'identify',
        input: ({ context }) => ({
          amountFen: context.amountFen,
          // A wrong PIN on a chip asks the same card again, for a fresh cryptogram.
          accept: context.pinTry > 1 ? [cardOf(context).card.interface] : context.accept,
          acceptCodes: context.acceptCodes && context.pinTry === 1,
          timing: context.settings.timing,
        }),
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'ended',
            target: 'removingCard',
            actions: assign(({ event }) => ({ result: event.output.kind === 'ended' ? event.output : CANCELLED })),
          },
          {
            guard: ({ event }) => event.output.kind === 'code',
            target: 'quoting',
            actions: assign(({ event }) => ({
              instrument: event.output.kind === 'ended' ? undefined : event.output,
            })),
          },
          {
            target: 'verifying',
            actions: assign(({ event }) => ({
              instrument: event.output.kind === 'ended' ? undefined : event.output,
            })),
          },
        ],
        onError: { target: 'showingResult', actions: assign({ result: { kind: 'ended', reason: 'device' } }) },
      },
    },
    quoting: {
      meta: { zh: '计算分期方案' },
      invoke: {
        src: 'quotePlans',
        input: ({ context }) => ({ amountFen: context.amountFen, method: 'huabei' }),
        onDone: { target: 'offering', actions: assign(({ event }) => ({ quotes: event.output })) },
        onError: { target: 'showingResult', actions: assign({ result: { kind: 'ended', reason: 'device' } }) },
      },
    },
    offering: {
      meta: { zh: '是否可分期' },
      always: [{ guard: 'hasQuotes', target: 'choosingInstallment' }, { target: 'authorizingWallet' }],
    },
    choosingInstallment: {
      meta: { zh: '分期选择' },
      tags: ['cancellable'],
      on: { KEY: { actions: forwardTo('installment') } },
      invoke: {
        id: 'installment',
        src: 'installment',
        input: ({ context }) => ({
          amountFen: context.amountFen,
          quotes: context.quotes,
          timing: context.settings.timing,
        }),
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'ended',
            target: 'showingResult',
            actions: assign(({ event }) => ({ result: event.output.kind === 'ended' ? event.output : CANCELLED })),
          },
          {
            target: 'authorizingWallet',
            actions: assign(({ event }) => ({
              quote: event.output.kind === 'plan' ? event.output.quote : undefined,
            })),
          },
        ],
        onError: { target: 'showingResult', actions: assign({ result: { kind: 'ended', reason: 'device' } }) },
      },
    },
    verifying: {
      meta: { zh: '持卡人验证' },
      tags: ['cancellable'],
      on: { KEY: { actions: forwardTo('verify') } },
      invoke: {
        id: 'verify',
        src: 'verify',
        input: ({ context }) => ({
          required: verificationNeeded(context),
          panRef: cardOf(context).card.panRef,
          maskedPan: cardOf(context).card.maskedPan,
          amountFen: context.amountFen,
          tryNumber: context.pinTry,
          timing: context.settings.timing,
        }),
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'ended',
            target: 'removingCard',
            actions: assign(({ event }) => ({ result: event.output.kind === 'ended' ? event.output : CANCELLED })),
          },
          { target: 'authorizingCard', actions: assign(({ event }) => ({ verification: event.output })) },
        ],
        onError: { target: 'removingCard', actions: assign({ result: { kind: 'ended', reason: 'device' } }) },
      },
    },
    authorizingCard: {
      meta: { zh: '联机授权' },
      tags: ['moneyAtRisk'],
      invoke: {
        src: 'authorizeCard',
        input: ({ context }) => ({
          amountFen: context.amountFen,
          entry: cardOf(context).entry,
          card: cardOf(context).card,
          verification: context.verification,
        }),
        onDone: [
          {
            guard: ({ context, event }) => event.output.kind === 'wrongPin' && context.pinTry < PIN_TRIES_MAX,
            target: 'showingWrongPin',
            actions: assign(({ context }) => ({ pinTry: context.pinTry + 1 })),
          },
          {
            guard: ({ event }) => event.output.kind === 'approved',
            target: 'printing',
            actions: assign(({ event }) => ({ result: resultOfCard(event.output) })),
          },
          { target: 'removingCard', actions: assign(({ event }) => ({ result: resultOfCard(event.output) })) },
        ],
        onError: { target: 'removingCard', actions: assign({ result: { kind: 'faulted' } }) },
      },
    },
    showingWrongPin: {
      meta: { zh: '密码错误' },
      entry: {
        type: 'show',
        params: ({ context }) =>
          screen('pinProblem', { reason: 'wrongPin', triesLeft: PIN_TRIES_MAX - context.pinTry + 1 }),
      },
      on: {
        KEY: [
          {
            guard: ({ event }) => event.key === 'cancel',
            target: 'removingCard',
            actions: assign({ result: CANCELLED }),
          },
          { guard: 'needsFreshCryptogram', target: 'identifying' },
          { target: 'verifying' },
        ],
      },
      after: { resultShown: [{ guard: 'needsFreshCryptogram', target: 'identifying' }, { target: 'verifying' }] },
    },
    authorizingWallet: {
      meta: { zh: '钱包支付' },
      tags: ['moneyAtRisk'],
      on: { KEY: { actions: forwardTo('authorizeWallet') } },
      invoke: {
        id: 'authorizeWallet',
        src: 'authorizeWallet',
        input: ({ context }) => ({
          amountFen: context.amountFen,
          codeRef: codeOf(context).codeRef,
          maskedCode: codeOf(context).maskedCode,
          quote: context.quote,
          wallet: context.settings.wallet,
          timing: context.settings.timing,
        }),
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'paid',
            target: 'printing',
            actions: assign(({ event }) => ({ result: resultOfWallet(event.output) })),
          },
          { target: 'showingResult', actions: assign(({ event }) => ({ result: resultOfWallet(event.output) })) },
        ],
        onError: { target: 'concluding', actions: assign({ result: { kind: 'faulted' } }) },
      },
    },
    printing: {
      meta: { zh: '打印签购单' },
      entry: [{ type: 'show', params: ({ context }) => resultScreen(context) }, 'beepSuccess'],
      on: { KEY: { actions: forwardTo('receipt') } },
      invoke: {
        id: 'receipt',
        src: 'receipt',
        input: ({ context }) => {
          invariant(context.result.kind === 'approved', 'only an approved sale is printed');
          const { key } = context.result;
          return {
            copies: (['merchant', 'cardholder'] as const).map((copy) => ({ key, copy })),
            announcesFirst: false,
            timing: context.settings.timing,
          };
        },
        onDone: { target: 'removingCard' },
        onError: { target: 'removingCard' },
      },
    },
    removingCard: {
      meta: { zh: '取卡' },
      always: { guard: 'hasNoChipCard', target: 'concluding' },
      invoke: {
        src: 'awaitRemoval',
        input: ({ context }) => ({ timeoutMs: context.settings.timing.removalMs }),
        onDone: 'concluding',
        onError: 'concluding',
      },
    },
    concluding: {
      meta: { zh: '交易收尾' },
      // An approval was on the screen from the moment it stood, all through the printing.
      always: [{ guard: 'isApproved', target: 'ended' }, { target: 'showingResult' }],
    },
    showingResult: {
      meta: { zh: '显示结果' },
      entry: [{ type: 'show', params: ({ context }) => resultScreen(context) }, 'beepFailure'],
      on: { KEY: 'ended' },
      after: { resultShown: 'ended' },
    },
    ended: { meta: { zh: '交易结束' }, type: 'final' },
  },
});

function resultOfCard(outcome: CardOutcome): TransactionResult {
  // The third wrong PIN ends the sale as the host said it: 55.
  if (outcome.kind === 'wrongPin')
    return { kind: 'declined', responseCode: '55', signOnAgain: false, reversing: false };
  return outcome;
}

function resultOfWallet(outcome: WalletOutcome): TransactionResult {
  if (outcome.kind === 'paid') return { kind: 'approved', key: outcome.key, offline: false };
  return outcome.kind === 'notSent' ? { kind: 'notSent', missing: undefined } : outcome;
}

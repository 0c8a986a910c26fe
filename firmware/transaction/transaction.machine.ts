import { assign, forwardTo, setup } from 'xstate';
import { invariant } from '../base/invariant.ts';
import type { AwaitRemovalInput } from '../effects/await-removal.ts';
import { declareEffect } from '../effects/effect.ts';
import type { Key } from '../hal/index.ts';
import { saleEnding } from '../screens/sale-ending.ts';
import { screen, show } from '../screens/show.ts';
import { authorizeCardMachine } from './authorize-card.machine.ts';
import { authorizeWalletMachine } from './authorize-wallet.machine.ts';
import { baitiaoMachine } from './baitiao.machine.ts';
import { identifyMachine } from './identify.machine.ts';
import { planMachine } from './plan.machine.ts';
import { proveMachine } from './prove.machine.ts';
import { receiptMachine } from './receipt.machine.ts';
import {
  afterProof,
  AFRESH,
  baitiaoChoice,
  baitiaoInput,
  CANCELLED,
  cardOf,
  cardPayer,
  hasBaitiaoPlans,
  identified,
  identifyInput,
  isAcquirers,
  orderInput,
  PIN_TRIES_MAX,
  planChoice,
  planInput,
  planMethod,
  proved,
  proveInput,
  resultOfCard,
  resultOfWallet,
  saleOnScreen,
  shownWallet,
  type TransactionContext,
  type TransactionInput,
  type TransactionResult,
  verifyInput,
  wayOfKey,
  withoutPlan,
} from './transaction-context.ts';
import { verifyMachine } from './verify.machine.ts';

export type { TransactionInput, TransactionResult } from './transaction-context.ts';

const DEVICE_FAILED: TransactionResult = { kind: 'ended', reason: 'device' };
const FAULTED: TransactionResult = { kind: 'faulted' };

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
    plan: planMachine,
    baitiao: baitiaoMachine,
    prove: proveMachine,
    verify: verifyMachine,
    authorizeCard: authorizeCardMachine,
    authorizeWallet: authorizeWalletMachine,
    receipt: receiptMachine,
    awaitRemoval: declareEffect<'removed' | 'stillThere', AwaitRemovalInput>(),
  },
  actions: { show, beepSuccess: () => undefined, beepFailure: () => undefined },
  guards: {
    isApproved: ({ context }) => context.result.kind === 'approved',
    isBaitiao: ({ context }) => context.method === 'baitiao',
    isHuabei: ({ context }) => context.method === 'huabei',
    isShownCode: ({ context }) => shownWallet(context) !== undefined,
    hasNoInstrument: ({ context }) => context.instrument === undefined,
    isCard: ({ context }) => context.instrument?.kind === 'card',
    asksForBaitiaoPlans: ({ context }) => !context.isPlanSettled && hasBaitiaoPlans(context),
    asksForPlans: ({ context }) => !context.isPlanSettled && planMethod(context) !== undefined,
    isAcquirers: ({ context }) => isAcquirers(context),
    // A chip that was refused before it became an instrument may still be in the slot.
    hasNoChipCard: ({ context }) =>
      (context.instrument !== undefined && context.instrument.kind !== 'card') ||
      (context.instrument?.kind === 'card' && context.instrument.card.interface !== 'chip'),
    needsFreshCryptogram: ({ context }) => cardOf(context).card.chip !== undefined,
    hasWayOn: ({ context }) => wayOfKey(context, '1') !== undefined,
    isTryAgain: ({ context, event }) => wayOfKey(context, event.key) === 'tryAgain',
    isOtherPlan: ({ context, event }) => wayOfKey(context, event.key) === 'otherPlan',
    isOtherMethod: ({ context, event }) => wayOfKey(context, event.key) === 'otherMethod',
    isEnd: ({ event }) => event.key === 'confirm' || event.key === 'cancel',
  },
  delays: {
    resultShown: ({ context }) => context.settings.timing.resultMs,
    operatorAway: ({ context }) => context.settings.timing.operatorMs,
  },
}).createMachine({
  id: 'transaction',
  context: ({ input }) => ({ ...AFRESH, ...input }),
  output: ({ context }) => context.result,
  initial: 'identifying',
  states: {
    identifying: {
      meta: { zh: '读卡、扫码或选择支付方式' },
      tags: ['cancellable'],
      on: { KEY: { actions: forwardTo('identify') } },
      invoke: {
        id: 'identify',
        src: 'identify',
        input: ({ context }) => identifyInput(context),
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'ended',
            target: 'removingCard',
            actions: assign(({ event }) => identified(event.output)),
          },
          {
            guard: ({ event }) => event.output.kind === 'method',
            target: 'routing',
            actions: assign(({ event }) => identified(event.output)),
          },
          { target: 'sorting', actions: assign(({ event }) => identified(event.output)) },
        ],
        onError: { target: 'showingResult', actions: assign({ result: DEVICE_FAILED }) },
      },
    },
    routing: {
      meta: { zh: '按所选支付方式继续' },
      always: [
        { guard: 'isBaitiao', target: 'choosingBaitiao' },
        { guard: 'isHuabei', target: 'choosingPlan' },
        {
          guard: 'isShownCode',
          target: 'authorizingWallet',
          actions: assign(({ context }) => {
            const wallet = shownWallet(context);
            return wallet === undefined ? {} : { instrument: { kind: 'shown', wallet } as const };
          }),
        },
        { target: 'identifying' },
      ],
    },
    sorting: {
      meta: { zh: '区分卡与付款码' },
      always: [
        { guard: 'hasNoInstrument', target: 'identifying' },
        { guard: 'asksForBaitiaoPlans', target: 'choosingBaitiao' },
        { guard: 'asksForPlans', target: 'choosingPlan' },
        { guard: 'isCard', target: 'verifying' },
        { guard: 'isAcquirers', target: 'authorizingCard' },
        { target: 'authorizingWallet' },
      ],
    },
    choosingPlan: {
      meta: { zh: '分期方案' },
      tags: ['cancellable'],
      on: { KEY: { actions: forwardTo('plan') } },
      invoke: {
        id: 'plan',
        src: 'plan',
        input: ({ context }) => planInput(context),
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'ended',
            target: 'removingCard',
            actions: assign(({ event }) => planChoice(event.output)),
          },
          {
            // Who asked for instalments is not charged at once instead.
            guard: ({ context, event }) => event.output.kind === 'none' && context.method !== undefined,
            target: 'removingCard',
            actions: assign(({ event }) => planChoice(event.output)),
          },
          { target: 'sorting', actions: assign(({ event }) => planChoice(event.output)) },
        ],
        onError: { target: 'removingCard', actions: assign({ result: DEVICE_FAILED }) },
      },
    },
    choosingBaitiao: {
      meta: { zh: '白条账户与方案' },
      tags: ['cancellable'],
      on: { KEY: { actions: forwardTo('baitiao') } },
      invoke: {
        id: 'baitiao',
        src: 'baitiao',
        input: ({ context }) => baitiaoInput(context),
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'code',
            target: 'authorizingWallet',
            actions: assign(({ event }) => baitiaoChoice(event.output)),
          },
          {
            guard: ({ event }) => event.output.kind === 'account',
            target: 'proving',
            actions: assign(({ event }) => baitiaoChoice(event.output)),
          },
          {
            // Who shows a code and has asked for no instalments pays at once where there are none.
            guard: ({ context, event }) => event.output.kind === 'refused' && context.method === undefined,
            target: 'authorizingWallet',
            actions: assign({ quote: undefined, isPlanSettled: true }),
          },
          { target: 'concluding', actions: assign(({ event }) => baitiaoChoice(event.output)) },
        ],
        onError: { target: 'concluding', actions: assign({ result: DEVICE_FAILED }) },
      },
    },
    proving: {
      meta: { zh: '短信或刷脸验证' },
      tags: ['cancellable'],
      on: { KEY: { actions: forwardTo('prove') } },
      invoke: {
        id: 'prove',
        src: 'prove',
        input: ({ context }) => proveInput(context),
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'proved',
            target: 'authorizingWallet',
            actions: assign(({ context, event }) => proved(context, event.output)),
          },
          { target: 'concluding', actions: assign(({ context, event }) => proved(context, event.output)) },
        ],
        onError: { target: 'concluding', actions: assign({ result: DEVICE_FAILED }) },
      },
    },
    verifying: {
      meta: { zh: '持卡人验证' },
      tags: ['cancellable'],
      on: { KEY: { actions: forwardTo('verify') } },
      invoke: {
        id: 'verify',
        src: 'verify',
        input: ({ context }) => verifyInput(context),
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'ended',
            target: 'removingCard',
            actions: assign(({ event }) => ({ result: event.output.kind === 'ended' ? event.output : CANCELLED })),
          },
          { target: 'authorizingCard', actions: assign(({ event }) => ({ verification: event.output })) },
        ],
        onError: { target: 'removingCard', actions: assign({ result: DEVICE_FAILED }) },
      },
    },
    authorizingCard: {
      meta: { zh: '联机授权' },
      tags: ['moneyAtRisk'],
      invoke: {
        src: 'authorizeCard',
        input: ({ context }) => ({
          amountFen: context.amountFen,
          payer: cardPayer(context),
          quote: context.quote,
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
        onError: { target: 'removingCard', actions: assign({ result: FAULTED }) },
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
          ...orderInput(context),
          pollEveryMs: context.settings.wallet.pollEveryMs,
          decideWithinMs: context.settings.wallet.decideWithinMs,
        }),
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'paid',
            target: 'printing',
            actions: assign(({ event }) => ({ result: resultOfWallet(event.output) })),
          },
          {
            guard: ({ context, event }) => afterProof(context, event.output) !== undefined,
            target: 'proving',
            actions: assign(({ context, event }) => ({
              smsTriesLeft: context.smsTriesLeft - 1,
              smsSession: afterProof(context, event.output) === 'retype' ? context.smsSession : undefined,
            })),
          },
          { target: 'concluding', actions: assign(({ event }) => ({ result: resultOfWallet(event.output) })) },
        ],
        onError: { target: 'concluding', actions: assign({ result: FAULTED }) },
      },
    },
    printing: {
      meta: { zh: '打印签购单' },
      entry: [
        { type: 'show', params: ({ context }) => saleEnding(context.result, saleOnScreen(context)) },
        'beepSuccess',
      ],
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
            signedFor: context.verification.kind === 'signature' ? key : undefined,
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
      always: [
        { guard: 'isApproved', target: 'ended' },
        { guard: 'hasWayOn', target: 'offeringWayOn' },
        { target: 'showingResult' },
      ],
    },
    offeringWayOn: {
      meta: { zh: '换方案、换方式或取消' },
      tags: ['cancellable'],
      entry: [
        { type: 'show', params: ({ context }) => saleEnding(context.result, saleOnScreen(context)) },
        'beepFailure',
      ],
      on: {
        KEY: [
          {
            guard: 'isTryAgain',
            target: 'routing',
            actions: assign(({ context }) => ({ ...AFRESH, method: context.method })),
          },
          { guard: 'isOtherPlan', target: 'routing', actions: assign(({ context }) => withoutPlan(context)) },
          { guard: 'isOtherMethod', target: 'identifying', actions: assign(AFRESH) },
          { guard: 'isEnd', target: 'ended' },
        ],
      },
      after: { operatorAway: 'ended' },
    },
    showingResult: {
      meta: { zh: '显示结果' },
      entry: [
        { type: 'show', params: ({ context }) => saleEnding(context.result, saleOnScreen(context)) },
        'beepFailure',
      ],
      on: { KEY: 'ended' },
      after: { resultShown: 'ended' },
    },
    ended: { meta: { zh: '交易结束' }, type: 'final' },
  },
});

import { assign, forwardTo, setup } from 'xstate';
import type { BootOutcome } from '../effects/boot.ts';
import { declareEffect } from '../effects/effect.ts';
import type { SignOnOutcome } from '../effects/sign-on.ts';
import type { SummaryOutcome } from '../effects/summarize.ts';
import type { CardInterface, Key } from '../hal/index.ts';
import { type PendingOutcome, pendingMachine } from '../recovery/pending.machine.ts';
import { amountAfterKey } from '../rules/amount-entry.ts';
import { type ScreenCall, screen, show } from '../screens/show.ts';
import type { TerminalSettings } from '../settings.ts';
import { receiptMachine } from '../transaction/receipt.machine.ts';
import { transactionMachine, type TransactionResult } from '../transaction/transaction.machine.ts';

export interface TerminalInput {
  readonly settings: TerminalSettings;
  readonly accept: readonly CardInterface[];
}

interface TerminalContext extends TerminalInput {
  readonly journalIsOpen: boolean;
  readonly amountFen: number;
  /** The amount of a sale that waits until open items are settled. */
  readonly saleWaits: boolean;
  /** Nobody has seen this life's idle screen yet: what was approved just before the last life ended was never announced. */
  readonly justBooted: boolean;
  /** A reversal was refused for its keys and we signed on for it: not again before a pause. */
  readonly signedOnForRecovery: boolean;
  readonly summary: SummaryOutcome;
  readonly boot: BootOutcome;
  readonly signOn: SignOnOutcome;
  readonly pending: PendingOutcome;
  readonly result: TransactionResult | undefined;
}

const EMPTY: SummaryOutcome = { openItems: 0, owedCopies: [], unseenFen: undefined };

function outOfServiceScreen(context: TerminalContext): ScreenCall {
  const { boot } = context;
  if (boot.kind === 'journalDamaged') return screen('journalDamaged', { kind: boot.damage });
  if (boot.kind === 'pinPadMissing') return screen('selfTestFailed', { devices: ['pinPad'] });
  return screen('outOfService', { reason: boot.kind === 'journalUnreadable' ? 'journal' : 'fault' });
}

const seconds = (ms: number): number => Math.round(ms / 1000);

/**
 * The life of a terminal 终端主状态机: boot, activation, sign-on, open items, idle, transaction. It always begins at
 * `booting` and works from the journal; no snapshot of it is ever restored.
 */
export const terminalMachine = setup({
  types: {
    input: {} as TerminalInput,
    context: {} as TerminalContext,
    events: {} as { type: 'KEY'; key: Key } | { type: 'FAULTED' },
  },
  actors: {
    boot: declareEffect<BootOutcome, { journalIsOpen: boolean }>(),
    signOn: declareEffect<SignOnOutcome, undefined>(),
    summarize: declareEffect<SummaryOutcome, undefined>(),
    pending: pendingMachine,
    transaction: transactionMachine,
    receipt: receiptMachine,
  },
  actions: { show, wipeVault: () => undefined },
  guards: {
    isKey: ({ event }, key: Key) => event.type === 'KEY' && event.key === key,
    isDigit: ({ event }) => event.type === 'KEY' && /^\d+$/.test(event.key),
    hasOpenItems: ({ context }) => context.summary.openItems > 0,
    saleWaits: ({ context }) => context.saleWaits,
    mustSignOn: ({ context }) =>
      (context.result?.kind === 'declined' && context.result.signOnAgain) ||
      (context.result?.kind === 'reversing' && context.result.signOn),
    leftOpen: ({ context }) =>
      context.result?.kind === 'reversing' ||
      context.result?.kind === 'unresolved' ||
      (context.result?.kind === 'declined' && context.result.reversing),
    faulted: ({ context }) => context.result?.kind === 'faulted',
    hasUnseenSale: ({ context }) => context.justBooted && context.summary.unseenFen !== undefined,
    lacksPinPad: ({ context }) => context.boot.kind === 'pinPadMissing',
  },
  delays: {
    signOnRetry: ({ context }) => context.settings.timing.signOnRetryMs,
    recoveryRetry: ({ context }) => context.settings.timing.recoveryRetryMs,
    operatorAway: ({ context }) => context.settings.timing.operatorMs,
  },
}).createMachine({
  id: 'terminal',
  context: ({ input }) => ({
    ...input,
    journalIsOpen: false,
    amountFen: 0,
    saleWaits: false,
    justBooted: true,
    signedOnForRecovery: false,
    summary: EMPTY,
    boot: { kind: 'needsActivation' },
    signOn: { kind: 'signedOn' },
    pending: { kind: 'settled' },
    result: undefined,
  }),
  initial: 'booting',
  on: { FAULTED: '.outOfService' },
  states: {
    booting: {
      meta: { zh: '开机自检' },
      entry: { type: 'show', params: screen('booting', {}) },
      invoke: {
        src: 'boot',
        input: ({ context }) => ({ journalIsOpen: context.journalIsOpen }),
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'ready',
            target: 'signingOn',
            actions: assign(({ event }) => ({ boot: event.output, journalIsOpen: true })),
          },
          {
            guard: ({ event }) => event.output.kind === 'needsActivation',
            target: 'activating',
            actions: assign(({ event }) => ({ boot: event.output, journalIsOpen: true })),
          },
          {
            target: 'outOfService',
            actions: assign(({ event }) => ({
              boot: event.output,
              journalIsOpen: event.output.kind === 'pinPadMissing',
            })),
          },
        ],
        onError: 'outOfService',
      },
    },
    activating: {
      meta: { zh: '等待激活（灌装主密钥）' },
      tags: ['mayWaitForever'],
      entry: { type: 'show', params: screen('activation', { missing: ['masterKey'] }) },
      on: { KEY: { guard: { type: 'isKey', params: 'confirm' }, target: 'booting' } },
    },
    signingOn: {
      meta: { zh: '签到' },
      entry: { type: 'show', params: screen('signingOn', {}) },
      invoke: {
        src: 'signOn',
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'signedOn',
            target: 'recovering',
            actions: assign(({ event }) => ({ signOn: event.output })),
          },
          { target: 'signedOff', actions: assign(({ event }) => ({ signOn: event.output })) },
        ],
        onError: 'outOfService',
      },
    },
    signedOff: {
      meta: { zh: '未签到' },
      entry: {
        type: 'show',
        params: ({ context }) =>
          screen('signOnFailed', {
            ...(context.signOn.kind === 'signedOn' ? { reason: 'noAnswer' } : context.signOn),
            retryInSeconds: seconds(context.settings.timing.signOnRetryMs),
          }),
      },
      on: { KEY: { guard: { type: 'isKey', params: 'confirm' }, target: 'signingOn' } },
      after: { signOnRetry: 'signingOn' },
    },
    recovering: {
      meta: { zh: '处理未完成交易' },
      tags: ['moneyAtRisk'],
      invoke: {
        src: 'pending',
        onDone: [
          {
            guard: ({ context, event }) => event.output.kind === 'signOnNeeded' && !context.signedOnForRecovery,
            target: 'signingOn',
            actions: assign({ signedOnForRecovery: true }),
          },
          { guard: ({ event }) => event.output.kind === 'faulted', target: 'outOfService' },
          { target: 'summarizing', actions: assign(({ event }) => ({ pending: event.output })) },
        ],
        onError: 'outOfService',
      },
    },
    summarizing: {
      meta: { zh: '汇总' },
      invoke: {
        src: 'summarize',
        onDone: { target: 'deciding', actions: assign(({ event }) => ({ summary: event.output })) },
        onError: 'outOfService',
      },
    },
    deciding: {
      meta: { zh: '决定下一步' },
      always: [
        { guard: 'faulted', target: 'outOfService' },
        { guard: 'hasOpenItems', target: 'recoveryWaiting' },
        { guard: 'saleWaits', target: 'transacting' },
        { guard: 'hasUnseenSale', target: 'announcing' },
        { target: 'idle' },
      ],
    },
    announcing: {
      meta: { zh: '告知断电前已成功的交易' },
      entry: {
        type: 'show',
        params: ({ context }) => screen('lateApproval', { amountFen: context.summary.unseenFen ?? 0 }),
      },
      on: { KEY: 'idle' },
      after: { operatorAway: 'idle' },
    },
    recoveryWaiting: {
      meta: { zh: '未完成交易待处理' },
      tags: ['moneyAtRisk'],
      exit: assign({ signedOnForRecovery: false }),
      entry: {
        type: 'show',
        params: ({ context }) =>
          screen('recoveryWaiting', {
            openItems: context.summary.openItems,
            retryInSeconds: seconds(context.settings.timing.recoveryRetryMs),
          }),
      },
      on: {
        KEY: [
          { guard: { type: 'isKey', params: 'confirm' }, target: 'recovering' },
          { guard: { type: 'isKey', params: 'cancel' }, target: 'idle', actions: assign({ saleWaits: false }) },
        ],
      },
      after: { recoveryRetry: 'recovering' },
    },
    idle: {
      meta: { zh: '待机' },
      entry: [
        assign({ amountFen: 0, saleWaits: false, justBooted: false, signedOnForRecovery: false, result: undefined }),
        'wipeVault',
        {
          type: 'show',
          params: ({ context }) =>
            screen('idle', {
              merchantName: context.settings.merchantName,
              openItems: context.summary.openItems,
              copiesOwed: context.summary.owedCopies.length,
              online: true,
            }),
        },
      ],
      tags: ['mayWaitForever'],
      on: {
        KEY: [
          {
            guard: 'isDigit',
            target: 'enteringAmount',
            actions: assign(({ context, event }) => ({
              amountFen: amountAfterKey(0, event.key, context.settings.amountMaxFen),
            })),
          },
          {
            guard: ({ context, event }) => event.key === 'function' && context.summary.owedCopies.length > 0,
            target: 'printingOwed',
          },
        ],
      },
      after: { recoveryRetry: { guard: 'hasOpenItems', target: 'recovering' } },
    },
    enteringAmount: {
      meta: { zh: '输入金额' },
      tags: ['cancellable'],
      entry: { type: 'show', params: ({ context }) => screen('enterAmount', { amountFen: context.amountFen }) },
      on: {
        KEY: [
          { guard: { type: 'isKey', params: 'cancel' }, target: 'idle' },
          {
            guard: ({ context, event }) =>
              event.key === 'confirm' && context.amountFen > 0 && context.summary.openItems > 0,
            target: 'recovering',
            actions: assign({ saleWaits: true }),
          },
          { guard: ({ context, event }) => event.key === 'confirm' && context.amountFen > 0, target: 'transacting' },
          {
            target: 'enteringAmount',
            reenter: true,
            actions: assign(({ context, event }) => ({
              amountFen: amountAfterKey(context.amountFen, event.key, context.settings.amountMaxFen),
            })),
          },
        ],
      },
      after: { operatorAway: 'idle' },
    },
    transacting: {
      meta: { zh: '交易中' },
      entry: assign({ saleWaits: false }),
      on: { KEY: { actions: forwardTo('transaction') } },
      invoke: {
        id: 'transaction',
        src: 'transaction',
        input: ({ context }) => ({
          amountFen: context.amountFen,
          accept: context.accept,
          acceptCodes: true,
          settings: context.settings,
        }),
        onDone: { target: 'concluding', actions: assign(({ event }) => ({ result: event.output })) },
        onError: { target: 'concluding', actions: assign({ result: { kind: 'faulted' } }) },
      },
    },
    concluding: {
      meta: { zh: '交易收尾' },
      entry: 'wipeVault',
      always: [
        { guard: 'mustSignOn', target: 'signingOn' },
        { guard: 'leftOpen', target: 'recovering' },
        { target: 'summarizing' },
      ],
    },
    printingOwed: {
      meta: { zh: '补打签购单' },
      on: { KEY: { actions: forwardTo('receipt') } },
      invoke: {
        id: 'receipt',
        src: 'receipt',
        input: ({ context }) => ({
          copies: context.summary.owedCopies,
          announcesFirst: true,
          timing: context.settings.timing,
        }),
        onDone: 'summarizing',
        onError: 'summarizing',
      },
    },
    outOfService: {
      meta: { zh: '暂停服务' },
      tags: ['mayWaitForever'],
      entry: ['wipeVault', { type: 'show', params: ({ context }) => outOfServiceScreen(context) }],
      on: {
        KEY: [
          { guard: { type: 'isKey', params: 'cancel' } },
          { guard: 'lacksPinPad', target: 'booting' },
          { guard: { type: 'isKey', params: 'confirm' }, target: 'restarting' },
        ],
      },
      after: { recoveryRetry: { guard: 'lacksPinPad', target: 'booting' } },
    },
    /** Memory and journal may disagree now: whoever composed the terminal makes a new one, which boots from the journal. */
    restarting: { meta: { zh: '重新启动' }, type: 'final' },
  },
});

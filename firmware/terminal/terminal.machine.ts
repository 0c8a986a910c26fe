import { assign, forwardTo, setup } from 'xstate';
import type { BootOutcome } from '../effects/boot.ts';
import { declareEffect } from '../effects/effect.ts';
import type { SignOnOutcome } from '../effects/sign-on.ts';
import type { SummaryOutcome } from '../effects/summarize.ts';
import type { Key } from '../hal/index.ts';
import { pendingMachine } from '../recovery/pending.machine.ts';
import { amountAfterKey } from '../rules/amount-entry.ts';
import { lacksKey } from '../rules/key-loss.ts';
import { type ScreenCall, screen, show } from '../screens/show.ts';
import { settleMachine } from '../settlement/settle.machine.ts';
import { transactionMachine } from '../transaction/transaction.machine.ts';
import { menuMachine } from './menu.machine.ts';
import {
  AT_POWER_ON,
  NOTHING_WAITS,
  type TerminalContext,
  type TerminalEvent,
  type TerminalInput,
} from './terminal-context.ts';

function outOfServiceScreen(context: TerminalContext): ScreenCall {
  const { boot } = context;
  if (boot.kind === 'journalDamaged') return screen('journalDamaged', { kind: boot.damage });
  if (boot.kind === 'pinPadMissing') return screen('selfTestFailed', { devices: ['pinPad'] });
  return screen('outOfService', { reason: boot.kind === 'journalUnreadable' ? 'journal' : 'fault' });
}

const owesWork = ({ summary }: TerminalContext): boolean => summary.openItems > 0 || summary.mustSettle;
const confirmsAmount = ({ amountFen }: TerminalContext, event: TerminalEvent): boolean =>
  event.type === 'KEY' && event.key === 'confirm' && amountFen > 0;
const seconds = (ms: number): number => Math.round(ms / 1000);

/**
 * The life of a terminal 终端主状态机: boot, activation, sign-on, open items, idle, transaction. It always begins at
 * `booting` and works from the journal; no snapshot of it is ever restored.
 */
export const terminalMachine = setup({
  types: {
    input: {} as TerminalInput,
    context: {} as TerminalContext,
    events: {} as TerminalEvent,
  },
  actors: {
    boot: declareEffect<BootOutcome, { journalIsOpen: boolean }>(),
    signOn: declareEffect<SignOnOutcome, undefined>(),
    summarize: declareEffect<SummaryOutcome, undefined>(),
    pending: pendingMachine,
    transaction: transactionMachine,
    menu: menuMachine,
    settle: settleMachine,
  },
  actions: { show, wipeVault: () => undefined },
  guards: {
    isKey: ({ event }, key: Key) => event.type === 'KEY' && event.key === key,
    isDigit: ({ event }) => event.type === 'KEY' && /^\d+$/.test(event.key),
    hasOpenItems: ({ context }) => context.summary.openItems > 0,
    saleWaits: ({ context }) => context.saleWaits,
    mustSettle: ({ context }) => context.summary.mustSettle,
    goesOnSettling: ({ context }) =>
      context.settlementWaits || (context.summary.mustSettle && !context.settlementStopped),
    owesWork: ({ context }) => owesWork(context),
    mustWaitToSell: ({ context, event }) => confirmsAmount(context, event) && owesWork(context),
    maySell: ({ context, event }) => confirmsAmount(context, event),
    mustSignOn: ({ context }) =>
      (context.result?.kind === 'declined' && context.result.signOnAgain) ||
      (context.result?.kind === 'reversing' && context.result.signOn),
    /** Working keys or the master key itself are gone: `booting` sees which. */
    lacksKey: ({ context: { result } }) =>
      (result?.kind === 'ended' && result.reason === 'noKey') ||
      (result?.kind === 'notSent' && result.missing !== undefined && lacksKey(result.missing)),
    leftOpen: ({ context }) =>
      context.result?.kind === 'reversing' ||
      context.result?.kind === 'unresolved' ||
      (context.result?.kind === 'declined' && context.result.reversing),
    hasStored: ({ context }) => context.summary.stored > 0,
    /** The host is there again. */
    canForward: ({ context: { summary, result } }) =>
      summary.stored > 0 && result?.kind === 'approved' && !result.offline,
    faulted: ({ context }) => context.result?.kind === 'faulted',
    hasUnseenSale: ({ context }) => context.justBooted && context.summary.unseenFen !== undefined,
    lacksPinPad: ({ context }) => context.boot.kind === 'pinPadMissing',
  },
  delays: {
    signOnRetry: ({ context }) => context.settings.timing.signOnRetryMs,
    recoveryRetry: ({ context }) => context.settings.timing.recoveryRetryMs,
    forwardRetry: ({ context }) => context.settings.timing.forwardRetryMs,
    operatorAway: ({ context }) => context.settings.timing.operatorMs,
  },
}).createMachine({
  id: 'terminal',
  context: ({ input }) => ({ ...AT_POWER_ON, ...input }),
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
          { guard: ({ event }) => event.output.kind === 'noMasterKey', target: 'activating' },
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
            ...(context.signOn.kind === 'failed' ? context.signOn : { reason: 'noAnswer' }),
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
        { guard: 'goesOnSettling', target: 'settling' },
        { guard: 'mustSettle', target: 'idle' },
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
        assign({ ...NOTHING_WAITS, amountFen: 0, justBooted: false, result: undefined }),
        'wipeVault',
        {
          type: 'show',
          params: ({ context }) =>
            screen('idle', {
              merchantName: context.settings.merchantName,
              openItems: context.summary.openItems,
              copiesOwed: context.summary.owedCopies.length,
              mustSettle: context.summary.mustSettle,
              stored: context.summary.stored,
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
          { guard: { type: 'isKey', params: 'function' }, target: 'usingMenu' },
        ],
      },
      after: {
        recoveryRetry: { guard: 'owesWork', target: 'recovering' },
        forwardRetry: { guard: 'hasStored', target: 'recovering' },
      },
    },
    enteringAmount: {
      meta: { zh: '输入金额' },
      tags: ['cancellable'],
      entry: { type: 'show', params: ({ context }) => screen('enterAmount', { amountFen: context.amountFen }) },
      on: {
        KEY: [
          { guard: { type: 'isKey', params: 'cancel' }, target: 'idle' },
          { guard: 'mustWaitToSell', target: 'recovering', actions: assign({ saleWaits: true }) },
          { guard: 'maySell', target: 'transacting' },
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
        { guard: 'lacksKey', target: 'booting' },
        { guard: 'leftOpen', target: 'recovering' },
        { guard: 'canForward', target: 'recovering' },
        { target: 'summarizing' },
      ],
    },
    usingMenu: {
      meta: { zh: '使用菜单' },
      // A void or refund may have read a card, or a customer typed an account.
      exit: 'wipeVault',
      on: { KEY: { actions: forwardTo('menu') } },
      invoke: {
        id: 'menu',
        src: 'menu',
        input: ({ context }) => ({ summary: context.summary, accept: context.accept, settings: context.settings }),
        onDone: [
          { guard: ({ event }) => event.output.kind === 'settle', target: 'settling' },
          { guard: ({ event }) => event.output.kind === 'leftOpen', target: 'recovering' },
          { guard: ({ event }) => event.output.kind === 'signOn', target: 'signingOn' },
          { target: 'summarizing' },
        ],
        onError: 'summarizing',
      },
    },
    settling: {
      meta: { zh: '结算' },
      tags: ['moneyAtRisk'],
      on: { KEY: { actions: forwardTo('settle') } },
      invoke: {
        id: 'settle',
        src: 'settle',
        input: ({ context }) => ({ timing: context.settings.timing }),
        onDone: [
          { guard: ({ event }) => event.output.kind === 'faulted', target: 'outOfService' },
          {
            guard: ({ context, event }) => event.output.kind === 'signOnNeeded' && !context.settlementWaits,
            target: 'signingOn',
            actions: assign({ settlementWaits: true }),
          },
          {
            guard: ({ event }) => event.output.kind === 'signOnNeeded',
            target: 'settlementRefused',
            actions: assign({ settlementWaits: false, settlementStopped: true, saleWaits: false }),
          },
          {
            guard: ({ event }) => event.output.kind === 'unsettled',
            target: 'summarizing',
            actions: assign({ settlementWaits: false, settlementStopped: true, saleWaits: false }),
          },
          { target: 'summarizing', actions: assign({ settlementWaits: false }) },
        ],
        onError: 'outOfService',
      },
    },
    settlementRefused: {
      meta: { zh: '签到后仍不能结算' },
      entry: {
        type: 'show',
        params: screen('settlementFailed', { reason: 'signOnNeeded', responseCode: undefined }),
      },
      on: { KEY: 'summarizing' },
      after: { operatorAway: 'summarizing' },
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

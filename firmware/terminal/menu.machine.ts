import { assign, forwardTo, setup } from 'xstate';
import { declareEffect } from '../effects/effect.ts';
import type { SaleView } from '../effects/look-up.ts';
import type { OpenDrawerOutcome } from '../effects/open-drawer.ts';
import type { SummaryOutcome } from '../effects/summarize.ts';
import type { CardInterface, Key } from '../hal/index.ts';
import type { OwedCopy } from '../journal/fold.ts';
import type { RefundKind } from '../journal/refund-records.ts';
import { billsMachine } from '../after-sale/bills.machine.ts';
import { refundMachine } from '../after-sale/refund.machine.ts';
import { handOverMachine } from '../recovery/hand-over.machine.ts';
import { type ScreenCall, screen, show } from '../screens/show.ts';
import type { TerminalSettings } from '../settings.ts';
import { receiptMachine } from '../transaction/receipt.machine.ts';
import { voucherMachine, voucherText } from './voucher.machine.ts';

export interface MenuInput {
  readonly summary: SummaryOutcome;
  readonly accept: readonly CardInterface[];
  readonly settings: TerminalSettings;
}

/**
 * `settle` is the terminal's own business: it may take a sign-on and outlives a power cut. `leftOpen` and `signOn` are
 * what a void or refund leaves to it.
 */
export type MenuOutcome = { readonly kind: 'done' | 'settle' | 'leftOpen' | 'signOn' };

interface MenuContext extends MenuInput {
  /** Voucher number that the cashier has typed. */
  readonly stan: number;
  readonly found: SaleView | undefined;
  readonly copies: readonly OwedCopy[];
  /** What was chosen to do to a sale. */
  readonly taking: RefundKind;
  /** Why the drawer stayed shut. */
  readonly drawerStop: Extract<OpenDrawerOutcome, { readonly kind: 'stopped' }>['reason'];
  readonly outcome: MenuOutcome;
}

function truthScreen({ found, stan }: MenuContext): ScreenCall {
  if (found === undefined) {
    const nothing = { what: 'sale', amountFen: 0, subject: '', truth: { kind: 'unknown' } } as const;
    return screen('saleTruth', { ...nothing, voucher: voucherText(stan) });
  }
  const { key, ...shown } = found;
  return screen('saleTruth', { ...shown, voucher: voucherText(key.stan) });
}

/**
 * What a cashier does besides selling 菜单: settle, look a sale up, print what is owed, hand an open item over, void, refund,
 * show bills, find help.
 */
export const menuMachine = setup({
  types: {
    input: {} as MenuInput,
    context: {} as MenuContext,
    events: {} as { type: 'KEY'; key: Key },
    output: {} as MenuOutcome,
  },
  actors: {
    voucher: voucherMachine,
    receipt: receiptMachine,
    handOver: handOverMachine,
    refund: refundMachine,
    bills: billsMachine,
    lookUp: declareEffect<SaleView | undefined, { stan: number }>(),
    openDrawer: declareEffect<OpenDrawerOutcome, undefined>(),
  },
  actions: { show },
  guards: {
    isKey: ({ event }, key: Key) => event.key === key,
    asksForOwed: ({ context, event }) => event.key === '3' && context.summary.owedCopies.length > 0,
    asksForSettlement: ({ context, event }) => event.key === '4' && context.summary.settledBatch !== undefined,
    asksForDrawer: ({ context, event }) => event.key === '0' && context.settings.hasDrawer,
    asksToHandOver: ({ context, event }) => event.key === '5' && context.summary.openItems > 0,
  },
  delays: { operatorAway: ({ context }) => context.settings.timing.operatorMs },
}).createMachine({
  id: 'menu',
  context: ({ input }) => ({
    ...input,
    stan: 0,
    found: undefined,
    copies: [],
    taking: 'void',
    drawerStop: 'offline',
    outcome: { kind: 'done' },
  }),
  output: ({ context }) => context.outcome,
  initial: 'choosing',
  states: {
    choosing: {
      meta: { zh: '选择功能' },
      tags: ['cancellable'],
      entry: {
        type: 'show',
        params: ({ context: { summary, settings } }) =>
          screen('menu', {
            copiesOwed: summary.owedCopies.length,
            openItems: summary.openItems,
            hasSettled: summary.settledBatch !== undefined,
            hasDrawer: settings.hasDrawer,
          }),
      },
      on: {
        KEY: [
          {
            guard: { type: 'isKey', params: '1' },
            target: 'ended',
            actions: assign({ outcome: { kind: 'settle' } }),
          },
          { guard: { type: 'isKey', params: '2' }, target: 'enteringVoucher' },
          {
            guard: 'asksForOwed',
            target: 'printing',
            actions: assign(({ context }) => ({ copies: context.summary.owedCopies })),
          },
          {
            guard: 'asksForSettlement',
            target: 'printing',
            actions: assign(({ context }) => ({
              copies: [{ copy: 'settlement', batch: context.summary.settledBatch ?? '' }],
            })),
          },
          { guard: 'asksToHandOver', target: 'handingOver' },
          { guard: { type: 'isKey', params: '6' }, target: 'takingBack', actions: assign({ taking: 'void' }) },
          { guard: { type: 'isKey', params: '7' }, target: 'takingBack', actions: assign({ taking: 'refund' }) },
          { guard: { type: 'isKey', params: '8' }, target: 'showingBills' },
          { guard: { type: 'isKey', params: '9' }, target: 'showingHelp' },
          { guard: 'asksForDrawer', target: 'openingDrawer' },
          { guard: { type: 'isKey', params: 'cancel' }, target: 'ended' },
        ],
      },
      after: { operatorAway: 'ended' },
    },
    enteringVoucher: {
      meta: { zh: '输入凭证号' },
      on: { KEY: { actions: forwardTo('voucher') } },
      invoke: {
        id: 'voucher',
        src: 'voucher',
        input: ({ context }) => ({ purpose: 'lookUp', timing: context.settings.timing }),
        onDone: [
          { guard: ({ event }) => event.output.kind === 'ended', target: 'ended' },
          {
            target: 'lookingUp',
            actions: assign(({ event: { output } }) => (output.kind === 'voucher' ? { stan: output.stan } : {})),
          },
        ],
        onError: 'ended',
      },
    },
    lookingUp: {
      meta: { zh: '查询交易结果' },
      invoke: {
        src: 'lookUp',
        input: ({ context }) => ({ stan: context.stan }),
        onDone: { target: 'showingTruth', actions: assign(({ event }) => ({ found: event.output })) },
        onError: 'ended',
      },
    },
    showingTruth: {
      meta: { zh: '显示交易结果' },
      entry: { type: 'show', params: ({ context }) => truthScreen(context) },
      on: { KEY: 'ended' },
      after: { operatorAway: 'ended' },
    },
    printing: {
      meta: { zh: '补打凭条' },
      on: { KEY: { actions: forwardTo('receipt') } },
      invoke: {
        id: 'receipt',
        src: 'receipt',
        input: ({ context }) => ({ copies: context.copies, announcesFirst: true, timing: context.settings.timing }),
        onDone: 'ended',
        onError: 'ended',
      },
    },
    handingOver: {
      meta: { zh: '未完成交易转人工' },
      on: { KEY: { actions: forwardTo('handOver') } },
      invoke: {
        id: 'handOver',
        src: 'handOver',
        input: ({ context }) => ({ timing: context.settings.timing }),
        onDone: 'ended',
        onError: 'ended',
      },
    },
    takingBack: {
      meta: { zh: '撤销或退货' },
      on: { KEY: { actions: forwardTo('refund') } },
      invoke: {
        id: 'refund',
        src: 'refund',
        input: ({ context }) => ({
          kind: context.taking,
          accept: context.accept,
          refunds: context.settings.refunds,
          timing: context.settings.timing,
        }),
        onDone: { target: 'ended', actions: assign(({ event }) => ({ outcome: event.output })) },
        onError: 'ended',
      },
    },
    showingBills: {
      meta: { zh: '账单和还款计划' },
      on: { KEY: { actions: forwardTo('bills') } },
      invoke: {
        id: 'bills',
        src: 'bills',
        input: ({ context }) => ({ timing: context.settings.timing }),
        onDone: 'ended',
        onError: 'ended',
      },
    },
    openingDrawer: {
      meta: { zh: '打开钱箱' },
      entry: { type: 'show', params: screen('openingDrawer', {}) },
      invoke: {
        src: 'openDrawer',
        onDone: [
          { guard: ({ event }) => event.output.kind === 'pulsed', target: 'ended' },
          {
            target: 'showingDrawerProblem',
            actions: assign(({ event: { output } }) =>
              output.kind === 'stopped' ? { drawerStop: output.reason } : {},
            ),
          },
        ],
        onError: 'ended',
      },
    },
    showingDrawerProblem: {
      meta: { zh: '钱箱未打开' },
      entry: { type: 'show', params: ({ context }) => screen('drawerProblem', { reason: context.drawerStop }) },
      on: {
        KEY: [
          { guard: { type: 'isKey', params: 'confirm' }, target: 'openingDrawer' },
          { guard: { type: 'isKey', params: 'cancel' }, target: 'ended' },
        ],
      },
      after: { operatorAway: 'ended' },
    },
    showingHelp: {
      meta: { zh: '显示帮助' },
      entry: {
        type: 'show',
        params: ({ context: { settings } }) => {
          const { servicePhone, terminalId, merchantId } = settings;
          return screen('help', { servicePhone, terminalId, merchantId });
        },
      },
      on: { KEY: 'ended' },
      after: { operatorAway: 'ended' },
    },
    ended: { meta: { zh: '返回待机' }, type: 'final' },
  },
});

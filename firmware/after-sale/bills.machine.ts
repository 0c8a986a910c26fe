import { assign, forwardTo, setup } from 'xstate';
import { present } from '../base/invariant.ts';
import type { AskBillsInput, AskBillsOutcome } from '../effects/ask-bills.ts';
import { declareEffect } from '../effects/effect.ts';
import type { EnterBillAccountInput, EnterBillAccountOutcome } from '../effects/enter-bill-account.ts';
import type { FindPlanOutcome, PlannedSale } from '../effects/find-plan.ts';
import type { PrintBillInput, PrintScheduleInput } from '../effects/print-bills.ts';
import type { PrintCopyOutcome } from '../effects/print-copy.ts';
import type { Key, VaultRef } from '../hal/index.ts';
import type { Bill } from '../protocol/wallet/wallet-api.ts';
import { type BillPage, pagesOf } from '../screens/bill-pages.ts';
import type { BillProblem } from '../screens/screen-params.ts';
import { type ScreenCall, screen, show } from '../screens/show.ts';
import type { TimingSettings } from '../settings.ts';
import { voucherMachine, voucherText } from '../terminal/voucher.machine.ts';

export interface BillsInput {
  readonly timing: TimingSettings;
}

interface BillsContext extends BillsInput {
  /** Voucher number that the cashier has typed. */
  readonly stan: number;
  readonly sale: PlannedSale | undefined;
  readonly accountRef: VaultRef | undefined;
  readonly pages: readonly BillPage[];
  readonly at: number;
  readonly problem: BillProblem;
  readonly printed: PrintCopyOutcome;
}

const saleOf = ({ sale }: BillsContext): PlannedSale => present(sale, 'a sale is found before its bills are asked for');

function pageOf({ pages, at }: BillsContext): BillPage {
  return present(pages[at % pages.length], 'a page is shown only where there is one');
}

function choiceScreen(context: BillsContext): ScreenCall {
  const { original, amountFen, subject, hasSchedule, hasBills } = saleOf(context);
  const voucher = voucherText(original.stan);
  return screen('billChoice', { voucher, amountFen, subject, hasSchedule, hasBills });
}

function pageScreen(context: BillsContext): ScreenCall {
  const { pages, at } = context;
  const { bill, page } = pageOf(context);
  return screen('bills', { bill, page, at: (at % pages.length) + 1, count: pages.length });
}

function printerScreen({ printed, pages }: BillsContext): ScreenCall {
  const copy = pages.length === 0 ? 'schedule' : 'bill';
  return screen('printerProblem', { reason: printed.kind === 'stopped' ? printed.reason : 'offline', copy });
}

const billsOf = ({ pages }: BillsContext): readonly Bill[] => [...new Set(pages.map(({ bill }) => bill))];

/**
 * Bills 账单 and repayment schedules 还款计划: of one sale by its voucher number, or of a customer who types an account. Nothing
 * here moves money.
 */
export const billsMachine = setup({
  types: { input: {} as BillsInput, context: {} as BillsContext, events: {} as { type: 'KEY'; key: Key } },
  actors: {
    voucher: voucherMachine,
    findPlan: declareEffect<FindPlanOutcome, { stan: number }>(),
    enterBillAccount: declareEffect<EnterBillAccountOutcome, EnterBillAccountInput>(),
    askBills: declareEffect<AskBillsOutcome, AskBillsInput>(),
    printSchedule: declareEffect<PrintCopyOutcome, PrintScheduleInput>(),
    printBill: declareEffect<PrintCopyOutcome, PrintBillInput>(),
  },
  actions: { show },
  guards: {
    isKey: ({ event }, key: Key) => event.key === key,
    asksForSchedule: ({ context, event }) => event.key === '1' && saleOf(context).hasSchedule,
    asksForBills: ({ context, event }) => event.key === '2' && saleOf(context).hasBills,
    hasNone: ({ context }) => context.pages.length === 0,
  },
  delays: {
    operatorAway: ({ context }) => context.timing.operatorMs,
    resultShown: ({ context }) => context.timing.resultMs,
  },
}).createMachine({
  id: 'bills',
  context: ({ input }) => ({
    ...input,
    stan: 0,
    sale: undefined,
    accountRef: undefined,
    pages: [],
    at: 0,
    problem: 'none',
    printed: { kind: 'printed' },
  }),
  initial: 'choosing',
  states: {
    choosing: {
      meta: { zh: '选择查询方式' },
      tags: ['cancellable'],
      entry: { type: 'show', params: screen('chooseBills', {}) },
      on: {
        KEY: [
          { guard: { type: 'isKey', params: '1' }, target: 'enteringVoucher' },
          { guard: { type: 'isKey', params: '2' }, target: 'enteringAccount' },
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
        input: ({ context }) => ({ purpose: 'bills', timing: context.timing }),
        onDone: [
          { guard: ({ event }) => event.output.kind === 'ended', target: 'ended' },
          {
            target: 'finding',
            actions: assign(({ event: { output } }) => (output.kind === 'voucher' ? { stan: output.stan } : {})),
          },
        ],
        onError: 'ended',
      },
    },
    finding: {
      meta: { zh: '查找消费' },
      invoke: {
        src: 'findPlan',
        input: ({ context }) => ({ stan: context.stan }),
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'refused',
            target: 'showingProblem',
            actions: assign(({ event }) => ({
              problem: event.output.kind === 'refused' ? event.output.reason : 'none',
            })),
          },
          {
            target: 'choosingPart',
            actions: assign(({ event }) => ({ sale: event.output.kind === 'planned' ? event.output : undefined })),
          },
        ],
        onError: 'ended',
      },
    },
    choosingPart: {
      meta: { zh: '选择计划或账单' },
      tags: ['cancellable'],
      entry: { type: 'show', params: ({ context }) => choiceScreen(context) },
      on: {
        KEY: [
          { guard: 'asksForSchedule', target: 'printingSchedule' },
          { guard: 'asksForBills', target: 'asking' },
          { guard: { type: 'isKey', params: 'cancel' }, target: 'ended' },
        ],
      },
      after: { operatorAway: 'ended' },
    },
    enteringAccount: {
      meta: { zh: '输入顾客账号' },
      tags: ['cancellable'],
      on: { KEY: { guard: { type: 'isKey', params: 'cancel' }, target: 'ended' } },
      invoke: {
        src: 'enterBillAccount',
        input: ({ context }) => ({ timing: context.timing }),
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'account',
            target: 'asking',
            actions: assign(({ event }) => ({
              accountRef: event.output.kind === 'account' ? event.output.accountRef : undefined,
            })),
          },
          { target: 'ended' },
        ],
        onError: 'ended',
      },
    },
    asking: {
      meta: { zh: '查询账单' },
      entry: { type: 'show', params: screen('askingBills', {}) },
      invoke: {
        src: 'askBills',
        input: ({ context }) => ({ original: context.sale?.original, accountRef: context.accountRef }),
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'problem',
            target: 'showingProblem',
            actions: assign(({ event }) => ({
              problem: event.output.kind === 'problem' ? event.output.reason : 'none',
            })),
          },
          {
            target: 'paging',
            actions: assign(({ event }) => ({
              pages: event.output.kind === 'bills' ? pagesOf(event.output.bills) : [],
              problem: 'none',
            })),
          },
        ],
        onError: 'ended',
      },
    },
    paging: {
      meta: { zh: '有无账单' },
      always: [{ guard: 'hasNone', target: 'showingProblem' }, { target: 'showingPage' }],
    },
    showingPage: {
      meta: { zh: '显示账单' },
      tags: ['cancellable'],
      entry: { type: 'show', params: ({ context }) => pageScreen(context) },
      on: {
        KEY: [
          { guard: { type: 'isKey', params: 'confirm' }, target: 'printingBill' },
          {
            guard: { type: 'isKey', params: 'function' },
            target: 'showingPage',
            reenter: true,
            actions: assign(({ context }) => ({ at: context.at + 1 })),
          },
          { guard: { type: 'isKey', params: 'cancel' }, target: 'ended' },
        ],
      },
      after: { operatorAway: 'ended' },
    },
    printingSchedule: {
      meta: { zh: '打印还款计划' },
      entry: { type: 'show', params: screen('printing', { copy: 'schedule' }) },
      invoke: {
        src: 'printSchedule',
        input: ({ context }) => ({ original: saleOf(context).original }),
        onDone: [
          { guard: ({ event }) => event.output.kind === 'printed', target: 'ended' },
          { target: 'showingPrinter', actions: assign(({ event }) => ({ printed: event.output })) },
        ],
        onError: 'ended',
      },
    },
    printingBill: {
      meta: { zh: '打印账单' },
      entry: { type: 'show', params: screen('printing', { copy: 'bill' }) },
      invoke: {
        src: 'printBill',
        input: ({ context }) => ({ bills: billsOf(context) }),
        onDone: [
          { guard: ({ event }) => event.output.kind === 'printed', target: 'ended' },
          { target: 'showingPrinter', actions: assign(({ event }) => ({ printed: event.output })) },
        ],
        onError: 'ended',
      },
    },
    showingPrinter: {
      meta: { zh: '打印机故障' },
      tags: ['cancellable'],
      entry: { type: 'show', params: ({ context }) => printerScreen(context) },
      on: {
        KEY: [
          { guard: { type: 'isKey', params: 'cancel' }, target: 'ended' },
          { guard: 'hasNone', target: 'printingSchedule' },
          { target: 'printingBill' },
        ],
      },
      after: { operatorAway: 'ended' },
    },
    showingProblem: {
      meta: { zh: '提示没有账单' },
      entry: { type: 'show', params: ({ context }) => screen('billProblem', { reason: context.problem }) },
      on: { KEY: 'ended' },
      after: { operatorAway: 'ended' },
    },
    ended: { meta: { zh: '查询结束' }, type: 'final' },
  },
});

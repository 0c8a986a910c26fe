import { billsMachine } from '../../../firmware/after-sale/bills.machine.ts';
import { HalError } from '../../../firmware/hal/index.ts';
import { describeChart, NEVER } from './chart.ts';
import { KEY, TIMING } from './samples.ts';

const DEAD = new HalError('media', 'journal');

const bills = { timing: TIMING };
const planned = {
  kind: 'planned',
  original: KEY,
  amountFen: 120_000,
  subject: '1000000120261121000001000007',
  hasSchedule: true,
  hasBills: true,
};
const periods = [1, 2, 3, 4, 5, 6].map((period) => ({
  period,
  dueDate: `2026-0${period}-09`,
  amountFen: 100,
  state: 'later',
}));
const bill = { outTradeNo: '1', amountFen: 600, periods, notice: undefined };
const late = { ...bill, outTradeNo: '2', notice: '已逾期' };
const PAPER_OUT = { kind: 'stopped', reason: 'paperOut' };
const ACCOUNT = { kind: 'account', accountRef: { vaultRef: 5, kind: 'account' } };
const TO_PART = 'choosing enteringVoucher finding choosingPart';
const TO_PAGE = `${TO_PART} asking paging showingPage`;

describeChart(billsMachine, [
  ...['cancel', '60s'].map((hands) => ({ name: `goes away: ${hands}`, input: bills, hands, states: 'choosing ended' })),
  {
    name: 'prints the schedule of a sale again',
    input: bills,
    effects: { findPlan: [planned], printSchedule: [{ kind: 'printed' }] },
    hands: '3 1 function 8 clear 7 confirm 1',
    states: `${TO_PART} printingSchedule ended`,
    screens: 'chooseBills billChoice printing',
    inputs: { findPlan: [{ stan: 7 }], printSchedule: [{ original: KEY }] },
  },
  {
    name: 'shows bills page by page, what is overdue first, and prints them',
    input: bills,
    effects: {
      findPlan: [planned],
      askBills: [{ kind: 'bills', bills: [bill, late] }],
      printBill: [{ kind: 'printed' }],
    },
    hands: '1 7 confirm 2 function function function function 3 confirm',
    states: `${TO_PAGE} printingBill ended`,
    screens: 'chooseBills billChoice askingBills bills bills bills bills bills printing',
    inputs: { askBills: [{ original: KEY, accountRef: undefined }], printBill: [{ bills: [late, bill] }] },
  },
  {
    name: 'asks by an account that nobody else sees',
    input: bills,
    effects: { enterBillAccount: [ACCOUNT], askBills: [{ kind: 'bills', bills: [] }] },
    hands: '2 1',
    states: 'choosing enteringAccount asking paging showingProblem ended',
    screens: 'chooseBills askingBills billProblem',
    inputs: { askBills: [{ original: undefined, accountRef: ACCOUNT.accountRef }] },
  },
  ...[{ kind: 'timedOut' }, DEAD].map((outcome) => ({
    name: `no account was entered: ${outcome instanceof Error ? 'broke down' : outcome.kind}`,
    input: bills,
    effects: { enterBillAccount: [outcome] },
    hands: '2',
    states: 'choosing enteringAccount ended',
  })),
  {
    name: 'an account is given up',
    input: bills,
    effects: { enterBillAccount: [NEVER] },
    hands: '2 1 cancel',
    states: 'choosing enteringAccount ended',
  },
  ...['9', '60s'].map((hands) => ({
    name: `says why there is nothing: ${hands}`,
    input: bills,
    effects: { findPlan: [{ kind: 'refused', reason: 'noPlan' }] },
    hands: `1 7 confirm ${hands}`,
    states: 'choosing enteringVoucher finding showingProblem ended',
    screens: 'chooseBills billProblem',
  })),
  {
    name: 'says why the wallet does not answer',
    input: bills,
    effects: { findPlan: [planned], askBills: [{ kind: 'problem', reason: 'unreachable' }] },
    hands: '1 7 confirm 2 1',
    states: `${TO_PART} asking showingProblem ended`,
  },
  {
    name: 'offers only what there is',
    input: bills,
    effects: { findPlan: [{ ...planned, hasSchedule: false, hasBills: false }] },
    hands: '1 7 confirm 1 2 3 cancel',
    states: `${TO_PART} ended`,
  },
  ...(
    [
      ['1 cancel', 'choosing enteringVoucher ended'],
      ['1 60s', 'choosing enteringVoucher ended'],
      ['1 7 confirm 60s', `${TO_PART} ended`],
      ['1 7 confirm 2 cancel', `${TO_PAGE} ended`],
      ['1 7 confirm 2 60s', `${TO_PAGE} ended`],
    ] as const
  ).map(([hands, states]) => ({
    name: `is given up: ${hands}`,
    input: bills,
    effects: { findPlan: [planned], askBills: [{ kind: 'bills', bills: [bill] }] },
    hands,
    states,
  })),
  {
    name: 'a schedule waits for paper',
    input: bills,
    effects: { findPlan: [planned], printSchedule: [PAPER_OUT, { kind: 'printed' }] },
    hands: '1 7 confirm 1 confirm',
    states: `${TO_PART} printingSchedule showingPrinter printingSchedule ended`,
    screens: 'chooseBills billChoice printing printerProblem printing',
  },
  {
    name: 'a bill waits for paper, and is given up',
    input: bills,
    effects: {
      findPlan: [planned],
      askBills: [{ kind: 'bills', bills: [bill] }],
      printBill: [PAPER_OUT, PAPER_OUT],
    },
    hands: '1 7 confirm 2 confirm confirm cancel',
    states: `${TO_PAGE} printingBill showingPrinter printingBill showingPrinter ended`,
  },
  {
    name: 'nobody brings paper',
    input: bills,
    effects: { findPlan: [planned], printSchedule: [PAPER_OUT] },
    hands: '1 7 confirm 1 60s',
    states: `${TO_PART} printingSchedule showingPrinter ended`,
  },
  ...(
    [
      [{ voucher: [DEAD] }, '', 'choosing enteringVoucher ended'],
      [{ findPlan: [DEAD] }, '', 'choosing enteringVoucher finding ended'],
      [{ findPlan: [planned], printSchedule: [DEAD] }, '1', `${TO_PART} printingSchedule ended`],
      [{ findPlan: [planned], askBills: [DEAD] }, '2', `${TO_PART} asking ended`],
      [
        { findPlan: [planned], askBills: [{ kind: 'bills', bills: [bill] }], printBill: [DEAD] },
        '2 confirm',
        `${TO_PAGE} printingBill ended`,
      ],
    ] as const
  ).map(([effects, hands, states]) => ({
    name: `breaks down: ${states}`,
    input: bills,
    effects,
    hands: `1 7 confirm ${hands}`.trim(),
    states,
  })),
]);

import { HalError } from '../../../firmware/hal/index.ts';
import { authorizeWalletMachine } from '../../../firmware/transaction/authorize-wallet.machine.ts';
import { planMachine } from '../../../firmware/transaction/plan.machine.ts';
import { describeChart, NEVER } from './chart.ts';
import { CODE, KEY, QUOTES, TIMING, WALLET } from './samples.ts';

const DEAD_JOURNAL = new HalError('media', 'journal');
const NO_PRINTER = new HalError('disconnected', 'printer');
const ended = (reason: string) => ({ kind: 'ended', reason });

const order = {
  amountFen: 10_000,
  wallet: 'alipay',
  source: CODE,
  quote: undefined,
  pollEveryMs: WALLET.pollEveryMs,
  decideWithinMs: WALLET.decideWithinMs,
};
const shown = { ...order, source: { kind: 'shown' } };
const paying = (kind: string, more = {}) => ({ order: { key: KEY }, answer: { kind, subCode: 'ACQ.X', ...more } });
const OTHER_NUMBERS = { kind: 'unknown', differs: ['total_amount'] };

describeChart(authorizeWalletMachine, [
  ...(['paid', 'failed', 'notSent'] as const).map((kind) => ({
    name: `is ${kind} at once`,
    input: order,
    effects: { payOrder: [paying(kind)] },
    states: 'paying ended',
    screens: 'authorizing',
    output: kind === 'paid' ? { kind, key: KEY } : { kind },
  })),
  {
    name: 'is asked about until the customer has paid',
    input: order,
    effects: {
      payOrder: [paying('pending')],
      queryOrder: [{ kind: 'pending' }, { kind: 'unknown' }, { kind: 'paid' }],
    },
    hands: '9s',
    states: 'paying waiting querying waiting querying waiting querying ended',
    screens: 'authorizing waitingForCustomer waitingForCustomer waitingForCustomer',
    inputs: { queryOrder: [{ key: KEY }, { key: KEY }, { key: KEY }] },
    output: { kind: 'paid', key: KEY },
  },
  {
    name: 'is cancelled by the cashier, after a last look',
    input: order,
    effects: { payOrder: [paying('unknown')], queryOrder: [{ kind: 'pending' }], cancelOrder: [{ kind: 'cancelled' }] },
    hands: 'function cancel',
    states: 'paying waiting queryingLast cancelling ended',
    screens: 'authorizing waitingForCustomer reversing',
    output: { kind: 'cancelled' },
  },
  {
    name: 'turns out to be paid when the cashier cancels',
    input: order,
    effects: { payOrder: [paying('pending')], queryOrder: [{ kind: 'paid' }] },
    hands: 'cancel',
    states: 'paying waiting queryingLast ended',
    output: { kind: 'paid', key: KEY },
  },
  {
    name: 'is cancelled when the time is up, and stays open when the cancel is not answered',
    input: { ...order, decideWithinMs: 3_000 },
    effects: {
      payOrder: [paying('pending')],
      queryOrder: [{ kind: 'pending' }, { kind: 'pending' }],
      cancelOrder: [{ kind: 'unknown' }],
    },
    hands: '6s',
    states: 'paying waiting querying waiting queryingLast cancelling ended',
    output: { kind: 'unresolved', key: KEY },
  },
  {
    name: 'is paid after all where the wallet will not cancel',
    input: order,
    effects: { payOrder: [paying('pending')], queryOrder: [{ kind: 'pending' }], cancelOrder: [{ kind: 'paid' }] },
    hands: 'cancel',
    states: 'paying waiting queryingLast cancelling ended',
    output: { kind: 'paid', key: KEY },
  },
  {
    name: 'has no journal to begin in',
    input: order,
    effects: { payOrder: [DEAD_JOURNAL] },
    states: 'paying ended',
    output: { kind: 'faulted' },
  },
  {
    name: 'has no journal for the answer of a query',
    input: order,
    effects: { payOrder: [paying('pending')], queryOrder: [DEAD_JOURNAL] },
    hands: '3s',
    states: 'paying waiting querying ended',
    output: { kind: 'faulted' },
  },
  {
    name: 'has no journal for the answer of the last query',
    input: order,
    effects: { payOrder: [paying('pending')], queryOrder: [DEAD_JOURNAL] },
    hands: 'cancel',
    states: 'paying waiting queryingLast ended',
    output: { kind: 'faulted' },
  },
  {
    name: 'has no journal for the cancel',
    input: order,
    effects: { payOrder: [paying('pending')], queryOrder: [{ kind: 'pending' }], cancelOrder: [DEAD_JOURNAL] },
    hands: 'cancel',
    states: 'paying waiting queryingLast cancelling ended',
    output: { kind: 'faulted' },
  },
  {
    name: 'is taken back at once when its numbers differ, and says why',
    input: order,
    effects: {
      payOrder: [paying('unknown', OTHER_NUMBERS)],
      queryOrder: [OTHER_NUMBERS],
      cancelOrder: [{ kind: 'cancelled' }],
    },
    states: 'paying queryingLast cancelling ended',
    screens: 'authorizing reversing',
    output: { kind: 'cancelled', numbersDiffer: true },
  },
  {
    name: 'is paid after all when only the first answer was about something else',
    input: order,
    effects: { payOrder: [paying('unknown', OTHER_NUMBERS)], queryOrder: [{ kind: 'paid' }] },
    states: 'paying queryingLast ended',
    output: { kind: 'paid', key: KEY },
  },
  {
    name: 'is taken back when a query says other numbers, and may stay open',
    input: order,
    effects: { payOrder: [paying('pending')], queryOrder: [OTHER_NUMBERS], cancelOrder: [{ kind: 'unknown' }] },
    hands: '3s',
    states: 'paying waiting querying cancelling ended',
    output: { kind: 'unresolved', key: KEY },
  },
  {
    name: 'shows a code until it is paid, on paper as well when asked',
    input: shown,
    effects: {
      payOrder: [paying('pending', { codeText: 'https://qr.alipay.com/1' })],
      printCode: [undefined],
      queryOrder: [{ kind: 'pending' }, { kind: 'paid' }],
    },
    hands: 'function 3s',
    states: 'paying waiting printingCode querying waiting querying ended',
    screens: 'authorizing showCode showCode',
    inputs: { printCode: [{ codeText: 'https://qr.alipay.com/1', amountFen: 10_000 }] },
    output: { kind: 'paid', key: KEY },
  },
  {
    name: 'goes on without paper where the printer broke',
    input: shown,
    effects: {
      payOrder: [paying('pending', { codeText: 'https://qr.alipay.com/1' })],
      printCode: [NO_PRINTER],
      queryOrder: [{ kind: 'paid' }],
    },
    hands: 'function',
    states: 'paying waiting printingCode querying ended',
    output: { kind: 'paid', key: KEY },
  },
  {
    name: 'takes an order back whose code nobody could be shown',
    input: shown,
    effects: { payOrder: [paying('unknown')], queryOrder: [{ kind: 'pending' }], cancelOrder: [{ kind: 'cancelled' }] },
    states: 'paying queryingLast cancelling ended',
    screens: 'authorizing reversing',
    output: { kind: 'cancelled', numbersDiffer: false },
  },
  {
    name: 'is not cancelled before the wallet was asked',
    input: order,
    effects: { payOrder: [NEVER] },
    hands: 'cancel',
    states: 'paying',
  },
]);

const plan = { amountFen: 120_000, method: 'huabei', firstDigits: undefined, refusedPeriods: [], timing: TIMING };

describeChart(planMachine, [
  {
    name: 'offers what the contract has, and takes the choice',
    input: plan,
    effects: { quotePlans: [{ quotes: QUOTES, subCode: 'X' }], installment: [{ kind: 'plan', quote: QUOTES[1] }] },
    states: 'quoting offering choosing ended',
    inputs: { quotePlans: [{ amountFen: 120_000, method: 'huabei' }], installment: [{ quotes: QUOTES }] },
    output: { kind: 'plan', quote: QUOTES[1] },
  },
  {
    name: 'says why there is none',
    input: plan,
    effects: { quotePlans: [{ quotes: [], subCode: 'FENQI.NO_PLANS' }] },
    states: 'quoting offering ended',
    output: { kind: 'none', subCode: 'FENQI.NO_PLANS' },
  },
  {
    name: 'passes keys on while somebody chooses',
    input: plan,
    effects: { quotePlans: [{ quotes: QUOTES, subCode: 'X' }], installment: [NEVER] },
    hands: '1 cancel',
    states: 'quoting offering choosing',
    keys: 'installment 1, installment cancel',
  },
  {
    name: 'ends with a fault of the choice',
    input: plan,
    effects: { quotePlans: [{ quotes: QUOTES, subCode: 'X' }], installment: [DEAD_JOURNAL] },
    states: 'quoting offering choosing ended',
    output: ended('device'),
  },
  {
    name: 'ends with a fault of the quote',
    input: plan,
    effects: { quotePlans: [DEAD_JOURNAL] },
    states: 'quoting ended',
    output: ended('device'),
  },
]);

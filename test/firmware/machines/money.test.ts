import { HalError } from '../../../firmware/hal/index.ts';
import { authorizeCardMachine } from '../../../firmware/transaction/authorize-card.machine.ts';
import { authorizeWalletMachine } from '../../../firmware/transaction/authorize-wallet.machine.ts';
import { describeChart, NEVER } from './chart.ts';
import { CODE, INSERTED, KEY, TAPPED, TIMING, WALLET } from './samples.ts';

const DEAD_JOURNAL = new HalError('media', 'journal');
const NO_READER = new HalError('disconnected', 'cardReader');

const tapSale = { amountFen: 10_000, entry: 'tap', card: TAPPED, verification: { kind: 'none' } };
const chipSale = { ...tapSale, entry: 'chip', card: INSERTED };
const answered = (action: string, responseCode: string) => ({
  key: KEY,
  exchange: { kind: 'answered', action },
  responseCode,
  issuerData: '910A',
  signOnAgain: action === 'signOnAgain',
});
const approved = answered('approve', '00');
const declined = answered('decline', '51');
const without = (exchange: object) => ({ ...approved, exchange, responseCode: '', issuerData: '' });
const completion = (kind: string) => ({ kind, tvr: '0000000000', tsi: 'E800', scriptResult: undefined });

describeChart(authorizeCardMachine, [
  {
    name: 'a tap is approved by the host alone',
    input: tapSale,
    effects: { authorizeCard: [approved] },
    states: 'exchanging deciding concluding ended',
    screens: 'authorizing',
    output: { kind: 'approved', key: KEY },
  },
  {
    name: 'a chip must agree as well',
    input: chipSale,
    effects: { authorizeCard: [approved], completeChip: [completion('accepted')] },
    states: 'exchanging deciding completingChip concluding ended',
    screens: 'authorizing completingChip',
    inputs: { completeChip: [{ approved: true, issuerData: '910A' }] },
    output: { kind: 'approved', key: KEY },
  },
  ...['refused', 'removed'].map((kind) => ({
    name: `a chip that has ${kind} what the issuer approved is reversed`,
    input: chipSale,
    effects: { authorizeCard: [approved], completeChip: [completion(kind)], openReversal: [undefined] },
    states: 'exchanging deciding completingChip openingReversal ended',
    screens: 'authorizing completingChip reversing',
    inputs: { openReversal: [{ key: KEY, reason: '06' }] },
    output: { kind: 'reversing', key: KEY },
  })),
  ...(
    [
      [completion('accepted'), { kind: 'approved', key: KEY, offline: true }],
      [completion('refused'), { kind: 'notSent' }],
      [completion('removed'), { kind: 'notSent' }],
      [DEAD_JOURNAL, { kind: 'faulted' }],
    ] as const
  ).map(([outcome, output]) => ({
    name: `a chip that may decide without the host: ${output.kind} after ${JSON.stringify(outcome)}`,
    input: chipSale,
    effects: { authorizeCard: [{ ...without({ kind: 'notSent' }), mayGoOffline: true }], completeChip: [outcome] },
    states: 'exchanging deciding approvingOffline ended',
    screens: 'authorizing completingChip',
    inputs: { completeChip: [{ approved: true, offline: true }] },
    output,
  })),
  {
    name: 'a reader that breaks after the approval is a device fault',
    input: chipSale,
    effects: { authorizeCard: [approved], completeChip: [NO_READER], openReversal: [undefined] },
    states: 'exchanging deciding completingChip openingReversal ended',
    inputs: { openReversal: [{ reason: '96' }] },
    output: { kind: 'reversing' },
  },
  {
    name: 'a declined chip is told, and a reader that breaks then changes nothing',
    input: chipSale,
    effects: { authorizeCard: [declined], completeChip: [NO_READER] },
    states: 'exchanging deciding completingChip concluding ended',
    inputs: { completeChip: [{ approved: false, responseCode: '51' }] },
    output: { kind: 'declined', responseCode: '51', signOnAgain: false },
  },
  {
    name: 'a declined chip that refuses is declined, not reversed',
    input: chipSale,
    effects: { authorizeCard: [declined], completeChip: [completion('refused')] },
    states: 'exchanging deciding completingChip concluding ended',
    output: { kind: 'declined' },
  },
  {
    name: 'a wrong PIN may be tried again',
    input: tapSale,
    effects: { authorizeCard: [answered('askPinAgain', '55')] },
    states: 'exchanging deciding concluding ended',
    output: { kind: 'wrongPin' },
  },
  {
    name: 'a batch that is over asks for a sign-on',
    input: tapSale,
    effects: { authorizeCard: [answered('signOnAgain', '77')] },
    states: 'exchanging deciding concluding ended',
    output: { kind: 'declined', signOnAgain: true },
  },
  {
    name: 'nothing was sent',
    input: chipSale,
    effects: { authorizeCard: [without({ kind: 'notSent' })] },
    states: 'exchanging deciding ended',
    output: { kind: 'notSent' },
  },
  ...(
    [
      ['no answer', { kind: 'unknown' }, '98'],
      ['a wrong MAC', { kind: 'untrusted', why: 'mac' }, 'A0'],
      ['another answer', { kind: 'untrusted', why: 'mismatch' }, '06'],
      ['an approval of a part', { kind: 'answered', action: 'approvePartial' }, '06'],
    ] as const
  ).map(([name, exchange, reason]) => ({
    name: `${name} is reversed with ${reason}, and the chip is not asked`,
    input: chipSale,
    effects: { authorizeCard: [without(exchange)], openReversal: [undefined] },
    states: 'exchanging deciding openingReversal ended',
    inputs: { openReversal: [{ key: KEY, reason }] },
    output: { kind: 'reversing', key: KEY },
  })),
  {
    name: 'a journal that fails is nothing to go on with',
    input: tapSale,
    effects: { authorizeCard: [DEAD_JOURNAL] },
    states: 'exchanging ended',
    output: { kind: 'faulted' },
  },
  {
    name: 'a reversal that cannot be made a duty is a fault too',
    input: tapSale,
    effects: { authorizeCard: [without({ kind: 'unknown' })], openReversal: [DEAD_JOURNAL] },
    states: 'exchanging deciding openingReversal ended',
    output: { kind: 'faulted' },
  },
  {
    name: 'no key ends an exchange',
    input: tapSale,
    effects: { authorizeCard: [NEVER] },
    hands: 'cancel clear 1 600s',
    states: 'exchanging',
  },
]);

const order = {
  amountFen: 10_000,
  codeRef: CODE.codeRef,
  maskedCode: CODE.maskedCode,
  quote: undefined,
  wallet: WALLET,
  timing: TIMING,
};
const paying = (kind: string) => ({ order: { key: KEY }, answer: { kind, subCode: 'ACQ.X' } });

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
    hands: '1 cancel',
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
    input: { ...order, wallet: { ...WALLET, decideWithinMs: 3_000 } },
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
    name: 'is not cancelled before the wallet was asked',
    input: order,
    effects: { payOrder: [NEVER] },
    hands: 'cancel',
    states: 'paying',
  },
]);

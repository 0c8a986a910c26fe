import { HalError } from '../../../firmware/hal/index.ts';
import { authorizeCardMachine } from '../../../firmware/transaction/authorize-card.machine.ts';
import { describeChart, NEVER } from './chart.ts';
import { INSERTED, KEY, TAPPED } from './samples.ts';

const DEAD_JOURNAL = new HalError('media', 'journal');
const NO_READER = new HalError('disconnected', 'cardReader');

const payer = { kind: 'card', verification: { kind: 'none' } };
const tapSale = { amountFen: 10_000, payer: { ...payer, entry: 'tap', card: TAPPED }, quote: undefined };
const chipSale = { ...tapSale, payer: { ...payer, entry: 'chip', card: INSERTED } };
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

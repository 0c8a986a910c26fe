import { HalError } from '../../../firmware/hal/index.ts';
import { identifyMachine } from '../../../firmware/transaction/identify.machine.ts';
import { installmentMachine } from '../../../firmware/transaction/installment.machine.ts';
import { receiptMachine } from '../../../firmware/transaction/receipt.machine.ts';
import { verifyMachine } from '../../../firmware/transaction/verify.machine.ts';
import { describeChart, NEVER } from './chart.ts';
import { CODE, INSERTED, KEY, QUOTES, SWIPED, TAPPED, TIMING } from './samples.ts';

const BROKEN = new HalError('disconnected', 'cardReader');
const ended = (reason: string) => ({ kind: 'ended', reason });

const verify = { panRef: TAPPED.panRef, maskedPan: TAPPED.maskedPan, amountFen: 10_000, tryNumber: 1, timing: TIMING };
const pinBlockRef = { vaultRef: 9, kind: 'pinBlock' };

describeChart(verifyMachine, [
  {
    name: 'asks for nothing',
    input: { ...verify, required: 'none' },
    states: 'choosing verified',
    output: { kind: 'none' },
  },
  {
    name: 'leaves it to the signature',
    input: { ...verify, required: 'signature' },
    states: 'choosing verified',
    output: { kind: 'signature' },
  },
  {
    name: 'takes a PIN',
    input: { ...verify, required: 'onlinePin' },
    effects: { enterPin: [{ kind: 'entered', pinBlockRef, format: 'iso0' }] },
    states: 'choosing enteringPin verified',
    output: { kind: 'pin', pinBlockRef },
  },
  ...(
    [
      ['bypassed', { kind: 'signature' }],
      ['cancelled', ended('cancelled')],
      ['timedOut', ended('timedOut')],
    ] as const
  ).map(([kind, output]) => ({
    name: `PIN entry ${kind}`,
    input: { ...verify, required: 'onlinePin' },
    effects: { enterPin: [{ kind }] },
    states: 'choosing enteringPin verified',
    output,
  })),
  {
    name: 'is cancelled by the cashier while the customer types',
    input: { ...verify, required: 'onlinePin' },
    effects: { enterPin: [NEVER] },
    hands: '5 cancel',
    states: 'choosing enteringPin verified',
    output: ended('cancelled'),
  },
  {
    name: 'says of a pad without a key that it has none',
    input: { ...verify, required: 'onlinePin' },
    effects: { enterPin: [{ kind: 'failed', error: 'security' }] },
    hands: '5s',
    states: 'choosing enteringPin showingProblem verified',
    screens: 'deviceProblem',
    output: ended('noKey'),
  },
  {
    name: 'shows a pad that failed, and goes on by itself',
    input: { ...verify, required: 'onlinePin' },
    effects: { enterPin: [{ kind: 'failed', error: 'disconnected' }] },
    hands: '5s',
    states: 'choosing enteringPin showingProblem verified',
    screens: 'deviceProblem',
    output: ended('device'),
  },
  {
    name: 'shows a pad that broke, until a key',
    input: { ...verify, required: 'onlinePin' },
    effects: { enterPin: [BROKEN] },
    hands: 'confirm',
    states: 'choosing enteringPin showingProblem verified',
    output: ended('device'),
  },
  {
    name: 'says so where a PIN is due and nothing can take it',
    input: { ...verify, required: 'notPossible' },
    hands: '1',
    states: 'choosing showingProblem verified',
    output: ended('device'),
  },
]);

const identify = {
  amountFen: 10_000,
  accept: ['swipe', 'chip', 'tap'],
  acceptCodes: true,
  credit: undefined,
  methods: [{ id: 'huabei', key: '1', kind: 'installment', zh: '花呗分期', en: 'Huabei', tone: 'blue' }],
  offersInstallment: false,
  quote: undefined,
  timing: TIMING,
};
const unreadable = (via: string, reason: string) => ({ kind: 'unreadable', interface: via, reason });

describeChart(identifyMachine, [
  {
    name: 'takes a card',
    input: identify,
    effects: { readCard: [{ kind: 'read', card: TAPPED }], scanCode: [NEVER] },
    states: 'checkingDevices waiting identified',
    output: { kind: 'card', entry: 'tap' },
  },
  {
    name: 'takes a code',
    input: identify,
    effects: { readCard: [NEVER], scanCode: [CODE] },
    states: 'checkingDevices waiting identified',
    output: CODE,
  },
  {
    name: 'takes a way to pay that the cashier chooses',
    input: identify,
    effects: { readCard: [NEVER], scanCode: [NEVER] },
    hands: '9 1',
    states: 'checkingDevices waiting identified',
    output: { kind: 'method', method: 'huabei' },
  },
  {
    name: 'offers no other way to who is asked to insert a card',
    input: identify,
    effects: { readCard: [unreadable('tap', 'useChip'), NEVER], scanCode: [NEVER, NEVER] },
    hands: '1 cancel',
    states: 'checkingDevices waiting checkingDevices waiting identified',
    output: ended('cancelled'),
  },
  {
    name: 'asks a swiped chip card in',
    input: identify,
    effects: {
      readCard: [
        { kind: 'read', card: { ...SWIPED, serviceCode: '201' } },
        { kind: 'read', card: INSERTED },
      ],
      scanCode: [NEVER, NEVER],
    },
    states: 'checkingDevices waiting checkingDevices waiting identified',
    screens: 'presentCard insertCard',
    output: { kind: 'card', entry: 'chip' },
    inputs: {
      readCard: [{ accept: ['swipe', 'chip', 'tap'] }, { accept: ['chip'] }],
      scanCode: [{ wanted: true }, { wanted: false }],
    },
  },
  {
    name: 'lets a mute chip be swiped, and says that it is a fallback',
    input: identify,
    effects: {
      readCard: [unreadable('chip', 'chipMute'), { kind: 'read', card: { ...SWIPED, serviceCode: '201' } }],
      scanCode: [NEVER, NEVER],
    },
    states: 'checkingDevices waiting checkingDevices waiting identified',
    screens: 'presentCard swipeCard',
    output: { kind: 'card', entry: 'fallback' },
  },
  {
    name: 'sends a tap that failed to the slot',
    input: identify,
    effects: { readCard: [unreadable('tap', 'useChip'), NEVER], scanCode: [NEVER, NEVER] },
    hands: 'cancel',
    states: 'checkingDevices waiting checkingDevices waiting identified',
    screens: 'presentCard insertCard',
    output: ended('cancelled'),
  },
  {
    name: 'shows a bad swipe and asks again by itself',
    input: identify,
    effects: { readCard: [unreadable('swipe', 'badSwipe'), { kind: 'read', card: SWIPED }], scanCode: [NEVER, NEVER] },
    hands: '5s',
    states: 'checkingDevices waiting showingProblem checkingDevices waiting identified',
    screens: 'presentCard cardProblem presentCard',
    output: { kind: 'card', entry: 'swipe' },
  },
  {
    name: 'is given up on the screen of a problem',
    input: identify,
    effects: { readCard: [unreadable('swipe', 'badSwipe')], scanCode: [NEVER] },
    hands: 'cancel',
    states: 'checkingDevices waiting showingProblem identified',
    output: ended('cancelled'),
  },
  ...['1', '5s'].map((hands) => ({
    name: `ends with a blocked card, after ${hands}`,
    input: identify,
    effects: { readCard: [unreadable('chip', 'blocked')], scanCode: [NEVER] },
    hands,
    states: 'checkingDevices waiting showingProblem identified',
    output: ended('device'),
  })),
  {
    name: 'ends when nobody comes',
    input: identify,
    effects: { readCard: [{ kind: 'timedOut' }], scanCode: [NEVER] },
    states: 'checkingDevices waiting identified',
    output: ended('timedOut'),
  },
  {
    name: 'goes on waiting for a card when no code comes, and when keys are pressed that mean nothing here',
    input: identify,
    effects: { readCard: [NEVER], scanCode: [{ kind: 'timedOut' }] },
    hands: '2 confirm cancel',
    states: 'checkingDevices waiting identified',
    screens: 'presentCard',
    output: ended('cancelled'),
  },
  {
    name: 'refuses a code that is none, and goes on with a key',
    input: identify,
    effects: { readCard: [NEVER, NEVER], scanCode: [{ kind: 'refused', reason: 'notAPayCode' }, CODE] },
    hands: '1',
    states: 'checkingDevices waiting showingProblem checkingDevices waiting identified',
    screens: 'presentCard scanProblem presentCard',
    output: CODE,
  },
  {
    name: 'goes on with codes alone when the reader is gone',
    input: identify,
    effects: { readCard: [{ kind: 'failed', error: 'disconnected' }, NEVER], scanCode: [NEVER, CODE] },
    hands: '1',
    states: 'checkingDevices waiting showingProblem checkingDevices waiting identified',
    inputs: { readCard: [{}, { accept: [] }] },
    output: CODE,
  },
  {
    name: 'goes on with codes alone when the reader broke, and ends when none comes',
    input: identify,
    effects: { readCard: [BROKEN, NEVER], scanCode: [NEVER, { kind: 'timedOut' }] },
    hands: '1',
    states: 'checkingDevices waiting showingProblem checkingDevices waiting identified',
    output: ended('timedOut'),
  },
  {
    name: 'goes on with cards alone when the scanner is gone',
    input: identify,
    effects: {
      readCard: [NEVER, { kind: 'read', card: TAPPED }],
      scanCode: [{ kind: 'failed', error: 'timeout' }, NEVER],
    },
    hands: '5s',
    states: 'checkingDevices waiting showingProblem checkingDevices waiting identified',
    screens: 'presentCard deviceProblem presentCard',
    inputs: { scanCode: [{ wanted: true }, { wanted: false }] },
    output: { kind: 'card' },
  },
  {
    name: 'ends when reader and scanner are both gone',
    input: identify,
    effects: { readCard: [NEVER, BROKEN], scanCode: [new HalError('disconnected', 'scanner'), NEVER] },
    hands: '1 1',
    states: 'checkingDevices waiting showingProblem checkingDevices waiting showingProblem checkingDevices identified',
    output: ended('device'),
  },
]);

const installment = { amountFen: 120_000, quotes: QUOTES, timing: TIMING };

describeChart(installmentMachine, [
  {
    name: 'takes a plan that was confirmed',
    input: installment,
    hands: '9 2 1 confirm',
    states: 'choosingPlan confirmingPlan chosen',
    screens: 'choosePlan confirmPlan',
    output: { kind: 'plan', quote: { offer: { periods: 6 } } },
  },
  {
    name: 'takes one payment',
    input: installment,
    hands: '0',
    states: 'choosingPlan chosen',
    output: { kind: 'single' },
  },
  {
    name: 'goes back from a plan and is given up',
    input: installment,
    hands: '1 cancel cancel',
    states: 'choosingPlan confirmingPlan choosingPlan chosen',
    output: ended('cancelled'),
  },
  {
    name: 'ends when nobody chooses',
    input: installment,
    hands: '60s',
    states: 'choosingPlan chosen',
    output: ended('timedOut'),
  },
  {
    name: 'does not agree for a customer who says nothing',
    input: installment,
    hands: '1 60s',
    states: 'choosingPlan confirmingPlan chosen',
    output: ended('timedOut'),
  },
]);

const copies = (['merchant', 'cardholder'] as const).map((copy) => ({ key: KEY, copy }));
const printed = { kind: 'printed' };
const paperOut = { kind: 'stopped', reason: 'paperOut' };

describeChart(receiptMachine, [
  {
    name: 'prints both copies, with time to tear',
    input: { copies, timing: TIMING },
    effects: { printCopy: [printed, printed] },
    hands: '10s',
    states: 'choosingCopy printing countingCopy tearing printing countingCopy ended',
    screens: 'tearReceipt printing',
    inputs: { printCopy: [{ copy: 'merchant' }, { copy: 'cardholder' }] },
    output: printed,
  },
  {
    name: 'goes on at once when the cashier has torn',
    input: { copies, timing: TIMING },
    effects: { printCopy: [printed, printed] },
    hands: 'cancel confirm',
    states: 'choosingCopy printing countingCopy tearing printing countingCopy ended',
    output: printed,
  },
  {
    name: 'prints the same copy again when paper is back',
    input: { copies: copies.slice(0, 1), timing: TIMING },
    effects: { printCopy: [paperOut, printed] },
    hands: '1 confirm',
    states: 'choosingCopy printing showingProblem printing countingCopy ended',
    screens: 'printerProblem',
    output: printed,
  },
  ...['cancel', '60s'].map((hands) => ({
    name: `leaves the copies owed after ${hands}`,
    input: { copies, timing: TIMING },
    effects: { printCopy: [paperOut] },
    hands,
    states: 'choosingCopy printing showingProblem ended',
    output: { kind: 'owed' },
  })),
  {
    name: 'leaves the copies owed when the journal fails',
    input: { copies, timing: TIMING },
    effects: { printCopy: [new HalError('media', 'journal')] },
    states: 'choosingCopy printing ended',
    output: { kind: 'owed' },
  },
  {
    name: 'has the sale signed for on the panel before the first copy prints',
    input: { copies: copies.slice(0, 1), announcesFirst: false, signedFor: KEY, timing: TIMING },
    effects: { takeSignature: ['asked'], printCopy: [printed] },
    states: 'choosingCopy signing choosingCopy printing countingCopy ended',
    screens: 'printing',
    inputs: { takeSignature: [{ key: KEY, timeoutMs: TIMING.operatorMs }] },
    output: printed,
  },
  {
    name: 'leaves the ending on the screen where there is no panel',
    input: { copies: copies.slice(0, 1), announcesFirst: false, signedFor: KEY, timing: TIMING },
    effects: { takeSignature: ['onPaper'], printCopy: [printed] },
    states: 'choosingCopy signing choosingCopy printing countingCopy ended',
    screens: '',
    output: printed,
  },
  {
    name: 'prints a line for the pen when the cashier gives up the panel',
    input: { copies: copies.slice(0, 1), announcesFirst: false, signedFor: KEY, timing: TIMING },
    effects: { takeSignature: [NEVER], printCopy: [printed] },
    hands: '1 confirm cancel',
    states: 'choosingCopy signing choosingCopy printing countingCopy ended',
    screens: 'printing',
    output: printed,
  },
  {
    name: 'prints though the journal did not keep the signature',
    input: { copies: copies.slice(0, 1), announcesFirst: false, signedFor: KEY, timing: TIMING },
    effects: { takeSignature: [new HalError('media', 'journal')], printCopy: [printed] },
    states: 'choosingCopy signing choosingCopy printing countingCopy ended',
    output: printed,
  },
  { name: 'has nothing to do', input: { copies: [], timing: TIMING }, states: 'choosingCopy ended', output: printed },
]);

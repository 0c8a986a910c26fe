import { HalError } from '../../../firmware/hal/index.ts';
import { handOverMachine } from '../../../firmware/recovery/hand-over.machine.ts';
import { menuMachine } from '../../../firmware/terminal/menu.machine.ts';
import { DEFAULT_SETTINGS } from '../../../firmware/settings.ts';
import { describeChart, NEVER } from './chart.ts';
import { KEY, TIMING } from './samples.ts';

const DEAD = new HalError('media', 'journal');
const copy = { key: KEY, copy: 'merchant' };
const quiet = { openItems: 0, owedCopies: [], unseenFen: undefined, mustSettle: false, settledBatch: undefined };
const input = { summary: quiet, accept: ['tap'], settings: DEFAULT_SETTINGS };
const withDrawer = { ...input, settings: { ...DEFAULT_SETTINGS, hasDrawer: true } };
const busy = { ...input, summary: { ...quiet, openItems: 1, owedCopies: [copy], settledBatch: '000001' } };
const approved = {
  key: KEY,
  what: 'sale',
  amountFen: 8800,
  subject: '622848*********0017',
  truth: { kind: 'approved' },
};

describeChart(menuMachine, [
  ...['cancel', '60s'].map((hands) => ({
    name: `goes away: ${hands}`,
    input,
    hands,
    states: 'choosing ended',
    screens: 'menu',
    output: { kind: 'done' },
  })),
  { name: 'asks the terminal to settle', input, hands: '1', states: 'choosing ended', output: { kind: 'settle' } },
  {
    name: 'offers nothing that there is not',
    input,
    hands: '3 4 5 0 cancel',
    states: 'choosing ended',
    screens: 'menu',
    output: { kind: 'done' },
  },
  ...(
    [
      ['6', 'void', { kind: 'done' }],
      ['7', 'refund', { kind: 'leftOpen' }],
      ['7', 'refund', { kind: 'signOn' }],
      ['6', 'void', DEAD],
    ] as const
  ).map(([key, kind, outcome]) => ({
    name: `takes money back: ${kind}, ${outcome.kind}`,
    input,
    effects: { refund: [outcome] },
    hands: key,
    states: 'choosing takingBack ended',
    inputs: { refund: [{ kind, accept: ['tap'], refunds: DEFAULT_SETTINGS.refunds, timing: TIMING }] },
    output: outcome instanceof Error ? { kind: 'done' } : outcome,
  })),
  {
    name: 'keys belong to the refund while one is made',
    input,
    effects: { refund: [NEVER] },
    hands: '7 1',
    states: 'choosing takingBack',
    keys: 'refund 1',
  },
  {
    name: 'opens the drawer',
    input: withDrawer,
    effects: { openDrawer: [{ kind: 'pulsed' }] },
    hands: '0',
    states: 'choosing openingDrawer ended',
    screens: 'menu openingDrawer',
    output: { kind: 'done' },
  },
  {
    name: 'says why the drawer stays shut and tries again',
    input: withDrawer,
    effects: { openDrawer: [{ kind: 'stopped', reason: 'paperOut' }, { kind: 'pulsed' }] },
    hands: '0 7 confirm',
    states: 'choosing openingDrawer showingDrawerProblem openingDrawer ended',
    screens: 'menu openingDrawer drawerProblem openingDrawer',
  },
  ...['cancel', '60s'].map((hands) => ({
    name: `leaves the drawer shut: ${hands}`,
    input: withDrawer,
    effects: { openDrawer: [{ kind: 'stopped', reason: 'disconnected' }] },
    hands: `0 ${hands}`,
    states: 'choosing openingDrawer showingDrawerProblem ended',
  })),
  {
    name: 'a drawer that breaks down ends the menu',
    input: withDrawer,
    effects: { openDrawer: [DEAD] },
    hands: '0',
    states: 'choosing openingDrawer ended',
  },
  ...[undefined, DEAD].map((outcome) => ({
    name: `shows bills: ${outcome === undefined ? 'done' : 'broke down'}`,
    input,
    effects: { bills: [outcome] },
    hands: '8',
    states: 'choosing showingBills ended',
    inputs: { bills: [{ timing: TIMING }] },
  })),
  {
    name: 'keys belong to the bills while they are shown',
    input,
    effects: { bills: [NEVER] },
    hands: '8 cancel',
    states: 'choosing showingBills',
    keys: 'bills cancel',
  },
  ...['1', '60s'].map((hands) => ({
    name: `tells whom to call: ${hands}`,
    input,
    hands: `9 ${hands}`,
    states: 'choosing showingHelp ended',
    screens: 'menu help',
  })),
  {
    name: 'prints what is owed',
    input: busy,
    effects: { receipt: [{ kind: 'printed' }] },
    hands: '3',
    states: 'choosing printing ended',
    inputs: { receipt: [{ copies: [copy], announcesFirst: true }] },
    output: { kind: 'done' },
  },
  {
    name: 'prints the last settlement slip again',
    input: busy,
    effects: { receipt: [DEAD] },
    hands: '4',
    states: 'choosing printing ended',
    inputs: { receipt: [{ copies: [{ copy: 'settlement', batch: '000001' }] }] },
  },
  {
    name: 'keys belong to the paper while it prints',
    input: busy,
    effects: { receipt: [NEVER] },
    hands: '3 cancel',
    states: 'choosing printing',
    keys: 'receipt cancel',
  },
  {
    name: 'looks a sale up by its voucher number',
    input,
    effects: { lookUp: [approved] },
    hands: '2 confirm 1 clear 00 2 function confirm 1',
    states: 'choosing enteringVoucher lookingUp showingTruth ended',
    screens: 'menu saleTruth',
    inputs: { lookUp: [{ stan: 2 }] },
  },
  {
    name: 'says that there is no such sale',
    input,
    effects: { lookUp: [undefined] },
    hands: '2 9 confirm 60s',
    states: 'choosing enteringVoucher lookingUp showingTruth ended',
  },
  {
    name: 'gives a look-up up',
    input,
    hands: '2 cancel',
    states: 'choosing enteringVoucher ended',
  },
  {
    name: 'gives a look-up up by itself',
    input,
    hands: '2 60s',
    states: 'choosing enteringVoucher ended',
  },
  {
    name: 'an entry of the number that breaks down ends the menu',
    input,
    effects: { voucher: [DEAD] },
    hands: '2',
    states: 'choosing enteringVoucher ended',
  },
  {
    name: 'a look-up that fails ends the menu',
    input,
    effects: { lookUp: [DEAD] },
    hands: '2 9 confirm',
    states: 'choosing enteringVoucher lookingUp ended',
  },
  ...[undefined, DEAD].map((outcome) => ({
    name: `hands an open sale over: ${outcome === undefined ? 'done' : 'broke down'}`,
    input: busy,
    effects: { handOver: [outcome] },
    hands: '5',
    states: 'choosing handingOver ended',
  })),
  {
    name: 'keys belong to the supervisor while a sale is handed over',
    input: busy,
    effects: { handOver: [NEVER] },
    hands: '5 1',
    states: 'choosing handingOver',
    keys: 'handOver 1',
  },
]);

const inDoubt = { ...approved, truth: { kind: 'inDoubt', next: 'reverse' } };
const second = { ...inDoubt, key: { batch: '000001', stan: 9 } };
const boss = { number: '01', name: '店长' };
const hand = { timing: TIMING };
const AUTHORIZED = 'listing choosing reviewing enteringNumber enteringPasscode checking';

describeChart(handOverMachine, [
  {
    name: 'a named supervisor takes the oldest open sale over',
    input: hand,
    effects: { listOpen: [[inDoubt, second]], checkSupervisor: [boss], closeByHand: [{ kind: 'closed' }] },
    hands: 'confirm 0 7 clear 1 confirm 2 4 6 confirm 1',
    states: `${AUTHORIZED} closing showingHandedOver ended`,
    inputs: {
      checkSupervisor: [{ number: '01', passcode: '246' }],
      closeByHand: [{ key: KEY, supervisor: '01 店长' }],
    },
  },
  {
    name: 'another one can be chosen, round and round',
    input: hand,
    effects: { listOpen: [[inDoubt, second]], checkSupervisor: [boss], closeByHand: [{ kind: 'closed' }] },
    hands: 'function function 5 function confirm 1 confirm 2 confirm 5s',
    states: `${AUTHORIZED} closing showingHandedOver ended`,
    screens:
      'openItem openItem openItem openItem enterSupervisor enterSupervisor enterPasscode enterPasscode handedOver',
    inputs: { closeByHand: [{ key: { stan: 9 } }] },
  },
  { name: 'nothing is open', input: hand, effects: { listOpen: [[]] }, states: 'listing choosing ended' },
  { name: 'the journal cannot say', input: hand, effects: { listOpen: [DEAD] }, states: 'listing ended' },
  ...(
    [
      ['cancel', 'listing choosing reviewing ended'],
      ['60s', 'listing choosing reviewing ended'],
      ['confirm cancel', 'listing choosing reviewing enteringNumber ended'],
      ['confirm 60s', 'listing choosing reviewing enteringNumber ended'],
      ['confirm confirm 1 confirm cancel', 'listing choosing reviewing enteringNumber enteringPasscode ended'],
      ['confirm 1 confirm confirm clear 60s', 'listing choosing reviewing enteringNumber enteringPasscode ended'],
    ] as const
  ).map(([hands, states]) => ({
    name: `is given up: ${hands}`,
    input: hand,
    effects: { listOpen: [[inDoubt]] },
    hands,
    states,
  })),
  {
    name: 'a wrong passcode has three tries',
    input: hand,
    effects: { listOpen: [[inDoubt]], checkSupervisor: [undefined, undefined, undefined] },
    hands: 'confirm 1 confirm 2 confirm 5s 1 confirm 2 confirm 9 1 confirm 2 confirm 9',
    states:
      'listing choosing reviewing enteringNumber enteringPasscode checking refusing enteringNumber ' +
      'enteringPasscode checking refusing enteringNumber enteringPasscode checking refusing ended',
  },
  {
    name: 'the last refusal goes away by itself',
    input: hand,
    effects: { listOpen: [[inDoubt]], checkSupervisor: [undefined, undefined, undefined] },
    hands: 'confirm 1 confirm 2 confirm 9 1 confirm 2 confirm 9 1 confirm 2 confirm 5s',
    states:
      'listing choosing reviewing enteringNumber enteringPasscode checking refusing enteringNumber ' +
      'enteringPasscode checking refusing enteringNumber enteringPasscode checking refusing ended',
  },
  {
    name: 'a roster that cannot be read lets nobody in',
    input: hand,
    effects: { listOpen: [[inDoubt]], checkSupervisor: [DEAD] },
    hands: 'confirm 1 confirm 2 confirm',
    states: `${AUTHORIZED} ended`,
  },
  {
    name: 'nothing is taken over that is no longer open',
    input: hand,
    effects: { listOpen: [[inDoubt]], checkSupervisor: [boss], closeByHand: [{ kind: 'notOpen' }] },
    hands: 'confirm 1 confirm 2 confirm',
    states: `${AUTHORIZED} closing ended`,
  },
  {
    name: 'what cannot be written down has not happened',
    input: hand,
    effects: { listOpen: [[inDoubt]], checkSupervisor: [boss], closeByHand: [DEAD] },
    hands: 'confirm 1 confirm 2 confirm',
    states: `${AUTHORIZED} closing ended`,
  },
]);

import { Fault } from '../../../firmware/base/invariant.ts';
import { DEFAULT_SETTINGS } from '../../../firmware/settings.ts';
import { terminalMachine } from '../../../firmware/terminal/terminal.machine.ts';
import { describeChart, NEVER } from './chart.ts';
import { KEY } from './samples.ts';

const input = { settings: DEFAULT_SETTINGS, accept: ['swipe', 'chip', 'tap'] };
const BUG = new Fault('broken invariant: anything');
const ready = { kind: 'ready', missing: [] };
const signedOn = { kind: 'signedOn' };
const settled = { kind: 'settled' };
const nothing = { openItems: 0, owedCopies: [], mustSettle: false, stored: 0 };
const oneOpen = { ...nothing, openItems: 1 };
const oneOwed = { ...nothing, owedCopies: [{ key: KEY, copy: 'merchant' }] };
const oneStored = { ...nothing, stored: 1 };
const frozen = { ...nothing, mustSettle: true };
const balanced = { kind: 'settled', balanced: true };
const unanswered = { kind: 'unsettled', reason: 'unanswered' };
const waiting = { kind: 'waiting', openItems: 1 };
const sold = { kind: 'approved', key: KEY };

const UP = 'booting signingOn recovering summarizing deciding';
/** Effects of a start that finds nothing to do. */
const up = { boot: [ready], signOn: [signedOn], pending: [settled], summarize: [nothing] };

describeChart(terminalMachine, [
  {
    name: 'starts up, and waits as long as nobody comes',
    input,
    effects: up,
    hands: '600s',
    states: `${UP} idle`,
    screens: 'booting signingOn idle',
  },
  ...(['1', '60s'] as const).map((hands) => ({
    name: `announces a sale that stood just before the power failed, until ${hands}`,
    input,
    effects: { ...up, summarize: [{ ...nothing, unseenFen: 8800 }] },
    hands,
    states: `${UP} announcing idle`,
    screens: 'booting signingOn lateApproval idle',
  })),
  {
    name: 'goes out of service when its maker finds a fault',
    input,
    effects: up,
    hands: 'FAULTED',
    states: `${UP} idle outOfService`,
  },
  {
    name: 'waits for the key ceremony',
    input,
    effects: { ...up, boot: [{ kind: 'needsActivation' }, ready] },
    hands: '600s 1 confirm',
    states: `booting activating ${UP} idle`,
    screens: 'booting activation booting signingOn idle',
    inputs: { boot: [{ journalIsOpen: false }, { journalIsOpen: true }] },
  },
  {
    name: 'comes back by itself when the PIN pad does',
    input,
    effects: { ...up, boot: [{ kind: 'pinPadMissing' }, { kind: 'pinPadMissing' }, ready] },
    hands: 'cancel 1 15s',
    states: `booting outOfService booting outOfService ${UP} idle`,
    screens: 'booting selfTestFailed booting selfTestFailed booting signingOn idle',
  },
  ...(
    [
      ['journalDamaged', { kind: 'journalDamaged', damage: 'corrupt' }, 'journalDamaged'],
      ['journalUnreadable', { kind: 'journalUnreadable' }, 'outOfService'],
      ['a fault', BUG, 'outOfService'],
    ] as const
  ).map(([name, outcome, screen]) => ({
    name: `stays out of service with ${name} until somebody restarts it`,
    input,
    effects: { boot: [outcome] },
    hands: 'cancel 600s 1 confirm',
    states: 'booting outOfService restarting',
    screens: `booting ${screen}`,
  })),
  {
    name: 'waits for the key ceremony when the sign-on finds no master key',
    input,
    effects: { ...up, boot: [ready, ready], signOn: [{ kind: 'noMasterKey' }, signedOn] },
    hands: '600s confirm',
    states: `booting signingOn activating ${UP} idle`,
    screens: 'booting signingOn activation booting signingOn idle',
  },
  ...(
    [
      ['PIN was asked for', { kind: 'ended', reason: 'noKey' }],
      ['message was to be sealed', { kind: 'notSent', missing: { device: 'keyStore', kind: 'security' } }],
    ] as const
  ).flatMap(([when, result]) => [
    {
      name: `signs on again when the working keys were gone as a ${when}`,
      input,
      effects: {
        ...up,
        boot: [ready, ready],
        signOn: [signedOn, signedOn],
        pending: [settled, settled],
        summarize: [nothing, nothing],
        transaction: [result],
      },
      hands: '5 confirm',
      states: `${UP} idle enteringAmount transacting concluding ${UP} idle`,
      inputs: { boot: [{ journalIsOpen: false }, { journalIsOpen: true }] },
    },
    {
      name: `waits for the key ceremony when the master key was gone as a ${when}`,
      input,
      effects: { ...up, boot: [ready, { kind: 'needsActivation' }], transaction: [result] },
      hands: '5 confirm',
      states: `${UP} idle enteringAmount transacting concluding booting activating`,
      screens: 'booting signingOn idle enterAmount booting activation',
    },
  ]),
  ...(
    [
      ['a customer who left', { kind: 'ended', reason: 'cancelled' }],
      ['a pad that failed', { kind: 'ended', reason: 'device' }],
      ['a pad that was away', { kind: 'notSent', missing: { device: 'pinPad', kind: 'disconnected' } }],
      ['a sealed card number that cannot be read', { kind: 'notSent', missing: { device: 'vault', kind: 'security' } }],
      ['a host out of reach', { kind: 'notSent', missing: undefined }],
    ] as const
  ).map(([what, result]) => ({
    name: `does not look at its keys for ${what}`,
    input,
    effects: { ...up, summarize: [nothing, nothing], transaction: [result] },
    hands: '5 confirm',
    states: `${UP} idle enteringAmount transacting concluding summarizing deciding idle`,
  })),
  {
    name: 'signs on again by itself and by key',
    input,
    effects: {
      ...up,
      signOn: [{ kind: 'failed', reason: 'notSent' }, { kind: 'failed', reason: 'noAnswer' }, signedOn],
    },
    hands: '15s 1 confirm',
    states: 'booting signingOn signedOff signingOn signedOff signingOn recovering summarizing deciding idle',
    screens: 'booting signingOn signOnFailed signingOn signOnFailed signingOn idle',
  },
  {
    name: 'cannot sign on without a journal',
    input,
    effects: { ...up, signOn: [BUG] },
    states: 'booting signingOn outOfService',
  },
  {
    name: 'cannot recover without a journal',
    input,
    effects: { ...up, pending: [{ kind: 'faulted' }] },
    states: 'booting signingOn recovering outOfService',
  },
  {
    name: 'recovery broke down',
    input,
    effects: { ...up, pending: [BUG] },
    states: 'booting signingOn recovering outOfService',
  },
  {
    name: 'cannot sum up',
    input,
    effects: { ...up, summarize: [BUG] },
    states: 'booting signingOn recovering summarizing outOfService',
  },
  {
    name: 'signs on once for a reversal that the host refused for its keys, then waits',
    input,
    effects: {
      ...up,
      signOn: [signedOn, signedOn],
      pending: [{ kind: 'signOnNeeded' }, { kind: 'signOnNeeded' }, settled],
      summarize: [oneOpen, nothing],
    },
    hands: '15s',
    states:
      'booting signingOn recovering signingOn recovering summarizing deciding recoveryWaiting recovering summarizing deciding idle',
    screens: 'booting signingOn signingOn recoveryWaiting idle',
  },
  {
    name: 'tries open items by key, and lets the cashier look at the idle screen meanwhile',
    input,
    effects: { ...up, pending: [waiting, waiting, settled], summarize: [oneOpen, oneOpen, nothing] },
    hands: 'confirm 1 cancel 15s',
    states: `${UP} recoveryWaiting recovering summarizing deciding recoveryWaiting idle recovering summarizing deciding idle`,
  },
  {
    name: 'sells',
    input,
    effects: { ...up, transaction: [sold], summarize: [nothing, nothing] },
    hands: '1 2 00 clear 0 confirm',
    states: `${UP} idle enteringAmount transacting concluding summarizing deciding idle`,
    inputs: { transaction: [{ amountFen: 1_200, accept: ['swipe', 'chip', 'tap'], acceptCodes: true }] },
  },
  {
    name: 'gives up an amount, by key and by itself, and takes none of nothing',
    input,
    effects: up,
    hands: 'confirm 1 cancel 0 confirm 60s',
    states: `${UP} idle enteringAmount idle enteringAmount idle`,
  },
  {
    name: 'settles what is open before it sells',
    input,
    effects: { ...up, pending: [waiting, settled], summarize: [oneOpen, nothing, nothing], transaction: [sold] },
    hands: 'cancel 5 confirm',
    states: `${UP} recoveryWaiting idle enteringAmount recovering summarizing deciding transacting concluding summarizing deciding idle`,
    inputs: { transaction: [{ amountFen: 5 }] },
  },
  {
    name: 'does not sell while something is open, and forgets the sale that is given up',
    input,
    effects: {
      ...up,
      pending: [waiting, waiting, settled],
      summarize: [oneOpen, oneOpen, nothing],
    },
    hands: 'cancel 5 confirm cancel 15s',
    states: `${UP} recoveryWaiting idle enteringAmount recovering summarizing deciding recoveryWaiting idle recovering summarizing deciding idle`,
  },
  ...['reversing', 'unresolved'].map((kind) => ({
    name: `goes after a sale that is ${kind} at once`,
    input,
    effects: { ...up, transaction: [{ kind, key: KEY }], pending: [settled, settled], summarize: [nothing, nothing] },
    hands: '5 confirm',
    states: `${UP} idle enteringAmount transacting concluding recovering summarizing deciding idle`,
  })),
  {
    name: 'signs on when the host says so',
    input,
    effects: {
      ...up,
      signOn: [signedOn, signedOn],
      transaction: [{ kind: 'declined', responseCode: '77', signOnAgain: true }],
      pending: [settled, settled],
      summarize: [nothing, nothing],
    },
    hands: '5 confirm',
    states: `${UP} idle enteringAmount transacting concluding signingOn recovering summarizing deciding idle`,
  },
  ...[{ kind: 'faulted' }, BUG].map((outcome) => ({
    name: `goes out of service after a transaction that ended by ${outcome instanceof Error ? 'an error' : 'a fault'}`,
    input,
    effects: { ...up, transaction: [outcome], summarize: [nothing, nothing] },
    hands: '5 confirm',
    states: `${UP} idle enteringAmount transacting concluding summarizing deciding outOfService`,
  })),
  {
    name: 'keys belong to the transaction while it runs',
    input,
    effects: { ...up, transaction: [NEVER] },
    hands: '5 confirm 1 cancel function',
    states: `${UP} idle enteringAmount transacting`,
    keys: 'transaction 1, transaction cancel, transaction function',
  },
  {
    name: 'opens the menu and sums up afterwards',
    input,
    effects: { ...up, summarize: [oneOwed, nothing], menu: [{ kind: 'done' }] },
    hands: 'function',
    states: `${UP} idle usingMenu summarizing deciding idle`,
    inputs: { menu: [{ summary: oneOwed }] },
  },
  ...['leftOpen', 'signOn'].map((kind) => ({
    name: `goes on at once with what a refund leaves to it: ${kind}`,
    input,
    effects: {
      ...up,
      signOn: [signedOn, signedOn],
      pending: [settled, settled],
      summarize: [nothing, nothing],
      menu: [{ kind }],
    },
    hands: 'function',
    states: `${UP} idle usingMenu ${kind === 'signOn' ? 'signingOn ' : ''}recovering summarizing deciding idle`,
  })),
  {
    name: 'goes on when the menu broke down',
    input,
    effects: { ...up, summarize: [oneOwed, oneOwed], menu: [BUG] },
    hands: 'function',
    states: `${UP} idle usingMenu summarizing deciding idle`,
  },
  {
    name: 'keys belong to the menu while it is open',
    input,
    effects: { ...up, menu: [NEVER] },
    hands: 'function 1 cancel',
    states: `${UP} idle usingMenu`,
    keys: 'menu 1, menu cancel',
  },
  {
    name: 'settles when it is asked to',
    input,
    effects: { ...up, summarize: [nothing, nothing], menu: [{ kind: 'settle' }], settle: [balanced] },
    hands: 'function',
    states: `${UP} idle usingMenu settling summarizing deciding idle`,
  },
  {
    name: 'keys belong to the settlement while it runs, and money may be in doubt',
    input,
    effects: { ...up, menu: [{ kind: 'settle' }], settle: [NEVER] },
    hands: 'function cancel',
    states: `${UP} idle usingMenu settling`,
    keys: 'settle cancel',
  },
  {
    name: 'goes on by itself with a settlement that the power cut short',
    input,
    effects: { ...up, summarize: [frozen, nothing], settle: [balanced] },
    states: `${UP} settling summarizing deciding idle`,
  },
  {
    name: 'waits with a settlement that nobody answers, and sells nothing meanwhile',
    input,
    effects: {
      ...up,
      pending: [settled, settled, settled],
      summarize: [frozen, frozen, frozen, frozen, frozen, nothing],
      settle: [unanswered, unanswered, balanced],
    },
    hands: '5 confirm 15s',
    states:
      `${UP} settling summarizing deciding idle enteringAmount recovering summarizing deciding settling ` +
      'summarizing deciding idle recovering summarizing deciding settling summarizing deciding idle',
  },
  {
    name: 'sells what had to wait for the settlement',
    input,
    effects: {
      ...up,
      pending: [settled, settled],
      summarize: [frozen, frozen, frozen, nothing, nothing],
      settle: [unanswered, balanced],
      transaction: [sold],
    },
    hands: '5 confirm',
    states:
      `${UP} settling summarizing deciding idle enteringAmount recovering summarizing deciding settling ` +
      'summarizing deciding transacting concluding summarizing deciding idle',
    inputs: { transaction: [{ amountFen: 5 }] },
  },
  ...['1', '60s'].map((hands) => ({
    name: `signs on once for a settlement under new keys, then says so until ${hands}`,
    input,
    effects: {
      ...up,
      signOn: [signedOn, signedOn],
      pending: [settled, settled],
      summarize: [nothing, nothing, nothing],
      menu: [{ kind: 'settle' }],
      settle: [{ kind: 'signOnNeeded' }, { kind: 'signOnNeeded' }],
    },
    hands: `function ${hands}`,
    states:
      `${UP} idle usingMenu settling signingOn recovering summarizing deciding settling settlementRefused ` +
      'summarizing deciding idle',
    screens: 'booting signingOn idle signingOn settlementFailed idle',
  })),
  ...[{ kind: 'faulted' }, BUG].map((outcome) => ({
    name: `goes out of service when a settlement cannot be written down: ${outcome instanceof Error ? 'an error' : 'told'}`,
    input,
    effects: { ...up, menu: [{ kind: 'settle' }], settle: [outcome] },
    hands: 'function',
    states: `${UP} idle usingMenu settling outOfService`,
  })),
  {
    name: 'forwards offline sales while nobody sells',
    input,
    effects: { ...up, pending: [waiting, waiting, settled], summarize: [oneStored, oneStored, nothing] },
    hands: '60s 60s',
    states: `${UP} idle recovering summarizing deciding idle recovering summarizing deciding idle`,
  },
  {
    name: 'forwards offline sales as soon as the host has answered a sale, and lets the shop sell before that',
    input,
    effects: {
      ...up,
      pending: [waiting, settled],
      summarize: [oneStored, oneStored, nothing],
      transaction: [
        { ...sold, offline: true },
        { ...sold, offline: false },
      ],
    },
    hands: '5 confirm 6 confirm',
    states:
      `${UP} idle enteringAmount transacting concluding summarizing deciding idle enteringAmount transacting ` +
      'concluding recovering summarizing deciding idle',
  },
]);

import { HalError } from '../../../firmware/hal/index.ts';
import { pendingMachine } from '../../../firmware/recovery/pending.machine.ts';
import { describeChart } from './chart.ts';
import { KEY } from './samples.ts';

const DEAD_JOURNAL = new HalError('media', 'journal');

const none = { openItems: 0, stored: 0, next: undefined };
const open = (kind: 'reversal' | 'order' | 'forward' | 'refund', openItems = 1, what = 'sale') => ({
  openItems,
  stored: 2,
  next: { kind, what, key: KEY, amountFen: 10_000 },
});
const TRIED = 'finding picking reversing backingOff picking reversing backingOff picking reversing backingOff';

describeChart(pendingMachine, [
  {
    name: 'finds nothing',
    effects: { findOpen: [none] },
    states: 'finding picking ended',
    output: { kind: 'settled' },
  },
  {
    name: 'sends reversals, the oldest first, until none is left',
    effects: {
      findOpen: [open('reversal', 2), open('reversal'), none],
      sendReversal: [{ kind: 'reversed' }, { kind: 'reversed' }],
    },
    hands: '3s 3s',
    states:
      'finding picking reversing announcingReversal finding picking reversing announcingReversal finding picking ended',
    screens: 'recovering reversed recovering reversed',
    inputs: { sendReversal: [{ key: KEY }, { key: KEY }] },
    output: { kind: 'settled' },
  },
  {
    name: 'tries a reversal again after a pause',
    effects: { findOpen: [open('reversal'), none], sendReversal: [{ kind: 'unanswered' }, { kind: 'reversed' }] },
    hands: '2s 3s',
    states: 'finding picking reversing backingOff picking reversing announcingReversal finding picking ended',
    output: { kind: 'settled' },
  },
  {
    name: 'leaves it for the next pass after three tries',
    effects: {
      findOpen: [open('reversal', 2)],
      sendReversal: Array.from({ length: 3 }, () => ({ kind: 'unanswered' })),
    },
    hands: '2s 4s',
    states: `${TRIED} picking ended`,
    output: { kind: 'waiting', openItems: 2 },
  },
  {
    name: 'asks for a sign-on when the host does not know our keys',
    effects: { findOpen: [open('reversal')], sendReversal: [{ kind: 'signOnNeeded' }] },
    states: 'finding picking reversing ended',
    output: { kind: 'signOnNeeded' },
  },
  {
    name: 'announces an order that turns out to be paid',
    effects: { findOpen: [open('order'), none], resolveOrder: [{ kind: 'paid' }] },
    hands: '3s',
    states: 'finding picking resolvingOrder announcing finding picking ended',
    screens: 'recovering lateApproval',
    output: { kind: 'settled' },
  },
  {
    name: 'says nothing about an order that is cancelled',
    effects: { findOpen: [open('order'), none], resolveOrder: [{ kind: 'cancelled' }] },
    states: 'finding picking resolvingOrder finding picking ended',
    screens: 'recovering',
    output: { kind: 'settled' },
  },
  {
    name: 'asks about an order again after a pause',
    effects: { findOpen: [open('order'), none], resolveOrder: [{ kind: 'unknown' }, { kind: 'cancelled' }] },
    hands: '2s',
    states: 'finding picking resolvingOrder backingOff picking resolvingOrder finding picking ended',
    output: { kind: 'settled' },
  },
  {
    name: 'says of a void that was reversed that the sale stands',
    effects: { findOpen: [open('reversal', 1, 'void'), none], sendReversal: [{ kind: 'reversed' }] },
    hands: '3s',
    states: 'finding picking reversing announcingReversal finding picking ended',
    screens: 'recovering voidReversed',
    output: { kind: 'settled' },
  },
  ...(
    [
      [{ kind: 'done' }, 'refundConfirmed'],
      [{ kind: 'declined', responseCode: '61' }, 'refundDeclined'],
    ] as const
  ).map(([outcome, shown]) => ({
    name: `repeats a refund until the host has answered: ${outcome.kind}`,
    effects: {
      findOpen: [open('refund', 1, 'refund'), none],
      repeatRefund: [{ kind: 'unanswered' }, outcome],
    },
    hands: '2s 3s',
    states: 'finding picking repeatingRefund backingOff picking repeatingRefund announcingRefund finding picking ended',
    screens: `recovering recovering ${shown}`,
    inputs: { repeatRefund: [{ key: KEY }, { key: KEY }] },
    output: { kind: 'settled' },
  })),
  ...(
    [
      [{ kind: 'signOnNeeded' }, { kind: 'signOnNeeded' }],
      [DEAD_JOURNAL, { kind: 'faulted' }],
    ] as const
  ).map(([outcome, output]) => ({
    name: `a refund waits: ${output.kind}`,
    effects: { findOpen: [open('refund', 1, 'refund')], repeatRefund: [outcome] },
    states: 'finding picking repeatingRefund ended',
    output,
  })),
  { name: 'cannot look', effects: { findOpen: [DEAD_JOURNAL] }, states: 'finding ended', output: { kind: 'faulted' } },
  {
    name: 'cannot note what the host said to a reversal',
    effects: { findOpen: [open('reversal')], sendReversal: [DEAD_JOURNAL] },
    states: 'finding picking reversing ended',
    output: { kind: 'faulted' },
  },
  {
    name: 'cannot note what the wallet said',
    effects: { findOpen: [open('order')], resolveOrder: [DEAD_JOURNAL] },
    states: 'finding picking resolvingOrder ended',
    output: { kind: 'faulted' },
  },
  {
    name: 'forwards offline sales one after the other, and says which the issuer does not pay',
    effects: {
      findOpen: [open('forward', 0), open('forward', 0), none],
      forwardStored: [{ kind: 'accepted' }, { kind: 'rejected', responseCode: '63' }],
    },
    hands: '3s',
    states: 'finding picking forwarding finding picking forwarding announcingRefusal finding picking ended',
    screens: 'forwarding forwarding uncollected',
    inputs: { forwardStored: [{ key: KEY }, { key: KEY }] },
    output: { kind: 'settled' },
  },
  ...(
    [
      [{ kind: 'unanswered' }, { kind: 'waiting', openItems: 2 }],
      [{ kind: 'signOnNeeded' }, { kind: 'signOnNeeded' }],
      [DEAD_JOURNAL, { kind: 'faulted' }],
    ] as const
  ).map(([outcome, output]) => ({
    name: `lets the shop go on when an offline sale cannot be forwarded: ${output.kind}`,
    effects: { findOpen: [open('forward', 0)], forwardStored: [outcome] },
    states: 'finding picking forwarding ended',
    output,
  })),
]);

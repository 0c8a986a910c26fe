import { transactionMachine } from '../../../firmware/transaction/transaction.machine.ts';
import { describeChart, NEVER } from './chart.ts';
import { CODE, INSERTED, KEY, SWIPED, TAPPED } from './samples.ts';
import {
  approved,
  BUG,
  byAccount,
  card,
  ended,
  input,
  method,
  pin,
  WALLET_CASES,
  WECHAT,
  withPin,
} from './wallet-cases.ts';

const unsealed = { kind: 'notSent', missing: { device: 'keyStore', kind: 'security' } };

describeChart(transactionMachine, [
  {
    name: 'a tap that is approved and printed',
    input,
    effects: { identify: [card(TAPPED)], ...withPin, authorizeCard: [approved], receipt: [{ kind: 'printed' }] },
    states: 'identifying sorting verifying authorizingCard printing removingCard concluding ended',
    screens: 'approved',
    inputs: {
      verify: [{ required: 'onlinePin', tryNumber: 1 }],
      authorizeCard: [{ amountFen: 120_000, payer: { kind: 'card', entry: 'tap', verification: pin } }],
      receipt: [
        {
          copies: [
            { key: KEY, copy: 'merchant' },
            { key: KEY, copy: 'cardholder' },
          ],
        },
      ],
    },
    output: approved,
  },
  {
    name: 'a chip that is asked back, whatever became of the paper',
    input,
    effects: {
      identify: [card(INSERTED)],
      ...withPin,
      authorizeCard: [approved],
      receipt: [BUG],
      awaitRemoval: ['removed'],
    },
    states: 'identifying sorting verifying authorizingCard printing removingCard concluding ended',
    output: approved,
  },
  ...['declined', 'notSent', 'reversing', 'faulted'].map((kind) => ({
    name: `a card sale that is ${kind}`,
    input,
    effects: {
      identify: [card(INSERTED)],
      ...withPin,
      authorizeCard: [{ kind, key: KEY, responseCode: '51', signOnAgain: false }],
      awaitRemoval: [BUG],
    },
    hands: '5s',
    states: 'identifying sorting verifying authorizingCard removingCard concluding showingResult ended',
    screens: { declined: 'declined', notSent: 'notSent' }[kind] ?? 'outcomeUnknown',
    output: { kind },
  })),
  {
    name: 'an authorisation that broke down is a fault, not a refusal',
    input,
    effects: { identify: [card(TAPPED)], ...withPin, authorizeCard: [BUG] },
    hands: '1',
    states: 'identifying sorting verifying authorizingCard removingCard concluding showingResult ended',
    screens: 'outcomeUnknown',
    output: { kind: 'faulted' },
  },
  {
    name: 'a wrong PIN on a chip asks the card again for a fresh cryptogram',
    input,
    effects: {
      identify: [card(INSERTED), card(INSERTED)],
      verify: [pin, pin],
      authorizeCard: [{ kind: 'wrongPin' }, approved],
      receipt: [{ kind: 'printed' }],
      awaitRemoval: ['stillThere'],
    },
    hands: '5s',
    states:
      'identifying sorting verifying authorizingCard showingWrongPin identifying sorting verifying authorizingCard printing removingCard concluding ended',
    screens: 'pinProblem approved',
    inputs: {
      identify: [{ acceptCodes: true }, { accept: ['chip'], acceptCodes: false }],
      verify: [{ tryNumber: 1 }, { tryNumber: 2 }],
    },
    output: approved,
  },
  {
    name: 'a wrong PIN on a chip, gone on with by a key',
    input,
    effects: {
      identify: [card(INSERTED), ended('timedOut')],
      ...withPin,
      authorizeCard: [{ kind: 'wrongPin' }],
      awaitRemoval: ['removed'],
    },
    hands: 'confirm 5s',
    states:
      'identifying sorting verifying authorizingCard showingWrongPin identifying removingCard concluding showingResult ended',
    output: ended('timedOut'),
  },
  {
    name: 'three wrong PINs on a stripe, by key and by itself, end as the host said',
    input,
    effects: {
      identify: [card(SWIPED)],
      verify: [pin, pin, pin],
      authorizeCard: [{ kind: 'wrongPin' }, { kind: 'wrongPin' }, { kind: 'wrongPin' }],
    },
    hands: 'confirm 5s 5s',
    states:
      'identifying sorting verifying authorizingCard showingWrongPin verifying authorizingCard showingWrongPin verifying authorizingCard removingCard concluding showingResult ended',
    screens: 'pinProblem pinProblem declined',
    inputs: { verify: [{ tryNumber: 1 }, { tryNumber: 2 }, { tryNumber: 3 }] },
    output: { kind: 'declined', responseCode: '55' },
  },
  {
    name: 'a wrong PIN that is not tried again',
    input,
    effects: { identify: [card(SWIPED)], ...withPin, authorizeCard: [{ kind: 'wrongPin' }] },
    hands: 'cancel 5s',
    states: 'identifying sorting verifying authorizingCard showingWrongPin removingCard concluding showingResult ended',
    screens: 'pinProblem cancelled',
    output: ended('cancelled'),
  },
  {
    name: 'a verification that is given up',
    input,
    effects: { identify: [card(INSERTED)], verify: [ended('timedOut')], awaitRemoval: ['removed'] },
    hands: '5s',
    states: 'identifying sorting verifying removingCard concluding showingResult ended',
    screens: 'timedOut',
    output: ended('timedOut'),
  },
  {
    name: 'a sale that nobody could seal for want of a key',
    input,
    effects: { identify: [card(TAPPED)], ...withPin, authorizeCard: [unsealed] },
    hands: '5s',
    states: 'identifying sorting verifying authorizingCard removingCard concluding showingResult ended',
    screens: 'deviceProblem',
    output: unsealed,
  },
  {
    name: 'a verification that broke down',
    input,
    effects: { identify: [card(TAPPED)], verify: [BUG] },
    hands: '5s',
    states: 'identifying sorting verifying removingCard concluding showingResult ended',
    output: ended('device'),
  },
  ...(
    [
      ['identify', {}, 'identifying'],
      ['verify', { identify: [card(INSERTED)] }, 'identifying sorting verifying'],
      ['plan', { identify: [CODE] }, 'identifying sorting choosingPlan'],
      ['baitiao', { identify: [method('baitiao')] }, 'identifying routing choosingBaitiao'],
      ['prove', { identify: [method('baitiao')], baitiao: [byAccount] }, 'identifying routing choosingBaitiao proving'],
      ['authorizeWallet', { identify: [WECHAT] }, 'identifying sorting authorizingWallet'],
      [
        'receipt',
        { identify: [card(TAPPED)], ...withPin, authorizeCard: [approved] },
        'identifying sorting verifying authorizingCard printing',
      ],
    ] as const
  ).map(([step, effects, states]) => ({
    name: `keys go to ${step} alone while it is running`,
    input,
    effects: { ...effects, [step]: [NEVER] },
    hands: '1 cancel',
    states,
    keys: `${step} 1, ${step} cancel`,
  })),
  {
    name: 'no key goes anywhere while a card is authorised',
    input,
    effects: { identify: [card(TAPPED)], ...withPin, authorizeCard: [NEVER] },
    hands: 'cancel clear 600s',
    states: 'identifying sorting verifying authorizingCard',
    keys: '',
  },
  {
    name: 'nobody pays',
    input,
    effects: { identify: [ended('cancelled')] },
    hands: '5s',
    states: 'identifying removingCard concluding showingResult ended',
    screens: 'cancelled',
    output: ended('cancelled'),
  },
  {
    name: 'an identification that broke down',
    input,
    effects: { identify: [BUG] },
    hands: '5s',
    states: 'identifying showingResult ended',
    output: ended('device'),
  },
  ...WALLET_CASES,
]);

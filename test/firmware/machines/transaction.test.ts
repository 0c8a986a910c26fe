import { Fault } from '../../../firmware/base/invariant.ts';
import { DEFAULT_SETTINGS } from '../../../firmware/settings.ts';
import { transactionMachine } from '../../../firmware/transaction/transaction.machine.ts';
import { describeChart, NEVER } from './chart.ts';
import { CODE, INSERTED, KEY, QUOTES, SWIPED, TAPPED } from './samples.ts';

const input = { amountFen: 120_000, accept: ['swipe', 'chip', 'tap'], acceptCodes: true, settings: DEFAULT_SETTINGS };
const card = (data: typeof TAPPED) => ({ kind: 'card', entry: data.interface, card: data });
const unsealed = { kind: 'notSent', missing: { device: 'keyStore', kind: 'security' } };
const ended = (reason: string) => ({ kind: 'ended', reason });
const approved = { kind: 'approved', key: KEY };
const BUG = new Fault('broken invariant: anything');
const pin = { kind: 'pin', pinBlockRef: { vaultRef: 9, kind: 'pinBlock' }, format: 'iso0' };

/** Every card here needs its PIN: the amount is over the limit. */
const withPin = { verify: [pin] };

describeChart(transactionMachine, [
  {
    name: 'a tap that is approved and printed',
    input,
    effects: { identify: [card(TAPPED)], ...withPin, authorizeCard: [approved], receipt: [{ kind: 'printed' }] },
    states: 'identifying verifying authorizingCard printing removingCard concluding ended',
    screens: 'approved',
    inputs: {
      verify: [{ required: 'onlinePin', tryNumber: 1 }],
      authorizeCard: [{ amountFen: 120_000, entry: 'tap', verification: pin }],
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
    states: 'identifying verifying authorizingCard printing removingCard concluding ended',
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
    states: 'identifying verifying authorizingCard removingCard concluding showingResult ended',
    screens: { declined: 'declined', notSent: 'notSent' }[kind] ?? 'outcomeUnknown',
    output: { kind },
  })),
  {
    name: 'an authorisation that broke down is a fault, not a refusal',
    input,
    effects: { identify: [card(TAPPED)], ...withPin, authorizeCard: [BUG] },
    hands: '1',
    states: 'identifying verifying authorizingCard removingCard concluding showingResult ended',
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
      'identifying verifying authorizingCard showingWrongPin identifying verifying authorizingCard printing removingCard concluding ended',
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
      'identifying verifying authorizingCard showingWrongPin identifying removingCard concluding showingResult ended',
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
      'identifying verifying authorizingCard showingWrongPin verifying authorizingCard showingWrongPin verifying authorizingCard removingCard concluding showingResult ended',
    screens: 'pinProblem pinProblem declined',
    inputs: { verify: [{ tryNumber: 1 }, { tryNumber: 2 }, { tryNumber: 3 }] },
    output: { kind: 'declined', responseCode: '55' },
  },
  {
    name: 'a wrong PIN that is not tried again',
    input,
    effects: { identify: [card(SWIPED)], ...withPin, authorizeCard: [{ kind: 'wrongPin' }] },
    hands: 'cancel 5s',
    states: 'identifying verifying authorizingCard showingWrongPin removingCard concluding showingResult ended',
    screens: 'pinProblem cancelled',
    output: ended('cancelled'),
  },
  {
    name: 'a verification that is given up',
    input,
    effects: { identify: [card(INSERTED)], verify: [ended('timedOut')], awaitRemoval: ['removed'] },
    hands: '5s',
    states: 'identifying verifying removingCard concluding showingResult ended',
    screens: 'timedOut',
    output: ended('timedOut'),
  },
  {
    name: 'a sale that nobody could seal for want of a key',
    input,
    effects: { identify: [card(TAPPED)], ...withPin, authorizeCard: [unsealed] },
    hands: '5s',
    states: 'identifying verifying authorizingCard removingCard concluding showingResult ended',
    screens: 'deviceProblem',
    output: unsealed,
  },
  {
    name: 'a verification that broke down',
    input,
    effects: { identify: [card(TAPPED)], verify: [BUG] },
    hands: '5s',
    states: 'identifying verifying removingCard concluding showingResult ended',
    output: ended('device'),
  },
  ...(
    [
      ['identify', {}, 'identifying'],
      ['verify', { identify: [card(INSERTED)] }, 'identifying verifying'],
      ['installment', { identify: [CODE], quotePlans: [QUOTES] }, 'identifying quoting offering choosingInstallment'],
      ['authorizeWallet', { identify: [CODE], quotePlans: [[]] }, 'identifying quoting offering authorizingWallet'],
      [
        'receipt',
        { identify: [card(TAPPED)], ...withPin, authorizeCard: [approved] },
        'identifying verifying authorizingCard printing',
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
    states: 'identifying verifying authorizingCard',
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
  {
    name: 'a wallet with a plan',
    input,
    effects: {
      identify: [CODE],
      quotePlans: [QUOTES],
      installment: [{ kind: 'plan', quote: QUOTES[1] }],
      authorizeWallet: [{ kind: 'paid', key: KEY }],
      receipt: [{ kind: 'owed' }],
    },
    states: 'identifying quoting offering choosingInstallment authorizingWallet printing removingCard concluding ended',
    screens: 'approved',
    inputs: { authorizeWallet: [{ quote: QUOTES[1], codeRef: CODE.codeRef }] },
    output: approved,
  },
  {
    name: 'a wallet in one payment',
    input,
    effects: {
      identify: [CODE],
      quotePlans: [QUOTES],
      installment: [{ kind: 'single' }],
      authorizeWallet: [{ kind: 'failed', subCode: 'ACQ.BUYER_BALANCE_NOT_ENOUGH' }],
    },
    hands: '5s',
    states: 'identifying quoting offering choosingInstallment authorizingWallet showingResult ended',
    screens: 'declined',
    inputs: { authorizeWallet: [{ quote: undefined }] },
    output: { kind: 'failed' },
  },
  ...['notSent', 'cancelled', 'unresolved'].map((kind) => ({
    name: `a wallet without plans that is ${kind}`,
    input,
    effects: { identify: [CODE], quotePlans: [[]], authorizeWallet: [{ kind, key: KEY }] },
    hands: '5s',
    states: 'identifying quoting offering authorizingWallet showingResult ended',
    screens: kind === 'unresolved' ? 'outcomeUnknown' : kind,
    output: { kind },
  })),
  {
    name: 'a wallet payment that broke down is a fault',
    input,
    effects: { identify: [CODE], quotePlans: [[]], authorizeWallet: [BUG] },
    hands: '5s',
    states: 'identifying quoting offering authorizingWallet concluding showingResult ended',
    screens: 'outcomeUnknown',
    output: { kind: 'faulted' },
  },
  {
    name: 'plans that nobody wants',
    input,
    effects: { identify: [CODE], quotePlans: [QUOTES], installment: [ended('cancelled')] },
    hands: '5s',
    states: 'identifying quoting offering choosingInstallment showingResult ended',
    output: ended('cancelled'),
  },
  {
    name: 'plans that cannot be quoted',
    input,
    effects: { identify: [CODE], quotePlans: [BUG] },
    hands: '5s',
    states: 'identifying quoting showingResult ended',
    output: ended('device'),
  },
  {
    name: 'a choice that broke down',
    input,
    effects: { identify: [CODE], quotePlans: [QUOTES], installment: [BUG] },
    hands: '5s',
    states: 'identifying quoting offering choosingInstallment showingResult ended',
    output: ended('device'),
  },
]);

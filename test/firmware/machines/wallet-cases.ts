import { Fault } from '../../../firmware/base/invariant.ts';
import { DEFAULT_SETTINGS } from '../../../firmware/settings.ts';
import type { ChartCase } from './chart.ts';
import { ACCOUNT, CODE, KEY, QUOTES, TAPPED } from './samples.ts';

export const input = {
  amountFen: 120_000,
  accept: ['swipe', 'chip', 'tap'],
  acceptCodes: true,
  settings: DEFAULT_SETTINGS,
};
export const card = (data: typeof TAPPED) => ({ kind: 'card', entry: data.interface, card: data });
export const ended = (reason: string) => ({ kind: 'ended', reason });
export const approved = { kind: 'approved', key: KEY };
export const BUG = new Fault('broken invariant: anything');
export const pin = { kind: 'pin', pinBlockRef: { vaultRef: 9, kind: 'pinBlock' }, format: 'iso0' };

/** Every card here needs its PIN: the amount is over the limit. */
export const withPin = { verify: [pin] };

export const method = (id: string) => ({ kind: 'method', method: id });
export const WECHAT = { ...CODE, wallet: 'wechat' };
const UNIONPAY = { ...CODE, wallet: 'unionpay' };
const JD_CODE = { ...CODE, wallet: 'jd' };
const SESSION = { reference: 'S1', resendAtMs: 60_000, expiresAtMs: 300_000 };
export const byAccount = { kind: 'account', account: ACCOUNT, quote: QUOTES[0], verifies: ['sms'] };
const proved = {
  kind: 'proved',
  proof: { kind: 'sms', reference: 'S1', codeRef: { vaultRef: 8, kind: 'smsCode' } },
  session: SESSION,
};

/** Sales by wallets and instalments, for the chart of the transaction. */
export const WALLET_CASES: readonly ChartCase[] = [
  {
    name: 'a wallet with a plan',
    input,
    effects: {
      identify: [CODE],
      plan: [{ kind: 'plan', quote: QUOTES[1] }],
      authorizeWallet: [{ kind: 'paid', key: KEY }],
      receipt: [{ kind: 'owed' }],
    },
    states: 'identifying sorting choosingPlan sorting authorizingWallet printing removingCard concluding ended',
    screens: 'approved',
    inputs: {
      plan: [{ method: 'huabei', amountFen: 120_000 }],
      authorizeWallet: [{ quote: QUOTES[1], wallet: 'alipay', source: { codeRef: CODE.codeRef } }],
    },
    output: approved,
  },
  {
    name: 'a wallet without plans in one payment, refused, and left at that',
    input,
    effects: {
      identify: [CODE],
      plan: [{ kind: 'none', subCode: 'FENQI.NO_PLANS' }],
      authorizeWallet: [{ kind: 'failed', subCode: 'ACQ.BUYER_BALANCE_NOT_ENOUGH' }],
    },
    hands: '9 confirm',
    states: 'identifying sorting choosingPlan sorting authorizingWallet concluding offeringWayOn ended',
    screens: 'declined',
    inputs: { authorizeWallet: [{ quote: undefined }] },
    output: { kind: 'failed' },
  },
  {
    name: 'a refusal that nobody goes on from',
    input,
    effects: { identify: [WECHAT], authorizeWallet: [{ kind: 'failed', subCode: 'NOTENOUGH' }] },
    hands: '60s',
    states: 'identifying sorting authorizingWallet concluding offeringWayOn ended',
    output: { kind: 'failed' },
  },
  {
    name: 'another way to pay after a refusal: all begins afresh',
    input,
    effects: {
      identify: [WECHAT, card(TAPPED)],
      ...withPin,
      authorizeWallet: [{ kind: 'failed', subCode: 'NOTENOUGH' }],
      authorizeCard: [approved],
      receipt: [{ kind: 'printed' }],
    },
    hands: '1',
    states:
      'identifying sorting authorizingWallet concluding offeringWayOn identifying sorting verifying authorizingCard printing removingCard concluding ended',
    screens: 'declined approved',
    inputs: { identify: [{}, { acceptCodes: true, credit: undefined }] },
    output: approved,
  },
  {
    name: 'another plan after one was refused: the others are offered, for a new code',
    input,
    effects: {
      identify: [CODE, CODE],
      plan: [
        { kind: 'plan', quote: QUOTES[1] },
        { kind: 'plan', quote: QUOTES[0] },
      ],
      authorizeWallet: [
        { kind: 'failed', subCode: 'JD.PERIOD_UNAVAILABLE' },
        { kind: 'paid', key: KEY },
      ],
      receipt: [{ kind: 'printed' }],
    },
    hands: '1',
    states:
      'identifying sorting choosingPlan sorting authorizingWallet concluding offeringWayOn routing choosingPlan sorting identifying sorting authorizingWallet printing removingCard concluding ended',
    inputs: {
      plan: [{ refusedPeriods: [] }, { refusedPeriods: [6] }],
      identify: [{}, { accept: [], credit: 'huabei', quote: QUOTES[0] }],
    },
    output: approved,
  },
  {
    name: 'once more after the network was gone',
    input,
    effects: {
      identify: [WECHAT, WECHAT],
      authorizeWallet: [{ kind: 'notSent' }, { kind: 'paid', key: KEY }],
      receipt: [{ kind: 'printed' }],
    },
    hands: '1',
    states:
      'identifying sorting authorizingWallet concluding offeringWayOn routing identifying sorting authorizingWallet printing removingCard concluding ended',
    screens: 'notSent approved',
    output: approved,
  },
  ...(
    [
      [{ kind: 'cancelled', numbersDiffer: false }, 'cancelled'],
      [{ kind: 'cancelled', numbersDiffer: true }, 'numbersDiffer'],
      [{ kind: 'unresolved', key: KEY }, 'outcomeUnknown'],
    ] as const
  ).map(([outcome, screens]) => ({
    name: `a wallet payment that ends with ${screens}`,
    input,
    effects: { identify: [WECHAT], authorizeWallet: [outcome] },
    hands: '5s',
    states: 'identifying sorting authorizingWallet concluding showingResult ended',
    screens,
    output: outcome,
  })),
  {
    name: 'a wallet payment that broke down is a fault',
    input,
    effects: { identify: [WECHAT], authorizeWallet: [BUG] },
    hands: '5s',
    states: 'identifying sorting authorizingWallet concluding showingResult ended',
    screens: 'outcomeUnknown',
    output: { kind: 'faulted' },
  },
  {
    name: 'plans that nobody wants',
    input,
    effects: { identify: [CODE], plan: [ended('cancelled')] },
    hands: '5s',
    states: 'identifying sorting choosingPlan removingCard concluding showingResult ended',
    output: ended('cancelled'),
  },
  {
    name: 'a choice of plans that broke down',
    input,
    effects: { identify: [CODE], plan: [BUG] },
    hands: '5s',
    states: 'identifying sorting choosingPlan removingCard concluding showingResult ended',
    output: ended('device'),
  },
  {
    name: 'Huabei chosen first: the plan is agreed to before a code is shown',
    input,
    effects: {
      identify: [method('huabei'), CODE],
      plan: [{ kind: 'plan', quote: QUOTES[0] }],
      authorizeWallet: [{ kind: 'paid', key: KEY }],
      receipt: [{ kind: 'printed' }],
    },
    states:
      'identifying routing choosingPlan sorting identifying sorting authorizingWallet printing removingCard concluding ended',
    output: approved,
  },
  {
    name: 'instalments that were asked for and are not offered are no payment at once',
    input,
    effects: {
      identify: [method('huabei')],
      plan: [{ kind: 'none', subCode: 'FENQI.NO_PLANS' }],
      awaitRemoval: ['removed'],
    },
    hands: 'cancel',
    states: 'identifying routing choosingPlan removingCard concluding offeringWayOn ended',
    screens: 'declined',
    output: { kind: 'failed', subCode: 'FENQI.NO_PLANS' },
  },
  {
    name: 'card instalments: the card is read, then its plans are offered, and only then the PIN is asked for',
    input,
    effects: {
      identify: [method('cardInstallment'), card(TAPPED)],
      plan: [{ kind: 'plan', quote: QUOTES[0] }],
      ...withPin,
      authorizeCard: [approved],
      receipt: [{ kind: 'printed' }],
    },
    states:
      'identifying routing identifying sorting choosingPlan sorting verifying authorizingCard printing removingCard concluding ended',
    inputs: {
      identify: [{}, { acceptCodes: false, methods: [] }],
      plan: [{ method: 'card', firstDigits: TAPPED.maskedPan }],
      authorizeCard: [{ quote: QUOTES[0] }],
    },
    output: approved,
  },
  {
    name: 'a code that goes to the acquirer like a card',
    input,
    effects: { identify: [UNIONPAY], authorizeCard: [approved], receipt: [{ kind: 'printed' }] },
    states: 'identifying sorting authorizingCard printing removingCard concluding ended',
    inputs: { authorizeCard: [{ payer: UNIONPAY, quote: undefined }] },
    output: approved,
  },
  {
    name: 'a code that the terminal shows',
    input,
    effects: {
      identify: [method('wechatCode')],
      authorizeWallet: [{ kind: 'paid', key: KEY }],
      receipt: [{ kind: 'printed' }],
    },
    states: 'identifying routing authorizingWallet printing removingCard concluding ended',
    inputs: { authorizeWallet: [{ wallet: 'wechat', source: { kind: 'shown' } }] },
    output: approved,
  },
  {
    name: 'a code of JD with its plan',
    input,
    effects: {
      identify: [JD_CODE],
      baitiao: [{ kind: 'code', code: JD_CODE, quote: QUOTES[0] }],
      authorizeWallet: [{ kind: 'paid', key: KEY }],
      receipt: [{ kind: 'printed' }],
    },
    states: 'identifying sorting choosingBaitiao authorizingWallet printing removingCard concluding ended',
    inputs: { baitiao: [{ code: JD_CODE }], authorizeWallet: [{ wallet: 'jd', quote: QUOTES[0] }] },
    output: approved,
  },
  {
    name: 'a code of JD for which there are no plans is paid at once',
    input,
    effects: {
      identify: [JD_CODE],
      baitiao: [{ kind: 'refused', subCode: 'JD.RISK' }],
      authorizeWallet: [{ kind: 'paid', key: KEY }],
      receipt: [{ kind: 'printed' }],
    },
    states: 'identifying sorting choosingBaitiao authorizingWallet printing removingCard concluding ended',
    inputs: { authorizeWallet: [{ wallet: 'jd', quote: undefined, source: { kind: 'code' } }] },
    output: approved,
  },
  {
    name: 'Baitiao by account: two wrong SMS codes, the second for want of time, then the right one',
    input,
    effects: {
      identify: [method('baitiao')],
      baitiao: [byAccount],
      prove: [proved, proved, proved],
      authorizeWallet: [
        { kind: 'failed', subCode: 'JD.SMS_WRONG' },
        { kind: 'failed', subCode: 'JD.SMS_EXPIRED' },
        { kind: 'paid', key: KEY },
      ],
      receipt: [{ kind: 'printed' }],
    },
    states:
      'identifying routing choosingBaitiao proving authorizingWallet proving authorizingWallet proving authorizingWallet printing removingCard concluding ended',
    inputs: {
      prove: [
        { session: undefined, triesLeft: 3 },
        { session: SESSION, triesLeft: 2 },
        { session: undefined, triesLeft: 1 },
      ],
      authorizeWallet: [{ wallet: 'jd', source: { kind: 'account', account: ACCOUNT, proof: proved.proof } }, {}, {}],
    },
    output: approved,
  },
  {
    name: 'Baitiao by account: three wrong SMS codes end it',
    input,
    effects: {
      identify: [method('baitiao')],
      baitiao: [byAccount],
      prove: [proved, proved, proved],
      authorizeWallet: Array.from({ length: 3 }, () => ({ kind: 'failed', subCode: 'JD.SMS_WRONG' })),
    },
    hands: 'cancel',
    states:
      'identifying routing choosingBaitiao proving authorizingWallet proving authorizingWallet proving authorizingWallet concluding offeringWayOn ended',
    output: { kind: 'failed', subCode: 'JD.SMS_WRONG' },
  },
  ...(
    [
      ['baitiao', ended('timedOut'), 'timedOut'],
      ['baitiao', { kind: 'refused', subCode: 'JD.RISK' }, 'declined'],
      ['baitiao', { kind: 'notReached' }, 'notSent'],
      ['baitiao', BUG, 'cancelled'],
      ['prove', ended('cancelled'), 'cancelled'],
      ['prove', BUG, 'cancelled'],
    ] as const
  ).map(([step, outcome, screens]) => ({
    name: `${step} that ends with ${screens}: ${outcome instanceof Fault ? 'broken' : outcome.kind}`,
    input,
    effects: { identify: [method('baitiao')], baitiao: [byAccount], [step]: [outcome] },
    hands: 'cancel',
    states: `identifying routing choosingBaitiao ${step === 'prove' ? 'proving ' : ''}concluding ${
      screens === 'declined' || screens === 'notSent' ? 'offeringWayOn' : 'showingResult'
    } ended`,
    screens,
  })),
];

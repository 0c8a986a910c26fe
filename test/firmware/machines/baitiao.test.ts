import { HalError } from '../../../firmware/hal/index.ts';
import { baitiaoMachine } from '../../../firmware/transaction/baitiao.machine.ts';
import { proveMachine } from '../../../firmware/transaction/prove.machine.ts';
import { describeChart, NEVER } from './chart.ts';
import { ACCOUNT, CODE, QUOTES, TIMING } from './samples.ts';

const DEAD_JOURNAL = new HalError('media', 'journal');
const ended = (reason: string) => ({ kind: 'ended', reason });

const baitiao = { amountFen: 120_000, account: undefined, code: undefined, refusedPeriods: [], timing: TIMING };
const fetched = { kind: 'plans', quotes: QUOTES, verifies: ['sms'] };

describeChart(baitiaoMachine, [
  {
    name: 'takes an account and a plan',
    input: baitiao,
    effects: {
      enterAccount: [{ kind: 'account', account: ACCOUNT }],
      fetchPlans: [fetched],
      installment: [{ kind: 'plan', quote: QUOTES[0] }],
    },
    states: 'beginning identifying fetching offering choosing ended',
    screens: 'authorizing',
    inputs: { fetchPlans: [{ account: ACCOUNT, amountFen: 120_000 }] },
    output: { kind: 'account', account: ACCOUNT, quote: QUOTES[0], verifies: ['sms'] },
  },
  {
    name: 'takes a code that is shown instead, in one payment',
    input: baitiao,
    effects: {
      enterAccount: [CODE],
      fetchPlans: [fetched],
      installment: [{ kind: 'single' }],
    },
    states: 'beginning identifying fetching offering choosing ended',
    output: { kind: 'code', code: { codeRef: CODE.codeRef }, quote: undefined },
  },
  {
    name: 'asks nobody who is known already',
    input: { ...baitiao, account: ACCOUNT, refusedPeriods: [12] },
    effects: { fetchPlans: [{ ...fetched, quotes: [] }] },
    states: 'beginning fetching offering ended',
    inputs: { fetchPlans: [{ refusedPeriods: [12] }] },
    output: { kind: 'account', account: ACCOUNT, quote: undefined },
  },
  ...(['cancelled', 'timedOut'] as const).map((kind) => ({
    name: `is ${kind} before anybody is known`,
    input: baitiao,
    effects: { enterAccount: [{ kind }] },
    states: 'beginning identifying ended',
    output: ended(kind),
  })),
  ...[{ kind: 'refused', subCode: 'JD.NOT_ACTIVATED' }, { kind: 'notReached' }].map((outcome) => ({
    name: `ends as JD said: ${outcome.kind}`,
    input: { ...baitiao, code: CODE },
    effects: { fetchPlans: [outcome] },
    states: 'beginning fetching ended',
    output: outcome,
  })),
  {
    name: 'is given up at the plans, with keys passed on',
    input: { ...baitiao, account: ACCOUNT },
    effects: { fetchPlans: [fetched], installment: [ended('cancelled')] },
    states: 'beginning fetching offering choosing ended',
    output: ended('cancelled'),
  },
  {
    name: 'passes keys on while somebody chooses',
    input: { ...baitiao, account: ACCOUNT },
    effects: { fetchPlans: [fetched], installment: [NEVER] },
    hands: '2',
    states: 'beginning fetching offering choosing',
    keys: 'installment 2',
  },
  ...(
    [
      ['enterAccount', baitiao, 'identifying'],
      ['fetchPlans', { ...baitiao, account: ACCOUNT }, 'fetching'],
    ] as const
  ).map(([effect, input, state]) => ({
    name: `ends with a fault of ${effect}`,
    input,
    effects: { [effect]: [DEAD_JOURNAL] },
    states: `beginning ${state} ended`,
    output: ended('device'),
  })),
  {
    name: 'ends with a fault of the choice',
    input: { ...baitiao, account: ACCOUNT },
    effects: { fetchPlans: [fetched], installment: [DEAD_JOURNAL] },
    states: 'beginning fetching offering choosing ended',
    output: ended('device'),
  },
]);

const session = { reference: 'S1', resendAtMs: 60_000, expiresAtMs: 300_000 };
const prove = {
  amountFen: 120_000,
  account: ACCOUNT,
  verifies: ['sms', 'face'],
  session: undefined,
  triesLeft: 3,
  pollEveryMs: 3_000,
  timing: TIMING,
};
const codeRef = { vaultRef: 8, kind: 'smsCode' };
const sent = { kind: 'sent', session };
const started = { kind: 'started', reference: 'F1', secondsLeft: 9 };
const waiting = { kind: 'waiting', tookMs: 100 };

describeChart(proveMachine, [
  {
    name: 'takes the code of an SMS',
    input: { ...prove, verifies: ['sms'] },
    effects: { sendSmsCode: [sent], enterSmsCode: [{ kind: 'entered', codeRef }] },
    states: 'beginning sendingCode enteringCode ended',
    screens: 'authorizing',
    inputs: { enterSmsCode: [{ maskedAccount: ACCOUNT.maskedAccount, session, triesLeft: 3 }] },
    output: { kind: 'proved', proof: { kind: 'sms', reference: 'S1', codeRef }, session },
  },
  {
    name: 'asks again for a code that was sent before',
    input: { ...prove, session, triesLeft: 2 },
    effects: { enterSmsCode: [{ kind: 'entered', codeRef }] },
    states: 'beginning enteringCode ended',
    inputs: { enterSmsCode: [{ triesLeft: 2 }] },
    output: { kind: 'proved' },
  },
  {
    name: 'sends another code when it is asked for, and when the first is too old',
    input: prove,
    effects: {
      sendSmsCode: [sent, sent, sent],
      enterSmsCode: [{ kind: 'resend' }, { kind: 'expired' }, { kind: 'timedOut' }],
    },
    hands: '3 1',
    states: 'beginning choosing sendingCode enteringCode sendingCode enteringCode sendingCode enteringCode ended',
    screens: 'chooseProof authorizing authorizing authorizing',
    output: ended('timedOut'),
  },
  {
    name: 'is given up while the code is typed',
    input: { ...prove, session },
    effects: { enterSmsCode: [{ kind: 'cancelled' }] },
    states: 'beginning enteringCode ended',
    output: ended('cancelled'),
  },
  ...[{ kind: 'refused', subCode: 'JD.RISK' }, { kind: 'notReached' }].flatMap((outcome) => [
    {
      name: `sends no code: ${outcome.kind}`,
      input: { ...prove, verifies: ['sms'] },
      effects: { sendSmsCode: [outcome] },
      states: 'beginning sendingCode ended',
      output: outcome,
    },
    {
      name: `begins no face check: ${outcome.kind}`,
      input: { ...prove, verifies: ['face'] },
      effects: { startFace: [outcome] },
      states: 'beginning startingFace ended',
      output: outcome,
    },
  ]),
  {
    name: 'waits until the customer has shown the face',
    input: prove,
    effects: { startFace: [started], askFace: [waiting, { kind: 'passed' }] },
    hands: '2 6s',
    states: 'beginning choosing startingFace waitingForFace askingFace waitingForFace askingFace ended',
    screens: 'chooseProof authorizing faceCheck faceCheck',
    inputs: { askFace: [{ reference: 'F1' }, { reference: 'F1' }] },
    output: { kind: 'proved', proof: { kind: 'face', reference: 'F1' }, session: undefined },
  },
  ...(
    [
      ['refusedByCustomer', 'FENQI.FACE_REFUSED'],
      ['expired', 'FENQI.FACE_EXPIRED'],
    ] as const
  ).map(([kind, subCode]) => ({
    name: `a face that was ${kind}`,
    input: { ...prove, verifies: ['face'] },
    effects: { startFace: [started], askFace: [{ kind }] },
    hands: '3s',
    states: 'beginning startingFace waitingForFace askingFace ended',
    output: { kind: 'refused', subCode },
  })),
  {
    name: 'does not wait for a face for ever',
    input: { ...prove, verifies: ['face'] },
    effects: { startFace: [{ ...started, secondsLeft: 3 }], askFace: [waiting] },
    hands: '6s',
    states: 'beginning startingFace waitingForFace askingFace waitingForFace ended',
    output: { kind: 'refused', subCode: 'FENQI.FACE_EXPIRED' },
  },
  {
    name: 'is given up while the customer looks for the app',
    input: { ...prove, verifies: ['face'] },
    effects: { startFace: [started] },
    hands: '1 cancel',
    states: 'beginning startingFace waitingForFace ended',
    output: ended('cancelled'),
  },
  { name: 'is given up before a way is chosen', input: prove, hands: 'cancel', states: 'beginning choosing ended' },
  {
    name: 'ends when nobody chooses a way',
    input: prove,
    hands: '60s',
    states: 'beginning choosing ended',
    output: ended('timedOut'),
  },
  ...(
    [
      ['sendSmsCode', { ...prove, verifies: ['sms'] }, {}, 'sendingCode'],
      ['enterSmsCode', { ...prove, session }, {}, 'enteringCode'],
      ['startFace', { ...prove, verifies: ['face'] }, {}, 'startingFace'],
      ['askFace', { ...prove, verifies: ['face'] }, { startFace: [started] }, 'startingFace waitingForFace askingFace'],
    ] as const
  ).map(([effect, input, effects, states]) => ({
    name: `ends with a fault of ${effect}`,
    input,
    effects: { ...effects, [effect]: [DEAD_JOURNAL] },
    hands: '3s',
    states: `beginning ${states} ended`,
    output: ended('device'),
  })),
]);

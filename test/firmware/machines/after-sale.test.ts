import { presentAgainMachine } from '../../../firmware/after-sale/present-again.machine.ts';
import { refundMachine } from '../../../firmware/after-sale/refund.machine.ts';
import { HalError } from '../../../firmware/hal/index.ts';
import { DEFAULT_SETTINGS } from '../../../firmware/settings.ts';
import { describeChart, NEVER } from './chart.ts';
import { INSERTED, KEY, SWIPED, TAPPED, TIMING } from './samples.ts';

const DEAD = new HalError('media', 'journal');
const NO_READER = new HalError('disconnected', 'cardReader');
const SETTLED = { kind: 'settled' };

const again = {
  kind: 'void',
  amountFen: 8800,
  original: KEY,
  maskedPan: TAPPED.maskedPan,
  needsPin: false,
  accept: ['swipe', 'chip', 'tap'],
  timing: TIMING,
};
const read = (card: object) => ({ kind: 'read', card });
const unreadable = (reason: string, way = 'tap') => ({ kind: 'unreadable', interface: way, reason });
const ended = (reason: string) => ({ kind: 'ended', reason });
const PIN = { kind: 'pin', pinBlockRef: { vaultRef: 9, kind: 'pinBlock' }, format: 'iso0' };

const out = { awaitRemoval: ['removed'] };

describeChart(presentAgainMachine, [
  {
    name: 'a reader that cannot say whether the card is out holds nothing up',
    input: again,
    effects: { readCard: [read(INSERTED)], sameCard: [true], awaitRemoval: [NO_READER] },
    states: 'waiting judging comparing removing ended',
    inputs: { awaitRemoval: [{ timeoutMs: TIMING.removalMs }] },
    output: { kind: 'presented' },
  },
  {
    name: 'the card of the sale is all that is needed',
    input: again,
    effects: { ...out, readCard: [read(TAPPED)], sameCard: [true] },
    states: 'waiting judging comparing removing ended',
    screens: 'presentCardAgain',
    inputs: {
      readCard: [{ accept: ['swipe', 'chip', 'tap'], amountFen: 8800 }],
      sameCard: [{ original: KEY, panRef: TAPPED.panRef }],
    },
    output: { kind: 'presented', entry: 'tap', verification: { kind: 'none' } },
  },
  {
    name: 'a void of a sale by PIN asks for the PIN',
    input: { ...again, needsPin: true },
    effects: { ...out, readCard: [read(INSERTED)], sameCard: [true], verify: [PIN] },
    states: 'waiting judging comparing verifying removing ended',
    inputs: { verify: [{ required: 'onlinePin', panRef: INSERTED.panRef, tryNumber: 1 }] },
    output: { kind: 'presented', entry: 'chip', verification: PIN },
  },
  {
    name: 'a PIN that is not entered ends it',
    input: { ...again, needsPin: true },
    effects: { ...out, readCard: [read(INSERTED)], sameCard: [true], verify: [ended('timedOut')] },
    states: 'waiting judging comparing verifying removing ended',
    output: ended('timedOut'),
  },
  {
    name: 'keys belong to the PIN while it is entered',
    input: { ...again, needsPin: true },
    effects: { ...out, readCard: [read(INSERTED)], sameCard: [true], verify: [NEVER] },
    hands: 'cancel',
    states: 'waiting judging comparing verifying',
    keys: 'verify cancel',
  },
  {
    name: 'a PIN pad that breaks ends it',
    input: { ...again, needsPin: true },
    effects: { ...out, readCard: [read(INSERTED)], sameCard: [true], verify: [DEAD] },
    states: 'waiting judging comparing verifying removing ended',
    output: ended('device'),
  },
  {
    name: 'another card is not taken, and the right one may follow',
    input: again,
    effects: { ...out, readCard: [read(TAPPED), read(TAPPED), read(TAPPED)], sameCard: [false, false, true] },
    hands: 'confirm 5s',
    states:
      'waiting judging comparing showingOther waiting judging comparing showingOther waiting judging comparing removing ended',
    screens: 'presentCardAgain cardDiffers presentCardAgain cardDiffers presentCardAgain',
    output: { kind: 'presented' },
  },
  ...['confirm 5s 5s', 'confirm confirm confirm'].map((hands) => ({
    name: `a third card that is another one ends it: ${hands}`,
    input: again,
    effects: { ...out, readCard: [read(TAPPED), read(TAPPED), read(TAPPED)], sameCard: [false, false, false] },
    hands,
    states:
      'waiting judging comparing showingOther waiting judging comparing showingOther waiting judging comparing showingOther removing ended',
    output: ended('cancelled'),
  })),
  {
    name: 'another card ends it when the cashier gives up',
    input: again,
    effects: { ...out, readCard: [read(TAPPED)], sameCard: [false] },
    hands: 'cancel',
    states: 'waiting judging comparing showingOther removing ended',
    output: ended('cancelled'),
  },
  {
    name: 'cards that cannot be compared are not taken',
    input: again,
    effects: { ...out, readCard: [read(TAPPED)], sameCard: [DEAD] },
    states: 'waiting judging comparing removing ended',
    output: ended('device'),
  },
  {
    name: 'a chip card that is swiped is asked in, and a mute chip may be swiped',
    input: again,
    effects: {
      ...out,
      readCard: [
        read({ ...SWIPED, serviceCode: '201' }),
        unreadable('chipMute', 'chip'),
        read({ ...SWIPED, serviceCode: '201' }),
      ],
      sameCard: [true],
    },
    states: 'waiting judging waiting judging waiting judging comparing removing ended',
    screens: 'presentCardAgain insertCard swipeCard',
    inputs: { readCard: [{}, { accept: ['chip'] }, { accept: ['swipe'] }] },
    output: { kind: 'presented', entry: 'fallback' },
  },
  {
    name: 'a bad reading is tried again, by itself or with a key',
    input: again,
    effects: { ...out, readCard: [unreadable('removed'), unreadable('badSwipe', 'swipe'), NEVER] },
    hands: '5s confirm 1 cancel',
    states: 'waiting judging showingProblem waiting judging showingProblem waiting removing ended',
    screens: 'presentCardAgain cardProblem presentCardAgain cardProblem presentCardAgain',
    output: ended('cancelled'),
  },
  {
    name: 'a bad reading is given up',
    input: again,
    effects: { ...out, readCard: [unreadable('removed')] },
    hands: 'cancel',
    states: 'waiting judging showingProblem removing ended',
    output: ended('cancelled'),
  },
  ...['confirm', '5s'].map((hands) => ({
    name: `a blocked card ends it: ${hands}`,
    input: again,
    effects: { ...out, readCard: [unreadable('blocked', 'chip')] },
    hands,
    states: 'waiting judging showingProblem removing ended',
    output: ended('cancelled'),
  })),
  {
    name: 'no card came',
    input: again,
    effects: { ...out, readCard: [{ kind: 'timedOut' }] },
    states: 'waiting judging removing ended',
    output: ended('timedOut'),
  },
  ...[NO_READER, { kind: 'failed', error: 'disconnected' }].map((outcome) => ({
    name: `a reader that is gone ends it: ${outcome instanceof Error ? 'thrown' : 'told'}`,
    input: again,
    effects: { ...out, readCard: [outcome] },
    hands: 'confirm',
    states:
      outcome instanceof Error
        ? 'waiting showingProblem removing ended'
        : 'waiting judging showingProblem removing ended',
    screens: 'presentCardAgain deviceProblem',
    output: ended('device'),
  })),
]);

const { refunds: REFUNDS } = DEFAULT_SETTINGS;
const refunding = { kind: 'refund', accept: ['tap'], refunds: REFUNDS, timing: TIMING };
const voiding = { ...refunding, kind: 'void' };
const PLAN = { method: 'huabei', periods: 3, feeFen: 300 };
const order = {
  kind: 'refundable',
  original: KEY,
  amountFen: 10_000,
  refundedFen: 4_000,
  subject: '1000000120261121000001000007',
  paidWith: 'huabei',
  plan: PLAN,
  needsCard: false,
  needsPin: false,
};
const whole = { ...order, refundedFen: 0 };
const paidByCard = {
  ...order,
  refundedFen: 0,
  subject: TAPPED.maskedPan,
  paidWith: 'card',
  plan: undefined,
  needsCard: true,
  needsPin: true,
};
const REFUND_KEY = { batch: '000001', stan: 9 };
const done = { kind: 'done', key: REFUND_KEY, feeBackFen: 180, hostFeeBackFen: undefined };
const presented = { kind: 'presented', entry: 'tap', card: TAPPED, verification: { kind: 'none' } };
const flushed = { pending: [SETTLED] };
const TO_AMOUNT = 'flushing enteringVoucher finding choosing enteringAmount';
const TO_CONFIRM = 'flushing enteringVoucher finding choosing confirming';

describeChart(refundMachine, [
  {
    name: 'a part of an order goes back, with its share of the fee',
    input: refunding,
    effects: { ...flushed, findRefundable: [order], sendRefund: [done], receipt: [{ kind: 'printed' }] },
    hands: 'function 9 clear 7 confirm confirm 6 00 0 0 clear confirm confirm 5s',
    states: `${TO_AMOUNT} confirming sending concluding printing showingOutcome ended`,
    screens:
      'enterRefundAmount enterRefundAmount enterRefundAmount ' +
      'enterRefundAmount enterRefundAmount enterRefundAmount confirmRefund refunding refundDone refundDone',
    inputs: {
      findRefundable: [{ kind: 'refund', stan: 7 }],
      sendRefund: [{ kind: 'refund', original: KEY, amountFen: 6_000, presented: undefined }],
      receipt: [
        {
          copies: [
            { copy: 'merchant', key: REFUND_KEY },
            { copy: 'cardholder', key: REFUND_KEY },
          ],
          announcesFirst: false,
        },
      ],
    },
    output: { kind: 'done' },
  },
  {
    name: 'one key takes all that is left, and another fee than expected is shown',
    input: refunding,
    effects: {
      ...flushed,
      findRefundable: [order],
      sendRefund: [{ ...done, hostFeeBackFen: 181 }],
      receipt: [{ kind: 'owed' }],
    },
    hands: '7 confirm function confirm confirm 1',
    states: `${TO_AMOUNT} confirming sending concluding printing showingOutcome ended`,
    inputs: { sendRefund: [{ amountFen: 6_000 }] },
  },
  {
    name: 'a void takes the card again and the whole sale back',
    input: voiding,
    effects: {
      ...flushed,
      findRefundable: [paidByCard],
      presentAgain: [presented],
      sendRefund: [{ ...done, feeBackFen: 0 }],
      receipt: [NEVER],
    },
    hands: '7 confirm function confirm cancel',
    states: `${TO_CONFIRM} presenting sending concluding printing`,
    screens: 'confirmRefund refunding refundDone',
    inputs: {
      presentAgain: [{ kind: 'void', original: KEY, maskedPan: TAPPED.maskedPan, needsPin: true, accept: ['tap'] }],
      sendRefund: [{ kind: 'void', amountFen: 10_000, presented }],
    },
    keys: 'receipt cancel',
  },
  {
    name: 'keys belong to the card while it is presented',
    input: voiding,
    effects: { ...flushed, findRefundable: [paidByCard], presentAgain: [NEVER] },
    hands: '7 confirm confirm cancel',
    states: `${TO_CONFIRM} presenting`,
    keys: 'presentAgain cancel',
  },
  ...[ended('cancelled'), NO_READER].map((outcome) => ({
    name: `without its card nothing is sent: ${outcome instanceof Error ? 'broke down' : 'ended'}`,
    input: voiding,
    effects: { ...flushed, findRefundable: [paidByCard], presentAgain: [outcome] },
    hands: '7 confirm confirm',
    states: `${TO_CONFIRM} presenting ended`,
    output: { kind: 'done' },
  })),
  ...(
    [
      [{ kind: 'declined', responseCode: '61', signOnAgain: false }, 'refundDeclined', 'done'],
      [{ kind: 'declined', responseCode: '77', signOnAgain: true }, 'refundDeclined', 'signOn'],
      [{ kind: 'notSent' }, 'refundNotSent', 'done'],
      [{ kind: 'unknown' }, 'refundUnknown', 'leftOpen'],
      [{ kind: 'refused', reason: 'openItems' }, 'refundNotPossible', 'done'],
    ] as const
  ).map(([answer, shown, kind]) => ({
    name: `${answer.kind} is shown as ${shown} and ends as ${kind}`,
    input: voiding,
    effects: { ...flushed, findRefundable: [whole], sendRefund: [answer] },
    hands: '7 confirm confirm 5s',
    states: `${TO_CONFIRM} sending concluding showingOutcome ended`,
    screens: `confirmRefund refunding ${shown}`,
    output: { kind },
  })),
  {
    name: 'no key stops what is being sent',
    input: voiding,
    effects: { ...flushed, findRefundable: [whole], sendRefund: [NEVER] },
    hands: '7 confirm confirm cancel 1 600s',
    states: `${TO_CONFIRM} sending`,
  },
  {
    name: 'an amount above what is left is refused, and may be typed again',
    input: refunding,
    effects: { ...flushed, findRefundable: [order] },
    hands: '7 confirm 6 00 1 confirm 1 clear cancel',
    states: `${TO_AMOUNT} showingAmountRefusal enteringAmount ended`,
  },
  {
    name: 'an amount that is refused may be given up',
    input: refunding,
    effects: { ...flushed, findRefundable: [order] },
    hands: '7 confirm 6 00 1 confirm cancel',
    states: `${TO_AMOUNT} showingAmountRefusal ended`,
    screens: 'enterRefundAmount enterRefundAmount enterRefundAmount enterRefundAmount refundNotPossible',
  },
  ...['1', '60s'].map((hands) => ({
    name: `a sale that cannot be taken back is refused: ${hands}`,
    input: refunding,
    effects: { ...flushed, findRefundable: [{ kind: 'refused', reason: 'notStanding' }] },
    hands: `7 confirm ${hands}`,
    states: 'flushing enteringVoucher finding choosing showingRefusal ended',
    screens: 'refundNotPossible',
  })),
  ...(
    [
      ['cancel', 'flushing enteringVoucher ended'],
      ['60s', 'flushing enteringVoucher ended'],
      ['7 confirm cancel', `${TO_AMOUNT} ended`],
      ['7 confirm 60s', `${TO_AMOUNT} ended`],
      ['7 confirm 7 00 00 confirm 60s', `${TO_AMOUNT} showingAmountRefusal ended`],
      ['7 confirm 1 confirm cancel', `${TO_AMOUNT} confirming ended`],
      ['7 confirm 1 confirm 60s', `${TO_AMOUNT} confirming ended`],
    ] as const
  ).map(([hands, states]) => ({
    name: `is given up: ${hands}`,
    input: refunding,
    effects: { ...flushed, findRefundable: [order] },
    hands,
    states,
    output: { kind: 'done' },
  })),
  { name: 'what is open cannot be settled', input: voiding, effects: { pending: [DEAD] }, states: 'flushing ended' },
  {
    name: 'the entry of the number breaks down',
    input: voiding,
    effects: { ...flushed, voucher: [DEAD] },
    states: 'flushing enteringVoucher ended',
  },
  {
    name: 'the journal cannot say',
    input: voiding,
    effects: { ...flushed, findRefundable: [DEAD] },
    hands: '7 confirm',
    states: 'flushing enteringVoucher finding ended',
  },
  {
    name: 'a journal that fails sends nothing',
    input: voiding,
    effects: { ...flushed, findRefundable: [whole], sendRefund: [DEAD] },
    hands: '7 confirm confirm',
    states: `${TO_CONFIRM} sending ended`,
  },
  {
    name: 'a journal that fails at the slips ends it',
    input: voiding,
    effects: { ...flushed, findRefundable: [whole], sendRefund: [done], receipt: [DEAD] },
    hands: '7 confirm confirm',
    states: `${TO_CONFIRM} sending concluding printing ended`,
  },
]);

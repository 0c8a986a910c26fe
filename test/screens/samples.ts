import { methodMenu } from '../../firmware/rules/payment-methods.ts';
import { DEFAULT_SETTINGS } from '../../firmware/settings.ts';
import { quotePlan } from '../../firmware/rules/installment/quote.ts';
import type { PlanOffer } from '../../firmware/rules/installment/settings.ts';
import type { ScreenId, ScreenParams } from '../../firmware/screens/catalogue.ts';

const BOUGHT_ON = { year: 2026, month: 11, day: 21 };

export function huabeiQuote(periods: number, feeRatePpm: number, amountFen: number, more: Partial<PlanOffer> = {}) {
  return quotePlan({ method: 'huabei', periods, feeRatePpm, feePayer: 'customer', ...more }, amountFen, BOUGHT_ON);
}

const QUOTES = [huabeiQuote(3, 23_000, 120_000), huabeiQuote(6, 45_000, 120_000), huabeiQuote(12, 75_000, 120_000)];
const HUGE_FEN = 999_999_999_999;
const HUGE_QUOTE = huabeiQuote(3, 1_000_000, HUGE_FEN);
const MERCHANT_QUOTE = huabeiQuote(3, 18_000, 120_000, { feePayer: 'merchant' });
const CARD_QUOTE = huabeiQuote(12, 75_000, 120_000, { method: 'card' });
const LONG_NAME = '一二三四五六七八九十一二三四五六七八九十有限公司';

const TRUTHS = [
  { kind: 'declined' },
  { kind: 'reversed' },
  { kind: 'refunded', backFen: HUGE_FEN, feeBackFen: HUGE_FEN },
  { kind: 'refunded', backFen: 100, feeBackFen: 0 },
  { kind: 'inDoubt', next: 'reverse' },
  { kind: 'inDoubt', next: 'query' },
  { kind: 'inDoubt', next: 'refund' },
  { kind: 'inDoubt', next: 'callAcquirer' },
] as const;

const SALE = { voucher: '000012', amountFen: HUGE_FEN, subject: '622848*********0017' };

const TAKEN = {
  ...SALE,
  kind: 'refund',
  saleFen: HUGE_FEN,
  refundedFen: 0,
  method: 'card',
  periods: undefined,
} as const;
const PLANNED = {
  ...TAKEN,
  saleFen: 120_000,
  amountFen: 40_000,
  refundedFen: 30_000,
  method: 'huabei',
  periods: 12,
} as const;
const REFUND_KINDS = ['void', 'refund'] as const;
const OWED = {
  outTradeNo: '1000000120261121000001000124',
  amountFen: HUGE_FEN,
  periods: (['paid', 'overdue', 'due', 'later'] as const).map((state, index) => ({
    period: index + 1,
    dueDate: `2026-1${index}-09`,
    amountFen: HUGE_FEN,
    state,
  })),
  notice: undefined,
};
const LATE = { ...OWED, notice: '您有一期白条已逾期，请尽快还款，以免影响个人信用' };
const QUIET = { ...OWED, amountFen: 9_900, periods: [] };

/** Every screen with every kind of parameters it can meet: the ordinary, the empty and the extreme. */
export const SAMPLES: { readonly [Id in ScreenId]: readonly ScreenParams[Id][] } = {
  booting: [{}],
  selfTestFailed: [
    { devices: ['printer'] },
    { devices: ['cardReader', 'pinPad', 'keyStore', 'scanner', 'printer', 'journal'] },
  ],
  configurationDamaged: [{ problems: ['merchantId: 15 digits'] }, { problems: [] }],
  journalDamaged: [{ kind: 'tornTail' }, { kind: 'corrupt' }, { kind: 'missingSegment' }, { kind: 'newerRecord' }],
  activation: [{ missing: ['masterKey'] }, { missing: ['merchant', 'terminal', 'acquirer', 'wallet'] }],
  signingOn: [{}],
  signOnFailed: [
    { reason: 'notSent', retryInSeconds: 15 },
    { reason: 'noAnswer', retryInSeconds: 0 },
    { reason: 'refused', retryInSeconds: 15, responseCode: '97' },
    { reason: 'untrusted', retryInSeconds: 15, responseCode: undefined },
    { reason: 'badKeys', retryInSeconds: 15 },
  ],
  recovering: [{ openItems: 2 }],
  forwarding: [{ stored: 3 }],
  uncollected: [{ amountFen: HUGE_FEN, responseCode: '63' }],
  recoveryWaiting: [{ openItems: 2, retryInSeconds: 15 }],
  outOfService: [
    { reason: 'fault' },
    { reason: 'journal' },
    { reason: 'configuration' },
    { reason: 'tamper' },
    { reason: 'noMasterKey' },
  ],
  deviceProblem: [
    { device: 'cardReader', kind: 'disconnected' },
    { device: 'vault', kind: 'security' },
  ],
  idle: [
    { merchantName: '分期示范商店', openItems: 0, copiesOwed: 0, mustSettle: false, stored: 0, online: true },
    { merchantName: LONG_NAME, openItems: 3, copiesOwed: 2, mustSettle: true, stored: 3, online: false },
  ],
  enterAmount: [{ amountFen: 0 }, { amountFen: HUGE_FEN }],
  presentCard: [
    { amountFen: 8800, accept: ['swipe', 'chip', 'tap', 'code'], methods: [], offersInstallment: false },
    {
      amountFen: HUGE_FEN,
      accept: ['chip'],
      methods: methodMenu(DEFAULT_SETTINGS, 100_000),
      offersInstallment: true,
      quote: MERCHANT_QUOTE,
    },
  ],
  enterAccount: [
    { amountFen: 8800, takesCode: true, digits: 0, lastDigits: '', problem: false },
    { amountFen: HUGE_FEN, takesCode: false, digits: 11, lastDigits: '0101', problem: true },
  ],
  chooseProof: [{ maskedAccount: '138****0101' }],
  enterSmsCode: [
    {
      amountFen: 8800,
      maskedAccount: '138****0101',
      digits: 0,
      triesLeft: 3,
      resendInSeconds: 60,
      problem: false,
    },
    {
      amountFen: HUGE_FEN,
      maskedAccount: 'zh***01',
      digits: 6,
      triesLeft: 1,
      resendInSeconds: 0,
      problem: true,
    },
  ],
  faceCheck: [{ amountFen: HUGE_FEN, maskedAccount: '138****0101', secondsLeft: 120 }],
  showCode: [
    { amountFen: 8800, wallet: 'alipay', secondsLeft: 60, codeText: 'https://qr.alipay.com/bax1' },
    { amountFen: HUGE_FEN, wallet: 'unionpay', secondsLeft: -1, codeText: '00020101', periods: 12 },
  ],
  numbersDiffer: [
    { amountFen: 8800, isReversed: true },
    { amountFen: HUGE_FEN, isReversed: false },
  ],
  insertCard: [
    { amountFen: 8800, reason: 'chipCard' },
    { amountFen: 8800, reason: 'tapFailed' },
  ],
  swipeCard: [{ amountFen: 8800 }],
  cardProblem: (
    [
      'badSwipe',
      'removed',
      'collision',
      'chipMute',
      'tapFailed',
      'blocked',
      'expired',
      'unsupported',
      'refusedOffline',
      'fallbackForbidden',
      'pinNotPossible',
    ] as const
  ).flatMap((reason) => [
    { reason, canRetry: true },
    { reason, canRetry: false },
  ]),
  scanProblem: [
    { reason: 'unreadable' },
    { reason: 'notAPayCode' },
    { reason: 'notSupported' },
    { reason: 'wrongWallet' },
    { reason: 'timedOut' },
  ],
  choosePlan: [
    { amountFen: 120_000, quotes: QUOTES },
    { amountFen: 120_000, quotes: [MERCHANT_QUOTE] },
    { amountFen: HUGE_FEN, quotes: [HUGE_QUOTE] },
    { amountFen: 120_000, quotes: Array.from({ length: 12 }, (_, index) => huabeiQuote(index + 1, 45_000, 120_000)) },
  ],
  confirmPlan: [
    { amountFen: 120_000, quote: QUOTES[1] ?? MERCHANT_QUOTE },
    { amountFen: 120_000, quote: MERCHANT_QUOTE },
    { amountFen: 120_000, quote: CARD_QUOTE },
    { amountFen: HUGE_FEN, quote: HUGE_QUOTE },
  ],
  signOnPanel: [{ amountFen: HUGE_FEN, maskedPan: '622848*********0017' }],
  enterPin: [
    { amountFen: 8800, maskedPan: '622202*********6789', digits: 0, tryNumber: 1 },
    { amountFen: HUGE_FEN, maskedPan: '622202*********6789', digits: 12, tryNumber: 3 },
  ],
  pinProblem: (['wrongPin', 'timedOut', 'cancelled', 'noKey', 'device'] as const).flatMap((reason) => [
    { reason, triesLeft: 2 },
    { reason, triesLeft: 0 },
  ]),
  authorizing: [
    { amountFen: 8800, route: 'card' },
    { amountFen: 8800, route: 'wallet' },
  ],
  waitingForCustomer: [
    { amountFen: 120_000, secondsLeft: 57 },
    { amountFen: 120_000, secondsLeft: -1 },
  ],
  completingChip: [{}],
  approved: [
    { amountFen: 8800, method: 'card', maskedPan: '622848*********0017', offline: true },
    { amountFen: 8800, method: 'card', authCode: '482913', maskedPan: '622202*********6789' },
    { amountFen: 120_000, method: 'huabei', periods: 6 },
    { amountFen: 8800, method: 'alipay', authCode: undefined, maskedPan: undefined, periods: undefined },
    { amountFen: 120_000, method: 'cardInstallment', periods: 12 },
  ],
  declined: [
    ...['01', '04', '45', '51', '77', '91', '97', 'A7', 'ZZ', 'ACQ.BUYER_BALANCE_NOT_ENOUGH', 'ACQ.NEW', ''].map(
      (responseCode) => ({ responseCode }),
    ),
    { responseCode: '55', next: 'retry' },
  ],
  notSent: [{ reason: 'refused' }, { reason: 'unreachable' }, { reason: 'closed' }],
  reversing: [{ amountFen: 8800 }],
  outcomeUnknown: [{ amountFen: 8800 }],
  reversed: [{ amountFen: 8800 }],
  lateApproval: [{ amountFen: 8800 }],
  cancelled: [{}],
  timedOut: [{}],
  printing: [{ copy: 'merchant' }, { copy: 'cardholder' }, { copy: 'schedule' }, { copy: 'bill' }],
  tearReceipt: [{ nextCopy: 'merchant' }, { nextCopy: 'cardholder' }],
  printerProblem: [
    { reason: 'paperOut', copy: 'settlement' },
    { reason: 'paperOut', copy: 'schedule' },
    { reason: 'paperOut', copy: 'bill' },
    { reason: 'coverOpen', copy: 'merchant' },
    { reason: 'overheated', copy: 'merchant' },
    { reason: 'cutter', copy: 'merchant' },
    { reason: 'offline', copy: 'merchant' },
    { reason: 'disconnected', copy: 'merchant' },
    { reason: 'timeout', copy: 'merchant' },
  ],
  removeCard: [{}],
  menu: [
    { copiesOwed: 0, openItems: 0, hasSettled: false, hasDrawer: false },
    { copiesOwed: 12, openItems: 3, hasSettled: true, hasDrawer: true },
  ],
  openingDrawer: [{}],
  drawerProblem: [{ reason: 'paperOut' }, { reason: 'coverOpen' }, { reason: 'disconnected' }],
  settling: [
    { step: 'notices', done: 0, total: 0 },
    { step: 'totals', done: 0, total: 0 },
    { step: 'upload', done: 1, total: 12 },
  ],
  settled: [
    { batch: '000001', balanced: true, disagreements: 0 },
    { batch: '000001', balanced: false, disagreements: 3 },
  ],
  settlementFailed: [
    { reason: 'openItems', responseCode: undefined },
    { reason: 'unanswered', responseCode: undefined },
    { reason: 'refused', responseCode: '97' },
    { reason: 'signOnNeeded', responseCode: undefined },
  ],
  enterVoucher: [
    { digits: '', purpose: 'lookUp' },
    ...(['lookUp', 'void', 'refund', 'bills'] as const).map((purpose) => ({ digits: '000012', purpose })),
  ],
  saleTruth: [
    ...(['sale', 'void', 'refund'] as const).flatMap((what) => TRUTHS.map((truth) => ({ ...SALE, what, truth }))),
    { ...SALE, what: 'sale', truth: { kind: 'approved' } },
    { voucher: '999999', what: 'sale', amountFen: 0, subject: '', truth: { kind: 'unknown' } },
  ],
  openItem: [
    { ...SALE, what: 'sale', at: 1, count: 3 },
    { ...SALE, what: 'void', at: 1, count: 1 },
    { ...SALE, what: 'refund', at: 3, count: 3 },
  ],
  enterSupervisor: [{ digits: '' }, { digits: '12345678' }],
  enterPasscode: [
    { number: '01', digits: 0 },
    { number: '12345678', digits: 12 },
  ],
  supervisorRefused: [{ triesLeft: 2 }, { triesLeft: 0 }],
  handedOver: [{ ...SALE, supervisor: '01 Lin' }],
  help: [{ servicePhone: '400-000-0000', terminalId: '10000001', merchantId: '898310058120001' }],
  enterRefundAmount: [{ ...TAKEN, amountFen: 0 }, TAKEN, PLANNED],
  confirmRefund: [
    { ...TAKEN, kind: 'void', feeBackFen: 0, leftFen: 0 },
    { ...PLANNED, feeBackFen: 1_800, leftFen: 50_000 },
    { ...TAKEN, feeBackFen: HUGE_FEN, leftFen: HUGE_FEN },
  ],
  refundNotPossible: REFUND_KINDS.flatMap((kind) =>
    (
      [
        'noSuchSale',
        'notStanding',
        'inDoubt',
        'refundInDoubt',
        'notForwarded',
        'noReference',
        'batchClosed',
        'alreadyRefunded',
        'nothingLeft',
        'aboveSale',
        'wholeOnly',
        'aboveLimit',
        'mustSettle',
        'openItems',
      ] as const
    ).map((reason) => ({ kind, reason })),
  ),
  presentCardAgain: REFUND_KINDS.map((kind) => ({ kind, amountFen: HUGE_FEN, maskedPan: '622848*********0017' })),
  cardDiffers: [
    { maskedPan: '622848*********0017', canRetry: true },
    { maskedPan: '622848*********0017', canRetry: false },
  ],
  refunding: REFUND_KINDS.map((kind) => ({ kind, amountFen: 8800 })),
  refundDone: [
    { kind: 'void', amountFen: HUGE_FEN, feeBackFen: 0, hostFeeBackFen: undefined, leftFen: 0 },
    { kind: 'refund', amountFen: 8800, feeBackFen: 120, hostFeeBackFen: 121, leftFen: HUGE_FEN },
  ],
  refundDeclined: REFUND_KINDS.flatMap((what) =>
    ['01', '04', '12', '45', '61', '77', '91', '97', 'ZZ', 'ACQ.REASON_TRADE_REFUND_FEE_ERR', ''].map(
      (responseCode) => ({ what, amountFen: 8800, responseCode }),
    ),
  ),
  refundNotSent: REFUND_KINDS.map((kind) => ({ kind })),
  refundUnknown: REFUND_KINDS.map((kind) => ({ kind, amountFen: HUGE_FEN })),
  refundConfirmed: REFUND_KINDS.map((what) => ({ what, amountFen: 8800 })),
  voidReversed: [{ amountFen: 8800 }],
  chooseBills: [{}],
  enterBillAccount: [
    { digits: 0, lastDigits: '', isWrong: false },
    { digits: 11, lastDigits: '0101', isWrong: true },
  ],
  billChoice: [
    { ...SALE, hasSchedule: true, hasBills: true },
    { ...SALE, hasSchedule: false, hasBills: true },
    { ...SALE, hasSchedule: true, hasBills: false },
  ],
  askingBills: [{}],
  bills: [
    { bill: OWED, page: 1, at: 1, count: 1 },
    { bill: LATE, page: 1, at: 2, count: 3 },
    { bill: QUIET, page: 1, at: 3, count: 3 },
  ],
  billProblem: (
    [
      'noSuchSale',
      'notStanding',
      'noPlan',
      'notServed',
      'unreachable',
      'notTrusted',
      'refused',
      'none',
      'badAccount',
    ] as const
  ).map((reason) => ({ reason })),
};

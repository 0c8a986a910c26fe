import { JD_DIALECT } from '../../../firmware/protocol/wallet/jd-dialect.ts';
import type {
  CallContext,
  KnownOrder,
  OrderTerms,
  WalletAnswer,
  WalletCall,
} from '../../../firmware/protocol/wallet/wallet-api.ts';

export const NONCE = '00112233445566778899aabbccddeeff';

export const CONTEXT: CallContext = {
  merchant: { appId: 'app', merchantId: '110226084001', serialNumber: '' },
  terminalId: '12345678',
  wallMs: Date.UTC(2026, 10, 21, 4, 0, 0),
  nonce: NONCE,
};

/** 1,200 yuan in six periods, 54 yuan of fee. */
export const PLAN = {
  method: 'baitiao',
  periods: 6,
  feePayer: 'customer',
  feeFen: 5_400,
  totalFen: 125_400,
} as const;

export const ORDER: OrderTerms = {
  outTradeNo: 'T0001_1',
  wallet: 'jd',
  amountFen: 120_000,
  subject: '分期示范商店',
  plan: PLAN,
  expiresInS: 120,
};

export const KNOWN: KnownOrder = {
  outTradeNo: 'T0001_1',
  wallet: 'jd',
  presented: 'account',
  amountFen: 120_000,
  plan: PLAN,
};

export const AUTH_CODE = '180011112222333344';
export const PHONE = { kind: 'phone', text: '13800138000' } as const;
export const SMS_CODE = '907214';

/** One call of each kind. */
export const CALLS = {
  pay: { kind: 'pay', order: ORDER, authCode: AUTH_CODE },
  present: { kind: 'present', order: ORDER },
  charge: {
    kind: 'charge',
    order: ORDER,
    account: PHONE,
    proof: { kind: 'sms', reference: 'SMS-1', code: SMS_CODE },
  },
  query: { kind: 'query', order: KNOWN },
  cancel: { kind: 'cancel', order: KNOWN },
  refund: { kind: 'refund', refund: { order: KNOWN, refundNo: 'R0001', refundFen: 40_000 } },
  plans: { kind: 'plans', account: PHONE, amountFen: 120_000 },
  sendCode: { kind: 'sendCode', account: PHONE, amountFen: 120_000 },
  startFace: { kind: 'startFace', account: PHONE, amountFen: 120_000 },
  faceState: { kind: 'faceState', reference: 'FACE-1' },
  bills: { kind: 'bills', subject: { kind: 'order', order: KNOWN } },
} as const satisfies { readonly [Kind in WalletCall['kind']]: Extract<WalletCall, { readonly kind: Kind }> };

export type CallKind = keyof typeof CALLS;

const ORDER_MEMBERS = { tradeNum: 'T0001_1', amount: '120000' } as const;
export const BOOKED = { plan: '6', feePayer: 'customer', fee: '5400', total: '125400' } as const;
export const PAID = {
  ...ORDER_MEMBERS,
  tradeNo: 'JD2026112100001',
  buyer: '138****8000',
  payTime: '2026-11-21 12:00:00',
  baiTiao: BOOKED,
} as const;
export const SIX_PERIODS = {
  plan: '6',
  rate: '4.5',
  fee: '5400',
  firstPay: '20900',
  laterPay: '20900',
  total: '125400',
} as const;
export const BILL = {
  ...ORDER_MEMBERS,
  fee: '5400',
  total: '125400',
  notice: '您有一期账单已逾期',
  periods: ['2026-12-21', '2027-01-21', '2027-02-21', '2027-03-21', '2027-04-21', '2027-05-21'].map(
    (dueDate, index) => ({
      period: (index + 1).toString(),
      dueDate,
      amount: '20900',
      state: ['PAID', 'OVERDUE', 'DUE', 'LATER', 'LATER', 'LATER'][index] ?? '',
    }),
  ),
} as const;

/** What the host says when all is well. */
export const GOOD_BIZ: Readonly<Record<CallKind, Readonly<Record<string, unknown>>>> = {
  pay: PAID,
  present: { ...ORDER_MEMBERS, qrCode: 'https://qr.jd.example/T0001', expireSeconds: '120' },
  charge: PAID,
  query: { ...PAID, tradeStatus: 'PAID' },
  cancel: { ...ORDER_MEMBERS, tradeStatus: 'CLOSED' },
  refund: { refundNum: 'R0001', tradeNum: 'T0001_1', refundAmount: '40000', feeBack: '1800' },
  plans: { amount: '120000', plans: [SIX_PERIODS], creditLimit: '2000000', verifies: ['sms', 'face'] },
  sendCode: { smsRef: 'SMS-1', expireSeconds: '300' },
  startFace: { faceRef: 'FACE-1', expireSeconds: '180' },
  faceState: { faceRef: 'FACE-1', state: 'PASSED' },
  bills: { bills: [BILL] },
};

export function replyBody(code: string, biz: unknown): string {
  return JSON.stringify({
    result: { code, desc: '' },
    timestamp: '2026-11-21 12:00:00',
    nonce: 'ffeeddccbbaa99887766554433221100',
    biz,
  });
}

/** What the dialect makes of a reply to that call. */
export function answer(call: WalletCall, code: string, biz: unknown, status = 200): WalletAnswer {
  return JD_DIALECT.reply(
    call,
    { status, headers: { 'jd-signature': 'c2ln' }, body: replyBody(code, biz) },
    CONTEXT,
  ).read();
}

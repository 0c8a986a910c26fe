import { describe, expect, it } from '@jest/globals';
import { JD_DIALECT } from '../../../firmware/protocol/wallet/jd-dialect.ts';
import type { WalletAnswer, WalletCall } from '../../../firmware/protocol/wallet/wallet-api.ts';
import {
  answer,
  AUTH_CODE,
  BILL,
  BOOKED,
  CALLS,
  type CallKind,
  CONTEXT,
  GOOD_BIZ,
  KNOWN,
  NONCE,
  ORDER,
  PAID,
  PHONE,
  PLAN,
  replyBody,
  SIX_PERIODS,
  SMS_CODE,
} from './jd-samples.ts';

function bodyOf(call: WalletCall): { readonly [name: string]: unknown; readonly biz: Record<string, unknown> } {
  return JSON.parse(JD_DIALECT.request(call, CONTEXT)?.sealed('c2ln').body ?? '') as ReturnType<typeof bodyOf>;
}

describe('JD requests', () => {
  it('are signed over method, path and body, each on a line', () => {
    const request = JD_DIALECT.request(CALLS.query, CONTEXT);
    const body =
      '{"version":"V2.0","merchantNo":"110226084001","terminalNo":"12345678","timestamp":"2026-11-21 12:00:00",' +
      `"nonce":"${NONCE}","biz":{"tradeNum":"T0001_1"}}`;
    expect(request?.signString).toBe(`POST\n/api/query\n${body}\n`);
    expect(request?.sealed('c2lnbg==')).toEqual({
      host: 'jd',
      method: 'POST',
      path: '/api/query',
      headers: { 'content-type': 'application/json; charset=utf-8', 'jd-signature': 'c2lnbg==' },
      body,
    });
  });

  const order = {
    tradeNum: 'T0001_1',
    amount: '120000',
    tradeName: '分期示范商店',
    expireSeconds: '120',
    baiTiao: BOOKED,
  };
  const account = { type: 'phone', value: '13800138000' };

  it.each<[CallKind, string, unknown]>([
    ['pay', 'fkmPay', { ...order, token: AUTH_CODE }],
    ['present', 'uniorder', order],
    ['charge', 'baiTiaoPay', { ...order, account, proof: { type: 'sms', smsRef: 'SMS-1', smsCode: SMS_CODE } }],
    ['query', 'query', { tradeNum: 'T0001_1' }],
    ['cancel', 'revoke', { tradeNum: 'T0001_1', amount: '120000' }],
    ['refund', 'refund', { refundNum: 'R0001', tradeNum: 'T0001_1', amount: '120000', refundAmount: '40000' }],
    ['plans', 'queryBaiTiaoFQ', { amount: '120000', account }],
    ['sendCode', 'sendSms', { amount: '120000', account }],
    ['startFace', 'startFace', { amount: '120000', account }],
    ['faceState', 'faceState', { faceRef: 'FACE-1' }],
    ['bills', 'queryBill', { tradeNum: 'T0001_1' }],
  ])('%s is %s', (kind, operation, biz) => {
    expect(JD_DIALECT.request(CALLS[kind], CONTEXT)?.sealed('x').path).toBe(`/api/${operation}`);
    expect(bodyOf(CALLS[kind]).biz).toEqual(biz);
  });

  it('name the plans whose fee the shop pays, in the query and in the order', () => {
    const plan = { ...PLAN, feePayer: 'merchant', feeFen: 0, totalFen: 120_000 } as const;
    expect(bodyOf({ ...CALLS.plans, merchantPays: [3, 6] }).biz).toEqual({
      amount: '120000',
      account,
      merchantPays: ['3', '6'],
    });
    expect(bodyOf({ ...CALLS.pay, order: { ...ORDER, plan } }).biz['baiTiao']).toEqual({
      plan: '6',
      feePayer: 'merchant',
      fee: '0',
      total: '120000',
    });
  });

  it('leave out what there is not', () => {
    expect(bodyOf({ ...CALLS.pay, order: { ...ORDER, plan: undefined } }).biz).not.toHaveProperty('baiTiao');
    expect(bodyOf({ ...CALLS.plans, account: undefined, merchantPays: [] }).biz).toEqual({ amount: '120000' });
    expect(bodyOf({ ...CALLS.charge, proof: { kind: 'face', reference: 'FACE-1' } }).biz['proof']).toEqual({
      type: 'face',
      faceRef: 'FACE-1',
    });
    expect(bodyOf({ kind: 'bills', subject: { kind: 'account', account: PHONE } }).biz).toEqual({ account });
  });

  it('are none for orders of other wallets and for instalments that are not Baitiao', () => {
    const others: WalletCall[] = [
      { ...CALLS.pay, order: { ...ORDER, wallet: 'alipay' } },
      { ...CALLS.pay, order: { ...ORDER, plan: { ...PLAN, method: 'huabei' } } },
      { ...CALLS.query, order: { ...KNOWN, wallet: 'wechat' } },
      { kind: 'refund', refund: { ...CALLS.refund.refund, order: { ...KNOWN, wallet: 'unionpay' } } },
      { kind: 'bills', subject: { kind: 'order', order: { ...KNOWN, wallet: 'alipay' } } },
    ];
    for (const call of others) expect(JD_DIALECT.request(call, CONTEXT)).toBeUndefined();
  });

  it.each<[string, WalletCall]>([
    ['an amount of 0', { ...CALLS.plans, amountFen: 0 }],
    ['an order number with a space', { ...CALLS.query, order: { ...KNOWN, outTradeNo: 'T 1' } }],
    ['a refund number of 65', { kind: 'refund', refund: { ...CALLS.refund.refund, refundNo: 'R'.repeat(65) } }],
    ['more back than was paid', { kind: 'refund', refund: { ...CALLS.refund.refund, refundFen: 120_001 } }],
  ])('never send %s', (_, call) => {
    expect(() => JD_DIALECT.request(call, CONTEXT)).toThrow(/broken invariant/);
  });

  it('never go out with a nonce that is none', () => {
    expect(() => JD_DIALECT.request(CALLS.query, { ...CONTEXT, nonce: 'x' })).toThrow(/broken invariant/);
  });
});

describe('JD replies, all well', () => {
  it('are signed over status, path, nonce of the request and body', () => {
    const body = replyBody('000000', PAID);
    const reply = JD_DIALECT.reply(CALLS.pay, { status: 200, headers: { 'jd-signature': 'c2ln' }, body }, CONTEXT);
    expect(reply.signedContent).toBe(`200\n/api/fkmPay\n${NONCE}\n${body}\n`);
    expect(reply.signature).toBe('c2ln');
  });

  const trade = {
    tradeNo: 'JD2026112100001',
    amountFen: 120_000,
    buyer: '138****8000',
    paidAt: '2026-11-21 12:00:00',
    periods: 6,
  };

  it.each<[CallKind, WalletAnswer]>([
    ['pay', { kind: 'paid', trade }],
    ['present', { kind: 'presented', codeText: 'https://qr.jd.example/T0001' }],
    ['charge', { kind: 'paid', trade }],
    ['query', { kind: 'paid', trade }],
    ['cancel', { kind: 'cancelled' }],
    ['refund', { kind: 'refunded', feeBackFen: 1_800 }],
    [
      'plans',
      {
        kind: 'plans',
        plans: [
          {
            periods: 6,
            feePayer: 'customer',
            feeFen: 5_400,
            firstPaymentFen: 20_900,
            laterPaymentFen: 20_900,
            totalFen: 125_400,
            ratePpm: 45_000,
          },
        ],
        creditLimitFen: 2_000_000,
        verifies: ['sms', 'face'],
      },
    ],
    ['sendCode', { kind: 'codeSent', reference: 'SMS-1', expiresInS: 300 }],
    ['startFace', { kind: 'faceStarted', reference: 'FACE-1', expiresInS: 180 }],
    ['faceState', { kind: 'face', state: 'passed' }],
    [
      'bills',
      {
        kind: 'bills',
        bills: [
          {
            outTradeNo: 'T0001_1',
            amountFen: 120_000,
            notice: '您有一期账单已逾期',
            periods: BILL.periods.map(({ dueDate }, index) => ({
              period: index + 1,
              dueDate,
              amountFen: 20_900,
              state: (['paid', 'overdue', 'due', 'later', 'later', 'later'] as const)[index] ?? 'later',
            })),
          },
        ],
      },
    ],
  ])('%s', (kind, expected) => {
    expect(answer(CALLS[kind], '000000', GOOD_BIZ[kind])).toEqual(expected);
  });

  it('may leave out what is only told', () => {
    const { buyer: _, payTime: __, ...paid } = PAID;
    expect(answer(CALLS.pay, '000000', paid)).toMatchObject({
      kind: 'paid',
      trade: { buyer: undefined, paidAt: undefined },
    });
    const { rate: ___, ...plan } = SIX_PERIODS;
    expect(answer(CALLS.plans, '000000', { amount: '120000', plans: [plan] })).toMatchObject({
      plans: [{ ratePpm: undefined }],
      creditLimitFen: undefined,
      verifies: [],
    });
    const { feeBack: ____, ...refund } = GOOD_BIZ.refund;
    expect(answer(CALLS.refund, '000000', refund)).toEqual({ kind: 'refunded', feeBackFen: undefined });
  });

  it('keep no buyer whose name the host did not mask', () => {
    expect(answer(CALLS.pay, '000000', { ...PAID, buyer: '13800138000' })).toMatchObject({
      trade: { buyer: undefined },
    });
  });

  it('tell the periods that a customer chose alone', () => {
    const call: WalletCall = { ...CALLS.pay, order: { ...ORDER, plan: undefined } };
    expect(answer(call, '000000', PAID)).toMatchObject({ kind: 'paid', trade: { periods: 6 } });
    expect(answer(call, '000000', { ...PAID, baiTiao: undefined })).toMatchObject({ trade: { periods: undefined } });
  });
});

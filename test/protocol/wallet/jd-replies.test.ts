import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { JD_DIALECT } from '../../../firmware/protocol/wallet/jd-dialect.ts';
import type { WalletAnswer } from '../../../firmware/protocol/wallet/wallet-api.ts';
import { expectOrderlyRefusal, expectRefusal } from '../cup/error-text.ts';
import {
  answer,
  AUTH_CODE,
  BILL,
  BOOKED,
  CALLS,
  type CallKind,
  CONTEXT,
  GOOD_BIZ,
  ORDER,
  PAID,
  PHONE,
  replyBody,
  SIX_PERIODS,
  SMS_CODE,
} from './jd-samples.ts';

const KINDS = Object.keys(CALLS) as CallKind[];

/** The answer in a word: its kind, and what it names. */
function said(result: WalletAnswer): string {
  if (result.kind === 'failed') return `failed ${result.code}`;
  if (result.kind === 'mismatch') return `mismatch ${result.members.join(' ')}`;
  return result.kind === 'face' ? `face ${result.state}` : result.kind;
}

describe('JD replies, what they say', () => {
  const order = { tradeNum: 'T0001_1', amount: '120000' };

  it.each<[CallKind, string, unknown, string]>([
    // Money taken, or not yet, or not at all.
    ['pay', 'JD.PAYING', order, 'pending'],
    ['charge', 'JD.PAYING', { ...order, baiTiao: BOOKED }, 'pending'],
    ['pay', 'JD.BALANCE', {}, 'failed JD.BALANCE'],
    ['pay', 'JD.CODE_EXPIRED', order, 'failed JD.CODE_EXPIRED'],
    ['charge', 'JD.SMS_WRONG', undefined, 'failed JD.SMS_WRONG'],
    ['charge', 'JD.CREDIT_LIMIT', {}, 'failed JD.CREDIT_LIMIT'],
    ['present', 'JD.MERCHANT', {}, 'failed JD.MERCHANT'],
    ['present', 'JD.PAYING', order, 'unknown'],
    ['pay', 'JD.ORDER_PAID', order, 'unknown'],
    ['pay', 'JD.ORDER_UNKNOWN', {}, 'unknown'],
    ['pay', 'JD.SYSTEM', {}, 'unknown'],
    ['pay', 'JD.SOMETHING_NEW', {}, 'unknown'],
    ['pay', '000001', PAID, 'unknown'],
    ['pay', 'toString', {}, 'unknown'],
    // Where an order stands; a refused question says nothing about it.
    ['query', '000000', { ...order, tradeStatus: 'PAYING' }, 'pending'],
    ['query', '000000', { ...order, tradeStatus: 'CLOSED' }, 'closed'],
    ['query', '000000', { ...order, tradeStatus: 'FROZEN' }, 'unknown'],
    ['query', '000000', { ...order, tradeStatus: 'toString' }, 'unknown'],
    ['query', '000000', order, 'unknown'],
    ['query', 'JD.ORDER_UNKNOWN', { tradeNum: 'T0001_1' }, 'notFound'],
    ['query', 'JD.MERCHANT', {}, 'unknown'],
    ['query', 'JD.PAYING', order, 'unknown'],
    // Undone.
    ['cancel', '000000', { ...order, tradeStatus: 'PAID' }, 'unknown'],
    ['cancel', 'JD.REVOKING', {}, 'retry'],
    ['cancel', 'JD.ORDER_UNKNOWN', {}, 'notFound'],
    ['cancel', 'JD.REVOKE_LATE', {}, 'failed JD.REVOKE_LATE'],
    ['refund', 'JD.REFUNDING', {}, 'retry'],
    ['refund', 'JD.REFUND_TOO_MUCH', {}, 'failed JD.REFUND_TOO_MUCH'],
    ['refund', 'JD.REFUND_LATE', {}, 'failed JD.REFUND_LATE'],
    ['refund', 'JD.ORDER_UNKNOWN', {}, 'notFound'],
    // Under the same number it may have been done before.
    ['refund', 'JD.SIGNATURE', {}, 'unknown'],
    ['refund', 'JD.MERCHANT', {}, 'unknown'],
    ['cancel', 'JD.TIMESTAMP', {}, 'unknown'],
    ['pay', 'JD.REFUND_LATE', {}, 'unknown'],
    ['pay', 'JD.REVOKING', {}, 'unknown'],
    // Customers and plans.
    ['plans', 'JD.NOT_ACTIVATED', {}, 'failed JD.NOT_ACTIVATED'],
    ['plans', '000000', { amount: '120000', plans: [] }, 'plans'],
    ['sendCode', 'JD.ACCOUNT_UNKNOWN', {}, 'failed JD.ACCOUNT_UNKNOWN'],
    ['startFace', 'JD.ACCOUNT_RESTRICTED', {}, 'failed JD.ACCOUNT_RESTRICTED'],
    ['faceState', '000000', { faceRef: 'FACE-1', state: 'WAITING' }, 'face waiting'],
    ['faceState', '000000', { faceRef: 'FACE-1', state: 'REFUSED' }, 'face refused'],
    ['faceState', '000000', { faceRef: 'FACE-1', state: 'EXPIRED' }, 'face expired'],
    ['faceState', 'JD.FACE_EXPIRED', {}, 'failed JD.FACE_EXPIRED'],
    ['bills', '000000', { bills: [] }, 'bills'],
    ['bills', 'JD.ORDER_UNKNOWN', {}, 'notFound'],
  ])('%s answered %s %j: %s', (kind, code, biz, expected) => {
    expect(said(answer(CALLS[kind], code, biz))).toBe(expected);
  });

  it.each(KINDS)('%s says nothing under another status than 200', (kind) => {
    for (const status of [201, 302, 400, 500, 502]) {
      expect(answer(CALLS[kind], '000000', GOOD_BIZ[kind], status)).toEqual({ kind: 'unknown' });
      expect(answer(CALLS[kind], 'JD.RISK', {}, status)).toEqual({ kind: 'unknown' });
    }
  });
});

describe('JD replies about something else', () => {
  const periods = BILL.periods;
  it.each<[string, CallKind, string, unknown, string]>([
    ['another order', 'pay', '000000', { ...PAID, tradeNum: 'T0001_2' }, 'tradeNum'],
    ['no order', 'pay', '000000', { ...PAID, tradeNum: undefined }, 'tradeNum'],
    ['another amount', 'charge', '000000', { ...PAID, amount: '1' }, 'amount'],
    ['an amount that is a number', 'charge', '000000', { ...PAID, amount: 120_000 }, 'amount'],
    ['an amount with zeros before it', 'charge', '000000', { ...PAID, amount: '0120000' }, 'amount'],
    ['no plan where one was ordered', 'pay', '000000', { ...PAID, baiTiao: undefined }, 'baiTiao'],
    ['other periods', 'pay', '000000', { ...PAID, baiTiao: { ...BOOKED, plan: '12' } }, 'baiTiao'],
    ['another fee', 'pay', '000000', { ...PAID, baiTiao: { ...BOOKED, fee: '5401' } }, 'baiTiao'],
    ['another total', 'pay', '000000', { ...PAID, baiTiao: { ...BOOKED, total: '125401' } }, 'baiTiao'],
    ['another who pays the fee', 'pay', '000000', { ...PAID, baiTiao: { ...BOOKED, feePayer: 'merchant' } }, 'baiTiao'],
    ['a plan that is none', 'query', '000000', { ...GOOD_BIZ.query, baiTiao: 'x' }, 'baiTiao'],
    ['nothing right', 'query', '000000', { tradeStatus: 'PAID' }, 'tradeNum amount baiTiao'],
    ['pending, another order', 'pay', 'JD.PAYING', { tradeNum: 'X', amount: '120000' }, 'tradeNum'],
    ['pending, another plan', 'pay', 'JD.PAYING', { ...PAID, baiTiao: { ...BOOKED, fee: '0' } }, 'baiTiao'],
    ['pending, no order', 'pay', 'JD.PAYING', {}, 'tradeNum amount'],
    [
      'waiting, another order',
      'query',
      '000000',
      { tradeNum: 'X', amount: '120000', tradeStatus: 'PAYING' },
      'tradeNum',
    ],
    [
      'closed, another order',
      'query',
      '000000',
      { tradeNum: 'X', amount: '120000', tradeStatus: 'CLOSED' },
      'tradeNum',
    ],
    ['a refusal of another order', 'pay', 'JD.RISK', { tradeNum: 'X' }, 'tradeNum'],
    ['another unknown order', 'query', 'JD.ORDER_UNKNOWN', { tradeNum: 'X' }, 'tradeNum'],
    ['a code that is no web address', 'present', '000000', { ...GOOD_BIZ.present, qrCode: 'T0001' }, 'qrCode'],
    ['a code with a blank', 'present', '000000', { ...GOOD_BIZ.present, qrCode: 'https://a b' }, 'qrCode'],
    ['the code of another order', 'present', '000000', { ...GOOD_BIZ.present, tradeNum: 'X' }, 'tradeNum'],
    ['another order revoked', 'cancel', '000000', { ...GOOD_BIZ.cancel, tradeNum: 'X' }, 'tradeNum'],
    ['another refund', 'refund', '000000', { ...GOOD_BIZ.refund, refundNum: 'R0002' }, 'refundNum'],
    ['a refund of another sale', 'refund', '000000', { ...GOOD_BIZ.refund, tradeNum: 'X' }, 'tradeNum'],
    ['another refunded amount', 'refund', '000000', { ...GOOD_BIZ.refund, refundAmount: '40001' }, 'refundAmount'],
    ['more fee back than was paid', 'refund', '000000', { ...GOOD_BIZ.refund, feeBack: '5401' }, 'feeBack'],
    ['plans for another amount', 'plans', '000000', { ...GOOD_BIZ.plans, amount: '1' }, 'amount'],
    ['a plan with a wrong total', 'plans', '000000', plansOf({ total: '125401' }), 'plans'],
    ['a plan with a wrong payment', 'plans', '000000', plansOf({ firstPay: '20901' }), 'plans'],
    ['a plan with a fee from nowhere', 'plans', '000000', plansOf({ fee: '5401' }), 'plans'],
    ['a plan whose fee the shop shall pay, unasked', 'plans', '000000', plansOf({ merchantFee: '1' }), 'plans'],
    ['a plan twice', 'plans', '000000', { ...GOOD_BIZ.plans, plans: [SIX_PERIODS, SIX_PERIODS] }, 'plans'],
    ['the face of another', 'faceState', '000000', { faceRef: 'FACE-2', state: 'PASSED' }, 'faceRef'],
    ['the bill of another order', 'bills', '000000', billsOf({ tradeNum: 'X' }), 'bills'],
    ['a bill of another amount', 'bills', '000000', billsOf({ amount: '119999', fee: '5401' }), 'bills'],
    ['two bills of one order', 'bills', '000000', { bills: [BILL, BILL] }, 'bills'],
    ['a bill of other periods', 'bills', '000000', billsOf({ periods: periods.slice(1) }), 'bills'],
    [
      'periods that do not add up',
      'bills',
      '000000',
      billsOf({ periods: withPeriod(1, { amount: '20901' }) }),
      'bills',
    ],
    ['a period twice', 'bills', '000000', billsOf({ periods: withPeriod(1, { period: '1' }) }), 'bills'],
    ['days out of order', 'bills', '000000', billsOf({ periods: withPeriod(1, { dueDate: '2026-12-21' }) }), 'bills'],
    ['a price and fee that are no total', 'bills', '000000', billsOf({ fee: '1' }), 'bills'],
    ['refunds that do not add up', 'bills', '000000', billsOf({ refunded: '1' }), 'bills'],
    ['a total other than the plan', 'bills', '000000', otherTotal(), 'bills'],
  ])('%s', (_, kind, code, biz, members) => {
    expect(answer(CALLS[kind], code, biz)).toEqual({ kind: 'mismatch', members: members.split(' ') });
  });

  it('a bill after a refund owes less, and adds up', () => {
    const owed = periods.map((period) => ({ ...period, amount: '10450' }));
    expect(answer(CALLS.bills, '000000', billsOf({ periods: owed, refunded: '62700' }))).toMatchObject({
      kind: 'bills',
    });
  });

  it('an account may have bills of many orders, and of no plan of ours', () => {
    const call = { kind: 'bills', subject: { kind: 'account', account: PHONE } } as const;
    const bills = [BILL, { ...BILL, tradeNum: 'T0002_1' }];
    expect(answer(call, '000000', { bills })).toMatchObject({ bills: [{}, { outTradeNo: 'T0002_1' }] });
    expect(answer(call, 'JD.ACCOUNT_UNKNOWN', {})).toEqual({ kind: 'failed', code: 'JD.ACCOUNT_UNKNOWN' });
    const { plan: _, ...order } = CALLS.bills.subject.order;
    const unplanned = { kind: 'bills', subject: { kind: 'order', order: { ...order, plan: undefined } } } as const;
    expect(answer(unplanned, '000000', { bills: [BILL] })).toMatchObject({ kind: 'bills' });
  });

  it('a notice stands on a bill with something overdue alone', () => {
    const paid = periods.map((period) => ({ ...period, state: 'PAID' }));
    expect(answer(CALLS.bills, '000000', billsOf({ periods: paid }))).toMatchObject({ bills: [{ notice: undefined }] });
  });

  it('plans of which the shop pays the fee ask the customer for none', () => {
    const call = { ...CALLS.plans, merchantPays: [6] } as const;
    const free = {
      ...SIX_PERIODS,
      feePayer: 'merchant',
      fee: '0',
      merchantFee: '5400',
      firstPay: '20000',
      laterPay: '20000',
      total: '120000',
    };
    const asked = (plan: object): WalletAnswer => answer(call, '000000', { ...GOOD_BIZ.plans, plans: [plan] });
    expect(asked(free)).toMatchObject({ kind: 'plans', plans: [{ feeFen: 5_400, totalFen: 120_000 }] });
    const refused = { kind: 'mismatch', members: ['plans'] };
    expect(asked(SIX_PERIODS)).toEqual(refused);
    expect(asked({ ...free, feePayer: 'customer' })).toEqual(refused);
    expect(asked({ ...free, fee: '1' })).toEqual(refused);
    expect(answer(CALLS.plans, '000000', plansOf({ merchantFee: '1' }))).toEqual(refused);
    expect(answer(CALLS.plans, '000000', { ...GOOD_BIZ.plans, plans: [free] })).toEqual(refused);
    expect(() => asked({ ...free, feePayer: 'both' })).toThrow('biz.feePayer');
    expect(() => asked({ ...free, merchantFee: undefined })).toThrow('biz.merchantFee');
  });

  function plansOf(change: object): unknown {
    return { ...GOOD_BIZ.plans, plans: [{ ...SIX_PERIODS, ...change }] };
  }
  function billsOf(change: object): unknown {
    return { bills: [{ ...BILL, ...change }] };
  }
  function withPeriod(index: number, change: object): unknown {
    return periods.map((period, at) => (at === index ? { ...period, ...change } : period));
  }
  function otherTotal(): unknown {
    return billsOf({ fee: '5406', total: '125406', periods: periods.map((each) => ({ ...each, amount: '20901' })) });
  }
});

describe('JD replies that cannot be taken apart', () => {
  it.each<[string, CallKind, unknown]>([
    ['no trade number', 'pay', { ...PAID, tradeNo: undefined }],
    ['a trade number with a space', 'pay', { ...PAID, tradeNo: 'a b' }],
    ['a time of payment that is none', 'pay', { ...PAID, payTime: 'yesterday' }],
    ['no code to show', 'present', { ...GOOD_BIZ.present, qrCode: '' }],
    ['no reference of the SMS', 'sendCode', { expireSeconds: '300' }],
    ['an SMS that never expires', 'sendCode', { smsRef: 'S', expireSeconds: '86401' }],
    ['an SMS that has expired', 'sendCode', { smsRef: 'S', expireSeconds: '0' }],
    ['no end of the face check', 'startFace', { faceRef: 'F' }],
    ['a state of a face that is none', 'faceState', { faceRef: 'FACE-1', state: 'toString' }],
    ['plans that are no list', 'plans', { amount: '120000', plans: {} }],
    ['more plans than anybody offers', 'plans', { amount: '120000', plans: Array(25).fill(SIX_PERIODS) }],
    ['a plan of nothing', 'plans', { amount: '120000', plans: [{}] }],
    ['a plan that is null', 'plans', { amount: '120000', plans: [null] }],
    ['a plan of no period', 'plans', { amount: '120000', plans: [{ ...SIX_PERIODS, plan: '0' }] }],
    ['a plan of 61 periods', 'plans', { amount: '120000', plans: [{ ...SIX_PERIODS, plan: '61' }] }],
    ['a fee with a sign', 'plans', { amount: '120000', plans: [{ ...SIX_PERIODS, fee: '-1' }] }],
    ['a fee in yuan', 'plans', { amount: '120000', plans: [{ ...SIX_PERIODS, fee: '54.00' }] }],
    ['a rate in words', 'plans', { amount: '120000', plans: [{ ...SIX_PERIODS, rate: 'low' }] }],
    ['fee back in yuan', 'refund', { ...GOOD_BIZ.refund, feeBack: '1.00' }],
    ['no bills', 'bills', {}],
    ['a state of a bill that is none', 'bills', billOf({ state: 'toString' })],
    ['a day that its month has not', 'bills', billOf({ dueDate: '2027-02-29' })],
    ['a month that the year has not', 'bills', billOf({ dueDate: '2026-13-01' })],
    ['a day that is a time', 'bills', billOf({ dueDate: '2026-12-21 00:00:00' })],
  ])('%s', (_, kind, biz) => {
    expectRefusal(() => answer(CALLS[kind], '000000', biz));
  });

  it.each([
    ['no signature', {}],
    ['an empty signature', { 'jd-signature': '' }],
  ])('%s', (_, headers) => {
    expectRefusal(() =>
      JD_DIALECT.reply(CALLS.pay, { status: 200, headers, body: replyBody('000000', PAID) }, CONTEXT),
    );
  });

  it.each([
    ['nothing', ''],
    ['a page', '<html>502</html>'],
    ['a list', '[]'],
    ['an object that goes on', `${replyBody('000000', PAID)}{}`],
    ['an object cut off', replyBody('000000', PAID).slice(0, -1)],
    ['no result', JSON.stringify({ biz: PAID })],
    ['a code that is a number', '{"result":{"code":0},"biz":{}}'],
    ['a key twice', '{"result":{"code":"JD.RISK"},"result":{"code":"000000"},"biz":{}}'],
    ['a key twice, deeper', '{"result":{"code":"000000"},"biz":{"tradeNum":"a","tradeNum":"b"}}'],
  ])('%s', (_, body) => {
    expectRefusal(() =>
      JD_DIALECT.reply(CALLS.pay, { status: 200, headers: { 'jd-signature': 'x' }, body }, CONTEXT).read(),
    );
  });

  function billOf(change: object): unknown {
    const [first, ...others] = BILL.periods;
    return { bills: [{ ...BILL, periods: [{ ...first, ...change }, ...others] }] };
  }
});

describe('JD replies from anywhere', () => {
  /** Any JSON in the place of one member, or the member gone. */
  const changes = fc.record({
    kind: fc.constantFrom(...KINDS),
    at: fc.nat(),
    value: fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(undefined, '0', '1', '-1', 'PAID', '13800138000')),
  });

  it('a changed member never makes another order, amount or plan look paid', () => {
    fc.assert(
      fc.property(changes, ({ kind, at, value }) => {
        const names = Object.keys(GOOD_BIZ[kind]);
        const biz = { ...GOOD_BIZ[kind], [names[at % names.length] ?? '']: value };
        expectOrderlyRefusal(() => {
          const result = answer(CALLS[kind], '000000', biz);
          if (result.kind !== 'paid') return;
          expect(biz).toMatchObject({ tradeNum: ORDER.outTradeNo, amount: '120000', baiTiao: BOOKED });
        });
      }),
      { numRuns: 500 },
    );
  });

  it('any code but the ones listed leaves the money in doubt', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(...KINDS), (text, kind) => {
        const result = answer(CALLS[kind], `JD.${text}X`, {});
        expect(['unknown', 'mismatch']).toContain(result.kind);
      }),
    );
  });

  it('any text is read or refused, and no error tells what stood there', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(...KINDS), (body, kind) => {
        expectOrderlyRefusal(() =>
          JD_DIALECT.reply(CALLS[kind], { status: 200, headers: { 'jd-signature': 'x' }, body }, CONTEXT).read(),
        );
      }),
    );
  });

  it('no answer and no error holds the account, the SMS code or the pay code, even where the host sends them back', () => {
    const secrets = [PHONE.text, SMS_CODE, AUTH_CODE];
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), fc.constantFrom(...secrets), fc.nat(), (kind, secret, at) => {
        const names = [
          ...Object.keys(GOOD_BIZ[kind]).filter((name) => name !== 'qrCode'),
          'account',
          'smsCode',
          'token',
        ];
        const biz = { ...GOOD_BIZ[kind], [names[at % names.length] ?? '']: secret };
        let text = '';
        try {
          text = JSON.stringify([answer(CALLS[kind], '000000', biz), answer(CALLS[kind], secret, biz)]);
        } catch (error) {
          text = String(error);
        }
        // References and limits of the host's own making are told as they are.
        const own = ['smsRef', 'faceRef', 'tradeNo', 'creditLimit', 'expireSeconds', 'feeBack', 'notice'];
        if (!own.includes(names[at % names.length] ?? '')) expect(text).not.toContain(secret);
      }),
    );
  });
});

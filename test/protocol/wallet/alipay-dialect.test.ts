import { describe, expect, it } from '@jest/globals';
import { createSign, createVerify } from 'node:crypto';
import * as fc from 'fast-check';
import { ALIPAY_DIALECT } from '../../../firmware/protocol/wallet/alipay-dialect.ts';
import { signString } from '../../../firmware/protocol/wallet/alipay.ts';
import type { CallContext, OrderedPlan, WalletAnswer } from '../../../firmware/protocol/wallet/wallet-api.ts';
import type { WebReply } from '../../../firmware/protocol/wallet/web-message.ts';
import { TEST_WALLET_PRIVATE_KEY, TEST_WALLET_PUBLIC_KEY } from '../../../simulator/wallet/test-keys.ts';
import { expectOrderlyRefusal, expectRefusal } from '../cup/error-text.ts';
import { AUTH_CODE, callsOf, ORDER_NUMBER, said, UNSERVED, WALL_MS, type Wanted } from './dialect-samples.ts';

const CONTEXT: CallContext = {
  merchant: { appId: '2014072300007148', merchantId: '2088000000000001', serialNumber: '' },
  terminalId: '12345678',
  wallMs: WALL_MS,
  nonce: '593bec0c930bf1afeb40b4a08c8fb242',
};
const PLAN: OrderedPlan = { method: 'huabei', periods: 6, feePayer: 'customer', feeFen: 5_400, totalFen: 125_400 };
const CALLS = callsOf('alipay');
const BY_PLAN = callsOf('alipay', PLAN);

const METHODS: Readonly<Record<Wanted, string>> = {
  pay: 'alipay.trade.pay',
  present: 'alipay.trade.precreate',
  query: 'alipay.trade.query',
  cancel: 'alipay.trade.cancel',
  close: 'alipay.trade.cancel',
  refund: 'alipay.trade.refund',
};

const sentBy = (call: Parameters<typeof ALIPAY_DIALECT.request>[0]) => {
  const request = ALIPAY_DIALECT.request(call, CONTEXT);
  if (request === undefined) throw new Error('not served');
  const { body } = request.sealed('c2ln');
  const form = Object.fromEntries(new URLSearchParams(body));
  return { ...request, form, biz: JSON.parse(form['biz_content'] ?? '') as Readonly<Record<string, unknown>> };
};

const replyOf = (kind: Wanted, members: unknown, status = 200): WebReply => {
  const name = `${METHODS[kind].replaceAll('.', '_')}_response`;
  return { status, headers: {}, body: `{"${name}":${JSON.stringify(members)},"sign":"c2lnbg=="}` };
};
const answer = (kind: Wanted, members: unknown, calls = CALLS): WalletAnswer =>
  ALIPAY_DIALECT.reply(calls[kind], replyOf(kind, members), CONTEXT).read();

const NAMED = { code: '10000', msg: 'Success', out_trade_no: ORDER_NUMBER };
const PAID = { ...NAMED, trade_no: '2026112122001004990000000001', total_amount: '1200.00' };
const REFUND = { ...NAMED, fund_change: 'Y', refund_fee: '400.00' };
const QR = 'https://qr.alipay.com/bavh4wjlxf12tper3a';
const refused = (subCode: string) => ({ code: '40004', msg: 'Business Failed', sub_code: subCode });

describe('Alipay requests', () => {
  it.each(['pay', 'present', 'query', 'cancel', 'close', 'refund'] as const)('%s: one form to one path', (kind) => {
    const { signString: signed, sealed, form } = sentBy(CALLS[kind]);
    expect(sealed('a+b/c=')).toMatchObject({
      host: 'alipay',
      method: 'POST',
      path: '/gateway.do',
      headers: { 'content-type': 'application/x-www-form-urlencoded;charset=utf-8' },
    });
    expect(form).toMatchObject({
      method: METHODS[kind],
      app_id: '2014072300007148',
      sign_type: 'RSA2',
      timestamp: '2026-11-21 12:00:00',
      sign: 'c2ln',
    });
    // What the platform rebuilds from the form is what was signed.
    expect(signString(form)).toBe(signed);
  });

  it.each<[Wanted, Readonly<Record<string, unknown>>]>([
    [
      'pay',
      {
        scene: 'bar_code',
        auth_code: AUTH_CODE,
        out_trade_no: ORDER_NUMBER,
        total_amount: '1200.00',
        subject: '分期示范商店',
        terminal_id: '12345678',
        timeout_express: '2m',
      },
    ],
    [
      'present',
      {
        out_trade_no: ORDER_NUMBER,
        total_amount: '1200.00',
        subject: '分期示范商店',
        terminal_id: '12345678',
        timeout_express: '2m',
      },
    ],
    ['query', { out_trade_no: ORDER_NUMBER }],
    ['cancel', { out_trade_no: ORDER_NUMBER }],
    ['close', { out_trade_no: ORDER_NUMBER }],
    ['refund', { out_trade_no: ORDER_NUMBER, refund_amount: '400.00', out_request_no: '1234567820261121000001000043' }],
  ])('%s says no more than it must', (kind, members) => {
    expect(sentBy(CALLS[kind]).biz).toEqual(members);
  });

  it.each(['pay', 'present'] as const)('%s by Huabei: periods, who pays the fee, and no other channel', (kind) => {
    const merchant = callsOf('alipay', { ...PLAN, feePayer: 'merchant', feeFen: 0, totalFen: 120_000 });
    const channel = { enable_pay_channels: 'pcreditpayInstallment' };
    expect(sentBy(BY_PLAN[kind]).biz).toMatchObject({
      ...channel,
      extend_params: { hb_fq_num: '6', hb_fq_seller_percent: '0' },
    });
    expect(sentBy(merchant[kind]).biz).toMatchObject({
      ...channel,
      extend_params: { hb_fq_num: '6', hb_fq_seller_percent: '100' },
    });
  });

  it('serves no other wallet, no other credit and no calls by account', () => {
    const baitiao = { ...PLAN, method: 'baitiao' } as const;
    const others = [callsOf('wechat'), callsOf('jd'), callsOf('unionpay'), callsOf('alipay', baitiao)];
    for (const call of [...others.flatMap((calls) => Object.values(calls)), ...UNSERVED]) {
      expect(ALIPAY_DIALECT.request(call, CONTEXT)).toBeUndefined();
    }
  });
});

describe('Alipay replies, what they say', () => {
  it('the data of a paid order', () => {
    const trade = {
      tradeNo: '2026112122001004990000000001',
      amountFen: 120_000,
      buyer: '159****5620',
      paidAt: '2026-11-21 12:00:03',
      periods: 6,
    };
    const members = { ...PAID, buyer_logon_id: '159****5620', hb_fq_pay_info: { user_install_num: '6' } };
    const paid = { kind: 'paid', trade };
    expect(answer('pay', { ...members, gmt_payment: trade.paidAt }, BY_PLAN)).toEqual(paid);
    const queried = { ...members, trade_status: 'TRADE_SUCCESS', send_pay_date: trade.paidAt };
    expect(answer('query', queried, BY_PLAN)).toEqual(paid);
    expect(answer('present', { ...NAMED, qr_code: QR })).toEqual({ kind: 'presented', codeText: QR });
  });

  it.each<[Wanted, unknown, string]>([
    ['pay', PAID, 'paid'],
    ['pay', { code: '10003' }, 'pending'],
    ['pay', { ...PAID, total_amount: '1200.01' }, 'mismatch total_amount'],
    ['pay', { ...PAID, out_trade_no: 'x' }, 'mismatch out_trade_no'],
    ['pay', refused('ACQ.BUYER_BALANCE_NOT_ENOUGH'), 'failed ACQ.BUYER_BALANCE_NOT_ENOUGH'],
    ['pay', { code: '40002', sub_code: 'isv.invalid-signature' }, 'failed isv.invalid-signature'],
    ['pay', refused('ACQ.SYSTEM_ERROR'), 'unknown'],
    ['pay', refused('ACQ.TRADE_HAS_SUCCESS'), 'unknown'],
    ['pay', { code: '20000' }, 'unknown'],
    // A code of our own.
    ['present', { ...NAMED, qr_code: QR }, 'presented'],
    ['present', { ...NAMED, qr_code: 'http://shop.example/' }, 'mismatch qr_code'],
    ['present', { ...NAMED, qr_code: `${QR}\u001b@` }, 'mismatch qr_code'],
    ['present', { ...NAMED, out_trade_no: 'x', qr_code: QR }, 'mismatch out_trade_no'],
    ['present', { code: '10000', qr_code: QR }, 'mismatch out_trade_no'],
    ['present', refused('ACQ.TOTAL_FEE_EXCEED'), 'failed ACQ.TOTAL_FEE_EXCEED'],
    ['present', { code: '20000', sub_code: 'isp.unknow-error' }, 'unknown'],
    ['present', { code: '10003' }, 'unknown'],
    // Where an order stands; what refuses the query says nothing about it.
    ['query', { ...PAID, trade_status: 'TRADE_SUCCESS' }, 'paid'],
    ['query', { ...PAID, trade_status: 'TRADE_FINISHED' }, 'paid'],
    ['query', { ...NAMED, trade_status: 'WAIT_BUYER_PAY' }, 'pending'],
    ['query', { ...NAMED, trade_status: 'TRADE_CLOSED' }, 'closed'],
    ['query', { ...PAID, trade_status: 'TRADE_SUCCESS', total_amount: '1.00' }, 'mismatch total_amount'],
    ['query', refused('ACQ.TRADE_NOT_EXIST'), 'notFound'],
    ['query', refused('ACQ.INVALID_PARAMETER'), 'unknown'],
    ['query', { code: '40002', sub_code: 'isv.invalid-timestamp' }, 'unknown'],
    ['query', { code: '20000' }, 'unknown'],
    // Undone.
    ['cancel', { ...NAMED, retry_flag: 'N', action: 'close' }, 'cancelled'],
    ['cancel', { ...NAMED, retry_flag: 'N', action: 'refund' }, 'cancelled'],
    ['cancel', { ...NAMED, retry_flag: 'N' }, 'cancelled'],
    ['close', { ...NAMED, retry_flag: 'N', action: 'close' }, 'cancelled'],
    ['cancel', { ...refused('ACQ.SYSTEM_ERROR'), retry_flag: 'Y' }, 'retry'],
    ['cancel', refused('ACQ.TRADE_NOT_EXIST'), 'notFound'],
    ['cancel', refused('ACQ.TRADE_CANCEL_TIME_OUT'), 'failed ACQ.TRADE_CANCEL_TIME_OUT'],
    ['cancel', refused('ACQ.SELLER_BALANCE_NOT_ENOUGH'), 'failed ACQ.SELLER_BALANCE_NOT_ENOUGH'],
    ['cancel', refused('ACQ.SYSTEM_ERROR'), 'unknown'],
    ['cancel', { code: '40002', sub_code: 'isv.invalid-signature' }, 'unknown'],
    ['cancel', { ...NAMED, out_trade_no: 'x' }, 'mismatch out_trade_no'],
    // Paid back.
    ['refund', REFUND, 'refunded'],
    ['refund', { ...REFUND, fund_change: 'N' }, 'refunded'],
    ['refund', { ...REFUND, refund_fee: '1200.00' }, 'refunded'],
    ['refund', { ...REFUND, fund_change: undefined }, 'unknown'],
    ['refund', { ...REFUND, refund_fee: '399.99' }, 'mismatch refund_fee'],
    ['refund', { ...REFUND, refund_fee: '1200.01' }, 'mismatch refund_fee'],
    ['refund', { ...REFUND, refund_fee: undefined }, 'mismatch refund_fee'],
    ['refund', { ...REFUND, refund_fee: 400 }, 'mismatch refund_fee'],
    ['refund', { ...REFUND, out_trade_no: 'x' }, 'mismatch out_trade_no'],
    ['refund', refused('ACQ.TRADE_NOT_EXIST'), 'failed ACQ.TRADE_NOT_EXIST'],
    ['refund', refused('ACQ.REFUND_AMT_NOT_EQUAL_TOTAL'), 'failed ACQ.REFUND_AMT_NOT_EQUAL_TOTAL'],
    ['refund', refused('aop.ACQ.TRADE_STATUS_ERROR'), 'failed ACQ.TRADE_STATUS_ERROR'],
    ['refund', refused('ACQ.DISCORDANT_REPEAT_REQUEST'), 'unknown'],
    ['refund', refused('ACQ.SYSTEM_ERROR'), 'unknown'],
    ['refund', { code: '40002', sub_code: 'isv.invalid-signature' }, 'unknown'],
    ['refund', { code: '20000' }, 'unknown'],
  ])('%s, %j: %s', (kind, members, expected) => {
    expect(said(answer(kind, members))).toBe(expected);
  });

  it.each([
    [{ user_install_num: '6' }, 'paid'],
    [{ user_install_num: '6', seller_percent: '0', fee_amount: '54.00', per_period_amount: '209.00' }, 'paid'],
    [{}, 'paid'],
    [{ user_install_num: '12' }, 'mismatch hb_fq_pay_info'],
    [{ user_install_num: 'six' }, 'mismatch hb_fq_pay_info'],
    [{ seller_percent: '100' }, 'mismatch seller_percent'],
    [{ fee_amount: '54.01' }, 'mismatch fee_amount'],
    [{ fee_amount: 'none' }, 'mismatch fee_amount'],
    [{ per_period_amount: '208.99' }, 'paid'],
    [{ per_period_amount: '208.98' }, 'mismatch per_period_amount'],
    [{ per_period_amount: '209.02' }, 'mismatch per_period_amount'],
    [{ per_period_amount: 'none' }, 'mismatch per_period_amount'],
  ])('instalments as booked, %j, must be those that were confirmed: %s', (booked, expected) => {
    const members = { ...PAID, trade_status: 'TRADE_SUCCESS', hb_fq_pay_info: booked };
    expect(said(answer('pay', members, BY_PLAN))).toBe(expected);
    expect(said(answer('query', members, BY_PLAN))).toBe(expected);
  });

  it('the fee of the merchant is none that a customer agreed to', () => {
    const calls = callsOf('alipay', { ...PLAN, periods: 3, feePayer: 'merchant', feeFen: 0, totalFen: 120_000 });
    const booked = { user_install_num: '3', seller_percent: '100', fee_amount: '21.60', per_period_amount: '400.00' };
    expect(answer('pay', { ...PAID, hb_fq_pay_info: booked }, calls)).toMatchObject({ trade: { periods: 3 } });
    const turned = { ...PAID, hb_fq_pay_info: { ...booked, seller_percent: '0' } };
    expect(said(answer('pay', turned, calls))).toBe('mismatch seller_percent');
  });
});

describe('Alipay replies, what cannot be read', () => {
  it.each([201, 302, 400, 500, 502])('a reply of status %i', (status) => {
    expectRefusal(() => ALIPAY_DIALECT.reply(CALLS.pay, replyOf('pay', PAID, status), CONTEXT));
  });

  it.each<[Wanted, unknown]>([
    ['pay', { ...PAID, trade_no: undefined }],
    ['pay', { msg: 'Success' }],
    ['present', NAMED],
    ['query', { ...PAID, trade_status: 'FROZEN' }],
    ['cancel', { ...NAMED, action: 'explode' }],
    ['refund', { ...REFUND, code: undefined }],
  ])('%s, %j', (kind, members) => {
    expectRefusal(() => answer(kind, members));
  });

  it('an answer to another call, or to one that is not served', () => {
    expectRefusal(() => ALIPAY_DIALECT.reply(CALLS.query, replyOf('pay', PAID), CONTEXT));
    for (const call of UNSERVED) {
      expectRefusal(() => ALIPAY_DIALECT.reply(call, replyOf('pay', PAID), CONTEXT));
    }
    expectRefusal(() => ALIPAY_DIALECT.reply(CALLS.cancel, replyOf('refund', REFUND), CONTEXT));
  });

  it('with any part of it changed is not believed, unless it says the same under the same signature', () => {
    const content = JSON.stringify(PAID);
    const signature = createSign('RSA-SHA256').update(content).sign(TEST_WALLET_PRIVATE_KEY, 'base64');
    const text = `{"alipay_trade_pay_response":${content},"sign":"${signature}"}`;
    const believed = (body: string): WalletAnswer | undefined => {
      const reply = ALIPAY_DIALECT.reply(CALLS.pay, { status: 200, headers: {}, body }, CONTEXT);
      const verifier = createVerify('RSA-SHA256').update(reply.signedContent);
      return verifier.verify(TEST_WALLET_PUBLIC_KEY, reply.signature, 'base64') ? reply.read() : undefined;
    };
    const paid = believed(text);
    expect(paid).toMatchObject({ kind: 'paid' });
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.string({ maxLength: 3 }), fc.nat(3), (at, inserted, removed) => {
        const changed = text.slice(0, at) + inserted + text.slice(at + removed);
        expectOrderlyRefusal(() => {
          const answered = believed(changed);
          if (answered === undefined) return;
          expect(changed).toContain(content);
          expect(answered).toEqual(paid);
        });
      }),
      { numRuns: 500 },
    );
  });

  it('never says paid or refunded for any JSON but the right one', () => {
    const member = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom('10000', ORDER_NUMBER, 'TRADE_SUCCESS'));
    const keys = fc.constantFrom('code', 'sub_code', 'out_trade_no', 'trade_status', 'retry_flag', 'action', 'qr_code');
    const kinds = fc.constantFrom<Wanted>('pay', 'present', 'query', 'cancel', 'refund');
    fc.assert(
      fc.property(kinds, fc.dictionary(keys, member), (kind, members) => {
        expectOrderlyRefusal(() => {
          expect(['paid', 'refunded', 'alreadyPaid']).not.toContain(answer(kind, members).kind);
        });
      }),
    );
  });
});

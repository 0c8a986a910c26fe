import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { WalletAnswer } from '../../../firmware/protocol/wallet/wallet-api.ts';
import { WECHAT_DIALECT } from '../../../firmware/protocol/wallet/wechat-dialect.ts';
import { expectOrderlyRefusal, expectRefusal } from '../cup/error-text.ts';
import {
  callsOf,
  ORDER_NUMBER,
  said,
  TIMESTAMP,
  UNSERVED,
  type Wanted,
  WECHAT_CONTEXT as CONTEXT,
  wechatReplyOf,
} from './dialect-samples.ts';

const CALLS = callsOf('wechat');
const answer = (kind: Wanted, status: number, body: unknown, timestamp = TIMESTAMP): WalletAnswer =>
  WECHAT_DIALECT.reply(CALLS[kind], wechatReplyOf(status, body, timestamp), CONTEXT).read();

const NAMES = { appid: 'wx8888888888888888', mchid: '1900000001', out_trade_no: ORDER_NUMBER };
const AMOUNT = { total: 120_000, payer_total: 119_000, currency: 'CNY', payer_currency: 'CNY' };
const PAID = {
  ...NAMES,
  transaction_id: '4200001234202611210000000001',
  trade_type: 'MICROPAY',
  trade_state: 'SUCCESS',
  success_time: '2026-11-21T12:00:01+08:00',
  payer: { openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' },
  amount: AMOUNT,
};
const REFUND = {
  refund_id: '50000000382019052709732678859',
  out_refund_no: '1234567820261121000001000043',
  out_trade_no: ORDER_NUMBER,
  status: 'SUCCESS',
  amount: { ...AMOUNT, refund: 40_000 },
};

describe('WeChat Pay replies, what they say', () => {
  it('a paid order', () => {
    expect(answer('pay', 200, PAID)).toEqual({
      kind: 'paid',
      trade: {
        tradeNo: '4200001234202611210000000001',
        amountFen: 120_000,
        buyer: undefined,
        paidAt: '2026-11-21 12:00:01',
        periods: undefined,
      },
    });
    expect(answer('query', 200, { ...PAID, success_time: undefined })).toMatchObject({ trade: { paidAt: undefined } });
  });

  it.each<[Wanted, number, unknown, string]>([
    // Where an order stands.
    ['query', 200, PAID, 'paid'],
    ['query', 200, { ...NAMES, trade_state: 'NOTPAY' }, 'pending'],
    ['query', 200, { ...NAMES, trade_state: 'USERPAYING' }, 'pending'],
    ['query', 200, { ...NAMES, trade_state: 'ACCEPT' }, 'pending'],
    ['query', 200, { ...NAMES, trade_state: 'CLOSED' }, 'closed'],
    ['query', 200, { ...NAMES, trade_state: 'REVOKED' }, 'closed'],
    ['query', 200, { ...NAMES, trade_state: 'PAYERROR' }, 'failed PAYERROR'],
    ['query', 200, { ...PAID, trade_state: 'REFUND' }, 'unknown'],
    ['pay', 200, { ...NAMES, trade_state: 'USERPAYING' }, 'pending'],
    // About something else.
    ['pay', 200, { ...PAID, out_trade_no: `${ORDER_NUMBER}1` }, 'mismatch out_trade_no'],
    ['pay', 200, { ...PAID, mchid: '1900000002' }, 'mismatch mchid'],
    ['pay', 200, { ...PAID, mchid: undefined }, 'mismatch mchid'],
    ['pay', 200, { ...PAID, appid: 'wx1' }, 'mismatch appid'],
    ['pay', 200, { ...PAID, appid: undefined }, 'paid'],
    ['pay', 200, { ...PAID, amount: { ...AMOUNT, total: 1 } }, 'mismatch amount'],
    ['pay', 200, { ...PAID, amount: { ...AMOUNT, total: '120000' } }, 'mismatch amount'],
    ['pay', 200, { ...PAID, amount: { ...AMOUNT, currency: 'USD' } }, 'mismatch amount'],
    ['pay', 200, { ...PAID, amount: undefined }, 'mismatch amount'],
    ['query', 200, { ...NAMES, trade_state: 'NOTPAY', amount: { total: 1, currency: 'CNY' } }, 'mismatch amount'],
    ['query', 200, { ...NAMES, out_trade_no: 'x', mchid: 'y', trade_state: 'CLOSED' }, 'mismatch out_trade_no mchid'],
    // Refused, or not.
    ['pay', 403, { code: 'NOT_ENOUGH', message: '余额不足' }, 'failed NOT_ENOUGH'],
    ['pay', 403, { code: 'NOTENOUGH' }, 'failed NOTENOUGH'],
    ['pay', 400, { code: 'AUTH_CODE_INVALID' }, 'failed AUTH_CODE_INVALID'],
    ['pay', 403, { code: 'RULE_LIMIT' }, 'failed RULE_LIMIT'],
    ['pay', 401, { code: 'SIGN_ERROR' }, 'failed SIGN_ERROR'],
    ['pay', 400, { code: 'USERPAYING' }, 'pending'],
    ['pay', 500, { code: 'SYSTEM_ERROR' }, 'unknown'],
    ['pay', 500, { code: 'BANK_ERROR' }, 'unknown'],
    ['pay', 429, { code: 'FREQUENCY_LIMITED' }, 'unknown'],
    ['pay', 400, { code: 'INVALID_REQUEST' }, 'unknown'],
    ['pay', 400, { code: 'ORDERPAID' }, 'unknown'],
    ['pay', 400, { code: 'OUT_TRADE_NO_USED' }, 'unknown'],
    ['pay', 400, { code: 'SOMETHING_NEW' }, 'unknown'],
    ['pay', 400, { code: 'toString' }, 'unknown'],
    ['pay', 302, { code: 'NOT_ENOUGH' }, 'failed NOT_ENOUGH'],
    ['query', 404, { code: 'ORDER_NOT_EXIST' }, 'notFound'],
    ['query', 401, { code: 'SIGN_ERROR' }, 'unknown'],
    ['query', 403, { code: 'NOT_ENOUGH' }, 'unknown'],
    ['present', 400, { code: 'PARAM_ERROR' }, 'failed PARAM_ERROR'],
    ['present', 400, { code: 'USERPAYING' }, 'unknown'],
    // A code of our own.
    ['present', 200, { code_url: 'weixin://wxpay/bizpayurl?pr=p4lpSuKzz' }, 'presented'],
    ['present', 200, { code_url: 'http://shop.example/' }, 'mismatch code_url'],
    ['present', 200, { code_url: 'weixin://wxpay/\u001b@' }, 'mismatch code_url'],
    // Undone.
    ['cancel', 200, NAMES, 'cancelled'],
    ['cancel', 200, { ...NAMES, recall: 'Y' }, 'retry'],
    ['cancel', 200, { ...NAMES, out_trade_no: 'x' }, 'mismatch out_trade_no'],
    ['cancel', 200, '', 'unknown'],
    ['cancel', 400, { code: 'USERPAYING' }, 'retry'],
    ['cancel', 400, { code: 'ORDER_CLOSED' }, 'cancelled'],
    ['cancel', 400, { code: 'REVERSE_EXPIRE' }, 'failed REVERSE_EXPIRE'],
    ['cancel', 404, { code: 'ORDER_NOT_EXIST' }, 'notFound'],
    ['cancel', 500, { code: 'SYSTEM_ERROR' }, 'unknown'],
    ['cancel', 401, { code: 'SIGN_ERROR' }, 'unknown'],
    ['close', 204, '', 'cancelled'],
    ['close', 200, NAMES, 'unknown'],
    ['close', 400, { code: 'ORDERPAID' }, 'alreadyPaid'],
    ['close', 400, { code: 'ORDER_PAID' }, 'alreadyPaid'],
    ['close', 400, { code: 'ORDER_CLOSED' }, 'cancelled'],
    // Paid back.
    ['refund', 200, REFUND, 'refunded'],
    ['refund', 200, { ...REFUND, status: 'PROCESSING' }, 'retry'],
    ['refund', 200, { ...REFUND, status: 'CLOSED' }, 'failed CLOSED'],
    ['refund', 200, { ...REFUND, status: 'ABNORMAL' }, 'unknown'],
    ['refund', 200, { ...REFUND, out_refund_no: 'x' }, 'mismatch out_refund_no'],
    ['refund', 200, { ...REFUND, out_trade_no: undefined }, 'mismatch out_trade_no'],
    ['refund', 200, { ...REFUND, amount: { ...REFUND.amount, refund: 1 } }, 'mismatch amount.refund'],
    ['refund', 200, { ...REFUND, amount: { refund: 40_000 } }, 'mismatch amount.total amount.currency'],
    ['refund', 403, { code: 'NOT_ENOUGH' }, 'failed NOT_ENOUGH'],
    ['refund', 404, { code: 'RESOURCE_NOT_EXISTS' }, 'failed RESOURCE_NOT_EXISTS'],
    ['refund', 401, { code: 'SIGN_ERROR' }, 'unknown'],
    ['refund', 429, { code: 'FREQUENCY_LIMITED' }, 'unknown'],
  ])('%s, %i %j: %s', (kind, status, body, expected) => {
    expect(said(answer(kind, status, body))).toBe(expected);
  });

  it('believes no answer of another time, but for one that refuses the time itself', () => {
    const seconds = (offset: number): string => (Number(TIMESTAMP) + offset).toString();
    expect(answer('pay', 200, PAID, seconds(360)).kind).toBe('paid');
    for (const at of [seconds(361), seconds(-361), 'soon', '1e9', '']) {
      if (at === '') expectRefusal(() => answer('pay', 200, PAID, at));
      else expect(answer('pay', 200, PAID, at).kind).toBe('unknown');
    }
    expect(answer('close', 204, '', seconds(900)).kind).toBe('unknown');
    expect(answer('pay', 403, { code: 'NOT_ENOUGH' }, seconds(900)).kind).toBe('unknown');
    expect(said(answer('pay', 401, { code: 'SIGN_ERROR' }, seconds(900)))).toBe('failed SIGN_ERROR');
  });
});

describe('WeChat Pay replies, what cannot be read', () => {
  it('is signed over time, nonce and body, also where there is none', () => {
    const reply = WECHAT_DIALECT.reply(CALLS.close, wechatReplyOf(204, ''), CONTEXT);
    expect(reply.signedContent).toBe(`${TIMESTAMP}\nc5ac7061fccab6bf3e254dcf98995b8c\n\n`);
    expect(reply.signature).toBe('c2lnbg==');
  });

  it.each(['wechatpay-timestamp', 'wechatpay-nonce', 'wechatpay-signature'])('refuses a reply without %s', (name) => {
    const reply = wechatReplyOf(200, PAID);
    const bare = Object.fromEntries(Object.entries(reply.headers).filter(([header]) => header !== name));
    for (const headers of [bare, { ...reply.headers, [name]: '' }, { ...reply.headers, [name]: 'a\nb' }]) {
      expectRefusal(() => WECHAT_DIALECT.reply(CALLS.pay, { ...reply, headers }, CONTEXT));
    }
  });

  it.each<[Wanted, number, unknown]>([
    ['pay', 200, '<html>'],
    ['pay', 502, '<html>'],
    ['pay', 400, ''],
    ['pay', 200, '[]'],
    ['pay', 200, { ...NAMES, trade_state: 'FROZEN' }],
    ['pay', 200, { ...PAID, trade_state: undefined }],
    ['pay', 200, { ...PAID, transaction_id: undefined }],
    ['pay', 400, PAID],
    ['pay', 200, { code: 'NOT_ENOUGH' }],
    ['pay', 200, JSON.stringify(PAID).replace('}', ',"total":1}').replace('{', '{"trade_state":"SUCCESS",')],
    ['present', 200, {}],
    ['refund', 200, { ...REFUND, status: 'ODD' }],
  ])('%s, %i %j is refused', (kind, status, body) => {
    expectRefusal(() => answer(kind, status, body));
  });

  it('has nothing to say about a call that is not served', () => {
    for (const call of UNSERVED) {
      expectRefusal(() => WECHAT_DIALECT.reply(call, wechatReplyOf(200, PAID), CONTEXT).read());
      expect(WECHAT_DIALECT.reply(call, wechatReplyOf(400, { code: 'NOT_ENOUGH' }), CONTEXT).read().kind).toBe(
        'unknown',
      );
    }
  });

  it('a paid answer with any one character changed is believed only where all that was checked still stands', () => {
    const text = JSON.stringify(PAID);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom('0', '7', 'x', '"', ',', '}'), (at, character) => {
        const changed = text.slice(0, at) + character + text.slice(at + 1);
        let read: WalletAnswer | undefined;
        expectOrderlyRefusal(() => {
          read = answer('pay', 200, changed);
        });
        if (read?.kind !== 'paid') return;
        const { out_trade_no, mchid, trade_state, amount } = JSON.parse(changed) as typeof PAID;
        expect({ out_trade_no, mchid, trade_state, total: amount.total, currency: amount.currency }).toEqual({
          out_trade_no: ORDER_NUMBER,
          mchid: '1900000001',
          trade_state: 'SUCCESS',
          total: 120_000,
          currency: 'CNY',
        });
      }),
      { numRuns: 500 },
    );
  });

  it('never throws anything but a protocol error, and never says paid, for any JSON', () => {
    const member = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom('SUCCESS', ORDER_NUMBER, 'CNY', 120_000));
    const keys = fc.constantFrom('trade_state', 'code', 'amount', 'mchid', 'appid', 'status', 'code_url', 'recall');
    fc.assert(
      fc.property(
        fc.constantFrom<Wanted>('pay', 'present', 'query', 'cancel', 'close', 'refund'),
        fc.constantFrom(200, 204, 400, 500),
        fc.dictionary(keys, member),
        (kind, status, body) => {
          expectOrderlyRefusal(() => {
            expect(['paid', 'refunded', 'alreadyPaid']).not.toContain(answer(kind, status, body).kind);
          });
        },
      ),
    );
  });
});

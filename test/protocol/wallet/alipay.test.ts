import { describe, expect, it } from '@jest/globals';
import { createHash, createSign, createVerify, generateKeyPairSync } from 'node:crypto';
import * as fc from 'fast-check';
import {
  cancelRequest,
  cancelResult,
  chinaTimestamp,
  formBody,
  parseReply,
  payRequest,
  payResult,
  queryRequest,
  queryResult,
  signString,
} from '../../../firmware/protocol/wallet/alipay.ts';
import { expectOrderlyRefusal, expectRefusal } from '../cup/error-text.ts';
import { REFERENCE } from '../cup/reference-vectors.ts';

const { V17 } = REFERENCE;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const ORDER = {
  appId: '2014072300007148',
  wallMs: Date.UTC(2026, 10, 21, 4, 0, 0),
  outTradeNo: 'T0001_1',
  authCode: '28763443825664394',
  amountFen: 120_000,
  subject: '分期示范商店 & 花呗=1',
} as const;
const EXPECTED = { outTradeNo: 'T0001_1', amountFen: 120_000 };

const business = (params: Readonly<Record<string, string>>): Record<string, unknown> =>
  JSON.parse(params['biz_content'] ?? '') as Record<string, unknown>;

const replyText = (method: string, members: Readonly<Record<string, unknown>>): string =>
  `{"${method.replaceAll('.', '_')}_response":${JSON.stringify(members)},"sign":"c2lnbg=="}`;
const pay = (members: Readonly<Record<string, unknown>>, expected = EXPECTED) =>
  payResult(parseReply(replyText('alipay.trade.pay', members), 'alipay.trade.pay'), expected);
const query = (members: Readonly<Record<string, unknown>>) =>
  queryResult(parseReply(replyText('alipay.trade.query', members), 'alipay.trade.query'), EXPECTED);
const cancel = (members: Readonly<Record<string, unknown>>) =>
  cancelResult(parseReply(replyText('alipay.trade.cancel', members), 'alipay.trade.cancel'), 'T0001_1');

describe('requests', () => {
  it('V17: the string to sign leaves out empty values and is in ASCII order', () => {
    expect(signString(V17.params)).toBe(V17.string);
    expect(sha256(signString(V17.params))).toBe(V17.sha256);
    expect(signString({ ...V17.params, sign: 'x' })).toBe(V17.string);
  });

  it('a payment names order, code and yuan, and the time in China', () => {
    const params = payRequest(ORDER);
    expect(params).toMatchObject({
      app_id: ORDER.appId,
      method: 'alipay.trade.pay',
      charset: 'utf-8',
      sign_type: 'RSA2',
      timestamp: '2026-11-21 12:00:00',
      version: '1.0',
    });
    expect(business(params)).toEqual({
      out_trade_no: 'T0001_1',
      scene: 'bar_code',
      auth_code: '28763443825664394',
      total_amount: '1200.00',
      subject: ORDER.subject,
    });
  });

  it.each([
    ['customer', '0'],
    ['merchant', '100'],
  ] as const)('Huabei in 6 periods, the %s pays the fee', (feePayer, percent) => {
    const params = payRequest({
      ...ORDER,
      installment: { periods: 6, feePayer },
      serviceProviderId: '2088511833207846',
    });
    expect(business(params)).toMatchObject({
      extend_params: {
        hb_fq_num: '6',
        hb_fq_seller_percent: percent,
        sys_service_provider_id: '2088511833207846',
      },
      enable_pay_channels: 'pcreditpayInstallment',
    });
  });

  it('one payment restricts no channel', () => {
    const content = business(payRequest({ ...ORDER, serviceProviderId: '2088511833207846', timeoutMinutes: 2 }));
    expect(content).not.toHaveProperty('enable_pay_channels');
    expect(content).toMatchObject({
      timeout_express: '2m',
      extend_params: { sys_service_provider_id: '2088511833207846' },
    });
  });

  it('query and cancel name the order alone', () => {
    for (const [request, method] of [
      [queryRequest, 'alipay.trade.query'],
      [cancelRequest, 'alipay.trade.cancel'],
    ] as const) {
      const params = request({
        appId: ORDER.appId,
        wallMs: ORDER.wallMs,
        outTradeNo: 'T0001_1',
        appAuthToken: 'TOKEN',
      });
      expect(params).toMatchObject({ method, app_auth_token: 'TOKEN' });
      expect(business(params)).toEqual({ out_trade_no: 'T0001_1' });
    }
  });

  it.each([
    ['an amount of 0', { amountFen: 0 }],
    ['an amount over 100 million yuan', { amountFen: 10_000_000_001 }],
    ['an order number of 65 characters', { outTradeNo: 'T'.repeat(65) }],
    ['an order number with a space', { outTradeNo: 'T 1' }],
  ])('never sends %s', (_name, change) => {
    expect(() => payRequest({ ...ORDER, ...change })).toThrow(/broken invariant/);
  });

  it('the body is read by any form parser as the parameters and the signature', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z_]{1,10}$/), fc.string({ unit: 'grapheme' })), (params) => {
        const read = Object.fromEntries(new URLSearchParams(formBody(params, 'a+b/c=')));
        const sent = Object.entries(params).filter(([name, value]) => name !== 'sign' && value !== '');
        expect(read).toEqual({ ...Object.fromEntries(sent), sign: 'a+b/c=' });
      }),
    );
  });

  it('what was signed is what the platform rebuilds from the body', () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const params = payRequest(ORDER);
    const signature = createSign('sha256').update(signString(params), 'utf8').sign(privateKey, 'base64');
    const received = Object.fromEntries(new URLSearchParams(formBody(params, signature)));
    const rebuilt = createVerify('sha256').update(signString(received), 'utf8');
    expect(rebuilt.verify(publicKey, received['sign'] ?? '', 'base64')).toBe(true);
  });

  it.each([
    [Date.UTC(2026, 11, 31, 15, 59, 59), '2026-12-31 23:59:59'],
    [Date.UTC(2026, 11, 31, 16, 0, 0), '2027-01-01 00:00:00'],
    [Date.UTC(2028, 1, 28, 16, 0, 0), '2028-02-29 00:00:00'],
  ])('%i ms is %s in China', (wallMs, text) => {
    expect(chinaTimestamp(wallMs)).toBe(text);
  });
});

describe('taking a reply apart', () => {
  const METHOD = 'alipay.trade.query';
  const NAME = 'alipay_trade_query_response';

  it.each([
    ['as the platform writes it', '{"code":"10000","msg":"Success"}'],
    ['with spaces and another order', '{ "msg" : "a" ,\n "code":"10000" }'],
    ['with escapes and braces in texts', '{"msg":"\\"}\\\\{\\u4e2d","code":"10000","x":"}]"}'],
    ['with nested values', '{"code":"10000","list":[{"a":[1,-2.5e3,true,null]},[]],"o":{}}'],
    ['with Chinese', '{"code":"10000","msg":"交易成功"}'],
  ])('the signed text is the text as received: %s', (_name, content) => {
    for (const text of [
      `{"${NAME}":${content},"sign":"c2ln"}`,
      ` { "sign" : "c2ln" , "alipay_cert_sn":"x","${NAME}" : ${content} } \n`,
    ]) {
      const reply = parseReply(text, METHOD);
      expect(reply.signedContent).toBe(content);
      expect(reply.signature).toBe('c2ln');
      expect(reply.response).toEqual(JSON.parse(content));
    }
  });

  it('an escaped slash in the signature is a slash', () => {
    expect(parseReply(`{"${NAME}":{"code":"1"},"sign":"a\\/b="}`, METHOD).signature).toBe('a/b=');
  });

  it('the gateway itself answers in error_response', () => {
    const text =
      '{"error_response":{"code":"40002","msg":"Invalid Arguments","sub_code":"isv.invalid-app-id"},"sign":"x"}';
    expect(queryResult(parseReply(text, METHOD), EXPECTED)).toEqual({
      kind: 'failed',
      code: '40002',
      subCode: 'isv.invalid-app-id',
      message: 'Invalid Arguments',
    });
  });

  it.each([
    ['no JSON', '<html>502</html>'],
    ['nothing', ''],
    ['a JSON text', '"x"'],
    ['a JSON list', '[]'],
    ['an object cut off', `{"${NAME}":{"code":"10000"},"sign":"x"`],
    ['something after it', `{"${NAME}":{"code":"10000"},"sign":"x"}{}`],
    ['no signature', `{"${NAME}":{"code":"10000"}}`],
    ['an empty signature', `{"${NAME}":{"code":"10000"},"sign":""}`],
    ['a signature that is no text', `{"${NAME}":{"code":"10000"},"sign":1}`],
    ['an answer to another method', '{"alipay_trade_pay_response":{"code":"10000"},"sign":"x"}'],
    ['two answers', `{"${NAME}":{"code":"10000"},"error_response":{"code":"40002"},"sign":"x"}`],
    ['an answer that is no object', `{"${NAME}":"10000","sign":"x"}`],
    ['the answer twice', `{"${NAME}":{"code":"10000"},"${NAME}":{"code":"40004"},"sign":"x"}`],
    ['a key twice in the answer', `{"${NAME}":{"code":"40004","code":"10000"},"sign":"x"}`],
    ['a key twice, once escaped', `{"${NAME}":{"code":"40004","c\\u006fde":"10000"},"sign":"x"}`],
    ['a key twice deep inside', `{"${NAME}":{"a":[{"b":1,"b":2}]},"sign":"x"}`],
    ['a nesting that wants the stack', `{"${NAME}":${'{"a":'.repeat(5000)}1${'}'.repeat(5000)},"sign":"x"}`],
  ])('refuses %s', (_name, text) => {
    expect(expectRefusal(() => parseReply(text, METHOD)).path[0]).toBe('reply');
  });

  it('any JSON answer keeps its text and value, whatever is in it', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), fc.nat(3), (answer, indent) => {
        const content = JSON.stringify(answer, undefined, indent);
        const reply = parseReply(`{"${NAME}":${content},"sign":"x"}`, METHOD);
        expect(reply.signedContent).toBe(content);
        expect(JSON.stringify(reply.response)).toBe(JSON.stringify(JSON.parse(content)));
      }),
    );
  });

  it('cut, changed and random replies never do more than refuse', () => {
    const good = replyText(METHOD, { code: '10000', out_trade_no: '20261121000000001', total_amount: '1200.00' });
    const change = fc.tuple(fc.nat(good.length), fc.nat(6), fc.string({ maxLength: 6 }));
    fc.assert(
      fc.property(fc.oneof(fc.string(), change), (input) => {
        const text =
          typeof input === 'string' ? input : good.slice(0, input[0]) + input[2] + good.slice(input[0] + input[1]);
        expectOrderlyRefusal(() => queryResult(parseReply(text, METHOD), EXPECTED));
      }),
      { numRuns: 500 },
    );
  });
});

describe('what a reply to pay means', () => {
  const PAID = {
    code: '10000',
    msg: 'Success',
    trade_no: '2026112122001004990000000001',
    out_trade_no: 'T0001_1',
    total_amount: '1200.00',
    buyer_logon_id: '159****5620',
    gmt_payment: '2026-11-21 12:00:03',
  };

  it('10000 is paid, with the data for slip and journal', () => {
    expect(pay(PAID)).toEqual({
      kind: 'paid',
      trade: {
        tradeNo: '2026112122001004990000000001',
        amountFen: 120_000,
        buyer: '159****5620',
        paidAt: '2026-11-21 12:00:03',
        periods: undefined,
      },
    });
  });

  it('10003 is pending, with or without the order in the answer', () => {
    expect(pay({ code: '10003', msg: 'order success pay inprocess' })).toEqual({ kind: 'pending' });
    expect(pay({ code: '10003', out_trade_no: 'T0001_1', total_amount: '1200.00' })).toEqual({ kind: 'pending' });
  });

  it('40004 is a refusal with its cause', () => {
    const cause = { sub_code: 'ACQ.BUYER_BALANCE_NOT_ENOUGH', sub_msg: '买家余额不足' };
    expect(pay({ code: '40004', msg: 'Business Failed', ...cause })).toEqual({
      kind: 'failed',
      code: '40004',
      subCode: 'ACQ.BUYER_BALANCE_NOT_ENOUGH',
      message: '买家余额不足',
    });
  });

  it.each([
    ['20000', 'isp.unknow-error'],
    ['20000', 'aop.ACQ.SYSTEM_ERROR'],
    ['40004', 'ACQ.SYSTEM_ERROR'],
    ['40004', 'aop.ACQ.SYSTEM_ERROR'],
    ['40004', 'ACQ.TRADE_HAS_SUCCESS'],
    ['50000', 'x'],
    ['10001', ''],
  ])('%s with %p may have been executed', (code, subCode) => {
    expect(pay({ code, sub_code: subCode }).kind).toBe('unknown');
  });

  it.each([
    ['another order', { out_trade_no: 'T0001_2' }, ['out_trade_no']],
    ['another amount', { total_amount: '1200.01' }, ['total_amount']],
    ['an amount that is none', { total_amount: '1200.001' }, ['total_amount']],
    ['an amount as a number', { total_amount: 1200 }, ['total_amount']],
    ['no order', { out_trade_no: undefined }, ['out_trade_no']],
    ['no amount', { total_amount: '' }, ['total_amount']],
  ])('paid for %s is a mismatch, not a payment', (_name, change, members) => {
    expect(pay({ ...PAID, ...change })).toEqual({ kind: 'mismatch', members });
  });

  it('pending for another order is a mismatch', () => {
    expect(pay({ code: '10003', out_trade_no: 'T9' })).toEqual({ kind: 'mismatch', members: ['out_trade_no'] });
  });

  it('instalments as booked are told', () => {
    expect(pay({ ...PAID, hb_fq_pay_info: { user_install_num: '6' } })).toMatchObject({ trade: { periods: 6 } });
  });

  it('instalments that the customer chose in the wallet do not spoil a payment of ours in full', () => {
    expect(pay({ ...PAID, hb_fq_pay_info: { user_install_num: '3' } })).toMatchObject({ kind: 'paid' });
  });

  it('paid without the number of the trade, or no code at all, is no answer', () => {
    expect(expectRefusal(() => pay({ ...PAID, trade_no: undefined })).path).toEqual(['response', 'trade_no']);
    expect(expectRefusal(() => pay({ msg: 'Success' })).path).toEqual(['response', 'code']);
  });
});

describe('what a reply to query means', () => {
  const TRADE = { code: '10000', trade_no: '2026', out_trade_no: 'T0001_1', total_amount: '1200.00' };

  it.each(['TRADE_SUCCESS', 'TRADE_FINISHED'])('%s is paid', (status) => {
    expect(query({ ...TRADE, trade_status: status, send_pay_date: '2026-11-21 12:00:03' })).toEqual({
      kind: 'trade',
      status,
      trade: {
        tradeNo: '2026',
        amountFen: 120_000,
        buyer: undefined,
        paidAt: '2026-11-21 12:00:03',
        periods: undefined,
      },
    });
  });

  it.each(['WAIT_BUYER_PAY', 'TRADE_CLOSED'])('%s is not paid', (status) => {
    expect(query({ ...TRADE, trade_status: status })).toEqual({ kind: 'trade', status });
  });

  it('a status outside the platform’s four is no answer', () => {
    expectRefusal(() => query({ ...TRADE, trade_status: 'TRADE_REFUND' }));
    expectRefusal(() => query(TRADE));
  });

  it('an order that does not exist is told apart from other refusals', () => {
    expect(query({ code: '40004', sub_code: 'ACQ.TRADE_NOT_EXIST' })).toEqual({ kind: 'notFound' });
    expect(query({ code: '40004', sub_code: 'ACQ.INVALID_PARAMETER' }).kind).toBe('failed');
    expect(query({ code: '40004', sub_code: 'ACQ.SYSTEM_ERROR' }).kind).toBe('unknown');
    expect(query({ code: '20000' }).kind).toBe('unknown');
  });

  it.each(['TRADE_SUCCESS', 'WAIT_BUYER_PAY', 'TRADE_CLOSED'])('%s of another order is a mismatch', (status) => {
    expect(query({ ...TRADE, trade_status: status, out_trade_no: 'T9', total_amount: '1.00' })).toEqual({
      kind: 'mismatch',
      members: ['out_trade_no', 'total_amount'],
    });
  });
});

describe('what a reply to cancel means', () => {
  const DONE = { code: '10000', out_trade_no: 'T0001_1', retry_flag: 'N' };

  it.each([
    ['close', 'closed'],
    ['refund', 'refunded'],
    [undefined, 'nothing'],
  ])('action %p: %s', (action, expected) => {
    expect(cancel({ ...DONE, action })).toEqual({ kind: 'cancelled', action: expected });
  });

  it.each(['10000', '20000', '40004'])('retry flag Y under code %s asks for another try', (code) => {
    expect(cancel({ ...DONE, code, retry_flag: 'Y' })).toEqual({ kind: 'retry' });
  });

  it('refusal, unknown and another order are what they are', () => {
    expect(cancel({ code: '40004', sub_code: 'ACQ.TRADE_CANCEL_TIME_OUT', retry_flag: 'N' }).kind).toBe('failed');
    expect(cancel({ code: '20000', retry_flag: 'N' }).kind).toBe('unknown');
    expect(cancel({ ...DONE, out_trade_no: 'T9' })).toEqual({ kind: 'mismatch', members: ['out_trade_no'] });
    expectRefusal(() => cancel({ ...DONE, action: 'explode' }));
  });
});

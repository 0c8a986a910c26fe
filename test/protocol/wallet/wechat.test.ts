import { describe, expect, it } from '@jest/globals';
import type { WalletCall } from '../../../firmware/protocol/wallet/wallet-api.ts';
import { WECHAT_DIALECT } from '../../../firmware/protocol/wallet/wechat-dialect.ts';
import { wechatSignString } from '../../../firmware/protocol/wallet/wechat-request.ts';
import {
  callsOf,
  NONCE,
  ORDER,
  ORDER_NUMBER,
  TIMESTAMP,
  UNSERVED,
  type Wanted,
  WECHAT_CONTEXT as CONTEXT,
} from './dialect-samples.ts';

const CALLS = callsOf('wechat');
const request = (call: WalletCall, context = CONTEXT) => {
  const unsigned = WECHAT_DIALECT.request(call, context);
  if (unsigned === undefined) throw new Error('not served');
  return { signString: unsigned.signString, web: unsigned.sealed('c2lnbg==') };
};
const bodyOf = (call: WalletCall): unknown => JSON.parse(request(call).web.body);

describe('WeChat Pay requests', () => {
  it('the string to sign is that of the documentation', () => {
    // Example of the signing guide of API version 3.
    const signed = wechatSignString({
      method: 'GET',
      path: '/v3/refund/domestic/refunds/123123123123',
      timestamp: '1554208460',
      nonce: '593BEC0C930BF1AFEB40B4A08C8FB242',
      body: '',
    });
    expect(signed).toBe(
      'GET\n/v3/refund/domestic/refunds/123123123123\n1554208460\n593BEC0C930BF1AFEB40B4A08C8FB242\n\n',
    );
  });

  it('signs exactly what it sends', () => {
    const { signString, web } = request(CALLS.pay);
    expect(signString).toBe(`POST\n/v3/pay/transactions/codepay\n${TIMESTAMP}\n${NONCE}\n${web.body}\n`);
    expect(web.headers).toEqual({
      accept: 'application/json',
      'content-type': 'application/json',
      'user-agent': 'fenqi-pos',
      authorization:
        `WECHATPAY2-SHA256-RSA2048 mchid="1900000001",nonce_str="${NONCE}",timestamp="${TIMESTAMP}",` +
        'serial_no="5157F09EFDC0",signature="c2lnbg=="',
    });
  });

  it.each<[Wanted, string]>([
    ['pay', 'POST /v3/pay/transactions/codepay'],
    ['present', 'POST /v3/pay/transactions/native'],
    ['query', `GET /v3/pay/transactions/out-trade-no/${ORDER_NUMBER}?mchid=1900000001`],
    ['cancel', `POST /v3/pay/transactions/out-trade-no/${ORDER_NUMBER}/reverse`],
    ['close', `POST /v3/pay/transactions/out-trade-no/${ORDER_NUMBER}/close`],
    ['refund', 'POST /v3/refund/domestic/refunds'],
  ])('%s is %s', (kind, line) => {
    const { method, path } = request(CALLS[kind]).web;
    expect(`${method} ${path}`).toBe(line);
  });

  it('a code payment names order, code and fen', () => {
    expect(bodyOf(CALLS.pay)).toEqual({
      appid: 'wx8888888888888888',
      mchid: '1900000001',
      description: '分期示范商店',
      out_trade_no: ORDER_NUMBER,
      amount: { total: 120_000, currency: 'CNY' },
      payer: { auth_code: '134567890123456789' },
      scene_info: { device_id: '12345678', store_info: { out_id: '12345678' } },
    });
  });

  it('an order with a code of its own says until when, and where notices go if the shop has such a place', () => {
    expect(bodyOf(CALLS.present)).toMatchObject({ time_expire: '2026-11-21T12:01:30+08:00' });
    expect(bodyOf(CALLS.present)).not.toHaveProperty('notify_url');
    const merchant = { ...CONTEXT.merchant, notifyUrl: 'https://shop.example/notice' };
    expect(JSON.parse(request(CALLS.present, { ...CONTEXT, merchant }).web.body)).toMatchObject({
      notify_url: 'https://shop.example/notice',
    });
  });

  it('follow-ups name the shop, a refund its own number and all amounts', () => {
    expect(request(CALLS.query).web.body).toBe('');
    expect(bodyOf(CALLS.cancel)).toEqual({ appid: 'wx8888888888888888', mchid: '1900000001' });
    expect(bodyOf(CALLS.close)).toEqual({ mchid: '1900000001' });
    expect(bodyOf(CALLS.refund)).toEqual({
      out_trade_no: ORDER_NUMBER,
      out_refund_no: '1234567820261121000001000043',
      amount: { refund: 40_000, total: 120_000, currency: 'CNY' },
    });
  });

  it('cuts a long subject between characters, and refuses a number that the host would', () => {
    const long = { ...ORDER, subject: '🙂'.repeat(130) };
    expect(bodyOf({ kind: 'present', order: long })).toMatchObject({ description: '🙂'.repeat(127) });
    for (const outTradeNo of ['', 'a/b', '1'.repeat(33), '订单']) {
      expect(() => request({ kind: 'present', order: { ...ORDER, outTradeNo } })).toThrow('order number');
    }
  });

  it('serves no instalments, no money of other wallets and nothing by account', () => {
    const plan = { method: 'huabei', periods: 6, feePayer: 'customer', feeFen: 1, totalFen: 2 } as const;
    const { pay, present } = callsOf('wechat', plan);
    for (const call of [pay, present, ...Object.values(callsOf('alipay')), ...UNSERVED]) {
      expect(WECHAT_DIALECT.request(call, CONTEXT)).toBeUndefined();
    }
  });
});

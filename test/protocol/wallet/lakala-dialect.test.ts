import { describe, expect, it } from '@jest/globals';
import { LAKALA_DIALECT } from '../../../firmware/protocol/wallet/lakala-dialect.ts';
import { WALLET_DIALECTS } from '../../../firmware/protocol/wallet/dialects.ts';
import type { OrderedPlan, WalletCall } from '../../../firmware/protocol/wallet/wallet-api.ts';
import {
  callsOf,
  LAKALA_CONTEXT as CONTEXT,
  NONCE,
  ORDER,
  ORDER_NUMBER,
  TIMESTAMP,
  UNSERVED,
  type Wanted,
} from './dialect-samples.ts';

const request = (call: WalletCall) => {
  const unsigned = LAKALA_DIALECT.request(call, CONTEXT);
  if (unsigned === undefined) throw new Error('not served');
  return { signString: unsigned.signString, web: unsigned.sealed('c2lnbg==') };
};
const dataOf = (call: WalletCall): unknown =>
  (JSON.parse(request(call).web.body) as { readonly req_data: unknown }).req_data;
const planOf = (method: OrderedPlan['method'], feePayer: OrderedPlan['feePayer']): OrderedPlan => ({
  method,
  periods: 6,
  feePayer,
  feeFen: 5_400,
  totalFen: 125_400,
});

describe('Lakala requests', () => {
  it('signs exactly what it sends, under the name of the application', () => {
    const { signString, web } = request(callsOf('alipay').query);
    expect(signString).toBe(`OP00000001\n00DFBA8194C41B84CF\n${TIMESTAMP}\n${NONCE}\n${web.body}\n`);
    expect(web.headers['authorization']).toBe(
      `LKLAPI-SHA256withRSA appid="OP00000001",serial_no="00DFBA8194C41B84CF",timestamp="${TIMESTAMP}",` +
        `nonce_str="${NONCE}",signature="c2lnbg=="`,
    );
    expect(JSON.parse(web.body)).toEqual({
      req_time: '20261121120000',
      version: '3.0',
      req_data: { merchant_no: '822290070111135', term_no: '12345678', out_trade_no: ORDER_NUMBER },
    });
  });

  it.each<[Wanted, string]>([
    ['pay', '/api/v3/labs/trans/micropay'],
    ['present', '/api/v3/labs/trans/preorder'],
    ['query', '/api/v3/labs/query/tradequery'],
    ['cancel', '/api/v3/labs/relation/revoked'],
    ['close', '/api/v3/labs/relation/close'],
    ['refund', '/api/v3/labs/relation/refund'],
  ])('%s is a POST to %s', (kind, path) => {
    expect(request(callsOf('unionpay')[kind]).web).toMatchObject({ host: 'lakala', method: 'POST', path });
  });

  it.each([
    ['wechat', 'WECHAT'],
    ['alipay', 'ALIPAY'],
    ['unionpay', 'UQRCODEPAY'],
    ['jd', 'JD'],
  ] as const)('the money of %s is %s', (wallet, accountType) => {
    expect(dataOf(callsOf(wallet).pay)).toEqual({
      merchant_no: '822290070111135',
      term_no: '12345678',
      out_trade_no: ORDER_NUMBER,
      account_type: accountType,
      total_amount: '120000',
      subject: '分期示范商店',
      location_info: { request_ip: '127.0.0.1' },
      auth_code: '134567890123456789',
    });
  });

  it('an order with a code of its own closes after whole minutes', () => {
    expect(dataOf(callsOf('unionpay').present)).toMatchObject({ trans_type: '41', timeout_express: '2' });
    const soon: WalletCall = { kind: 'present', order: { ...ORDER, expiresInS: 5 } };
    expect(dataOf(soon)).toMatchObject({ timeout_express: '1' });
  });

  it('follow-ups name the order, and undo it under a number that stays the same', () => {
    const { cancel, close, refund } = callsOf('alipay');
    expect(dataOf(cancel)).toMatchObject({ out_trade_no: `${ORDER_NUMBER}R`, origin_out_trade_no: ORDER_NUMBER });
    expect(dataOf(cancel)).toEqual(dataOf(cancel));
    expect(dataOf(close)).toMatchObject({ origin_out_trade_no: ORDER_NUMBER });
    expect(dataOf(close)).not.toHaveProperty('out_trade_no');
    expect(dataOf(refund)).toMatchObject({
      out_trade_no: '1234567820261121000001000043',
      origin_out_trade_no: ORDER_NUMBER,
      refund_amount: '40000',
    });
  });

  it('takes Huabei from Alipay and Baitiao from JD, whoever pays the fee', () => {
    const fields = (wallet: 'alipay' | 'jd', plan: OrderedPlan): unknown => dataOf(callsOf(wallet, plan).pay);
    expect(fields('alipay', planOf('huabei', 'customer'))).toMatchObject({
      acc_busi_fields: { hb_fq_num: '6', hb_fq_seller_percent: '0' },
    });
    expect(fields('jd', planOf('baitiao', 'merchant'))).toMatchObject({
      acc_busi_fields: { jd_fq_num: '6', jd_fq_seller_percent: '100' },
    });
  });

  it('serves no other instalments, and nothing by account', () => {
    const wrong = [
      callsOf('wechat', planOf('huabei', 'customer')).pay,
      callsOf('alipay', planOf('baitiao', 'customer')).pay,
      callsOf('unionpay', planOf('card', 'customer')).present,
    ];
    for (const call of [...wrong, ...UNSERVED]) expect(LAKALA_DIALECT.request(call, CONTEXT)).toBeUndefined();
  });

  it('refuses a number that leaves no room for the one that undoes it', () => {
    const order = { ...ORDER, outTradeNo: '1'.repeat(32) };
    expect(() => request({ kind: 'present', order })).toThrow('order number');
  });
});

it('every host in the table of dialects speaks its own', () => {
  const hosts = Object.entries(WALLET_DIALECTS).map(([host, dialect]) => [host, dialect.host]);
  expect(hosts.length).toBeGreaterThan(1);
  for (const [host, spoken] of hosts) expect(spoken).toBe(host);
});

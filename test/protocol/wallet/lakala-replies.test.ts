import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { LAKALA_DIALECT } from '../../../firmware/protocol/wallet/lakala-dialect.ts';
import type { OrderedPlan, WalletAnswer, WalletCall } from '../../../firmware/protocol/wallet/wallet-api.ts';
import { encodeMpm } from '../../../firmware/protocol/qr/mpm.ts';
import { expectOrderlyRefusal, expectRefusal } from '../cup/error-text.ts';
import {
  callsOf,
  LAKALA_CONTEXT as CONTEXT,
  lakalaReplyOf,
  ORDER_NUMBER,
  said,
  TIMESTAMP,
  UNSERVED,
  type Wanted,
} from './dialect-samples.ts';

const PLAN: OrderedPlan = { method: 'huabei', periods: 6, feePayer: 'customer', feeFen: 5_400, totalFen: 125_400 };
const CALLS = callsOf('alipay');
const read = (call: WalletCall, body: unknown, timestamp = TIMESTAMP): WalletAnswer =>
  LAKALA_DIALECT.reply(call, lakalaReplyOf(body, timestamp), CONTEXT).read();
const answer = (kind: Wanted, code: string, data?: unknown, timestamp = TIMESTAMP): WalletAnswer =>
  read(CALLS[kind], { code, msg: '', resp_time: '20261121120001', resp_data: data }, timestamp);

const ORDER = {
  merchant_no: '822290070111135',
  out_trade_no: ORDER_NUMBER,
  total_amount: '120000',
  account_type: 'ALIPAY',
};
const PAID = { ...ORDER, trade_no: '2026112166210315060121', trade_time: '20261121120001' };
const REFUND = {
  out_trade_no: '1234567820261121000001000043',
  origin_out_trade_no: ORDER_NUMBER,
  refund_amount: '40000',
};
const URL = 'https://qr.alipay.com/bax03431ljhokirwl38f00a7';
const EMVCO = encodeMpm([
  { id: '00', value: '01' },
  { id: '01', value: '12' },
  { id: '53', value: '156' },
  { id: '54', value: '1200.00' },
  { id: '58', value: 'CN' },
]);

describe('Lakala replies, what they say', () => {
  it('a paid order, with the instalments that the wallet booked', () => {
    const fields = { buyer_logon_id: '138****0202', hb_fq_num: '6' };
    const { pay } = callsOf('alipay', PLAN);
    const body = { code: 'BBS00000', resp_data: { ...PAID, acc_resp_fields: fields } };
    expect(read(pay, body)).toEqual({
      kind: 'paid',
      trade: {
        tradeNo: '2026112166210315060121',
        amountFen: 120_000,
        buyer: '138****0202',
        paidAt: '2026-11-21 12:00:01',
        periods: 6,
      },
    });
    expect(said(read(callsOf('alipay', { ...PLAN, periods: 12 }).pay, body))).toBe('mismatch acc_resp_fields');
    expect(answer('pay', 'BBS00000', { ...PAID, trade_time: 'now' })).toMatchObject({ trade: { paidAt: undefined } });
  });

  it.each<[Wanted, string, unknown, string]>([
    ['pay', 'BBS00000', PAID, 'paid'],
    ['pay', 'BBS00000', { ...PAID, trade_state: 'DEAL' }, 'pending'],
    ['pay', 'BBS11112', undefined, 'pending'],
    ['pay', 'BBS11105', undefined, 'pending'],
    ['pay', 'BBS10000', undefined, 'pending'],
    ['query', 'BBS10000', undefined, 'pending'],
    ['present', 'BBS10000', undefined, 'unknown'],
    ['cancel', 'BBS10000', undefined, 'retry'],
    ['refund', 'BBS10000', undefined, 'retry'],
    // Where an order stands.
    ['query', 'BBS00000', { ...PAID, trade_state: 'SUCCESS' }, 'paid'],
    ['query', 'BBS00000', { ...PAID, trade_state: 'PART_REFUND' }, 'paid'],
    ['query', 'BBS00000', { ...ORDER, trade_state: 'INIT' }, 'pending'],
    ['query', 'BBS00000', { ...ORDER, trade_state: 'CREATE' }, 'pending'],
    ['query', 'BBS00000', { ...ORDER, trade_state: 'DEAL' }, 'pending'],
    ['query', 'BBS00000', { ...ORDER, trade_state: 'UNKNOWN' }, 'unknown'],
    ['query', 'BBS00000', { ...ORDER, trade_state: 'FAIL' }, 'failed FAIL'],
    ['query', 'BBS00000', { ...ORDER, trade_state: 'CLOSE' }, 'closed'],
    ['query', 'BBS00000', { ...ORDER, trade_state: 'REFUND' }, 'closed'],
    ['query', 'BBS00000', { ...ORDER, trade_state: 'REVOKED' }, 'closed'],
    ['query', 'BBS00000', { out_trade_no: ORDER_NUMBER, trade_state: 'CLOSE' }, 'closed'],
    ['query', 'FQ50009', undefined, 'notFound'],
    ['query', 'FQ40001', undefined, 'unknown'],
    // About something else.
    ['pay', 'BBS00000', { ...PAID, out_trade_no: 'x' }, 'mismatch out_trade_no'],
    ['pay', 'BBS00000', { ...PAID, merchant_no: undefined }, 'mismatch merchant_no'],
    ['pay', 'BBS00000', { ...PAID, total_amount: '1200.00' }, 'mismatch total_amount'],
    ['pay', 'BBS00000', { ...PAID, total_amount: 120_000 }, 'mismatch total_amount'],
    ['pay', 'BBS00000', { ...PAID, total_amount: '0120000' }, 'mismatch total_amount'],
    ['pay', 'BBS00000', { ...PAID, total_amount: undefined }, 'mismatch total_amount'],
    ['pay', 'BBS00000', { ...PAID, account_type: 'WECHAT' }, 'mismatch account_type'],
    ['pay', 'BBS00000', undefined, 'mismatch out_trade_no merchant_no total_amount'],
    ['query', 'BBS00000', { ...ORDER, out_trade_no: 'x', trade_state: 'CLOSE' }, 'mismatch out_trade_no'],
    ['query', 'BBS00000', { ...ORDER, total_amount: '1', trade_state: 'DEAL' }, 'mismatch total_amount'],
    // Refused, or not.
    ['pay', 'FQ50002', undefined, 'failed FQ50002'],
    ['pay', 'FQ40002', undefined, 'failed FQ40002'],
    ['present', 'FQ40003', undefined, 'failed FQ40003'],
    ['pay', 'FQ50009', undefined, 'unknown'],
    ['pay', 'FQ50010', undefined, 'unknown'],
    ['pay', 'BBS99999', undefined, 'unknown'],
    ['pay', 'toString', undefined, 'unknown'],
    // A code of our own.
    ['present', 'BBS00000', { ...ORDER, acc_resp_fields: { code: URL } }, 'presented'],
    ['present', 'BBS00000', { ...ORDER, acc_resp_fields: { code: EMVCO } }, 'presented'],
    ['present', 'BBS00000', { out_trade_no: ORDER_NUMBER, acc_resp_fields: { code: URL } }, 'presented'],
    ['present', 'BBS00000', { ...ORDER, acc_resp_fields: { code: `${EMVCO}0` } }, 'mismatch acc_resp_fields'],
    ['present', 'BBS00000', { ...ORDER, out_trade_no: 'x', acc_resp_fields: { code: URL } }, 'mismatch out_trade_no'],
    // Undone.
    ['cancel', 'BBS00000', { origin_out_trade_no: ORDER_NUMBER }, 'cancelled'],
    ['cancel', 'BBS00000', {}, 'mismatch origin_out_trade_no'],
    ['cancel', 'FQ50009', undefined, 'notFound'],
    ['cancel', 'FQ40002', undefined, 'unknown'],
    ['close', 'BBS00000', { origin_out_trade_no: ORDER_NUMBER }, 'cancelled'],
    ['close', 'FQ50010', undefined, 'alreadyPaid'],
    // Paid back.
    ['refund', 'BBS00000', REFUND, 'refunded'],
    ['refund', 'BBS00000', { ...REFUND, out_trade_no: 'x' }, 'mismatch out_trade_no'],
    ['refund', 'BBS00000', { ...REFUND, origin_out_trade_no: 'x' }, 'mismatch origin_out_trade_no'],
    ['refund', 'BBS00000', { ...REFUND, refund_amount: '1' }, 'mismatch refund_amount'],
    ['refund', 'FQ60001', undefined, 'failed FQ60001'],
    ['refund', 'FQ50009', undefined, 'failed FQ50009'],
    ['refund', 'FQ40002', undefined, 'unknown'],
  ])('%s, %s %j: %s', (kind, code, data, expected) => {
    expect(said(answer(kind, code, data))).toBe(expected);
  });

  it('believes no answer of another time or for another application, but for one that refuses the time itself', () => {
    const seconds = (offset: number): string => (Number(TIMESTAMP) + offset).toString();
    expect(answer('pay', 'BBS00000', PAID, seconds(-360)).kind).toBe('paid');
    for (const at of [seconds(361), seconds(-361), 'soon']) {
      expect(answer('pay', 'BBS00000', PAID, at).kind).toBe('unknown');
      expect(answer('pay', 'FQ50002', undefined, at).kind).toBe('unknown');
      expect(said(answer('pay', 'FQ40002', undefined, at))).toBe('failed FQ40002');
    }
    const reply = lakalaReplyOf({ code: 'BBS00000', resp_data: PAID });
    const headers = { ...reply.headers, 'lklapi-appid': 'OP00000002' };
    expect(said(LAKALA_DIALECT.reply(CALLS.pay, { ...reply, headers }, CONTEXT).read())).toBe('mismatch lklapi-appid');
  });
});

describe('Lakala replies, what cannot be read', () => {
  it('is signed over its four headers and the body', () => {
    const reply = LAKALA_DIALECT.reply(CALLS.pay, lakalaReplyOf('{}'), CONTEXT);
    expect(reply.signedContent).toBe(`OP00000001\n00DFBA\n${TIMESTAMP}\nabcdefghijkl\n{}\n`);
    expect(reply.signature).toBe('c2lnbg==');
  });

  it.each(['lklapi-appid', 'lklapi-serial', 'lklapi-timestamp', 'lklapi-nonce', 'lklapi-signature'])(
    'refuses a reply without %s',
    (name) => {
      const reply = lakalaReplyOf({ code: 'BBS00000', resp_data: PAID });
      const headers = Object.fromEntries(Object.entries(reply.headers).filter(([header]) => header !== name));
      expectRefusal(() => LAKALA_DIALECT.reply(CALLS.pay, { ...reply, headers }, CONTEXT));
    },
  );

  it.each<[Wanted, unknown]>([
    ['pay', '<html>'],
    ['pay', ''],
    ['pay', {}],
    ['pay', '{"code":"FQ50002","code":"BBS00000"}'],
    ['pay', { code: 'BBS00000', resp_data: { ...PAID, trade_no: '' } }],
    ['pay', { code: 'BBS00000', resp_data: { ...PAID, trade_state: 'FROZEN' } }],
    ['query', { code: 'BBS00000', resp_data: ORDER }],
    ['present', { code: 'BBS00000', resp_data: ORDER }],
  ])('%s, %j is refused', (kind, body) => {
    expectRefusal(() => read(CALLS[kind], body));
  });

  it('has nothing to say about a call that is not served', () => {
    for (const call of UNSERVED) {
      expectRefusal(() => read(call, { code: 'BBS00000', resp_data: PAID }));
      expect(read(call, { code: 'BBS10000' }).kind).toBe('unknown');
    }
  });

  it('a paid answer with any one character changed is believed only where all that was checked still stands', () => {
    const text = JSON.stringify({ code: 'BBS00000', resp_data: PAID });
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom('0', '7', 'x', '"', ',', '}'), (at, character) => {
        const changed = text.slice(0, at) + character + text.slice(at + 1);
        let result: WalletAnswer | undefined;
        expectOrderlyRefusal(() => {
          result = read(CALLS.pay, changed);
        });
        if (result?.kind !== 'paid') return;
        expect(JSON.parse(changed)).toMatchObject({
          code: 'BBS00000',
          resp_data: { out_trade_no: ORDER_NUMBER, merchant_no: '822290070111135', total_amount: '120000' },
        });
      }),
      { numRuns: 500 },
    );
  });
});

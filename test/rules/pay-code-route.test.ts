import { describe, expect, it } from '@jest/globals';
import { type PayCodeClass, type Wallet, walletFor } from '../../firmware/rules/pay-code-route.ts';
import { walletReason, WALLET_REASONS } from '../../firmware/rules/wallet-reasons.ts';
import { columnsOf } from '../../firmware/base/columns.ts';
import { rowsOf } from './text-table.ts';

describe('pay code route', () => {
  it.each(
    rowsOf(`
      alipay   | alipay                 | wallet alipay huabei
      wechat   | alipay                 | refused notSupported
      wechat   | alipay wechat          | wallet wechat none
      unionpay | alipay                 | refused notSupported
      unionpay | alipay unionpay        | wallet unionpay baitiao
      unknown  | alipay wechat unionpay | refused notAPayCode
    `),
  )('%s where %s is activated: %s', (codeClass, activated, expected) => {
    const route = walletFor(codeClass as PayCodeClass, activated?.split(' ') as Wallet[]);
    const text =
      route.kind === 'wallet' ? `wallet ${route.wallet} ${route.credit ?? 'none'}` : `refused ${route.reason}`;
    expect(text).toBe(expected);
  });

  it('serves Alipay unless told otherwise', () => {
    expect(walletFor('alipay')).toMatchObject({ kind: 'wallet', wallet: 'alipay' });
    expect(walletFor('wechat')).toEqual({ kind: 'refused', reason: 'notSupported' });
  });
});

describe('wallet reasons', () => {
  it('have texts that fit a line', () => {
    for (const { zh, en } of Object.values(WALLET_REASONS)) {
      expect(columnsOf(zh)).toBeLessThanOrEqual(40);
      expect(columnsOf(en)).toBeLessThanOrEqual(40);
    }
  });

  it.each(['ACQ.SYSTEM_ERROR', 'ACQ.TRADE_HAS_SUCCESS'])('do not call %s a refusal with a known cause', (subCode) => {
    expect(Object.hasOwn(WALLET_REASONS, subCode)).toBe(false);
  });

  it('show an unknown code and nothing that is no code', () => {
    expect(walletReason('ACQ.SOMETHING_NEW').en).toBe('Payment failed ACQ.SOMETHING_NEW');
    expect(walletReason('isv.invalid-signature').next).toBe('callAcquirer');
    expect(walletReason('').zh).toBe('支付失败');
    expect(walletReason('28763443825664394').zh).toBe('支付失败');
    expect(walletReason('constructor').next).toBe('nothing');
  });
});

import { describe, expect, it } from '@jest/globals';
import { type PayCodeClass, type Wallet, type WalletCredit, walletFor } from '../../firmware/rules/pay-code-route.ts';
import { rowsOf } from './text-table.ts';

describe('pay code route', () => {
  it.each(
    rowsOf(`
      alipay   | alipay                    |         | wallet alipay huabei
      jd       | alipay jd                 |         | wallet jd baitiao
      wechat   | alipay                    |         | refused notSupported
      wechat   | alipay wechat             |         | wallet wechat none
      unionpay | alipay jd                 |         | refused notSupported
      unionpay | alipay unionpay           |         | wallet unionpay none
      jd       | alipay                    |         | refused notSupported
      alipay   |                           |         | refused notSupported
      unknown  | alipay wechat unionpay jd |         | refused notAPayCode
      unknown  | alipay wechat unionpay jd | huabei  | refused notAPayCode
      alipay   | alipay jd                 | huabei  | wallet alipay huabei
      alipay   | jd                        | huabei  | refused notSupported
      jd       | alipay jd                 | huabei  | refused wrongWallet
      wechat   | alipay wechat             | huabei  | refused wrongWallet
      jd       | alipay jd                 | baitiao | wallet jd baitiao
      unionpay | alipay jd unionpay        | baitiao | wallet jd baitiao
      unionpay | alipay unionpay           | baitiao | refused notSupported
      alipay   | alipay jd                 | baitiao | refused wrongWallet
    `),
  )('%s where "%s" is activated and "%s" chosen: %s', (codeClass, activated, chosen, expected) => {
    const credit = chosen === '' ? undefined : (chosen as WalletCredit);
    const route = walletFor(codeClass as PayCodeClass, activated?.split(' ') as Wallet[], credit);
    const text =
      route.kind === 'wallet' ? `wallet ${route.wallet} ${route.credit ?? 'none'}` : `refused ${route.reason}`;
    expect(text).toBe(expected);
  });
});

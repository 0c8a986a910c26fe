import { describe, expect, it } from '@jest/globals';
import { parseConfig } from '../../apps/config.ts';
import { DEFAULT_SETTINGS } from '../../firmware/settings.ts';

function walletOf(yaml: string) {
  const checked = parseConfig(`wallet: ${yaml}\n`);
  if (checked.kind === 'invalid') throw new Error(checked.problems.join('; '));
  return checked.value.wallet;
}

describe('wallets in a configuration', () => {
  it("are the shop's own at each host, beside the defaults", () => {
    const { hosts, routes } = walletOf(
      '{ hosts: { wechat: { merchantId: "1900009999", notifyUrl: "https://a.example/n" } } }',
    );
    expect(hosts.wechat).toEqual({
      ...DEFAULT_SETTINGS.wallet.hosts.wechat,
      merchantId: '1900009999',
      notifyUrl: 'https://a.example/n',
    });
    expect(hosts.alipay).toEqual(DEFAULT_SETTINGS.wallet.hosts.alipay);
    expect(routes).toEqual(DEFAULT_SETTINGS.wallet.routes);
  });

  it('go to the host that is named, or to none', () => {
    const { routes, presents } = walletOf('{ routes: { jd: lakala, wechat: null }, presents: { wechat: null } }');
    expect(routes).toEqual({ alipay: 'alipay', jd: 'lakala', unionpay: 'acquirer' });
    expect(presents).toEqual({ alipay: 'alipay', jd: 'jd', unionpay: 'lakala' });
  });

  it.each([
    ['{ hosts: { lakala: null } }', 'line 1: wallet.presents.unionpay: goes to lakala'],
    ['{ hosts: { jd: null }, presents: { jd: null } }', 'line 1: wallet.routes.jd: goes to jd'],
    ['{ routes: { alipay: wechat } }', 'line 1: wallet.routes.alipay: is alipay, lakala or null'],
    ['{ hosts: { jd: { merchantId: "" } } }', 'line 1: wallet.hosts.jd.merchantId: is 1 to 64 letters'],
    ['{ hosts: { paypal: { merchantId: "1" } } }', 'line 1: wallet.hosts.paypal'],
  ])('are refused when %s', (yaml, problem) => {
    expect(() => walletOf(yaml)).toThrow(problem);
  });

  it('stay away from a host without a contract', () => {
    expect(walletOf('{ hosts: { lakala: null }, presents: { unionpay: null } }').hosts.lakala).toBeUndefined();
  });
});

import { describe, expect, it } from '@jest/globals';
import type { OrderedPlan, Wallet, WalletCall } from '../../firmware/protocol/wallet/wallet-api.ts';
import { WALLET_HOSTS, type WalletHost } from '../../firmware/protocol/wallet/web-message.ts';
import type { HostMischief } from '../../simulator/wallet/wallet-hosts.ts';
import { payCodeOf, WEB_PEOPLE } from '../../simulator/wallet/web-people.ts';
import { callsAt, HostsShop, WALLET_OF } from './hosts-shop.ts';

const ORDER = '1234567820261121000001000042';

/** Customers who pay at once and who are waited for, by host. */
const PAYS: Readonly<Record<WalletHost, string>> = {
  alipay: 'ordinary',
  wechat: 'ordinary',
  jd: 'baitiao',
  lakala: 'ordinary',
};
const WAITS: Readonly<Record<WalletHost, string>> = {
  alipay: 'needsConfirm',
  wechat: 'needsConfirm',
  jd: 'asksPhone',
  lakala: 'needsConfirm',
};

function shop(host: WalletHost, customer: string) {
  const counter = new HostsShop();
  const says = (call: WalletCall): string => counter.says(host, call);
  return { ...callsAt(host, { customer }), counter, says, hosts: counter.hosts };
}

describe.each(WALLET_HOSTS)('a host as all others: %s', (host) => {
  it('sells, pays back in parts, and tells of the order in the words of all', () => {
    const { says, hosts, pay, refund } = shop(host, PAYS[host]);
    expect(hosts.order(host, ORDER)).toBeUndefined();
    expect(says(pay)).toBe('paid');
    const order = { host, outTradeNo: ORDER, amountFen: 120_000, state: 'paid', refundedFen: 0, periods: undefined };
    expect(hosts.order(host, ORDER)).toMatchObject(order);
    expect(says(refund('R1', 20_000))).toBe('refunded');
    expect(hosts.order(host, ORDER)).toMatchObject({ ...order, refundedFen: 20_000 });
    expect(hosts.netFen()).toBe(100_000);
    expect(says(refund('R2', 100_000))).toBe('refunded');
    expect(hosts.order(host, ORDER)).toMatchObject({ ...order, state: 'refunded', refundedFen: 120_000 });
    expect(hosts.netFen()).toBe(0);
  });

  it('undoes what was paid, and closes what was not', () => {
    const { says, counter, hosts, pay, cancel } = shop(host, PAYS[host]);
    says(pay);
    expect(says(cancel)).toBe('cancelled');
    expect(hosts.order(host, ORDER)).toMatchObject({ state: 'refunded', refundedFen: 120_000 });
    const waiting = callsAt(host, { customer: WAITS[host], outTradeNo: 'T2' });
    expect(counter.says(host, waiting.pay)).toBe('pending');
    expect(hosts.order(host, 'T2')?.state).toBe('waiting');
    expect(counter.says(host, waiting.cancel)).toBe('cancelled');
    expect(hosts.orders().map(({ outTradeNo, state }) => [outTradeNo, state])).toEqual([
      [ORDER, 'refunded'],
      ['T2', 'closed'],
    ]);
  });

  it('has phones: they confirm, refuse and scan', () => {
    const { says, counter, hosts, pay, query, present } = shop(host, WAITS[host]);
    const phone = hosts.phone(host, WAITS[host]);
    expect([phone.confirm(), phone.refuse(), phone.passFace(), phone.smsCode()]).toEqual([
      false,
      false,
      false,
      undefined,
    ]);
    says(pay);
    expect([phone.confirm(), says(query)]).toEqual([true, 'paid']);
    const other = callsAt(host, { customer: WAITS[host], outTradeNo: 'T2' });
    says(other.pay);
    expect([phone.refuse(), says(other.query)]).toEqual([true, 'closed']);
    const shown = { ...present, order: { ...present.order, outTradeNo: 'T3' } };
    const code = counter.shownCode(host, shown);
    expect(hosts.phone(host, PAYS[host]).scan(code)).toBe(true);
    expect(hosts.order(host, 'T3')?.state).toBe('paid');
    expect(() => hosts.phone(host, 'nobody')).toThrow(RangeError);
  });

  it('a shown code is paid by whoever can, and by its own text alone', () => {
    const { says, counter, hosts, pay, present, query } = shop(host, WAITS[host]);
    const payer = hosts.phone(host, PAYS[host]);
    const code = counter.shownCode(host, present);
    const other = callsAt(host, { customer: WAITS[host], outTradeNo: 'T2' });
    const otherCode = counter.shownCode(host, other.present);
    expect([payer.scan(`${code}0`), payer.scan(ORDER), hosts.phone(host, 'lowBalance').scan(code)]).toEqual([
      false,
      false,
      false,
    ]);
    expect(says(query)).toBe('pending');
    expect([payer.scan(otherCode), payer.scan(otherCode)]).toEqual([true, false]);
    expect([says(query), counter.says(host, other.query)]).toEqual(['pending', 'paid']);
    expect(payer.scan(code)).toBe(true);
    expect([says(query), hosts.netFen()]).toEqual(['paid', 240_000]);
    expect(says(pay)).not.toBe('paid');
    expect(hosts.netFen()).toBe(240_000);
  });

  it('a code is shown for the order that was asked for and no other', () => {
    const { says, present } = shop(host, PAYS[host]);
    says(present);
    const { amountFen: _, ...terms } = present.order;
    expect(says({ ...present, order: { ...terms, amountFen: 5 } })).not.toBe('presented');
    expect(says(present)).toBe('presented');
  });

  it('no code is shown for an order that a scanned code has opened', () => {
    const { says, pay, present } = shop(host, WAITS[host]);
    expect(says(pay)).toBe('pending');
    // JD's order stays that customer's, whoever scans.
    expect(says(present) === 'presented').toBe(host === 'jd');
  });

  it('what was paid back can be spent again, and no fen more', () => {
    const { says, counter, hosts } = shop(host, PAYS[host]);
    const { refund } = callsAt(host, { customer: PAYS[host], amountFen: 5_000_000 });
    const buys = (outTradeNo: string, amountFen: number): string =>
      counter.says(host, callsAt(host, { customer: PAYS[host], outTradeNo, amountFen }).pay);
    expect([buys(ORDER, 5_000_000), buys('T2', 100).split(' ')[0]]).toEqual(['paid', 'failed']);
    expect(says(refund('R1', 40_000))).toBe('refunded');
    expect([buys('T3', 40_100).split(' ')[0], buys('T4', 40_000)]).toEqual(['failed', 'paid']);
    expect(hosts.netFen()).toBe(5_000_000);
  });

  it.each<[HostMischief, string, number]>([
    [{ kind: 'dropRequest' }, 'silence', 0],
    [{ kind: 'dropReply' }, 'silence', 120_000],
    [{ kind: 'wrongSignature' }, 'untrusted', 120_000],
    [{ kind: 'garbage' }, 'untrusted', 120_000],
    [{ kind: 'badGateway' }, 'untrusted', 120_000],
    [{ kind: 'systemError' }, 'unknown', 120_000],
    [{ kind: 'systemError', executed: false }, 'unknown', 0],
    [{ kind: 'wrongNumbers' }, 'mismatch', 120_000],
    [{ kind: 'wrongOrder' }, 'mismatch', 120_000],
    [{ kind: 'clockSkew' }, 'failed', 0],
    [{ kind: 'pendingForEver' }, 'pending', 0],
  ])('%j at a payment: %s, %i fen are paid', (mischief, expected, paidFen) => {
    const { says, hosts, pay, query } = shop(host, PAYS[host]);
    hosts.inject(host, { ...mischief, call: 'pay' });
    expect(says(pay).split(' ')[0]).toBe(expected);
    expect([hosts.netFen(), hosts.hasArmed()]).toEqual([paidFen, false]);
    if (paidFen > 0) expect(says(query)).toBe('paid');
  });

  it('answers late, or not at all while it is down, which no other host is', () => {
    const { says, counter, hosts, pay } = shop(host, PAYS[host]);
    const request = () => counter.request(host, pay);
    const usual = hosts.handle(request());
    hosts.inject(host, { kind: 'delayReply', byMs: 9_000 });
    const late = hosts.handle(request());
    const afterMs = (answer: typeof late): number => (answer.kind === 'reply' ? answer.afterMs : Number.NaN);
    expect(afterMs(late)).toBe(afterMs(usual) + 9_000);
    hosts.setDown(true, host);
    expect(WALLET_HOSTS.filter((each) => hosts.isDown(each))).toEqual([host]);
    expect(says(pay)).toBe('silence');
    hosts.inject(host, { kind: 'garbage' });
    hosts.clearFaults();
    expect([hosts.isDown(host), hosts.hasArmed()]).toEqual([false, false]);
    hosts.setDown(true);
    expect(WALLET_HOSTS.every((each) => hosts.isDown(each))).toBe(true);
  });

  it('a cancel that is to be asked again, and a customer who pays before it', () => {
    const { says, hosts, pay, cancel } = shop(host, WAITS[host]);
    says(pay);
    hosts.inject(host, { kind: 'again', call: 'cancel' });
    hosts.inject(host, { kind: 'paidBeforeCancel', call: 'cancel' });
    expect([says(cancel), hosts.order(host, ORDER)?.state]).toEqual(['retry', 'waiting']);
    expect([says(cancel), hosts.order(host, ORDER)?.state]).toEqual(['cancelled', 'refunded']);
    expect(hosts.netFen()).toBe(0);
  });

  it('a witness reads what was asked, and nothing in what is no request of this host', () => {
    const { counter, hosts, pay, present, query, cancel, close, refund } = shop(host, PAYS[host]);
    const seen = (call: WalletCall) => hosts.callOf(counter.request(host, call));
    const terms = { host, outTradeNo: ORDER, amountFen: 120_000, periods: undefined, refundNo: undefined };
    expect(seen(pay)).toEqual({ ...terms, kind: 'pay' });
    expect(seen(present)).toEqual({ ...terms, kind: 'present' });
    for (const call of [query, cancel, close]) {
      expect(seen(call)).toMatchObject({ host, kind: call.kind, outTradeNo: ORDER, refundNo: undefined });
    }
    expect(seen(refund('R1', 500))).toMatchObject({ kind: 'refund', amountFen: 500, refundNo: 'R1' });
    const request = counter.request(host, pay);
    for (const change of [{ body: '' }, { body: '{}' }, { body: '[]', path: '/' }]) {
      expect(hosts.callOf({ ...request, ...change })).toBeUndefined();
    }
  });
});

describe('all hosts together', () => {
  it('share no orders, and their money is one sum', () => {
    const counter = new HostsShop();
    WALLET_HOSTS.forEach((host, index) => {
      const { pay } = callsAt(host, { customer: PAYS[host], amountFen: 1_000 * (index + 1) });
      expect(counter.says(host, pay)).toBe('paid');
    });
    expect(counter.hosts.orders().map(({ host, amountFen }) => [host, amountFen])).toEqual(
      WALLET_HOSTS.map((host, index) => [host, 1_000 * (index + 1)]),
    );
    expect(counter.hosts.netFen()).toBe(10_000);
  });

  it.each<[Wallet, OrderedPlan['method'], OrderedPlan['feePayer'], number]>([
    ['alipay', 'huabei', 'customer', 5_400],
    ['alipay', 'huabei', 'merchant', 0],
    ['jd', 'baitiao', 'customer', 4_320],
    ['jd', 'baitiao', 'merchant', 0],
  ])('an aggregator books six periods of %s %s at the price of that host, to the %s: %i fen', (...row) => {
    const [wallet, method, feePayer, feeFen] = row;
    const counter = new HostsShop();
    const plan: OrderedPlan = { method, periods: 6, feePayer, feeFen, totalFen: 120_000 + feeFen };
    const { pay, query } = callsAt('lakala', { customer: 'credit', plan });
    const person = WEB_PEOPLE.find(({ id }) => id === 'credit');
    if (person === undefined) throw new Error('nobody has a credit');
    const order = { ...pay.order, wallet };
    expect(counter.says('lakala', { ...pay, order, authCode: payCodeOf(person, wallet) })).toBe('paid');
    expect(counter.hosts.order('lakala', ORDER)).toMatchObject({ periods: 6, feeFen });
    counter.hosts.inject('lakala', { kind: 'wrongPlan' });
    const asked = (): string => counter.says('lakala', { ...query, order: { ...query.order, wallet } });
    expect([asked().split(' ')[0], asked()]).toEqual(['mismatch', 'paid']);
  });

  it('Alipay answers with another plan once, and the order stays what it is', () => {
    const counter = new HostsShop();
    const plan: OrderedPlan = {
      method: 'huabei',
      periods: 6,
      feePayer: 'customer',
      feeFen: 5_400,
      totalFen: 125_400,
    };
    const { pay, query } = callsAt('alipay', { customer: 'huabei', plan });
    counter.hosts.inject('alipay', { kind: 'wrongPlan' });
    expect([counter.says('alipay', pay).split(' ')[0], counter.says('alipay', query)]).toEqual(['mismatch', 'paid']);
    expect(counter.hosts.order('alipay', ORDER)).toMatchObject({ periods: 6, feeFen: 5_400 });
  });

  it('a request of one host is none for another', () => {
    const counter = new HostsShop();
    for (const host of WALLET_HOSTS) {
      const request = counter.request(host, callsAt(host, { customer: PAYS[host] }).pay);
      for (const other of WALLET_HOSTS.filter((each) => each !== host)) {
        counter.hosts.handle({ ...request, host: other });
      }
    }
    expect([counter.hosts.orders(), new Set(Object.values(WALLET_OF)).size]).toEqual([[], 4]);
  });
});

import { describe, expect, it } from '@jest/globals';
import type { OrderedPlan } from '../../firmware/protocol/wallet/wallet-api.ts';
import { WALLET_AMOUNT_OUTCOMES } from '../../simulator/wallet/outcomes.ts';
import { callsAt, HostsShop } from './hosts-shop.ts';

const ORDER = '1234567820261121000001000042';

function shop(options: Parameters<typeof callsAt>[1] = {}) {
  const counter = new HostsShop();
  const says = (call: Parameters<HostsShop['says']>[1]): string => counter.says('alipay', call);
  return { ...callsAt('alipay', { customer: 'ordinary', ...options }), counter, says, wallet: counter.hosts.alipay };
}

describe('Alipay, dialect against gateway', () => {
  it('a payment at once, which a query tells again', () => {
    const { counter, wallet, pay, query } = shop();
    const paid = counter.ask('alipay', pay);
    expect(paid).toMatchObject({ kind: 'paid', trade: { amountFen: 120_000, buyer: '138****0101' } });
    expect(counter.ask('alipay', query)).toEqual(paid);
    expect(wallet.netFen('ordinary')).toBe(120_000);
  });

  it.each([
    ['confirmsSlowly', 'paid'],
    ['refuses', 'closed'],
    ['needsConfirm', 'pending'],
  ])('%s: pending, after 6 seconds %s', async (customer, expected) => {
    const { counter, says, pay, query } = shop({ customer });
    expect([says(pay), says(query)]).toEqual(['pending', 'pending']);
    await counter.clock.advance(6_000);
    expect(says(query)).toBe(expected);
  });

  it('nobody confirms: the order closes by itself after the time that the terminal gave it', async () => {
    const { counter, says, wallet, pay, query } = shop({ customer: 'needsConfirm' });
    says(pay);
    await counter.clock.advance(179_999);
    expect(says(query)).toBe('pending');
    await counter.clock.advance(1);
    expect([says(query), wallet.phone('needsConfirm').confirm()]).toEqual(['closed', false]);
  });

  it.each([
    ['customer', 'huabei', 5_400],
    ['merchant', 'huabei', 0],
  ] as const)('Huabei of the %s, booked as confirmed', (feePayer, customer, feeFen) => {
    const plan: OrderedPlan = { method: 'huabei', periods: 6, feePayer, feeFen, totalFen: 120_000 + feeFen };
    const { counter, pay, query } = shop({ customer, plan });
    expect(counter.ask('alipay', pay)).toMatchObject({ kind: 'paid', trade: { periods: 6 } });
    expect(counter.ask('alipay', query)).toMatchObject({ kind: 'paid', trade: { periods: 6 } });
  });

  it('Huabei at another price than the customer confirmed is no payment of this order', () => {
    const plan: OrderedPlan = { method: 'huabei', periods: 6, feePayer: 'customer', feeFen: 2, totalFen: 120_002 };
    const { says, wallet, pay, query, cancel } = shop({ customer: 'huabei', plan });
    expect(says(pay)).toBe('mismatch fee_amount per_period_amount');
    expect(says(query)).toBe('mismatch fee_amount per_period_amount');
    expect([says(cancel), wallet.netFen()]).toEqual(['cancelled', 0]);
  });
});

describe('Alipay, a code that the terminal shows', () => {
  it('is the same when asked again, and paid by whoever scans it', () => {
    const { counter, says, wallet, present, query } = shop();
    const code = counter.shownCode('alipay', present);
    expect(counter.shownCode('alipay', present)).toBe(code);
    expect(says(query)).toBe('pending');
    expect(wallet.phone('ordinary').scan('https://qr.alipay.com/another')).toBe(false);
    expect(wallet.phone('lowBalance').scan(code)).toBe(false);
    expect(says(query)).toBe('pending');
    expect(wallet.phone('ordinary').scan(code)).toBe(true);
    expect(wallet.phone('huabei').scan(code)).toBe(false);
    expect(counter.ask('alipay', query)).toMatchObject({ kind: 'paid', trade: { buyer: '138****0101' } });
    expect(wallet.netFen('ordinary')).toBe(120_000);
  });

  it('is worth nothing after the cancel, nor after its time', async () => {
    const { counter, says, wallet, present, close } = shop();
    const code = counter.shownCode('alipay', present);
    expect(says(close)).toBe('cancelled');
    expect(wallet.phone('ordinary').scan(code)).toBe(false);
    expect(says(present)).toBe('failed ACQ.TRADE_HAS_CLOSE');
    const later = callsAt('alipay', { customer: 'ordinary', outTradeNo: 'T2' });
    const second = counter.shownCode('alipay', later.present);
    await counter.clock.advance(180_000);
    expect([wallet.phone('ordinary').scan(second), says(later.query)]).toEqual([false, 'closed']);
  });

  it('paid at the last moment: the cancel pays it back', () => {
    const { counter, says, wallet, present, query, close } = shop();
    wallet.phone('ordinary').scan(counter.shownCode('alipay', present));
    expect([says(present), says(close), says(query)]).toEqual(['unknown', 'cancelled', 'closed']);
    expect(wallet.netFen()).toBe(0);
  });

  it('is not given for another amount under the same number', () => {
    const { says, present } = shop();
    says(present);
    const other = callsAt('alipay', { customer: 'ordinary', amountFen: 5 });
    expect(says(other.present)).toBe('failed ACQ.CONTEXT_INCONSISTENT');
  });
});

describe('Alipay, paid back', () => {
  it('in parts, each once, never above the sale', () => {
    const { says, wallet, pay, query, refund } = shop();
    expect(says(refund('R0', 1))).toBe('failed ACQ.TRADE_NOT_EXIST');
    says(pay);
    expect(says(refund('R1', 40_000))).toBe('refunded');
    expect(says(refund('R1', 40_000))).toBe('refunded');
    expect(says(refund('R1', 39_999))).toBe('unknown');
    expect(wallet.netFen()).toBe(80_000);
    expect(says(query)).toBe('paid');
    expect(says(refund('R2', 80_001))).toBe('failed ACQ.REFUND_AMT_NOT_EQUAL_TOTAL');
    expect(says(refund('R3', 80_000))).toBe('refunded');
    expect([says(query), wallet.netFen(), wallet.order(ORDER)?.state]).toEqual(['closed', 0, 'refunded']);
    expect(says(refund('R4', 1))).toBe('failed ACQ.TRADE_STATUS_ERROR');
  });

  it('not before it was paid, not after it was cancelled', () => {
    const { says, pay, cancel, refund } = shop({ customer: 'needsConfirm' });
    says(pay);
    expect(says(refund('R1', 1))).toBe('failed ACQ.TRADE_STATUS_ERROR');
    says(cancel);
    expect(says(refund('R1', 1))).toBe('failed ACQ.TRADE_STATUS_ERROR');
  });

  it('after a refund without an answer, repeating it pays back once', () => {
    const { counter, says, wallet, pay, refund } = shop();
    says(pay);
    const kinds = ['dropReply', 'systemError', 'wrongSignature', 'garbage'] as const;
    const unproven = kinds.map((kind) => {
      counter.hosts.inject('alipay', { kind, call: 'refund' });
      return says(refund('R1', 50_000));
    });
    expect(unproven).toEqual(['silence', 'unknown', 'untrusted', 'untrusted']);
    expect(wallet.netFen()).toBe(70_000);
    expect(says(refund('R1', 50_000))).toBe('refunded');
    expect(wallet.netFen()).toBe(70_000);
  });
});

describe('Alipay, cancelled', () => {
  it('still paying, ask again; then done, and the same when asked once more', () => {
    const { counter, says, pay, query, cancel } = shop({ customer: 'needsConfirm' });
    says(pay);
    counter.hosts.inject('alipay', { kind: 'again' });
    expect([says(cancel), says(query)]).toEqual(['retry', 'pending']);
    expect([says(cancel), says(cancel), says(query)]).toEqual(['cancelled', 'cancelled', 'closed']);
  });

  it('the customer pays between the last query and the cancel, which gives it back', () => {
    const { counter, says, wallet, pay, query, cancel } = shop({ customer: 'needsConfirm' });
    says(pay);
    counter.hosts.inject('alipay', { kind: 'paidBeforeCancel' });
    expect([says(query), says(cancel), says(query)]).toEqual(['pending', 'cancelled', 'closed']);
    expect(wallet.order(ORDER)).toMatchObject({ state: 'refunded', paidAtWallMs: counter.clock.wallMs() });
    expect(wallet.netFen()).toBe(0);
  });

  it('a shown code that somebody scans in that moment is paid back too', () => {
    const { counter, says, wallet, present, close } = shop();
    says(present);
    counter.hosts.inject('alipay', { kind: 'paidBeforeCancel' });
    expect(says(close)).toBe('cancelled');
    expect(wallet.order(ORDER)).toMatchObject({ state: 'refunded', customer: { id: 'ordinary' } });
  });

  it('too late, after a day: what the query says holds', async () => {
    const { counter, says, pay, query, cancel } = shop();
    says(pay);
    await counter.clock.advance(24 * 3_600_000 + 1);
    expect([says(cancel), says(query)]).toEqual(['failed ACQ.TRADE_CANCEL_TIME_OUT', 'paid']);
  });
});

describe('Alipay, outcomes by amount', () => {
  const EXPECTED = {
    fails: /^failed ACQ\./,
    asksPhone: /^pending$/,
    systemError: /^unknown$/,
    silent: /^silence$/,
    late: /^paid$/,
    wrongSignature: /^untrusted$/,
    garbage: /^untrusted$/,
    wrongAmount: /^mismatch total_amount$/,
  } as const;

  it.each(WALLET_AMOUNT_OUTCOMES.map((outcome) => [outcome.fenEnding, outcome.effect] as const))(
    'behaves as row .%s says',
    (ending, effect) => {
      const { says, pay } = shop({ amountFen: 1_000 + Number(ending) });
      expect(says(pay)).toMatch(EXPECTED[effect.kind]);
    },
  );
});

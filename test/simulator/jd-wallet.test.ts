import { describe, expect, it } from '@jest/globals';
import { DEFAULT_INSTALLMENTS } from '../../firmware/rules/installment/settings.ts';
import { baitiaoPlan } from '../../simulator/wallet/jd/baitiao.ts';
import { JD_PEOPLE, jdPerson } from '../../simulator/wallet/jd/people.ts';
import { JdShop, known, payBy, phoneOf, terms } from './jd-shop.ts';

describe('JD: people and plans', () => {
  it('knows each person by one code, phone and account', () => {
    for (const name of ['id', 'code', 'phone', 'account'] as const) {
      expect(new Set(JD_PEOPLE.map((person) => person[name])).size).toBe(JD_PEOPLE.length);
    }
    expect(() => jdPerson('nobody')).toThrow(RangeError);
    expect(() => new JdShop().jd.phone('nobody')).toThrow(RangeError);
  });

  // Fee half to even; what does not divide is paid first: 100.01 yuan in three is 3 × 33.33 and 2 fen, fee 1.80 is 3 × 0.60.
  it.each([
    [120_000, 3, 2_160, 40_720, 40_720],
    [10_001, 3, 180, 3_395, 3_393],
    [123_457, 12, 8_889, 11_038, 11_028],
    [1_000, 24, 144, 63, 47],
  ])('quotes %d fen in %d periods', (amountFen, periods, feeFen, firstPayFen, laterPayFen) => {
    const plan = { feeFen, firstPayFen, laterPayFen, totalFen: amountFen + feeFen, merchantFeeFen: 0 };
    expect(baitiaoPlan(amountFen, periods, 'customer')).toMatchObject(plan);
    expect(baitiaoPlan(amountFen, periods, 'merchant')).toMatchObject({ feeFen: 0, merchantFeeFen: feeFen });
  });

  it('offers what a terminal offers by default, without reading its table', () => {
    const shop = new JdShop();
    const answer = shop.call({ kind: 'plans', account: undefined, amountFen: 120_000 });
    const offers = DEFAULT_INSTALLMENTS.baitiao?.offers.map(({ periods, feeRatePpm }) => ({
      periods,
      ratePpm: feeRatePpm,
    }));
    expect(answer).toMatchObject({ kind: 'plans', plans: offers, creditLimitFen: undefined, verifies: [] });
  });

  it('offers at the cost of the shop the plans that the shop asks to pay for, and no others', () => {
    const shop = new JdShop();
    expect(shop.call({ kind: 'plans', account: undefined, amountFen: 120_000, merchantPays: [3, 12] })).toMatchObject({
      plans: [
        { periods: 3, feePayer: 'merchant', feeFen: 2_160, totalFen: 120_000 },
        { periods: 6, feePayer: 'customer', feeFen: 4_320, totalFen: 124_320 },
        { periods: 12, feePayer: 'merchant', feeFen: 8_640, totalFen: 120_000 },
        { periods: 24, feePayer: 'customer' },
      ],
    });
  });

  it('tells a named customer the plans and the credit that are left', () => {
    const shop = new JdShop();
    const plans = (id: string) => shop.call({ kind: 'plans', account: phoneOf(id), amountFen: 120_000 });
    expect(plans('shortPeriods')).toMatchObject({
      plans: [{ periods: 3 }, { periods: 6 }],
      creditLimitFen: 2_000_000,
      verifies: ['sms', 'face'],
    });
    expect(shop.says(payBy('baitiao', terms('T1', 500_000, shop.plan(500_000, 3))))).toBe('paid');
    expect(plans('baitiao')).toMatchObject({ creditLimitFen: 1_500_000 });
    expect(shop.call({ kind: 'plans', account: undefined, amountFen: 999 })).toMatchObject({ plans: [] });
  });

  it.each([
    ['noBaitiao', 'JD.NOT_ACTIVATED'],
    ['restricted', 'JD.ACCOUNT_RESTRICTED'],
  ])('has no plans, SMS, face or bills for %s', (id, code) => {
    const shop = new JdShop();
    const account = phoneOf(id);
    expect(shop.says({ kind: 'plans', account, amountFen: 120_000 })).toBe(code);
    expect(shop.says({ kind: 'sendCode', account, amountFen: 120_000 })).toBe(code);
    expect(shop.says({ kind: 'startFace', account, amountFen: 120_000 })).toBe(code);
    expect(shop.says({ kind: 'bills', subject: { kind: 'account', account } })).toBe(code);
  });

  it('knows an account by phone or name, and no other', () => {
    const shop = new JdShop();
    const plans = (kind: 'phone' | 'account', text: string) =>
      shop.says({ kind: 'plans', account: { kind, text }, amountFen: 120_000 });
    expect([plans('account', jdPerson('baitiao').account), plans('phone', jdPerson('baitiao').account)]).toEqual([
      'plans',
      'JD.ACCOUNT_UNKNOWN',
    ]);
    expect(plans('phone', '13900000000')).toBe('JD.ACCOUNT_UNKNOWN');
    expect(shop.says({ kind: 'sendCode', account: { kind: 'phone', text: 'x' }, amountFen: 1_000 })).toBe(
      'JD.ACCOUNT_UNKNOWN',
    );
  });
});

describe('JD: pay codes', () => {
  it('charges at once, in full or by Baitiao', () => {
    const shop = new JdShop();
    expect(shop.call(payBy('noBaitiao', terms('T1', 12_088)))).toMatchObject({
      kind: 'paid',
      trade: {
        tradeNo: 'JD20261121000000000001',
        buyer: '139****0202',
        paidAt: '2026-11-21 12:00:00',
        periods: undefined,
      },
    });
    const order = terms('T2', 120_000, shop.plan(120_000, 6));
    expect(shop.call(payBy('baitiao', order))).toMatchObject({ kind: 'paid', trade: { periods: 6 } });
    expect(shop.call({ kind: 'query', order: known(order) })).toMatchObject({ kind: 'paid', trade: { periods: 6 } });
    expect([shop.jd.netFen('baitiao'), shop.jd.feesFen('baitiao'), shop.jd.netFen()]).toEqual([
      120_000, 4_320, 132_088,
    ]);
  });

  it.each([
    ['noBaitiao', 120_000, 3, 'JD.NOT_ACTIVATED'],
    ['lowLimit', 20_000, 3, 'JD.CREDIT_LIMIT'],
    ['shortPeriods', 120_000, 12, 'JD.PERIOD_UNAVAILABLE'],
    ['restricted', 120_000, 3, 'JD.ACCOUNT_RESTRICTED'],
    ['risky', 120_000, 3, 'JD.RISK'],
    ['risky', 120_000, undefined, 'JD.RISK'],
    ['lowBalance', 200, undefined, 'JD.BALANCE'],
    ['expiredCode', 200, undefined, 'JD.CODE_EXPIRED'],
  ])('refuses %s over %d fen in %s periods: %s', (id, amountFen, periods, code) => {
    const shop = new JdShop();
    const order = terms('T1', amountFen, periods === undefined ? undefined : shop.plan(amountFen, periods));
    expect(shop.says(payBy(id, order))).toBe(code);
    expect(shop.says({ kind: 'query', order: known(order) })).toBe('notFound');
    expect(shop.jd.netFen()).toBe(0);
  });

  it('refuses a code that nobody has, periods that nobody sells, and a fee that is higher than agreed', () => {
    const shop = new JdShop();
    const plan = shop.plan(120_000, 6);
    const pay = (change: object) => shop.says(payBy('baitiao', terms('T1', 120_000, { ...plan, ...change })));
    expect(shop.says({ kind: 'pay', order: terms('T1', 100), authCode: '189999999999999999' })).toBe('JD.CODE_INVALID');
    expect(pay({ periods: 5 })).toBe('JD.PERIOD_UNAVAILABLE');
    expect(pay({ feeFen: 4_000, totalFen: 124_000 })).toBe('JD.FEE_TOO_HIGH');
    expect(pay({ feeFen: 5_000, totalFen: 125_000 })).toBe('JD.PARAMETER');
    expect(shop.jd.orders()).toEqual([]);
  });

  it('takes no fee from the customer where the merchant pays it', () => {
    const shop = new JdShop();
    const order = terms('T1', 120_000, shop.plan(120_000, 3, 'merchant'));
    expect(shop.says(payBy('baitiao', order))).toBe('paid');
    expect(shop.jd.order('T1')?.plan).toMatchObject({ feeFen: 0, merchantFeeFen: 2_160 });
    // The same order with the customer as payer is another order.
    expect(shop.says(payBy('baitiao', terms('T1', 120_000, shop.plan(120_000, 3))))).toBe('unknown');
    const refund = { order: known(order), refundNo: 'R1', refundFen: 40_000 };
    expect(shop.call({ kind: 'refund', refund })).toEqual({ kind: 'refunded', feeBackFen: 0 });
  });

  it('never charges twice for one order number', () => {
    const shop = new JdShop();
    const order = terms('T1', 1_000);
    expect(shop.says(payBy('baitiao', order))).toBe('paid');
    // Neither says that nothing was paid: the terminal asks.
    expect(shop.says(payBy('baitiao', order))).toBe('unknown');
    expect(shop.says(payBy('baitiao', terms('T1', 2_000)))).toBe('unknown');
    expect(shop.says({ kind: 'query', order: known(order) })).toBe('paid');
    expect(shop.jd.netFen()).toBe(1_000);
  });
});

describe('JD: the customer’s phone', () => {
  it('is pending until the customer confirms', () => {
    const shop = new JdShop();
    const order = terms('T1', 120_000, shop.plan(120_000, 3));
    expect([shop.says(payBy('asksPhone', order)), shop.says(payBy('asksPhone', order))]).toEqual([
      'pending',
      'pending',
    ]);
    expect(shop.says({ kind: 'query', order: known(order) })).toBe('pending');
    const phone = shop.jd.phone('asksPhone');
    expect([phone.waiting()?.amountFen, phone.confirm(), phone.confirm()]).toEqual([120_000, true, false]);
    expect(shop.says({ kind: 'query', order: known(order) })).toBe('paid');
  });

  it('closes the order when the customer refuses', () => {
    const shop = new JdShop();
    const order = terms('T1', 1_000);
    shop.call(payBy('asksPhone', order));
    expect(shop.jd.phone('asksPhone').refuse()).toBe(true);
    expect(shop.says({ kind: 'query', order: known(order) })).toBe('closed');
    expect(shop.says(payBy('asksPhone', order))).toBe('JD.ORDER_CLOSED');
  });

  it.each([
    ['confirmsSlowly', 6_000, 'paid'],
    ['refuses', 6_000, 'closed'],
    ['asksPhone', 120_000, 'closed'],
  ])('lets %s end after %d ms', async (id, afterMs, end) => {
    const shop = new JdShop();
    const order = terms('T1', 1_000);
    shop.call(payBy(id, order));
    await shop.clock.advance(afterMs - 1);
    expect(shop.says({ kind: 'query', order: known(order) })).toBe('pending');
    await shop.clock.advance(1);
    expect(shop.says({ kind: 'query', order: known(order) })).toBe(end);
  });
});

describe('JD: shown codes', () => {
  const present = (shop: JdShop, order = terms('T1', 120_000)): string => {
    const answer = shop.call({ kind: 'present', order });
    if (typeof answer === 'string' || answer.kind !== 'presented') throw new Error('no code was made');
    return answer.codeText;
  };

  it('are paid by whoever scans them, with the plan of the order', () => {
    const shop = new JdShop();
    const order = terms('T1', 120_000, shop.plan(120_000, 12));
    const code = present(shop, order);
    expect(present(shop, order)).toBe(code);
    const ask = () => shop.call({ kind: 'query', order: known(order) });
    expect(ask()).toEqual({ kind: 'pending' });
    expect(shop.jd.phone('noBaitiao').scan(code)).toBe('JD.NOT_ACTIVATED');
    expect(shop.jd.phone('baitiao').scan(code)).toBe('paid');
    expect(ask()).toMatchObject({ kind: 'paid', trade: { periods: 12, buyer: '139****0101' } });
    expect(shop.jd.phone('baitiao').scan(code)).toBe('JD.CODE_INVALID');
    expect(shop.says({ kind: 'present', order })).toBe('unknown');
  });

  it('wait for the one who scanned them first', async () => {
    const shop = new JdShop();
    const code = present(shop);
    expect(shop.jd.phone('confirmsSlowly').scan(code)).toBe('waiting');
    expect(shop.jd.phone('noBaitiao').scan(code)).toBe('JD.CODE_INVALID');
    await shop.clock.advance(6_000);
    expect(shop.jd.netFen('confirmsSlowly')).toBe(120_000);
  });

  it('end with their time, and are none for a plan that nobody sells', async () => {
    const shop = new JdShop();
    const code = present(shop);
    await shop.clock.advance(119_000);
    expect(shop.jd.phone('confirmsSlowly').scan(code)).toBe('waiting');
    await shop.clock.advance(1_000);
    expect(shop.says({ kind: 'query', order: known(terms('T1', 120_000)) })).toBe('closed');
    expect(shop.jd.phone('baitiao').scan(code)).toBe('JD.CODE_INVALID');
    expect(shop.jd.phone('baitiao').scan('https://qr.example/T1')).toBe('JD.CODE_INVALID');
    const plan = { method: 'baitiao', periods: 5, feePayer: 'customer', feeFen: 1, totalFen: 120_001 } as const;
    expect(shop.says({ kind: 'present', order: terms('T2', 120_000, plan) })).toBe('JD.PERIOD_UNAVAILABLE');
  });
});

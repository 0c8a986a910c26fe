import { describe, expect, it } from '@jest/globals';
import type { OrderTerms, Proof, WalletCall } from '../../firmware/protocol/wallet/wallet-api.ts';
import { jdPerson } from '../../simulator/wallet/jd/people.ts';
import { JdShop, known, payBy, phoneOf, terms } from './jd-shop.ts';

const AMOUNT_FEN = 120_000;

function chargeOf(personId: string, order: OrderTerms, proof: Proof): WalletCall {
  return { kind: 'charge', order, account: phoneOf(personId), proof };
}

describe('JD: accounts proven by SMS', () => {
  it('are charged by the plan with the code that came to the phone', () => {
    const shop = new JdShop();
    const order = terms('T1', AMOUNT_FEN, shop.plan(AMOUNT_FEN, 6));
    const proof = shop.smsProof('baitiao', AMOUNT_FEN);
    const [message] = shop.jd.phone('baitiao').messages();
    expect(message?.text).toMatch(/^【京东】验证码\d{6}，您正在使用白条支付1200\.00元，5分钟内有效，请勿告诉他人。$/);
    expect(shop.call(chargeOf('baitiao', order, proof))).toMatchObject({ kind: 'paid', trade: { periods: 6 } });
    expect(shop.jd.netFen('baitiao')).toBe(AMOUNT_FEN);
    // Spent by the charge, for this order and for any other.
    expect(shop.says(chargeOf('baitiao', order, proof))).toBe('unknown');
    expect(shop.says(chargeOf('baitiao', terms('T2', AMOUNT_FEN), proof))).toBe('JD.SMS_EXPIRED');
  });

  it('may be charged later in one sum', () => {
    const shop = new JdShop();
    const charge = chargeOf('baitiao', terms('T1', AMOUNT_FEN), shop.smsProof('baitiao', AMOUNT_FEN));
    expect(shop.call(charge)).toMatchObject({ kind: 'paid', trade: { periods: undefined } });
    expect(shop.call({ kind: 'bills', subject: { kind: 'account', account: phoneOf('baitiao') } })).toMatchObject({
      bills: [{ periods: [{ dueDate: '2026-12-21', amountFen: AMOUNT_FEN }] }],
    });
  });

  it('are refused at a wrong code, and for good at the third', () => {
    const shop = new JdShop();
    const proof = shop.smsProof('baitiao', AMOUNT_FEN);
    const order = terms('T1', AMOUNT_FEN);
    const wrong = { ...proof, code: shop.smsCode('baitiao') === '000000' ? '000001' : '000000' };
    const tries = [wrong, wrong, wrong, proof].map((each) => shop.says(chargeOf('baitiao', order, each)));
    expect(tries).toEqual(['JD.SMS_WRONG', 'JD.SMS_WRONG', 'JD.SMS_TRIES', 'JD.SMS_TRIES']);
    expect(shop.jd.netFen()).toBe(0);
    expect(shop.says(chargeOf('baitiao', order, shop.smsProof('baitiao', AMOUNT_FEN)))).toBe('paid');
  });

  it('are charged after a wrong code was mended', () => {
    const shop = new JdShop();
    const proof = shop.smsProof('baitiao', AMOUNT_FEN);
    const order = terms('T1', AMOUNT_FEN);
    expect(shop.says(chargeOf('baitiao', order, { ...proof, code: '1' }))).toBe('JD.SMS_WRONG');
    expect(shop.says(chargeOf('baitiao', order, proof))).toBe('paid');
  });

  it.each([
    [299_999, 'paid'],
    [300_000, 'JD.SMS_EXPIRED'],
  ])('after %d ms: %s', async (afterMs, said) => {
    const shop = new JdShop();
    const proof = shop.smsProof('baitiao', AMOUNT_FEN);
    await shop.clock.advance(afterMs);
    expect(shop.says(chargeOf('baitiao', terms('T1', AMOUNT_FEN), proof))).toBe(said);
  });

  it('know the newest code alone once it was sent again', () => {
    const shop = new JdShop();
    const first = shop.smsProof('baitiao', AMOUNT_FEN);
    const second = shop.smsProof('baitiao', AMOUNT_FEN);
    expect(second).not.toEqual(first);
    expect(shop.jd.phone('baitiao').messages()).toHaveLength(2);
    expect(shop.says(chargeOf('baitiao', terms('T1', AMOUNT_FEN), first))).toBe('JD.SMS_EXPIRED');
    expect(shop.says(chargeOf('baitiao', terms('T1', AMOUNT_FEN), second))).toBe('paid');
  });

  it('take no code of another customer, for another amount, or of nobody', () => {
    const shop = new JdShop();
    const proof = shop.smsProof('baitiao', AMOUNT_FEN);
    expect(shop.says(chargeOf('paysLate', terms('T1', AMOUNT_FEN), proof))).toBe('JD.SMS_WRONG');
    expect(shop.says(chargeOf('baitiao', terms('T1', AMOUNT_FEN + 1_000), proof))).toBe('JD.SMS_WRONG');
    expect(shop.says(chargeOf('baitiao', terms('T1', AMOUNT_FEN), { ...proof, reference: 'SMS9' }))).toBe(
      'JD.SMS_WRONG',
    );
    const stranger = { kind: 'phone', text: '13900000000' } as const;
    expect(shop.says({ kind: 'charge', order: terms('T1', AMOUNT_FEN), account: stranger, proof })).toBe(
      'JD.ACCOUNT_UNKNOWN',
    );
  });

  it('keep the code good when the plan is what was refused', () => {
    const shop = new JdShop();
    const proof = shop.smsProof('shortPeriods', AMOUNT_FEN);
    const twelve = terms('T1', AMOUNT_FEN, shop.plan(AMOUNT_FEN, 12));
    const six = terms('T2', AMOUNT_FEN, shop.plan(AMOUNT_FEN, 6));
    expect(shop.says(chargeOf('shortPeriods', twelve, proof))).toBe('JD.PERIOD_UNAVAILABLE');
    expect(shop.says(chargeOf('shortPeriods', six, proof))).toBe('paid');
  });

  it('stay within the credit line', () => {
    const shop = new JdShop();
    const charge = (order: string, amountFen: number) =>
      shop.says(chargeOf('lowLimit', terms(order, amountFen), shop.smsProof('lowLimit', amountFen)));
    expect([charge('T1', 6_000), charge('T2', 6_000), charge('T3', 4_000)]).toEqual([
      'paid',
      'JD.CREDIT_LIMIT',
      'paid',
    ]);
  });

  it('wait for the phone where the customer has to confirm', () => {
    const shop = new JdShop();
    const order = terms('T1', AMOUNT_FEN, shop.plan(AMOUNT_FEN, 3));
    expect(shop.says(chargeOf('asksPhone', order, shop.smsProof('asksPhone', AMOUNT_FEN)))).toBe('pending');
    expect(shop.jd.phone('asksPhone').confirm()).toBe(true);
    expect(shop.says({ kind: 'query', order: known(order) })).toBe('paid');
  });
});

describe('JD: accounts proven by face', () => {
  it('are charged once the face was passed', async () => {
    const shop = new JdShop();
    const reference = shop.startFace(phoneOf('baitiao'), AMOUNT_FEN);
    const order = terms('T1', AMOUNT_FEN, shop.plan(AMOUNT_FEN, 3));
    const charge = chargeOf('baitiao', order, { kind: 'face', reference });
    expect(shop.says({ kind: 'faceState', reference })).toBe('waiting');
    expect(shop.says(charge)).toBe('JD.FACE_REFUSED');
    await shop.clock.advance(4_000);
    expect(shop.says({ kind: 'faceState', reference })).toBe('passed');
    expect(shop.says(charge)).toBe('paid');
    expect(shop.says(chargeOf('baitiao', terms('T2', AMOUNT_FEN), { kind: 'face', reference }))).toBe(
      'JD.FACE_EXPIRED',
    );
  });

  it.each([
    ['refuses', 4_000, 'refused', 'JD.FACE_REFUSED'],
    ['asksPhone', 180_000, 'expired', 'JD.FACE_EXPIRED'],
  ])('are not when %s, after %d ms', async (id, afterMs, state, code) => {
    const shop = new JdShop();
    const reference = shop.startFace(phoneOf(id), AMOUNT_FEN);
    await shop.clock.advance(afterMs);
    expect(shop.says({ kind: 'faceState', reference })).toBe(state);
    expect(shop.says(chargeOf(id, terms('T1', AMOUNT_FEN), { kind: 'face', reference }))).toBe(code);
    expect(shop.jd.netFen()).toBe(0);
  });

  it.each([
    ['passFace', 'passed'],
    ['refuseFace', 'refused'],
  ] as const)('follow the hand of a test: %s', (hand, state) => {
    const shop = new JdShop();
    const phone = shop.jd.phone('asksPhone');
    expect(phone[hand]()).toBe(false);
    const reference = shop.startFace(phoneOf('asksPhone'), AMOUNT_FEN);
    expect([phone[hand](), phone[hand]()]).toEqual([true, false]);
    expect(shop.says({ kind: 'faceState', reference })).toBe(state);
  });

  it('take no face of another', async () => {
    const shop = new JdShop();
    const reference = shop.startFace(phoneOf('baitiao'), AMOUNT_FEN);
    await shop.clock.advance(4_000);
    expect(shop.says(chargeOf('paysLate', terms('T1', AMOUNT_FEN), { kind: 'face', reference }))).toBe(
      'JD.FACE_REFUSED',
    );
    expect(shop.says({ kind: 'faceState', reference: 'FACE9' })).toBe('JD.FACE_EXPIRED');
  });
});

describe('JD: cancel and refund', () => {
  it('revokes a paid order once and gives the credit back', () => {
    const shop = new JdShop();
    const order = terms('T1', AMOUNT_FEN, shop.plan(AMOUNT_FEN, 3));
    shop.call(payBy('baitiao', order));
    const cancel = { kind: 'cancel', order: known(order) } as const;
    expect([shop.says(cancel), shop.says(cancel)]).toEqual(['cancelled', 'cancelled']);
    expect(shop.says({ kind: 'query', order: known(order) })).toBe('closed');
    expect([shop.jd.netFen(), shop.jd.feesFen('baitiao')]).toEqual([0, 0]);
    expect(shop.call({ kind: 'plans', account: phoneOf('baitiao'), amountFen: 1_000 })).toMatchObject({
      creditLimitFen: 2_000_000,
    });
  });

  it('closes a waiting order, and bars one that has not come yet', () => {
    const shop = new JdShop();
    const [waiting, late] = [terms('T1', 1_000), terms('T2', 1_000)];
    shop.call(payBy('asksPhone', waiting));
    expect(shop.says({ kind: 'cancel', order: known(waiting) })).toBe('cancelled');
    expect(shop.jd.phone('asksPhone').confirm()).toBe(false);
    expect(shop.says({ kind: 'cancel', order: known(late) })).toBe('cancelled');
    expect(shop.says(payBy('baitiao', late))).toBe('JD.ORDER_CLOSED');
    expect(shop.says({ kind: 'present', order: late })).toBe('JD.ORDER_CLOSED');
    expect(shop.jd.netFen()).toBe(0);
  });

  it('is too late after a day, and for another amount', async () => {
    const shop = new JdShop();
    const order = terms('T1', 1_000);
    shop.call(payBy('baitiao', order));
    expect(shop.says({ kind: 'cancel', order: { ...known(order), amountFen: 999 } })).toBe('mismatch');
    await shop.clock.advance(24 * 3_600_000 + 1);
    expect(shop.says({ kind: 'cancel', order: known(order) })).toBe('JD.REVOKE_LATE');
    expect(shop.jd.netFen()).toBe(1_000);
  });

  it('refunds parts, each once, with the fee in proportion and the rest of it with the last', () => {
    const shop = new JdShop();
    const order = terms('T1', 100_000, shop.plan(100_000, 3));
    shop.call(payBy('baitiao', order));
    const refund = (refundNo: string, refundFen: number): WalletCall => ({
      kind: 'refund',
      refund: { order: known(order), refundNo, refundFen },
    });
    expect(shop.call(refund('R1', 33_333))).toEqual({ kind: 'refunded', feeBackFen: 599 });
    expect(shop.call(refund('R1', 33_333))).toEqual({ kind: 'refunded', feeBackFen: 599 });
    // The same number for another amount is no refusal: something was paid back under it.
    expect(shop.says(refund('R1', 33_334))).toBe('unknown');
    expect([shop.jd.netFen(), shop.jd.feesFen('baitiao')]).toEqual([66_667, 1_201]);
    expect(shop.says(refund('R2', 66_668))).toBe('JD.REFUND_TOO_MUCH');
    expect(shop.says({ kind: 'query', order: known(order) })).toBe('paid');
    expect(shop.call(refund('R2', 66_667))).toEqual({ kind: 'refunded', feeBackFen: 1_201 });
    expect(shop.says({ kind: 'query', order: known(order) })).toBe('closed');
    expect(shop.says(refund('R3', 1))).toBe('JD.REFUND_TOO_MUCH');
    expect(shop.jd.netFen()).toBe(0);
  });

  it('refunds no order that it does not know, that is too old or of another amount', async () => {
    const shop = new JdShop();
    const order = terms('T1', 1_000);
    const refund = (change: object): string =>
      shop.says({ kind: 'refund', refund: { order: { ...known(order), ...change }, refundNo: 'R1', refundFen: 100 } });
    expect(refund({})).toBe('notFound');
    shop.call(payBy('baitiao', order));
    expect(refund({ amountFen: 2_000 })).toBe('mismatch');
    await shop.clock.advance(366 * 24 * 3_600_000);
    expect(refund({})).toBe('JD.REFUND_LATE');
  });
});

describe('JD: bills', () => {
  const DAY_MS = 24 * 3_600_000;
  const bought = (shop: JdShop, id: string): OrderTerms => {
    const order = terms('T1', AMOUNT_FEN, shop.plan(AMOUNT_FEN, 3));
    expect(shop.says(payBy(id, order))).toBe('paid');
    return order;
  };
  const billOf = (shop: JdShop, order: OrderTerms) =>
    shop.call({ kind: 'bills', subject: { kind: 'order', order: known(order) } });

  it('show what is due when, and remind of what is overdue', async () => {
    const shop = new JdShop();
    const order = bought(shop, 'paysLate');
    expect(billOf(shop, order)).toEqual({
      kind: 'bills',
      bills: [
        {
          outTradeNo: 'T1',
          amountFen: AMOUNT_FEN,
          notice: undefined,
          periods: [
            { period: 1, dueDate: '2026-12-21', amountFen: 40_720, state: 'due' },
            { period: 2, dueDate: '2027-01-21', amountFen: 40_720, state: 'later' },
            { period: 3, dueDate: '2027-02-21', amountFen: 40_720, state: 'later' },
          ],
        },
      ],
    });
    await shop.clock.advance(31 * DAY_MS);
    expect(billOf(shop, order)).toMatchObject({
      bills: [{ notice: '您的白条账单已逾期，请尽快还款', periods: [{ state: 'overdue' }, { state: 'due' }, {}] }],
    });
  });

  it('are paid by customers who pay in time', async () => {
    const shop = new JdShop();
    const order = bought(shop, 'baitiao');
    await shop.clock.advance(31 * DAY_MS);
    expect(billOf(shop, order)).toMatchObject({ bills: [{ notice: undefined, periods: [{ state: 'paid' }, {}, {}] }] });
  });

  it('fall due on the last day of a month that is shorter', async () => {
    const shop = new JdShop();
    await shop.clock.advance(71 * DAY_MS);
    expect(billOf(shop, bought(shop, 'baitiao'))).toMatchObject({
      bills: [{ periods: [{ dueDate: '2027-02-28' }, { dueDate: '2027-03-31' }, { dueDate: '2027-04-30' }] }],
    });
  });

  it('owe less after a refund, and nothing after all of it', () => {
    const shop = new JdShop();
    const order = bought(shop, 'baitiao');
    const refund = (refundNo: string): void => {
      shop.call({ kind: 'refund', refund: { order: known(order), refundNo, refundFen: 60_000 } });
    };
    refund('R1');
    const half = { amountFen: 20_360 };
    expect(billOf(shop, order)).toMatchObject({ bills: [{ amountFen: AMOUNT_FEN, periods: [half, half, half] }] });
    refund('R2');
    expect(billOf(shop, order)).toEqual({ kind: 'bills', bills: [] });
  });

  it('of an account are all of its bills, and those of an order that JD does not know are none', () => {
    const shop = new JdShop();
    bought(shop, 'baitiao');
    shop.call(payBy('baitiao', terms('T2', 1_000)));
    shop.call(payBy('baitiao', terms('T3', 60_000, shop.plan(60_000, 24))));
    const account = { kind: 'account', text: jdPerson('baitiao').account } as const;
    expect(shop.call({ kind: 'bills', subject: { kind: 'account', account } })).toMatchObject({
      bills: [{ outTradeNo: 'T1' }, { outTradeNo: 'T3' }],
    });
    expect(billOf(shop, terms('T9', 1_000))).toEqual({ kind: 'notFound' });
  });
});

import { describe, expect, it } from '@jest/globals';
import { huabeiQuote } from '../../simulator/wallet/huabei.ts';
import { WALLET_CUSTOMERS } from '../../simulator/wallet/customers.ts';
import { Merchant } from './merchant.ts';

const INSUFFICIENT = 'ACQ.BUYER_BALANCE_NOT_ENOUGH';

describe('wallet: pay', () => {
  it('charges an ordinary customer at once and says so in every member', () => {
    const shop = new Merchant();
    expect(shop.pay('ordinary', 12_088)).toMatchObject({
      code: '10000',
      out_trade_no: 'T0001',
      trade_no: expect.stringMatching(/^20261121\d{20}$/),
      total_amount: '120.88',
      receipt_amount: '120.88',
      buyer_pay_amount: '120.88',
      gmt_payment: '2026-11-21 12:00:00',
      buyer_logon_id: '138****0101',
      fund_bill_list: [{ amount: '120.88', fund_channel: 'ALIPAYACCOUNT' }],
    });
    expect(shop.query('T0001')).toMatchObject({ code: '10000', trade_status: 'TRADE_SUCCESS', total_amount: '120.88' });
    expect(shop.wallet.netFen('ordinary')).toBe(12_088);
  });

  it.each([
    ['expiredCode', 100, 'ACQ.PAYMENT_AUTH_CODE_INVALID'],
    ['blockedAccount', 100, 'ACQ.BUYER_ENABLE_STATUS_FORBID'],
    ['risky', 100, 'ACQ.PAYMENT_REQUEST_HAS_RISK'],
    ['lowBalance', 200, INSUFFICIENT],
    ['dayLimit', 5_100, 'ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR'],
  ])('refuses %s over %d fen with %s', (customer, amountFen, subCode) => {
    const shop = new Merchant();
    expect(shop.pay(customer, amountFen)).toMatchObject({ code: '40004', sub_code: subCode });
    expect(shop.query('T0001')).toMatchObject({ code: '40004', sub_code: 'ACQ.TRADE_NOT_EXIST' });
  });

  it('refuses a code that nobody has', () => {
    const shop = new Merchant();
    expect(shop.pay('ordinary', 100, { authCode: '289999999999999999' })).toMatchObject({
      sub_code: 'ACQ.PAYMENT_AUTH_CODE_INVALID',
    });
  });
});

describe('wallet: pay, again and with wrong parameters', () => {
  it('counts what was paid before against balance and day limit, and gives the day limit back the next day', async () => {
    const shop = new Merchant();
    expect([shop.pay('dayLimit', 3_000), shop.pay('dayLimit', 3_000)]).toMatchObject([
      { code: '10000' },
      { code: '40004' },
    ]);
    await shop.clock.advance(24 * 3_600_000);
    expect(shop.pay('dayLimit', 3_000)).toMatchObject({ code: '10000' });
    expect([shop.pay('lowBalance', 100), shop.pay('lowBalance', 100)]).toMatchObject([
      { code: '10000' },
      { sub_code: INSUFFICIENT },
    ]);
  });

  it('never charges twice for one order number', () => {
    const shop = new Merchant();
    const again = { outTradeNo: 'SAME' };
    expect(shop.pay('ordinary', 1000, again)).toMatchObject({ code: '10000' });
    expect(shop.pay('ordinary', 1000, again)).toMatchObject({ sub_code: 'ACQ.TRADE_HAS_SUCCESS' });
    expect(shop.pay('ordinary', 2000, again)).toMatchObject({ sub_code: 'ACQ.CONTEXT_INCONSISTENT' });
    expect(shop.pay('huabei', 1000, again)).toMatchObject({ sub_code: 'ACQ.CONTEXT_INCONSISTENT' });
    expect(shop.wallet.netFen()).toBe(1000);
  });

  it.each([
    ['no amount', { total_amount: undefined }],
    ['an amount of nothing', { total_amount: '0.00' }],
    ['an amount in exponents', { total_amount: '1e3' }],
    ['a thousands separator', { total_amount: '1,000.00' }],
    ['another scene', { scene: 'wave_code' }],
    ['an order number with a blank', { out_trade_no: 'A B' }],
    ['five periods', { extend_params: { hb_fq_num: '5', hb_fq_seller_percent: '0' } }],
    ['half a fee each', { extend_params: { hb_fq_num: '3', hb_fq_seller_percent: '50' } }],
    ['a timeout of nothing', { timeout_express: '0m' }],
  ])('refuses %s as a parameter', (_, change) => {
    const shop = new Merchant();
    const params = shop.payParams('huabei', 1000);
    const biz = { ...(JSON.parse(params['biz_content'] ?? '') as object), ...change };
    const reply = shop.call({ ...params, biz_content: JSON.stringify(biz) }, 'alipay.trade.pay');
    expect(reply).toMatchObject({ code: '40004', sub_code: 'ACQ.INVALID_PARAMETER' });
    expect(shop.wallet.orders()).toEqual([]);
  });
});

describe('wallet: Huabei instalments', () => {
  // Amount, periods, whole fee: the known figures of the wallet's own sample.
  it.each([
    [10_000, 3, 230, 3409],
    [10_000, 6, 450, 1741],
    [10_000, 12, 750, 895],
    [60_000, 6, 2700, 10_450],
    [123_457, 12, 9259, 11_059],
  ])('quotes %d fen in %d periods', (amountFen, periods, feeFen, perPeriodFen) => {
    expect(huabeiQuote(amountFen, periods, 'buyer')).toMatchObject({ feeFen, perPeriodFen });
  });

  it('rounds a fee that ends in half a fen to the even one', () => {
    expect([huabeiQuote(100, 6, 'buyer')?.feeFen, huabeiQuote(300, 6, 'buyer')?.feeFen]).toEqual([4, 14]);
  });

  it.each([3, 6, 12])('grants %d periods and names the fee', (periods) => {
    const shop = new Merchant();
    const reply = shop.pay('huabei', 120_000, { installment: { periods, feePayer: 'customer' } });
    const fee_amount = { 3: '27.60', 6: '54.00', 12: '90.00' }[periods];
    const expected = {
      code: '10000',
      hb_fq_pay_info: { user_install_num: String(periods), fee_amount, seller_percent: '0' },
    };
    expect(reply).toMatchObject({
      ...expected,
      receipt_amount: '1200.00',
      fund_bill_list: [{ fund_channel: 'PCREDIT' }],
    });
    expect(shop.query('T0001')).toMatchObject(expected);
  });

  it('takes the fee from the merchant where the merchant pays it', () => {
    const shop = new Merchant();
    const reply = shop.pay('huabei', 120_000, { installment: { periods: 3, feePayer: 'merchant' } });
    expect(reply).toMatchObject({
      receipt_amount: '1178.40',
      hb_fq_pay_info: { fee_amount: '21.60', per_period_amount: '400.00' },
    });
  });

  it('refuses customers without Huabei, and beyond their credit line', () => {
    const shop = new Merchant();
    const installment = { periods: 3, feePayer: 'customer' } as const;
    expect(shop.pay('ordinary', 1000, { installment })).toMatchObject({
      sub_code: 'ACQ.NO_PAYMENT_INSTRUMENTS_AVAILABLE',
    });
    expect(shop.pay('huabeiLowLimit', 6_000, { installment })).toMatchObject({ code: '10000' });
    expect(shop.pay('huabeiLowLimit', 6_000, { installment })).toMatchObject({ sub_code: INSUFFICIENT });
    expect(shop.pay('huabeiLowLimit', 6_000)).toMatchObject({ code: '10000' });
  });
});

describe('wallet: the customer’s phone', () => {
  it('is pending until the customer confirms', () => {
    const shop = new Merchant();
    const phone = shop.wallet.phone('needsConfirm');
    expect(shop.pay('needsConfirm', 1000)).toMatchObject({ code: '10003', total_amount: '10.00' });
    expect(shop.query('T0001')).toMatchObject({ trade_status: 'WAIT_BUYER_PAY' });
    expect([shop.wallet.netFen(), phone.waiting()?.amountFen]).toEqual([0, 1000]);
    expect([phone.confirm(), phone.confirm()]).toEqual([true, false]);
    expect(shop.query('T0001')).toMatchObject({ trade_status: 'TRADE_SUCCESS', send_pay_date: '2026-11-21 12:00:00' });
    expect(shop.pay('needsConfirm', 1000, { outTradeNo: 'T0001' })).toMatchObject({
      sub_code: 'ACQ.TRADE_HAS_SUCCESS',
    });
  });

  it('closes the order when the customer refuses', () => {
    const shop = new Merchant();
    shop.pay('needsConfirm', 1000);
    expect(shop.wallet.phone('needsConfirm').refuse()).toBe(true);
    expect(shop.query('T0001')).toMatchObject({ trade_status: 'TRADE_CLOSED' });
    expect(shop.wallet.netFen()).toBe(0);
  });

  it.each([
    ['confirmsSlowly', 'TRADE_SUCCESS'],
    ['refuses', 'TRADE_CLOSED'],
  ])('lets %s decide alone after six seconds', async (customer, status) => {
    const shop = new Merchant();
    shop.pay(customer, 1000);
    await shop.clock.advance(5_999);
    expect(shop.query('T0001')).toMatchObject({ trade_status: 'WAIT_BUYER_PAY' });
    await shop.clock.advance(1);
    expect(shop.query('T0001')).toMatchObject({ trade_status: status });
  });

  it('closes an order that was not confirmed in its time', async () => {
    const shop = new Merchant();
    shop.pay('needsConfirm', 1000, { timeoutMinutes: 2 });
    shop.pay('confirmsSlowly', 1000, { timeoutMinutes: 2 });
    await shop.clock.advance(120_000);
    expect(shop.query('T0001')).toMatchObject({ trade_status: 'TRADE_CLOSED' });
    expect(shop.query('T0002')).toMatchObject({ trade_status: 'TRADE_SUCCESS' });
    expect(shop.wallet.phone('needsConfirm').confirm()).toBe(false);
  });

  it('repeats that it is pending, without a second order', () => {
    const shop = new Merchant();
    shop.pay('needsConfirm', 1000, { outTradeNo: 'SAME' });
    expect(shop.pay('needsConfirm', 1000, { outTradeNo: 'SAME' })).toMatchObject({ code: '10003' });
    expect(shop.wallet.orders()).toHaveLength(1);
  });

  it('knows its customers', () => {
    expect(() => new Merchant().wallet.phone('nobody')).toThrow(RangeError);
    expect(new Set(WALLET_CUSTOMERS.map(({ code }) => code)).size).toBe(WALLET_CUSTOMERS.length);
  });
});

describe('wallet: cancel', () => {
  it('pays back a paid order, once, and says the same again', () => {
    const shop = new Merchant();
    shop.pay('ordinary', 1000);
    const refunded = { code: '10000', action: 'refund', retry_flag: 'N', out_trade_no: 'T0001' };
    expect([shop.cancel('T0001'), shop.cancel('T0001')]).toMatchObject([refunded, refunded]);
    expect(shop.wallet.netFen()).toBe(0);
    expect(shop.query('T0001')).toMatchObject({ trade_status: 'TRADE_CLOSED' });
  });

  it('closes a waiting order, which then cannot be confirmed', () => {
    const shop = new Merchant();
    shop.pay('needsConfirm', 1000);
    expect(shop.cancel('T0001')).toMatchObject({ code: '10000', action: 'close' });
    expect(shop.wallet.phone('needsConfirm').confirm()).toBe(false);
    expect(shop.wallet.netFen()).toBe(0);
  });

  it('pays back when the customer confirmed between the last query and the cancel', async () => {
    const shop = new Merchant();
    shop.pay('confirmsSlowly', 1000);
    await shop.clock.advance(5_990);
    expect(shop.query('T0001')).toMatchObject({ trade_status: 'WAIT_BUYER_PAY' });
    await shop.clock.advance(20);
    expect(shop.cancel('T0001')).toMatchObject({ action: 'refund' });
    expect(shop.wallet.netFen()).toBe(0);
  });

  it('cancels an order that never came, and refuses it when it comes after all', () => {
    const shop = new Merchant();
    const reply = shop.cancel('GHOST');
    expect(reply).toMatchObject({ code: '10000', retry_flag: 'N', out_trade_no: 'GHOST' });
    expect(reply).not.toHaveProperty('action');
    expect(shop.pay('ordinary', 1000, { outTradeNo: 'GHOST' })).toMatchObject({ sub_code: 'ACQ.TRADE_HAS_CLOSE' });
    expect(shop.wallet.netFen()).toBe(0);
  });

  it('asks for another try when told to, and has done nothing then', () => {
    const shop = new Merchant();
    shop.pay('ordinary', 1000);
    shop.wallet.faults.inject({ kind: 'cancelRetry' }, 2);
    expect([shop.cancel('T0001'), shop.cancel('T0001')]).toMatchObject([{ retry_flag: 'Y' }, { retry_flag: 'Y' }]);
    expect(shop.wallet.netFen()).toBe(1000);
    expect(shop.cancel('T0001')).toMatchObject({ action: 'refund', retry_flag: 'N' });
  });

  it('is too late after a day', async () => {
    const shop = new Merchant();
    shop.pay('ordinary', 1000);
    await shop.clock.advance(24 * 3_600_000 + 1);
    expect(shop.cancel('T0001')).toMatchObject({ sub_code: 'ACQ.TRADE_CANCEL_TIME_OUT', retry_flag: 'N' });
    expect(shop.wallet.netFen()).toBe(1000);
  });
});

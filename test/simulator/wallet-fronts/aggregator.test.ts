import { describe, expect, it } from '@jest/globals';
import { classifyPayCode } from '../../../firmware/protocol/card/pay-code.ts';
import { decodeMpm } from '../../../firmware/protocol/qr/mpm.ts';
import type { OrderedPlan, Wallet } from '../../../firmware/protocol/wallet/wallet-api.ts';
import { payCodeOf, WEB_PEOPLE } from '../../../simulator/wallet/web-people.ts';
import { codeOf, Counter, shopCalls, word } from './counter.ts';

const ORDER = '1234567820261121000001000042';

describe('the aggregator', () => {
  it.each<[Wallet, RegExp]>([
    ['wechat', /^weixin:/],
    ['alipay', /^https:\/\/qr\.alipay\.com\//],
    ['jd', /^https:\/\/h5pay\.jd\.com\//],
    ['unionpay', /^000201/],
  ])('makes the code that a customer of %s scans', (wallet, form) => {
    const answer = new Counter('lakala').ask(shopCalls({ wallet }).present);
    expect(codeOf(answer)).toMatch(form);
    if (wallet === 'unionpay') expect(decodeMpm(codeOf(answer))).toContainEqual({ id: '54', value: '1200.00' });
  });

  it.each<[Wallet, OrderedPlan['method'], OrderedPlan['feePayer']]>([
    ['alipay', 'huabei', 'customer'],
    ['jd', 'baitiao', 'merchant'],
  ])('books instalments of %s as asked', (wallet, method, feePayer) => {
    const counter = new Counter('lakala');
    const plan: OrderedPlan = { method, periods: 6, feePayer, feeFen: 5_400, totalFen: 125_400 };
    const byPlan = (customer: string, outTradeNo: string, amountFen: number) => {
      const { pay } = shopCalls({ wallet, customer, outTradeNo, amountFen });
      return { ...pay, order: { ...pay.order, plan } };
    };
    expect(counter.ask(byPlan('credit', ORDER, 120_000))).toMatchObject({
      kind: 'paid',
      trade: { periods: 6, buyer: '138****0202' },
    });
    expect(counter.wallet.order(ORDER)?.plan).toEqual({ method, periods: 6, feePayer });
    expect(word(counter.ask(byPlan('ordinary', 'T2', 120_000)))).toBe('failed FQ50006');
    expect(word(counter.ask(byPlan('credit', 'T3', 1_880_001)))).toBe('failed FQ50002');
    expect(word(counter.ask(byPlan('creditLowLimit', 'T4', 10_001)))).toBe('failed FQ50002');
    expect(word(counter.ask(byPlan('creditLowLimit', 'T5', 10_000)))).toBe('paid');
  });

  it.each<[Wallet, OrderedPlan['method'], number, number, string]>([
    ['alipay', 'huabei', 7, 120_000, 'failed FQ50006'],
    ['alipay', 'huabei', 24, 120_000, 'failed FQ50006'],
    ['jd', 'baitiao', 24, 120_000, 'paid'],
    ['jd', 'baitiao', 7, 120_000, 'failed FQ50006'],
    ['jd', 'baitiao', 3, 999, 'failed FQ50006'],
  ])('sells %s %s in %i periods for %i fen: %s', (wallet, method, periods, amountFen, expected) => {
    const { pay } = shopCalls({ wallet, customer: 'credit', amountFen });
    const plan: OrderedPlan = { method, periods, feePayer: 'merchant', feeFen: 0, totalFen: amountFen };
    expect(word(new Counter('lakala').ask({ ...pay, order: { ...pay.order, plan } }))).toBe(expected);
  });

  it('every customer has a code of each wallet, which a terminal takes for one of that wallet', () => {
    for (const person of WEB_PEOPLE) {
      for (const wallet of ['wechat', 'alipay', 'unionpay', 'jd'] as const) {
        expect(classifyPayCode(payCodeOf(person, wallet))).toBe(wallet);
      }
    }
  });
});

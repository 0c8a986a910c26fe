import { describe, expect, it } from '@jest/globals';
import { type CardInstallment, installmentRequestData, saleResponse } from '../../firmware/protocol/cup/messages.ts';
import { type Exchanged, type SaleOptions, testHost, TestTerminal } from './terminal.ts';

const PLAN: CardInstallment = { periods: 6, productCode: 'FQ06', feeMode: 'perPeriod' };

function signedOn() {
  const { host } = testHost();
  const terminal = new TestTerminal(host);
  terminal.signOn();
  const sell = (amountFen: number, plan: Partial<CardInstallment> = {}): Exchanged => {
    const fields = { 25: '64', 62: installmentRequestData({ ...PLAN, ...plan }) };
    const options: SaleOptions = { entry: 'chip', pin: '123456', fields };
    return terminal.sale('credit', amountFen, options);
  };
  return { host, terminal, sell };
}

describe('acquirer: instalments', () => {
  it.each<[string, Partial<CardInstallment>, number, string]>([
    ["the issuer's own product", {}, 60_000, '00'],
    ["the issuer's own product at the shop's cost", { productCode: 'SQ06' }, 60_000, '00'],
    ['a name of the acquirer', { productCode: 'STANDARD' }, 60_000, '00'],
    ['the short form', { layout: 'short' }, 60_000, '00'],
    ['the smallest amount', {}, 50_000, '00'],
    ['less than the smallest amount', {}, 49_900, '13'],
    ['periods that are not offered', { periods: 18, productCode: 'FQ18' }, 60_000, '57'],
    ['other periods than the product has', { periods: 3 }, 60_000, '57'],
    ["other periods than the product at the shop's cost has", { productCode: 'SQ12' }, 60_000, '57'],
  ])('%s', (_what, plan, amountFen, code) => {
    const { host, sell } = signedOn();
    expect([sell(amountFen, plan).code, host.netFen('credit')]).toEqual([code, code === '00' ? amountFen : 0]);
  });

  it.each([
    ['by an amount', 60_069, 60_070],
    ['by a fault', 60_000, 60_000],
  ])('are approved with terms that do not add up, or with none, %s', (how, oddFen, noneFen) => {
    const { host, sell } = signedOn();
    const termsOf = ({ reply }: Exchanged) => reply && saleResponse(reply).installment;
    const right = termsOf(sell(60_000));
    if (how === 'by a fault') host.faults.inject({ kind: 'wrongTerms' });
    const odd = sell(oddFen);
    expect([odd.code, odd.mac]).toEqual(['00', 'good']);
    const rightFen = oddFen - 5 * Math.floor(oddFen / 6);
    expect([right?.firstAmountFen, Math.abs((termsOf(odd)?.firstAmountFen ?? 0) - rightFen)]).toEqual([10_000, 1]);
    if (how === 'by a fault') host.faults.inject({ kind: 'noTerms' });
    const none = sell(noneFen);
    expect([none.code, none.mac, termsOf(none)]).toEqual(['00', 'good', undefined]);
    expect(host.netFen('credit')).toBe(60_000 + oddFen + noneFen);
  });

  it('are approved with another fee, and the same first amount', () => {
    const { host, sell } = signedOn();
    const termsOf = ({ reply }: Exchanged) => reply && saleResponse(reply).installment;
    const right = termsOf(sell(60_000));
    host.faults.inject({ kind: 'wrongFee' });
    const odd = sell(60_000);
    expect([odd.code, odd.mac]).toEqual(['00', 'good']);
    const { firstFeeFen: rightFen = 0, ...others } = right ?? {};
    expect(termsOf(odd)).toMatchObject(others);
    expect(Math.abs((termsOf(odd)?.firstFeeFen ?? 0) - rightFen)).toBe(1);
  });

  it('keep their faults until there are terms to spoil', () => {
    const { host, terminal, sell } = signedOn();
    host.faults.inject({ kind: 'noTerms' });
    expect([terminal.signOn().code, terminal.sale('credit', 1_000, { entry: 'fallback', pin: '123456' }).code]).toEqual(
      ['00', '00'],
    );
    expect(sell(60_000).reply?.fields[62]).toBeUndefined();
  });

  it('are voided as what they are', () => {
    const { host, terminal, sell } = signedOn();
    const sale = sell(60_000);
    expect(terminal.void(sale, { 25: '00' }).code).toBe('12');
    expect(terminal.void(sale, { 62: sale.request.fields[62] }).code).toBe('00');
    expect(host.netFen('credit')).toBe(0);
  });
});

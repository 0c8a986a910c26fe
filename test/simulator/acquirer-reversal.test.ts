import { describe, expect, it } from '@jest/globals';
import { TEST_TERMINAL } from '../../simulator/acquirer/terminals.ts';
import { type SaleOptions, testHost, TestTerminal } from './terminal.ts';

const BY_CHIP: SaleOptions = { entry: 'chip', pin: '123456' };

function signedOn(): { host: ReturnType<typeof testHost>['host']; terminal: TestTerminal } {
  const { host } = testHost();
  const terminal = new TestTerminal(host);
  terminal.signOn();
  return { host, terminal };
}

describe('acquirer: reversal', () => {
  it('gives the money back once, however often it is asked', () => {
    const { host, terminal } = signedOn();
    const sale = terminal.sale('low-balance', 900, BY_CHIP);
    const first = terminal.reverse(sale);
    expect([first.reply?.mti, first.code, first.mac]).toEqual(['0410', '00', 'good']);
    expect(first.reply?.fields[11]).toBe(sale.request.fields[11]);
    expect(first.reply?.fields[37]).toBe(sale.reply?.fields[37]);
    expect([terminal.reverse(sale, 'A0').code, terminal.reverse(sale).code]).toEqual(['00', '00']);
    expect(host.netFen('low-balance')).toBe(0);
    expect(host.entries()).toMatchObject([{ state: 'reversed', reversalReasons: ['98', 'A0', '98'] }]);
    expect(terminal.sale('low-balance', 900, BY_CHIP).code).toBe('00');
  });

  it('takes back a sale whose answer never came', () => {
    const { host, terminal } = signedOn();
    const sale = terminal.sale('debit', 1098, BY_CHIP);
    expect(sale.code).toBe('silence');
    expect(host.netFen('debit')).toBe(1098);
    expect(terminal.reverse(sale).code).toBe('00');
    expect(host.netFen('debit')).toBe(0);
  });

  it('answers 25 where the original never came, and refuses the original if it comes after all', () => {
    const { host, terminal } = signedOn();
    const request = terminal.saleRequest('debit', 1000, BY_CHIP);
    host.faults.inject({ kind: 'dropRequest' });
    const lost = terminal.exchange('0200', request.fields, 'good');
    expect([terminal.reverse(lost).code, terminal.reverse(lost).code]).toEqual(['25', '25']);
    expect(terminal.exchange('0200', request.fields, 'good').code).toBe('94');
    expect(host.netFen()).toBe(0);
  });

  it('answers 12 for an original that was refused', () => {
    const { terminal } = signedOn();
    expect(terminal.reverse(terminal.sale('debit', 1051, BY_CHIP)).code).toBe('12');
  });

  it('touches nothing when the amount is another one', () => {
    const { host, terminal } = signedOn();
    const sale = terminal.sale('debit', 1000, BY_CHIP);
    expect(terminal.reverse(sale, '98', { 4: '000000000900' }).code).toBe('64');
    expect(host.netFen('debit')).toBe(1000);
  });

  it('answers 30 without a reason, A0 under a wrong MAC, and then still reverses', () => {
    const { host, terminal } = signedOn();
    const sale = terminal.sale('debit', 1000, BY_CHIP);
    expect(terminal.reverse(sale, '98', { 39: undefined }).code).toBe('30');
    expect(
      terminal.exchange('0400', { ...terminal.reverse(sale, '98', { 4: undefined }).request.fields }, 'wrong').code,
    ).toBe('A0');
    expect(host.netFen('debit')).toBe(1000);
    expect(terminal.reverse(sale).code).toBe('00');
  });

  it('finds the original of a batch that was closed meanwhile, under the keys of a new sign-on', () => {
    const { host, terminal } = signedOn();
    const sale = terminal.sale('debit', 1000, BY_CHIP);
    host.startNextBatch(TEST_TERMINAL.terminalId);
    terminal.signOn();
    expect(terminal.reverse(sale).code).toBe('00');
    expect(host.netFen()).toBe(0);
  });
});

import { describe, expect, it } from '@jest/globals';
import { textField } from '../../firmware/protocol/iso8583/index.ts';
import { FaultSwitches } from '../../simulator/fault-switches.ts';
import { type SaleOptions, testHost, TestTerminal } from './terminal.ts';

const BY_CHIP: SaleOptions = { entry: 'chip', pin: '123456' };

function signedOn(): { host: ReturnType<typeof testHost>['host']; terminal: TestTerminal } {
  const { host } = testHost();
  const terminal = new TestTerminal(host);
  terminal.signOn();
  return { host, terminal };
}

describe('fault switches', () => {
  it('uses a fault up once, several times, or never, oldest first', () => {
    const faults = new FaultSwitches<{ kind: 'a' | 'b'; tag: number }>();
    faults.inject({ kind: 'a', tag: 1 });
    faults.inject({ kind: 'a', tag: 2 }, 2);
    faults.inject({ kind: 'b', tag: 3 }, Number.POSITIVE_INFINITY);
    const tags = (kind: 'a' | 'b'): (number | undefined)[] => [1, 2, 3, 4].map(() => faults.take(kind)?.tag);
    expect(tags('a')).toEqual([1, 2, 2, undefined]);
    expect(tags('b')).toEqual([3, 3, 3, 3]);
    expect(faults.armed()).toHaveLength(1);
    faults.clear();
    expect(tags('b')).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('disarms one kind and leaves the others and the outage', () => {
    const faults = new FaultSwitches<{ kind: 'a' | 'b' }>();
    faults.down = true;
    faults.inject({ kind: 'a' });
    faults.inject({ kind: 'b' });
    faults.clear('a');
    expect([faults.take('a'), faults.take('b'), faults.down]).toEqual([undefined, { kind: 'b' }, true]);
    faults.clear();
    expect(faults.down).toBe(false);
  });
});

describe('acquirer: faults', () => {
  it.each([
    ['dropRequest', 0],
    ['dropReply', 1000],
  ] as const)('%s loses one message, and the books say which', (kind, chargedFen) => {
    const { host, terminal } = signedOn();
    host.faults.inject({ kind });
    expect(terminal.sale('debit', 1000, BY_CHIP).answers).toEqual([]);
    expect(host.netFen()).toBe(chargedFen);
    expect(terminal.sale('debit', 1000, BY_CHIP).code).toBe('00');
  });

  it('ends the connection after it has executed the request', () => {
    const { host, terminal } = signedOn();
    host.faults.inject({ kind: 'closeAfterRequest' });
    expect(terminal.sale('debit', 1000, BY_CHIP).answers).toMatchObject([{ kind: 'close' }]);
    expect(host.netFen()).toBe(1000);
  });

  it('delays an answer by as much as was asked', () => {
    const { host, terminal } = signedOn();
    const [usual] = terminal.sale('debit', 1000, BY_CHIP).answers;
    host.faults.inject({ kind: 'delayReply', byMs: 5000 });
    expect(terminal.sale('debit', 1000, BY_CHIP).answers[0]?.afterMs).toBe((usual?.afterMs ?? 0) + 5000);
  });

  it.each([
    ['wrongMac', (sale: ReturnType<TestTerminal['sale']>) => sale.mac === 'wrong'],
    ['noMac', (sale: ReturnType<TestTerminal['sale']>) => sale.mac === 'none'],
    ['wrongStan', (sale: ReturnType<TestTerminal['sale']>) => sale.reply?.fields[11] !== sale.request.fields[11]],
    ['wrongAmount', (sale: ReturnType<TestTerminal['sale']>) => sale.reply?.fields[4] === '000000001001'],
    ['wrongTerminal', (sale: ReturnType<TestTerminal['sale']>) => sale.reply?.fields[41] === '99999999'],
    ['duplicate', (sale: ReturnType<TestTerminal['sale']>) => sale.answers.length === 2],
    ['garbageFrame', (sale: ReturnType<TestTerminal['sale']>) => sale.answers[0]?.kind === 'raw'],
    ['truncatedFrame', (sale: ReturnType<TestTerminal['sale']>) => sale.answers[1]?.kind === 'close'],
  ] as const)('%s spoils one answer, executes the request, and is over', (kind, isSpoiled) => {
    const { host, terminal } = signedOn();
    host.faults.inject({ kind });
    expect(isSpoiled(terminal.sale('debit', 1000, BY_CHIP))).toBe(true);
    expect(host.netFen()).toBe(1000);
    expect(isSpoiled(terminal.sale('debit', 1000, BY_CHIP))).toBe(false);
  });
});

describe('acquirer: faults of some requests', () => {
  it('keeps a MAC fault until there is a MAC to spoil', () => {
    const { host, terminal } = signedOn();
    host.faults.inject({ kind: 'wrongMac' });
    expect(terminal.manage('301').code).toBe('00');
    expect(terminal.sale('debit', 1000, BY_CHIP).mac).toBe('wrong');
  });

  it('proves itself wrongly to a chip once', () => {
    const { host, terminal } = signedOn();
    host.faults.inject({ kind: 'wrongArpc' });
    const accepts = (): boolean | undefined => {
      const { reply } = terminal.sale('debit', 1000, BY_CHIP);
      return terminal.chip?.complete('00', reply?.fields[55] as Uint8Array).accepted;
    };
    expect([accepts(), accepts()]).toEqual([false, true]);
  });

  it('answers any response code that a script wants, to sales, reversals and sign-ons, and executes nothing', () => {
    const { host, terminal } = signedOn();
    host.faults.inject({ kind: 'respond', responseCode: '96', mti: '0200' });
    const sale = terminal.sale('debit', 1000, BY_CHIP);
    expect(sale).toMatchObject({ code: '96', mac: 'good' });
    host.faults.inject({ kind: 'respond', responseCode: '98', mti: '0400' }, 2);
    expect([terminal.reverse(sale).code, terminal.reverse(sale).code, terminal.reverse(sale).code]).toEqual([
      '98',
      '98',
      '25',
    ]);
    host.faults.inject({ kind: 'respond', responseCode: '91', mti: '0800' });
    expect(terminal.signOn().code).toBe('91');
    expect(host.netFen()).toBe(0);
  });

  it('meets only requests of the MTI it was armed for', () => {
    const { host, terminal } = signedOn();
    host.faults.inject({ kind: 'dropReply', mti: '0400' });
    const sale = terminal.sale('debit', 1000, BY_CHIP);
    expect(sale.code).toBe('00');
    expect([terminal.reverse(sale).code, terminal.reverse(sale).code]).toEqual(['silence', '00']);
  });

  it('is gone while it is down: nothing is answered, nothing executed', () => {
    const { host, terminal } = signedOn();
    host.faults.down = true;
    expect([terminal.signOn().code, terminal.sale('debit', 1000, BY_CHIP).code]).toEqual(['silence', 'silence']);
    host.faults.down = false;
    terminal.signOn();
    expect(terminal.sale('debit', 1000, BY_CHIP).code).toBe('00');
    expect(host.netFen()).toBe(1000);
  });
});

describe('acquirer: repeatability', () => {
  const run = (seed: number): unknown => {
    const { host } = testHost({ seed });
    const terminal = new TestTerminal(host);
    const exchanges = [
      terminal.signOn('006'),
      terminal.sale('debit', 1000, { ...BY_CHIP, encryptsTrack: true }),
      terminal.signOn(),
      terminal.sale('contactless', 2000, { entry: 'tap' }),
      terminal.sale('debit', 1098, BY_CHIP),
      terminal.sale('debit', 1064, BY_CHIP),
    ];
    return [exchanges.map(({ answers }) => answers), host.entries()];
  };

  it('gives the same bytes for the same seed, and others for another', () => {
    expect(run(7)).toEqual(run(7));
    expect(run(7)).not.toEqual(run(8));
  });

  it('numbers transactions uniquely', () => {
    const { terminal } = signedOn();
    const numbers = [1, 2, 3].map(() => textField(terminal.sale('debit', 1000, BY_CHIP).reply!, 37));
    expect(new Set(numbers).size).toBe(3);
    expect(numbers[0]).toMatch(/^632512/);
  });
});

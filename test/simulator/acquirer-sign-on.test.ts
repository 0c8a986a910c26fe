import { describe, expect, it } from '@jest/globals';
import type { MacAlgorithm } from '../../firmware/hal/index.ts';
import { TEST_TERMINAL } from '../../simulator/acquirer/terminals.ts';
import { testHost, TestTerminal } from './terminal.ts';

describe('acquirer: sign-on', () => {
  it.each([
    { scheme: '001', pin: 8, mac: 8, track: undefined },
    { scheme: '003', pin: 16, mac: 8, track: undefined },
    { scheme: '004', pin: 16, mac: 8, track: 16 },
    { scheme: '006', pin: 16, mac: 16, track: 16 },
  ] as const)(
    'delivers the keys of scheme $scheme, and a sale with PIN goes through under them',
    ({ scheme, ...lengths }) => {
      const { host } = testHost();
      const terminal = new TestTerminal(host);
      const { reply, code, mac } = terminal.signOn(scheme);
      expect(code).toBe('00');
      expect(mac).toBe('none');
      expect(reply?.fields).toMatchObject({ 12: '120000', 13: '1121', 60: `00000001${scheme}` });
      for (const usage of ['pin', 'mac', 'track'] as const) expect(terminal.keyBytes(usage)).toBe(lengths[usage]);
      const sale = terminal.sale('magstripe-only', 1000, { pin: '123456', encryptsTrack: lengths.track !== undefined });
      expect([sale.code, sale.mac]).toEqual(['00', 'good']);
    },
  );

  it.each(['cup-ecb', 'x9.9', 'x9.19', 'cbc', 'raw-fold'] as const)(
    'checks and makes field 64 by %s',
    (macAlgorithm: MacAlgorithm) => {
      const { host } = testHost({ macAlgorithm });
      const terminal = new TestTerminal(host, TEST_TERMINAL, macAlgorithm);
      terminal.signOn('004');
      expect(terminal.sale('credit', 1000, { entry: 'fallback' })).toMatchObject({ code: '00', mac: 'good' });
      expect(terminal.sale('credit', 1000, { entry: 'fallback', mac: 'wrong' })).toMatchObject({
        code: 'A0',
        mac: 'none',
      });
    },
  );

  it('refuses single-length keys to a terminal whose MAC needs double length', () => {
    const { host } = testHost({ macAlgorithm: 'x9.19' });
    expect(new TestTerminal(host, TEST_TERMINAL, 'x9.19').signOn('001').code).toBe('58');
  });

  it('gives other keys each time and takes the old ones no more', () => {
    const { host } = testHost();
    const [before, after] = [new TestTerminal(host), new TestTerminal(host)];
    const first = before.signOn();
    const second = after.signOn();
    expect(first.reply?.fields[62]).not.toEqual(second.reply?.fields[62]);
    expect(before.sale('credit', 1000, { entry: 'fallback' }).code).toBe('A0');
    expect(after.sale('credit', 1000, { entry: 'fallback' }).code).toBe('00');
  });
});

describe('acquirer: sign-ons that fail', () => {
  it('sends a check value that does not fit when told to', () => {
    const { host } = testHost();
    const terminal = new TestTerminal(host);
    host.faults.inject({ kind: 'wrongCheckValue' });
    terminal.signOn();
    expect(terminal.keyBytes('pin')).toBeUndefined();
    expect(terminal.keyBytes('mac')).toBe(8);
    terminal.signOn();
    expect(terminal.keyBytes('pin')).toBe(16);
  });

  it('answers 97 to a terminal that is not on file, or belongs to another merchant', () => {
    const { host } = testHost();
    expect(new TestTerminal(host, { ...TEST_TERMINAL, terminalId: '10000002' }).signOn().code).toBe('97');
    expect(new TestTerminal(host, { ...TEST_TERMINAL, merchantId: '898310058129999' }).signOn().code).toBe('97');
  });

  it('answers 40 to a sign-on that it does not know', () => {
    const { host } = testHost();
    expect(new TestTerminal(host).exchange('0800', { 60: '00000001005' }, 'none').code).toBe('40');
  });

  it('echoes before any sign-on', () => {
    const { host } = testHost();
    const { reply, code } = new TestTerminal(host).manage('301');
    expect([reply?.mti, code]).toEqual(['0830', '00']);
  });

  it.each([
    ['before a sign-on', false],
    ['after a sign-off', true],
  ])('answers A0 without MAC to a sale %s', (_, hasSignedOff) => {
    const { host } = testHost();
    const terminal = new TestTerminal(host);
    if (hasSignedOff) {
      terminal.signOn();
      expect(terminal.manage('002').code).toBe('00');
    }
    expect(terminal.sale('credit', 1000, { entry: 'fallback' })).toMatchObject({ code: 'A0', mac: 'none' });
    expect(host.entries()).toEqual([]);
  });
});

describe('acquirer: keys and batches that end', () => {
  it('answers A0 once the keys have expired, until the next sign-on', () => {
    const { host } = testHost();
    const terminal = new TestTerminal(host);
    terminal.signOn();
    host.expireKeys(TEST_TERMINAL.terminalId);
    expect(terminal.sale('credit', 1000, { entry: 'fallback' }).code).toBe('A0');
    terminal.signOn();
    expect(terminal.sale('credit', 1000, { entry: 'fallback' }).code).toBe('00');
  });

  it('answers 77 to a sale of a closed batch; the sign-on tells the open one', () => {
    const { host } = testHost();
    const terminal = new TestTerminal(host);
    terminal.signOn();
    host.startNextBatch(TEST_TERMINAL.terminalId);
    expect(terminal.sale('credit', 1000, { entry: 'fallback' })).toMatchObject({ code: '77', mac: 'good' });
    terminal.signOn();
    expect(terminal.batch).toBe('000002');
    expect(terminal.sale('credit', 1000, { entry: 'fallback' }).code).toBe('00');
  });
});

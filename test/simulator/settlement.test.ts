import { describe, expect, it } from '@jest/globals';
import { bytesOfLatin1, hex } from '../../firmware/base/bytes.ts';
import type { IsoValue } from '../../firmware/protocol/iso8583/index.ts';
import { testCard } from '../../hal-mock/cards/test-cards.ts';
import type { Acquirer } from '../../simulator/acquirer/acquirer.ts';
import { TEST_TERMINAL } from '../../simulator/acquirer/terminals.ts';
import { type Exchanged, TestTerminal, testHost } from './terminal.ts';

const CARD = 'contactless';
const PAN = testCard(CARD).pan;
const NOTHING = '0'.repeat(30);
const CERTIFICATE = hex('9F2608AABBCCDDEEFF0011 9F270140');

/** One half of field 48: amount n12, count n3, no credits. */
const half = (amountFen: number, count: number): string =>
  amountFen.toString().padStart(12, '0') + count.toString().padStart(3, '0') + '0'.repeat(15);

/** A signed-on terminal at a host, with one tapped sale of 100.00. */
class Settling {
  readonly host: Acquirer;
  readonly terminal: TestTerminal;
  readonly sale: Exchanged;

  constructor() {
    this.host = testHost().host;
    this.terminal = new TestTerminal(this.host);
    this.terminal.signOn();
    this.sale = this.terminal.sale(CARD, 10_000, { entry: 'tap' });
  }

  get stan(): string {
    return String(this.sale.request.fields[11]);
  }

  send(mti: string, net: string, fields: Readonly<Record<number, IsoValue>> = {}): Exchanged {
    return this.terminal.exchange(mti, { 60: `00${this.terminal.batch}${net}`, ...fields }, 'none');
  }

  totals(domestic = half(10_000, 1), foreign = NOTHING): Exchanged {
    return this.send('0500', '201', { 48: `${domestic}0${foreign}0`, 49: '156', 63: '01 ' });
  }

  details(...rows: readonly string[]): string {
    return this.send('0320', '201', { 48: rows.length.toString().padStart(2, '0') + rows.join('') }).code;
  }

  row(amountFen = 10_000, pan = PAN, stan = this.stan): string {
    return `00${stan}${pan.padStart(20, '0')}${amountFen.toString().padStart(12, '0')}`;
  }

  end(count = '0001'): string {
    return this.send('0320', '207', { 48: count }).code;
  }

  get books() {
    return this.host.settlements(TEST_TERMINAL.terminalId);
  }
}

describe('totals 0500', () => {
  it('that agree with the ledger come back with digits 31 and 62 set to 1, without a response code or a MAC', () => {
    const { reply, code, mac } = new Settling().totals();
    expect([reply?.mti, code, mac]).toEqual(['0510', '', 'none']);
    expect(reply?.fields[48]).toBe(`${half(10_000, 1)}1${NOTHING}1`);
  });

  it.each([
    ['amount', half(10_001, 1)],
    ['count', half(10_000, 2)],
  ])('with another %s come back as the host has them, with 2', (_what, domestic) => {
    expect(new Settling().totals(domestic).reply?.fields[48]).toBe(`${half(10_000, 1)}2${NOTHING}1`);
  });

  it('that have a sale of the other half are wrong in both', () => {
    const { reply } = new Settling().totals(NOTHING, half(10_000, 1));
    expect(reply?.fields[48]).toBe(`${half(10_000, 1)}2${NOTHING}2`);
  });

  it('leave out what was reversed or declined', () => {
    const settling = new Settling();
    settling.terminal.sale(CARD, 10_051, { entry: 'tap' });
    settling.terminal.reverse(settling.sale);
    expect(settling.totals(half(0, 0)).reply?.fields[48]).toBe(`${NOTHING}1${NOTHING}1`);
  });

  it('of another batch are refused with 77, unreadable ones with 30', () => {
    const settling = new Settling();
    expect(settling.send('0500', '201', { 48: '0'.repeat(60) }).code).toBe('30');
    settling.host.startNextBatch(TEST_TERMINAL.terminalId);
    expect(settling.totals().code).toBe('77');
  });
});

describe('upload 0320', () => {
  function settling(): Settling {
    const each = new Settling();
    each.totals(half(0, 0));
    return each;
  }

  it('is compared sale by sale with the ledger', () => {
    const each = settling();
    expect([each.details(each.row(9_999)), each.details(each.row(10_000, '6299992000000013'))]).toEqual(['64', '14']);
    expect(each.details(each.row(10_000, PAN, '000999'))).toBe('25');
    expect(each.details(each.row())).toBe('00');
  });

  it('is taken whole or not at all', () => {
    const each = settling();
    expect(each.details(each.row(), each.row(1, PAN, '000999'))).toBe('25');
    expect(each.books.open(1).items.size).toBe(0);
  });

  it('that comes twice is answered 94 and changes nothing', () => {
    const each = settling();
    const codes = [each.details(each.row()), each.details(each.row())];
    expect([codes, each.books.open(1).items.size]).toEqual([['00', '94'], 1]);
    expect(each.host.netFen()).toBe(10_000);
  });

  it('of a chip is taken with its certificate', () => {
    const each = settling();
    const fields = { 2: PAN, 11: each.stan, 22: '051', 55: CERTIFICATE, 62: bytesOfLatin1('610000000000010000156') };
    expect(each.send('0320', '205', fields).code).toBe('00');
    expect([...each.books.open(1).items.values()]).toEqual([
      { stan: Number(each.stan), responseCode: '00', certified: true },
    ]);
  });

  it('of a sale that was reversed is refused as unknown', () => {
    const each = settling();
    each.terminal.reverse(each.sale);
    expect(each.details(each.row())).toBe('25');
  });

  it('before any totals is refused', () => {
    const each = new Settling();
    expect(each.details(each.row())).toBe('12');
  });

  it('ends with the next batch, however often the end comes', () => {
    const each = settling();
    expect([each.end(), each.end()]).toEqual(['00', '00']);
    expect(each.books.closed).toMatchObject({ batch: 1, end: { balanced: true, count: 1 } });
    expect(each.details(each.row())).toBe('94');
    expect(each.terminal.sale(CARD, 10_000, { entry: 'tap' }).code).toBe('77');
    each.terminal.signOn();
    expect(each.terminal.batch).toBe('000002');
    expect(each.terminal.sale(CARD, 10_000, { entry: 'tap' }).code).toBe('00');
  });

  it('of a batch that is neither open nor just closed is refused with 77, an unreadable one with 30', () => {
    const each = settling();
    expect(each.send('0320', '201', { 48: '01' }).code).toBe('30');
    each.terminal.batch = '000777';
    expect(each.end()).toBe('77');
  });
});

describe('script notice 0620', () => {
  const notice = (each: Settling, stan: string, mac: 'good' | 'wrong' = 'good', chipData = hex('DF31052000000001')) =>
    each.terminal.exchange(
      '0620',
      {
        2: PAN,
        3: '000000',
        22: '051',
        25: '00',
        49: '156',
        55: chipData,
        60: '0000000195160',
        61: `000001${stan}1121`,
      },
      mac,
    );

  it('is noted once for the sale that it names, and answered under a MAC', () => {
    const each = new Settling();
    const { code, mac } = notice(each, each.stan);
    notice(each, each.stan);
    expect([code, mac]).toEqual(['00', 'good']);
    expect(each.books.scripts()).toEqual([{ batch: '000001', stan: Number(each.stan), result: '2000000001' }]);
  });

  it('for a sale that the host does not have is 25, with a wrong MAC A0, without a script 30', () => {
    const each = new Settling();
    expect(notice(each, '000999').code).toBe('25');
    expect(notice(each, each.stan, 'wrong').code).toBe('A0');
    expect(notice(each, each.stan, 'good', hex('9F270140')).code).toBe('30');
    expect(each.books.scripts()).toEqual([]);
  });
});

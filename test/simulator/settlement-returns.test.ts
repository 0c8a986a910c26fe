import { describe, expect, it } from '@jest/globals';
import { uploadRequest } from '../../firmware/protocol/cup/messages.ts';
import { testCard } from '../../hal-mock/cards/test-cards.ts';
import { CODE_CUSTOMERS } from '../../simulator/acquirer/code-customers.ts';
import { TEST_TERMINAL } from '../../simulator/acquirer/terminals.ts';
import { type Exchanged, testHost, TestTerminal } from './terminal.ts';

const CARD = 'contactless';
const PAN = testCard(CARD).pan;
const CODE = CODE_CUSTOMERS[0]?.code ?? '';
const NOTHING = '0'.repeat(30);

const sum = (fen: number, count: number): string =>
  fen.toString().padStart(12, '0') + count.toString().padStart(3, '0');

/** Sales of 100.00 and 50.00 by card and of 20.00 by code; the second is voided, 30.00 of the first refunded. */
function trading() {
  const { host } = testHost();
  const terminal = new TestTerminal(host);
  terminal.signOn();
  const sale = terminal.sale(CARD, 10_000, { entry: 'tap' });
  const voided = terminal.sale(CARD, 5_000, { entry: 'tap' });
  const byCode = terminal.codeSale(CODE, 2_000);
  terminal.void(voided);
  const refund = terminal.refund(sale, 3_000);
  const totals = (half: string): Exchanged => {
    const fields = { 48: `${half}0${NOTHING}0`, 49: '156', 60: `00${terminal.batch}201`, 63: '01 ' };
    return terminal.exchange('0500', fields, 'none');
  };
  const rows = (...details: readonly string[]): string => {
    const f48 = details.length.toString().padStart(2, '0') + details.join('');
    return terminal.exchange('0320', { 48: f48, 60: `00${terminal.batch}201` }, 'none').code;
  };
  return { host, terminal, sale, voided, byCode, refund, totals, rows };
}

const row = ({ request }: Exchanged, amountFen: number, pan = PAN): string =>
  `00${String(request.fields[11])}${pan.padStart(20, '0')}${amountFen.toString().padStart(12, '0')}`;

/** The upload of a refund as the firmware builds it. */
function refundUpload(terminal: TestTerminal, sale: Exchanged, refund: Exchanged, change: object = {}): string {
  const number = (each: Exchanged): number => Number(each.request.fields[11]);
  const said = {
    amountFen: 3_000,
    batch: '000001',
    stan: number(sale),
    pan: PAN as string | undefined,
    of: number(refund),
    ...change,
  };
  const head = { ...TEST_TERMINAL, batch: '000001', stan: said.of };
  const { fields } = uploadRequest(head, {
    kind: 'refund',
    pan: said.pan,
    original: { batch: said.batch, stan: said.stan, retrievalReference: String(sale.reply?.fields[37]) },
    fields: {
      processingCode: '200000',
      amountFen: said.amountFen,
      stan: said.of,
      entryMode: '072',
      conditionCode: '00',
      terminalId: TEST_TERMINAL.terminalId,
      merchantId: TEST_TERMINAL.merchantId,
      reserved60: '2500000100060',
    },
  });
  return terminal.exchange('0320', fields, 'none').code;
}

describe('totals 0500 with money given back', () => {
  it('have voids and refunds as credits, and their sales as debits all the same', () => {
    const half = sum(17_000, 3) + sum(8_000, 2);
    expect(trading().totals(half).reply?.fields[48]).toBe(`${half}1${NOTHING}1`);
  });

  it('without the credits do not balance', () => {
    const { totals } = trading();
    expect(totals(sum(9_000, 2) + sum(0, 0)).reply?.fields[48]).toMatch(new RegExp(`^${sum(17_000, 3)}.{15}2`));
  });

  it('leave out a void that was reversed', () => {
    const { terminal, sale, totals } = trading();
    terminal.refund(sale, 1_000);
    const other = terminal.sale(CARD, 1_000, { entry: 'tap' });
    const back = terminal.void(other);
    terminal.reverse(back, '98', { 61: back.request.fields[61] });
    const half = sum(18_000, 4) + sum(9_000, 3);
    expect(totals(half).reply?.fields[48]).toBe(`${half}1${NOTHING}1`);
  });
});

describe('upload 0320 with money given back', () => {
  it('takes a voided sale and a sale by code as sales', () => {
    const { totals, rows, voided, byCode, sale } = trading();
    totals(NOTHING);
    expect(rows(row(sale, 10_000), row(voided, 5_000), row(byCode, 2_000))).toBe('00');
  });

  it('takes a refund once, and as a detail as well', () => {
    const { terminal, totals, sale, refund, rows } = trading();
    totals(NOTHING);
    expect(refundUpload(terminal, sale, refund)).toBe('00');
    expect(refundUpload(terminal, sale, refund)).toBe('94');
    const other = trading();
    other.totals(NOTHING);
    expect([rows(row(refund, 3_000)), other.rows(row(other.refund, 3_000))]).toEqual(['94', '00']);
  });

  it.each([
    ['another amount', { amountFen: 3_001 }, '64'],
    ['another card', { pan: testCard('debit').pan }, '14'],
    ['another sale', { stan: 999 }, '25'],
    ['a sale of another batch', { batch: '000009' }, '25'],
    ['the number of no refund', { of: 999 }, '25'],
    ['the number of a sale', { of: 2 }, '25'],
    ['a sale that only its reference names', { batch: undefined, stan: undefined, pan: undefined }, '00'],
  ])('answers a refund with %s', (_what, change, code) => {
    const { terminal, totals, sale, refund } = trading();
    totals(NOTHING);
    expect(refundUpload(terminal, sale, refund, change)).toBe(code);
  });

  it('keeps what was given back in the sum of an archived batch', () => {
    const { host, terminal, totals, sale } = trading();
    for (let batch = 1; batch <= 13; batch++) {
      totals(NOTHING);
      terminal.exchange('0320', { 48: '0000', 60: `00${terminal.batch}207` }, 'none');
      terminal.signOn();
    }
    expect([host.archivedFen(TEST_TERMINAL.terminalId), host.netFen(), host.entries()]).toEqual([9_000, 9_000, []]);
    expect(terminal.refund(sale, 1_000).code).toBe('25');
  });
});

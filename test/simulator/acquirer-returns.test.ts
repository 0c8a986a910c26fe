import { describe, expect, it } from '@jest/globals';
import { iso0PinBlock } from '../../firmware/protocol/crypto/pin-block.ts';
import type { IsoValue } from '../../firmware/protocol/iso8583/index.ts';
import { testCard } from '../../hal-mock/cards/test-cards.ts';
import { CODE_CUSTOMERS } from '../../simulator/acquirer/code-customers.ts';
import { TEST_TERMINAL } from '../../simulator/acquirer/terminals.ts';
import { type Exchanged, testHost, TestTerminal } from './terminal.ts';

const CARD = 'contactless';
const PAN = testCard(CARD).pan;
const OTHER_PAN = testCard('debit').pan;
const CODE = CODE_CUSTOMERS[0]?.code ?? '';
const AMOUNT_FEN = 10_000;

type Fields = Readonly<Record<number, IsoValue | undefined>>;

/** A tapped sale of 100.00 that stands. */
function sold() {
  const { host } = testHost();
  const terminal = new TestTerminal(host);
  terminal.signOn();
  return { host, terminal, sale: terminal.sale(CARD, AMOUNT_FEN, { entry: 'tap' }) };
}

/** The PIN of a card that is presented again. */
function pinFields(terminal: TestTerminal, pin: string): Fields {
  const block = terminal.cipher('pin').encrypt(iso0PinBlock(pin, PAN));
  return { 2: PAN, 22: '071', 26: '12', 52: block, 53: '2600000000000000' };
}

describe('acquirer: void', () => {
  it('gives all of a sale back, which then stands as voided', () => {
    const { host, terminal, sale } = sold();
    const back = terminal.void(sale, { 2: PAN });
    expect([back.reply?.mti, back.code, back.mac]).toEqual(['0210', '00', 'good']);
    expect(back.reply?.fields[37]).not.toBe(sale.reply?.fields[37]);
    expect(back.reply?.fields[38]).toMatch(/^\d{6}$/);
    expect(host.netFen(CARD)).toBe(0);
    expect(host.entries()).toMatchObject([
      { kind: 'sale', way: 'card', state: 'voided' },
      { kind: 'void', state: 'approved', original: { stan: sale.request.fields[11] } },
    ]);
  });

  it('that comes twice gives nothing twice', () => {
    const { host, terminal, sale } = sold();
    const back = terminal.void(sale);
    expect(terminal.exchange('0200', back.request.fields, 'good').code).toBe('94');
    expect(terminal.void(sale).code).toBe('12');
    expect(terminal.void(back).code).toBe('25');
    expect(host.netFen(CARD)).toBe(0);
  });

  it('is taken back by a reversal, after which the sale stands and can be voided again', () => {
    const { host, terminal, sale } = sold();
    host.faults.inject({ kind: 'dropReply', mti: '0200' });
    const lost = terminal.void(sale);
    expect([lost.code, host.netFen(CARD)]).toEqual(['silence', 0]);
    const f61 = { 61: lost.request.fields[61] };
    expect(terminal.reverse(lost).code).toBe('30');
    expect(host.netFen(CARD)).toBe(0);
    expect([terminal.reverse(lost, '98', f61).code, terminal.reverse(lost, '98', f61).code]).toEqual(['00', '00']);
    expect([host.netFen(CARD), host.find(host.entries()[0]!)?.state]).toEqual([AMOUNT_FEN, 'approved']);
    expect(terminal.void(sale).code).toBe('00');
    expect(terminal.reverse(lost, '98', f61).code).toBe('00');
    expect(host.netFen(CARD)).toBe(0);
  });

  it('that never came is barred by its reversal', () => {
    const { host, terminal, sale } = sold();
    host.faults.inject({ kind: 'dropRequest' });
    const lost = terminal.void(sale);
    expect(terminal.reverse(lost, '98', { 61: lost.request.fields[61] }).code).toBe('25');
    expect(terminal.exchange('0200', lost.request.fields, 'good').code).toBe('94');
    expect(host.netFen(CARD)).toBe(AMOUNT_FEN);
  });

  it('that was refused has nothing to reverse, and neither has a sale that was given back', () => {
    const { host, terminal, sale } = sold();
    const refused = terminal.void(sale, { 4: '000000009999' });
    expect(refused.code).toBe('64');
    expect(terminal.reverse(refused, '98', { 61: refused.request.fields[61] }).code).toBe('12');
    terminal.void(sale);
    expect([terminal.reverse(sale).code, host.netFen(CARD)]).toEqual(['12', 0]);
  });

  it.each<[string, Fields, string]>([
    ['another amount', { 4: '000000009999' }, '64'],
    ['another reference', { 37: '000000000000' }, '25'],
    ['another authorisation code', { 38: '999999' }, '25'],
    ['no authorisation code where there was one', { 38: undefined }, '25'],
    ['the number of no sale', { 61: '000001999999' }, '25'],
    ['a voucher that no card sale has', { 59: 'A4001X' }, '25'],
    ['another card', { 2: OTHER_PAN }, '14'],
    ['a code instead of a card', { 22: '032' }, '14'],
    ['instalments where there were none', { 25: '64' }, '12'],
    ['field 61 of a refund', { 61: '0000010000021121' }, '30'],
    ['no reference', { 37: undefined }, '30'],
    ['no amount', { 4: undefined }, '30'],
    ['another currency', { 49: '840' }, '30'],
    ['an entry mode that does not exist', { 22: '992' }, '30'],
    ['the PIN of no card', { 52: new Uint8Array(8), 53: '2600000000000000' }, '30'],
    ['another batch than is open', { 60: '2300000900060' }, '77'],
    ['a condition that is not served', { 25: '06' }, '40'],
  ])('is refused with %s', (_what, fields, code) => {
    const { host, terminal, sale } = sold();
    expect([terminal.void(sale, fields).code, host.netFen(CARD)]).toEqual([code, AMOUNT_FEN]);
  });

  it.each([
    ['declined', 10_051, '25'],
    ['reversed', AMOUNT_FEN, '25'],
    ['refunded in part', AMOUNT_FEN, '12'],
    ['of a batch that is closed', AMOUNT_FEN, '12'],
  ])('of a sale that was %s is refused', (how, amountFen, code) => {
    const { host, terminal } = sold();
    const sale = terminal.sale(CARD, amountFen, { entry: 'tap' });
    if (how === 'reversed') terminal.reverse(sale);
    if (how === 'refunded in part') terminal.refund(sale, 1);
    if (how === 'of a batch that is closed') host.startNextBatch(TEST_TERMINAL.terminalId);
    terminal.signOn();
    expect(terminal.void(sale).code).toBe(code);
  });

  it('asks for the right PIN where one is entered, and counts wrong ones', () => {
    const { host, terminal, sale } = sold();
    expect(terminal.void(sale, pinFields(terminal, '000000')).code).toBe('55');
    expect(host.wrongPins(CARD)).toBe(1);
    expect(terminal.void(sale, pinFields(terminal, testCard(CARD).pin)).code).toBe('00');
    expect(host.wrongPins(CARD)).toBe(0);
  });

  it('obeys no amount', () => {
    const { host, terminal } = sold();
    const sale = terminal.sale(CARD, 10_068, { entry: 'tap' });
    expect(terminal.void(sale).answers).toHaveLength(1);
    expect(host.netFen(CARD)).toBe(AMOUNT_FEN);
  });
});

describe('acquirer: refund', () => {
  it('gives back in parts until nothing is left', () => {
    const { host, terminal, sale } = sold();
    const codes = [4_000, 6_001, 6_000, 1].map((amountFen) => terminal.refund(sale, amountFen, { 2: PAN }).code);
    expect(codes).toEqual(['00', '61', '00', '12']);
    expect(host.netFen(CARD)).toBe(0);
    expect(host.entries()[0]).toMatchObject({ state: 'approved', refundedFen: AMOUNT_FEN });
    expect(terminal.reverse(sale).code).toBe('12');
    expect(host.netFen(CARD)).toBe(0);
  });

  it('under the number of one that was answered gets that answer again, refused or not, in any batch', () => {
    const { host, terminal, sale } = sold();
    host.faults.inject({ kind: 'dropReply', mti: '0220' });
    const lost = terminal.refund(sale, 4_000);
    const refused = terminal.refund(sale, 9_000);
    expect([lost.code, refused.code, refused.reply?.mti]).toEqual(['silence', '61', '0230']);
    host.startNextBatch(TEST_TERMINAL.terminalId);
    terminal.signOn();
    const again = (each: Exchanged, fields: Fields = {}) =>
      terminal.exchange('0220', { ...each.request.fields, ...fields }, 'good');
    expect([again(lost), again(lost), again(refused)].map(({ code }) => code)).toEqual(['00', '00', '61']);
    expect(again(lost).reply?.fields[37]).toBe(again(lost).reply?.fields[37]);
    expect(again(lost, { 4: '000000000001' }).code).toBe('94');
    expect(again(lost, { 11: sale.request.fields[11] }).code).toBe('94');
    expect(host.netFen(CARD)).toBe(6_000);
  });

  it('finds a sale of an earlier batch, by its reference alone where that is all that is known', () => {
    const { host, terminal, sale } = sold();
    host.startNextBatch(TEST_TERMINAL.terminalId);
    expect(terminal.refund(sale, 1_000).code).toBe('77');
    terminal.signOn();
    expect(terminal.refund(sale, 1_000).code).toBe('00');
    expect(terminal.refund(sale, 1_000, { 61: '0'.repeat(16) }).code).toBe('00');
    expect(host.netFen(CARD)).toBe(8_000);
    expect(host.entries().map(({ batch }) => batch)).toEqual(['000001', '000002', '000002']);
  });

  it.each<[string, Fields, string]>([
    ['nothing', { 4: '0'.repeat(12) }, '13'],
    ['more than was paid', { 4: '000000010001' }, '61'],
    ['another day', { 61: '0000010000020101' }, '25'],
    ['another number', { 61: '0000010000090000' }, '25'],
    ['another batch of the sale', { 61: '0000090000000000' }, '25'],
    ['a reference that nothing has', { 37: '000000000000' }, '25'],
    ['another card', { 2: OTHER_PAN }, '14'],
    ['no operator', { 63: undefined }, '30'],
    ['field 61 of a void', { 61: '000001000002' }, '30'],
    ['a type that is no refund', { 60: '2300000100060' }, '40'],
  ])('is refused with %s', (_what, fields, code) => {
    const { host, terminal, sale } = sold();
    expect([terminal.refund(sale, 1_000, fields).code, host.netFen(CARD)]).toEqual([code, AMOUNT_FEN]);
  });

  it('is not taken of a sale that was voided, or of a refund', () => {
    const { terminal, sale } = sold();
    const back = terminal.refund(sale, 1_000);
    expect(terminal.refund(back, 1_000, { 38: undefined }).code).toBe('25');
    const other = terminal.sale(CARD, AMOUNT_FEN, { entry: 'tap' });
    terminal.void(other);
    expect(terminal.refund(other, 1_000).code).toBe('12');
  });

  it('needs a right MAC, and is not reversed', () => {
    const { host, terminal, sale } = sold();
    expect(terminal.refund(sale, 1_000, {}, 'wrong').code).toBe('A0');
    const back = terminal.refund(sale, 1_000);
    expect(terminal.reverse(back).code).toBe('40');
    expect(host.netFen(CARD)).toBe(9_000);
  });

  it.each(['wrongMac', 'noMac', 'wrongStan', 'wrongAmount'] as const)('can be answered badly: %s', (kind) => {
    const { host, terminal, sale } = sold();
    host.faults.inject({ kind, mti: '0220' });
    const { request, reply, mac } = terminal.refund(sale, 1_000);
    const isSpoiled = {
      wrongMac: mac === 'wrong',
      noMac: mac === 'none',
      wrongStan: reply?.fields[11] !== request.fields[11],
      wrongAmount: reply?.fields[4] !== request.fields[4],
    }[kind];
    expect([isSpoiled, host.netFen(CARD)]).toEqual([true, 9_000]);
  });
});

describe('acquirer: sale by code', () => {
  const opened = () => {
    const { host } = testHost();
    const terminal = new TestTerminal(host);
    terminal.signOn();
    return { host, terminal };
  };

  it('charges the account behind the code and gives a voucher, but no card number or authorisation code', () => {
    const { host, terminal } = opened();
    const sale = terminal.codeSale(CODE, AMOUNT_FEN);
    expect([sale.code, sale.mac, host.netFen('code')]).toEqual(['00', 'good', AMOUNT_FEN]);
    expect(sale.reply?.fields[59]).toBe(`A402020261121${String(sale.reply?.fields[37])}`);
    expect([sale.reply?.fields[2], sale.reply?.fields[38]]).toEqual([undefined, undefined]);
    expect(host.entries()).toMatchObject([{ way: 'code', pan: '629993******0101', state: 'approved' }]);
    expect(JSON.stringify(host.entries())).not.toContain(CODE);
  });

  it.each([
    ['code-low-balance', 1_100, '51'],
    ['code-low-balance', 1_000, '00'],
    ['code-expired', 1_000, '54'],
    ['code-frozen', 1_000, '62'],
    ['code', 500_100, '61'],
    ['code', 0, '13'],
    ['code', 10_005, '05'],
  ])('of %s over %i fen is answered with %s', (id, amountFen, code) => {
    const { host, terminal } = opened();
    const customer = CODE_CUSTOMERS.find((each) => each.id === id);
    expect(terminal.codeSale(customer?.code ?? '', amountFen).code).toBe(code);
    expect(host.netFen(id)).toBe(code === '00' ? amountFen : 0);
  });

  it('knows no code of strangers, and a code that pays once only once', () => {
    const { terminal } = opened();
    expect(terminal.codeSale('6220000000000000999', 1_000).code).toBe('14');
    const once = CODE_CUSTOMERS.find(({ codeIsSingleUse }) => codeIsSingleUse)?.code ?? '';
    expect([terminal.codeSale(once, 1_051).code, terminal.codeSale(once, 1_000).code]).toEqual(['51', '00']);
    expect(terminal.codeSale(once, 1_000).code).toBe('12');
  });

  it.each<[string, Fields]>([
    ['a card number', { 2: PAN }],
    ['a PIN', { 52: new Uint8Array(8) }],
    ['instalments', { 25: '64' }],
    ['no code', { 59: undefined }],
    ['a code of Alipay', { 59: 'A301828763443825664394' }],
    ['no amount', { 4: undefined }],
  ])('with %s is a format error', (_what, fields) => {
    const { host, terminal } = opened();
    expect([terminal.codeSale(CODE, 1_000, fields).code, host.entries()]).toEqual(['30', []]);
  });

  it('behaves by its amount, is reversed without the code, and is found once', () => {
    const { host, terminal } = opened();
    const lost = terminal.codeSale(CODE, 1_098);
    expect([lost.code, host.netFen('code')]).toEqual(['silence', 1_098]);
    expect(terminal.exchange('0200', lost.request.fields, 'good').code).toBe('94');
    expect([terminal.reverse(lost).code, host.netFen('code')]).toEqual(['00', 0]);
    expect([terminal.codeSale(CODE, 1_097).code, host.netFen('code')]).toEqual(['silence', 0]);
  });

  it('is voided and refunded by its voucher', () => {
    const { host, terminal } = opened();
    const [sale, other] = [terminal.codeSale(CODE, AMOUNT_FEN), terminal.codeSale(CODE, AMOUNT_FEN)];
    expect(terminal.void(sale, { 59: undefined }).code).toBe('25');
    expect(terminal.void(sale, { 59: other.reply?.fields[59] }).code).toBe('25');
    expect(terminal.void(sale, { 2: PAN }).code).toBe('14');
    expect(terminal.void(sale, { 22: '012' }).code).toBe('14');
    expect([terminal.void(sale).code, terminal.refund(other, 1_000).code]).toEqual(['00', '00']);
    expect([host.netFen('code'), host.netFen()]).toEqual([9_000, 9_000]);
  });
});

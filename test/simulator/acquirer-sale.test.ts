import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { concatBytes, hex, hexOf } from '../../firmware/base/bytes.ts';
import { unpackFrame } from '../../firmware/protocol/iso8583/index.ts';
import { installmentRequestData, parseInstallmentTerms } from '../../firmware/protocol/cup/messages.ts';
import { chipDataOf, chipTags } from '../../hal-mock/cards/chip-data.ts';
import { AMOUNT_OUTCOMES } from '../../simulator/acquirer/outcomes.ts';
import { TEST_TERMINAL } from '../../simulator/acquirer/terminals.ts';
import { type SaleOptions, testHost, TestTerminal } from './terminal.ts';

function signedOn(): {
  host: ReturnType<typeof testHost>['host'];
  clock: ReturnType<typeof testHost>['clock'];
  terminal: TestTerminal;
} {
  const { host, clock } = testHost();
  const terminal = new TestTerminal(host);
  terminal.signOn();
  return { host, clock, terminal };
}

const FALLBACK: SaleOptions = { entry: 'fallback' };
const BY_CHIP: SaleOptions = { entry: 'chip', pin: '123456' };

describe('acquirer: sale', () => {
  it.each([
    ['debit', { entry: 'chip', pin: '123456' }],
    ['debit', { entry: 'chip', pin: '123456', encryptsTrack: true }],
    ['contactless', { entry: 'tap' }],
    ['credit-signature', { entry: 'chip' }],
    ['magstripe-only', { entry: 'swipe', pin: '123456', encryptsTrack: true }],
    ['chip-mute', { entry: 'fallback', pin: '123456' }],
    ['phone', { entry: 'tap' }],
  ] as const)('approves %s by %o and charges it once', (card, options) => {
    const { host, terminal } = signedOn();
    const { request, reply, code, mac } = terminal.sale(card, 12_300, options);
    expect([code, mac, reply?.mti]).toEqual(['00', 'good', '0210']);
    for (const field of [3, 4, 11, 25, 41, 42, 49, 60]) expect(reply?.fields[field]).toBe(request.fields[field]);
    expect(reply?.fields[37]).toMatch(/^\d{12}$/);
    expect(reply?.fields[38]).toMatch(/^\d{6}$/);
    expect(reply?.fields).toMatchObject({ 12: '120000', 13: '1121', 15: '1121', 32: '48999999' });
    expect(reply?.fields[44]).toMatch(/^0999000[12] {3}48999999 {3}$/);
    expect(reply?.fields[63]).toMatch(/^CUP/);
    expect(host.netFen(card)).toBe(12_300);
    expect(host.netFen()).toBe(12_300);
  });

  it('proves itself to the chip, whether it approves or refuses', () => {
    const { terminal } = signedOn();
    const approved = terminal.sale('debit', 1000, BY_CHIP);
    expect(terminal.chip?.complete('00', approved.reply?.fields[55] as Uint8Array).accepted).toBe(true);
    const refused = terminal.sale('low-balance', 100_000, BY_CHIP);
    expect(refused.code).toBe('51');
    const { tags } = terminal.chip!.complete('51', refused.reply?.fields[55] as Uint8Array);
    expect(hexOf(tags.get('95')!).slice(8, 10)).toBe('00');
  });

  it('gives a chip a wrong proof for amounts that ask for it, and the chip refuses', () => {
    const { host, terminal } = signedOn();
    const { code, mac, reply } = terminal.sale('debit', 1062, BY_CHIP);
    expect([code, mac]).toEqual(['00', 'good']);
    expect(terminal.chip?.complete('00', reply?.fields[55] as Uint8Array).accepted).toBe(false);
    expect(host.netFen('debit')).toBe(1062);
  });
});

describe('acquirer: the issuer’s view of the card', () => {
  it.each([
    ['expired', '54'],
    ['blocked', '62'],
    ['stolen', '43'],
    ['lost', '41'],
    ['foreign', '15'],
  ])('refuses the card %s with %s', (card, code) => {
    const { host, terminal } = signedOn();
    expect(terminal.sale(card, 1000, { ...FALLBACK, pin: '123456' })).toMatchObject({ code, mac: 'good' });
    expect(host.netFen()).toBe(0);
  });

  it.each([
    ['one that nobody issued', { fields: { 35: '6299991000000000014D30122200000000123' } }, '14'],
    ['one whose track was copied badly', { fields: { 35: '6299991000000000110D30122200000000000' } }, '59'],
    ['one with another expiry than on file', { fields: { 14: '3001' } }, '54'],
  ])('refuses a card, %s', (_, options, code) => {
    const { terminal } = signedOn();
    expect(terminal.sale('debit', 1000, { ...FALLBACK, ...options }).code).toBe(code);
  });

  it('wants the chip of a chip card that was swiped, but takes the stripe as a fallback', () => {
    const { terminal } = signedOn();
    expect(terminal.sale('credit', 1000).code).toBe('45');
    expect(terminal.sale('credit', 1000, FALLBACK).code).toBe('00');
  });

  it('refuses a cryptogram that is not over this amount, or not the card’s', () => {
    const { terminal } = signedOn();
    expect(terminal.sale('debit', 1000, { ...BY_CHIP, fields: { 4: '000000002000' } }).code).toBe('63');
    const chipData = terminal.saleRequest('debit', 1000, BY_CHIP).fields[55] as Uint8Array;
    const forged = chipData.map((byte, at) => (at === 5 ? byte ^ 1 : byte));
    expect(terminal.sale('debit', 1000, { ...BY_CHIP, fields: { 55: forged } }).code).toBe('63');
  });
});

describe('acquirer: PIN and money', () => {
  it('counts wrong PINs, locks the card at the third and takes the right one no more', () => {
    const { host, terminal } = signedOn();
    const tryPin = (pin: string): string => terminal.sale('debit', 1000, { entry: 'chip', pin }).code;
    expect([tryPin('111111'), tryPin('222222'), tryPin('123456'), host.wrongPins('debit')]).toEqual([
      '55',
      '55',
      '00',
      0,
    ]);
    expect([tryPin('1111'), tryPin('222222'), tryPin('333333333333')]).toEqual(['55', '55', '75']);
    expect(tryPin('123456')).toBe('75');
    host.resetPinTries('debit');
    expect(tryPin('123456')).toBe('00');
  });

  it('asks for the PIN of a debit card and, beyond 1000 yuan, of a card held to the reader', () => {
    const { terminal } = signedOn();
    expect(terminal.sale('debit', 1000, { entry: 'chip' }).code).toBe('55');
    expect(terminal.sale('contactless', 100_000, { entry: 'tap' }).code).toBe('00');
    expect(terminal.sale('contactless', 100_100, { entry: 'tap' }).code).toBe('55');
    expect(terminal.sale('phone', 100_100, { entry: 'tap' }).code).toBe('00');
  });

  it('answers 99 to a PIN block under a strange key', () => {
    const { terminal } = signedOn();
    expect(terminal.sale('debit', 1000, { ...BY_CHIP, fields: { 52: hex('0011223344556677') } }).code).toBe('99');
  });

  it('refuses more than the card has, counting what it paid before, and more than its limit', () => {
    const { host, terminal } = signedOn();
    const sale = (card: string, amountFen: number): string => terminal.sale(card, amountFen, BY_CHIP).code;
    expect([sale('low-balance', 600), sale('low-balance', 600), sale('low-balance', 400)]).toEqual(['00', '51', '00']);
    expect(host.netFen('low-balance')).toBe(1000);
    expect([sale('low-limit', 50_100), sale('low-limit', 50_000)]).toEqual(['61', '00']);
    expect(sale('debit', 0)).toBe('13');
  });

  it('answers 94 to a trace number that it has seen, whatever came of it', () => {
    const { host, terminal } = signedOn();
    const first = terminal.sale('debit', 1000, BY_CHIP);
    expect(terminal.exchange('0200', first.request.fields, 'good')).toMatchObject({ code: '94', mac: 'good' });
    const refused = terminal.sale('debit', 1051, BY_CHIP);
    expect(terminal.exchange('0200', refused.request.fields, 'good').code).toBe('94');
    expect(host.netFen()).toBe(1000);
  });

  it('grants instalments to credit cards, in terms that add up', () => {
    const { terminal } = signedOn();
    const request = installmentRequestData({ periods: 6, productCode: 'PLAN6', feeMode: 'perPeriod' });
    const options: SaleOptions = { ...BY_CHIP, fields: { 25: '64', 62: request } };
    const terms = parseInstallmentTerms(terminal.sale('credit', 120_000, options).reply?.fields[62] as Uint8Array);
    expect(terms).toMatchObject({ firstAmountFen: 20_000, firstFeeFen: 900, feePerPeriodFen: 900, feeOnceFen: 0 });
    expect(terminal.sale('debit', 120_000, options).code).toBe('57');
    const strange = installmentRequestData({ periods: 7, productCode: 'PLAN7', feeMode: 'once' });
    expect(terminal.sale('credit', 120_000, { ...options, fields: { 25: '64', 62: strange } }).code).toBe('57');
    expect(terminal.sale('credit', 120_000, { ...options, fields: { 25: '64' } }).code).toBe('30');
  });
});

describe('acquirer: outcomes by amount', () => {
  it('has no two rows for one ending and none for whole yuan', () => {
    const endings = AMOUNT_OUTCOMES.map(({ fenEnding }) => fenEnding);
    expect(new Set(endings).size).toBe(endings.length);
    expect(endings).not.toContain('00');
    for (const ending of endings) expect(ending).toMatch(/^\d\d$/);
  });

  it.each(AMOUNT_OUTCOMES.map((outcome) => [outcome.fenEnding, outcome] as const))(
    'behaves as row .%s says',
    (ending, { effect }) => {
      const { host, terminal } = signedOn();
      const amountFen = 12_000 + Number(ending);
      const { request, answers, reply, code, mac } = terminal.sale('debit', amountFen, BY_CHIP);
      const isCharged =
        effect.kind === 'late' || effect.kind === 'spoil' || (effect.kind === 'silent' && effect.executed);
      expect(host.netFen('debit')).toBe(isCharged ? amountFen : 0);
      switch (effect.kind) {
        case 'decline':
          expect([code, mac]).toEqual([effect.responseCode, 'good']);
          break;
        case 'silent':
          expect(answers).toEqual([]);
          break;
        case 'late':
          expect([code, mac]).toEqual(['00', 'good']);
          expect(answers[0]?.afterMs).toBeGreaterThan(60_000);
          break;
        case 'spoil':
          expect(code).toBe('00');
          expect(mac).toBe({ wrongMac: 'wrong', noMac: 'none' }[effect.what as string] ?? 'good');
          expect(reply?.fields[11] !== request.fields[11]).toBe(effect.what === 'wrongStan');
          expect(reply?.fields[4] !== request.fields[4]).toBe(effect.what === 'wrongAmount');
          expect(reply?.fields[41] !== request.fields[41]).toBe(effect.what === 'wrongTerminal');
          expect(answers).toHaveLength(effect.what === 'duplicate' ? 2 : 1);
          break;
      }
    },
  );
});

describe('acquirer: bad messages', () => {
  it.each([
    ['a PAN and a track of two cards', { entry: 'chip', fields: { 2: '6299992000000013' } }],
    ['another currency', { entry: 'fallback', fields: { 49: '840' } }],
    ['no amount', { entry: 'fallback', fields: { 4: undefined } }],
    ['chip data on a swipe', { entry: 'fallback', fields: { 55: hex('9F2701 80') } }],
    ['a tap without chip data', { entry: 'tap', fields: { 55: undefined } }],
    ['a cryptogram missing from the chip data', { entry: 'chip', fields: { 55: hex('9F0206000000001000') } }],
    ['a PIN that field 53 does not mention', { entry: 'chip', pin: '123456', fields: { 53: undefined } }],
    ['a cipher that was not signed on for', { entry: 'chip', pin: '123456', fields: { 53: '2000000000000000' } }],
    ['an entry mode that is not served', { entry: 'fallback', fields: { 22: '012' } }],
    ['no card', { entry: 'fallback', fields: { 35: undefined } }],
  ] as const)('answers 30 to %s, and does nothing', (_, options) => {
    const { host, terminal } = signedOn();
    expect(terminal.sale('debit', 1000, options)).toMatchObject({ code: '30', mac: 'good' });
    expect(host.entries()).toEqual([]);
  });

  it.each([
    ['a pre-authorisation', '0200', { 3: '030000', 25: '06', 60: '1000000100060' }, '40'],
    ['a completion notice', '0220', { 3: '000000', 25: '06', 60: '2400000100060' }, '40'],
    ['a balance query', '0200', { 3: '310000', 60: '0100000100060' }, '40'],
    ['a settlement', '0500', { 60: '00000001201' }, '30'],
  ])('answers that it does not serve %s', (_, mti, fields, code) => {
    const { terminal } = signedOn();
    expect(terminal.exchange(mti, fields, 'good').code).toBe(code);
  });

  it('is silent to an answer’s MTI and to what it cannot read', () => {
    const { host, terminal } = signedOn();
    const good = terminal.frame(terminal.saleRequest('credit', 1000, FALLBACK));
    expect(terminal.exchange('0210', {}, 'none').answers).toEqual([]);
    for (let length = 0; length < good.length; length++) expect(host.receive(good.subarray(0, length))).toEqual([]);
    expect(host.receive(concatBytes(good, hex('00')))).toEqual([]);
    expect(host.entries()).toEqual([]);
  });

  it('believes no request in which any bit was changed after the MAC was made', () => {
    const { host, terminal } = signedOn();
    const good = terminal.frame(terminal.saleRequest('credit', 1000, FALLBACK));
    for (let at = 11; at < good.length; at++) {
      for (let bit = 0; bit < 8; bit++) host.receive(good.map((byte, i) => (i === at ? byte ^ (1 << bit) : byte)));
    }
    expect(host.entries()).toEqual([]);
    expect(host.netFen()).toBe(0);
  });

  it('never throws for garbage', () => {
    const { host } = signedOn();
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => Array.isArray(host.receive(bytes))));
  });

  it('never throws for nonsense under a right MAC', () => {
    const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`));
    const nonsense = fc.record({
      4: digits(12),
      14: digits(4),
      22: fc.constantFrom('021', '022', '051', '052', '072', '999'),
      23: digits(3),
      25: fc.constantFrom('00', '64'),
      35: fc.stringMatching(/^[0-9D]{1,37}$/),
      52: fc.uint8Array({ minLength: 8, maxLength: 8 }),
      53: fc.constantFrom('2600000000000000', '0610000000000000', '2610000000000000', '0000000000000000'),
      55: fc.oneof(
        fc.uint8Array({ minLength: 1, maxLength: 60 }),
        fc.uint8Array({ maxLength: 9 }).map((atc) => chipDataWith('9F36', atc)),
        fc.uint8Array({ maxLength: 40 }).map((applicationData) => chipDataWith('9F10', applicationData)),
      ),
      60: fc.stringMatching(/^22000001[0-9]{0,9}$/),
      62: fc.uint8Array({ minLength: 1, maxLength: 70 }),
    });
    const someFields = fc.subarray([4, 14, 22, 23, 25, 35, 52, 53, 55, 60, 62] as const, {
      minLength: 1,
      maxLength: 2,
    });
    const { host, terminal } = signedOn();
    const chipDataWith = (tag: string, value: Uint8Array): Uint8Array => {
      const tags = chipTags(terminal.saleRequest('credit-signature', 1000, { entry: 'chip' }).fields[55] as Uint8Array);
      return chipDataOf(new Map([...tags, [tag, value]]));
    };
    fc.assert(
      fc.property(fc.constantFrom('chip', 'fallback', 'tap'), nonsense, someFields, (entry, values, chosen) => {
        const fields = Object.fromEntries(chosen.map((field) => [field, values[field]]));
        const { code } = terminal.sale('credit-signature', 1000, { entry, fields });
        expect(code).toMatch(/^([0-9A-F]{2}|silence)$/);
      }),
      { numRuns: 1500, seed: 20261121 },
    );
    expect(host.entries().length).toBeGreaterThan(100);
  });

  it('answers under the swapped address, and asks nothing of the terminal', () => {
    const { host, terminal } = signedOn();
    const [answer] = host.receive(terminal.frame(terminal.saleRequest('credit', 1000, FALLBACK)));
    expect(answer?.kind).toBe('frame');
    const { tpdu, header } = unpackFrame(answer?.kind === 'frame' ? answer.frame : new Uint8Array());
    expect(hexOf(tpdu)).toBe('6000000009');
    expect(hexOf(header)).toBe('603100311305');
    expect(TEST_TERMINAL.terminalId).toHaveLength(8);
  });
});

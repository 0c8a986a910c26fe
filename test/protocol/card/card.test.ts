import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { luhnDigit, passesLuhn } from '../../../firmware/protocol/card/luhn.ts';
import { classifyPayCode, type PayCodeClass } from '../../../firmware/protocol/card/pay-code.ts';
import { parseTrack1, parseTrack2, serviceCodeSaysChip, trackLrc } from '../../../firmware/protocol/card/track.ts';
import { expectOrderlyRefusal, expectRefusal } from '../cup/error-text.ts';

const digits = (min: number, max: number) => fc.stringMatching(new RegExp(`^\\d{${min},${max}}$`));
const expiry = fc
  .tuple(fc.integer({ min: 0, max: 99 }), fc.integer({ min: 1, max: 12 }))
  .map(([year, month]) => `${year.toString().padStart(2, '0')}${month.toString().padStart(2, '0')}`);

describe('track 2', () => {
  const PLAIN = ';4000000000000002=30122010000000000000?';

  it('its LRC is the one that readers send', () => {
    expect(trackLrc(2, PLAIN)).toBe('<');
  });

  it.each([
    ['with sentinels', PLAIN],
    ['with sentinels and LRC', `${PLAIN}<`],
    ['bare with =', PLAIN.slice(1, -1)],
    ['bare with D', PLAIN.slice(1, -1).replace('=', 'D')],
  ])('%s', (_name, text) => {
    expect(parseTrack2(text)).toEqual({
      pan: '4000000000000002',
      expiry: '3012',
      serviceCode: '201',
      discretionary: '0000000000000',
      bare: '4000000000000002D30122010000000000000',
    });
  });

  it('a debit card of 19 digits without expiry, as UnionPay issues them', () => {
    expect(parseTrack2(';6222021234567890128=00002200000012345?')).toMatchObject({
      pan: '6222021234567890128',
      expiry: undefined,
      serviceCode: '220',
    });
  });

  it('separators in place of expiry and service code say that there are none', () => {
    expect(parseTrack2(';4000000000000002===123?')).toMatchObject({
      expiry: undefined,
      serviceCode: undefined,
      discretionary: '123',
    });
  });

  it.each([
    ['empty', ''],
    ['a stripe read from the middle', '0002=30122010000000000000?'],
    ['no separator', ';400000000000000230122010000000000000?'],
    ['no end sentinel', ';4000000000000002=30122010000000000000'],
    ['a wrong LRC', `${PLAIN}=`],
    ['more after the LRC', `${PLAIN}<<`],
    ['a month 13', ';4000000000000002=30132010000000000000?'],
    ['a month 00', ';4000000000000002=30002010000000000000?'],
    ['a letter', ';400000000000000A=30122010000000000000?'],
    ['20 digits of card number', ';40000000000000000002=3012201000000000?'],
    ['longer than a stripe', ';4000000000000002=301220100000000000000?'],
    ['an end after the expiry', ';4000000000000002=3012?'],
    ['the error sentence of a reader', ';E?'],
  ])('refuses %s', (_name, text) => {
    expect(expectRefusal(() => parseTrack2(text)).path[0]).toBe('track2');
  });

  it('any well-formed track is read as it was written, any flipped character of it is noticed by the LRC', () => {
    fc.assert(
      fc.property(digits(12, 19), expiry, digits(3, 3), digits(0, 10), fc.nat(), (pan, yymm, service, rest, place) => {
        const text = `;${pan}=${yymm}${service}${rest}?`;
        const whole = text + trackLrc(2, text);
        expect(parseTrack2(whole)).toMatchObject({ pan, expiry: yymm, serviceCode: service, discretionary: rest });
        const at = 1 + (place % (text.length - 2));
        const flipped = whole.slice(0, at) + (whole[at] === '7' ? '4' : '7') + whole.slice(at + 1);
        expectRefusal(() => parseTrack2(flipped));
      }),
    );
  });
});

describe('track 1', () => {
  const PLAIN = '%B4000000000000002^TEST/CARD^30122010000000000000?';

  it('its LRC is the one that readers send', () => {
    expect(trackLrc(1, PLAIN)).toBe('P');
  });

  it.each([
    ['with sentinels', PLAIN],
    ['with sentinels and LRC', `${PLAIN}P`],
    ['bare', PLAIN.slice(1, -1)],
  ])('%s', (_name, text) => {
    expect(parseTrack1(text)).toEqual({
      pan: '4000000000000002',
      name: 'TEST/CARD',
      expiry: '3012',
      serviceCode: '201',
      discretionary: '0000000000000',
    });
  });

  it.each([
    ['another format code', PLAIN.replace('B', 'A')],
    ['no second separator', PLAIN.replace('D^', 'D')],
    ['a name of one character', PLAIN.replace('TEST/CARD', 'T')],
    ['a name of 27', PLAIN.replace('TEST/CARD', 'T'.repeat(27))],
    ['a wrong LRC', `${PLAIN}Q`],
    ['a lower-case name', PLAIN.replace('TEST', 'test')],
    ['80 characters', `${PLAIN.slice(0, -1)}${'0'.repeat(31)}?P`],
  ])('refuses %s', (_name, text) => {
    expect(expectRefusal(() => parseTrack1(text)).path[0]).toBe('track1');
  });

  it('random text on either track is refused in order', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[%;]?B?[0-9=D^?A]{0,60}\?.?$/));
    fc.assert(
      fc.property(text, (stripe) => {
        expectOrderlyRefusal(() => parseTrack1(stripe));
        expectOrderlyRefusal(() => parseTrack2(stripe));
      }),
    );
  });
});

it.each([
  ['201', true],
  ['221', true],
  ['601', true],
  ['620', true],
  ['101', false],
  ['120', false],
  ['502', false],
  ['', false],
])('service code %p says that the card has a chip: %p', (serviceCode, chip) => {
  expect(serviceCodeSaysChip(serviceCode)).toBe(chip);
});

describe('check digit of a card number', () => {
  it.each(['4111111111111111', '5413330089604111', '4012888888881881', '79927398713', '18'])('%s passes', (pan) => {
    expect(passesLuhn(pan)).toBe(true);
  });

  it.each(['4111111111111112', '79927398710', '', '0', '411111111111111x'])('%p does not pass', (pan) => {
    expect(passesLuhn(pan)).toBe(false);
  });

  it('any number with its digit passes, and with one digit changed does not', () => {
    fc.assert(
      fc.property(digits(7, 18), fc.nat(), fc.integer({ min: 1, max: 9 }), (body, place, step) => {
        const pan = body + String(luhnDigit(body));
        expect(passesLuhn(pan)).toBe(true);
        const at = place % pan.length;
        expect(passesLuhn(pan.slice(0, at) + ((Number(pan[at]) + step) % 10) + pan.slice(at + 1))).toBe(false);
      }),
    );
  });

  it('there is none for something else than digits', () => {
    expect(luhnDigit('12a')).toBeUndefined();
    expect(luhnDigit('')).toBeUndefined();
  });
});

describe('pay codes', () => {
  const code = (prefix: string, length: number): string => prefix.padEnd(length, '7');

  it.each<[string, number, PayCodeClass]>([
    ['25', 16, 'alipay'],
    ['28', 18, 'alipay'],
    ['30', 24, 'alipay'],
    ['29', 19, 'alipay'],
    ['30', 18, 'alipay'],
    ['28', 15, 'unknown'],
    ['28', 25, 'unknown'],
    ['24', 18, 'unknown'],
    ['31', 18, 'unknown'],
    ['10', 18, 'wechat'],
    ['15', 18, 'wechat'],
    ['13', 17, 'unknown'],
    ['13', 19, 'unknown'],
    ['16', 18, 'unknown'],
    ['62', 19, 'unionpay'],
    ['62', 18, 'unknown'],
    ['62', 20, 'unknown'],
    ['18', 18, 'jd'],
    ['18', 17, 'unknown'],
    ['18', 19, 'unknown'],
    ['17', 18, 'unknown'],
    ['91', 18, 'unknown'],
    ['', 0, 'unknown'],
  ])('%s with %i digits is %s', (prefix, length, expected) => {
    expect(classifyPayCode(code(prefix, length))).toBe(expected);
  });

  it.each([
    'https://qr.95516.com/x',
    '28763443825664394x',
    ' 28763443825664394',
    '28763443825664394\n',
    '２８７６３４４３８２５６６４３９４',
  ])('%j is no pay code', (text) => {
    expect(classifyPayCode(text)).toBe('unknown');
  });
});

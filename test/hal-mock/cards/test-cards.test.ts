import { describe, expect, it } from '@jest/globals';
import { passesLuhn } from '../../../firmware/protocol/card/luhn.ts';
import { stripeTrack2, chipTrack2 } from '../../../hal-mock/cards/tracks.ts';
import { TEST_CARDS, testCard, typedPin } from '../../../hal-mock/cards/test-cards.ts';

describe('test cards', () => {
  it('have different names and numbers', () => {
    expect(new Set(TEST_CARDS.map((card) => card.id)).size).toBe(TEST_CARDS.length);
    expect(new Set(TEST_CARDS.map((card) => card.pan)).size).toBe(TEST_CARDS.length);
  });

  it.each(TEST_CARDS)('$id could be a card', (card) => {
    expect(card.pan).toMatch(/^(\d{16}|\d{19})$/);
    expect(passesLuhn(card.pan)).toBe(true);
    expect(card.pan.startsWith('62')).toBe(card.scheme === 'unionPay');
    expect(card.expiry < '2612').toBe(card.id === 'expired');
    expect(card.interfaces.includes('chip') && card.interfaces.includes('swipe')).toBe(
      /^[26]/.test(card.serviceCode) && card.interfaces.length > 1,
    );
    expect(stripeTrack2(card)).toMatch(/^\d{16,19}D\d{7}\d{10}$/);
    expect(stripeTrack2(card).length).toBeLessThanOrEqual(37);
    expect(card.saleLimitFen).toBeGreaterThan(0);
  });

  it('carry another verification value on the chip than on the stripe', () => {
    const card = testCard('credit');
    expect(chipTrack2(card)).not.toBe(stripeTrack2(card));
    expect(chipTrack2(card).slice(0, -3)).toBe(stripeTrack2(card).slice(0, -3));
  });

  it('are found by short names, and an unknown name is refused', () => {
    expect(testCard('chip')).toBe(testCard('credit'));
    expect(testCard('tap').interfaces).toEqual(['tap']);
    expect(testCard('swipe').interfaces).toEqual(['swipe']);
    expect(() => testCard('gold')).toThrow('no test card is named gold');
  });

  it('say what the customer types, try by try', () => {
    expect([1, 2, 3].map((tryNumber) => typedPin(testCard('wrong-pin'), tryNumber))).toEqual([
      '111111',
      '123456',
      '123456',
    ]);
    expect([1, 2, 3].map((tryNumber) => typedPin(testCard('forgotten-pin'), tryNumber))).not.toContain('123456');
  });
});

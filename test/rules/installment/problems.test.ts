import { describe, expect, it } from '@jest/globals';
import { installmentProblems } from '../../../firmware/rules/installment/problems.ts';
import {
  DEFAULT_INSTALLMENTS,
  type InstallmentSettings,
  type MethodPlans,
} from '../../../firmware/rules/installment/settings.ts';

type Offer = MethodPlans['offers'][number];

const SOUND: Offer = { periods: 3, feeRatePpm: 23_000, feePayer: 'customer', product: 'FQ03' };

const due = (day: number): Offer['terms'] => ({
  remainderIn: 'first',
  feeIn: 'everyPeriod',
  due: { kind: 'dayOfMonth', day },
});

/** `path: message` of every problem. */
function problems(settings: InstallmentSettings): readonly string[] {
  return installmentProblems(settings).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

function cardOf(...offers: readonly Partial<Offer>[]): InstallmentSettings {
  return {
    card: { amountMinFen: 1000, amountMaxFen: 9000, offers: offers.map((offer) => ({ ...SOUND, ...offer })) },
  };
}

describe('problems of instalment settings', () => {
  it('are none in what a terminal starts with', () => {
    expect(problems(DEFAULT_INSTALLMENTS)).toEqual([]);
    expect(problems({})).toEqual([]);
    expect(problems({ huabei: undefined })).toEqual([]);
  });

  it.each<[string, Partial<Offer>]>([
    ['periods: is a whole number from 2 to 60', { periods: 1 }],
    ['periods: is a whole number from 2 to 60', { periods: 61 }],
    ['periods: is a whole number from 2 to 60', { periods: 2.5 }],
    ['feeRatePpm: is a whole number from 0 to 1000000 (100 %)', { feeRatePpm: -1 }],
    ['feeRatePpm: is a whole number from 0 to 1000000 (100 %)', { feeRatePpm: 1_000_001 }],
    ['amountMinFen: leaves no amount below the maximum', { amountMinFen: 9001 }],
    ['amountMinFen: leaves no amount below the maximum', { amountMinFen: 5000, amountMaxFen: 4999 }],
    ['product: is missing: an issuer knows a plan by it', { product: undefined }],
    ['product: is 1 to 30 printable ASCII characters', { product: '' }],
    ['product: is 1 to 30 printable ASCII characters', { product: '分期' }],
    ['bins: is empty: leave it out for every card', { bins: [] }],
    ['bins: are 6 to 8 digits each', { bins: ['622588', '62258'] }],
    ['bins: are 6 to 8 digits each', { bins: ['622588012'] }],
    ['terms: due day is 1 to 28', { terms: due(29) }],
    ['terms: due day is 1 to 28', { terms: due(0) }],
  ])('%s', (problem, offer) => {
    expect(problems(cardOf(offer))).toEqual([`card.offers.0.${problem}`]);
  });

  it.each<[string, Partial<Offer>]>([
    ['the first and the last number of periods', { periods: 60, feeRatePpm: 1_000_000 }],
    ['bins of six and of eight digits', { bins: ['622588', '62258801'] }],
    ['a due day that every month has', { terms: due(28) }],
    ['terms without a due day', { terms: { remainderIn: 'last', feeIn: 'firstPeriod', due: { kind: 'sameDay' } } }],
    ['limits that leave one amount', { amountMinFen: 9000 }],
  ])('are none in %s', (_, offer) => {
    expect(problems(cardOf(offer))).toEqual([]);
  });

  it('are found in the limits of a method and in what only cards have', () => {
    expect(
      problems({
        huabei: { amountMinFen: 0.5, amountMaxFen: -1, offers: [] },
        baitiao: { amountMinFen: 1, amountMaxFen: 2, offers: [{ ...SOUND, product: undefined, bins: ['622588'] }] },
      }),
    ).toEqual([
      'huabei.amountMinFen: is a whole number of fen',
      'huabei.amountMaxFen: is a whole number of fen',
      'huabei.amountMinFen: is above amountMaxFen',
      'huabei.offers: is empty: a method without plans is left out',
      'baitiao.offers.0.bins: is for bank cards alone',
    ]);
  });

  it.each<[string, Partial<Offer>, Partial<Offer>, readonly string[]]>([
    ['the same periods and payer', {}, { feeRatePpm: 1 }, ['card.offers.1: repeats offers.0']],
    [
      'bins of which one holds the other',
      { bins: ['622588'] },
      { bins: ['62258801'] },
      ['card.offers.1: repeats offers.0'],
    ],
    ['amounts that meet', { amountMaxFen: 5000 }, { amountMinFen: 5000 }, ['card.offers.1: repeats offers.0']],
    ['amounts that do not meet', { amountMaxFen: 4999 }, { amountMinFen: 5000 }, []],
    ['amounts that do not meet, the other way round', { amountMinFen: 5000 }, { amountMaxFen: 4999 }, []],
    ['other payers', {}, { feePayer: 'merchant' }, []],
    ['other cards', { bins: ['622588'] }, { bins: ['622589'] }, []],
    ['one issuer and every card', { bins: ['622588'] }, {}, []],
    ['other periods', {}, { periods: 6 }, []],
  ])('in two offers with %s', (_, first, second, expected) => {
    expect(problems(cardOf(first, second))).toEqual(expected);
  });

  it('are found where nine digits do not reach', () => {
    const offers = Array.from({ length: 10 }, (_, index) => ({ periods: index + 2 }));
    expect(problems(cardOf(...offers))).toEqual(['card.offers: has more than nine numbers of periods']);
    expect(problems(cardOf(...offers.slice(1)))).toEqual([]);
  });
});

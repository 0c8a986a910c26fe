import { describe, expect, it } from '@jest/globals';
import {
  assessPlans,
  eligiblePlans,
  merchantPaidPeriods,
  type PlanSale,
} from '../../../firmware/rules/installment/plans.ts';
import {
  DEFAULT_INSTALLMENTS,
  type InstallmentSettings,
  type PlanMethod,
} from '../../../firmware/rules/installment/settings.ts';
import { rowsOf } from '../text-table.ts';

/** 3 periods: ours, one free from 50 yuan, and two issuers'. 6: one issuer's. 12: to 800 yuan. 24: from 100 yuan. */
const SETTINGS = {
  huabei: DEFAULT_INSTALLMENTS.huabei,
  baitiao: {
    amountMinFen: 1000,
    amountMaxFen: 100_000,
    offers: [
      { periods: 24, feeRatePpm: 120_000, feePayer: 'customer', amountMinFen: 10_000 },
      { periods: 3, feeRatePpm: 18_000, feePayer: 'customer' },
      { periods: 3, feeRatePpm: 18_000, feePayer: 'merchant', amountMinFen: 5000 },
      { periods: 12, feeRatePpm: 72_000, feePayer: 'customer', amountMaxFen: 80_000 },
    ],
  },
  card: {
    amountMinFen: 1000,
    amountMaxFen: 100_000,
    offers: [
      { periods: 3, feeRatePpm: 20_000, feePayer: 'customer', product: 'ANY3' },
      { periods: 3, feeRatePpm: 30_000, feePayer: 'customer', product: 'OWN3', bins: ['622588'], issuer: '甲行' },
      { periods: 6, feeRatePpm: 40_000, feePayer: 'customer', product: 'OWN6', bins: ['62220212'], issuer: '乙行' },
    ],
  },
} as const satisfies InstallmentSettings;

/** What is offered, `periods` and `m` where the merchant pays or the product code; or why nothing is. */
function offered(sale: PlanSale, settings: InstallmentSettings = SETTINGS): string {
  const plans = eligiblePlans(settings, sale);
  if ('none' in plans) return plans.none;
  return plans
    .map((plan) => `${plan.periods}${plan.feePayer === 'merchant' ? 'm' : ''}${plan.product ?? ''}`)
    .join(' ');
}

function excluded(sale: PlanSale): string {
  return assessPlans(SETTINGS, sale)
    .excluded.map(({ offer, reason }) => `${offer.periods} ${reason}`)
    .join(', ');
}

/** `limit 5000`, `card 622588******1234`, `refused 3 12`, `payer merchant`, several apart by `;`. */
function saleOf(method: string, amount: string, more: string): PlanSale {
  const said = new Map(
    more.split(';').map((part) => {
      const [name = '', ...values] = part.trim().split(' ');
      return [name, values] as const;
    }),
  );
  const limit = said.get('limit')?.[0];
  return {
    method: method as PlanMethod,
    amountFen: Number(amount),
    creditLimitFen: limit === undefined ? undefined : Number(limit),
    firstDigits: said.get('card')?.[0],
    refusedPeriods: said.get('refused')?.map(Number),
    feePayer: said.get('payer')?.[0] as PlanSale['feePayer'],
  };
}

describe('eligible plans', () => {
  it.each(
    rowsOf(`
      huabei  |    9999 |                               | amountTooSmall
      huabei  |   10000 |                               | 3 6 12
      huabei  | 5000000 |                               | 3 6 12
      huabei  | 5000001 |                               | amountTooLarge
      huabei  |   10000 | limit 10000                   | 3 6 12
      huabei  |   10001 | limit 10000                   | creditLimit
      huabei  |    9999 | limit 1                       | amountTooSmall
      huabei  |   10000 | refused 6                     | 3 12
      huabei  |   10000 | refused 3 6 12                | allRefused
      huabei  |   10001 | refused 3 6; limit 10000      | creditLimit
      huabei  |   10000 | payer merchant                | noOffers
      huabei  |   10000 | payer customer                | 3 6 12
      baitiao |    1000 |                               | 3 12
      baitiao |     999 |                               | amountTooSmall
      baitiao |    4999 |                               | 3 12
      baitiao |    5000 |                               | 3m 12
      baitiao |   10000 |                               | 3m 12 24
      baitiao |   80001 |                               | 3m 24
      baitiao |  100001 |                               | amountTooLarge
      baitiao |   10000 | payer customer                | 3 12 24
      baitiao |   10000 | payer merchant                | 3m
      baitiao |    4999 | payer merchant                | amountTooSmall
      baitiao |   90000 | refused 3 24                  | allRefused
      card    |   50000 |                               | 3ANY3
      card    |   50000 | card 622588******1234         | 3OWN3
      card    |   50000 | card 622588                   | 3OWN3
      card    |   50000 | card 62220212                 | 3ANY3 6OWN6
      card    |   50000 | card 6222021234               | 3ANY3 6OWN6
      card    |   50000 | card 622202******1234         | 3ANY3
      card    |   50000 | card ****************         | 3ANY3
    `),
  )('%s for %s fen, %s: %s', (method, amount, more, expected) => {
    expect(offered(saleOf(method ?? '', amount ?? '', more ?? ''))).toBe(expected);
  });

  it('are none for a method that the merchant has not activated, or that has no offers', () => {
    expect(offered(saleOf('baitiao', '50000', ''), { huabei: SETTINGS.huabei })).toBe('notActivated');
    const empty = { card: { amountMinFen: 1, amountMaxFen: 100, offers: [] } };
    expect(offered(saleOf('card', '50', ''), empty)).toBe('noOffers');
  });

  it('are none for a card that every product leaves out', () => {
    const { card } = SETTINGS;
    const settings = { card: { ...card, offers: card.offers.slice(1) } };
    expect(offered(saleOf('card', '50000', 'card 621700******1234'), settings)).toBe('cardNotEligible');
    expect(offered(saleOf('card', '50000', ''), settings)).toBe('cardNotEligible');
    expect(offered(saleOf('card', '999', 'card 622588******1234'), settings)).toBe('amountTooSmall');
  });

  it.each(
    rowsOf(`
      baitiao |    6000 |                       | 24 amountTooSmall, 3 betterOffer
      baitiao |   90000 | refused 24            | 24 refused, 12 amountTooLarge, 3 betterOffer
      baitiao |   10000 | payer merchant        | 24 otherPayer, 3 otherPayer, 12 otherPayer
      baitiao |   10000 | limit 9000            | 24 creditLimit, 3 creditLimit, 3 creditLimit, 12 creditLimit
      card    |   50000 | card 622588******1234 | 6 cardNotEligible, 3 betterOffer
    `),
  )('leave out, for %s, %s fen, %s: %s', (method, amount, more, expected) => {
    expect(excluded(saleOf(method ?? '', amount ?? '', more ?? ''))).toBe(expected);
  });

  it('say nothing about a method that is not activated', () => {
    expect(assessPlans({}, saleOf('card', '1', ''))).toEqual({ offered: [], excluded: [] });
  });

  it('take the lower rate of two that are alike otherwise', () => {
    const settings: InstallmentSettings = {
      huabei: {
        amountMinFen: 1,
        amountMaxFen: 100,
        offers: [
          { periods: 3, feeRatePpm: 20_000, feePayer: 'customer' },
          { periods: 3, feeRatePpm: 10_000, feePayer: 'customer' },
        ],
      },
    };
    expect(eligiblePlans(settings, { method: 'huabei', amountFen: 50 })).toMatchObject([{ feeRatePpm: 10_000 }]);
  });

  it('carry what the contract says of each', () => {
    expect(eligiblePlans(SETTINGS, { method: 'card', amountFen: 50_000, firstDigits: '622588' })).toEqual([
      {
        method: 'card',
        periods: 3,
        feeRatePpm: 30_000,
        feePayer: 'customer',
        product: 'OWN3',
        bins: ['622588'],
        issuer: '甲行',
      },
    ]);
  });

  it('leave the settings as they were', () => {
    const before = JSON.stringify(SETTINGS);
    eligiblePlans(SETTINGS, { method: 'baitiao', amountFen: 50_000 });
    expect(JSON.stringify(SETTINGS)).toBe(before);
  });
});

describe('the periods that the merchant pays the fee of', () => {
  it.each(
    rowsOf(`
      baitiao | 60000 | 3
      baitiao |  4999 |
      baitiao |     1 |
      huabei  | 60000 |
      card    | 60000 |
    `),
  )('of %s for %s fen are %s', (method, amountFen, periods) => {
    const sale = { method: method as PlanSale['method'], amountFen: Number(amountFen) };
    expect(merchantPaidPeriods(SETTINGS, sale).join(' ')).toBe(periods);
  });
});

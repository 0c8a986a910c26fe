import { describe, expect, it } from '@jest/globals';
import { eligiblePlans } from '../../../firmware/rules/installment/plans.ts';
import { DEFAULT_INSTALLMENTS, type PlanMethod } from '../../../firmware/rules/installment/settings.ts';
import { rowsOf } from '../text-table.ts';

const SETTINGS = {
  ...DEFAULT_INSTALLMENTS,
  baitiao: {
    amountMinFen: 1000,
    amountMaxFen: 100_000,
    offers: [
      { periods: 24, feeRatePpm: 120_000, feePayer: 'customer' },
      { periods: 3, feeRatePpm: 0, feePayer: 'merchant', product: 'BT03' },
    ],
  },
  card: { amountMinFen: 1, amountMaxFen: 100, offers: [] },
} as const;

function offered(method: PlanMethod, amountFen: number): string {
  const plans = eligiblePlans(SETTINGS, { method, amountFen });
  return 'none' in plans ? plans.none : plans.map((plan) => plan.periods).join(' ');
}

describe('eligible plans', () => {
  it.each(
    rowsOf(`
      huabei  |    9999 | amountTooSmall
      huabei  |   10000 | 3 6 12
      huabei  | 5000000 | 3 6 12
      huabei  | 5000001 | amountTooLarge
      baitiao |    1000 | 3 24
      baitiao |     999 | amountTooSmall
      card    |      50 | noOffers
    `),
  )('%s for %s fen: %s', (method, amount, expected) => {
    expect(offered(method as PlanMethod, Number(amount))).toBe(expected);
  });

  it('are none for a method that the merchant has not activated', () => {
    expect(eligiblePlans(DEFAULT_INSTALLMENTS, { method: 'baitiao', amountFen: 50_000 })).toEqual({
      none: 'notActivated',
    });
  });

  it('carry what the contract says of each', () => {
    const plans = eligiblePlans(SETTINGS, { method: 'baitiao', amountFen: 50_000 });
    expect(plans).toEqual([
      { method: 'baitiao', periods: 3, feeRatePpm: 0, feePayer: 'merchant', product: 'BT03' },
      { method: 'baitiao', periods: 24, feeRatePpm: 120_000, feePayer: 'customer' },
    ]);
  });

  it('leave the settings as they were', () => {
    const before = JSON.stringify(SETTINGS);
    eligiblePlans(SETTINGS, { method: 'baitiao', amountFen: 50_000 });
    expect(JSON.stringify(SETTINGS)).toBe(before);
  });
});

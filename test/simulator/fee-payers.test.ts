import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { paidBy } from '../../apps/fee-payer.ts';
import { planRecordOf } from '../../firmware/effects/wallet-order.ts';
import { parseInstallmentTerms } from '../../firmware/protocol/cup/installment.ts';
import { checkCardTerms } from '../../firmware/rules/installment/card-terms.ts';
import { quotesOfHostPlans } from '../../firmware/rules/installment/host-plan.ts';
import { eligiblePlans, merchantPaidPeriods } from '../../firmware/rules/installment/plans.ts';
import { type PlanQuote, quotePlan } from '../../firmware/rules/installment/quote.ts';
import {
  DEFAULT_INSTALLMENTS,
  type FeePayer,
  type InstallmentSettings,
  type PlanMethod,
} from '../../firmware/rules/installment/settings.ts';
import { instalmentTerms, productPaidBy } from '../../simulator/acquirer/card-instalment.ts';
import { walletAmountEffect } from '../../simulator/wallet/outcomes.ts';
import { JdShop, known, payBy, terms } from './jd-shop.ts';

const BOUGHT_ON = { year: 2026, month: 11, day: 21 };
const PERIODS = [3, 6, 12, 24];

/** A contract that has the shop pay for some plans and the customer for the others. */
const contracts: fc.Arbitrary<InstallmentSettings> = fc
  .subarray(PERIODS)
  .map((periods) => paidBy('merchant', DEFAULT_INSTALLMENTS, periods));
/** Prices that the simulated hosts do nothing odd about. */
const prices = fc.integer({ min: 50_000, max: 1_900_000 }).filter((fen) => walletAmountEffect(fen) === undefined);

function quotesOf(contract: InstallmentSettings, method: PlanMethod, amountFen: number): readonly PlanQuote[] {
  const offers = eligiblePlans(contract, { method, amountFen });
  return 'none' in offers ? [] : offers.map((offer) => quotePlan(offer, amountFen, BOUGHT_ON));
}

/** Without the rate, which a lender rounds in its own way. */
function figuresOf({ offer, schedule, ...figures }: PlanQuote): unknown {
  return { ...figures, schedule, periods: offer.periods, feePayer: offer.feePayer };
}

function other(payer: FeePayer): FeePayer {
  return payer === 'customer' ? 'merchant' : 'customer';
}

describe('whoever pays the fee of instalments', () => {
  it('JD offers and books Baitiao to the fen as the contract has it', () => {
    fc.assert(
      fc.property(contracts, prices, fc.constantFrom(...PERIODS), (contract, amountFen, periods) => {
        const shop = new JdShop();
        const merchantPays = merchantPaidPeriods(contract, { method: 'baitiao', amountFen });
        const reply = shop.call({ kind: 'plans', account: undefined, amountFen, merchantPays });
        if (typeof reply === 'string' || reply.kind !== 'plans') throw new Error('no plans');
        const shown = quotesOfHostPlans(reply.plans, { method: 'baitiao', amountFen, boughtOn: BOUGHT_ON });
        if ('refused' in shown) throw new Error(shown.what);
        expect(shown.map(figuresOf)).toEqual(quotesOf(contract, 'baitiao', amountFen).map(figuresOf));
        const chosen = shown.find(({ offer }) => offer.periods === periods);
        if (chosen === undefined) throw new Error('no such plan');
        const order = terms('T1', amountFen, planRecordOf(chosen));
        shop.jd.faults.inject({ kind: 'otherPayer', call: 'pay' });
        expect(shop.call(payBy('baitiao', order))).toEqual({ kind: 'mismatch', members: ['baiTiao'] });
        expect(shop.says({ kind: 'query', order: known(order) })).toBe('paid');
        expect(shop.jd.order('T1')?.plan).toMatchObject({
          feePayer: chosen.offer.feePayer,
          feeFen: chosen.feeFen,
          merchantFeeFen: chosen.merchantFeeFen,
          totalFen: chosen.totalFen,
        });
      }),
      { numRuns: 60 },
    );
  });

  it('the issuer answers a card plan to the fen as it was confirmed, and never as the other payer has it', () => {
    fc.assert(
      fc.property(contracts, prices, (contract, amountFen) => {
        for (const quote of quotesOf(contract, 'card', amountFen)) {
          const { periods, product = '', feePayer } = quote.offer;
          const answered = (productCode: string) => {
            const f62 = instalmentTerms(amountFen, { periods, productCode, feeMode: 'perPeriod' });
            return checkCardTerms(quote, parseInstallmentTerms(f62 ?? new Uint8Array()));
          };
          expect(answered(product)).toBe('matches');
          const differs = expect.arrayContaining(['firstFeeFen', 'feePerPeriodFen']) as unknown;
          expect(answered(productPaidBy(product, other(feePayer)))).toEqual({ differs });
        }
      }),
      { numRuns: 300 },
    );
  });
});

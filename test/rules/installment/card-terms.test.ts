import { describe, expect, it } from '@jest/globals';
import { planRecordOf } from '../../../firmware/effects/wallet-order.ts';
import { parseInstallmentTerms } from '../../../firmware/protocol/cup/installment.ts';
import { checkCardTerms, planRecordAgrees, type ReportedPlan } from '../../../firmware/rules/installment/card-terms.ts';
import { type PlanQuote, quotePlan } from '../../../firmware/rules/installment/quote.ts';
import type { PlanOffer } from '../../../firmware/rules/installment/settings.ts';
import { instalmentTerms } from '../../../simulator/acquirer/card-instalment.ts';

const BOUGHT_ON = { year: 2026, month: 11, day: 21 };
const AMOUNT_FEN = 123_457;

function cardQuote(more: Partial<PlanOffer> = {}): PlanQuote {
  const offer: PlanOffer = { method: 'card', periods: 12, feeRatePpm: 75_000, feePayer: 'customer', ...more };
  return quotePlan(offer, AMOUNT_FEN, BOUGHT_ON);
}

const once: Partial<PlanOffer> = {
  terms: { remainderIn: 'first', feeIn: 'firstPeriod', due: { kind: 'byStatement' } },
};

describe("the issuer's terms of a card instalment", () => {
  it.each([
    ['fee in every period', {}, 'perPeriod'],
    ['fee once', once, 'once'],
    ['three periods', { periods: 3, feeRatePpm: 23_000 }, 'perPeriod'],
  ] as const)('match what was confirmed: %s', (_, offer, feeMode) => {
    const quote = cardQuote(offer);
    const bytes = instalmentTerms(AMOUNT_FEN, { periods: quote.offer.periods, productCode: 'FQ', feeMode });
    expect(checkCardTerms(quote, parseInstallmentTerms(bytes ?? new Uint8Array()))).toBe('matches');
  });

  it.each([
    ['firstAmountFen', 10_290],
    ['currency', '840'],
    ['feeOnceFen', 1],
    ['firstFeeFen', 777],
    ['feePerPeriodFen', 772],
  ] as const)('differ in %s by a fen', (member, value) => {
    const bytes = instalmentTerms(AMOUNT_FEN, { periods: 12, productCode: 'FQ', feeMode: 'perPeriod' });
    const terms = parseInstallmentTerms(bytes ?? new Uint8Array());
    expect(checkCardTerms(cardQuote(), { ...terms, [member]: value })).toEqual({ differs: [member] });
  });

  it('say everything that differs', () => {
    const bytes = instalmentTerms(AMOUNT_FEN, { periods: 12, productCode: 'FQ', feeMode: 'once' });
    expect(checkCardTerms(cardQuote(), parseInstallmentTerms(bytes ?? new Uint8Array()))).toEqual({
      differs: ['feeOnceFen', 'firstFeeFen', 'feePerPeriodFen'],
    });
  });
});

describe('a plan that a wallet reports', () => {
  const plan = planRecordOf(cardQuote());
  const free = planRecordOf(cardQuote({ feePayer: 'merchant' }));

  it.each<[string, boolean, typeof plan, ReportedPlan]>([
    ['periods alone', true, plan, { periods: 12 }],
    ['everything', true, plan, { periods: 12, feeFen: plan.feeFen, perPeriodFen: plan.perPeriodFen }],
    ['other periods', false, plan, { periods: 6, feeFen: plan.feeFen }],
    ['another fee', false, plan, { periods: 12, feeFen: plan.feeFen + 1 }],
    ['another payment', false, plan, { periods: 12, perPeriodFen: plan.perPeriodFen - 1 }],
    ['a fee that the merchant pays', true, free, { periods: 12, feeFen: 9259 }],
    ['another payment without a fee', false, free, { periods: 12, perPeriodFen: 1 }],
  ])('with %s agrees: %s', (_, agrees, record, reported) => {
    expect(planRecordAgrees(record, reported)).toBe(agrees);
  });
});

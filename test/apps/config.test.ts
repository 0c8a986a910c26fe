import { describe, expect, it } from '@jest/globals';
import { parseConfig } from '../../apps/config.ts';
import { DEFAULT_INSTALLMENTS } from '../../firmware/rules/installment/settings.ts';
import type { TerminalSettings } from '../../firmware/settings.ts';

function settingsOf(text: string): TerminalSettings {
  const checked = parseConfig(text);
  if (checked.kind === 'invalid') throw new Error(checked.problems.join('\n'));
  return checked.value;
}

function problemsOf(text: string): readonly string[] {
  const checked = parseConfig(text);
  return checked.kind === 'invalid' ? checked.problems : [];
}

describe('a configuration of instalments', () => {
  it('leaves what it does not name as it was, and switches off what it says is nothing', () => {
    const { installments } = settingsOf('installments:\n  baitiao: null\n');
    expect(installments).toEqual({ huabei: DEFAULT_INSTALLMENTS.huabei, card: DEFAULT_INSTALLMENTS.card });
  });

  it('takes every member of an offer', () => {
    const { installments } = settingsOf(`
installments:
  card:
    amountMinFen: 60000
    amountMaxFen: 900000
    offers:
      - periods: 18
        feeRatePpm: 90000
        feePayer: customer
        amountMinFen: 70000
        amountMaxFen: 800000
        product: "B018"
        bins: ["622588"]
        issuer: 示范银行
        terms: { remainderIn: last, feeIn: firstPeriod, due: { kind: dayOfMonth, day: 20 } }
`);
    expect(installments.card?.offers).toEqual([
      {
        periods: 18,
        feeRatePpm: 90_000,
        feePayer: 'customer',
        amountMinFen: 70_000,
        amountMaxFen: 800_000,
        product: 'B018',
        bins: ['622588'],
        issuer: '示范银行',
        terms: { remainderIn: 'last', feeIn: 'firstPeriod', due: { kind: 'dayOfMonth', day: 20 } },
      },
    ]);
  });

  it('names line and reason of everything in it that contradicts itself', () => {
    expect(
      problemsOf(`
installments:
  huabei:
    amountMinFen: 5000
    amountMaxFen: 4000
    offers: []
  card:
    amountMinFen: 1
    amountMaxFen: 4000
    offers:
      - { periods: 3, feeRatePpm: 2000000, feePayer: customer, product: A }
      - { periods: 3, feeRatePpm: 1000, feePayer: customer, product: B }
      - { periods: 99, feeRatePpm: 1000, feePayer: customer }
      - { periods: 6, feeRatePpm: 1000, feePayer: customer, product: C, bins: ["1234"] }
`),
    ).toEqual([
      'line 4: installments.huabei.amountMinFen: is above amountMaxFen',
      'line 6: installments.huabei.offers: is empty: a method without plans is left out',
      'line 11: installments.card.offers.0.feeRatePpm: is a whole number from 0 to 1000000 (100 %)',
      'line 12: installments.card.offers.1: repeats offers.0',
      'line 13: installments.card.offers.2.periods: is a whole number from 2 to 60',
      'line 13: installments.card.offers.2.product: is missing: an issuer knows a plan by it',
      'line 14: installments.card.offers.3.bins: are 6 to 8 digits each',
    ]);
  });

  it('says what is of a wrong kind before it asks whether the plans agree', () => {
    expect(
      problemsOf(`
installments:
  huabei: { amountMinFen: 1, amountMaxFen: 9, offers: [{ periods: 3.5, feeRatePpm: 1, feePayer: bank }] }
`),
    ).toEqual([
      'line 3: installments.huabei.offers.0.periods: is a whole number',
      'line 3: installments.huabei.offers.0.feePayer: is customer or merchant',
    ]);
  });
});

describe('a configuration of payment methods', () => {
  it('names them by id, or with words and a colour of the shop', () => {
    const { methods, offerInstallmentsFromFen } = settingsOf(`
methods: [baitiao, { id: huabei, zh: 花呗免息, en: Huabei, tone: purple }]
offerInstallmentsFromFen: 100000
`);
    expect(methods).toEqual([{ id: 'baitiao' }, { id: 'huabei', zh: '花呗免息', en: 'Huabei', tone: 'purple' }]);
    expect(offerInstallmentsFromFen).toBe(100_000);
  });

  it('names line and reason of what cannot be chosen', () => {
    expect(
      problemsOf(`
methods:
  - huabei
  - huabei
  - { id: baitiao, tone: blue, zh: '' }
  - cash
`),
    ).toEqual([
      'line 6: methods.3: is one of huabei, baitiao, cardInstallment, alipayCode, wechatCode, unionpayCode, or { id, zh, en, tone }',
    ]);
    expect(
      problemsOf(`
installments: { card: null }
methods:
  - huabei
  - huabei
  - { id: baitiao, tone: blue, zh: '' }
  - cardInstallment
`),
    ).toEqual([
      'line 5: methods.1: is huabei once more',
      'line 6: methods.2: has the colour of methods.0: blue',
      'line 6: methods.2.zh: takes 1 to 30 columns',
      'line 7: methods.3: is not activated: installments.card is missing',
    ]);
  });

  it('does not mind a usual method that is switched off', () => {
    expect(problemsOf('installments: { card: null }')).toEqual([]);
  });
});

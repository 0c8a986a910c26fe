import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { runQuote } from '../../apps/cli/quote.ts';
import { quotePlan } from '../../firmware/rules/installment/quote.ts';
import { DEFAULT_INSTALLMENTS, type PlanMethod } from '../../firmware/rules/installment/settings.ts';
import { rowsOf } from '../rules/text-table.ts';
import { runTool } from './run-tool.ts';

const BOUGHT_ON = { year: 2026, month: 11, day: 21 };
const directory = mkdtempSync(join(tmpdir(), 'fenqi-quote-'));
afterAll(() => rmSync(directory, { recursive: true }));

function quote(line: string) {
  return runTool(
    runQuote,
    line.split(' ').filter((part) => part !== ''),
  );
}

interface QuoteLine {
  readonly method: string;
  readonly amountFen: number;
  readonly boughtOn: string;
  readonly plans: readonly {
    readonly periods: number;
    readonly feePayer: string;
    readonly product?: string;
    readonly feeFen: number;
    readonly merchantFeeFen: number;
    readonly totalFen: number;
    readonly schedule: unknown;
  }[];
  readonly excluded: readonly { readonly periods: number; readonly reason: string }[];
  readonly none?: string;
}

async function quoted(line: string): Promise<QuoteLine> {
  const { out } = await quote(`${line} --json`);
  expect(out).toHaveLength(1);
  return JSON.parse(out[0] ?? '') as QuoteLine;
}

/** A file in which Huabei has a plan of each payer, Baitiao is off and one card product belongs to one issuer. */
function shop(): string {
  const file = join(directory, 'shop.yaml');
  writeFileSync(
    file,
    `
language: en
installments:
  baitiao: null
  huabei:
    amountMinFen: 10000
    amountMaxFen: 500000
    offers:
      - { periods: 3, feeRatePpm: 23000, feePayer: customer }
      - { periods: 3, feeRatePpm: 18000, feePayer: merchant, amountMinFen: 100000 }
      - { periods: 6, feeRatePpm: 45000, feePayer: customer }
  card:
    amountMinFen: 10000
    amountMaxFen: 500000
    offers:
      - { periods: 12, feeRatePpm: 66000, feePayer: customer, product: "B012", bins: ["622588"], issuer: Demo }
`,
  );
  return file;
}

describe('fenqi quote', () => {
  it('says what a customer pays, period by period, in Chinese', async () => {
    const { out, exitCode } = await quote('--method huabei --amount-fen 123457 --periods 3 --at 2026-11-21');
    expect(exitCode).toBe(0);
    expect(out).toEqual([
      '花呗分期  ¥1,234.57  2026-11-21',
      '',
      '3期  2.3% 顾客承担',
      '  手续费 ¥28.40  还款总额 ¥1,262.97',
      '  期      还款日    本金  手续费    合计',
      '   1  2026-12-09  411.53    9.48  421.01',
      '   2  2027-01-09  411.52    9.46  420.98',
      '   3  2027-02-09  411.52    9.46  420.98',
    ]);
  });

  it('says it in English, with what is not offered and why', async () => {
    const { out, exitCode } = await quote(
      `--method huabei --amount-fen 90000 --periods 3 --at 2026-11-21 --config ${shop()}`,
    );
    expect(exitCode).toBe(0);
    expect(out).toEqual([
      'Huabei instalments  ¥900.00  2026-11-21',
      '',
      '3 periods  2.3% the customer pays it',
      '  fee ¥20.70  total to repay ¥920.70',
      '  no.         due  principal   fee  payment',
      '    1  2026-12-09     300.00  6.90   306.90',
      '    2  2027-01-09     300.00  6.90   306.90',
      '    3  2027-02-09     300.00  6.90   306.90',
      '',
      'Not offered:',
      '  3 periods  1.8% the shop pays it  the amount is too small',
    ]);
  });

  it.each(['huabei', 'baitiao', 'card'] as const)('works %s out as the terminal does', async (method: PlanMethod) => {
    const { plans, ...rest } = await quoted(`--method ${method} --amount-fen 123457 --at 2026-11-21`);
    expect(rest).toEqual({ method, amountFen: 123_457, boughtOn: '2026-11-21', excluded: [] });
    const offers = DEFAULT_INSTALLMENTS[method]?.offers ?? [];
    expect(plans).toHaveLength(offers.length);
    for (const [index, offer] of offers.entries()) {
      const { feeFen, totalFen, firstPaymentFen, perPeriodFen, schedule } = quotePlan(
        { ...offer, method },
        123_457,
        BOUGHT_ON,
      );
      const { periods, product } = offer;
      const expected = { periods, product, feeFen, totalFen, firstPaymentFen, perPeriodFen, schedule };
      expect(plans[index]).toMatchObject(JSON.parse(JSON.stringify(expected)) as object);
    }
  });

  it.each(
    rowsOf(`
      --method huabei --amount-fen 120000                       | 3 merchant, 6 customer | 3 betterOffer            |                 | 0
      --method huabei --amount-fen 120000 --fee-payer customer  | 3 customer, 6 customer | 3 otherPayer             |                 | 0
      --method huabei --amount-fen 120000 --fee-payer merchant  | 3 merchant             | 3 otherPayer, 6 otherPayer |               | 0
      --method huabei --amount-fen 120000 --periods 12          |                        |                          | noOffers        | 1
      --method huabei --amount-fen 9999                         |                        | 3 amountTooSmall, 3 amountTooSmall, 6 amountTooSmall | amountTooSmall | 1
      --method huabei --amount-fen 90000 --credit-limit-fen 1   |                        | 3 creditLimit, 3 amountTooSmall, 6 creditLimit | creditLimit | 1
      --method baitiao --amount-fen 120000                      |                        |                          | notActivated    | 1
      --method card --amount-fen 120000                         |                        | 12 cardNotEligible       | cardNotEligible | 1
      --method card --amount-fen 120000 --bin 62258801          | 12 customer            |                          |                 | 0
    `),
  )('%s offers "%s", leaves out "%s", none: "%s", status %s', async (line, offered, excluded, none, status) => {
    const answer = await quoted(`${line} --config ${shop()}`);
    expect(answer.plans.map(({ periods, feePayer }) => `${periods} ${feePayer}`).join(', ')).toBe(offered);
    expect(answer.excluded.map(({ periods, reason }) => `${periods} ${reason}`).join(', ')).toBe(excluded);
    expect(answer.none ?? '').toBe(none);
    const { exitCode } = await quote(`${line} --config ${shop()}`);
    expect(exitCode).toBe(Number(status));
  });

  it.each(
    rowsOf(`
      huabei  | merchant | 3 6 12    | 2760 5400 9000        |
      huabei  | customer | 3 6 12    | 2760 5400 9000        |
      baitiao | merchant | 3 6 12 24 | 2160 4320 8640 17280  |
      baitiao | customer | 3 6 12 24 | 2160 4320 8640 17280  |
      card    | merchant | 3 6 12 24 | 2760 5400 9000 18000  | SQ03 SQ06 SQ12 SQ24
      card    | customer | 3 6 12 24 | 2760 5400 9000 18000  | FQ03 FQ06 FQ12 FQ24
    `),
  )('without a contract %s of the %s: %s periods cost %s', async (method, payer, periods, fees, products) => {
    const { plans } = await quoted(`--method ${method} --fee-payer ${payer} --amount-fen 120000`);
    const said = (value: (plan: (typeof plans)[number]) => number | string | undefined): string =>
      plans
        .map((plan) => String(value(plan) ?? ''))
        .join(' ')
        .trim();
    expect(said((plan) => plan.periods)).toBe(periods);
    expect(said((plan) => (payer === 'merchant' ? plan.merchantFeeFen : plan.feeFen))).toBe(fees);
    expect(said((plan) => plan.product)).toBe(products);
    const isFree = plans.every(({ feeFen, totalFen }) => feeFen === 0 && totalFen === 120_000);
    expect(isFree).toBe(payer === 'merchant');
  });

  it('takes the day of the sale in China where none is said, and the language that is asked for', async () => {
    const { out } = await quote('--method card --amount-fen 10 --language en');
    expect(out[0]).toMatch(/^Card instalments {2}¥0\.10 {2}\d{4}-\d\d-\d\d$/);
    expect(out).toContain('The amount is too small');
    expect(out).toContain('  3 periods  2.3% the customer pays it  FQ03  the amount is too small');
  });

  it.each(
    rowsOf(`
                                                                  | --method is huabei, baitiao or card
      --method cash --amount-fen 1                                | --method is huabei, baitiao or card
      --method huabei                                             | --amount-fen is a whole number of fen above 0
      --method huabei --amount-fen 0                              | --amount-fen is a whole number of fen above 0
      --method huabei --amount-fen 12.5                           | --amount-fen is a whole number of fen above 0
      --method huabei --amount-fen 1000000000000                  | --amount-fen is a whole number of fen above 0
      --method huabei --amount-fen 100 --periods 0                | --periods is a whole number from 1 to 60
      --method huabei --amount-fen 100 --periods six              | --periods is a whole number from 1 to 60
      --method huabei --amount-fen 100 --fee-payer bank           | --fee-payer is customer or merchant
      --method huabei --amount-fen 100 --credit-limit-fen x       | --credit-limit-fen is a whole number of fen
      --method card --amount-fen 100 --bin 6225880123456789       | --bin is 6 to 8 digits
      --method huabei --amount-fen 100 --at 2026-02-29            | --at is a day of the calendar as 2026-12-09
      --method huabei --amount-fen 100 --at tomorrow              | --at is a day of the calendar as 2026-12-09
      --method huabei --amount-fen 100 --language fr              | --language is zh or en
    `),
  )('refuses "%s": %s', async (line, problem) => {
    const { out, err, exitCode } = await quote(line ?? '');
    expect(out).toEqual([]);
    expect(err).toEqual([`fenqi quote: ${problem}; see fenqi quote --help`]);
    expect(exitCode).toBe(2);
  });

  it('says line and reason of a wrong file, and that one is missing', async () => {
    const file = join(directory, 'wrong.yaml');
    writeFileSync(file, 'installments:\n  huabei: { amountMinFen: 2, amountMaxFen: 1, offers: [] }\n');
    const wrong = await quote(`--method huabei --amount-fen 100 --config ${file}`);
    expect(wrong.err).toEqual([
      'fenqi quote: line 2: installments.huabei.amountMinFen: is above amountMaxFen',
      'fenqi quote: line 2: installments.huabei.offers: is empty: a method without plans is left out',
    ]);
    expect(wrong.exitCode).toBe(2);
    const missing = await quote(`--method huabei --amount-fen 100 --config ${join(directory, 'none.yaml')}`);
    expect(missing.err[0]).toContain('cannot be read (ENOENT)');
    expect(missing.exitCode).toBe(2);
  });

  it('--help explains itself', async () => {
    const { out, exitCode } = await quote('--help');
    expect(out[0]).toMatch(/^fenqi quote/);
    expect(exitCode).toBe(0);
  });
});

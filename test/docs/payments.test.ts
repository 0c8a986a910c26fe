import { describe, expect, it } from '@jest/globals';
import { readPage } from '../../apps/docs/page.ts';
import { formatYuan } from '../../firmware/base/fen.ts';
import { RESPONSE_CODES } from '../../firmware/rules/response-codes.ts';
import { quotePlan } from '../../firmware/rules/installment/quote.ts';
import { DEFAULT_SETTINGS } from '../../firmware/settings.ts';
import { sectionOf, tableRows } from './page-tables.ts';

const PAGE = readPage('docs/payments.md');

describe('docs/payments.md', () => {
  it('works out its example to the fen, with the plan that ships', () => {
    const section = sectionOf(PAGE, '## Huabei instalments');
    const offer = DEFAULT_SETTINGS.installments.huabei?.offers.find(({ periods }) => periods === 3);
    expect(offer).toEqual({ periods: 3, feeRatePpm: 23_000, feePayer: 'customer' });
    const quote = quotePlan({ method: 'huabei', periods: 3, feeRatePpm: 23_000, feePayer: 'customer' }, 123_457, {
      year: 2026,
      month: 11,
      day: 21,
    });
    const rows = quote.schedule.map(({ period, dueDate, principalFen, feeFen, totalFen }) => [
      String(period),
      dueDate,
      ...[principalFen, feeFen, totalFen].map(formatYuan),
    ]);
    const total = ['total', '', ...[quote.principalFen, quote.feeFen, quote.totalFen].map(formatYuan)];
    expect(tableRows(section)).toEqual([...rows, total]);
    expect(section).toContain('¥1,234.57 in three periods at 2.3 %');
  });

  it('names every response code beside what the terminal does about it', () => {
    const byAction = new Map<string, string[]>();
    for (const [code, { action }] of Object.entries(RESPONSE_CODES)) {
      byAction.set(action, [...(byAction.get(action) ?? []), code]);
    }
    const rows = tableRows(sectionOf(PAGE, '## What an answer means')).filter(([, codes = '']) =>
      /^[0-9A-Z]{2}( |$)/.test(codes),
    );
    const documented = new Map(rows.map(([action, codes = '']) => [action, new Set(codes.split(' '))]));
    expect(documented).toEqual(new Map([...byAction].map(([action, codes]) => [action, new Set(codes)])));
  });

  it('has the limits and times of the settings', () => {
    const { noPinLimitFen, installments, wallet } = DEFAULT_SETTINGS;
    expect(PAGE).toContain(`\`noPinLimitFen\` (¥${formatYuan(noPinLimitFen)})`);
    expect(PAGE).toContain(`Below ¥${formatYuan(installments.huabei?.amountMinFen ?? 0)} nothing is offered`);
    expect(PAGE).toContain(`\`pollEveryMs\` (${wallet.pollEveryMs / 1000} s)`);
    expect(PAGE).toContain(`\`decideWithinMs\` (${wallet.decideWithinMs / 1000} s)`);
  });
});

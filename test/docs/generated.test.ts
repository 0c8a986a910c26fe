import { describe, expect, it } from '@jest/globals';
import { withOutcomeTables } from '../../apps/docs/outcome-tables.ts';
import { withSimulationTables } from '../../apps/docs/simulation-tables.ts';
import { withWaysToPay } from '../../apps/docs/payment-tables.ts';
import { readPage } from '../../apps/docs/page.ts';
import { TEST_CARDS } from '../../hal-mock/cards/test-cards.ts';
import { WALLET_CUSTOMERS } from '../../simulator/wallet/customers.ts';
import { sectionOf, tableRows } from './page-tables.ts';

/** It plays a scenario for each way to pay, which a busy machine takes its time for. */
const EVERY_SLIP_MS = 120_000;

const PAGE = readPage('docs/testing.md');

describe('docs/reliability.md', () => {
  it('has the tables of invariants and faults as the simulator has them (npm run docs writes them)', () => {
    const page = readPage('docs/reliability.md');
    expect(withSimulationTables(page)).toBe(page);
  });
});

describe('docs/payments.md', () => {
  it(
    'has charts and slips as the scenarios play them (npm run docs writes them)',
    async () => {
      const page = readPage('docs/payments.md');
      expect(await withWaysToPay(page)).toBe(page);
    },
    EVERY_SLIP_MS,
  );
});

describe('docs/testing.md', () => {
  it('has the outcome tables as the simulators have them (npm run docs writes them)', () => {
    expect(withOutcomeTables(PAGE)).toBe(PAGE);
  });

  it('names every card and every customer, once', () => {
    const named = [
      ...tableRows(sectionOf(PAGE, '## The simulated acquirer')),
      ...tableRows(sectionOf(PAGE, '## The simulated wallet')),
    ]
      .map(([first = '']) => first)
      .filter((first) => first.startsWith('`'));
    const ids = [...TEST_CARDS, ...WALLET_CUSTOMERS].map(({ id }) => `\`${id}\``);
    expect(named).toEqual(ids);
  });
});

import { existsSync, globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readPage, ROOT } from '../../apps/docs/page.ts';
import { applyRecord, emptyJournal, openSales, saleId, type SaleStatus } from '../../firmware/journal/fold.ts';
import type { StampedRecord } from '../../firmware/journal/records.ts';
import { SCREENS } from '../../firmware/screens/catalogue.ts';
import { codesOf, sectionOf, tableRows } from './page-tables.ts';

const PAGES = globSync('docs/*.md', { cwd: ROOT }).toSorted();
const SOURCES = globSync('{firmware,drivers,hal-mock,simulator,yaml,apps}/**/*.ts', { cwd: ROOT });
const PATH = /^(?:\.\/)?(?:firmware|drivers|hal-mock|simulator|apps|scenarios|test|bench|docs)\/[\w./*-]*$/;

const KEY = { batch: '000001', stan: 1 };
const CARD = { type: 'cardIntent' };
const WALLET = { type: 'walletIntent' };
const APPROVED = { type: 'cardResult', result: 'approved' };
const REVERSAL = { type: 'reversalIntent', reason: '98' };
const CANCEL = { type: 'cancelIntent' };

/** The shortest story that brings a sale to each status. */
const WAYS_TO_STATUS: Readonly<Record<SaleStatus, readonly object[]>> = {
  sent: [CARD],
  authorized: [CARD, APPROVED],
  approved: [CARD, APPROVED, { type: 'saleApproved' }],
  declined: [CARD, { type: 'cardResult', result: 'declined' }],
  notSent: [CARD, { type: 'cardResult', result: 'notSent' }],
  reversing: [CARD, REVERSAL],
  reversed: [CARD, REVERSAL, { type: 'reversalResult', outcome: 'reversed' }],
  handedOver: [CARD, REVERSAL, { type: 'closedByHand', supervisor: '01' }],
  uncollected: [CARD, { type: 'saleApproved', offline: true }, { type: 'forwardResult', outcome: 'rejected' }],
  cancelling: [WALLET, CANCEL],
  cancelled: [WALLET, CANCEL, { type: 'walletResult', result: 'cancelled' }],
};

describe('documents', () => {
  it.each(PAGES)('%s names only files that exist', (page) => {
    const paths = codesOf(readPage(page)).filter((code) => PATH.test(code) && !code.includes('*'));
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it.each([
    ['docs/architecture.md', 200],
    ['docs/style.md', 80],
  ])('%s has at most %i lines', (page, linesMax) => {
    expect(readPage(page).split('\n').length - 1).toBeLessThanOrEqual(linesMax);
  });
});

describe('docs/glossary.md', () => {
  it('names what is in the code', () => {
    const code = SOURCES.map(readPage).join('\n');
    const names = tableRows(readPage('docs/glossary.md')).flatMap(([, , inCode = '']) => codesOf(inCode));
    expect(names.length).toBeGreaterThan(40);
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(code))).toEqual([]);
  });
});

describe('docs/operations.md', () => {
  it('explains every screen that asks for something', () => {
    const shown = new Set(
      SOURCES.map(readPage).flatMap((source) =>
        [...source.matchAll(/\b(?:screen|show|renderScreen)\('(\w+)'/g)].map(([, id = '']) => id),
      ),
    );
    const failures = [...shown].filter((id) => SCREENS[id as keyof typeof SCREENS].tone === 'failure');
    const rows = tableRows(sectionOf(readPage('docs/operations.md'), '## What each failure screen asks for'));
    const explained = rows.flatMap(([screens = '']) => codesOf(screens));
    expect(failures.filter((id) => !explained.includes(id))).toEqual([]);
    expect(explained.filter((id) => !shown.has(id))).toEqual([]);
  });
});

describe('docs/hal.md', () => {
  it('has a row for every port file, and names every contract suite', () => {
    const page = readPage('docs/hal.md');
    const notPorts = ['index.ts', 'ports.ts', 'hal-error.ts'];
    const ports = globSync('firmware/hal/*.ts', { cwd: ROOT }).filter((path) => !notPorts.includes(basename(path)));
    const suites = globSync('test/contract/*.contract.ts', { cwd: ROOT });
    expect([...ports, ...suites].filter((path) => !page.includes(`\`${path}\``))).toEqual([]);
  });
});

describe('docs/reliability.md', () => {
  it('says of every status whether the sale is open', () => {
    const rows = tableRows(sectionOf(readPage('docs/reliability.md'), '## Statuses'));
    const folded = Object.entries(WAYS_TO_STATUS).map(([status, records]) => {
      const state = emptyJournal();
      for (const record of records) applyRecord(state, { ...KEY, ...record, wallMs: 0 } as StampedRecord);
      expect(state.sales.get(saleId(KEY))?.status).toBe(status);
      return [`\`${status}\``, openSales(state).length === 1 ? 'yes' : 'no'];
    });
    expect(rows.map(([status, , open]) => [status, open])).toEqual(folded);
  });

  it('names every kind of record', () => {
    const types = [...readPage('firmware/journal/records.ts').matchAll(/readonly type: '(\w+)'/g)].map(
      ([, type]) => type,
    );
    const page = readPage('docs/reliability.md');
    expect(types.filter((type) => !page.includes(`\`${type}\``))).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser } from 'playwright-core';
import { hasBrowser, openBrowser, Visit, WAIT } from './browser.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TIME_MS = 150_000;

const describeInBrowser = hasBrowser() ? describe : describe.skip;

/** What a screen reader or a weak eye would stumble over, by rule and place. */
async function obstacles({ page }: Visit): Promise<readonly string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      readonly axe: {
        run(): Promise<{ violations: { id: string; nodes: { target: readonly string[] }[] }[] }>;
      };
    };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
  });
}

describeInBrowser('the page for everybody', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  }, TIME_MS);
  afterAll(() => browser.close());

  it(
    'has nothing on any view that a screen reader could not read',
    async () => {
      const visit = await Visit.open(browser, { locale: 'en-GB' });
      for (const view of ['Statechart', 'Lanes', 'Coverage']) {
        await visit.page.getByRole('tab', { name: view }).click(WAIT);
        expect([view, await obstacles(visit)]).toEqual([view, []]);
      }
      await visit.close();
    },
    TIME_MS,
  );

  it(
    'takes a sale by keyboard alone',
    async () => {
      const visit = await Visit.open(browser, { locale: 'en-GB' });
      await visit.faster();
      await visit.type('8', '8', '0', '0', 'Enter');
      await visit.shows('presentCard');
      await visit.page.getByRole('button', { name: 'Insert', exact: true }).focus(WAIT);
      await visit.type('Enter');
      await visit.shows('enterPin');
      // The pad takes the focus when it asks, and with it the digits.
      await visit.page.waitForFunction(() => document.activeElement?.closest('.pin-pad') !== null, null, WAIT);
      await visit.type('1', '2', '3', '4', '5', '6');
      await visit.page.locator('.pin-pad').getByRole('button', { name: 'Enter', exact: true }).focus(WAIT);
      await visit.type('Enter');
      await visit.shows('tearReceipt');
      expect(await visit.trace()).not.toContain('123456');
      await visit.close();
    },
    TIME_MS,
  );
});

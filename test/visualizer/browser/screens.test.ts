import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { hasBrowser, openBrowser, Visit, WAIT } from './browser.ts';

/** What is compared, without what differs from run to run. */
const EXPECTED = fileURLToPath(new URL('expected/', import.meta.url));
/** The same moments whole: the pictures of README. */
const PICTURES = fileURLToPath(new URL('../../../docs/images/', import.meta.url));
/** FENQI_UPDATE_PICTURES=1 takes both anew. */
const isUpdate = process.env['FENQI_UPDATE_PICTURES'] === '1';
/** Two runs differ by 0.13 % at most, a focus ring by 0.4 %; a panel that moves, appears or vanishes by several per cent. */
const DIFFERENT_SHARE_MAX = 0.01;
const TIME_MS = 200_000;

const describeInBrowser = hasBrowser() ? describe : describe.skip;

/** Share of pixels that differ visibly, worked out by the browser, which reads PNG; 1 for another size. */
function differenceOf(page: Page, a: Buffer, b: Buffer): Promise<number> {
  const urls = [a, b].map((png) => `data:image/png;base64,${png.toString('base64')}`) as [string, string];
  return page.evaluate(async ([first, second]) => {
    const pixelsOf = async (url: string): Promise<ImageData> => {
      const image = new Image();
      image.src = url;
      await image.decode();
      const canvas = new OffscreenCanvas(image.width, image.height);
      const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
      context.drawImage(image, 0, 0);
      return context.getImageData(0, 0, image.width, image.height);
    };
    const [one, other] = await Promise.all([pixelsOf(first), pixelsOf(second)]);
    if (one.width !== other.width || one.height !== other.height) return 1;
    let differing = 0;
    for (let at = 0; at < one.data.length; at += 4) {
      const distance = [0, 1, 2].reduce(
        (sum, part) => sum + Math.abs((one.data[at + part] ?? 0) - (other.data[at + part] ?? 0)),
        0,
      );
      if (distance > 96) differing++;
    }
    return (differing * 4) / one.data.length;
  }, urls);
}

describeInBrowser('the main views look as they did', () => {
  let browser: Browser;
  let blank: Page;
  beforeAll(async () => {
    browser = await openBrowser();
    blank = await browser.newPage();
  }, TIME_MS);
  afterAll(() => browser.close());

  async function looksLike(name: string, { page }: Visit): Promise<void> {
    // What differs from run to run: times, and paper with its dates.
    const mask = ['.timeline', '.paper', '.torn', '.details'].map((part) => page.locator(part));
    const shot = await page.screenshot({ mask, maskColor: '#dfe3ea', animations: 'disabled', caret: 'hide' });
    const file = `${EXPECTED}${name}.png`;
    if (isUpdate) {
      writeFileSync(file, shot);
      await page.screenshot({ path: `${PICTURES}page-${name}.png`, animations: 'disabled', caret: 'hide' });
    }
    expect(await differenceOf(blank, readFileSync(file), shot)).toBeLessThan(DIFFERENT_SHARE_MAX);
  }

  it(
    'the terminal with its chart, the lanes, and English on a tablet',
    async () => {
      const visit = await Visit.open(browser);
      await visit.rings('1', '2', '0', '0', '0', '0');
      await visit.choose('哪部手机', 'alipay/huabei');
      await visit.click('出示付款码');
      await visit.shows('choosePlan');
      await visit.page.waitForSelector('.state.active', WAIT);
      await looksLike('chart', visit);
      await visit.page.getByRole('tab', { name: '时序' }).click(WAIT);
      await visit.page.waitForSelector('[role="tabpanel"] button, [role="tabpanel"] [role="row"]', WAIT);
      await looksLike('lanes', visit);
      expect(visit.complaints).toEqual([]);
      await visit.close();
      const tablet = await Visit.open(browser, { size: [820, 1180], locale: 'en-GB' });
      await tablet.page.waitForSelector('.state.active', WAIT);
      const isTooWide = await tablet.page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      expect(isTooWide).toBe(false);
      await looksLike('tablet', tablet);
      await tablet.close();
    },
    TIME_MS,
  );
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { hasBrowser, openBrowser, Visit, WAIT } from './browser.ts';

const TIME_MS = 150_000;

// Without a browser there is nothing that these tests could look at; CI demands one.
const describeInBrowser = hasBrowser() ? describe : describe.skip;

describeInBrowser('the page, used as a person would', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  }, TIME_MS);
  afterAll(() => browser.close());

  async function visiting(use: (visit: Visit) => Promise<void>): Promise<void> {
    const visit = await Visit.open(browser);
    await visit.faster();
    try {
      await use(visit);
      expect(visit.complaints).toEqual([]);
    } finally {
      await visit.close();
    }
  }

  const typesOf = async (visit: Visit): Promise<readonly string[]> => (await visit.records()).map(({ type }) => type);

  it(
    'takes a sale by chip and PIN; the page shows what the journal says, and the PIN is nowhere',
    () =>
      visiting(async (visit) => {
        await visit.rings('8', '8', '0', '0');
        await visit.click('插卡');
        await visit.pin('123456');
        await visit.shows('tearReceipt');
        expect(await typesOf(visit)).toEqual(expect.arrayContaining(['cardIntent', 'saleApproved', 'receiptStarted']));
        const trace = await visit.trace();
        expect(trace).not.toContain('123456');
        expect(await visit.page.content()).not.toMatch(/62999910000000001/);
        await visit.click('撕下小票');
        await visit.type('Enter');
        await visit.shows('removeCard');
        await visit.click('拔卡');
        await visit.shows('idle');
      }),
    TIME_MS,
  );

  it(
    'takes a Huabei sale over six periods: quote on the screen, paid, printed',
    () =>
      visiting(async (visit) => {
        await visit.rings('1', '2', '0', '0', '0', '0');
        await visit.choose('哪部手机', 'alipay/huabei');
        await visit.click('出示付款码');
        await visit.shows('choosePlan');
        await visit.page.getByRole('button', { name: /6期 每期¥209\.00/ }).click(WAIT);
        await visit.shows('confirmPlan');
        await visit.type('Enter');
        await visit.shows('tearReceipt');
        const paid = (await visit.records()).find(({ type }) => type === 'walletResult');
        expect(paid?.fields).toContainEqual(expect.objectContaining({ name: 'result', value: 'paid' }));
        const slip = await visit.page
          .getByRole('img', { name: /花呗分期/ })
          .first()
          .getAttribute('alt');
        expect(slip).toMatch(/1,254\.00.*54\.00|54\.00.*1,254\.00/);
      }),
    TIME_MS,
  );

  it(
    'takes a Baitiao sale by account: number, plan, SMS code, paid',
    () =>
      visiting(async (visit) => {
        await visit.rings('1', '2', '0', '0', '0', '0');
        await visit.page.getByRole('button', { name: /京东白条/ }).click(WAIT);
        await visit.shows('enterAccount');
        await visit.choose('哪部手机', 'jd/baitiao');
        await visit.click('输入手机号');
        await visit.shows('choosePlan');
        await visit.type('1');
        await visit.shows('confirmPlan');
        await visit.type('Enter');
        await visit.shows('chooseProof');
        await visit.page.locator('[data-screen="chooseProof"]').getByRole('button', { name: /短信/ }).click(WAIT);
        await visit.shows('enterSmsCode');
        const code =
          (await visit.page
            .getByText(/^\d{6}$/)
            .first()
            .textContent()) ?? '';
        expect(code).toMatch(/^\d{6}$/);
        await visit.click('输入短信验证码');
        await visit.shows('tearReceipt');
        expect(await visit.trace()).not.toContain(code);
      }),
    TIME_MS,
  );

  it(
    'the card is pulled out while the PIN is asked for: nothing was sent',
    () =>
      visiting(async (visit) => {
        await visit.rings('8', '8', '0', '0');
        await visit.click('插卡');
        await visit.shows('enterPin');
        await visit.click('拔卡');
        await visit.page.waitForFunction(() => document.querySelector('[data-screen="enterPin"]') === null, null, WAIT);
        await visit.page.waitForSelector(
          '[data-screen="idle"], [data-screen="cancelled"], [data-screen="notCharged"]',
          WAIT,
        );
        expect(await typesOf(visit)).not.toContain('saleApproved');
      }),
    TIME_MS,
  );

  it(
    'the paper runs out in the middle of the slip, is loaded, and the slip comes whole',
    () =>
      visiting(async (visit) => {
        await visit.click('缺纸');
        await visit.rings('8', '8', '0', '0');
        await visit.click('挥卡');
        await visit.shows('printerProblem');
        expect(await typesOf(visit)).toContain('saleApproved');
        await visit.click('装纸');
        await visit.type('Enter');
        await visit.shows('tearReceipt');
        expect(await typesOf(visit)).toContain('receiptDone');
      }),
    TIME_MS,
  );

  it(
    'the network dies after the request: nobody is told that it was paid, and the sale is reversed',
    () =>
      visiting(async (visit) => {
        await visit.choose('哪台主机', 'acquirer');
        await visit.choose('故障', 'dropReply');
        await visit.click('布置故障');
        await visit.page.getByText(/dropReply × 1/).waitFor(WAIT);
        await visit.rings('8', '8', '0', '0');
        await visit.click('插卡');
        await visit.pin('123456');
        await visit.page.waitForSelector('[data-screen="notCharged"], [data-screen="removeCard"]', WAIT);
        await visit.click('拔卡');
        await visit.page.waitForFunction(
          async () => /"type":"reversalResult"/.test(await (await fetch('/api/trace')).text()),
          null,
          { ...WAIT, polling: 500 },
        );
        const types = await typesOf(visit);
        expect(types).toContain('reversalIntent');
        expect(types).not.toContain('saleApproved');
      }),
    TIME_MS,
  );

  it(
    'lights the active states on the chart, goes back in time, and comes back',
    () =>
      visiting(async (visit) => {
        const active = () =>
          visit.page.$$eval('.state.active', (states) => states.map((state) => state.getAttribute('data-state')));
        await visit.page.waitForSelector('.state.active', WAIT);
        expect(await active()).toEqual(['idle']);
        await visit.rings('1', '2', '3', '4');
        await visit.page.getByText('¥12.34').first().waitFor(WAIT);
        expect(await active()).toEqual(['transacting', 'identifying', expect.any(String)]);
        await visit.page.keyboard.press('[');
        await visit.page.getByRole('button', { name: '实时', exact: true }).waitFor(WAIT);
        expect(await visit.page.getByRole('button', { name: '插卡', exact: true }).isDisabled()).toBe(true);
        await visit.click('实时');
        await visit.shows('presentCard');
        expect(await active()).toEqual(['transacting', 'identifying', expect.any(String)]);
      }),
    TIME_MS,
  );
});

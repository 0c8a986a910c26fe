import { describe, expect, it } from '@jest/globals';
import { DEFAULT_SETTINGS } from '../../../firmware/settings.ts';
import { chartModel } from '../../../apps/charts/chart-model.ts';
import { TEST_CARDS } from '../../../hal-mock/cards/test-cards.ts';
import { ScenarioError } from '../../../simulator/scenario/format.ts';
import { StepFailure } from '../../../simulator/scenario/step-failure.ts';
import { PageShop } from './page-shop.ts';

describe('a session at the page', () => {
  it('takes a sale by chip and PIN, and keeps the PIN to itself', async () => {
    const shop = await PageShop.open();
    await shop.shows('idle');
    await shop.keys('8', '8', '00', 'confirm');
    await shop.shows('presentCard');
    expect(shop.session.now().reader.waitsFor).toContain('insert');
    await shop.time.advance(300);
    await shop.does({ customer: { insert: 'debit' } });
    await shop.shows('enterPin');
    await shop.time.runUntil(() => shop.session.now().pinPad.isAsking, 10_000, 'the PIN pad asks');
    for (const digit of '123456') await shop.does({ customer: { type: digit } });
    await shop.does({ customer: { press: 'confirm' } });
    await shop.shows('tearReceipt');
    const { recorder } = shop.session;
    expect(recorder.text()).not.toContain('123456');
    expect(recorder.text()).not.toContain(TEST_CARDS[0]?.pan ?? '?');
    expect(recorder.events.some(({ kind }) => kind === 'slip')).toBe(true);
    await shop.session.close();
  });

  it('opens the drawer from the menu, and tells so once', async () => {
    const shop = await PageShop.open({ ...DEFAULT_SETTINGS, hasDrawer: true });
    await shop.shows('idle');
    await shop.keys('function', '0');
    await shop.shows('idle');
    expect(shop.session.recorder.events.filter(({ kind }) => kind === 'drawer')).toHaveLength(1);
    await shop.session.close();
  });

  it('takes the card out in the middle of the PIN', async () => {
    const shop = await PageShop.open();
    await shop.shows('idle');
    await shop.keys('8', '00', 'confirm');
    await shop.shows('presentCard');
    await shop.time.advance(300);
    await shop.does({ customer: { insert: 'debit' } });
    await shop.time.runUntil(() => shop.session.now().pinPad.isAsking, 60_000, 'the PIN pad asks');
    await shop.does({ customer: { type: '1' } });
    await shop.does({ customer: { pull: true } });
    expect(shop.session.now().reader.isInserted).toBe(false);
    await shop.session.close();
  });

  it('says what cannot be done, and does nothing', async () => {
    const shop = await PageShop.open();
    await shop.shows('idle');
    const before = shop.acts().length;
    await expect(shop.session.act({ customer: { type: '1' } })).rejects.toThrow(StepFailure);
    await expect(shop.session.act({ customer: { juggle: true } })).rejects.toThrow(ScenarioError);
    await expect(shop.session.act({ expect: { screen: 'idle' } })).rejects.toThrow(StepFailure);
    await expect(shop.session.act({ customer: { insert: 'library-card' } })).rejects.toThrow(/a card is one of/);
    expect(shop.acts()).toHaveLength(before);
    await shop.session.close();
  });

  it('knows how the counter stands: paper, cables, hosts, faults', async () => {
    const shop = await PageShop.open();
    await shop.shows('idle');
    await shop.does({ printer: { endPaperAfterLines: 0, openCover: true } });
    await shop.does({ device: { unplug: 'scanner' } });
    await shop.does({ host: { down: true } });
    await shop.does({ wallet: { host: 'jd', fault: 'dropReply', call: 'charge', times: 2 } });
    await shop.does({ network: 'out' });
    expect(shop.session.now()).toMatchObject({
      printer: { hasPaper: false, coverIsOpen: true },
      unplugged: ['scanner'],
      network: { isOut: true, down: ['acquirer'] },
      armed: [{ host: 'jd', fault: 'dropReply', times: 2 }],
    });
    await shop.session.close();
  });

  it('has a clock that can be stopped and pushed', async () => {
    const shop = await PageShop.open();
    await shop.shows('idle');
    const before = shop.session.now().wallMs;
    shop.session.setSpeed(0);
    await shop.time.advance(60_000);
    expect(shop.session.now().wallMs).toBe(before);
    await shop.session.leap(3_600_000);
    expect(shop.session.now()).toMatchObject({ wallMs: before + 3_600_000, speed: 0 });
    await shop.session.close();
  });

  it('tells a listener what happens and how things stand then', async () => {
    const shop = await PageShop.open();
    await shop.shows('idle');
    const heard: string[] = [];
    const end = shop.session.listen(({ events, now }) => {
      for (const event of events ?? []) heard.push(event.kind);
      if (now !== undefined) heard.push('now');
    });
    await shop.keys('1');
    end();
    await shop.keys('2');
    expect(heard).toEqual(expect.arrayContaining(['act', 'key', 'step', 'screen', 'now']));
    expect(heard.filter((kind) => kind === 'key')).toHaveLength(1);
    await shop.session.close();
  });

  it('counts what it has tried of charts and faults, over a power cut too', async () => {
    const shop = await PageShop.open();
    await shop.shows('idle');
    await shop.does({ host: { fault: 'dropReply' } });
    await shop.does({ power: 'cut' });
    await shop.shows('idle');
    await shop.keys('clear');
    const { taken, entered, refused, faults } = shop.session.coverage(await chartModel());
    expect(entered['terminal.booting']).toBe(2);
    expect(taken['terminal.booting · boot done · 1'] ?? 0).toBeGreaterThan(0);
    expect(Object.keys(refused).some((id) => id.startsWith('terminal.idle · KEY'))).toBe(true);
    expect(Object.keys(faults).join(' ')).toContain('dropReply');
    await shop.session.close();
  });
});

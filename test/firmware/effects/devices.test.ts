import { describe, expect, it } from '@jest/globals';
import { type CancelSource, cancelSource, NEVER_CANCELLED } from '../../../firmware/base/cancel.ts';
import { awaitRemoval } from '../../../firmware/effects/await-removal.ts';
import { enterPin } from '../../../firmware/effects/enter-pin.ts';
import { openDrawer } from '../../../firmware/effects/open-drawer.ts';
import { quotePlans } from '../../../firmware/effects/quote-plans.ts';
import { readCard, type ReadCardOutcome } from '../../../firmware/effects/read-card.ts';
import { scanCode, type ScanCodeOutcome } from '../../../firmware/effects/scan-code.ts';
import type { CardInterface } from '../../../firmware/hal/index.ts';
import { DEFAULT_SETTINGS } from '../../../firmware/settings.ts';
import { testCard } from '../../../hal-mock/cards/test-cards.ts';
import { rowsOf } from '../../rules/text-table.ts';
import { Shop } from '../shop.ts';

const PAY_CODE = '281000000000000202';

/** Starts an effect and lets it come to where it waits. */
async function started<T>(shop: Shop, begin: (source: CancelSource) => Promise<T>) {
  const source = cancelSource();
  const outcome = begin(source);
  outcome.catch(() => undefined);
  await shop.clock.settle();
  return { outcome, source };
}

describe('readCard', () => {
  const begin = (shop: Shop, accept: readonly CardInterface[]) =>
    started<ReadCardOutcome>(shop, ({ signal }) =>
      readCard(shop.services, { amountFen: 10_000, accept, timeoutMs: 60_000 }, signal),
    );

  it('arms the reader for what the step wants, and gives the card', async () => {
    const shop = new Shop();
    const { outcome } = await begin(shop, ['tap']);
    expect(shop.life.reader.waitingFor).toEqual(['tap']);
    shop.present('contactless', 'tap');
    expect(await shop.clock.resolve(outcome)).toMatchObject({ kind: 'read', card: { interface: 'tap' } });
  });

  it('leaves the reader idle when it is cancelled', async () => {
    const shop = new Shop();
    const { outcome, source } = await begin(shop, ['chip', 'tap']);
    source.cancel();
    expect(await shop.clock.resolve(outcome)).toEqual({ kind: 'cancelled' });
    expect(shop.life.reader.waitingFor).toEqual([]);
  });

  it('gives a reader that went away as an outcome', async () => {
    const shop = new Shop();
    const { outcome } = await begin(shop, ['chip']);
    shop.life.reader.unplug();
    expect(await shop.clock.resolve(outcome)).toEqual({ kind: 'failed', error: 'disconnected' });
  });

  it('waits without the reader when no card is wanted', async () => {
    const shop = new Shop();
    const { outcome } = await begin(shop, []);
    const waited = Promise.race([outcome, Promise.resolve('still waits')]);
    expect(await waited).toBe('still waits');
    expect(shop.life.reader.waitingFor).toEqual([]);
  });
});

describe('scanCode', () => {
  const begin = (shop: Shop, wanted = true) =>
    started<ScanCodeOutcome>(shop, ({ signal }) =>
      scanCode(shop.services, { wanted, credit: undefined, timeoutMs: 60_000 }, signal),
    );

  it('gives a reference and a masked form of a code that can be charged', async () => {
    const shop = new Shop();
    const { outcome } = await begin(shop);
    shop.scanner.show(PAY_CODE);
    const scanned = await shop.clock.resolve(outcome);
    expect(scanned).toMatchObject({ kind: 'code', wallet: 'alipay' });
    expect(JSON.stringify(scanned)).not.toContain(PAY_CODE.slice(4, -4));
  });

  it.each(
    rowsOf(`
      130000000000000000  | wechat
      6200000000000000000 | unionpay
      180000000000000000  | jd
    `),
  )('gives %s to its wallet, %s', async (code, wallet) => {
    const shop = new Shop();
    const { outcome } = await begin(shop);
    shop.scanner.show(code ?? '');
    expect(await shop.clock.resolve(outcome)).toMatchObject({ kind: 'code', wallet });
  });

  it.each(
    rowsOf(`
      6200000000000000000  | notSupported
      6901234567892        | notAPayCode
      https://example.test | notAPayCode
    `),
  )('refuses %s, %s, and keeps nothing of it', async (code, reason) => {
    const { wallet } = DEFAULT_SETTINGS;
    const { unionpay: _, ...routes } = wallet.routes;
    const shop = new Shop({ ...DEFAULT_SETTINGS, wallet: { ...wallet, routes } });
    const { outcome } = await begin(shop);
    shop.scanner.show(code ?? '');
    expect(await shop.clock.resolve(outcome)).toEqual({ kind: 'refused', reason });
    expect(shop.vault.count()).toBe(0);
  });

  it('stops looking when it is cancelled, and after its time', async () => {
    const shop = new Shop();
    const cancelled = await begin(shop);
    cancelled.source.cancel();
    expect(await cancelled.outcome).toEqual({ kind: 'cancelled' });
    const late = await begin(shop);
    expect(await shop.clock.resolve(late.outcome)).toEqual({ kind: 'timedOut' });
    expect(shop.scanner.looks).toBe(false);
  });

  it('does not look where no code is wanted', async () => {
    const shop = new Shop();
    await begin(shop, false);
    expect(shop.scanner.looks).toBe(false);
  });
});

describe('enterPin', () => {
  async function begin(shop: Shop) {
    const card = await shop.read('debit', 'chip', 10_000);
    const { timing } = DEFAULT_SETTINGS;
    const input = { panRef: card.panRef, maskedPan: card.maskedPan, amountFen: 10_000, tryNumber: 1, timing };
    return started(shop, ({ signal }) => enterPin(shop.services, input, signal));
  }

  it('shows a star for each digit and never which', async () => {
    const shop = await new Shop().signedOn();
    const { outcome } = await begin(shop);
    shop.pinPad.typeDigits('123456');
    shop.pinPad.press('confirm');
    expect(await outcome).toMatchObject({ kind: 'entered' });
    expect(shop.display.history.map(({ params }) => params['digits'])).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(JSON.stringify(shop.display.history)).not.toContain('123456');
  });

  it('gives a new block every time', async () => {
    const shop = await new Shop().signedOn();
    const blocks: unknown[] = [];
    for (let time = 0; time < 2; time++) {
      const { outcome } = await begin(shop);
      shop.pinPad.typeDigits('123456');
      shop.pinPad.press('confirm');
      const entry = await outcome;
      blocks.push(entry.kind === 'entered' ? entry.pinBlockRef.vaultRef : undefined);
      shop.life.reader.pull();
    }
    expect(new Set(blocks).size).toBe(2);
  });

  it('gives what ends an entry as an outcome', async () => {
    const shop = await new Shop().signedOn();
    const bypassed = await begin(shop);
    shop.pinPad.press('confirm');
    expect(await bypassed.outcome).toEqual({ kind: 'bypassed' });
    shop.life.reader.pull();
    const cancelled = await begin(shop);
    cancelled.source.cancel();
    expect(await cancelled.outcome).toEqual({ kind: 'cancelled' });
    expect(shop.pinPad.prompting).toBe(false);
    shop.life.reader.pull();
    const lost = await begin(shop);
    shop.pinPad.unplug();
    expect(await lost.outcome).toEqual({ kind: 'failed', error: 'disconnected' });
  });
});

describe('awaitRemoval', () => {
  const begin = (shop: Shop) =>
    started(shop, ({ signal }) => awaitRemoval(shop.services, { timeoutMs: 60_000 }, signal));

  it('needs no screen when the card is out already', async () => {
    const shop = new Shop();
    const { outcome } = await begin(shop);
    expect(await shop.clock.resolve(outcome)).toBe('removed');
    expect(shop.display.history).toEqual([]);
  });

  it('asks for a card that stays, and goes on when it is taken or forgotten', async () => {
    const shop = new Shop();
    shop.life.reader.insert(testCard('debit'));
    const taken = await begin(shop);
    await shop.clock.advance(1_000);
    expect(shop.display.current?.id).toBe('removeCard');
    shop.life.reader.pull();
    expect(await shop.clock.resolve(taken.outcome)).toBe('removed');
    shop.life.reader.insert(testCard('debit'));
    const forgotten = await begin(shop);
    expect(await shop.clock.resolve(forgotten.outcome)).toBe('stillThere');
  });

  it('is not held up by a reader that has gone away', async () => {
    const shop = new Shop();
    shop.life.reader.unplug();
    const { outcome } = await begin(shop);
    expect(await shop.clock.resolve(outcome)).toBe('stillThere');
  });
});

describe('quotePlans', () => {
  it.each(
    rowsOf(`
      huabei  | 120000  | 3 6 12
      huabei  | 9999    |
      huabei  | 5000001 |
      baitiao | 120000  | 3 6 12 24
      baitiao | 999     |
    `),
  )('%s of %s fen: "%s"', async (method, amountFen, periods) => {
    const shop = new Shop();
    const sale = { firstDigits: undefined, refusedPeriods: [] };
    const input = { ...sale, method: method as 'huabei' | 'baitiao', amountFen: Number(amountFen) };
    const { quotes } = await quotePlans(shop.services, input, cancelSource().signal);
    expect(quotes.map(({ offer }) => offer.periods).join(' ')).toBe(periods);
  });

  it('counts days as the shop does: 23:30 in London is tomorrow in China', async () => {
    const shop = new Shop();
    shop.clock.jumpWall(Date.UTC(2026, 10, 30, 23, 30) - shop.clock.wallMs());
    const input = { method: 'huabei', amountFen: 120_000, firstDigits: undefined, refusedPeriods: [] } as const;
    const { quotes } = await quotePlans(shop.services, input, cancelSource().signal);
    expect(quotes[0]?.firstDueDate).toBe('2027-01-09');
  });
});

describe('openDrawer', () => {
  it.each([
    ['opens it', () => undefined, { kind: 'pulsed' }, 1],
    ['says that the paper is out', ({ life }: Shop) => life.printer.endPaperAfterLines(0), 'paperOut', 0],
    ['gives a printer that went away as an outcome', ({ life }: Shop) => life.printer.unplug(), 'disconnected', 0],
  ] as const)('%s', async (_name, happens, outcome, pulses) => {
    const shop = new Shop();
    happens(shop);
    const stopped = { kind: 'stopped', reason: outcome };
    const opening = openDrawer(shop.services, undefined, NEVER_CANCELLED);
    expect(await shop.clock.resolve(opening)).toEqual(typeof outcome === 'string' ? stopped : outcome);
    expect(shop.life.printer.drawerPulses).toBe(pulses);
  });
});

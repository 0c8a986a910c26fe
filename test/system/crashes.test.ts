import { describe, expect, it } from '@jest/globals';
import { Counter, OutOfService, PowerFailed } from './counter.ts';
import { type CounterSale, SALES } from './sales.ts';

/** A host that was cut off may be slow to come back to; once it is up, everything is settled within this. */
const SETTLED_WITHIN_MS = 120_000;
/** A wallet may let the customer decide for a minute before anything ends. */
const SALE_WITHIN_MS = 300_000;

async function play(sale: CounterSale, prepare: (counter: Counter) => void): Promise<Counter> {
  const counter = new Counter();
  prepare(counter);
  counter.terminal.start();
  try {
    await sale.play(counter);
    await counter.until(() => counter.terminal.statePath() !== 'terminal.idle', 'the sale has begun');
    await counter.atRest(SALE_WITHIN_MS);
  } catch (error) {
    if (!(error instanceof PowerFailed)) throw error;
    counter.reboot();
    await counter.atRest(SETTLED_WITHIN_MS);
  }
  await counter.printOwed();
  return counter;
}

describe('a power cut at any moment loses no money and doubles none', () => {
  it.each(SALES)('$name', async (sale) => {
    const undisturbed = await play(sale, () => undefined);
    const { acquirer, wallet, moments } = undisturbed.shop;
    expect([acquirer.netFen() + wallet.netFen(), undisturbed.wrongs()]).toEqual([sale.paidFen, []]);
    const wrongs: string[] = [];
    for (const [at, moment] of moments.entries()) {
      const counter = await play(sale, ({ shop }) => {
        shop.cutAt = at;
      });
      wrongs.push(...counter.wrongs().map((wrong) => `${at} ${moment}: ${wrong}`));
    }
    expect(wrongs).toEqual([]);
    expect(moments.length).toBeGreaterThan(6);
  });
});

describe('a journal that cannot be written takes the terminal out of service', () => {
  it.each(SALES)('$name', async (sale) => {
    const { appends } = (await play(sale, () => undefined)).shop;
    for (let failing = 0; failing < appends; failing++) {
      const counter = new Counter();
      const { shop } = counter;
      shop.failingAppend = failing;
      counter.terminal.start();
      const sold = sale.play(counter).then(() => counter.atRest(SALE_WITHIN_MS));
      await expect(sold).rejects.toThrow(OutOfService);
      counter.press('confirm');
      await expect(counter.until(() => false, 'a restart')).rejects.toThrow(PowerFailed);
      shop.failingAppend = undefined;
      counter.reboot();
      await counter.atRest(SETTLED_WITHIN_MS);
      await counter.printOwed();
      expect([failing, counter.wrongs()]).toEqual([failing, []]);
    }
  });
});

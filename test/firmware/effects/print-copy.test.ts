import { describe, expect, it } from '@jest/globals';
import { NEVER_CANCELLED } from '../../../firmware/base/cancel.ts';
import { authorizeCard } from '../../../firmware/effects/authorize-card.ts';
import { printCopy } from '../../../firmware/effects/print-copy.ts';
import { summarize } from '../../../firmware/effects/summarize.ts';
import type { SaleKey } from '../../../firmware/journal/records.ts';
import { DEFAULT_SETTINGS, type TerminalSettings } from '../../../firmware/settings.ts';
import { rowsOf } from '../../rules/text-table.ts';
import { Shop } from '../shop.ts';

const REPRINT_MARK = '重打印';

async function soldShop(settings?: TerminalSettings): Promise<{ shop: Shop; key: SaleKey }> {
  const shop = await new Shop(settings).signedOn();
  const card = await shop.read('contactless', 'tap', 8_800);
  const payer = { kind: 'card', entry: 'tap', card, verification: { kind: 'none' } } as const;
  const sale = { amountFen: 8_800, payer, quote: undefined };
  const { key } = await shop.clock.resolve(authorizeCard(shop.services, sale, NEVER_CANCELLED));
  shop.tape.length = 0;
  return { shop, key };
}

const print = (shop: Shop, key: SaleKey, copy: 'merchant' | 'cardholder' = 'merchant') =>
  shop.clock.resolve(printCopy(shop.services, { key, copy }, NEVER_CANCELLED));

async function owed(shop: Shop): Promise<string> {
  const { owedCopies } = await summarize(shop.services, undefined, NEVER_CANCELLED);
  return owedCopies.map(({ copy }) => copy).join(' ');
}

describe('printCopy', () => {
  it('has the attempt durable before the first line, and each copy once without the mark', async () => {
    const { shop, key } = await soldShop();
    expect(await print(shop, key)).toEqual({ kind: 'printed' });
    expect(await print(shop, key, 'cardholder')).toEqual({ kind: 'printed' });
    expect(shop.tape).toEqual([
      'receiptStarted merchant',
      'receiptDone merchant',
      'receiptStarted cardholder',
      'receiptDone cardholder',
    ]);
    expect(shop.slips.map((slip) => slip.includes(REPRINT_MARK))).toEqual([false, false]);
    expect(await owed(shop)).toBe('');
  });

  it('puts the seal of the shop on the copy of the customer', async () => {
    const seal = { widthDots: 8, heightDots: 40, bits: Buffer.alloc(40, 0xff).toString('base64') };
    const heightOf = async (copy: 'merchant' | 'cardholder', settings: TerminalSettings): Promise<number> => {
      const { shop, key } = await soldShop(settings);
      await print(shop, key, copy);
      return shop.life.printer.paper.bitmap().heightDots;
    };
    for (const [copy, dots] of [
      ['merchant', 0],
      ['cardholder', 40],
    ] as const) {
      const plain = await heightOf(copy, DEFAULT_SETTINGS);
      expect(await heightOf(copy, { ...DEFAULT_SETTINGS, seal })).toBe(plain + dots);
    }
  });

  it('prints what the journal and the host say', async () => {
    const { shop, key } = await soldShop();
    await print(shop, key);
    const entry = shop.acquirer.entries()[0];
    const expected = ['¥88.00', '000002', entry?.referenceNumber ?? '?', entry?.authorizationCode ?? '?'];
    for (const text of expected) expect(shop.slips[0]).toContain(text);
  });

  it.each(
    rowsOf(`
      nothing                | printed           |       | cardholder
      paper ends in the slip | stopped paperOut  | again | merchant cardholder
      paper is out           | stopped paperOut  | first | merchant cardholder
      cover is open          | stopped coverOpen | first | merchant cardholder
      unplugged              | stopped disconnected | first | merchant cardholder
    `),
  )('%s: %s, next print marked as %s, owed %s', async (mishap, outcome, next, owedCopies) => {
    const { shop, key } = await soldShop();
    const { printer } = shop.life;
    if (mishap === 'paper ends in the slip') printer.endPaperAfterLines(5);
    if (mishap === 'paper is out') printer.endPaperAfterLines(0);
    if (mishap === 'cover is open') printer.openCover();
    if (mishap === 'unplugged') printer.unplug();
    const result = await print(shop, key);
    expect(Object.values(result).join(' ')).toBe(outcome);
    expect(await owed(shop)).toBe(owedCopies);
    if (next === '') return;
    printer.loadPaper();
    printer.closeCover();
    printer.replug();
    await print(shop, key);
    expect(shop.slips.at(-1)?.includes(REPRINT_MARK)).toBe(next === 'again');
  });

  it('marks a copy that was begun before a power cut, because it may be on paper', async () => {
    const { shop, key } = await soldShop();
    shop.cutAt = shop.moments.length;
    void printCopy(shop.services, { key, copy: 'merchant' }, NEVER_CANCELLED);
    await shop.clock.runUntil(() => shop.life.isOver);
    shop.powerCut();
    await shop.signedOn();
    await print(shop, key);
    expect(shop.slips.map((slip) => slip.includes(REPRINT_MARK))).toEqual([true]);
  });

  it('gives its outcome to nobody when the journal fails', async () => {
    const { shop, key } = await soldShop();
    shop.failingAppend = shop.appends;
    await expect(print(shop, key)).rejects.toMatchObject({ device: 'journal' });
    expect(shop.slips).toEqual([]);
  });
});

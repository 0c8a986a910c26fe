import { describe, expect, it } from '@jest/globals';
import { NEVER_CANCELLED } from '../../../firmware/base/cancel.ts';
import { closeByHand } from '../../../firmware/effects/close-by-hand.ts';
import { findOpen } from '../../../firmware/effects/find-open.ts';
import { findRefundable } from '../../../firmware/effects/find-refundable.ts';
import { listOpen, lookUp } from '../../../firmware/effects/look-up.ts';
import { printCopy } from '../../../firmware/effects/print-copy.ts';
import { sameCard } from '../../../firmware/effects/same-card.ts';
import { sendRefund } from '../../../firmware/effects/send-refund.ts';
import { summarize } from '../../../firmware/effects/summarize.ts';
import type { SaleKey } from '../../../firmware/journal/records.ts';
import type { RefundKind } from '../../../firmware/journal/refund-records.ts';
import { DEFAULT_SETTINGS, type TerminalSettings } from '../../../firmware/settings.ts';
import { rowsOf } from '../../rules/text-table.ts';
import { ReturningShop } from './taking-back.ts';

const REFUND = 'alipay.trade.refund';

/** A refund of an order that has no answer yet. */
async function doubtfulShop(): Promise<{ shop: ReturningShop; sale: SaleKey; refund: SaleKey }> {
  const shop = await new ReturningShop().open();
  const sale = await shop.sellByWallet();
  shop.wallet.faults.inject({ kind: 'dropReply', method: REFUND });
  await shop.takeBack('refund', sale, 20_000);
  return { shop, sale, refund: { batch: sale.batch, stan: sale.stan + 1 } };
}

describe('a look-up', () => {
  it('finds sale and refund by their own numbers, and says how much went back', async () => {
    const shop = await new ReturningShop().open();
    const sale = await shop.sellByWallet(120_000, 6);
    await shop.takeBack('refund', sale, 40_000);
    const { outTradeNo } = shop.wallet.orders()[0] ?? {};
    const back = { kind: 'refunded', backFen: 40_000, feeBackFen: 1_800 };
    expect(await shop.run(lookUp, { stan: sale.stan })).toEqual({
      key: sale,
      what: 'sale',
      amountFen: 120_000,
      subject: outTradeNo,
      truth: back,
    });
    expect(await shop.run(lookUp, { stan: sale.stan + 1 })).toMatchObject({
      what: 'refund',
      amountFen: 40_000,
      subject: outTradeNo,
      truth: back,
    });
    expect(await shop.run(lookUp, { stan: 99 })).toBeUndefined();
  });

  it('calls a sale in doubt while a refund of it is, and after somebody took it over', async () => {
    const { shop, sale, refund } = await doubtfulShop();
    const nextOf = async (stan: number) => {
      const { truth } = (await shop.run(lookUp, { stan })) ?? {};
      return truth?.kind === 'inDoubt' ? truth.next : truth?.kind;
    };
    expect([await nextOf(sale.stan), await nextOf(refund.stan)]).toEqual(['refund', 'refund']);
    expect(await shop.run(closeByHand, { key: refund, supervisor: '01 店长' })).toEqual({ kind: 'closed' });
    expect([await nextOf(sale.stan), await nextOf(refund.stan)]).toEqual(['callAcquirer', 'callAcquirer']);
  });

  it('shows the card of a void by its stars', async () => {
    const shop = await new ReturningShop().open();
    const sale = await shop.sellByCard();
    await shop.takeBack('void', sale, 10_000, await shop.presented());
    const found = await shop.run(lookUp, { stan: sale.stan + 1 });
    expect(found).toMatchObject({ what: 'void', truth: { kind: 'refunded', backFen: 10_000 } });
    expect(found?.subject).toMatch(/^\d{6}\*+\d{4}$/);
  });
});

describe('an open refund', () => {
  it('is counted, listed and found like an open sale', async () => {
    const { shop, refund } = await doubtfulShop();
    expect((await shop.run(summarize, undefined)).openItems).toBe(1);
    expect((await shop.run(listOpen, undefined)).map(({ key, what }) => [key, what])).toEqual([[refund, 'refund']]);
    expect(await shop.run(findOpen, undefined)).toEqual({
      openItems: 1,
      stored: 0,
      next: { kind: 'refund', what: 'refund', key: refund, amountFen: 20_000 },
    });
  });

  it('ends by a supervisor, and is no longer asked for', async () => {
    const { shop, refund } = await doubtfulShop();
    expect(await shop.run(closeByHand, { key: refund, supervisor: ' ' })).toEqual({ kind: 'noName' });
    expect(await shop.run(closeByHand, { key: refund, supervisor: '01 店长' })).toEqual({ kind: 'closed' });
    expect(await shop.run(closeByHand, { key: refund, supervisor: '01 店长' })).toEqual({ kind: 'notOpen' });
    expect((await shop.run(findOpen, undefined)).next).toBeUndefined();
    await shop.restart();
    expect([shop.refunds(), (await shop.run(summarize, undefined)).openItems]).toEqual([['refund handedOver'], 0]);
  });
});

describe('findRefundable', () => {
  const find = (shop: ReturningShop, kind: RefundKind, stan: number) => shop.run(findRefundable, { kind, stan });

  it('shows the sale, what went back before, and the plan', async () => {
    const shop = await new ReturningShop().open();
    const sale = await shop.sellByWallet(120_000, 6);
    await shop.takeBack('refund', sale, 40_000);
    expect(await find(shop, 'refund', sale.stan)).toMatchObject({
      kind: 'refundable',
      original: sale,
      amountFen: 120_000,
      refundedFen: 40_000,
      paidWith: 'huabei',
      plan: { periods: 6, feeFen: 5_400 },
      needsCard: false,
    });
    expect(await find(shop, 'void', sale.stan)).toEqual({ kind: 'refused', reason: 'alreadyRefunded' });
    expect(await find(shop, 'refund', sale.stan + 1)).toEqual({ kind: 'refused', reason: 'noSuchSale' });
    expect(await find(shop, 'refund', 99)).toEqual({ kind: 'refused', reason: 'noSuchSale' });
  });

  it('waits for what is open elsewhere', async () => {
    const { shop, sale } = await doubtfulShop();
    expect(await find(shop, 'refund', sale.stan)).toEqual({ kind: 'refused', reason: 'refundInDoubt' });
    const other = await shop.sellByWallet(5_000);
    expect(await find(shop, 'refund', other.stan)).toEqual({ kind: 'refused', reason: 'openItems' });
  });

  it('takes nothing back while the acquirer compares the batch', async () => {
    const shop = await new ReturningShop().open();
    const sale = await shop.sellByCard();
    const half = { debitFen: 10_000, debitCount: 1, creditFen: 0, creditCount: 0 };
    const totals = { domestic: half, foreign: { ...half, debitFen: 0, debitCount: 0 } };
    const { journal } = shop.services;
    const { batch } = sale;
    await journal.append({ type: 'settlementBegun', batch, stan: journal.takeStan(), totals });
    await journal.append({ type: 'settlementAnswered', batch, domestic: 'balanced', foreign: 'balanced', totals });
    expect(await find(shop, 'void', sale.stan)).toEqual({ kind: 'refused', reason: 'mustSettle' });
  });

  it.each(
    rowsOf(`
      void   | true  | true  | pin  | true  | true
      void   | true  | true  | none | true  | false
      void   | true  | false | pin  | true  | false
      void   | false | true  | pin  | false | false
      refund | true  | true  | pin  | true  | false
    `),
  )('%s, settings ask for card %s and PIN %s, sale by %s: card %s, PIN %s', async (kind, card, pin, by, ...needs) => {
    const refunds = { ...DEFAULT_SETTINGS.refunds, needsCard: card === 'true', voidNeedsPin: pin === 'true' };
    const settings: TerminalSettings = { ...DEFAULT_SETTINGS, refunds };
    const shop = await new ReturningShop(settings).open();
    const sale = await shop.sellByCard();
    Object.assign(shop.services.journal.sale(sale).intent, { verification: by });
    const [needsCard, needsPin] = needs.map((need) => need === 'true');
    expect(await find(shop, kind as RefundKind, sale.stan)).toMatchObject({ paidWith: 'card', needsCard, needsPin });
  });

  it('asks for no card where a code paid', async () => {
    const shop = await new ReturningShop().open();
    const sale = await shop.sellByCard();
    Object.assign(shop.services.journal.sale(sale).intent, { entry: 'code' });
    expect(await find(shop, 'refund', sale.stan)).toMatchObject({ paidWith: 'unionpay', needsCard: false });
  });
});

describe('sameCard', () => {
  it('knows the card of the sale, and leaves no number behind', async () => {
    const shop = await new ReturningShop().open();
    const sale = await shop.sellByCard();
    const right = await shop.presented();
    const wrong = await shop.presented('credit-signature');
    const before = shop.vault.count();
    const answers = [];
    for (const { card } of [right, wrong]) {
      answers.push(await shop.run(sameCard, { original: sale, panRef: card.panRef }));
    }
    expect([answers, shop.vault.count()]).toEqual([[true, false], before]);
  });
});

describe('the slips of a refund', () => {
  const print = (shop: ReturningShop, key: SaleKey, copy: 'merchant' | 'cardholder') =>
    shop.run(printCopy, { key, copy });

  it('are owed once it is done, print from the journal, and are marked when they print again', async () => {
    const shop = await new ReturningShop().open();
    const sale = await shop.sellByWallet(120_000, 6);
    await shop.takeBack('refund', sale, 40_000);
    await shop.takeBack('refund', sale, 80_000);
    const first = { batch: sale.batch, stan: sale.stan + 1 };
    const owed = await shop.run(summarize, undefined);
    expect(owed.owedCopies.filter(({ copy }) => copy === 'merchant')).toHaveLength(3);
    await shop.restart();
    expect(await print(shop, first, 'merchant')).toEqual({ kind: 'printed' });
    expect(shop.tape.slice(-2)).toEqual(['receiptStarted merchant', 'receiptDone merchant']);
    const [slip = ''] = shop.slips;
    // What is left is what was left then, whatever went back since.
    expect(slip).toMatch(
      /退货单[\s\S]*花呗分期[\s\S]*¥400\.00[\s\S]*¥18\.00[\s\S]*剩余金额[\s\S]*¥800\.00[\s\S]*¥36\.00/,
    );
    expect(slip).toContain(DEFAULT_SETTINGS.servicePhone);
    expect(slip).not.toContain('重打印');
    await print(shop, first, 'merchant');
    expect(shop.slips[1]).toContain('重打印');
  });

  it('of a card name both references, and are signed by the customer', async () => {
    const shop = await new ReturningShop().open();
    const sale = await shop.sellByCard();
    const answer = await shop.takeBack('void', sale, 10_000, await shop.presented());
    if (answer.kind !== 'done') throw new Error(`the void is ${answer.kind}`);
    await print(shop, answer.key, 'merchant');
    const { journal } = shop.services;
    const references = [journal.sale(sale).cardResult, journal.refund(answer.key).result];
    for (const said of references) expect(shop.slips[0]).toContain(said?.retrievalReference);
    expect(shop.slips[0]).toMatch(/撤销单[\s\S]*持卡人签名/);
  });
});

describe('a power cut at any moment of a void or refund', () => {
  /** Sells, takes back with the power failing at one moment, starts again and settles; no moment past the last one. */
  async function cutAt(kind: RefundKind, by: 'card' | 'wallet', at: number) {
    const shop = await new ReturningShop().open();
    const sale = by === 'card' ? await shop.sellByCard() : await shop.sellByWallet(10_000);
    const presented = by === 'card' ? await shop.presented() : undefined;
    shop.moments.length = 0;
    shop.cutAt = at;
    const amountFen = kind === 'void' ? 10_000 : 4_000;
    void sendRefund(shop.services, { kind, original: sale, amountFen, presented }, NEVER_CANCELLED);
    await shop.clock.advance(60_000);
    const moment = shop.moments[at];
    shop.cutAt = undefined;
    await shop.restart();
    const isOpen = async () => (await shop.run(findOpen, undefined)).next !== undefined;
    for (let tries = 0; tries < 3 && (await isOpen()); tries++) await shop.recover();
    const there = by === 'card' ? shop.acquirer.netFen('contactless') : shop.wallet.netFen();
    const { status } = shop.services.journal.sale(sale);
    return { moment, there, isOpen: await isOpen(), refund: shop.refunds()[0], status };
  }

  it.each(
    rowsOf(`
      void   | card
      void   | wallet
      refund | card
      refund | wallet
    `),
  )('%s by %s: host and journal agree, nothing is open, and the sale stands', async (kind, by) => {
    const amountFen = kind === 'void' ? 10_000 : 4_000;
    const moments: string[] = [];
    for (let at = 0; ; at++) {
      const { moment, there, isOpen, refund, status } = await cutAt(kind as RefundKind, by as 'card', at);
      const backFen = refund?.endsWith(' done') === true ? amountFen : 0;
      expect([moment, there, isOpen, status]).toEqual([moment, 10_000 - backFen, false, 'approved']);
      if (moment === undefined) break;
      moments.push(moment);
    }
    expect(moments.length).toBeGreaterThan(3);
  });
});

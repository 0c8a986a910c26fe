import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { NEVER_CANCELLED } from '../../../firmware/base/cancel.ts';
import { present } from '../../../firmware/base/invariant.ts';
import { closeBatch } from '../../../firmware/effects/close-batch.ts';
import { settleTotals } from '../../../firmware/effects/settle-totals.ts';
import { uploadBatch } from '../../../firmware/effects/upload-batch.ts';
import { settlementReport } from '../../../firmware/settlement/report.ts';
import { authorizeCard, type CardAnswer } from '../../../firmware/effects/authorize-card.ts';
import { completeChip } from '../../../firmware/effects/complete-chip.ts';
import { findOpen } from '../../../firmware/effects/find-open.ts';
import { forwardStored } from '../../../firmware/effects/forward-stored.ts';
import type { CardData } from '../../../firmware/hal/index.ts';
import { storedSales } from '../../../firmware/journal/fold.ts';
import type { SaleKey } from '../../../firmware/journal/records.ts';
import { textField } from '../../../firmware/protocol/iso8583/index.ts';
import { DEFAULT_SETTINGS } from '../../../firmware/settings.ts';
import type { TestCard } from '../../../hal-mock/cards/test-cards.ts';
import { Shop } from '../shop.ts';

const SETTINGS = { ...DEFAULT_SETTINGS, offline: { ...DEFAULT_SETTINGS.offline, enabled: true } };
const AMOUNT_FEN = 8_800;

async function offlineShop(): Promise<Shop> {
  return new Shop(SETTINGS).signedOn();
}

/** One try to sell with the host out of reach, up to the word of the chip. */
async function sell(shop: Shop, card: TestCard['id'] = 'credit-signature'): Promise<CardAnswer> {
  const read: CardData = await shop.read(card, 'chip', AMOUNT_FEN);
  shop.life.acquirerLink.goDown('unreachable');
  const payer = { kind: 'card', entry: 'chip', card: read, verification: { kind: 'signature' } } as const;
  const input = { amountFen: AMOUNT_FEN, payer, quote: undefined };
  const answer = await shop.clock.resolve(authorizeCard(shop.services, input, NEVER_CANCELLED));
  shop.life.acquirerLink.comeUp();
  const chip = { ...answer, approved: true, offline: true, chipDataRef: read.chipDataRef };
  if (answer.mayGoOffline) await shop.clock.resolve(completeChip(shop.services, chip, NEVER_CANCELLED));
  return answer;
}

const forward = (shop: Shop, key: SaleKey) =>
  shop.clock.resolve(forwardStored(shop.services, { key }, NEVER_CANCELLED));

describe('a sale without the host', () => {
  it('has its certificate durable before it stands, and is no debt of anybody yet', async () => {
    const shop = await offlineShop();
    const { key } = await sell(shop);
    expect(shop.tape).toEqual(['cardIntent', 'cardResult notSent', 'chipEvidence', 'saleApproved']);
    expect(shop.services.journal.sale(key)).toMatchObject({ status: 'approved', forwarding: 'due' });
    expect([storedSales(shop.services.journal.state).length, shop.acquirer.netFen()]).toEqual([1, 0]);
  });

  it('does not stand when the chip does not agree', async () => {
    const shop = await offlineShop();
    const { key } = await sell(shop, 'refuses-after-approval');
    expect(shop.services.journal.sale(key).status).toBe('notSent');
  });

  it('is not offered when something may have left', async () => {
    const shop = await offlineShop();
    const card = await shop.read('credit-signature', 'chip', AMOUNT_FEN);
    shop.acquirer.faults.inject({ kind: 'dropReply', mti: '0200' });
    const payer = { kind: 'card', entry: 'chip', card, verification: { kind: 'signature' } } as const;
    const input = { amountFen: AMOUNT_FEN, payer, quote: undefined };
    const answer = await shop.clock.resolve(authorizeCard(shop.services, input, NEVER_CANCELLED));
    expect([answer.exchange.kind, answer.mayGoOffline]).toEqual(['unknown', false]);
  });
});

describe('an upgrade', () => {
  /** Written by the version that sold offline first; `sell` twice made it. What it says must never be lost. */
  const WRITTEN = readFileSync(join(import.meta.dirname, '../../fixtures/journals/two-stored-sales.jsonl'), 'utf8');

  it('finds the offline sales of the version before and forwards them in order', async () => {
    const shop = await new Shop(SETTINGS, WRITTEN.trim().split('\n')).signedOn();
    const stored = storedSales(shop.services.journal.state);
    expect(stored.map(({ key, intent }) => [key.stan, intent.amountFen])).toEqual([
      [2, AMOUNT_FEN],
      [3, AMOUNT_FEN],
    ]);
    for (const { key } of stored) expect(await forward(shop, key)).toEqual({ kind: 'accepted' });
    expect([shop.acquirer.netFen(), storedSales(shop.services.journal.state)]).toEqual([2 * AMOUNT_FEN, []]);
  });
});

describe('forwarding', () => {
  it('goes in the order of the sales, under their numbers, each charged once', async () => {
    const shop = await offlineShop();
    const keys = [(await sell(shop)).key, (await sell(shop)).key];
    for (const key of keys) {
      const found = await findOpen(shop.services, undefined, NEVER_CANCELLED);
      expect(found.next).toEqual({ kind: 'forward', what: 'sale', key, amountFen: AMOUNT_FEN });
      expect(await forward(shop, key)).toEqual({ kind: 'accepted' });
    }
    const sent = shop.acquirerRequests().filter(({ mti }) => mti === '0200');
    expect(sent.map((message) => [Number(textField(message, 11)), textField(message, 60)?.slice(0, 2)])).toEqual(
      keys.map(({ stan }) => [stan, '36']),
    );
    expect([storedSales(shop.services.journal.state), shop.acquirer.netFen()]).toEqual([[], 2 * AMOUNT_FEN]);
  });

  it('charges once when the answer is lost and the power fails', async () => {
    const shop = await offlineShop();
    const { key } = await sell(shop);
    shop.acquirer.faults.inject({ kind: 'dropReply', mti: '0200' });
    expect(await forward(shop, key)).toEqual({ kind: 'unanswered' });
    shop.powerCut();
    await shop.signedOn();
    expect(await forward(shop, key)).toEqual({ kind: 'accepted' });
    expect(shop.acquirer.netFen()).toBe(AMOUNT_FEN);
  });

  it.each([
    ['wrongMac', undefined, { kind: 'signOnNeeded' }],
    ['respond', '96', { kind: 'unanswered' }],
    ['respond', 'A0', { kind: 'signOnNeeded' }],
  ] as const)('keeps a sale that the host has not judged: %s %s', async (kind, responseCode, outcome) => {
    const shop = await offlineShop();
    const { key } = await sell(shop);
    const fault = kind === 'respond' ? { kind, responseCode, mti: '0200' } : { kind, mti: '0200' };
    shop.acquirer.faults.inject(fault);
    expect(await forward(shop, key)).toEqual(outcome);
    expect(shop.services.journal.sale(key)).toMatchObject({ status: 'approved', forwarding: 'due' });
  });

  it('waits for the device that makes the MAC, and signs on when that has no key', async () => {
    const shop = await offlineShop();
    const { key } = await sell(shop);
    shop.pinPad.unplug();
    expect(await forward(shop, key)).toEqual({ kind: 'unanswered' });
    shop.pinPad.replug();
    await shop.pinPad.eraseWorkingKeys();
    expect(await forward(shop, key)).toEqual({ kind: 'signOnNeeded' });
  });

  it('does not wait for ever for a host that has gone on to another batch; the next slip lists the sale', async () => {
    const shop = await offlineShop();
    const { key } = await sell(shop);
    shop.acquirer.startNextBatch(shop.settings.terminalId);
    shop.powerCut();
    await shop.signedOn();
    shop.acquirer.faults.inject({ kind: 'respond', responseCode: '77', mti: '0200' });
    expect(await forward(shop, key)).toEqual({ kind: 'rejected', responseCode: '77' });
    expect(shop.services.journal.state.batch).not.toBe(key.batch);
    const settle = async () => {
      await shop.clock.resolve(settleTotals(shop.services, undefined, NEVER_CANCELLED));
      await shop.clock.resolve(uploadBatch(shop.services, undefined, NEVER_CANCELLED));
      await shop.clock.resolve(closeBatch(shop.services, undefined, NEVER_CANCELLED));
      return settlementReport(shop.services.journal.state, present(shop.services.journal.state.settlement.last, ''));
    };
    expect((await settle()).disagreements).toMatchObject([{ kind: 'rejected', item: { key }, responseCode: '77' }]);
    expect((await settle()).disagreements).toEqual([]);
  });

  it('signs on for 77 about the batch that is open', async () => {
    const shop = await offlineShop();
    const { key } = await sell(shop);
    shop.acquirer.faults.inject({ kind: 'respond', responseCode: '77', mti: '0200' });
    expect(await forward(shop, key)).toEqual({ kind: 'signOnNeeded' });
  });

  it('tells the shop that it is not paid when the issuer refuses', async () => {
    const shop = await offlineShop();
    const { key } = await sell(shop);
    shop.acquirer.faults.inject({ kind: 'respond', responseCode: '14', mti: '0200' });
    expect(await forward(shop, key)).toEqual({ kind: 'rejected', responseCode: '14' });
    expect(shop.services.journal.sale(key).status).toBe('uncollected');
    expect(storedSales(shop.services.journal.state)).toEqual([]);
  });
});

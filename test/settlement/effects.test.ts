import { describe, expect, it } from '@jest/globals';
import { authorizeCard } from '../../firmware/effects/authorize-card.ts';
import { closeBatch } from '../../firmware/effects/close-batch.ts';
import { closeByHand } from '../../firmware/effects/close-by-hand.ts';
import { printSettlement } from '../../firmware/effects/print-settlement.ts';
import { sendReversal } from '../../firmware/effects/send-reversal.ts';
import { openReversal } from '../../firmware/effects/open-reversal.ts';
import { settleTotals } from '../../firmware/effects/settle-totals.ts';
import { uploadBatch } from '../../firmware/effects/upload-batch.ts';
import { bytesOfLatin1 } from '../../firmware/base/bytes.ts';
import { NEVER_CANCELLED } from '../../firmware/base/cancel.ts';
import { textField } from '../../firmware/protocol/iso8583/index.ts';
import { CODE_CUSTOMERS } from '../../simulator/acquirer/code-customers.ts';
import type { HostFault } from '../../simulator/acquirer/host-state.ts';
import { rowsOf } from '../rules/text-table.ts';
import { reportOf, SettlingShop, TERMINAL } from './settling-shop.ts';

/** Disagreements as `kind STAN` or `kind count amount [candidates]`. */
const disagreementsOf = (shop: SettlingShop): string[] =>
  reportOf(shop).disagreements.map((each) =>
    each.kind === 'missingHere'
      ? `${each.kind} ${each.count} ${each.amountFen} [${each.candidates.map(({ key }) => key.stan).join()}]`
      : `${each.kind} ${each.item.key.stan}`,
  );

/** Makes the host forget a sale, as when its answer was invented on the way. */
async function saleUnknownThere(shop: SettlingShop, amountFen = 10_000): Promise<void> {
  const { stan, batch } = await shop.sell({ how: 'swipe', amountFen });
  const entry = shop.acquirer.entries().find((each) => Number(each.stan) === stan && each.batch === batch);
  if (entry === undefined) throw new Error('the host has the sale');
  shop.acquirer.amend(entry, { state: 'declined' });
}

/** One approved sale by a code of UnionPay's wallet. */
async function sellByCode(shop: SettlingShop, amountFen: number) {
  const codeRef = shop.vault.seal('payCode', bytesOfLatin1(CODE_CUSTOMERS[0]!.code));
  const payer = { kind: 'code', codeRef, maskedCode: '62***************01' } as const;
  const sale = authorizeCard(shop.services, { amountFen, payer, quote: undefined }, NEVER_CANCELLED);
  const { key } = await shop.clock.resolve(sale);
  const { journal } = shop.services;
  const agreed = { tvr: undefined, tsi: undefined, scriptResult: undefined };
  if (journal.sale(key).status === 'authorized') await journal.append({ type: 'saleApproved', ...key, ...agreed });
  return key;
}

describe('a settlement that balances', () => {
  it('sends totals, certificates and the end, in this order, and no swiped or tapped sale', async () => {
    const shop = await new SettlingShop().open();
    await shop.sell({ how: 'swipe' });
    await shop.sell({ how: 'chip' });
    await shop.sell({ how: 'tap' });
    expect(await shop.settle()).toEqual({ batch: '000001', balanced: true, disagreements: 0 });
    expect(shop.settlementMessages()).toEqual(['0500 201', '0320 203', '0320 207 1']);
    expect(shop.acquirer.settlements(TERMINAL).closed).toMatchObject({
      judged: { domestic: 'balanced', foreign: 'balanced' },
      end: { balanced: true, count: 1 },
    });
  });

  it('of a batch without a sale still tells the host its end', async () => {
    const shop = await new SettlingShop().open();
    await shop.settle();
    expect(shop.settlementMessages()).toEqual(['0500 201', '0320 207 0']);
    expect(shop.services.journal.state.batch).toBe('000002');
  });

  it('opens the next batch at both ends: the next sale is taken and settled by itself', async () => {
    const shop = await new SettlingShop().open();
    await shop.sell({ amountFen: 10_000 });
    await shop.settle();
    const { batch } = await shop.sell({ amountFen: 300 });
    expect([batch, await shop.settle()]).toEqual(['000002', { batch: '000002', balanced: true, disagreements: 0 }]);
    expect(shop.acquirer.netFen()).toBe(10_300);
  });

  it('counts a reversed sale on neither side', async () => {
    const shop = await new SettlingShop().open();
    await shop.sell();
    shop.acquirer.faults.inject({ kind: 'dropReply', mti: '0200' });
    const key = await shop.sell({ amountFen: 700 });
    await openReversal(shop.services, { key, reason: '98' }, NEVER_CANCELLED);
    await shop.clock.resolve(sendReversal(shop.services, { key }, NEVER_CANCELLED));
    expect(await shop.settle()).toMatchObject({ balanced: true });
    expect(reportOf(shop).totals.card.domestic).toMatchObject({ debitFen: 10_000, debitCount: 1 });
  });

  it('counts cards of other countries under the other half', async () => {
    const shop = await new SettlingShop().open();
    await shop.sellForeign(900);
    await shop.sell({ amountFen: 100 });
    expect(await shop.settle()).toMatchObject({ balanced: true });
    expect(reportOf(shop).totals.card.foreign).toMatchObject({ debitFen: 900, debitCount: 1 });
  });
});

/** Ten swipes and a chip in a batch that the host sees differently. */
async function unbalancedShop(): Promise<SettlingShop> {
  const shop = await new SettlingShop().open();
  for (let sale = 0; sale < 9; sale++) await shop.sell({ how: sale % 2 === 0 ? 'swipe' : 'tap' });
  await shop.sell({ how: 'chip' });
  await saleUnknownThere(shop);
  return shop;
}

describe('a settlement that does not balance', () => {
  it('uploads online sales eight at a time, then certificates, then the end with the number of sales', async () => {
    const shop = await new SettlingShop().open();
    for (let sale = 0; sale < 9; sale++) await shop.sell();
    await shop.sell({ how: 'chip' });
    const key = await shop.sell({ how: 'swipe', amountFen: 500 });
    shop.acquirer.amend(shop.acquirer.entries().at(-1)!, { amountFen: 501 });
    expect(await shop.settle()).toEqual({ batch: '000001', balanced: false, disagreements: 1 });
    expect(shop.settlementMessages()).toEqual([
      '0500 201',
      '0320 201 8',
      '0320 201 2',
      '0320 201 1',
      '0320 201 1',
      '0320 205',
      '0320 202 11',
    ]);
    expect(disagreementsOf(shop)).toEqual([`amountDiffers ${key.stan}`]);
    // A chip's details go under the number of its sale, everything else under one of its own.
    const own = shop.acquirerRequests().filter(({ fields }) => fields[62] === undefined);
    expect(new Set(own.map((sent) => textField(sent, 11))).size).toBe(own.length);
  });

  it('uploads a sale by pay code, which has no card number', async () => {
    const shop = await new SettlingShop().open();
    const key = await sellByCode(shop, 1_234);
    await saleUnknownThere(shop, 500);
    expect(await shop.settle()).toMatchObject({ balanced: false, disagreements: 1 });
    const upload = shop.acquirerRequests().find(({ mti }) => mti === '0320');
    const row = `00${String(key.stan).padStart(6, '0')}${'0'.repeat(20)}000000001234`;
    expect(upload && textField(upload, 48)).toContain(row);
    expect(disagreementsOf(shop)).not.toContain(`missingThere ${key.stan}`);
  });

  it('names the sale that the host does not have', async () => {
    const shop = await unbalancedShop();
    await shop.settle();
    const unknown = shop.acquirer.entries().find(({ state }) => state === 'declined');
    expect(disagreementsOf(shop)).toEqual([`missingThere ${Number(unknown?.stan)}`]);
    expect(reportOf(shop).uploaded).toBe(10);
  });

  it('names the sale that the host has under another card', async () => {
    const shop = await new SettlingShop().open();
    await saleUnknownThere(shop);
    const { stan } = await shop.sell();
    shop.acquirer.amend(shop.acquirer.entries().at(-1)!, { pan: '6299992000000013' });
    await shop.settle();
    expect(disagreementsOf(shop)).toEqual([expect.stringMatching(/^missingThere/), `rejected ${stan}`]);
  });

  it('uploads a chip whose certificate is not known among the sales that went online', async () => {
    const shop = await new SettlingShop().open();
    await shop.sell({ how: 'chip', evidence: 'lost' });
    await saleUnknownThere(shop);
    await shop.settle();
    expect(shop.settlementMessages()).toEqual(['0500 201', '0320 201 2', '0320 201 1', '0320 201 1', '0320 202 2']);
  });

  it('names the sale that the host has more, closed by hand before its reversal came through', async () => {
    const shop = await new SettlingShop().open();
    await shop.sell({ amountFen: 700 });
    shop.acquirer.faults.inject({ kind: 'dropReply', mti: '0200' });
    const key = await shop.sell({ amountFen: 700 });
    await openReversal(shop.services, { key, reason: '98' }, NEVER_CANCELLED);
    expect(await shop.run(closeByHand, { key, supervisor: '王主管' })).toEqual({ kind: 'closed' });
    await shop.settle();
    expect(disagreementsOf(shop)).toEqual([`missingHere 1 700 [${key.stan}]`]);
    expect(reportOf(shop).byHand).toMatchObject([{ supervisor: '王主管', item: { key } }]);
  });

  it('tells apart what is missing here and what is missing there, though the counts are equal', async () => {
    const shop = await new SettlingShop().open();
    await shop.sell();
    await saleUnknownThere(shop, 400);
    shop.acquirer.faults.inject({ kind: 'dropReply', mti: '0200' });
    const key = await shop.sell({ amountFen: 700 });
    await openReversal(shop.services, { key, reason: '98' }, NEVER_CANCELLED);
    await shop.run(closeByHand, { key, supervisor: 'Wang' });
    await shop.settle();
    expect(disagreementsOf(shop)).toEqual([expect.stringMatching(/^missingThere/), `missingHere 1 700 [${key.stan}]`]);
  });

  it('uploads only the half that does not balance', async () => {
    const shop = await new SettlingShop().open();
    await shop.sellForeign(900);
    await saleUnknownThere(shop);
    await shop.settle();
    expect(shop.settlementMessages()).toEqual(['0500 201', '0320 201 1', '0320 202 1']);
  });

  it('uploads the certificate of a chip whichever half it belongs to', async () => {
    const shop = await new SettlingShop().open();
    await shop.sellForeign(900, 'kept');
    await saleUnknownThere(shop);
    await shop.settle();
    expect(shop.settlementMessages()).toEqual(['0500 201', '0320 201 1', '0320 205', '0320 202 2']);
    const certified = [...(shop.acquirer.settlements(TERMINAL).closed?.items.values() ?? [])];
    expect(certified.map((item) => [item.certified, item.responseCode])).toEqual([
      [false, '25'],
      [true, '00'],
    ]);
  });

  it('keeps no card number: neither in the journal nor in the vault', async () => {
    const shop = await unbalancedShop();
    await shop.settle();
    const pans = shop.acquirer.entries().map(({ pan }) => pan);
    const journal = JSON.stringify(shop.journaled());
    for (const pan of pans) expect(journal).not.toContain(pan);
    shop.powerCut();
    expect(shop.vault.count()).toBe(0);
  });
});

describe('a settlement that is interrupted', () => {
  it('goes on after a power cut at every moment, and ends as it would have', async () => {
    const whole = await unbalancedShop();
    const from = whole.moments.length;
    await whole.settle();
    await whole.run(printSettlement, undefined);
    const moments = whole.moments.slice(from);
    expect(moments.length).toBeGreaterThan(25);
    const expected = disagreementsOf(whole);

    for (const [at, moment] of moments.entries()) {
      const shop = await unbalancedShop();
      shop.cutAt = shop.moments.length + at;
      // What died never comes to its end, which the clock notices.
      await expect(shop.settle().then(() => shop.run(printSettlement, undefined))).rejects.toThrow();
      await shop.restart();
      if (shop.services.journal.state.settlement.last === undefined) await shop.settle();
      if (shop.services.journal.state.settlement.last?.slip !== 'done') await shop.run(printSettlement, undefined);
      expect([moment, shop.services.journal.state.batch]).toEqual([moment, '000002']);
      expect([moment, ...disagreementsOf(shop)]).toEqual([moment, ...expected]);
      const items = [...(shop.acquirer.settlements(TERMINAL).closed?.items.values() ?? [])];
      expect([moment, items.length]).toEqual([moment, 11]);
    }
  }, 60_000);

  it('sends what is not marked again under the same number, and what is marked not at all', async () => {
    const shop = await unbalancedShop();
    await shop.run(settleTotals, undefined);
    await shop.run(uploadBatch, undefined);
    shop.acquirer.faults.inject({ kind: 'dropReply', mti: '0320' });
    expect(await shop.run(uploadBatch, undefined)).toEqual({ kind: 'unanswered' });
    const unanswered = shop.acquirerRequests().at(-1);
    await shop.restart();
    await shop.run(uploadBatch, undefined);
    const again = shop.acquirerRequests().at(-1);
    expect(again).toEqual(unanswered);
  });

  it('repeats unanswered totals as they were, and makes new ones once something was sold', async () => {
    const shop = await new SettlingShop().open();
    await shop.sell();
    shop.acquirer.faults.inject({ kind: 'dropReply', mti: '0500' }, 2);
    await shop.run(settleTotals, undefined);
    await shop.run(settleTotals, undefined);
    await shop.sell();
    expect(await shop.run(settleTotals, undefined)).toEqual({ kind: 'answered', balanced: true });
    const stans = shop
      .acquirerRequests()
      .filter(({ mti }) => mti === '0500')
      .map((sent) => textField(sent, 11));
    expect(stans[0]).toBe(stans[1]);
    expect(new Set(stans).size).toBe(2);
  });

  it('asks nothing any more once the host has judged the totals', async () => {
    const shop = await unbalancedShop();
    await shop.run(settleTotals, undefined);
    const sent = shop.acquirerRequests().length;
    expect(await shop.run(settleTotals, undefined)).toEqual({ kind: 'answered', balanced: false });
    expect(shop.acquirerRequests()).toHaveLength(sent);
  });

  it('whose end was taken but not answered is over at the next try, also after a sign-on for the new batch', async () => {
    const shop = await new SettlingShop().open();
    await shop.run(settleTotals, undefined);
    shop.acquirer.faults.inject({ kind: 'dropReply', mti: '0320' });
    expect(await shop.run(uploadBatch, undefined)).toEqual({ kind: 'unanswered' });
    await shop.restart();
    expect(shop.services.journal.state.batch).toBe('000002');
    await shop.settle();
    expect(shop.services.journal.state.batch).toBe('000002');
    await shop.sell();
    expect(await shop.settle()).toMatchObject({ batch: '000002', balanced: true });
  });

  it('ends where the host has gone on to a later batch by itself, with every sale on the list', async () => {
    const shop = await unbalancedShop();
    await shop.run(settleTotals, undefined);
    shop.acquirer.startNextBatch(TERMINAL);
    shop.acquirer.startNextBatch(TERMINAL);
    expect(await shop.run(uploadBatch, undefined)).toEqual({ kind: 'signOnNeeded' });
    await shop.restart();
    expect(await shop.settle()).toMatchObject({ batch: '000001', balanced: false });
    expect(shop.services.journal.state.batch).toBe('000003');
    expect(reportOf(shop).disagreements.filter(({ kind }) => kind === 'rejected')).toHaveLength(11);
  });

  it.each(
    rowsOf(`
      respond 77   | {"kind":"signOnNeeded"}
      respond 97   | {"kind":"refused","responseCode":"97"}
      wrongStan    | {"kind":"unanswered"}
      wrongTerminal| {"kind":"unanswered"}
      garbageFrame | {"kind":"unanswered"}
      dropRequest  | {"kind":"unanswered"}
    `),
  )('totals answered by %s change nothing', async (fault, outcome) => {
    const shop = await new SettlingShop().open();
    const [kind, responseCode] = fault?.split(' ') ?? [];
    shop.acquirer.faults.inject({ kind, mti: '0500', ...(responseCode && { responseCode }) } as HostFault);
    expect(await shop.run(settleTotals, undefined)).toEqual(JSON.parse(outcome ?? ''));
    expect(shop.services.journal.state.settlement.progress?.answer).toBeUndefined();
    expect(await shop.settle()).toMatchObject({ balanced: true });
  });

  it.each(
    rowsOf(`
      respond 96   | unanswered
      respond 09   | unanswered
      respond 77   | signOnNeeded
      respond A0   | signOnNeeded
      wrongStan    | unanswered
      garbageFrame | unanswered
      dropReply    | unanswered
    `),
  )('an upload answered by %s is not marked: %s', async (fault, outcome) => {
    const shop = await unbalancedShop();
    await shop.run(settleTotals, undefined);
    const [kind, responseCode] = fault?.split(' ') ?? [];
    shop.acquirer.faults.inject({ kind, mti: '0320', ...(responseCode && { responseCode }) } as HostFault);
    expect(await shop.run(uploadBatch, undefined)).toEqual({ kind: outcome });
    expect(shop.services.journal.state.settlement.progress?.results.size).toBe(0);
    expect(await shop.settle()).toMatchObject({ disagreements: 1 });
  });

  it('does not end while the host refuses the end', async () => {
    const shop = await new SettlingShop().open();
    await shop.run(settleTotals, undefined);
    shop.acquirer.faults.inject({ kind: 'respond', mti: '0320', responseCode: '79' });
    expect(await shop.run(uploadBatch, undefined)).toEqual({ kind: 'refused', responseCode: '79' });
    expect(shop.services.journal.state.batch).toBe('000001');
    expect(await shop.settle()).toMatchObject({ balanced: true });
  });

  it('is not closed before the totals are judged', async () => {
    const shop = await new SettlingShop().open();
    await expect(shop.run(closeBatch, undefined)).rejects.toMatchObject({ name: 'Fault' });
    await expect(shop.run(uploadBatch, undefined)).rejects.toMatchObject({ name: 'Fault' });
  });
});

describe('a settled batch', () => {
  it('is forgotten with the settlement after its own, but for what is not finished', async () => {
    const shop = await new SettlingShop().open();
    const finished = await shop.sell({ how: 'chip', amountFen: 700 });
    const owing = await shop.sell({ amountFen: 800 });
    for (const copy of ['merchant', 'cardholder'] as const) {
      await shop.services.journal.append({ type: 'receiptStarted', ...finished, copy });
      await shop.services.journal.append({ type: 'receiptDone', ...finished, copy, evidence: 'confirmed' });
    }
    await shop.settle();
    expect(shop.services.journal.state.sales.size).toBe(2);
    expect(shop.services.journal.state.settlement.evidence.size).toBe(0);
    const later = await shop.sell({ amountFen: 900 });
    await shop.settle();
    const { sales, forgottenFen } = shop.services.journal.state;
    expect([...sales.values()].map(({ key }) => key)).toEqual([owing, later]);
    expect(forgottenFen).toEqual({ cardIntent: 700, walletIntent: 0 });
    const [older, newer] = [...sales.values()].map(({ order }) => order);
    expect(older).toBeLessThan(newer ?? 0);
    await shop.restart();
    expect([...shop.services.journal.state.sales.keys()]).toEqual([...sales.keys()]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { DEFAULT_SETTINGS } from '../../../firmware/settings.ts';
import type { WalletFault } from '../../../simulator/wallet/trade.ts';
import { rowsOf } from '../../rules/text-table.ts';
import { ReturningShop } from './taking-back.ts';

const REFUND = 'alipay.trade.refund';
const fieldsOf = (shop: ReturningShop) => shop.acquirerRequests().at(-1)?.fields ?? {};

/** The same with another last byte, which is the MAC's. */
function spoiled(frame: Uint8Array): Uint8Array {
  return frame.map((byte, at) => (at === frame.length - 1 ? byte ^ 1 : byte));
}

describe('sendRefund of a wallet order', () => {
  it('has the intent durable before the first byte leaves, and the result before it is told', async () => {
    const shop = await new ReturningShop().open();
    const sale = await shop.sellByWallet();
    expect(await shop.takeBack('refund', sale, 20_000)).toMatchObject({ kind: 'done', feeBackFen: 0 });
    expect(shop.tape).toEqual(['refundIntent', 'wallet refund', 'refundResult done']);
    expect([shop.wallet.netFen(), shop.refunds()]).toEqual([100_000, ['refund done']]);
  });

  it('sends nothing when the intent cannot be made durable', async () => {
    const shop = await new ReturningShop().open();
    const sale = await shop.sellByWallet();
    shop.failingAppend = shop.appends;
    await expect(shop.takeBack('refund', sale, 20_000)).rejects.toMatchObject({ device: 'journal' });
    expect(shop.wallet.netFen()).toBe(120_000);
  });

  it('pays back part by part, with the fee, and never more than was paid', async () => {
    const shop = await new ReturningShop().open();
    const sale = await shop.sellByWallet(120_000, 6);
    const backs = [];
    for (const amountFen of [40_000, 40_000, 40_001, 40_000, 1])
      backs.push(await shop.takeBack('refund', sale, amountFen));
    expect(
      backs.map((back) => (back.kind === 'done' ? back.feeBackFen : back.kind === 'refused' ? back.reason : '')),
    ).toEqual([1_800, 1_800, 'aboveSale', 1_800, 'nothingLeft']);
    expect([shop.wallet.netFen(), shop.refunds()]).toEqual([0, ['refund done', 'refund done', 'refund done']]);
  });

  it('voids by paying all of it back', async () => {
    const shop = await new ReturningShop().open();
    const sale = await shop.sellByWallet();
    expect(await shop.takeBack('void', sale, 120_000)).toMatchObject({ kind: 'done' });
    expect([shop.wallet.netFen(), shop.refunds()]).toEqual([0, ['void done']]);
  });

  it.each(
    rowsOf(`
      dropReply      | unknown | refund sent    | 100000 | done       | refund done
      dropRequest    | unknown | refund sent    | 120000 | done       | refund done
      wrongSignature | unknown | refund sent    | 100000 | done       | refund done
      garbage        | unknown | refund sent    | 100000 | done       | refund done
    `),
  )(
    '%s: %s, journal "%s", wallet %s; repeated under its number: %s',
    async (fault, kind, journaled, netFen, again, end) => {
      const shop = await new ReturningShop().open();
      const sale = await shop.sellByWallet();
      shop.wallet.faults.inject({ kind: fault, method: REFUND } as WalletFault);
      expect((await shop.takeBack('refund', sale, 20_000)).kind).toBe(kind);
      expect([shop.refunds(), shop.wallet.netFen()]).toEqual([[journaled], Number(netFen)]);
      await shop.restart();
      expect((await shop.recover()).kind).toBe(again);
      expect([shop.refunds(), shop.wallet.netFen()]).toEqual([[end], 100_000]);
    },
  );

  it('is not sent when nothing left, and is open when that is so of a repetition', async () => {
    const shop = await new ReturningShop().open();
    const sale = await shop.sellByWallet();
    shop.life.walletLink.goDown();
    expect(await shop.takeBack('refund', sale, 20_000)).toEqual({ kind: 'notSent' });
    shop.life.walletLink.comeUp();
    shop.wallet.faults.inject({ kind: 'dropReply', method: REFUND });
    await shop.takeBack('refund', sale, 20_000);
    shop.life.walletLink.goDown();
    expect(await shop.recover()).toEqual({ kind: 'unanswered' });
    expect(shop.refunds()).toEqual(['refund notSent', 'refund sent']);
  });

  it('waits until an earlier one has ended', async () => {
    const shop = await new ReturningShop().open();
    const sale = await shop.sellByWallet();
    const other = await shop.sellByWallet(50_000);
    shop.wallet.faults.inject({ kind: 'dropReply', method: REFUND });
    await shop.takeBack('refund', sale, 20_000);
    expect(await shop.takeBack('refund', sale, 20_000)).toEqual({ kind: 'refused', reason: 'refundInDoubt' });
    expect(await shop.takeBack('refund', other, 20_000)).toEqual({ kind: 'refused', reason: 'openItems' });
  });
});

describe('sendRefund of a card sale', () => {
  it('voids by 0200 of type 23 that names the sale, without its track', async () => {
    const shop = await new ReturningShop().open();
    const sale = await shop.sellByCard();
    shop.answering('0200', '00', { 38: '654321' });
    expect(await shop.takeBack('void', sale, 10_000, await shop.presented())).toMatchObject({ kind: 'done' });
    expect(shop.tape).toEqual(['refundIntent', 'acquirer 0200', 'refundResult done']);
    const fields = fieldsOf(shop);
    expect(fields).toMatchObject({
      3: '200000',
      4: '000000010000',
      11: '000003',
      22: '072',
      25: '00',
      61: '000001000002',
    });
    expect([String(fields[60]).slice(0, 2), fields[35], fields[55], fields[37]]).toEqual([
      '23',
      undefined,
      undefined,
      shop.services.journal.sale(sale).cardResult?.retrievalReference,
    ]);
    expect(shop.services.journal.refund({ batch: sale.batch, stan: 3 }).result).toMatchObject({
      retrievalReference: '261121000099',
      authorizationCode: '654321',
    });
  });

  it('refunds by 0220 of type 25, the same message every time', async () => {
    const shop = await new ReturningShop().open();
    const sale = await shop.sellByCard();
    shop.losing('0220');
    expect((await shop.takeBack('refund', sale, 4_000, await shop.presented())).kind).toBe('unknown');
    const first = fieldsOf(shop);
    expect(first).toMatchObject({ 3: '200000', 4: '000000004000', 63: '000' });
    expect(String(first[61])).toMatch(/^000001000002\d{4}$/);
    await shop.restart();
    shop.answering('0220', '94');
    expect(await shop.recover()).toEqual({ kind: 'done' });
    expect({ ...fieldsOf(shop), 64: undefined }).toEqual({ ...first, 64: undefined });
    expect(shop.refunds()).toEqual(['refund done']);
  });

  it.each(
    rowsOf(`
      void   | 00 | done     | void done       |
      void   | 61 | declined | void declined   |
      void   | 77 | declined | void declined   |
      void   | 10 | unknown  | void reversing  | reversalIntent 06
      void   | 94 | unknown  | void reversing  | reversalIntent 06
      void   | 09 | unknown  | void reversing  | reversalIntent 06
      void   | A0 | unknown  | void reversing  | reversalIntent A0
      refund | 00 | done     | refund done     |
      refund | 94 | done     | refund done     |
      refund | 61 | declined | refund declined |
      refund | 77 | unknown  | refund sent     |
      refund | A0 | unknown  | refund sent     |
      refund | 09 | unknown  | refund sent     |
      refund | 96 | unknown  | refund sent     |
    `),
  )('a %s that is answered with %s is %s, journal "%s" %s', async (kind, code, expected, journaled, last) => {
    const shop = await new ReturningShop().open();
    const sale = await shop.sellByCard();
    const presented = await shop.presented();
    shop.answering(kind === 'void' ? '0200' : '0220', code ?? '');
    const answer = await shop.takeBack(kind as 'void', sale, 10_000, presented);
    expect([answer.kind, shop.refunds()]).toEqual([expected, [journaled]]);
    if (last !== '') expect(shop.tape.at(-1)).toBe(last);
    if (answer.kind === 'declined') expect(answer.signOnAgain).toBe(code === '77');
  });

  it.each(
    rowsOf(`
      nothing | 98
      MAC     | A0
      amount  | 06
    `),
  )(
    'a void with no answer to be believed is reversed, and the sale stands again: %s, reason %s',
    async (what, reason) => {
      const shop = await new ReturningShop().open();
      const sale = await shop.sellByCard();
      const presented = await shop.presented();
      if (what === 'nothing') shop.losing('0200');
      if (what === 'amount') shop.answering('0200', '00', { 4: '000000000001' });
      if (what === 'MAC') {
        shop.answering('0200', '00');
        const { onAcquirer } = shop;
        shop.onAcquirer = ({ reply, ...request }, pass) =>
          onAcquirer({ ...request, reply: (frame) => reply(spoiled(frame), 0) }, pass);
      }
      expect((await shop.takeBack('void', sale, 10_000, presented)).kind).toBe('unknown');
      expect(shop.tape.at(-1)).toBe(`reversalIntent ${reason}`);
      await shop.restart();
      shop.answering('0400', '00');
      expect(await shop.recover()).toEqual({ kind: 'reversed' });
      expect(fieldsOf(shop)).toMatchObject({ 3: '200000', 39: reason, 61: '000001000002', 11: '000003' });
      expect([shop.refunds(), shop.services.journal.sale(sale).status]).toEqual([['void reversed'], 'approved']);
      shop.answering('0200', '00');
      expect((await shop.takeBack('void', sale, 10_000, await shop.presented())).kind).toBe('done');
    },
  );

  it('takes no other card, and compares nothing where none is asked for', async () => {
    const shop = await new ReturningShop().open();
    const sale = await shop.sellByCard();
    const other = await shop.presented('credit-signature');
    await expect(shop.takeBack('void', sale, 10_000, other)).rejects.toThrow('money goes back to the card that paid');
    expect(shop.tape).toEqual([]);
    shop.answering('0200', '00');
    expect((await shop.takeBack('void', sale, 10_000)).kind).toBe('done');
  });

  it('is not sent when the device that makes the MAC is away', async () => {
    const shop = await new ReturningShop().open();
    const sale = await shop.sellByCard();
    const presented = await shop.presented();
    await shop.pinPad.eraseWorkingKeys();
    expect(await shop.takeBack('void', sale, 10_000, presented)).toEqual({ kind: 'notSent' });
    expect([shop.tape, shop.refunds()]).toEqual([[], []]);
  });

  it('asks for a sign-on when keys are gone before a refund is repeated', async () => {
    const shop = await new ReturningShop().open();
    const sale = await shop.sellByCard();
    shop.losing('0220');
    await shop.takeBack('refund', sale, 4_000, await shop.presented());
    await shop.pinPad.eraseWorkingKeys();
    expect(await shop.recover()).toEqual({ kind: 'signOnNeeded' });
    expect(shop.refunds()).toEqual(['refund sent']);
  });

  it('never came when its batch is over and the host does not know it', async () => {
    const shop = await new ReturningShop().open();
    const sale = await shop.sellByCard();
    shop.losing('0220');
    await shop.takeBack('refund', sale, 4_000, await shop.presented());
    shop.answering('0220', '77');
    expect(await shop.recover()).toEqual({ kind: 'signOnNeeded' });
    await shop.services.journal.append({ type: 'signedOn', batch: '000009' });
    shop.answering('0220', '77');
    expect(await shop.recover()).toMatchObject({ kind: 'declined', responseCode: '77' });
    expect(shop.refunds()).toEqual(['refund declined']);
  });

  it('refuses more than the terminal may give back', async () => {
    const settings = { ...DEFAULT_SETTINGS, refunds: { ...DEFAULT_SETTINGS.refunds, refundMaxFen: 3_999 } };
    const shop = await new ReturningShop(settings).open();
    const sale = await shop.sellByCard();
    expect(await shop.takeBack('refund', sale, 4_000)).toEqual({ kind: 'refused', reason: 'aboveLimit' });
  });

  it('sends no card number in clear to anybody but the acquirer', async () => {
    const shop = await new ReturningShop().open();
    const sale = await shop.sellByCard();
    shop.answering('0220', '00');
    await shop.takeBack('refund', sale, 4_000, await shop.presented());
    const sent = String(fieldsOf(shop)[2]);
    expect(JSON.stringify(shop.journaled())).not.toContain(sent);
    expect(sent).toMatch(/^\d{16,19}$/);
  });
});

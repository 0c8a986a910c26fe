import { describe, expect, it } from '@jest/globals';
import { bytesOfLatin1, latin1Of } from '../../../firmware/base/bytes.ts';
import { cancelSource } from '../../../firmware/base/cancel.ts';
import { askBills } from '../../../firmware/effects/ask-bills.ts';
import { enterBillAccount } from '../../../firmware/effects/enter-bill-account.ts';
import { findPlan } from '../../../firmware/effects/find-plan.ts';
import { printBill, printSchedule } from '../../../firmware/effects/print-bills.ts';
import { payOrder } from '../../../firmware/effects/wallet-order.ts';
import type { Key } from '../../../firmware/hal/index.ts';
import type { SaleKey } from '../../../firmware/journal/records.ts';
import type { Bill } from '../../../firmware/protocol/wallet/wallet-api.ts';
import { quotePlan } from '../../../firmware/rules/installment/quote.ts';
import { DEFAULT_SETTINGS } from '../../../firmware/settings.ts';
import { JD_PEOPLE } from '../../../simulator/wallet/jd/people.ts';
import type { HostMischief } from '../../../simulator/wallet/wallet-hosts.ts';
import { rowsOf } from '../../rules/text-table.ts';
import { ReturningShop } from './taking-back.ts';

const DAY_MS = 86_400_000;

function personNamed(id: string) {
  const person = JD_PEOPLE.find((each) => each.id === id);
  if (person === undefined) throw new RangeError(`no customer ${id}`);
  return person;
}

/** An order of JD's that is paid by three instalments of Baitiao. */
async function sellByBaitiao(shop: ReturningShop, personId = 'baitiao', amountFen = 100_000): Promise<SaleKey> {
  const codeRef = shop.vault.seal('payCode', bytesOfLatin1(personNamed(personId).code));
  const offer = { method: 'baitiao', periods: 3, feeRatePpm: 18_000, feePayer: 'customer' } as const;
  const quote = quotePlan(offer, amountFen, { year: 2026, month: 11, day: 21 });
  const source = { kind: 'code', codeRef, maskedCode: '18************01' } as const;
  const paid = await shop.run(payOrder, { amountFen, wallet: 'jd', source, quote });
  if (paid.answer.kind !== 'paid') throw new Error(`the order was not paid: ${paid.answer.kind}`);
  shop.tape.length = 0;
  return paid.order.key;
}

describe('findPlan', () => {
  it('tells sales that have repayments from those that have none, and why', async () => {
    const shop = await new ReturningShop().open();
    const baitiao = await sellByBaitiao(shop);
    const whole = await shop.sellByWallet(5_000);
    const card = await shop.sellByCard();
    await shop.takeBack('void', card, 10_000, await shop.presented());
    const outcomes = [];
    for (const stan of [baitiao.stan, whole.stan, card.stan, card.stan + 1, 99]) {
      const found = await shop.run(findPlan, { stan });
      outcomes.push(found.kind === 'planned' ? [found.hasSchedule, found.hasBills] : found.reason);
    }
    expect(outcomes).toEqual([[true, true], [false, true], 'noPlan', 'noSuchSale', 'noSuchSale']);
  });

  it('has nothing for a sale that does not stand', async () => {
    const shop = await new ReturningShop().open();
    const sale = await shop.sellByCard(10_051);
    expect(await shop.run(findPlan, { stan: sale.stan })).toEqual({ kind: 'refused', reason: 'notStanding' });
  });
});

describe('askBills', () => {
  const ofSale = (shop: ReturningShop, original: SaleKey) => shop.run(askBills, { original, accountRef: undefined });
  const ofAccount = (shop: ReturningShop, text: string) =>
    shop.run(askBills, { original: undefined, accountRef: shop.vault.seal('account', bytesOfLatin1(text)) });

  it('asks for the bill of one order, and journals nothing', async () => {
    const shop = await new ReturningShop().open();
    const sale = await sellByBaitiao(shop);
    const answer = await ofSale(shop, sale);
    const [bill] = answer.kind === 'bills' ? answer.bills : [];
    expect(bill?.periods.map(({ period, amountFen, state }) => [period, amountFen, state])).toEqual([
      [1, 33_934, 'due'],
      [2, 33_933, 'later'],
      [3, 33_933, 'later'],
    ]);
    expect(shop.tape).toEqual(['wallet ']);
  });

  it('asks for everything that an account owes, and keeps no account', async () => {
    const shop = await new ReturningShop().open();
    await sellByBaitiao(shop, 'paysLate');
    await sellByBaitiao(shop, 'paysLate', 60_000);
    await shop.clock.advance(45 * DAY_MS);
    const before = shop.vault.count();
    const answer = await ofAccount(shop, personNamed('paysLate').phone);
    const bills = answer.kind === 'bills' ? answer.bills : [];
    expect(bills.map(({ amountFen, notice }) => [amountFen, notice?.includes('逾期')])).toEqual([
      [100_000, true],
      [60_000, true],
    ]);
    expect(bills.map(({ periods }) => periods[0]?.state)).toEqual(['overdue', 'overdue']);
    expect(shop.vault.count()).toBe(before);
  });

  it('owes less after a refund', async () => {
    const shop = await new ReturningShop().open();
    const sale = await sellByBaitiao(shop);
    await shop.takeBack('refund', sale, 50_000);
    const answer = await ofSale(shop, sale);
    const [bill] = answer.kind === 'bills' ? answer.bills : [];
    expect(bill?.periods.reduce((sum, { amountFen }) => sum + amountFen, 0)).toBe(50_900);
  });

  it('has an empty list for an account that owes nothing', async () => {
    const shop = await new ReturningShop().open();
    expect(await ofAccount(shop, personNamed('baitiao').phone)).toEqual({ kind: 'bills', bills: [] });
  });

  it.each(['dropReply', 'dropRequest', 'garbage', 'wrongSignature'])('shows nothing after %s', async (kind) => {
    const shop = await new ReturningShop().open();
    const sale = await sellByBaitiao(shop);
    shop.wallets.inject('jd', { kind, call: 'bills' } as HostMischief);
    expect(await ofSale(shop, sale)).toEqual({ kind: 'problem', reason: 'unreachable' });
  });

  it('says so when the host cannot be reached, has no bills, or is no partner of the shop', async () => {
    const shop = await new ReturningShop().open();
    const jd = await sellByBaitiao(shop);
    const alipay = await shop.sellByWallet(5_000);
    expect(await ofSale(shop, alipay)).toEqual({ kind: 'problem', reason: 'notServed' });
    shop.life.walletLink.goDown();
    expect(await ofSale(shop, jd)).toEqual({ kind: 'problem', reason: 'unreachable' });
    const { jd: _, ...hosts } = DEFAULT_SETTINGS.wallet.hosts;
    const lone = await new ReturningShop({ ...DEFAULT_SETTINGS, wallet: { ...DEFAULT_SETTINGS.wallet, hosts } }).open();
    expect(await ofAccount(lone, personNamed('baitiao').phone)).toEqual({ kind: 'problem', reason: 'notServed' });
  });

  it('asks for no account that is none', async () => {
    const shop = await new ReturningShop().open();
    expect(await ofAccount(shop, '12345678901')).toEqual({ kind: 'problem', reason: 'badAccount' });
    expect([shop.tape, shop.vault.count()]).toEqual([[], 0]);
  });
});

describe('enterBillAccount', () => {
  async function typing(keys: string) {
    const shop = await new ReturningShop().open();
    const source = cancelSource();
    const entered = enterBillAccount(shop.services, { timing: DEFAULT_SETTINGS.timing }, source.signal);
    await shop.clock.settle();
    for (const key of keys.split(' ')) {
      if (key === 'leave') source.cancel();
      else if (key === 'wait') await shop.clock.advance(DEFAULT_SETTINGS.timing.operatorMs);
      else shop.services.privateKeys.take(key as Key);
      await shop.clock.settle();
    }
    return { shop, entered };
  }

  it('takes a phone number past the charts, and shows its last digits alone', async () => {
    const { shop, entered } = await typing('1 3 9 1 0 0 0 0 1 0 1 confirm');
    const outcome = await shop.clock.resolve(entered);
    if (outcome.kind !== 'account') throw new Error(`ended as ${outcome.kind}`);
    expect(latin1Of(shop.vault.reveal(outcome.accountRef))).toBe('13910000101');
    const shown = JSON.stringify(shop.display.current);
    expect([shown.includes('13910000101'), shown.includes('*******0101')]).toEqual([false, true]);
  });

  it('says that it is no number, and lets it be mended', async () => {
    const { shop, entered } = await typing('1 2 9 1 0 0 0 0 1 0 1 confirm');
    expect(shop.display.current?.params).toMatchObject({ digits: 11, isWrong: true });
    for (const key of ['clear', '1', 'function', 'confirm', 'cancel'] as const) shop.services.privateKeys.take(key);
    expect(await shop.clock.resolve(entered)).toEqual({ kind: 'cancelled' });
  });

  it.each(
    rowsOf(`
      1 3 cancel | cancelled
      1 3 leave  | cancelled
      1 3 wait   | timedOut
    `),
  )('%s: %s, and the keys are given back', async (keys = '', kind) => {
    const { shop, entered } = await typing(keys);
    expect(await shop.clock.resolve(entered)).toEqual({ kind });
    expect([shop.services.privateKeys.take('1'), shop.vault.count()]).toEqual([false, 0]);
  });
});

describe('paper about repayments', () => {
  const BILL: Bill = {
    outTradeNo: '1000000120261121000001000007',
    amountFen: 100_000,
    periods: [{ period: 1, dueDate: '2026-12-21', amountFen: 33_934, state: 'overdue' }],
    notice: undefined,
  };

  it('has the schedule that was quoted, from the journal, and says what was refunded', async () => {
    const shop = await new ReturningShop().open();
    const sale = await sellByBaitiao(shop);
    await shop.takeBack('refund', sale, 50_000);
    await shop.restart();
    shop.tape.length = 0;
    expect(await shop.run(printSchedule, { original: sale })).toEqual({ kind: 'printed' });
    expect(shop.slips[0]).toMatch(/还款计划[\s\S]*白条分期[\s\S]*1期 2026-12-21 +¥339\.34\n2期 2027-01-21 +¥339\.33/);
    expect(shop.slips[0]).toMatch(/已退\(REFUNDED\) +¥500\.00/);
    expect(shop.tape).toEqual([]);
  });

  it('has the bills, and the notice of what is overdue', async () => {
    const shop = await new ReturningShop().open();
    expect(await shop.run(printBill, { bills: [BILL] })).toEqual({ kind: 'printed' });
    expect(shop.slips[0]).toMatch(/账单[\s\S]*逾期提醒[\s\S]*1期 2026-12-21 逾期/);
  });

  it.each([
    ['paper is out', 'paperOut'],
    ['paper ends in the slip', 'paperOut'],
    ['unplugged', 'disconnected'],
  ])('waits for a printer: %s', async (mishap, reason) => {
    const shop = await new ReturningShop().open();
    const { printer } = shop.life;
    if (mishap === 'unplugged') printer.unplug();
    else printer.endPaperAfterLines(mishap === 'paper is out' ? 0 : 5);
    expect(await shop.run(printBill, { bills: [BILL] })).toEqual({ kind: 'stopped', reason });
    expect(shop.slips).toEqual([]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { NEVER_CANCELLED } from '../../../firmware/base/cancel.ts';
import { boot } from '../../../firmware/effects/boot.ts';
import { findOpen } from '../../../firmware/effects/find-open.ts';
import { signOn } from '../../../firmware/effects/sign-on.ts';
import { type CardResult, type JournalRecord, type SaleKey } from '../../../firmware/journal/records.ts';
import { createServices } from '../../../firmware/services.ts';
import { HalError, type JournalDamage } from '../../../firmware/hal/index.ts';
import { DEFAULT_SETTINGS } from '../../../firmware/settings.ts';
import { MemoryJournalStore } from '../../../hal-mock/journal-store.ts';
import type { HostFault } from '../../../simulator/acquirer/host-state.ts';
import { cardIntent, cardResult, walletIntent } from '../journal/samples.ts';
import { rowsOf } from '../../rules/text-table.ts';
import { settingsWith, Shop } from '../shop.ts';

const booted = (shop: Shop) => shop.clock.resolve(boot(shop.services, { journalIsOpen: false }, NEVER_CANCELLED));

describe('boot', () => {
  it('is ready with a whole journal and a master key', async () => {
    expect(await booted(new Shop())).toEqual({ kind: 'ready', missing: [] });
  });

  it('asks for the key ceremony without a master key', async () => {
    const shop = new Shop();
    shop.pinPad.loseKeys();
    expect(await booted(shop)).toEqual({ kind: 'needsActivation' });
  });

  it('misses a printer without stopping for it', async () => {
    const shop = new Shop();
    shop.life.printer.unplug();
    expect(await booted(shop)).toEqual({ kind: 'ready', missing: ['printer'] });
  });

  it('waits some seconds for a PIN pad that starts slowly, and no longer', async () => {
    const slow = new Shop();
    slow.pinPad.unplug();
    slow.clock.setTimeout(() => slow.pinPad.replug(), 3_000);
    expect((await booted(slow)).kind).toBe('ready');
    const absent = new Shop();
    absent.pinPad.unplug();
    expect((await booted(absent)).kind).toBe('pinPadMissing');
    expect(absent.clock.monotonicMs()).toBeLessThan(10_000);
  });

  it.each([
    ['tornTail', { kind: 'ready', missing: [] }],
    ['corrupt', { kind: 'journalDamaged', damage: 'corrupt' }],
    ['missingSegment', { kind: 'journalDamaged', damage: 'missingSegment' }],
  ] as const)('of a journal with damage %s', async (kind, expected) => {
    const shop = new Shop();
    const damage: JournalDamage = { kind, atSequence: 3 };
    const ports = { ...shop.life.ports, journalStore: new MemoryJournalStore({ damage }) };
    const services = createServices(ports, DEFAULT_SETTINGS);
    expect(await shop.clock.resolve(boot(services, { journalIsOpen: false }, NEVER_CANCELLED))).toEqual(expected);
  });

  it('stops at a record that only a later version knows', async () => {
    const shop = new Shop();
    const records = [JSON.stringify({ type: 'cardHold', wallMs: 1 })];
    const ports = { ...shop.life.ports, journalStore: new MemoryJournalStore({ records }) };
    const services = createServices(ports, DEFAULT_SETTINGS);
    const outcome = await shop.clock.resolve(boot(services, { journalIsOpen: false }, NEVER_CANCELLED));
    expect(outcome).toEqual({ kind: 'journalDamaged', damage: 'newerRecord' });
  });

  it('stops at a journal that cannot be read at all', async () => {
    const shop = new Shop();
    const journalStore = new MemoryJournalStore();
    journalStore.open = () => Promise.reject(new HalError('media', 'journal'));
    const services = createServices({ ...shop.life.ports, journalStore }, DEFAULT_SETTINGS);
    const outcome = await shop.clock.resolve(boot(services, { journalIsOpen: false }, NEVER_CANCELLED));
    expect(outcome).toEqual({ kind: 'journalUnreadable' });
  });
});

describe('signOn', () => {
  const signedOn = (shop: Shop) => shop.clock.resolve(signOn(shop.services, undefined, NEVER_CANCELLED));

  it.each(['001', '003', '004', '006'] as const)('fetches the keys of scheme %s', async (signOnScheme) => {
    const shop = new Shop(settingsWith({ signOnScheme }));
    await shop.services.journal.open();
    shop.acquirer.startNextBatch(DEFAULT_SETTINGS.terminalId);
    expect(await signedOn(shop)).toEqual({ kind: 'signedOn' });
    const { workingKeys } = await shop.pinPad.status();
    const expected = signOnScheme === '001' || signOnScheme === '003' ? ['pin', 'mac'] : ['pin', 'mac', 'track'];
    expect(workingKeys).toEqual(expected);
    expect(shop.tape).toEqual(['signOnIntent', 'acquirer 0800', 'signedOn']);
    expect(shop.services.journal.state).toMatchObject({ batch: '000002', lastStan: 1 });
  });

  it('forgets all keys when one does not fit its check value, and keeps the old batch', async () => {
    const shop = await new Shop().signedOn();
    shop.acquirer.startNextBatch(DEFAULT_SETTINGS.terminalId);
    shop.acquirer.faults.inject({ kind: 'wrongCheckValue' });
    expect(await signedOn(shop)).toMatchObject({ kind: 'failed', reason: 'badKeys' });
    expect((await shop.pinPad.status()).workingKeys).toEqual([]);
    expect(shop.services.journal.state.batch).toBe('000001');
  });

  it.each(
    rowsOf(`
      respond 97    | refused
      dropReply     | noAnswer
      dropRequest   | noAnswer
      garbageFrame  | untrusted
      wrongTerminal | untrusted
      wrongStan     | untrusted
    `),
  )('answered by %s has failed: %s', async (fault, reason) => {
    const shop = new Shop();
    await shop.services.journal.open();
    const [kind = '', responseCode] = fault?.split(' ') ?? [];
    shop.acquirer.faults.inject({ kind, ...(responseCode && { responseCode }) } as HostFault);
    expect(await signedOn(shop)).toMatchObject({ kind: 'failed', reason });
    expect((await shop.pinPad.status()).workingKeys).toEqual([]);
  });

  it('has failed when the host cannot be reached, the pad has no master key, or the pad is gone', async () => {
    const down = new Shop();
    down.life.acquirerLink.goDown();
    expect(await signedOn(down)).toMatchObject({ reason: 'notSent' });
    const empty = new Shop();
    empty.pinPad.loseKeys();
    expect(await signedOn(empty)).toEqual({ kind: 'noMasterKey' });
    const unplugged = new Shop();
    unplugged.pinPad.unplug();
    expect(await signedOn(unplugged)).toMatchObject({ reason: 'badKeys' });
  });

  it('uses a new number for every try, and does not go on with a dead journal', async () => {
    const shop = await new Shop().signedOn();
    await signedOn(shop);
    expect(shop.acquirerRequests().map(({ fields }) => fields[11])).toEqual(['000001', '000002']);
    shop.failingAppend = shop.appends;
    await expect(signedOn(shop)).rejects.toMatchObject({ device: 'journal' });
    expect(shop.acquirerRequests()).toHaveLength(2);
  });
});

describe('findOpen', () => {
  const key: SaleKey = { batch: '000001', stan: 2 };
  const declined: CardResult = cardResult(key, 'declined');

  async function found(...records: readonly JournalRecord[]) {
    const shop = new Shop();
    await shop.services.journal.open();
    for (const record of records) {
      while (shop.services.journal.takeStan() !== ('stan' in record ? record.stan : undefined)) {
        if (!record.type.endsWith('Intent') || record.type === 'reversalIntent') break;
        await shop.services.journal.append({ type: 'signOnIntent', stan: shop.services.journal.takeStan() });
      }
      await shop.services.journal.append(record);
    }
    shop.tape.length = 0;
    const outcome = await findOpen(shop.services, undefined, NEVER_CANCELLED);
    return { outcome, tape: shop.tape };
  }

  it('finds nothing where nothing is in doubt', async () => {
    const { outcome, tape } = await found(cardIntent(key), declined);
    expect([outcome, tape]).toEqual([{ openItems: 0, stored: 0, next: undefined }, []]);
  });

  it.each([
    ['was sent', [cardIntent(key)], 'reversalIntent 98'],
    ['had no answer', [cardIntent(key), cardResult(key, 'unknown')], 'reversalIntent 98'],
    ['had another answer', [cardIntent(key), cardResult(key, 'untrusted', 'mismatch')], 'reversalIntent 06'],
    ['had an answer with a wrong MAC', [cardIntent(key), cardResult(key, 'untrusted', 'mac')], 'reversalIntent A0'],
    ['was authorised and not completed', [cardIntent(key), cardResult(key, 'approved')], 'reversalIntent 96'],
  ] as const)('makes the reversal of a sale that %s a durable duty before it is sent', async (_, records, intent) => {
    const { outcome, tape } = await found(...records);
    expect(outcome).toEqual({
      openItems: 1,
      stored: 0,
      next: { kind: 'reversal', what: 'sale', key, amountFen: 10_000 },
    });
    expect(tape).toEqual([intent]);
  });

  it('does not make a second duty of one that stands', async () => {
    const { outcome, tape } = await found(cardIntent(key), { type: 'reversalIntent', ...key, reason: '98' });
    expect([outcome.next?.kind, tape]).toEqual(['reversal', []]);
  });

  it('leaves a wallet order to be asked about', async () => {
    const { outcome, tape } = await found(walletIntent(key));
    expect([outcome.next?.kind, tape]).toEqual(['order', []]);
  });
});

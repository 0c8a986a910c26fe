import { describe, expect, it } from '@jest/globals';
import { Journal } from '../../../firmware/journal/journal.ts';
import { openSales } from '../../../firmware/journal/fold.ts';
import { MemoryJournalStore } from '../../../hal-mock/journal-store.ts';
import { VirtualClock } from '../../../hal-mock/time.ts';
import { cardIntent, cardResult, recordOf } from './samples.ts';

const KEY = { batch: '000001', stan: 1 };

async function opened(store = new MemoryJournalStore()): Promise<Journal> {
  const journal = new Journal(store, new VirtualClock());
  await journal.open();
  return journal;
}

describe('Journal', () => {
  it('uses a number up by the intent that carries it, not by asking', async () => {
    const journal = await opened();
    expect([journal.takeStan(), journal.takeStan()]).toEqual([1, 1]);
    await journal.append(cardIntent(KEY));
    expect(journal.takeStan()).toBe(2);
  });

  it('takes no intent with another number than the one just taken', async () => {
    const store = new MemoryJournalStore();
    const journal = await opened(store);
    journal.takeStan();
    await expect(journal.append(cardIntent({ ...KEY, stan: 9 }))).rejects.toThrow('the number just taken');
    expect(store.records()).toEqual([]);
  });

  it('believes nothing that is not durable', async () => {
    const store = new MemoryJournalStore();
    const journal = await opened(store);
    journal.takeStan();
    await journal.append(cardIntent(KEY));
    store.failNextAppend();
    await expect(journal.append(cardResult(KEY, 'declined'))).rejects.toMatchObject({ device: 'journal' });
    expect(journal.sale(KEY).status).toBe('sent');
  });

  it('takes nothing more after a failure, because what failed may be durable all the same', async () => {
    const store = new MemoryJournalStore();
    const append = store.append.bind(store);
    store.append = async (record) => {
      await append(record);
      throw new RangeError('Array buffer allocation failed');
    };
    const journal = await opened(store);
    journal.takeStan();
    await expect(journal.append(cardIntent(KEY))).rejects.toThrow(RangeError);
    store.append = append;
    await expect(journal.append(cardResult(KEY, 'declined'))).rejects.toMatchObject({ device: 'journal' });
    expect(store.records().length).toBe(1);
  });

  it('knows after a restart what it knew before', async () => {
    const store = new MemoryJournalStore();
    const journal = await opened(store);
    for (const words of [['card', 'answer:approved', 'stands', 'print:M'], ['wallet'], ['card', 'reverse:98']]) {
      const stan = journal.takeStan();
      for (const word of words) await journal.append(recordOf(word, { batch: '000001', stan }));
    }
    const again = await opened(new MemoryJournalStore({ records: store.records() }));
    expect(again.state).toEqual(journal.state);
    expect(openSales(again.state).map(({ key }) => key.stan)).toEqual([2, 3]);
    expect(again.takeStan()).toBe(4);
  });

  it('tells what the store found when it was opened', async () => {
    const damage = { kind: 'tornTail', atSequence: 7 } as const;
    const journal = new Journal(new MemoryJournalStore({ damage }), new VirtualClock());
    expect(await journal.open()).toEqual(damage);
  });

  it('keeps what is open through optional records of a later version, and passes over them', async () => {
    const known = ['card', 'answer:approved'].map((word) => JSON.stringify(recordOf(word, KEY)));
    const later = JSON.stringify({ type: 'shelfLight', optional: true, colour: 'green', wallMs: 1 });
    const mixed = known.flatMap((text) => [later, text]);
    const store = new MemoryJournalStore({ records: [...mixed, later] });
    const journal = new Journal(store, new VirtualClock());
    expect(await journal.open()).toBeUndefined();
    const plain = await opened(new MemoryJournalStore({ records: known }));
    expect(journal.state).toEqual({ ...plain.state, recordCount: 5 });
    expect(openSales(journal.state).map(({ key }) => key)).toEqual([KEY]);
    journal.takeStan();
    await journal.append(cardIntent({ ...KEY, stan: 2 }));
    expect(store.records().length).toBe(6);
  });

  it.each([{}, { optional: false }, { optional: 'true' }])(
    'stops at a record of a later version that may matter: marked %j',
    async (mark) => {
      const known = JSON.stringify(recordOf('card', KEY));
      const later = JSON.stringify({ type: 'cardHold', stan: 2, ...mark, wallMs: 1 });
      // What it knows behind that record may mean another thing now.
      const behind = JSON.stringify(recordOf('answer:approved', KEY));
      const store = new MemoryJournalStore({ records: [known, later, behind] });
      const journal = new Journal(store, new VirtualClock());
      expect(await journal.open()).toEqual({ kind: 'newerRecord', atSequence: 2 });
      expect(openSales(journal.state).length).toBe(1);
      expect(journal.sale(KEY).status).toBe('sent');
      journal.takeStan();
      await expect(journal.append(cardIntent({ ...KEY, stan: 2 }))).rejects.toMatchObject({ device: 'journal' });
      expect(store.records().length).toBe(3);
    },
  );

  it('knows members of a later version in records that it knows', async () => {
    const text = JSON.stringify({ ...recordOf('card', KEY), colour: 'green' });
    const journal = await opened(new MemoryJournalStore({ records: [text] }));
    expect(journal.sale(KEY).status).toBe('sent');
  });

  it('sells on after the numbers have wrapped, without using one of this batch twice', async () => {
    const records = [recordOf('card', KEY), recordOf('answer:declined', KEY), recordOf('signOn:999999', KEY)];
    const store = new MemoryJournalStore({ records: records.map((record) => JSON.stringify(record)) });
    const journal = await opened(store);
    const stan = journal.takeStan();
    await journal.append(cardIntent({ batch: '000001', stan }));
    await expect(opened(new MemoryJournalStore({ records: store.records() }))).resolves.toBeInstanceOf(Journal);
    expect(stan).toBe(2);
  });
});

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

import { describe, expect, it } from '@jest/globals';
import { MemoryJournalStore, openWhole } from '../../../hal-mock/journal-store.ts';
import { journalStoreContract } from '../../contract/journal-store.contract.ts';

journalStoreContract('in memory', async () => {
  let current = new MemoryJournalStore();
  return {
    store: current,
    restart: async () => (current = new MemoryJournalStore({ records: current.records() })),
    failNextAppend: () => current.failNextAppend(),
    dispose: async () => undefined,
  };
});

describe('MemoryJournalStore', () => {
  it('tells the damage it was given and then refuses records, as the real store does', async () => {
    const damage = { kind: 'corrupt', atSequence: 2 } as const;
    const store = new MemoryJournalStore({ records: ['one'], damage });
    expect(await openWhole(store)).toEqual({ records: ['one'], damage });
    await expect(store.append('two')).rejects.toMatchObject({ kind: 'media' });
  });

  it('takes records after a torn tail', async () => {
    const store = new MemoryJournalStore({ records: ['one'], damage: { kind: 'tornTail', atSequence: 2 } });
    await openWhole(store);
    await store.append('two');
    expect(store.records()).toEqual(['one', 'two']);
  });
});

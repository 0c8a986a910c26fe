import { afterEach, describe, expect, it } from '@jest/globals';
import { HalError, type JournalStore } from '../../firmware/hal/index.ts';
import { openWhole } from '../../hal-mock/journal-store.ts';

/** One journal through several runs of a terminal. */
export interface JournalUnderTest {
  /** The store of the first run; not opened. */
  readonly store: JournalStore;
  /** Ends the run that is going on and gives the store of the next; not opened. */
  readonly restart: () => Promise<JournalStore>;
  /** The next append of the present run cannot be made durable. */
  readonly failNextAppend: () => void;
  readonly dispose: () => Promise<void>;
}

async function failureOf(action: Promise<unknown>): Promise<unknown> {
  return action.then(
    () => undefined,
    (error: unknown) => error,
  );
}

async function expectMedia(action: Promise<unknown>): Promise<void> {
  const error = await failureOf(action);
  expect(error).toBeInstanceOf(HalError);
  expect(error).toMatchObject({ kind: 'media', device: 'journal' });
}

/** Every sentence of the port, over one implementation. */
export function journalStoreContract(name: string, start: () => Promise<JournalUnderTest>): void {
  describe(`JournalStore: ${name}`, () => {
    let journal: JournalUnderTest | undefined;
    const begin = async () => (journal = await start());
    afterEach(async () => journal?.dispose());

    it('is empty and sound when it is new', async () => {
      const { store } = await begin();
      expect(await openWhole(store)).toEqual({ records: [], damage: undefined });
    });

    it('gives back every record, in order and character by character, after each restart', async () => {
      const { store, restart } = await begin();
      const records = ['{"type":"authIntent","stan":1}', '', '花呗分期 ¥1,200.00 🧾', '\uFEFFmark', 'line\nline\u0000'];
      await openWhole(store);
      for (const record of records) await store.append(record);
      const second = await restart();
      expect(await openWhole(second)).toEqual({ records, damage: undefined });
      await second.append('later');
      const third = await restart();
      expect(await openWhole(third)).toEqual({ records: [...records, 'later'], damage: undefined });
    });

    it('keeps the order of calls that do not wait for each other', async () => {
      const { store, restart } = await begin();
      const records = Array.from({ length: 40 }, (_, i) => `record ${i} ${'x'.repeat(i * 7)}`);
      const durable: string[] = [];
      await openWhole(store);
      await Promise.all(records.map((record) => store.append(record).then(() => durable.push(record))));
      expect(durable).toEqual(records);
      expect((await openWhole(await restart())).records).toEqual(records);
    });

    it('takes no more records after one could not be made durable, and keeps those before it', async () => {
      const { store, restart, failNextAppend } = await begin();
      await openWhole(store);
      await store.append('kept');
      failNextAppend();
      const waiting = [store.append('lost'), store.append('queued behind it')];
      for (const append of waiting) await expectMedia(append);
      await expectMedia(store.append('later'));
      const { records } = await openWhole(await restart());
      expect(records[0]).toBe('kept');
      expect(records).not.toContain('queued behind it');
      expect(records).not.toContain('later');
    });

    it('takes records again after a restart', async () => {
      const { store, restart, failNextAppend } = await begin();
      await openWhole(store);
      failNextAppend();
      await expectMedia(store.append('lost'));
      const second = await restart();
      const { records } = await openWhole(second);
      await second.append('new');
      expect((await openWhole(await restart())).records).toEqual([...records, 'new']);
    });
  });
}

import { HalError, type JournalDamage, type JournalStore } from '../firmware/hal/index.ts';

/** A journal as it was found, whole. */
export interface JournalOpening {
  /** Every record before the first damage, in order. */
  readonly records: readonly string[];
  readonly damage: JournalDamage | undefined;
}

/** Opens a journal that is short enough to be looked at as a whole. */
export async function openWhole(store: Pick<JournalStore, 'open'>): Promise<JournalOpening> {
  const records: string[] = [];
  const damage = await store.open((record) => void records.push(record));
  return { records, damage };
}

/** What a {@link MemoryJournalStore} finds when it is opened. */
export interface MemoryJournalContent {
  readonly records?: readonly string[];
  readonly damage?: JournalDamage;
}

/**
 * A journal in memory. A restart of the terminal is a new store over the `records()` of the old one; a power cut
 * between `append` and its promise is a new store over fewer of them.
 */
export class MemoryJournalStore implements JournalStore {
  readonly #records: string[];
  readonly #damage: JournalDamage | undefined;
  #failsNext = false;
  #refuses = false;

  constructor({ records = [], damage }: MemoryJournalContent = {}) {
    this.#records = [...records];
    this.#damage = damage;
    this.#refuses = damage !== undefined && damage.kind !== 'tornTail';
  }

  async open(take: (record: string) => void): Promise<JournalDamage | undefined> {
    for (const record of this.#records) take(record);
    return this.#damage;
  }

  async append(record: string): Promise<void> {
    if (this.#failsNext) this.#refuses = true;
    if (this.#refuses) throw new HalError('media', 'journal', 'takes no more records');
    this.#records.push(record);
  }

  /** The next append rejects, and with it every later one. */
  failNextAppend(): void {
    this.#failsNext = true;
  }

  /** Everything durable, in order. */
  records(): readonly string[] {
    return [...this.#records];
  }
}

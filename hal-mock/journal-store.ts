import { HalError, type JournalDamage, type JournalOpening, type JournalStore } from '../firmware/hal/index.ts';

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

  async open(): Promise<JournalOpening> {
    return { records: [...this.#records], damage: this.#damage };
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

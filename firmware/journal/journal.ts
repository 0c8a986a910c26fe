import { invariant, present } from '../base/invariant.ts';
import { HalError } from '../hal/hal-error.ts';
import type { Clock, JournalDamage, JournalStore } from '../hal/index.ts';
import {
  applyRecord,
  emptyJournal,
  type JournaledRefund,
  type JournaledSale,
  type JournalState,
  nextStan,
  saleId,
} from './fold.ts';
import { isKnownRecord } from './known-records.ts';
import type { JournalRecord, SaleKey, StampedRecord } from './records.ts';

/**
 * What stands in the way of the journal's being believed. `newerRecord`: a later version of this program wrote a record
 * that this one does not know and may not pass over.
 */
export type JournalFinding = JournalDamage | { readonly kind: 'newerRecord'; readonly atSequence: number };

/**
 * The terminal's memory. Appends are durable before they return, and the folded state changes only with them, so what
 * the terminal believes is always what it would believe after a power cut.
 */
export class Journal {
  #state: JournalState = emptyJournal();
  readonly #store: JournalStore;
  readonly #clock: Clock;
  #stanInHand: number | undefined;
  #isWritable = true;

  constructor(store: JournalStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * Reads and folds everything. A torn tail is normal after a power cut; anything else is for a person to look at. The
   * records of a later version are folded up to the first that this one neither knows nor may pass over.
   */
  async open(): Promise<JournalFinding | undefined> {
    const state = emptyJournal();
    let newerAt: number | undefined;
    const damage = await this.#store.open((text) => {
      if (newerAt !== undefined) return;
      const record = JSON.parse(text) as StampedRecord;
      if (isKnownRecord(record)) applyRecord(state, record);
      else if (mayBePassedOver(record)) state.recordCount += 1;
      else newerAt = state.recordCount + 1;
    });
    this.#state = state;
    if (newerAt === undefined) return damage;
    this.#isWritable = false;
    return { kind: 'newerRecord', atSequence: newerAt };
  }

  get state(): Readonly<JournalState> {
    return this.#state;
  }

  /** `false` once an append has failed: the store takes no more then, and without it nothing may be sold. */
  get isWritable(): boolean {
    return this.#isWritable;
  }

  /** The number for the next message. It is used up by the intent that carries it, not by asking. */
  takeStan(): number {
    this.#stanInHand = nextStan(this.#state);
    return this.#stanInHand;
  }

  sale(key: SaleKey): JournaledSale {
    return present(this.#state.sales.get(saleId(key)), 'the sale stands in the journal');
  }

  refund(key: SaleKey): JournaledRefund {
    return present(this.#state.refunds.get(saleId(key)), 'the refund stands in the journal');
  }

  async append(record: JournalRecord): Promise<void> {
    const stan = stanTakenBy(record);
    invariant(stan === undefined || stan === this.#stanInHand, 'an intent carries the number just taken');
    // What failed may be durable all the same: nothing may be built on either until the journal has been read again.
    if (!this.#isWritable) throw new HalError('media', 'journal', 'takes no more records');
    const stamped: StampedRecord = { ...record, wallMs: this.#clock.wallMs() };
    try {
      await this.#store.append(JSON.stringify(stamped));
    } catch (error) {
      this.#isWritable = false;
      throw error;
    }
    applyRecord(this.#state, stamped);
  }
}

/** See {@link OptionalRecord}. */
function mayBePassedOver(record: { readonly optional?: unknown }): boolean {
  return record.optional === true;
}

/** Records that use a number up, but for a script notice, which stands under the number of its sale. */
const NUMBERED = [
  'cardIntent',
  'walletIntent',
  'refundIntent',
  'signOnIntent',
  'settlementBegun',
  'uploadIntent',
] as const;
type Numbered = Extract<JournalRecord, { readonly type: (typeof NUMBERED)[number] }>;

const isNumbered = (record: JournalRecord): record is Numbered =>
  (NUMBERED as readonly JournalRecord['type'][]).includes(record.type);

function stanTakenBy(record: JournalRecord): number | undefined {
  if (record.type === 'scriptNoticeIntent') return record.noticeStan;
  return isNumbered(record) ? record.stan : undefined;
}

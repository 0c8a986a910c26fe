/** What the store noticed about its own past when it was opened. None of these loses an acknowledged record silently. */
export type JournalDamage =
  /** The last write was cut by a power failure; it was never acknowledged and has been set aside. */
  | { readonly kind: 'tornTail'; readonly atSequence: number }
  /** An acknowledged record does not match its checksum or its chain: the terminal must not sell before a person looked. */
  | { readonly kind: 'corrupt'; readonly atSequence: number }
  | { readonly kind: 'missingSegment'; readonly atSequence: number };

export interface JournalOpening {
  /** Every record before the first damage, in order. */
  readonly records: readonly string[];
  readonly damage: JournalDamage | undefined;
}

/** An append-only, hash-chained, durable list of texts. It does not know what they say. */
export interface JournalStore {
  /** Reads everything. Called once, before the first append. Rejects with `HalError` `media` when nothing can be read. */
  open(): Promise<JournalOpening>;
  /**
   * Resolves once the record would survive a power cut. Records become durable in the order of the calls.
   * Rejects with `HalError` `media` when it could not be made durable; the store then takes no more records, because
   * what a failed sync left behind is not known.
   */
  append(record: string): Promise<void>;
}

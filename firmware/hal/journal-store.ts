/** What the store noticed about its own past when it was opened. None of these loses an acknowledged record silently. */
export type JournalDamage =
  /** The last write was cut by a power failure; it was never acknowledged and has been set aside. */
  | { readonly kind: 'tornTail'; readonly atSequence: number }
  /** An acknowledged record does not match its checksum or its chain: the terminal must not sell before a person looked. */
  | { readonly kind: 'corrupt'; readonly atSequence: number }
  | { readonly kind: 'missingSegment'; readonly atSequence: number };

/** An append-only, hash-chained, durable list of texts. It does not know what they say. */
export interface JournalStore {
  /**
   * Reads everything and hands over every record before the first damage, in order and one at a time: of the sales of years only
   * what is made of them stays in memory. Called once, before the first append. Rejects with `HalError` `media` when not even the
   * beginning can be read.
   */
  open(take: (record: string) => void): Promise<JournalDamage | undefined>;
  /**
   * Resolves once the record would survive a power cut. Records become durable in the order of the calls.
   * Rejects with `HalError` `media` when it could not be made durable; the store then takes no more records, because
   * what a failed sync left behind is not known.
   */
  append(record: string): Promise<void>;
}

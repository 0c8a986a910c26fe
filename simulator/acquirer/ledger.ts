/** By these an acquirer knows a transaction again: its reversal and its repetition carry the same ones. */
export interface LedgerKey {
  readonly terminalId: string;
  readonly batch: string;
  readonly stan: string;
}

/** `barred`: reversed before it came, so it may not be executed any more. */
export type EntryState = 'approved' | 'declined' | 'reversed' | 'barred';

/** One transaction as the host believes it to be. */
export interface LedgerEntry extends LedgerKey {
  /** Empty for an entry that is barred. */
  readonly pan: string;
  readonly amountFen: number;
  readonly state: EntryState;
  /** Field 39 as the host decided it, whatever reached the terminal. */
  readonly responseCode: string;
  readonly referenceNumber: string;
  readonly authorizationCode: string | undefined;
  /** Reasons of the reversals that came, field 39 of each 0400. */
  readonly reversalReasons: readonly string[];
  readonly atWallMs: number;
}

function textOf(key: LedgerKey): string {
  return `${batchTextOf(key)}/${key.stan}`;
}

function batchTextOf({ terminalId, batch }: Pick<LedgerKey, 'terminalId' | 'batch'>): string {
  return `${terminalId}/${batch}`;
}

/** The host's truth: what was executed and what was taken back. */
export class Ledger {
  readonly #entries = new Map<string, LedgerEntry>();
  readonly #batches = new Map<string, Map<string, LedgerEntry>>();
  readonly #byTerminal = new Map<string, Set<string>>();
  readonly #netFen = new Map<string, number>();
  /** By terminal: what the approved entries that were archived came to. */
  readonly #archivedFen = new Map<string, number>();
  #number = 0;

  /** Counts what the host numbers, 1 to 999999 and from 1 again. */
  nextNumber(): number {
    this.#number = (this.#number % 999_999) + 1;
    return this.#number;
  }

  /** Books an entry, or its change. */
  add(entry: LedgerEntry): void {
    const known = this.find(entry);
    if (known !== undefined) this.#count(known, -1);
    this.#count(entry, 1);
    this.#entries.set(textOf(entry), entry);
    const batch = batchTextOf(entry);
    const { terminalId } = entry;
    this.#byTerminal.set(terminalId, (this.#byTerminal.get(terminalId) ?? new Set<string>()).add(entry.batch));
    this.#batches.set(batch, (this.#batches.get(batch) ?? new Map<string, LedgerEntry>()).set(textOf(entry), entry));
  }

  find(key: LedgerKey): LedgerEntry | undefined {
    return this.#entries.get(textOf(key));
  }

  /** Notes a reversal. Money moves back once, however often the reversal comes. */
  reverse(key: LedgerKey, reason: string): void {
    const entry = this.find(key);
    if (entry === undefined) return;
    const state = entry.state === 'approved' ? 'reversed' : entry.state;
    this.add({ ...entry, state, reversalReasons: [...entry.reversalReasons, reason] });
  }

  /** In the order of arrival, without those of archived batches. */
  entries(): readonly LedgerEntry[] {
    return [...this.#entries.values()];
  }

  /** All that one terminal did under one batch number, in the order of arrival. */
  batch(terminalId: string, batch: string): readonly LedgerEntry[] {
    return [...(this.#batches.get(batchTextOf({ terminalId, batch })) ?? new Map<string, LedgerEntry>()).values()];
  }

  /** Settled and over: of a batch that nobody asks for any more only its sum is kept. */
  archive(terminalId: string, batch: string): void {
    for (const entry of this.batch(terminalId, batch)) {
      this.#entries.delete(textOf(entry));
      if (entry.state !== 'approved') continue;
      this.#archivedFen.set(terminalId, (this.#archivedFen.get(terminalId) ?? 0) + entry.amountFen);
    }
    this.#batches.delete(batchTextOf({ terminalId, batch }));
    this.#byTerminal.get(terminalId)?.delete(batch);
  }

  /** Six-digit numbers of a terminal's batches that are not archived, up to that one. */
  batchesUpTo(terminalId: string, batch: string): string[] {
    return [...(this.#byTerminal.get(terminalId) ?? [])].filter((each) => each <= batch);
  }

  /** What the archived sales of one terminal came to. */
  archivedFen(terminalId: string): number {
    return this.#archivedFen.get(terminalId) ?? 0;
  }

  /** What one card, or all of them, have been charged and not got back. */
  netFen(pan?: string): number {
    if (pan !== undefined) return this.#netFen.get(pan) ?? 0;
    return [...this.#netFen.values()].reduce((sum, netFen) => sum + netFen, 0);
  }

  #count({ pan, state, amountFen }: LedgerEntry, sign: 1 | -1): void {
    if (state === 'approved') this.#netFen.set(pan, this.netFen(pan) + sign * amountFen);
  }
}

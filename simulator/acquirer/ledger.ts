/** By these an acquirer knows a transaction again: its reversal and its repetition carry the same ones. */
export interface LedgerKey {
  readonly terminalId: string;
  readonly batch: string;
  readonly stan: string;
}

/** `barred`: reversed before it came, so it may not be executed any more. `voided`: a sale that a void took back. */
export type EntryState = 'approved' | 'declined' | 'reversed' | 'barred' | 'voided';

/** One transaction as the host believes it to be. */
export interface LedgerEntry extends LedgerKey {
  readonly kind: 'sale' | 'void' | 'refund';
  readonly way: 'card' | 'code';
  /** The masked account behind a code. Empty for an entry that is barred and for a code that nobody has. */
  readonly pan: string;
  /** Field 25: 64 for instalments. */
  readonly conditionCode: string;
  readonly amountFen: number;
  readonly state: EntryState;
  /** Field 39 as the host decided it, whatever reached the terminal. */
  readonly responseCode: string;
  readonly referenceNumber: string;
  readonly authorizationCode: string | undefined;
  /** Of a sale by code: field 59, A4. */
  readonly voucher: string | undefined;
  /** The sale that a void or refund takes back. */
  readonly original: LedgerKey | undefined;
  /** What refunds have taken back of a sale. */
  readonly refundedFen: number;
  /** Reasons of the reversals that came, field 39 of each 0400. */
  readonly reversalReasons: readonly string[];
  readonly atWallMs: number;
}

/** A sale that was made, whether or not it was taken back later. */
export function isStandingSale({ kind, state }: LedgerEntry): boolean {
  return kind === 'sale' && (state === 'approved' || state === 'voided');
}

/** What an entry alone takes from an account; negative for voids and refunds, which give. */
export function chargedFen(entry: LedgerEntry): number {
  if (isStandingSale(entry)) return entry.amountFen;
  return entry.kind !== 'sale' && entry.state === 'approved' ? -entry.amountFen : 0;
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
  readonly #byReference = new Map<string, string>();
  readonly #netFen = new Map<string, number>();
  /** By terminal: what the entries that were archived came to. */
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
    if (entry.referenceNumber !== '') this.#byReference.set(entry.referenceNumber, textOf(entry));
    const batch = batchTextOf(entry);
    const { terminalId } = entry;
    this.#byTerminal.set(terminalId, (this.#byTerminal.get(terminalId) ?? new Set<string>()).add(entry.batch));
    this.#batches.set(batch, (this.#batches.get(batch) ?? new Map<string, LedgerEntry>()).set(textOf(entry), entry));
  }

  find(key: LedgerKey): LedgerEntry | undefined {
    return this.#entries.get(textOf(key));
  }

  /** By field 37, which the host gives once in ten years. */
  findByReference(referenceNumber: string): LedgerEntry | undefined {
    return this.#entries.get(this.#byReference.get(referenceNumber) ?? '');
  }

  /** Notes a reversal. Money moves back once, however often the reversal comes; the sale of a void then stands again. */
  reverse(key: LedgerKey, reason: string): void {
    const entry = this.find(key);
    if (entry === undefined) return;
    const isUndone = entry.state === 'approved' && entry.refundedFen === 0;
    const state = isUndone ? 'reversed' : entry.state;
    this.add({ ...entry, state, reversalReasons: [...entry.reversalReasons, reason] });
    const original = isUndone && entry.original !== undefined ? this.find(entry.original) : undefined;
    if (original !== undefined) this.add({ ...original, state: 'approved' });
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
      this.#byReference.delete(entry.referenceNumber);
      this.#archivedFen.set(terminalId, (this.#archivedFen.get(terminalId) ?? 0) + chargedFen(entry));
    }
    this.#batches.delete(batchTextOf({ terminalId, batch }));
    this.#byTerminal.get(terminalId)?.delete(batch);
  }

  /** Six-digit numbers of a terminal's batches that are not archived, up to that one. */
  batchesUpTo(terminalId: string, batch: string): string[] {
    return [...(this.#byTerminal.get(terminalId) ?? [])].filter((each) => each <= batch);
  }

  /** What the archived entries of one terminal came to. */
  archivedFen(terminalId: string): number {
    return this.#archivedFen.get(terminalId) ?? 0;
  }

  /** What one card, or all of them, have been charged and not got back. */
  netFen(pan?: string): number {
    if (pan !== undefined) return this.#netFen.get(pan) ?? 0;
    return [...this.#netFen.values()].reduce((sum, netFen) => sum + netFen, 0);
  }

  #count(entry: LedgerEntry, sign: 1 | -1): void {
    const { pan } = entry;
    const fen = chargedFen(entry);
    if (fen !== 0) this.#netFen.set(pan, this.netFen(pan) + sign * fen);
  }
}

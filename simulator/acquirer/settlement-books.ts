import type { Balance } from '../../firmware/protocol/cup/messages.ts';

/** One sale that a terminal uploaded alone or with others, and what the host said of it. */
export interface UploadedItem {
  readonly stan: number;
  /** Field 39. */
  readonly responseCode: string;
  /** The chip's certificate came with it. */
  readonly certified: boolean;
}

/** What the host has of the settlement of one batch. */
export interface BatchBook {
  readonly batch: number;
  /** Answer to the totals; an upload before it is refused. */
  judged: { readonly domestic: Balance; readonly foreign: Balance } | undefined;
  /** By trace number. */
  readonly items: Map<number, UploadedItem>;
  /** The terminal's word at the end of the upload; the batch is then closed. */
  end: { readonly balanced: boolean; readonly count: number } | undefined;
}

/** The end of a script on one card, as its terminal told it. */
export interface ScriptNote {
  readonly batch: string;
  readonly stan: number;
  /** Tag DF31, hex. */
  readonly result: string;
}

/** Settlements of one terminal: the batch that is being settled and the last that was. Older ones are with the bank. */
export class SettlementBooks {
  #open: BatchBook | undefined;
  #closed: BatchBook | undefined;
  readonly #scripts = new Map<string, ScriptNote>();

  /** The book of the batch that is open, begun at the first asking. */
  open(batch: number): BatchBook {
    if (this.#open?.batch !== batch) {
      this.#open = { batch, judged: undefined, items: new Map(), end: undefined };
    }
    return this.#open;
  }

  /** The batch that was settled last. */
  get closed(): BatchBook | undefined {
    return this.#closed;
  }

  close(): void {
    this.#closed = this.#open;
    this.#open = undefined;
  }

  /** A notice that comes again is the same notice. */
  noteScript(note: ScriptNote): void {
    this.#scripts.set(`${note.batch}/${note.stan}`, note);
  }

  /** In order of arrival. */
  scripts(): readonly ScriptNote[] {
    return [...this.#scripts.values()];
  }
}

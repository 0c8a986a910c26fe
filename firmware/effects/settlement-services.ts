import type { CancelSignal } from '../base/cancel.ts';
import type { JournalRecord } from '../journal/records.ts';
import type { Services } from '../services.ts';
import type { SettlementJournalState } from '../settlement/fold.ts';
import type { SettlementRecord } from '../settlement/records.ts';

/** The journal as settling needs it: with the records of settlements among the others. */
export interface SettlementJournal {
  readonly state: Readonly<SettlementJournalState>;
  append(record: JournalRecord | SettlementRecord): Promise<void>;
}

export type SettlementServices = Services & { readonly journal: SettlementJournal };

/** An effect of the settlement. */
export type SettlementEffect<Output, Input> = (
  services: SettlementServices,
  input: Input,
  signal: CancelSignal,
) => Promise<Output>;

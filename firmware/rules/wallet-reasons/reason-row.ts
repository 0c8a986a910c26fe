import type { AfterDecline } from '../after-exchange.ts';
import type { DeclineCause } from '../decline-causes.ts';

/** One code of a wallet's host: texts of at most 40 columns, and why. */
export interface ReasonRow {
  readonly zh: string;
  readonly en: string;
  readonly cause: DeclineCause;
  /** Where the order asked for instalments and the code then says something else. */
  readonly installmentCause?: DeclineCause;
  /** A hint other than the usual one of the cause. */
  readonly next?: AfterDecline;
}

export type ReasonTable = Readonly<Record<string, ReasonRow>>;

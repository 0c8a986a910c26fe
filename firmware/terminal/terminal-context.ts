/** What the terminal's chart remembers, and how it begins. */
import type { BootOutcome } from '../effects/boot.ts';
import type { SignOnOutcome } from '../effects/sign-on.ts';
import type { SummaryOutcome } from '../effects/summarize.ts';
import type { CardInterface, Key } from '../hal/index.ts';
import type { PendingOutcome } from '../recovery/pending.machine.ts';
import type { TerminalSettings } from '../settings.ts';
import type { TransactionResult } from '../transaction/transaction.machine.ts';

export interface TerminalInput {
  readonly settings: TerminalSettings;
  readonly accept: readonly CardInterface[];
}

export type TerminalEvent = { type: 'KEY'; key: Key } | { type: 'FAULTED' };

export interface TerminalContext extends TerminalInput {
  readonly journalIsOpen: boolean;
  readonly amountFen: number;
  /** The amount of a sale that waits until open items are settled. */
  readonly saleWaits: boolean;
  /** A settlement that waits until the terminal has signed on. */
  readonly settlementWaits: boolean;
  /** It was tried since the last idle screen and got no further: not again by itself before a pause. */
  readonly settlementStopped: boolean;
  /** Nobody has seen this life's idle screen yet: what was approved just before the last life ended was never announced. */
  readonly justBooted: boolean;
  /** A reversal was refused for its keys and we signed on for it: not again before a pause. */
  readonly signedOnForRecovery: boolean;
  readonly summary: SummaryOutcome;
  readonly boot: BootOutcome;
  readonly signOn: SignOnOutcome;
  readonly pending: PendingOutcome;
  readonly result: TransactionResult | undefined;
}

const NOTHING_OWED: SummaryOutcome = {
  openItems: 0,
  stored: 0,
  owedCopies: [],
  unseenFen: undefined,
  mustSettle: false,
  settledBatch: undefined,
};

export const NOTHING_WAITS = {
  saleWaits: false,
  settlementWaits: false,
  settlementStopped: false,
  signedOnForRecovery: false,
} as const;

/** Before the journal has been read. */
export const AT_POWER_ON: Omit<TerminalContext, keyof TerminalInput> = {
  ...NOTHING_WAITS,
  journalIsOpen: false,
  amountFen: 0,
  justBooted: true,
  summary: NOTHING_OWED,
  boot: { kind: 'needsActivation' },
  signOn: { kind: 'signedOn' },
  pending: { kind: 'settled' },
  result: undefined,
};

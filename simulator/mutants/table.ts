import { CARD_MUTANTS } from './cards.ts';
import { HOST_MUTANTS } from './hosts.ts';
import { JOURNAL_MUTANTS } from './journal.ts';
import type { Mutant } from './mutant.ts';
import { OFFLINE_MUTANTS } from './offline.ts';
import { PAPER_MUTANTS } from './paper.ts';
import { PEOPLE_MUTANTS } from './people.ts';
import { REFUND_MUTANTS } from './refunds.ts';
import { REVERSAL_MUTANTS } from './reversals.ts';
import { SECRET_MUTANTS } from './secrets.ts';
import { SETTLEMENT_MUTANTS } from './settlement.ts';
import { TERMINAL_MUTANTS } from './terminal.ts';
import { WALLET_MUTANTS } from './wallet.ts';

/** Every planted bug. The simulator is worth what it finds of them. */
export const MUTANTS: readonly Mutant[] = [
  ...JOURNAL_MUTANTS,
  ...CARD_MUTANTS,
  ...REVERSAL_MUTANTS,
  ...WALLET_MUTANTS,
  ...HOST_MUTANTS,
  ...REFUND_MUTANTS,
  ...PAPER_MUTANTS,
  ...SECRET_MUTANTS,
  ...SETTLEMENT_MUTANTS,
  ...OFFLINE_MUTANTS,
  ...PEOPLE_MUTANTS,
  ...TERMINAL_MUTANTS,
];

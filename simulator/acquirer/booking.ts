import type { HostState } from './host-state.ts';
import type { LedgerEntry, LedgerKey } from './ledger.ts';

/** What every kind of entry must say; the rest is that of an ordinary card sale. */
type Booked = Pick<LedgerEntry, 'pan' | 'amountFen' | 'state' | 'responseCode' | 'referenceNumber' | 'conditionCode'> &
  Partial<LedgerEntry>;

/** Books what was decided now. */
export function book({ ledger, clock }: HostState, key: LedgerKey, booked: Booked): LedgerEntry {
  const entry: LedgerEntry = {
    kind: 'sale',
    way: 'card',
    authorizationCode: undefined,
    voucher: undefined,
    original: undefined,
    refundedFen: 0,
    reversalReasons: [],
    atWallMs: clock.wallMs(),
    ...key,
    ...booked,
  };
  ledger.add(entry);
  return entry;
}

/** Field 38. */
export function authCode({ random }: HostState): string {
  return random.below(1_000_000).toString().padStart(6, '0');
}

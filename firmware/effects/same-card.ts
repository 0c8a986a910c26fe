import { equalBytes } from '../base/bytes.ts';
import { invariant } from '../base/invariant.ts';
import type { VaultRef } from '../hal/index.ts';
import type { SaleKey } from '../journal/records.ts';
import type { Effect } from './effect.ts';

export interface SameCardInput {
  readonly original: SaleKey;
  readonly panRef: VaultRef;
}

/** Whether this card paid for the sale. The two numbers meet here alone, and only the answer leaves. */
export const sameCard: Effect<boolean, SameCardInput> = async ({ ports: { vault }, journal }, { original, panRef }) => {
  const { intent } = journal.sale(original);
  invariant(intent.type === 'cardIntent', 'only the card of a card sale is compared');
  const storedRef = vault.fromStored(intent.sealedPan);
  const isSame = equalBytes(vault.reveal(storedRef), vault.reveal(panRef));
  vault.wipe(storedRef);
  return isSame;
};

import { type DeviceName, HalError, type JournalDamage } from '../hal/index.ts';
import type { Effect } from './effect.ts';

export type BootOutcome =
  | { readonly kind: 'ready'; readonly missing: readonly DeviceName[] }
  | { readonly kind: 'needsActivation' }
  | { readonly kind: 'journalDamaged'; readonly damage: JournalDamage['kind'] }
  | { readonly kind: 'journalUnreadable' }
  | { readonly kind: 'pinPadMissing' };

/**
 * Self-test 自检: the journal must be whole and a master key present. A printer or scanner that does not answer takes
 * nothing away from money; the step that needs it says so.
 */
export const boot: Effect<BootOutcome, { readonly journalIsOpen: boolean }> = async (
  { ports, journal },
  { journalIsOpen },
) => {
  try {
    const damage = journalIsOpen ? undefined : await journal.open();
    if (damage !== undefined && damage.kind !== 'tornTail') return { kind: 'journalDamaged', damage: damage.kind };
  } catch (error) {
    if (error instanceof HalError) return { kind: 'journalUnreadable' };
    throw error;
  }
  try {
    const keys = await ports.keyStore.status();
    if (!keys.masterKey) return { kind: 'needsActivation' };
  } catch (error) {
    if (error instanceof HalError) return { kind: 'pinPadMissing' };
    throw error;
  }
  const printer = await ports.printer.status().catch(() => undefined);
  return { kind: 'ready', missing: printer === undefined ? ['printer'] : [] };
};

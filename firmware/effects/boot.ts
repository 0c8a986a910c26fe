import { type DeviceName, HalError, type Ports, sleep } from '../hal/index.ts';
import type { JournalFinding } from '../journal/journal.ts';
import type { Effect } from './effect.ts';

export type BootOutcome =
  | { readonly kind: 'ready'; readonly missing: readonly DeviceName[] }
  | { readonly kind: 'needsActivation' }
  | { readonly kind: 'journalDamaged'; readonly damage: JournalFinding['kind'] }
  | { readonly kind: 'journalUnreadable' }
  | { readonly kind: 'pinPadMissing' };

/** How long a device may take to answer after power-on; the longest of ours, a PIN pad's self-test, takes about two. */
const DEVICE_START_MS = 5_000;
const DEVICE_RETRY_MS = 20;

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
  const keys = await keyStatus(ports);
  if (keys === undefined) return { kind: 'pinPadMissing' };
  if (!keys.masterKey) return { kind: 'needsActivation' };
  const printer = await ports.printer.status().catch(() => undefined);
  return { kind: 'ready', missing: printer === undefined ? ['printer'] : [] };
};

/** Devices power up together with the terminal, and some take longer. */
async function keyStatus({ keyStore, clock }: Ports): Promise<{ readonly masterKey: boolean } | undefined> {
  const endMs = clock.monotonicMs() + DEVICE_START_MS;
  for (;;) {
    try {
      return await keyStore.status();
    } catch (error) {
      if (!(error instanceof HalError)) throw error;
      if (clock.monotonicMs() >= endMs) return undefined;
      await sleep(clock, DEVICE_RETRY_MS);
    }
  }
}

/** A sale whose answer is lost, and whose reversal the host does not hear either: it stays open. */
import type { Hosts } from '../../apps/emulator/counter.ts';
import { payByChip, type Till } from '../../apps/emulator/sales.ts';

/** ¥66.00 by chip and PIN. The host has taken it, and will not take it back before {@link hearAgain}. */
export async function sellWithoutAnswer(till: Till, { acquirer }: Hosts): Promise<void> {
  const { console: screen, devices } = till;
  acquirer.faults.inject({ kind: 'closeAfterRequest', mti: '0200' });
  acquirer.faults.inject({ kind: 'dropRequest', mti: '0400' }, Infinity);
  await payByChip(till, 6600);
  await screen.shows('take your card');
  devices.reader.pull();
  await screen.shows('Outcome unknown');
}

export function hearAgain({ acquirer }: Hosts): void {
  acquirer.faults.clear();
}

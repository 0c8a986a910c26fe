/** A sale whose answer is lost, and whose reversal the host does not hear either: it stays open. */
import type { Hosts } from '../../apps/emulator/counter.ts';
import type { Till } from '../../apps/emulator/sales.ts';
import { testCard } from '../../hal-mock/cards/test-cards.ts';

const LOOK_MS = 100;

/** ¥66.00 by chip and PIN. The host has taken it, and will not take it back before {@link hearAgain}. */
export async function sellWithoutAnswer(till: Till, { acquirer }: Hosts): Promise<void> {
  const { console: screen, devices } = till;
  acquirer.faults.inject({ kind: 'closeAfterRequest', mti: '0200' });
  acquirer.faults.inject({ kind: 'dropRequest', mti: '0400' }, Infinity);
  const card = testCard('debit');
  till.type('6600\r');
  await screen.shows('Cancel');
  devices.reader.insert(card);
  while (!devices.pinPad.prompting) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  devices.pinPad.typeDigits(card.pin);
  devices.pinPad.press('confirm');
  await screen.shows('Outcome unknown');
  devices.reader.pull();
}

export function hearAgain({ acquirer }: Hosts): void {
  acquirer.faults.clear();
}

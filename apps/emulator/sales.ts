/** Sales as cashier and customer make them, by the keys and devices of a machine. */
import { testCard } from '../../hal-mock/cards/test-cards.ts';
import { WALLET_CUSTOMERS } from '../../simulator/wallet/customers.ts';
import type { CounterDevices } from './counter.ts';
import type { WatchedText } from './watched-text.ts';

/** Somebody who sees the screen, has the keys and stands in front of the devices. */
export interface Till {
  readonly console: WatchedText;
  readonly type: (keys: string) => void;
  readonly devices: CounterDevices;
}

export const SALES = { chip: sellByChip, huabei: sellByHuabei } as const;
export type SaleName = keyof typeof SALES;

const ENTER = '\r';
/** Between looking at a prompt and seeing that a device is ready too. */
const LOOK_MS = 100;

/** ¥66.00 by chip and PIN. Returns the slips. */
async function sellByChip(till: Till): Promise<readonly string[]> {
  const { console, devices } = till;
  await payByChip(till, 6600);
  await console.shows('Approved');
  await tearOff(till);
  await console.shows('take your card');
  devices.reader.pull();
  return welcomed(till);
}

/** ¥1,200.00 by Alipay's code in six instalments of Huabei. Returns the slips. */
async function sellByHuabei(till: Till): Promise<readonly string[]> {
  await payByHuabei(till);
  await till.console.shows('Approved');
  await tearOff(till);
  return welcomed(till);
}

/** The sale by chip up to the customer's PIN; the card stays in. */
export async function payByChip({ console, type, devices }: Till, amountFen: number): Promise<void> {
  const card = testCard('debit');
  type(`${amountFen}${ENTER}`);
  await console.shows('Cancel');
  devices.reader.insert(card);
  await until(() => devices.pinPad.prompting);
  devices.pinPad.typeDigits(card.pin);
  devices.pinPad.press('confirm');
}

/** The sale by Huabei up to the yes to the plan. */
export async function payByHuabei({ console, type, devices }: Till): Promise<void> {
  type(`120000${ENTER}`);
  await console.shows('1,200.00');
  await console.shows('Cancel');
  devices.scanner.show(WALLET_CUSTOMERS.find(({ id }) => id === 'huabei')?.code ?? '');
  await console.shows('6 x ');
  devices.scanner.hide();
  type('2');
  await console.shows('1,254.00');
  type(ENTER);
}

/** Takes the shop's copy; the customer's comes next. */
async function tearOff(till: Till): Promise<void> {
  await till.console.shows('Tear');
  till.type(ENTER);
}

/** Both copies, once the terminal is ready for the next customer. */
async function welcomed({ console, devices }: Till): Promise<readonly string[]> {
  await console.shows('Welcome');
  const slips = devices.printer.paper.lines();
  devices.printer.paper.tear();
  return slips;
}

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
}

/** One whole chip sale with PIN and two slips, from the first key to the pulled card. `node bench/sale.ts` */
import process from 'node:process';
import { createTerminal, DEFAULT_SETTINGS, type ScreenModel, type Terminal } from '../firmware/index.ts';
import { createWorld } from '../apps/world/world.ts';
import {
  type CardReaderControls,
  mockPorts,
  type PinPadControls,
  SeededRandom,
  testCard,
  VirtualClock,
} from '../hal-mock/index.ts';
import { type BenchRow, printRows } from './bench-row.ts';

const WARM_UP_SALES = 400;
const SALES = 300;
/** CPU of one sale on a server core: at a twentieth of that speed 40 ms, which nobody notices beside printer and host. */
const CPU_MS_MAX = 2;
/** A person between seeing and doing; no CPU is used in it. */
const HUMAN_PAUSE_MS = 300;

/** A terminal and the hands around it, whatever its devices are made of. */
interface Shop {
  readonly clock: VirtualClock;
  readonly reader: CardReaderControls;
  readonly pinPad: PinPadControls;
  press(key: '1' | '00' | 'confirm'): void;
  screen(): ScreenModel | undefined;
  terminal(): Terminal;
  tear(): void;
}

function portLevelShop(): Shop {
  const { ports, clock, reader, pinPad, keypad, display, printer } = mockPorts();
  const terminal = createTerminal(ports, DEFAULT_SETTINGS);
  terminal.start();
  return {
    clock,
    reader,
    pinPad,
    press: (key) => keypad.press(key),
    screen: () => display.current,
    terminal: () => terminal,
    tear: () => printer.paper.tear(),
  };
}

async function byteLevelShop(): Promise<Shop> {
  const clock = new VirtualClock();
  const random = new SeededRandom(1);
  const world = await createWorld({
    settings: DEFAULT_SETTINGS,
    clock,
    random,
    transport: 'memory',
    network: 'memory',
  });
  return {
    clock,
    reader: world.reader,
    pinPad: world.pinPad,
    press: (key) => world.press(key),
    screen: () => world.screens().at(-1),
    terminal: () => world.terminal(),
    tear: () => world.printer.paper.tear(),
  };
}

async function sell(shop: Shop): Promise<void> {
  const { clock } = shop;
  const shows = (id: string): Promise<void> => clock.runUntil(() => shop.screen()?.id === id, 120_000, `screen ${id}`);
  await shows('idle');
  for (const key of ['1', '00', 'confirm'] as const) {
    shop.press(key);
    await clock.advance(0);
  }
  await shows('presentCard');
  await clock.advance(HUMAN_PAUSE_MS);
  shop.reader.insert(testCard('debit'));
  await clock.runUntil(() => shop.pinPad.prompting, 120_000, 'the PIN prompt');
  shop.pinPad.typeDigits('123456');
  shop.pinPad.press('confirm');
  await shows('tearReceipt');
  shop.tear();
  shop.press('confirm');
  await shows('removeCard');
  shop.reader.pull();
  await shows('idle');
  shop.tear();
}

/** CPU milliseconds of one sale, all threads; what mocks, emulators and simulated hosts do is in it. */
async function cpuMsOfSale(shop: Shop): Promise<number> {
  for (let sale = 0; sale < WARM_UP_SALES; sale++) await sell(shop);
  const before = process.cpuUsage();
  for (let sale = 0; sale < SALES; sale++) await sell(shop);
  const { user, system } = process.cpuUsage(before);
  const approved = [...shop.terminal().journalState().sales.values()].filter(({ status }) => status === 'approved');
  if (approved.length !== WARM_UP_SALES + SALES)
    throw new Error(`${approved.length} of ${WARM_UP_SALES + SALES} sales were approved`);
  return (user + system) / 1000 / SALES;
}

function rowOf(name: string, cpuMs: number): BenchRow {
  const value = Math.round(cpuMs * 100) / 100;
  return { name, value, unit: 'ms', target: `<= ${CPU_MS_MAX}`, met: value <= CPU_MS_MAX };
}

/** Sells on virtual time: over mocked ports, and through the shipped drivers to emulated devices byte by byte. */
export async function benchSale(): Promise<BenchRow[]> {
  return [
    rowOf('chip sale with PIN, CPU, mocked ports', await cpuMsOfSale(portLevelShop())),
    rowOf('chip sale with PIN, CPU, drivers and emulators', await cpuMsOfSale(await byteLevelShop())),
  ];
}

if (import.meta.main) printRows(await benchSale());

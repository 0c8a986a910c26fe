/** Sales one after the other over kernel ptys, and the memory of the device's process along the way. */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { testCard } from '../../hal-mock/cards/test-cards.ts';
import { WALLET_CUSTOMERS } from '../../simulator/wallet/customers.ts';
import { Device, type Program } from './program.ts';
import { NO_WAITS, type Stand } from './stand.ts';

/** A busy shop settles once a day after so many. */
const SALES_A_BATCH = 500;
const LOOK_EVERY_MS = 2;
const LOOKS_MAX = 10_000;

const CHIP_CARD = testCard('debit');
const TAP_CARD = testCard('contactless');
/** Pays at once. */
const CODE = WALLET_CUSTOMERS.find(({ id }) => id === 'ordinary')?.code ?? '';

/** Memory of a process in KiB, as the kernel counts it. */
export interface Memory {
  readonly pss: number;
  readonly privateDirty: number;
}

export function memoryOf(pid: number): Memory {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const of = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]);
  return { pss: of('Pss'), privateDirty: of('Private_Dirty') };
}

async function until(isSo: () => boolean, what: string): Promise<void> {
  for (let look = 0; !isSo(); look++) {
    if (look === LOOKS_MAX) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** Cashier and customer of one counter, as fast as the devices let them. */
class Counter {
  readonly #stand: Stand;
  readonly #device: Device;

  constructor(stand: Stand, device: Device) {
    this.#stand = stand;
    this.#device = device;
  }

  async #askFor(fen: number): Promise<void> {
    this.#stand.printer.paper.tear();
    this.#device.type(`${fen}\r`);
    await this.#device.shows('Please pay');
  }

  async #isPaid(): Promise<void> {
    await this.#device.shows('Approved');
  }

  async sellByTap(fen: number): Promise<void> {
    const { reader } = this.#stand;
    await this.#askFor(fen);
    await until(() => reader.waitingFor.includes('tap'), 'a reader that takes a card');
    reader.tap(TAP_CARD);
    await this.#isPaid();
    await this.#device.shows('Welcome');
  }

  async sellByChip(fen: number): Promise<void> {
    const { reader, pinPad } = this.#stand;
    await this.#askFor(fen);
    reader.insert(CHIP_CARD);
    await until(() => pinPad.prompting, 'the PIN pad');
    pinPad.typeDigits(CHIP_CARD.pin);
    pinPad.press('confirm');
    await this.#isPaid();
    await this.#device.shows('Remove the card');
    reader.pull();
    await this.#device.shows('Welcome');
  }

  async sellByCode(fen: number): Promise<void> {
    const { scanner } = this.#stand;
    await this.#askFor(fen);
    await until(() => scanner.scanning, 'the scanner');
    scanner.show(CODE);
    await this.#isPaid();
    scanner.hide();
    await this.#device.shows('Welcome');
  }

  async settle(): Promise<void> {
    this.#device.type('f');
    await this.#device.shows('Menu');
    this.#device.type('1');
    await this.#device.shows('Settled');
    await this.#device.shows('Welcome');
    this.#stand.printer.paper.tear();
  }
}

export interface MemoryAt extends Memory {
  readonly sales: number;
}

export interface SalesRun {
  readonly curve: readonly MemoryAt[];
  readonly msPerSale: number;
}

/**
 * Sells in one process of the device: by chip with PIN, by tap and by code in turn, two slips each, a settlement after
 * every {@link SALES_A_BATCH}. Reads the memory when so many sales are done as `at` says.
 */
export async function sellMany(stand: Stand, program: Program, at: readonly number[]): Promise<SalesRun> {
  stand.configure({ language: 'en', timing: NO_WAITS });
  const device = await Device.start(program, { args: stand.args });
  try {
    await device.shows('Welcome');
    const counter = new Counter(stand, device);
    const curve: MemoryAt[] = [{ sales: 0, ...memoryOf(device.pid) }];
    const sales = Math.max(...at);
    const startedMs = performance.now();
    for (let sale = 1; sale <= sales; sale++) {
      if (sale % 3 === 0) await counter.sellByChip(100);
      else if (sale % 3 === 1) await counter.sellByTap(100);
      else await counter.sellByCode(100);
      if (sale % SALES_A_BATCH === 0) await counter.settle();
      if (!at.includes(sale)) continue;
      curve.push({ sales: sale, ...memoryOf(device.pid) });
      process.stderr.write(`${sale} sales, ${JSON.stringify(curve.at(-1))}\n`);
    }
    return { curve, msPerSale: (performance.now() - startedMs) / sales };
  } finally {
    await device.end();
  }
}

export interface Restart extends Memory {
  readonly idleMs: number;
}

/** Starts once more on the journal of all those sales. */
export async function restart(stand: Stand, program: Program): Promise<Restart> {
  const device = await Device.start(program, { args: stand.args });
  try {
    const idleAt = await device.shows('Welcome');
    return { ...memoryOf(device.pid), idleMs: idleAt - device.spawnedMs };
  } finally {
    await device.end();
  }
}

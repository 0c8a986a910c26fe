/** One evening of a shop, recorded: sales, an update, and the plug pulled in the middle of a sale. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { readBootFiles } from '../../apps/emulator/boot-files.ts';
import { type CounterDevices, devicesOn, type Hosts } from '../../apps/emulator/counter.ts';
import { kernelWords, Machine } from '../../apps/emulator/machine.ts';
import { SALES, type Till } from '../../apps/emulator/sales.ts';
import { testCard } from '../../hal-mock/cards/test-cards.ts';
import { flashDisk } from '../../image/flash/flash-disk.ts';
import { MIB } from '../../image/flash/layout.ts';
import { makeBundle } from '../../image/raucb.ts';
import { buildImage } from '../../image/slot-image.ts';
import { WALLET_CUSTOMERS } from '../../simulator/wallet/customers.ts';
import { packSquashfs } from '../../image/squashfs.ts';
import { copyParts, type Parts } from './disk-parts.ts';
import { GuestShell, SHELL_WORDS } from './guest-shell.ts';
import type { TestImages } from './images.ts';
import { Sightings } from './sightings.ts';
import { logBytesNow } from './write-log.ts';

const DISK_BYTES = 1024 * MIB;
/** On a machine that has much else to do. */
export const BOOT_MS = 400_000;
const ENTER = '\r';
/** The host executes an amount that ends in 98 and does not answer. */
const LOST_ANSWER_FEN = 6698;
/** Long enough for a machine that is emulated, and shorter than a shop would have it. */
const REPLY_DEADLINE_MS = 10_000;

export interface Run {
  readonly disk: string;
  /** Log of everything that the first machine wrote. */
  readonly log: string;
  /** The partitions as they were before it. */
  readonly parts: Parts;
  readonly sightings: Sightings;
  /** Lengths of the log: welcomed, sold, and installed. */
  readonly welcomedAt: number;
  readonly soldAt: number;
  readonly installedAt: number;
}

/** A machine with a disk of ours, somebody at its counter, and a root shell. */
export class Shop {
  readonly machine: Machine;
  readonly devices: CounterDevices;
  readonly till: Till;

  private constructor(machine: Machine) {
    this.machine = machine;
    this.devices = devicesOn((device) => machine.port(device));
    this.till = { console: machine.console, type: (keys) => machine.type(keys), devices: this.devices };
  }

  static async open(
    disk: string,
    folder: string,
    more: Partial<Parameters<typeof Machine.start>[0]> = {},
  ): Promise<Shop> {
    const { options, ...files } = await readBootFiles(disk, folder);
    const boot = { ...files, append: `${options} ${kernelWords('linux-x64')} ${SHELL_WORDS}` };
    return new Shop(await Machine.start({ disk, boot, ...more }));
  }

  /** Up to the moment when the host has it. */
  async payByChip(amountFen: number): Promise<void> {
    const { till, devices } = this;
    const card = testCard('debit');
    till.type(`${amountFen}${ENTER}`);
    await till.console.shows('Cancel');
    devices.reader.insert(card);
    await until(() => devices.pinPad.prompting);
    devices.pinPad.typeDigits(card.pin);
    devices.pinPad.press('confirm');
  }

  /** Up to the customer's choice of instalments, and the cashier's yes to it. */
  async payByHuabei(): Promise<void> {
    const { till, devices } = this;
    till.type(`120000${ENTER}`);
    await till.console.shows('1,200.00');
    await till.console.shows('Cancel');
    devices.scanner.show(WALLET_CUSTOMERS.find(({ id }) => id === 'huabei')?.code ?? '');
    await till.console.shows('6 x ');
    devices.scanner.hide();
    till.type('2');
    await till.console.shows('1,254.00');
    till.type(ENTER);
  }
}

/** Both images, and a read-only drive with the bundle of the newer one. */
export async function newerRelease({ folder, keys }: TestImages, work: string) {
  const version = '0.2.5';
  const image = join(folder, `fenqi-${version}-linux-x64-debug.squashfs`);
  const bundle = join(folder, `${version}.raucb`);
  if (!existsSync(image)) {
    const built = {
      target: 'linux-x64',
      variant: 'debug',
      version,
      root: keys.root,
      out: folder,
      isQuick: true,
    } as const;
    await buildImage(built);
  }
  if (!existsSync(bundle)) await makeBundle({ image, cert: keys.cert, key: keys.key, out: bundle });
  const drive = join(work, 'releases.squashfs');
  await packSquashfs(bundle, drive, 0, [], true);
  return { image: readFileSync(image), drive };
}

export async function record(images: TestImages, hosts: Hosts, folder: string, drive: string): Promise<Run> {
  const [disk, log] = [join(folder, 'disk.img'), join(folder, 'writes.log')];
  const { image, rootImage } = images;
  const config = configuration(hosts);
  const { layout } = await flashDisk({ to: disk, image, rootImage, config, keys: hosts.keys, sizeBytes: DISK_BYTES });
  const parts = copyParts(disk, layout, join(folder, 'start'));
  const sightings = new Sightings(log);
  sightings.watchHosts(hosts);
  const second = [
    '-drive',
    `file=${drive},if=none,id=releases,format=raw,readonly=on`,
    '-device',
    'virtio-blk-pci,drive=releases',
  ];
  const shop = await Shop.open(disk, folder, { writeLog: log, more: second });
  try {
    sightings.watchScreen(shop.machine.console);
    await shop.machine.console.shows('Welcome', BOOT_MS);
    const welcomedAt = logBytesNow(log);
    await sell(shop);
    const soldAt = logBytesNow(log);
    const shell = new GuestShell(shop.machine.port('shell'));
    await shell.ready();
    await shell.said(
      'mkdir /run/releases && mount -o ro /dev/vdb /run/releases && rauc install /run/releases/0.2.5.raucb',
    );
    const installedAt = logBytesNow(log);
    await shop.payByChip(LOST_ANSWER_FEN);
    await until(() => hosts.acquirer.entries().length === 3);
    return { disk, log, parts, sightings, welcomedAt, soldAt, installedAt };
  } finally {
    await shop.machine.cutPower();
  }
}

function configuration(hosts: Hosts): ReadonlyMap<string, Uint8Array> {
  const files = hosts.configuration('en');
  const terminal = parse(new TextDecoder().decode(files.get('terminal.yaml'))) as object;
  const more = { ...terminal, acquirer: { replyDeadlineMs: REPLY_DEADLINE_MS } };
  return files.set('terminal.yaml', new TextEncoder().encode(stringify(more)));
}

/** Chip, Huabei, and an answer that is lost. */
async function sell(shop: Shop): Promise<void> {
  await SALES.chip(shop.till);
  await SALES.huabei(shop.till);
  await shop.payByChip(LOST_ANSWER_FEN);
  const screen = shop.machine.console;
  await screen.shows('take your card');
  shop.devices.reader.pull();
  await screen.shows('reversed');
  await screen.shows('Welcome');
}

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** One evening of a shop, recorded: sales, an update, and the plug pulled in the middle of a sale. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Hosts } from '../../apps/emulator/counter.ts';
import { payByChip, SALES, until } from '../../apps/emulator/sales.ts';
import { makeBundle } from '../../image/raucb.ts';
import { buildImage } from '../../image/slot-image.ts';
import { packSquashfs } from '../../image/squashfs.ts';
import { copyParts, type Parts } from './disk-parts.ts';
import { flashed, Guest } from './guest.ts';
import type { TestImages } from './images.ts';
import { Sightings } from './sightings.ts';
import { logBytesNow } from './write-log.ts';

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
  const { layout } = await flashed(images, hosts, { to: disk, config: configuration(hosts) });
  const parts = copyParts(disk, layout, join(folder, 'start'));
  const sightings = new Sightings(log);
  sightings.watchHosts(hosts);
  const second = [
    '-drive',
    `file=${drive},if=none,id=releases,format=raw,readonly=on`,
    '-device',
    'virtio-blk-pci,drive=releases',
  ];
  const guest = await Guest.start({ disk, writeLog: log, more: second });
  try {
    sightings.watchScreen(guest.machine.console);
    await guest.welcomes();
    const welcomedAt = logBytesNow(log);
    await sell(guest);
    const soldAt = logBytesNow(log);
    await guest.shell.ready();
    await guest.shell.said(
      'mkdir /run/releases && mount -o ro /dev/vdb /run/releases && rauc install /run/releases/0.2.5.raucb',
    );
    const installedAt = logBytesNow(log);
    await payByChip(guest.till, LOST_ANSWER_FEN);
    await until(() => hosts.acquirer.entries().length === 3);
    return { disk, log, parts, sightings, welcomedAt, soldAt, installedAt };
  } finally {
    await guest.machine.cutPower();
  }
}

function configuration(hosts: Hosts): ReadonlyMap<string, Uint8Array> {
  const files = hosts.configuration('en');
  const terminal = parse(new TextDecoder().decode(files.get('terminal.yaml'))) as object;
  const more = { ...terminal, acquirer: { replyDeadlineMs: REPLY_DEADLINE_MS } };
  return files.set('terminal.yaml', new TextEncoder().encode(stringify(more)));
}

/** Chip, Huabei, and an answer that is lost. */
async function sell({ till }: Guest): Promise<void> {
  await SALES.chip(till);
  await SALES.huabei(till);
  await payByChip(till, LOST_ANSWER_FEN);
  const { console: screen, devices } = till;
  await screen.shows('take your card');
  devices.reader.pull();
  await screen.shows('reversed');
  await screen.shows('Welcome');
}

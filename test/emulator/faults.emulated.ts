/** What breaks around a booted device, and what the shop sees of it. The steps follow each other on one disk. */
import { createHash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Hosts } from '../../apps/emulator/counter.ts';
import { SALES } from '../../apps/emulator/sales.ts';
import { testCard } from '../../hal-mock/cards/test-cards.ts';
import { layoutOf, MIB, type PartitionName, partitionNamed } from '../../image/flash/layout.ts';
import { STATE_BYTES } from '../../image/flash/slot-state.ts';
import { ROOT } from '../../image/project.ts';
import { runTool } from '../../image/tools.ts';
import { imageTool } from '../image/image-tools.ts';
import { flashed, Guest, PATIENT_MS } from './guest.ts';
import { testImages } from './images.ts';

const HAS_ALL = imageTool('qemu-system-x86_64', 'qemu-system-x86') && imageTool('mmdebstrap', 'mmdebstrap');
const DISK_MIB = 867;
const ROOT_MIB = 448;
/** Of ext4 with 4-KiB blocks: what lies behind the first superblock, and its copy in the second group of blocks. */
const SUPERBLOCK_BYTES = 4096;
const BACKUP_AT = 128 * MIB;
/** Less than what these sales write. */
const JOURNAL_BYTES = 2048;
/** Starts by hand count as well, and too many restart the machine. */
const NOT_BY_ITSELF = 'systemctl reset-failed fenqi.service';
const LOOK_MS = 100;
const USB = { pinPad: 'PINPAD01', printer: 'PRINTER01' };

(HAS_ALL ? describe : describe.skip)('a device goes on', () => {
  let folder: string;
  let disk: string;
  let hosts: Hosts;
  let guest: Guest;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'fenqi-faults-test-'));
    disk = join(folder, 'disk.img');
    const images = await testImages();
    hosts = await Hosts.open();
    const ports = { pinPad: '/dev/pos-usb-PINPAD01', printer: '/dev/pos-usb-PRINTER01' };
    await flashed(images, hosts, { to: disk, config: hosts.configuration('en', ports), mib: DISK_MIB });
    await putOnTrial();
    guest = await Guest.start({ disk, usb: USB });
  }, PATIENT_MS);
  afterAll(async () => {
    await guest.machine.cutPower();
    await hosts.close();
    rmSync(folder, { recursive: true });
  });
  afterEach(() => hosts.acquirer.faults.clear());

  const partition = (name: PartitionName) => partitionNamed(layoutOf(disk, DISK_MIB * MIB, ROOT_MIB), name);

  /** Slot A, as after an update. */
  async function putOnTrial(): Promise<void> {
    const state = join(folder, 'slotstate');
    writeFileSync(state, read('slotstate', 0, STATE_BYTES));
    const environment = { FENQI_SLOT_STATE: state };
    await runTool('sh', [join(ROOT, 'image/rootfs/usr/lib/fenqi/bootsel'), 'set-primary', 'A'], { environment });
    write('slotstate', 0, readFileSync(state));
  }
  function read(name: PartitionName, at: number, bytes: number): Buffer {
    const file = openSync(disk, 'r');
    const found = Buffer.alloc(bytes);
    readSync(file, found, 0, bytes, partition(name).offset + at);
    closeSync(file);
    return found;
  }
  function write(name: PartitionName, at: number, bytes: Buffer): void {
    const file = openSync(disk, 'r+');
    writeSync(file, bytes, 0, bytes.length, partition(name).offset + at);
    closeSync(file);
  }
  const zero = (name: PartitionName, at: number, bytes: number): void => write(name, at, Buffer.alloc(bytes));
  const hashOf = (name: PartitionName): string =>
    createHash('sha256')
      .update(read(name, 0, partition(name).bytes))
      .digest('hex');
  const takenFen = (): number => hosts.acquirer.netFen('debit');
  const proved = (): Promise<string> => guest.shell.until('systemctl is-active -q fenqi-good.service');

  it('without a printer, and keeps its version', async () => {
    guest.machine.usb(USB.pinPad).replug();
    await guest.welcomes();
    await guest.shell.ready();
    await proved();
    expect(await guest.health()).toMatchObject({ healthy: true, missing: ['printer'] });
    expect(await guest.slots()).toBe('primary=A A=good:3 B=good:3');
    guest.machine.usb(USB.printer).replug();
    await guest.shell.until(`grep -q '"missing": \\[\\]' /run/pos/health.json`);
  });

  it('when the PIN pad is unplugged while it asks, without taking money, and sells with it afterwards', async () => {
    const { console: screen, devices } = guest.till;
    guest.machine.type('6600\r');
    await screen.shows('Cancel');
    devices.reader.insert(testCard('debit'));
    while (!devices.pinPad.prompting) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    devices.pinPad.unplug();
    await guest.shell.until(`test ! -e /dev/pos-usb-${USB.pinPad}`);
    await screen.shows('take your card');
    devices.reader.pull();
    await guest.shell.until(`! grep -q '"sale"' /run/pos/health.json`);
    expect(hosts.acquirer.entries()).toEqual([]);
    devices.pinPad.replug();
    await guest.shell.until(`test -e /dev/pos-usb-${USB.pinPad}`);
    await screen.shows('Welcome', PATIENT_MS);
    const slip = await SALES.chip(guest.till);
    expect(slip.join('\n')).toContain('66.00');
    expect(takenFen()).toBe(6600);
  });

  describe('with a data partition that is full', () => {
    const fill = 'dd if=/dev/zero of=/data/filler bs=64k; dd if=/dev/zero of=/data/filler2 bs=1k; sync';
    const full = (): Promise<string> =>
      guest.shell.said(`${fill}; test "$(df --output=avail /data | tail -n 1)" -eq 0`);
    const freed = (): Promise<string> => guest.shell.said('rm /data/filler /data/filler2; sync');

    it('selling, because the journal has its room already, also after a restart', async () => {
      await full();
      await guest.shell.said(`${NOT_BY_ITSELF}; systemctl restart fenqi.service`);
      await guest.machine.console.shows('Welcome', PATIENT_MS);
      await SALES.chip(guest.till);
      expect(takenFen()).toBe(13_200);
    });

    it('and says that it cannot sell when it has no room for a journal', async () => {
      await guest.shell.said('systemctl stop fenqi.service; mv /data/pos/journal /data/pos/kept');
      await full();
      await guest.shell.run(`${NOT_BY_ITSELF}; systemctl start fenqi.service`);
      await guest.machine.console.shows('Out of service', PATIENT_MS);
      await freed();
      await guest.shell.said(
        'systemctl stop fenqi.service; rm -r /data/pos/journal; mv /data/pos/kept /data/pos/journal',
      );
      await guest.shell.said(`${NOT_BY_ITSELF}; systemctl start fenqi.service`);
      await guest.machine.console.shows('Welcome', PATIENT_MS);
      await SALES.chip(guest.till);
      expect(takenFen()).toBe(19_800);
    });
  });

  it('with no copy of its slot state and a torn superblock: both slots are on trial, and the journal is there', async () => {
    const journal = `head -c ${JOURNAL_BYTES} /data/pos/journal/journal-00000001.seg | sha256sum`;
    const before = await guest.shell.said(`sync; ${journal}`);
    await restarted(() => {
      zero('slotstate', 0, STATE_BYTES);
      zero('data', 0, SUPERBLOCK_BYTES);
    });
    for (const device of Object.values(USB)) guest.machine.usb(device).replug();
    await guest.welcomes();
    await guest.shell.ready();
    expect(await guest.shell.said(journal)).toBe(before);
    expect(await guest.shell.said('journalctl -b -u fenqi-slot.service')).toContain('both copies of the slot state');
    await proved();
    expect(await guest.slots()).toBe('primary=A A=good:3 B=trying:3');
  });

  it('to a maintenance screen when data is beyond repair, and formats nothing', async () => {
    await restarted(() => {
      zero('data', 0, SUPERBLOCK_BYTES);
      zero('data', BACKUP_AT, SUPERBLOCK_BYTES);
    });
    const before = hashOf('data');
    await guest.machine.console.shows('Maintenance', PATIENT_MS);
    await guest.machine.console.shows('NOT mounted', PATIENT_MS);
    await guest.machine.cutPower();
    expect(hashOf('data')).toBe(before);
  });

  /** After something has happened to the disk while the power was off. */
  async function restarted(happen: () => void): Promise<void> {
    await guest.machine.cutPower();
    happen();
    guest = await Guest.start({ disk, usb: USB });
  }
});

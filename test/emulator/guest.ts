/** A flashed disk in a machine, with a person at its counter and a root shell. */
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { readBootFiles } from '../../apps/emulator/boot-files.ts';
import { type CounterDevice, type CounterDevices, devicesOn, type Hosts } from '../../apps/emulator/counter.ts';
import { kernelWords, Machine, type MachineOptions } from '../../apps/emulator/machine.ts';
import type { Till } from '../../apps/emulator/sales.ts';
import { flashDisk, type FlashPlan, type FlashRequest } from '../../image/flash/flash-disk.ts';
import { MIB } from '../../image/flash/layout.ts';
import { GuestShell, SHELL_WORDS } from './guest-shell.ts';
import type { TestImages } from './images.ts';

/** For what takes a boot or more, on a machine that is busy. */
export const PATIENT_MS = 300_000;

/** A file that gets what the machine said, its journal too, and when: to find out why a step failed. */
const LOG_FILE = process.env['FENQI_GUEST_LOG'];
const LOG_EVERY_MS = 250;

export type OnUsb = Readonly<Partial<Record<CounterDevice, string>>>;

export interface GuestOptions extends Pick<MachineOptions, 'disk' | 'target' | 'writeLog' | 'more'> {
  /** Devices that are on USB and not plugged in yet, with their serial numbers. */
  readonly usb?: OnUsb;
  /** Its firmware starts the disk, as on a device; else QEMU does, which is quicker. There is no root shell then. */
  readonly isFirmware?: boolean;
}

export class Guest {
  readonly machine: Machine;
  readonly shell: GuestShell;
  readonly devices: CounterDevices;

  private constructor(machine: Machine, usb: OnUsb) {
    this.machine = machine;
    this.shell = new GuestShell(machine.port('shell'));
    this.devices = devicesOn((device) => {
      const serial = usb[device];
      return serial === undefined ? machine.port(device) : machine.usb(serial);
    });
  }

  /** A root shell is there on x64 alone, where its line has a number that it is known by. */
  static async start({ usb = {}, isFirmware = false, ...options }: GuestOptions): Promise<Guest> {
    const folder = mkdtempSync(join(tmpdir(), 'fenqi-guest-'));
    const { disk, target = 'linux-x64' } = options;
    const words = [
      kernelWords(target),
      ...(target === 'linux-x64' ? [SHELL_WORDS] : []),
      ...(LOG_FILE === undefined ? [] : ['systemd.journald.forward_to_console=1']),
    ].join(' ');
    try {
      const { options: usual, ...files } = await readBootFiles(disk, folder);
      const machine = await Machine.start({
        ...options,
        ...(isFirmware ? {} : { boot: { ...files, append: `${usual} ${words}` } }),
        usbSerial: Object.values(usb),
      });
      // QEMU reads its files again at each restart of the machine.
      void machine.off.catch(() => undefined).finally(() => rmSync(folder, { recursive: true }));
      if (LOG_FILE !== undefined) keepLog(machine, LOG_FILE);
      return new Guest(machine, usb);
    } catch (error) {
      rmSync(folder, { recursive: true });
      throw error;
    }
  }

  get till(): Till {
    return { console: this.machine.console, type: (keys) => this.machine.type(keys), devices: this.devices };
  }

  /** Resolves when the terminal waits for a customer. */
  welcomes(): Promise<void> {
    return this.machine.console.shows('Welcome', PATIENT_MS);
  }

  /** `primary=A A=good:3 B=good:3`, without the number of the state. */
  async slots(): Promise<string> {
    return (await this.shell.said('/usr/lib/fenqi/bootsel show')).replace(/ seq=\d+$/, '');
  }

  /** What the terminal says about itself. */
  async health(): Promise<Readonly<Record<string, unknown>>> {
    return JSON.parse(await this.shell.said('cat /run/pos/health.json')) as Readonly<Record<string, unknown>>;
  }

  /** What root's updater wrote about the last bundle. */
  async result(): Promise<Readonly<Record<string, unknown>>> {
    return JSON.parse(await this.shell.said('cat /data/fenqi/result.json')) as Readonly<Record<string, unknown>>;
  }
}

function keepLog({ log, console: screen, off }: Machine, path: string): void {
  const texts = [log, screen];
  const seen = texts.map(() => 0);
  const write = (): void => {
    for (const [at, { text }] of texts.entries()) {
      const news = text.slice(seen[at]);
      seen[at] = text.length;
      if (news !== '')
        appendFileSync(path, `--- ${new Date().toISOString()} ${at === 0 ? 'log' : 'screen'}\n${news}\n`);
    }
  };
  const timer = setInterval(write, LOG_EVERY_MS);
  void off.catch(() => undefined).finally(() => clearInterval(timer));
}

export interface DiskRequest extends Pick<FlashRequest, 'to' | 'append'> {
  readonly config: ReadonlyMap<string, Uint8Array>;
  readonly mib?: number;
}

/** A new disk. */
export function flashed({ image, rootImage }: TestImages, hosts: Hosts, request: DiskRequest): Promise<FlashPlan> {
  const { mib = 1024, ...rest } = request;
  return flashDisk({ ...rest, image, rootImage, keys: hosts.keys, sizeBytes: mib * MIB });
}

/** A machine with a new disk in it, devices at its counter and hosts on its network. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBootFiles } from '../../apps/emulator/boot-files.ts';
import { devicesOn, Hosts } from '../../apps/emulator/counter.ts';
import { kernelWords, Machine } from '../../apps/emulator/machine.ts';
import { type SaleName, SALES, type Till } from '../../apps/emulator/sales.ts';
import { flashDisk } from '../../image/flash/flash-disk.ts';
import type { TargetName } from '../../image/targets.ts';
import type { TestImages } from './images.ts';

export interface CounterMachineOptions {
  readonly target?: TargetName;
  readonly ramMib?: number;
  /** Its firmware starts the disk, as on a device; else QEMU does, which is quicker. */
  readonly isFirmware?: boolean;
  /** More words for the kernel's command line. */
  readonly append?: string;
}

/** A busy machine, another architecture, and firmware before the kernel. */
const BOOT_MS = 600_000;

export class CounterMachine {
  readonly machine: Machine;
  readonly #till: Till;
  readonly #end: () => Promise<void>;

  private constructor(machine: Machine, end: () => Promise<void>) {
    this.machine = machine;
    this.#end = end;
    const devices = devicesOn((device) => machine.port(device));
    this.#till = { console: machine.console, type: (keys) => machine.type(keys), devices };
  }

  static async start(images: TestImages, options: CounterMachineOptions = {}): Promise<CounterMachine> {
    const { target = 'linux-x64', append = '' } = options;
    const folder = mkdtempSync(join(tmpdir(), 'fenqi-counter-'));
    const hosts = await Hosts.open();
    const cleanUp = async (): Promise<void> => {
      await hosts.close();
      rmSync(folder, { recursive: true });
    };
    try {
      const disk = join(folder, 'disk.img');
      const words = [kernelWords(target), append].join(' ');
      const { image, rootImage } = images;
      const config = hosts.configuration('en', {}, target);
      await flashDisk({ to: disk, image, rootImage, config, keys: hosts.keys, append: words });
      const machine = await Machine.start({
        disk,
        target,
        ramMib: options.ramMib ?? 256,
        ...(options.isFirmware === true ? {} : { boot: await bootFiles(disk, folder) }),
      });
      return new CounterMachine(machine, async () => {
        await machine.cutPower();
        await cleanUp();
      });
    } catch (error) {
      await cleanUp();
      throw error;
    }
  }

  /** Resolves when the terminal waits for a customer. */
  welcomes(): Promise<void> {
    return this.machine.console.shows('Welcome', BOOT_MS);
  }

  /** Returns the slip. */
  sell(sale: SaleName): Promise<readonly string[]> {
    return SALES[sale](this.#till);
  }

  /** Pulls the plug; nothing stays. */
  end(): Promise<void> {
    return this.#end();
  }
}

async function bootFiles(disk: string, folder: string) {
  const files = join(folder, 'boot');
  mkdirSync(files);
  const { options, ...paths } = await readBootFiles(disk, files);
  return { ...paths, append: options };
}

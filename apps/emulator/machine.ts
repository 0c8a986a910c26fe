/** A machine in QEMU with a disk of ours in it. Its serial ports end in this process, where emulated devices hold them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import type { WireEnd } from '../../hal-mock/wire/wire-end.ts';
import type { TargetName } from '../../image/targets.ts';
import { ImageError } from '../../image/tools.ts';
import { UsbWire } from './usb-wire.ts';
import { WatchedText } from './watched-text.ts';

/** In the order of their numbers: first those on the board, then those of a PCI card, then those on USB. */
export const SERIAL_PORTS = ['log', 'console', 'cardReader', 'pinPad', 'scanner', 'printer', 'shell'] as const;
export type SerialPort = (typeof SERIAL_PORTS)[number];

/** The address at which the machine finds this one. */
export const HOST_ADDRESS = '10.0.2.2';

interface Hardware {
  readonly qemu: string;
  readonly debianPackage: string;
  readonly board: readonly string[];
  readonly firmware: string;
  /** How many of the ports are where; the others are on USB. */
  readonly onBoard: number;
  readonly onCard: number;
  /** What Linux calls those that are not on USB, in `/dev`. */
  readonly ttys: readonly string[];
}

const HARDWARE: Readonly<Record<TargetName, Hardware>> = {
  'linux-x64': {
    qemu: 'qemu-system-x86_64',
    debianPackage: 'qemu-system-x86',
    board: [],
    firmware: '/usr/share/ovmf/OVMF.fd',
    onBoard: 4,
    onCard: 3,
    ttys: ['ttyS0', 'ttyS1', 'ttyS2', 'ttyS3', 'ttyS4', 'ttyS5', 'ttyS6'],
  },
  // The kernel of Debian has room for four ports on cards there.
  'linux-arm64': {
    qemu: 'qemu-system-aarch64',
    debianPackage: 'qemu-system-arm',
    board: ['-machine', 'virt', '-cpu', 'cortex-a53', '-device', 'qemu-xhci'],
    firmware: '/usr/share/qemu-efi-aarch64/QEMU_EFI.fd',
    onBoard: 1,
    onCard: 4,
    ttys: ['ttyAMA0', 'ttyS0', 'ttyS1', 'ttyS2', 'ttyS3'],
  },
};
const LINES_OF_CARD = 4;

/** Path of a port on the machine, as udev keeps it. */
export function portPath(target: TargetName, port: SerialPort): string {
  const tty = HARDWARE[target].ttys[SERIAL_PORTS.indexOf(port)];
  if (tty === undefined) return `/dev/pos-usb-${port}`;
  return `/dev/pos-uart-${tty.replace('ttyS', '').replace('ttyAMA', 'ama')}`;
}

/** Words for the kernel of a machine that has no picture: its messages and the screen of the shop, on their ports. */
export function kernelWords(target: TargetName): string {
  const [log, screen] = HARDWARE[target].ttys;
  return `console=${log} systemd.show_status=1 8250.nr_uarts=8 fenqi.console=${screen}`;
}

export interface MachineOptions {
  readonly disk: string;
  /** Kernel, initrd and their command line. Without it the machine's firmware (UEFI) finds them on the disk. */
  readonly boot?: { readonly kernel: string; readonly initrd: string; readonly append: string };
  /** What its processor is; x64 by default. */
  readonly target?: TargetName;
  /** A new file for every write and flush of the disk, in order, as `blklogwrites` has them. What is written stays. */
  readonly writeLog?: string;
  /** 256 by default. */
  readonly ramMib?: number;
  /** Serial numbers of serial devices on USB; each is unplugged at first. */
  readonly usbSerial?: readonly string[];
  /** More arguments for QEMU. */
  readonly more?: readonly string[];
}

/** A machine that runs; every port of it can be heard before it says anything. */
export class Machine {
  /** What the kernel and the units say. */
  readonly log = new WatchedText();
  /** Screen of the shop. */
  readonly console = new WatchedText();
  /** Settles when the machine is off. */
  readonly off: Promise<void>;
  readonly #ports: ReadonlyMap<SerialPort, SocketWire>;
  readonly #usb: ReadonlyMap<string, UsbWire>;
  readonly #qemu: ChildProcess;
  #complaints = '';

  private constructor(options: MachineOptions, folder: string, ports: ReadonlyMap<SerialPort, SocketWire>) {
    this.#ports = ports;
    this.#usb = new Map((options.usbSerial ?? []).map((serial) => [serial, new UsbWire(socketOf(folder, serial))]));
    const { qemu, debianPackage } = hardwareOf(options);
    this.#qemu = spawn(qemu, [...argumentsOf(options, folder)], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    // A machine that nobody watches would run for ever.
    const end = (): void => void this.#qemu.kill('SIGKILL');
    process.once('exit', end);
    this.#qemu.once('close', () => process.off('exit', end));
    this.#qemu.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#complaints += text;
    });
    this.off = new Promise((resolve, reject) => {
      this.#qemu.on('error', (error: NodeJS.ErrnoException) => {
        const missing = `${qemu} is not installed: apt-get install ${debianPackage}`;
        reject(error.code === 'ENOENT' ? new ImageError(missing) : error);
      });
      this.#qemu.on('close', (code) => {
        for (const port of [...ports.values(), ...this.#usb.values()]) port.close();
        rmSync(folder, { recursive: true, force: true });
        if (code === 0 || code === null) resolve();
        else reject(new ImageError(`${qemu} failed (${code}):\n${this.#complaints.trim()}`));
      });
    });
    // Whoever waits for something else learns of it there.
    const tell = (error: Error): void => {
      for (const text of [this.log, this.console]) text.fail(error);
    };
    this.off.then(() => tell(new Error('the machine is off')), tell);
    this.port('log').onData((bytes) => this.log.add(bytes));
    this.port('console').onData((bytes) => this.console.add(bytes));
  }

  static async start(options: MachineOptions): Promise<Machine> {
    const folder = mkdtempSync(join(tmpdir(), 'fenqi-machine-'));
    if (options.writeLog !== undefined) writeFileSync(options.writeLog, '', { flag: 'wx' });
    const ports = await Promise.all(
      SERIAL_PORTS.map(async (name) => [name, await SocketWire.listen(socketOf(folder, name))] as const),
    );
    return new Machine(options, folder, new Map(ports));
  }

  port(name: SerialPort): WireEnd {
    const port = this.#ports.get(name);
    if (port === undefined) throw new RangeError(`no port ${name}`);
    return port;
  }

  /** The device's end of a serial device on USB, by its serial number. */
  usb(serial: string): WireEnd {
    const wire = this.#usb.get(serial);
    if (wire === undefined) throw new RangeError(`no device ${serial} on USB`);
    return wire;
  }

  /** Keys of the shop. */
  type(keys: string): void {
    this.port('console').write(new TextEncoder().encode(keys));
  }

  /** As if the plug was pulled: nothing is flushed. */
  async cutPower(): Promise<void> {
    this.#qemu.kill('SIGKILL');
    await this.off.catch(() => undefined);
  }
}

const hardwareOf = (options: MachineOptions): Hardware => HARDWARE[options.target ?? 'linux-x64'];
const socketOf = (folder: string, name: string): string => join(folder, `${name}.socket`);

/** There is no display and no default device, so that what the machine has is what stands here. */
function* argumentsOf(options: MachineOptions, folder: string): Iterable<string> {
  const { board, firmware } = hardwareOf(options);
  yield* [
    ...board,
    '-accel',
    'tcg',
    '-m',
    String(options.ramMib ?? 256),
    '-smp',
    '1',
    '-nodefaults',
    '-display',
    'none',
  ];
  yield* diskOf(options);
  yield* ['-device', 'virtio-blk-pci,drive=disk'];
  yield* ['-netdev', 'user,id=net', '-device', 'virtio-net-pci,netdev=net,romfile='];
  yield* ['-device', 'virtio-rng-pci'];
  yield* serialArguments(hardwareOf(options), folder);
  yield* usbArguments(options, folder);
  const { boot } = options;
  if (boot === undefined) yield* ['-bios', firmware];
  else yield* ['-kernel', boot.kernel, '-initrd', boot.initrd, '-append', boot.append];
  yield* options.more ?? [];
}

function* serialArguments({ onBoard, onCard }: Hardware, folder: string): Iterable<string> {
  for (const name of SERIAL_PORTS) yield* ['-chardev', `socket,id=${name},path=${socketOf(folder, name)}`];
  for (const name of SERIAL_PORTS.slice(0, onBoard)) yield* ['-serial', `chardev:${name}`];
  const card = SERIAL_PORTS.slice(onBoard, onBoard + onCard);
  const lines = Array.from({ length: LINES_OF_CARD }, (_, at) => `chardev${at + 1}=${card[at] ?? 'unused'}`);
  if (card.length < LINES_OF_CARD) yield* ['-chardev', 'null,id=unused'];
  yield* ['-device', `pci-serial-4x,${lines.join(',')}`];
  for (const name of SERIAL_PORTS.slice(onBoard + onCard)) {
    yield* ['-device', `usb-serial,chardev=${name},serial=${name}`];
  }
}

/**
 * Nothing is flushed to the medium of this machine, which may take seconds: what a cut of the power may take is said by the
 * log, and what was written outlives QEMU.
 */
function* diskOf({ disk, writeLog }: MachineOptions): Iterable<string> {
  if (writeLog === undefined) {
    yield* ['-drive', `file=${disk},if=none,id=disk,format=raw,cache=unsafe`];
    return;
  }
  yield* ['-blockdev', `driver=file,node-name=medium,filename=${disk},cache.no-flush=on`];
  yield* ['-blockdev', `driver=file,node-name=write-log,filename=${writeLog},cache.no-flush=on`];
  const everyEntry = 'log-sector-size=512,log-super-update-interval=1';
  yield* ['-blockdev', `driver=blklogwrites,node-name=disk,file=medium,log=write-log,${everyEntry}`];
}

function* usbArguments({ usbSerial = [], target }: MachineOptions, folder: string): Iterable<string> {
  if (usbSerial.length > 0 && target !== 'linux-arm64') yield* ['-device', 'qemu-xhci'];
  for (const serial of usbSerial) {
    yield* ['-chardev', `socket,id=${serial},path=${socketOf(folder, serial)},server=on,wait=off`];
    yield* ['-device', `usb-serial,chardev=${serial},serial=${serial}`];
  }
}

/** The device's end of a port. The machine connects when it starts, and again after nothing. */
class SocketWire implements WireEnd {
  readonly #server: Server;
  #socket: Socket | undefined;
  #listener: (bytes: Uint8Array) => void = () => undefined;

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.#socket = socket;
      // A machine that is switched off leaves its lines dead.
      socket.on('error', () => undefined);
      socket.on('data', (bytes: Buffer) => this.#listener(new Uint8Array(bytes)));
    });
  }

  static listen(path: string): Promise<SocketWire> {
    const server = createServer();
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, () => resolve(new SocketWire(server)));
    });
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.#listener = listener;
  }

  write(bytes: Uint8Array): void {
    if (this.#socket?.writable === true) this.#socket.write(bytes);
  }

  unplug(): void {
    throw new Error('a port on the board cannot be unplugged');
  }

  replug(): void {
    throw new Error('a port on the board is always there');
  }

  close(): void {
    this.#socket?.destroy();
    this.#server.close();
  }
}

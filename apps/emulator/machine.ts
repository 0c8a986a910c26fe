/** A PC in QEMU with a disk of ours in it. Its serial ports end in this process, where emulated devices hold them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import type { WireEnd } from '../../hal-mock/wire/wire-end.ts';
import { ImageError } from '../../image/tools.ts';
import { WatchedText } from './watched-text.ts';

/** In the order of their numbers: `/dev/ttyS0` and on. The first four are on the board, the others on a PCI card. */
export const SERIAL_PORTS = ['log', 'console', 'cardReader', 'pinPad', 'scanner', 'printer', 'shell'] as const;
export type SerialPort = (typeof SERIAL_PORTS)[number];

/** The address at which the machine finds this one. */
export const HOST_ADDRESS = '10.0.2.2';

const PORTS_ON_BOARD = 4;

export interface MachineOptions {
  readonly disk: string;
  /** Kernel, initrd and their command line. Without it the machine's firmware (UEFI) finds them on the disk. */
  readonly boot?: { readonly kernel: string; readonly initrd: string; readonly append: string };
  /** What is written to the disk is gone afterwards. */
  readonly isDiscarded?: boolean;
  /** 256 by default. */
  readonly ramMib?: number;
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
  readonly #qemu: ChildProcess;
  #complaints = '';

  private constructor(options: MachineOptions, folder: string, ports: ReadonlyMap<SerialPort, SocketWire>) {
    this.#ports = ports;
    this.#qemu = spawn('qemu-system-x86_64', [...argumentsOf(options, folder)], {
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
        const missing = 'qemu-system-x86_64 is not installed: apt-get install qemu-system-x86';
        reject(error.code === 'ENOENT' ? new ImageError(missing) : error);
      });
      this.#qemu.on('close', (code) => {
        for (const port of ports.values()) port.close();
        rmSync(folder, { recursive: true, force: true });
        if (code === 0 || code === null) resolve();
        else reject(new ImageError(`qemu-system-x86_64 failed (${code}):\n${this.#complaints.trim()}`));
      });
    });
    // Whoever waits for something else learns of it there.
    this.off.catch((error: Error) => {
      for (const text of [this.log, this.console]) text.fail(error);
    });
    this.port('log').onData((bytes) => this.log.add(bytes));
    this.port('console').onData((bytes) => this.console.add(bytes));
  }

  static async start(options: MachineOptions): Promise<Machine> {
    const folder = mkdtempSync(join(tmpdir(), 'fenqi-machine-'));
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

const socketOf = (folder: string, name: string): string => join(folder, `${name}.socket`);

/** There is no display and no default device, so that what the machine has is what stands here. */
function* argumentsOf(options: MachineOptions, folder: string): Iterable<string> {
  yield* ['-accel', 'tcg', '-m', String(options.ramMib ?? 256), '-smp', '1', '-nodefaults', '-display', 'none'];
  const discarded = options.isDiscarded === true ? ',snapshot=on' : '';
  yield* [
    '-drive',
    `file=${options.disk},if=none,id=disk,format=raw${discarded}`,
    '-device',
    'virtio-blk-pci,drive=disk',
  ];
  yield* ['-netdev', 'user,id=net', '-device', 'virtio-net-pci,netdev=net,romfile='];
  yield* ['-device', 'virtio-rng-pci'];
  for (const name of SERIAL_PORTS) yield* ['-chardev', `socket,id=${name},path=${socketOf(folder, name)}`];
  for (const name of SERIAL_PORTS.slice(0, PORTS_ON_BOARD)) yield* ['-serial', `chardev:${name}`];
  const card = SERIAL_PORTS.slice(PORTS_ON_BOARD);
  const lines = Array.from({ length: 4 }, (_, at) => `chardev${at + 1}=${card[at] ?? 'unused'}`);
  for (const name of card.length < 4 ? ['unused'] : []) yield* ['-chardev', `null,id=${name}`];
  yield* ['-device', `pci-serial-4x,${lines.join(',')}`];
  const { boot } = options;
  if (boot === undefined) yield* ['-bios', '/usr/share/ovmf/OVMF.fd'];
  else yield* ['-kernel', boot.kernel, '-initrd', boot.initrd, '-append', boot.append];
  yield* options.more ?? [];
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

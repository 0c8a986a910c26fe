import type {
  BindingInterface,
  BindingPortInterface,
  OpenOptions,
  PortInfo,
  PortStatus,
} from '@serialport/bindings-interface' with { 'resolution-mode': 'require' };
import type { WireEnd } from './wire-end.ts';

/** How an in-memory wire deviates from the plainest one. */
export interface MemoryWireOptions {
  readonly path?: string;
  /** No read gives more than this, as a small kernel buffer would. */
  readonly readBytesMax?: number;
}

/** A serial port that exists only in memory: the host opens `binding` at `path`, an emulator holds `end`. */
export interface MemoryWire {
  readonly binding: BindingInterface;
  readonly path: string;
  readonly end: WireEnd;
  /** What the host opened the port with; `undefined` while it is closed. */
  readonly openOptions: Required<OpenOptions> | undefined;
  /** While held, writes of the host neither arrive nor complete, as behind XOFF or a dropped CTS. */
  holdWrites(held: boolean): void;
}

type Settle<T> = { readonly resolve: (value: T) => void; readonly reject: (reason: Error) => void };
type ReadResult = { buffer: Buffer; bytesRead: number };

/** What a binding rejects an operation with that was under way when its port was closed. */
class CanceledError extends Error {
  readonly canceled = true;
}

/** What the native binding gives for a device that is gone: not canceled, hence a disconnection. */
function goneError(): Error {
  return Object.assign(new Error('bad file descriptor'), { disconnect: true });
}

const DEFAULT_PATH = '/dev/memory0';
const LINE_DEFAULTS = {
  dataBits: 8,
  lock: true,
  stopBits: 1,
  parity: 'none',
  rtscts: false,
  xon: false,
  xoff: false,
  xany: false,
  hupcl: true,
} as const;

/** Joins a host and an emulator without a kernel between them and without any timer, so it runs under virtual time. */
export function memoryWire(options: MemoryWireOptions = {}): MemoryWire {
  return new PairedWire(options);
}

class PairedWire implements MemoryWire, BindingInterface {
  readonly path: string;
  readonly binding: BindingInterface = this;
  readonly end: WireEnd;
  readonly #readBytesMax: number;
  #plugged = true;
  #port: MemoryPort | undefined;
  #held = false;
  #toDevice: (bytes: Uint8Array) => void = () => undefined;

  constructor(options: MemoryWireOptions) {
    this.path = options.path ?? DEFAULT_PATH;
    this.#readBytesMax = options.readBytesMax ?? Number.MAX_SAFE_INTEGER;
    this.end = {
      onData: (listener) => {
        this.#toDevice = listener;
      },
      write: (bytes) => this.#port?.receive(bytes),
      unplug: () => this.#unplug(),
      replug: () => {
        this.#plugged = true;
      },
    };
  }

  get openOptions(): Required<OpenOptions> | undefined {
    return this.#port?.openOptions;
  }

  holdWrites(held: boolean): void {
    this.#held = held;
    if (!held) this.#port?.releaseWrite();
  }

  list(): Promise<PortInfo[]> {
    const unknown = {
      manufacturer: undefined,
      serialNumber: undefined,
      pnpId: undefined,
      locationId: undefined,
      productId: undefined,
      vendorId: undefined,
    };
    return Promise.resolve(this.#plugged ? [{ path: this.path, ...unknown }] : []);
  }

  open(options: OpenOptions): Promise<BindingPortInterface> {
    if (!this.#plugged || options.path !== this.path) {
      return Promise.reject(new Error(`No such file or directory, cannot open ${options.path}`));
    }
    if (this.#port !== undefined) return Promise.reject(new Error('Resource temporarily unavailable Cannot lock port'));
    this.#port = new MemoryPort({ ...LINE_DEFAULTS, ...options }, this.#readBytesMax, {
      isHeld: () => this.#held,
      deliver: (bytes) => queueMicrotask(() => this.#plugged && this.#toDevice(bytes)),
      closed: () => {
        this.#port = undefined;
      },
    });
    return Promise.resolve(this.#port);
  }

  #unplug(): void {
    this.#plugged = false;
    this.#port?.goAway();
    this.#port = undefined;
  }
}

/** What a port needs of its wire. */
interface PortSide {
  isHeld(): boolean;
  deliver(bytes: Uint8Array): void;
  closed(): void;
}

/**
 * The host's side, by the rules of the binding interface: a read resolves with at least one byte, one write at a time,
 * operations under way reject with `canceled` on close, and any other rejection means that the device is gone.
 * Like a pty it has no modem lines.
 */
class MemoryPort implements BindingPortInterface {
  readonly openOptions: Required<OpenOptions>;
  isOpen = true;
  readonly #readBytesMax: number;
  readonly #side: PortSide;
  #received: number[] = [];
  #read:
    (Settle<ReadResult> & { readonly buffer: Buffer; readonly offset: number; readonly length: number }) | undefined;
  #write: (Settle<void> & { readonly bytes: Uint8Array }) | undefined;
  #gone = false;

  constructor(openOptions: Required<OpenOptions>, readBytesMax: number, side: PortSide) {
    this.openOptions = openOptions;
    this.#readBytesMax = readBytesMax;
    this.#side = side;
  }

  receive(bytes: Uint8Array): void {
    for (const byte of bytes) this.#received.push(byte);
    this.#serveRead();
  }

  /** The device was pulled: everything under way fails, and so does everything that follows. */
  goAway(): void {
    this.#gone = true;
    this.#failPending(goneError());
  }

  releaseWrite(): void {
    const write = this.#write;
    this.#write = undefined;
    if (write === undefined) return;
    this.#side.deliver(write.bytes);
    write.resolve();
  }

  close(): Promise<void> {
    if (!this.isOpen) return Promise.reject(new Error('Port is not open'));
    this.isOpen = false;
    this.#failPending(new CanceledError('Canceled'));
    if (!this.#gone) this.#side.closed();
    return Promise.resolve();
  }

  read(buffer: Buffer, offset: number, length: number): Promise<ReadResult> {
    const obstacle = this.#obstacle();
    if (obstacle !== undefined) return Promise.reject(obstacle);
    return new Promise((resolve, reject) => {
      this.#read = { buffer, offset, length, resolve, reject };
      this.#serveRead();
    });
  }

  write(buffer: Buffer): Promise<void> {
    const obstacle = this.#obstacle();
    if (obstacle !== undefined) return Promise.reject(obstacle);
    if (this.#write !== undefined) return Promise.reject(new Error('a write is under way'));
    return new Promise((resolve, reject) => {
      this.#write = { bytes: new Uint8Array(buffer), resolve, reject };
      if (!this.#side.isHeld()) this.releaseWrite();
    });
  }

  update(options: { baudRate: number }): Promise<void> {
    this.openOptions.baudRate = options.baudRate;
    return Promise.resolve();
  }

  set(): Promise<void> {
    return Promise.reject(new Error('Inappropriate ioctl for device, cannot set'));
  }

  get(): Promise<PortStatus> {
    return Promise.reject(new Error('Inappropriate ioctl for device, cannot get'));
  }

  getBaudRate(): Promise<{ baudRate: number }> {
    return Promise.resolve({ baudRate: this.openOptions.baudRate });
  }

  flush(): Promise<void> {
    this.#received = [];
    return Promise.resolve();
  }

  drain(): Promise<void> {
    return Promise.resolve();
  }

  #obstacle(): Error | undefined {
    if (!this.isOpen) return new CanceledError('Port is not open');
    return this.#gone ? goneError() : undefined;
  }

  #serveRead(): void {
    const read = this.#read;
    if (read === undefined || this.#received.length === 0) return;
    this.#read = undefined;
    const taken = this.#received.splice(0, Math.min(read.length, this.#readBytesMax));
    read.buffer.set(taken, read.offset);
    read.resolve({ buffer: read.buffer, bytesRead: taken.length });
  }

  #failPending(error: Error): void {
    const { reject: failRead } = this.#read ?? {};
    const { reject: failWrite } = this.#write ?? {};
    this.#read = undefined;
    this.#write = undefined;
    failRead?.(error);
    failWrite?.(error);
  }
}

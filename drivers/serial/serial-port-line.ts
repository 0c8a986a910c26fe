import type { BindingInterface } from '@serialport/bindings-interface' with { 'resolution-mode': 'require' };
import { SerialPortStream } from '@serialport/stream';
import { type Clock, type DeviceName, HalError, type TimerId } from '../../firmware/hal/index.ts';
import type { LineSettings, SerialLine } from './serial-line.ts';

/** What a serial line is made of. The binding is the native one on a device and an in-memory one in tests. */
export interface SerialLineOptions {
  readonly device: DeviceName;
  /** Opened anew for every attempt, so that a by-id link is resolved again after the device was plugged in elsewhere. */
  readonly path: string;
  readonly settings: LineSettings;
  readonly binding: BindingInterface;
  readonly clock: Clock;
  /** The wait before another attempt to open doubles from `minMs` to `maxMs`; 500 and 5000 unless told. */
  readonly reopen?: { readonly minMs: number; readonly maxMs: number };
  /** How long the kernel may take to accept a write, beyond the time the bytes need on the wire; 3000 unless told. */
  readonly writeDeadlineMs?: number;
  /**
   * Which device is behind the path now, `undefined` for none; see `portIdentity`. The kernel's hang-up can be missed when
   * it falls between two reads, so an open port is compared with its path four times a second. Not needed in memory.
   */
  readonly identityOf?: () => string | undefined;
  /** Told why an attempt to open failed (no such file, locked, not permitted), for the log. */
  readonly onOpenFailure?: (reason: string) => void;
}

const REOPEN_DEFAULT = { minMs: 500, maxMs: 5_000 };
const WRITE_DEADLINE_MS = 3_000;

/** A read may be under way while the input is flushed; what it brings within this time is as stale as the rest. */
const STALE_INPUT_MS = 20;

/** Shorter than the shortest answer deadline of a driver (500), or a device that is gone would be called silent. */
const IDENTITY_CHECK_MS = 250;

/** Start bit, 8 data bits, stop bit. */
const BITS_PER_BYTE = 10;

/**
 * Opens a line and keeps it open until `close`. Returns at once: `connected` is false until the port is there, and
 * `onConnect` tells when. A write that the kernel does not take in time drops the port and opens it again, because the
 * rest of a stuck write would otherwise come out in the middle of a later command.
 */
export function openSerialLine(options: SerialLineOptions): SerialLine {
  return new SerialPortLine(options);
}

class SerialPortLine implements SerialLine {
  readonly device: DeviceName;
  readonly #options: SerialLineOptions;
  readonly #clock: Clock;
  readonly #reopen: { readonly minMs: number; readonly maxMs: number };
  readonly #disconnectListeners: (() => void)[] = [];
  readonly #connectListeners: (() => void)[] = [];
  readonly #failWrites = new Set<() => void>();
  #dataListener: (bytes: Uint8Array) => void = () => undefined;
  #stream: SerialPortStream | undefined;
  #opening: Promise<void> = Promise.resolve();
  #connected = false;
  #reopenMs: number;
  #reopenTimer: TimerId | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: SerialLineOptions) {
    this.device = options.device;
    this.#options = options;
    this.#clock = options.clock;
    this.#reopen = options.reopen ?? REOPEN_DEFAULT;
    this.#reopenMs = this.#reopen.minMs;
    this.#open();
  }

  get connected(): boolean {
    return this.#connected;
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.#dataListener = listener;
  }

  onDisconnect(listener: () => void): void {
    this.#disconnectListeners.push(listener);
  }

  onConnect(listener: () => void): void {
    this.#connectListeners.push(listener);
  }

  write(bytes: Uint8Array): Promise<void> {
    const stream = this.#stream;
    if (stream === undefined || !this.#connected) return Promise.reject(this.#error('disconnected', 'not open'));
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void): void => {
        this.#clock.clearTimeout(timer);
        this.#failWrites.delete(fail);
        finish();
      };
      const fail = (): void => settle(() => reject(this.#error('disconnected', 'lost while writing')));
      const timer = this.#clock.setTimeout(() => {
        settle(() => reject(this.#error('timeout', 'write did not drain')));
        this.#lose(stream);
      }, this.#writeDeadlineMs(bytes.length));
      this.#failWrites.add(fail);
      // No copy: a caller that overwrites a secret after the write leaves no second one behind in Buffer's pool.
      const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      stream.write(view, (error) => (error ? fail() : settle(resolve)));
    });
  }

  close(): Promise<void> {
    this.#closed ??= this.#shutDown();
    return this.#closed;
  }

  #error(kind: 'disconnected' | 'timeout', detail: string): HalError {
    return new HalError(kind, this.device, detail);
  }

  #writeDeadlineMs(byteCount: number): number {
    const onWireMs = (byteCount * BITS_PER_BYTE * 1_000) / this.#options.settings.baudRate;
    return Math.ceil(onWireMs) + (this.#options.writeDeadlineMs ?? WRITE_DEADLINE_MS);
  }

  /** A new stream for every attempt: one that was lost may hold a stuck write and emits `close` a second time. */
  #open(): void {
    this.#reopenTimer = undefined;
    const { path, settings, binding } = this.#options;
    const { xonxoff = false, ...portSettings } = settings;
    const stream = new SerialPortStream({
      ...portSettings,
      binding,
      path,
      xon: xonxoff,
      xoff: xonxoff,
      autoOpen: false,
    });
    this.#stream = stream;
    // All listeners stand before the port opens: an `error` without one would end the process, and without a `data`
    // listener nothing reads, so that an unplugged device would go unnoticed until the next write.
    stream.on('data', (chunk: Uint8Array) => this.#receive(stream, chunk));
    stream.on('error', () => this.#lose(stream));
    stream.on('close', () => this.#lose(stream));
    this.#opening = new Promise((resolve) => {
      stream.open((error) => {
        resolve();
        if (error === null) this.#flush(stream);
        else this.#openFailed(stream, error.message);
      });
    });
  }

  #openFailed(stream: SerialPortStream, reason: string): void {
    this.#options.onOpenFailure?.(reason);
    this.#lose(stream);
  }

  /** Bytes sent before we listened are delivered on open; they answer nobody. */
  #flush(stream: SerialPortStream): void {
    if (this.#stream !== stream) return;
    stream.flush(() => {
      this.#clock.setTimeout(() => this.#announce(stream), STALE_INPUT_MS);
    });
  }

  #announce(stream: SerialPortStream): void {
    if (this.#stream !== stream) return;
    this.#connected = true;
    this.#reopenMs = this.#reopen.minMs;
    const { identityOf } = this.#options;
    if (identityOf !== undefined) this.#watch(stream, identityOf, identityOf());
    for (const listener of this.#connectListeners) listener();
  }

  #watch(stream: SerialPortStream, identityOf: () => string | undefined, identity: string | undefined): void {
    this.#clock.setTimeout(() => {
      if (this.#stream !== stream) return;
      if (identity === undefined || identityOf() !== identity) this.#lose(stream);
      else this.#watch(stream, identityOf, identity);
    }, IDENTITY_CHECK_MS);
  }

  #receive(stream: SerialPortStream, chunk: Uint8Array): void {
    // A copy: the chunk is a window on the stream's pool, whose other parts are none of the listener's business.
    if (this.#stream === stream && this.#connected) this.#dataListener(new Uint8Array(chunk));
  }

  /** Runs once for each stream, whichever of its `error` and `close` events comes first. */
  #lose(stream: SerialPortStream): void {
    if (this.#stream !== stream) return;
    if (this.#closed === undefined) {
      this.#reopenTimer = this.#clock.setTimeout(() => this.#open(), this.#reopenMs);
      this.#reopenMs = Math.min(this.#reopenMs * 2, this.#reopen.maxMs);
    }
    this.#stream = undefined;
    if (stream.isOpen) stream.close(() => undefined);
    this.#endConnection();
  }

  #endConnection(): void {
    const wasConnected = this.#connected;
    this.#connected = false;
    for (const fail of this.#failWrites) fail();
    if (!wasConnected) return;
    for (const listener of this.#disconnectListeners) listener();
  }

  async #shutDown(): Promise<void> {
    if (this.#reopenTimer !== undefined) this.#clock.clearTimeout(this.#reopenTimer);
    const stream = this.#stream;
    this.#stream = undefined;
    this.#endConnection();
    await this.#opening;
    if (stream?.isOpen) await new Promise<void>((resolve) => stream.close(() => resolve()));
  }
}

/** A serial device on USB: QEMU listens, and takes whoever connects for the device that is plugged in. */
import { connect, type Socket } from 'node:net';
import type { WireEnd } from '../../hal-mock/wire/wire-end.ts';

/** QEMU may not listen yet. */
const AGAIN_MS = 100;

export class UsbWire implements WireEnd {
  readonly #path: string;
  #socket: Socket | undefined;
  #isPlugged = false;
  #listener: (bytes: Uint8Array) => void = () => undefined;

  constructor(path: string) {
    this.#path = path;
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.#listener = listener;
  }

  write(bytes: Uint8Array): void {
    if (this.#socket?.writable === true) this.#socket.write(bytes);
  }

  unplug(): void {
    this.#isPlugged = false;
    this.#socket?.destroy();
  }

  replug(): void {
    if (this.#isPlugged) return;
    this.#isPlugged = true;
    this.#connect();
  }

  close(): void {
    this.unplug();
  }

  #connect(): void {
    const socket = connect(this.#path);
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => this.#listener(new Uint8Array(bytes)));
    // A machine that is switched off leaves its lines dead.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (this.#isPlugged && this.#socket === socket) setTimeout(() => this.#reconnect(socket), AGAIN_MS);
    });
  }

  #reconnect(before: Socket): void {
    if (this.#isPlugged && this.#socket === before) this.#connect();
  }
}

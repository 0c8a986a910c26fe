import type { DeviceName } from '../../firmware/hal/index.ts';

/** Line settings of a device; drivers state theirs, a configuration may override them. */
export interface LineSettings {
  readonly baudRate: number;
  readonly dataBits?: 7 | 8;
  readonly stopBits?: 1 | 2;
  readonly parity?: 'none' | 'even' | 'odd';
  readonly rtscts?: boolean;
  readonly xonxoff?: boolean;
}

/**
 * One serial line to one device, as a driver sees it. It reopens by itself with backoff after the device went away;
 * a driver is told, so that it can end what it waits for and set the device up again.
 */
export interface SerialLine {
  readonly device: DeviceName;
  readonly connected: boolean;
  /** Resolves when the kernel took the bytes. Rejects with `HalError` `disconnected`, or `timeout` when they do not drain. */
  write(bytes: Uint8Array): Promise<void>;
  /** Bytes in arbitrary chunks; never "one event = one frame". One listener, the driver's session. */
  onData(listener: (bytes: Uint8Array) => void): void;
  /** Called once for each loss. */
  onDisconnect(listener: () => void): void;
  /** Called after each (re)open, with stale input already thrown away. Not called for the state at registration. */
  onConnect(listener: () => void): void;
  /** Closes for good. Idempotent. */
  close(): Promise<void>;
}

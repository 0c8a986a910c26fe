/** The device's end of a serial wire: what an emulator reads and writes, in memory or over a pty. */
export interface WireEnd {
  /** Bytes from the host, in arbitrary chunks. One listener. */
  onData(listener: (bytes: Uint8Array) => void): void;
  /** Sends to the host. Bytes written while nobody listens are lost, as on a real line. */
  write(bytes: Uint8Array): void;
  /** Unplugs: the host's port goes away until `replug`. */
  unplug(): void;
  replug(): void;
}

/** Size of the buffer of a full-size head, and the free bytes at which it says busy and ready again (TM-T88 manual). */
export const BUFFER_BYTES = 4_096;
export const BUSY_BELOW_FREE_BYTES = 128;
export const READY_FROM_FREE_BYTES = 256;

/** Bytes received and not yet executed. What does not fit is lost without a word. */
export class ReceiveBuffer {
  #bytes: number[] = [];
  #taken = 0;
  /** Bytes lost because the host did not wait. */
  droppedBytes = 0;

  get length(): number {
    return this.#bytes.length - this.#taken;
  }

  get freeBytes(): number {
    return BUFFER_BYTES - this.length;
  }

  put(byte: number): void {
    if (this.freeBytes > 0) this.#bytes.push(byte);
    else this.droppedBytes++;
  }

  take(): number | undefined {
    const byte = this.#bytes[this.#taken];
    if (byte === undefined) return undefined;
    this.#taken++;
    if (this.#taken === this.#bytes.length) this.clear();
    return byte;
  }

  clear(): void {
    this.#bytes = [];
    this.#taken = 0;
  }
}

/** What QEMU's `blklogwrites` (the format of the kernel's dm-log-writes) writes down of a disk: each write and flush, in order. */
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';

/** `struct log_write_super` and `struct log_write_entry`, little-endian. */
const MAGIC = 0x6a_736677_736872n;
const VERSION = 1n;
const SUPER_BYTES = 28;
const ENTRY_BYTES = 32;
const FLAGS = { flush: 1n, forced: 2n, discard: 4n, mark: 8n };

export interface LogEntry {
  /** Where it begins in the log. */
  readonly at: number;
  /** Place on the disk. */
  readonly offset: number;
  readonly bytes: number;
  /** What was written completely before is on the medium. */
  readonly isFlush: boolean;
  /** On the medium when it is done, whatever is flushed (FUA). */
  readonly isForced: boolean;
  /** The content is given up: zeros. */
  readonly isDiscard: boolean;
}

export class WriteLog {
  readonly entries: readonly LogEntry[];
  readonly #file: number;
  readonly #sectorBytes: number;

  /** Reads which entries there are; the machine must be off. */
  constructor(path: string) {
    this.#file = openSync(path, 'r');
    const head = this.#read(0, SUPER_BYTES);
    if (head.length < SUPER_BYTES || head.readBigUInt64LE(0) !== MAGIC || head.readBigUInt64LE(8) !== VERSION) {
      throw new Error(`${path} is no log of writes`);
    }
    this.#sectorBytes = head.readUInt32LE(24);
    this.entries = [...this.#scan()];
    // The count may lag behind when the machine was killed, and is never ahead.
    const counted = Number(head.readBigUInt64LE(16));
    if (this.entries.length < counted) throw new Error(`${path} has ${this.entries.length} of ${counted} entries`);
  }

  /** What an entry writes. */
  data({ at, bytes, isDiscard }: LogEntry): Buffer {
    return isDiscard ? Buffer.alloc(bytes) : this.#read(at + this.#sectorBytes, bytes);
  }

  /** How many entries had begun when the log was as long as that: never less than were done. */
  begunAt(logBytes: number): number {
    const at = this.entries.findIndex((entry) => entry.at >= logBytes);
    return at < 0 ? this.entries.length : at;
  }

  /** How many of the first `cut` entries a cut leaves on the medium, whatever it tears. */
  durableBefore(cut: number): number {
    return this.entries.findLastIndex(({ isFlush }, at) => isFlush && at < cut) + 1;
  }

  close(): void {
    closeSync(this.#file);
  }

  *#scan(): Iterable<LogEntry> {
    const end = fstatSync(this.#file).size;
    for (let at = this.#sectorBytes; at + ENTRY_BYTES <= end;) {
      const head = this.#read(at, ENTRY_BYTES);
      const [sector, sectors, flags] = [0, 8, 16].map((field) => head.readBigUInt64LE(field)) as [
        bigint,
        bigint,
        bigint,
      ];
      const has = (flag: bigint): boolean => (flags & flag) !== 0n;
      // Marks hold text instead of sectors, and QEMU makes none.
      if (has(FLAGS.mark)) throw new Error('a mark in the log of writes');
      const bytes = Number(sectors) * this.#sectorBytes;
      const isDiscard = has(FLAGS.discard);
      const dataAt = at + this.#sectorBytes;
      const next = dataAt + (isDiscard ? 0 : bytes);
      // The last one may be cut where the machine was killed, or not be there but as a hole.
      if (next > end || (bytes === 0 && flags === 0n)) return;
      const [isFlush, isForced] = [has(FLAGS.flush), has(FLAGS.forced)];
      yield { at, offset: Number(sector) * this.#sectorBytes, bytes, isFlush, isForced, isDiscard };
      at = next;
    }
  }

  #read(at: number, bytes: number): Buffer {
    const buffer = Buffer.alloc(bytes);
    return buffer.subarray(0, readSync(this.#file, buffer, 0, bytes, at));
  }
}

/** How long a log is that a machine is writing: a moment of its disk, see {@link WriteLog.begunAt}. */
export const logBytesNow = (path: string): number => statSync(path).size;

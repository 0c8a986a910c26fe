import { type Clock, type Random, sleep } from '../firmware/hal/index.ts';

/** Smallest unit that a disk writes whole or not at all, when it keeps its promises. */
const SECTOR_BYTES = 512;

/** What a failing operation says, as Node's file system does. */
export class DiskError extends Error {
  override readonly name = 'DiskError';
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/** How a {@link SimulatedDisk} behaves. */
export interface SimulatedDiskOptions {
  /** Decides what survives a power cut. */
  readonly random: Random;
  /** Room for all files together; `ENOSPC` beyond. */
  readonly capacityBytes?: number;
  /** Every sync takes `syncMs` on this clock. */
  readonly clock?: Clock;
  readonly syncMs?: number;
}

interface Write {
  readonly at: number;
  readonly bytes: Uint8Array;
}

interface StoredFile {
  /** What the platters hold. */
  durable: Uint8Array;
  /** What a reader sees: the operating system's page cache. The same bytes once more only while they may differ. */
  cached: Uint8Array;
  /** Writes that the cache owes the platters, in order. */
  pending: Write[];
  /** The directory entry is on the platters as well. */
  isLinked: boolean;
}

/** One open file of a {@link SimulatedDisk}. */
export interface SimulatedFile {
  read(): Promise<Uint8Array>;
  write(at: number, bytes: Uint8Array): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

type Fault = { readonly kind: 'halt' } | { readonly kind: 'error'; readonly code: 'EIO' | 'ENOSPC' };

/**
 * A disk with a page cache in front of it, which fails the way disks do: unsynced writes survive a power cut in any
 * order, in part, or torn inside a sector; a failed sync forgets what it owed and says so once; space runs out; bits
 * flip. The same random seed gives the same losses.
 *
 * Operations are counted, so that a test can fail or halt at each of them in turn. A halted disk rejects everything,
 * as nothing goes on in a dead process; `powerCut` or `killProcess` then begins the next life.
 */
export class SimulatedDisk {
  readonly #options: SimulatedDiskOptions;
  #capacityBytes: number;
  readonly #files = new Map<string, StoredFile>();
  #life = 0;
  #operations = 0;
  #syncs = 0;
  #fault: { readonly at: number; readonly fault: Fault } | undefined;
  #isHalted = false;

  constructor(options: SimulatedDiskOptions) {
    this.#options = options;
    this.#capacityBytes = options.capacityBytes ?? Infinity;
  }

  /** Writes, syncs and creations so far. */
  get operations(): number {
    return this.#operations;
  }

  /** Syncs of file data so far, those inside `create` not counted. */
  get syncs(): number {
    return this.#syncs;
  }

  /** Stopped by {@link haltAfter}, until the next life. */
  get isHalted(): boolean {
    return this.#isHalted;
  }

  /** The whole disk stops in the middle of the operation after the next `operations`. */
  haltAfter(operations: number): void {
    this.#fault = { at: this.#operations + operations, fault: { kind: 'halt' } };
  }

  /** The operation after the next `operations` fails, once. */
  failAfter(operations: number, code: 'EIO' | 'ENOSPC'): void {
    this.#fault = { at: this.#operations + operations, fault: { kind: 'error', code } };
  }

  /** Ends the process and the power: what was not synced survives only by chance. */
  powerCut(): void {
    for (const [name, file] of this.#files) {
      if (!file.isLinked && this.#chance()) {
        this.#files.delete(name);
        continue;
      }
      this.#loseSome(file);
      file.cached = file.durable;
      file.isLinked = true;
    }
    this.killProcess();
  }

  /** Ends the process alone: the page cache lives on, and still owes the platters. */
  killProcess(): void {
    this.#life++;
    this.#fault = undefined;
    this.#isHalted = false;
  }

  /** Flips one bit on the platters, and in the cache. */
  flipBit(name: string, bit: number): void {
    const file = this.#file(name);
    for (const bytes of new Set([file.durable, file.cached]))
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  }

  /** Somebody made room. */
  growTo(capacityBytes: number): void {
    this.#capacityBytes = capacityBytes;
  }

  /** Takes a file away, as a lost directory entry would. */
  remove(name: string): void {
    this.#files.delete(name);
  }

  /** Exchanges the contents of two files. */
  swap(one: string, other: string): void {
    const [first, second] = [this.#file(one), this.#file(other)];
    this.#files.set(one, second).set(other, first);
  }

  /** What a reader would see now. */
  contentOf(name: string): Uint8Array {
    return this.#file(name).cached.slice();
  }

  async list(): Promise<readonly string[]> {
    this.#alive(this.#life);
    return [...this.#files.keys()];
  }

  async create(name: string, sizeBytes: number): Promise<SimulatedFile> {
    const life = this.#life;
    const replaced = this.#files.get(name);
    const file: StoredFile = { durable: new Uint8Array(0), cached: new Uint8Array(0), pending: [], isLinked: false };
    if (replaced !== undefined) file.isLinked = replaced.isLinked;
    this.#operate(life, () => {
      // Cut while it was being filled: any length, all zero.
      file.durable = new Uint8Array(this.#options.random.below(sizeBytes + 1));
      this.#files.set(name, file);
    });
    const room = this.#capacityBytes - this.#usedBytes() + (replaced?.cached.length ?? 0);
    file.durable = new Uint8Array(Math.min(sizeBytes, room));
    file.cached = file.durable.slice();
    file.isLinked = true;
    this.#files.set(name, file);
    if (room < sizeBytes) throw new DiskError('ENOSPC');
    return this.#handle(file, life);
  }

  async open(name: string): Promise<SimulatedFile> {
    this.#alive(this.#life);
    return this.#handle(this.#file(name), this.#life);
  }

  #handle(file: StoredFile, life: number): SimulatedFile {
    return {
      read: async () => {
        this.#alive(life);
        return file.cached.slice();
      },
      write: async (at, bytes) => this.#write(file, life, at, bytes),
      sync: async () => this.#sync(file, life),
      close: async () => this.#close(file, life),
    };
  }

  #close(file: StoredFile, life: number): void {
    this.#alive(life);
    // Most files of a long run are never written again.
    if (file.pending.length === 0 && Buffer.compare(file.durable, file.cached) === 0) file.cached = file.durable;
  }

  #write(file: StoredFile, life: number, at: number, bytes: Uint8Array): void {
    if (at + bytes.length > file.cached.length) throw new DiskError('EFBIG');
    this.#operate(life, () => this.#cache(file, at, bytes.slice(0, this.#options.random.below(bytes.length + 1))));
    this.#cache(file, at, bytes.slice());
  }

  #cache(file: StoredFile, at: number, bytes: Uint8Array): void {
    if (file.cached === file.durable) file.cached = file.durable.slice();
    file.cached.set(bytes, at);
    file.pending.push({ at, bytes });
  }

  async #sync(file: StoredFile, life: number): Promise<void> {
    const { clock, syncMs = 0 } = this.#options;
    this.#syncs++;
    if (clock !== undefined && syncMs > 0) await sleep(clock, syncMs);
    // Whether the power fails or the disk does: some of it is on the platters. After an error the cache forgets the rest.
    this.#operate(life, (fault) => fault.kind === 'error' && this.#loseSome(file));
    for (const { at, bytes } of file.pending) file.durable.set(bytes, at);
    file.pending = [];
  }

  /** Lets the operation happen, or fail half done. */
  #operate(life: number, halfDone: (fault: Fault) => void): void {
    this.#alive(life);
    const due = this.#fault?.at === this.#operations ? this.#fault.fault : undefined;
    this.#operations++;
    if (due === undefined) return;
    this.#fault = undefined;
    halfDone(due);
    this.#isHalted = due.kind === 'halt';
    throw new DiskError(due.kind === 'halt' ? 'EHALTED' : due.code);
  }

  #alive(life: number): void {
    if (this.#isHalted || life !== this.#life) throw new DiskError('EHALTED');
  }

  /** Each sector that was written since the last sync holds any of its versions, or a mixture of two. */
  #loseSome(file: StoredFile): void {
    for (const write of file.pending) {
      const end = write.at + write.bytes.length;
      for (let at = write.at; at < end; at = sectorEnd(at)) {
        const part = write.bytes.subarray(at - write.at, Math.min(end, sectorEnd(at)) - write.at);
        this.#landSome(file.durable, at, part);
      }
    }
    file.pending = [];
  }

  #landSome(durable: Uint8Array, at: number, part: Uint8Array): void {
    const { random } = this.#options;
    switch (random.below(5)) {
      case 0:
      case 1:
        return durable.set(part, at);
      case 2:
        return durable.set(part.subarray(0, random.below(part.length + 1)), at);
      case 3: {
        const from = random.below(part.length + 1);
        return durable.set(part.subarray(from), at + from);
      }
      default:
        return undefined;
    }
  }

  #chance(): boolean {
    return this.#options.random.below(2) === 0;
  }

  #usedBytes(): number {
    return [...this.#files.values()].reduce((bytes, file) => bytes + file.cached.length, 0);
  }

  #file(name: string): StoredFile {
    const file = this.#files.get(name);
    if (file === undefined) throw new DiskError('ENOENT');
    return file;
  }
}

function sectorEnd(at: number): number {
  return (Math.floor(at / SECTOR_BYTES) + 1) * SECTOR_BYTES;
}

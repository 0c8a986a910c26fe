/** A disk as it may be after its power was cut. */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import type { Random } from '../../firmware/hal/index.ts';
import type { LogEntry, WriteLog } from './write-log.ts';

/** A copy of a part of the disk as it was when the log began: a file that begins at `offset` of the disk. */
export interface DiskPart {
  readonly path: string;
  readonly offset: number;
  readonly bytes: number;
}

/** What a medium writes at once. */
export type Tearing = 512 | 4096;

const FATES = ['whole', 'gone', 'torn'] as const;

interface Place {
  readonly file: number;
  readonly at: number;
}

/** Replays a log of writes on copies of parts of its disk; what lies outside of them is left out. */
export class CutDisk {
  readonly #log: WriteLog;
  readonly #parts: readonly (DiskPart & { readonly file: number })[];
  readonly #loses: (entry: LogEntry, index: number) => boolean;
  readonly #changes = new Map<number, number>();
  /** Entries that are in the files for good. */
  #durable = 0;
  /** What the files had before the last cut, newest last. */
  readonly #overwritten: (Place & { readonly content: Buffer })[] = [];

  /** `loses`: a medium that says it has flushed what it has not. */
  constructor(
    log: WriteLog,
    parts: Readonly<Record<string, DiskPart>>,
    loses: (entry: LogEntry, index: number) => boolean = () => false,
  ) {
    this.#log = log;
    this.#loses = loses;
    this.#parts = Object.values(parts).map((part) => ({ ...part, file: openSync(part.path, 'r+') }));
  }

  /** Grows whenever the copy at this path is written to. */
  changesOf(path: string): number {
    return this.#changes.get(this.#parts.find((part) => part.path === path)?.file ?? -1) ?? 0;
  }

  /**
   * Makes the files what a cut before entry `cut` may leave: everything up to the last flush, and by chance all, nothing
   * or some units of each write after it. Cuts come in their order: flushed is flushed.
   */
  cutAt(cut: number, tearing: Tearing, random: Random): void {
    this.restore();
    const durable = this.#log.durableBefore(cut);
    if (durable < this.#durable) throw new RangeError('cuts come in their order');
    for (const [entry, index] of this.#entries(this.#durable, durable)) {
      if (!this.#loses(entry, index)) this.#write(entry.offset, this.#log.data(entry));
    }
    this.#durable = durable;
    for (const [entry, index] of this.#entries(durable, cut)) {
      if (!this.#loses(entry, index)) this.#tear(entry, tearing, random);
    }
  }

  /** Takes back what only chance had left. */
  restore(): void {
    for (const { file, at, content } of this.#overwritten.splice(0).toReversed()) {
      this.#put(file, content, at);
    }
  }

  close(): void {
    for (const { file } of this.#parts) closeSync(file);
  }

  #entries(from: number, to: number): readonly (readonly [LogEntry, number])[] {
    return this.#log.entries.slice(from, to).map((entry, at) => [entry, from + at]);
  }

  #tear(entry: LogEntry, tearing: Tearing, random: Random): void {
    const data = this.#log.data(entry);
    const fate = entry.isForced ? 'whole' : FATES[random.below(FATES.length)];
    if (fate === 'whole') this.#writeUndoably(entry.offset, data);
    if (fate !== 'torn') return;
    for (const [from, to] of unitsOf(entry, tearing)) {
      if (random.below(2) === 0) this.#writeUndoably(entry.offset + from, data.subarray(from, to));
    }
  }

  #write(offset: number, data: Buffer): void {
    for (const { file, at, from, to } of this.#places(offset, data.length))
      this.#put(file, data.subarray(from, to), at);
  }

  #writeUndoably(offset: number, data: Buffer): void {
    for (const { file, at, from, to } of this.#places(offset, data.length)) {
      const content = Buffer.alloc(to - from);
      readSync(file, content, 0, content.length, at);
      this.#overwritten.push({ file, at, content });
      this.#put(file, data.subarray(from, to), at);
    }
  }

  #put(file: number, content: Buffer, at: number): void {
    writeSync(file, content, 0, content.length, at);
    this.#changes.set(file, (this.#changes.get(file) ?? 0) + 1);
  }

  /** Which bytes of a write go where. */
  *#places(offset: number, bytes: number): Iterable<Place & { readonly from: number; readonly to: number }> {
    for (const part of this.#parts) {
      const from = Math.max(offset, part.offset) - offset;
      const to = Math.min(offset + bytes, part.offset + part.bytes) - offset;
      if (from < to) yield { file: part.file, at: offset + from - part.offset, from, to };
    }
  }
}

/** Where a write is cut into units of the medium, which do not begin where writes begin. */
function* unitsOf({ offset, bytes }: LogEntry, unit: number): Iterable<readonly [number, number]> {
  for (let from = 0; from < bytes;) {
    const to = Math.min(bytes, from + unit - ((offset + from) % unit));
    yield [from, to];
    from = to;
  }
}

/** Bytes onto a disk or a file, and back. */
import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { type FileHandle, open, truncate } from 'node:fs/promises';
import { runTool } from '../tools.ts';
import { FlashError } from './flash-error.ts';
import type { Target } from './target.ts';

const CHUNK_BYTES = 4 * 2 ** 20;
const ZEROS = Buffer.alloc(CHUNK_BYTES);
/** GPT keeps one copy at either end, and a file system on the whole disk begins in the first of them. */
const TABLE_BYTES = 2 ** 20;

export interface Meter {
  /** Called with the bytes that were done since the last time; throws to stop. */
  readonly count: (bytes: number) => void;
}

export class Medium {
  readonly #target: Target;
  readonly #meter: Meter;

  constructor(target: Target, meter: Meter) {
    this.#target = target;
    this.#meter = meter;
  }

  get path(): string {
    return this.#target.path;
  }

  /** @throws FlashError when it cannot be written; nothing was, then */
  async claim(): Promise<void> {
    if (this.#target.kind === 'file') await open(this.path, 'a').then((file) => file.close());
    await this.#with(() => Promise.resolve());
  }

  /** From here on nothing boots from it: what is written without its table is not found. */
  async erase(): Promise<void> {
    const { path, bytes, kind } = this.#target;
    if (kind === 'file') {
      await truncate(path, 0);
      await truncate(path, bytes);
      return;
    }
    await this.#with(async (file) => {
      for (const at of [0, bytes - TABLE_BYTES]) await file.write(ZEROS, 0, TABLE_BYTES, at);
    });
    // The old partitions go from /dev too, so that nobody mounts one meanwhile.
    await runTool('blockdev', ['--rereadpt', path]).catch(() => undefined);
  }

  /** Copies a file to a place, and returns its SHA-256. */
  async copy(from: string, offset: number): Promise<string> {
    const isSparse = this.#target.kind === 'file';
    const hash = createHash('sha256');
    await this.#with(async (file) => {
      let at = offset;
      for await (const chunk of createReadStream(from, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>) {
        const isZero = ZEROS.compare(chunk, 0, chunk.length, 0, chunk.length) === 0;
        // A file was emptied before; a disk has what somebody left there.
        if (!isZero || !isSparse) await file.write(chunk, 0, chunk.length, at);
        at += chunk.length;
        hash.update(chunk);
        // So that what is shown as done is, and not only in memory.
        if (!isSparse) await file.datasync();
        this.#meter.count(chunk.length);
      }
    });
    return hash.digest('hex');
  }

  /** Waits until everything is on the medium, and forgets what this machine remembers of it. */
  async flush(): Promise<void> {
    // Not alone: the desktop may look at what it has just seen appear.
    const file = await open(this.path, 'r+');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    if (this.#target.kind === 'disk') await runTool('blockdev', ['--flushbufs', this.path]);
  }

  /** SHA-256 of a place. */
  async sha256(offset: number, bytes: number): Promise<string> {
    const hash = createHash('sha256');
    for await (const chunk of this.#chunks(offset, bytes)) {
      hash.update(chunk);
      this.#meter.count(chunk.length);
    }
    return hash.digest('hex');
  }

  async read(offset: number, bytes: number): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of this.#chunks(offset, bytes)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  #chunks(offset: number, bytes: number): AsyncIterable<Buffer> {
    return createReadStream(this.path, { start: offset, end: offset + bytes - 1, highWaterMark: CHUNK_BYTES });
  }

  /** For a disk the kernel refuses when anybody else has it or a partition of it, whatever was true a moment ago. */
  async #with(work: (file: FileHandle) => Promise<void>): Promise<void> {
    const exclusive = this.#target.kind === 'disk' ? constants.O_EXCL : 0;
    const file = await open(this.path, constants.O_RDWR | exclusive).catch((error: NodeJS.ErrnoException) => {
      throw unopened(this.path, error);
    });
    try {
      await work(file);
    } finally {
      await file.close();
    }
  }
}

function unopened(path: string, { code = 'unknown' }: NodeJS.ErrnoException): FlashError {
  if (code === 'EBUSY') {
    return new FlashError(
      `${path} is in use: umount it and close what has it open`,
      `${path} 正在使用：请卸载并关闭占用它的程序`,
    );
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new FlashError(
      `${path} may not be written: run it as root (sudo)`,
      `${path} 无写入权限：请用 root 运行（sudo）`,
    );
  }
  return new FlashError(`${path} cannot be opened for writing (${code})`, `${path} 无法打开写入（${code}）`);
}

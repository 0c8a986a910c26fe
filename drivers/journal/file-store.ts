import { invariant } from '../../firmware/base/invariant.ts';
import { bytesOfUtf8 } from '../../firmware/base/text.ts';
import { HalError } from '../../firmware/hal/hal-error.ts';
import type { JournalDamage, JournalStore } from '../../firmware/hal/index.ts';
import type { JournalDisk, JournalFile } from './disk.ts';
import { readJournal, segmentName, type JournalTail } from './reading.ts';
import {
  type ChainPosition,
  encodeHeader,
  encodeMark,
  encodeRecord,
  encodeSeal,
  HEADER_BYTES,
  SLOT_BYTES,
} from './record.ts';

/** Some 1,500 records of a payment; zero-filled in about 10 ms on eMMC-class flash. */
const SEGMENT_BYTES_DEFAULT = 1024 * 1024;

/** How a {@link JournalFileStore} is built. */
export interface JournalFileStoreOptions {
  readonly disk: JournalDisk;
  /** Size of new segments, at least 1024; existing ones keep theirs. */
  readonly segmentBytes?: number;
}

/** The segment that takes the next record, open for writing. */
interface Tail {
  readonly file: JournalFile;
  readonly segment: number;
  readonly segmentBytes: number;
  readonly at: number;
  readonly chain: ChainPosition;
}

function mediaError(error: unknown): HalError {
  const { code } = error as { readonly code?: unknown };
  return new HalError('media', 'journal', typeof code === 'string' ? code : 'disk failure');
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function textOf(payload: Uint8Array): string {
  return decoder.decode(payload);
}

/** Does what must succeed before a file is used; a file that fails is not left open. */
async function withFile<T>(file: JournalFile, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    await file.close().catch(() => undefined);
    throw error;
  }
}

/**
 * The journal in preallocated, zero-filled segment files, one write and one data sync for each record; the format is
 * described in `record.ts`. One process may have a journal open at a time.
 *
 * - After `corrupt` or `missingSegment` the store takes no records, so that nothing overwrites what a person must see.
 * - Opening makes durable what it read: after a crash of the process alone, or after a failed sync, the last record may
 *   stand in the page cache only, and nobody may act on it before it is on the disk.
 * - A journal that was rolled back as a whole to an earlier state, or removed as a whole, looks intact: nothing on the
 *   same disk can tell.
 */
export class JournalFileStore implements JournalStore {
  readonly #disk: JournalDisk;
  readonly #segmentBytes: number;
  #tail: Tail | undefined;
  #refusal: HalError | undefined;
  #isOpened = false;
  #queue: Promise<void> = Promise.resolve();

  constructor({ disk, segmentBytes = SEGMENT_BYTES_DEFAULT }: JournalFileStoreOptions) {
    invariant(segmentBytes >= 1024, 'a journal segment has at least 1024 bytes');
    this.#disk = disk;
    this.#segmentBytes = segmentBytes;
  }

  async open(take: (record: string) => void): Promise<JournalDamage | undefined> {
    invariant(!this.#isOpened, 'a journal is opened once');
    this.#isOpened = true;
    try {
      const { damage, tail } = await readJournal(this.#disk, (payload) => take(textOf(payload)));
      if (tail === undefined) this.#refusal = new HalError('media', 'journal', `journal is damaged: ${damage?.kind}`);
      else this.#tail = await this.#recover(tail);
      return damage;
    } catch (error) {
      this.#refusal = mediaError(error);
      throw this.#refusal;
    }
  }

  append(record: string): Promise<void> {
    invariant(this.#isOpened, 'a journal is opened before it takes records');
    const durable = this.#queue.then(() => this.#append(bytesOfUtf8(record)));
    this.#queue = durable.then(
      () => this.#acknowledge(),
      () => undefined,
    );
    return durable;
  }

  /** Ends an orderly run: waits for what is going on and leaves nothing to the operating system's write-back. */
  async close(): Promise<void> {
    await this.#queue;
    const tail = this.#tail;
    this.#tail = undefined;
    this.#refusal ??= new HalError('media', 'journal', 'journal is closed');
    if (tail === undefined) return;
    try {
      await withFile(tail.file, () => tail.file.sync());
      await tail.file.close();
    } catch (error) {
      throw mediaError(error);
    }
  }

  async #append(payload: Uint8Array): Promise<void> {
    if (this.#refusal !== undefined) throw this.#refusal;
    // A slot more, because the segment's seal must find room behind the last record.
    if (HEADER_BYTES + 2 * SLOT_BYTES + payload.length > this.#segmentBytes) {
      throw new HalError('unsupported', 'journal', 'record is longer than a segment');
    }
    try {
      const tail = await this.#tailFor(payload.length);
      const { bytes, after } = encodeRecord(tail.chain, payload);
      await tail.file.write(tail.at, bytes);
      await tail.file.sync();
      this.#tail = { ...tail, at: tail.at + bytes.length, chain: after };
    } catch (error) {
      this.#refusal = mediaError(error);
      throw this.#refusal;
    }
  }

  /** Marks the last record as acknowledged. Not synced: the mark only narrows down what a later damage means. */
  async #acknowledge(): Promise<void> {
    try {
      await this.#tail?.file.write(this.#tail.at, encodeMark(this.#tail.chain.sequence));
    } catch (error) {
      this.#refusal ??= mediaError(error);
    }
  }

  async #tailFor(payloadBytes: number): Promise<Tail> {
    const tail = this.#tail;
    invariant(tail !== undefined, 'an open journal has a tail');
    if (tail.at + 2 * SLOT_BYTES + payloadBytes <= tail.segmentBytes) return tail;
    const file = await this.#disk.create(segmentName(tail.segment + 1), this.#segmentBytes);
    return withFile(file, async () => {
      const next = await this.#beginSegment(file, tail.segment + 1, this.#segmentBytes, tail.chain);
      await tail.file.write(tail.at, encodeSeal(tail.chain));
      await tail.file.sync();
      await tail.file.close();
      return next;
    });
  }

  async #beginSegment(file: JournalFile, segment: number, segmentBytes: number, chain: ChainPosition): Promise<Tail> {
    await file.write(0, encodeHeader(segment, segmentBytes, chain));
    await file.sync();
    return { file, segment, segmentBytes, at: HEADER_BYTES, chain };
  }

  #recover(tail: JournalTail): Promise<Tail> {
    return tail.kind === 'record' ? this.#recoverRecord(tail) : this.#recoverSegment(tail);
  }

  /** Sets a torn write aside and makes the last record durable, then says so by its mark. */
  async #recoverRecord(tail: JournalTail & { readonly kind: 'record' }): Promise<Tail> {
    const { segment, bytes, lastAt, end, chain, settled } = tail;
    const file = await this.#disk.open(segmentName(segment));
    return withFile(file, async () => {
      if (!settled) {
        await file.write(lastAt, bytes.slice(lastAt).fill(0, end - lastAt));
        await file.sync();
        await file.write(end, encodeMark(chain.sequence));
        await file.sync();
      }
      return { file, segment, segmentBytes: bytes.length, at: end, chain };
    });
  }

  /** Repeats the making of the newest segment, in the order of {@link #tailFor}; repeating what was whole changes nothing. */
  async #recoverSegment(tail: JournalTail & { readonly kind: 'segment' }): Promise<Tail> {
    const { segment, chain, made, sealAt } = tail;
    const name = segmentName(segment);
    const file = made ? await this.#disk.open(name) : await this.#disk.create(name, this.#segmentBytes);
    return withFile(file, async () => {
      const segmentBytes = made ? (await file.read()).length : this.#segmentBytes;
      if (made) await file.write(HEADER_BYTES, new Uint8Array(segmentBytes - HEADER_BYTES));
      const next = await this.#beginSegment(file, segment, segmentBytes, chain);
      if (sealAt !== undefined) await this.#sealAgain(segment - 1, sealAt, chain);
      return next;
    });
  }

  async #sealAgain(segment: number, at: number, chain: ChainPosition): Promise<void> {
    const file = await this.#disk.open(segmentName(segment));
    await withFile(file, async () => {
      await file.write(at, encodeSeal(chain));
      await file.sync();
    });
    await file.close();
  }
}

/**
 * The difference between two signed bundles, and how a device rebuilds the new one from it, bit by bit with its signature.
 *
 * A delta is a skippable zstd frame that says what it leads from and to, and a zstd frame for each piece of the new
 * bundle, with the same stretch of the old one and what lies around it as dictionary. In pieces, because a terminal has
 * 160 MB for everything: the whole old bundle as one dictionary took 95 MB and held the loop up for 580 ms, where
 * pieces take 26 to 34 MB and 16 ms at most (x64, --jitless).
 */
import { createHash, type Hash } from 'node:crypto';
import { closeSync, createReadStream, openSync, readSync, renameSync, rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import * as v from 'valibot';
import { sha256OfFile } from './hashes.ts';

/** One of the sixteen numbers that zstd decoders pass over. */
export const SKIPPABLE_MAGIC = 0x184d_2a5e;
export const HEADER_BYTES = 8;
const DESCRIPTION_BYTES_MAX = 8192;
/** Images have 40 MB at most: whoever says more is not believed, and asks for no more memory than a piece needs. */
const BUNDLE_BYTES_MAX = 128 * 1024 * 1024;
const PIECE_BYTES_MAX = 8 * 1024 * 1024;

const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(BUNDLE_BYTES_MAX));
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const description = v.object({
  fromSha256: sha256,
  toSha256: sha256,
  toBytes: count,
  /** Of the new bundle in each frame but the last, and of the old one before and after it in its dictionary. */
  pieceBytes: v.pipe(count, v.minValue(1), v.maxValue(PIECE_BYTES_MAX)),
  reachBytes: v.pipe(count, v.maxValue(PIECE_BYTES_MAX)),
  /** How long each frame is. */
  frames: v.array(count),
});
export type DeltaDescription = Readonly<v.InferOutput<typeof description>>;

/** The file is no delta. */
export class DeltaError extends Error {
  override readonly name = 'DeltaError';
}

/** Where the dictionary of a piece lies in the old bundle. */
export function reachOf(
  piece: number,
  { pieceBytes, reachBytes }: Pick<DeltaDescription, 'pieceBytes' | 'reachBytes'>,
): { readonly start: number; readonly end: number } {
  const at = piece * pieceBytes;
  return { start: Math.max(0, at - reachBytes), end: at + pieceBytes + reachBytes };
}

/** @throws DeltaError when the file is no delta */
export function readDelta(path: string): DeltaDescription & { readonly framesAt: number } {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(HEADER_BYTES + DESCRIPTION_BYTES_MAX);
    const got = readSync(file, head, 0, head.length, 0);
    const length = got < HEADER_BYTES ? 0 : head.readUInt32LE(4);
    if (length === 0 || length > got - HEADER_BYTES || head.readUInt32LE(0) !== SKIPPABLE_MAGIC) {
      throw new DeltaError(`${path} is no delta`);
    }
    const text = head.subarray(HEADER_BYTES, HEADER_BYTES + length).toString('utf8');
    const said = v.safeParse(v.pipe(v.string(), v.parseJson(), description), text);
    if (!said.success) throw new DeltaError(`${path} is no delta`);
    return { ...said.output, framesAt: HEADER_BYTES + length };
  } finally {
    closeSync(file);
  }
}

/** What became of it. Whatever is not `rebuilt` leaves no file: take the full bundle. */
export type DeltaOutcome =
  | { readonly kind: 'rebuilt'; readonly sha256: string }
  | { readonly kind: 'otherOrigin' }
  | { readonly kind: 'damaged' };

/**
 * Rebuilds the new bundle as `out`, checked by its hash and flushed before it gets that name. Needs memory for one piece
 * and its dictionary, and leaves the loop to others between two chunks.
 *
 * @throws DeltaError when the file is no delta, and what the machine says when its disk is full or `signal` ends it
 */
export async function applyDelta(
  from: string,
  delta: string,
  out: string,
  signal?: AbortSignal,
): Promise<DeltaOutcome> {
  const said = readDelta(delta);
  if ((await sha256OfFile(from)) !== said.fromSha256) return { kind: 'otherOrigin' };
  const partial = `${out}.part`;
  try {
    const isGood = await rebuild(from, delta, partial, said, signal);
    if (!isGood) return { kind: 'damaged' };
    renameSync(partial, out);
    return { kind: 'rebuilt', sha256: said.toSha256 };
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    // Codes of zstd itself: what it was given makes no sense. Everything else is the machine's trouble, as a full disk.
    if (/^Z(STD)?_/.test(code) || code === TOO_MUCH) return { kind: 'damaged' };
    throw error;
  } finally {
    rmSync(partial, { force: true });
  }
}

/** Writes the new bundle piece by piece. False when that is not what the delta says it leads to. */
async function rebuild(
  from: string,
  delta: string,
  to: string,
  said: ReturnType<typeof readDelta>,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const hash = createHash('sha256');
  const [source, target] = [await open(from, 'r'), await open(to, 'w')];
  try {
    const room = Buffer.alloc(said.pieceBytes + 2 * said.reachBytes);
    const sink = new Sink(target, hash, said.toBytes);
    let at = said.framesAt;
    for (const [piece, bytes] of said.frames.entries()) {
      if (bytes === 0) return false;
      const { start, end } = reachOf(piece, said);
      const { bytesRead } = await source.read(room, 0, end - start, start);
      const frame = createReadStream(delta, { start: at, end: at + bytes - 1 });
      const decoder = createZstdDecompress({ dictionary: room.subarray(0, bytesRead) });
      await pipeline(frame, decoder, sink.next(), signal === undefined ? {} : { signal });
      at += bytes;
    }
    await target.sync();
    return sink.received === said.toBytes && hash.digest('hex') === said.toSha256;
  } finally {
    await source.close();
    await target.close();
  }
}

const TOO_MUCH = 'FENQI_TOO_MUCH';

/** Where the pieces go, one after the other. Never more than was announced. */
class Sink {
  received = 0;
  readonly #file: FileHandle;
  readonly #hash: Hash;
  readonly #bytesMax: number;

  constructor(file: FileHandle, hash: Hash, bytesMax: number) {
    this.#file = file;
    this.#hash = hash;
    this.#bytesMax = bytesMax;
  }

  next(): Writable {
    return new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        this.received += chunk.length;
        if (this.received > this.#bytesMax) return done(Object.assign(new Error('too much'), { code: TOO_MUCH }));
        this.#hash.update(chunk);
        this.#file.appendFile(chunk).then(() => done(), done);
      },
    });
  }
}

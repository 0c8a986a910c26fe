/**
 * The difference between two signed bundles: a zstd frame that has the old bundle as its prefix, after a skippable frame
 * which says what it leads from and to. What comes out is the new bundle bit by bit, with its signature.
 */
import {
  closeSync,
  createReadStream,
  createWriteStream,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { appendFile, readFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdDecompress } from 'node:zlib';
import { sha256OfFile } from './hashes.ts';
import { ImageError, runTool } from './tools.ts';

/** As `zstd --long`: both bundles fit into 128 MiB. */
const WINDOW_LOG = 27;
/** One of the sixteen numbers that zstd decoders pass over. */
const SKIPPABLE_MAGIC = 0x184d_2a5e;
const HEADER_BYTES = 8;
const DESCRIPTION_BYTES_MAX = 1024;

export interface DeltaDescription {
  readonly fromSha256: string;
  readonly toSha256: string;
  readonly toBytes: number;
}

export async function makeDelta(
  from: string,
  to: string,
  out: string,
): Promise<DeltaDescription & { readonly bytes: number }> {
  const description = {
    fromSha256: await sha256OfFile(from),
    toSha256: await sha256OfFile(to),
    toBytes: statSync(to).size,
  };
  const frame = `${out}.frame`;
  try {
    await runTool('zstd', ['-q', '-f', '-9', `--long=${WINDOW_LOG}`, `--patch-from=${from}`, to, '-o', frame]);
    const text = Buffer.from(JSON.stringify(description));
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt32LE(SKIPPABLE_MAGIC, 0);
    header.writeUInt32LE(text.length, 4);
    writeFileSync(out, Buffer.concat([header, text]));
    await appendFile(out, await readFile(frame));
  } finally {
    rmSync(frame, { force: true });
  }
  return { ...description, bytes: statSync(out).size };
}

/** @throws ImageError when the file is no delta */
export function readDelta(path: string): DeltaDescription & { readonly frameAt: number } {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(HEADER_BYTES + DESCRIPTION_BYTES_MAX);
    const got = readSync(file, head, 0, head.length, 0);
    const length = got < HEADER_BYTES ? 0 : head.readUInt32LE(4);
    if (length === 0 || length > got - HEADER_BYTES || head.readUInt32LE(0) !== SKIPPABLE_MAGIC) {
      throw new ImageError(`${path} is no delta`);
    }
    const description = JSON.parse(
      head.subarray(HEADER_BYTES, HEADER_BYTES + length).toString('utf8'),
    ) as DeltaDescription;
    return { ...description, frameAt: HEADER_BYTES + length };
  } finally {
    closeSync(file);
  }
}

/** What became of it. Whatever is not `rebuilt` leaves no file: take the full bundle. */
export type DeltaOutcome =
  | { readonly kind: 'rebuilt'; readonly sha256: string }
  | { readonly kind: 'otherOrigin' }
  | { readonly kind: 'damaged' };

/** Rebuilds the new bundle as `out`, checked by its hash and flushed before it gets that name. */
export async function applyDelta(from: string, delta: string, out: string): Promise<DeltaOutcome> {
  const { fromSha256, toSha256, frameAt } = readDelta(delta);
  if ((await sha256OfFile(from)) !== fromSha256) return { kind: 'otherOrigin' };
  const partial = `${out}.part`;
  try {
    const decoder = createZstdDecompress({
      dictionary: await readFile(from),
      params: { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG },
    });
    await pipeline(createReadStream(delta, { start: frameAt }), decoder, createWriteStream(partial));
    if ((await sha256OfFile(partial)) !== toSha256) return { kind: 'damaged' };
    flush(partial);
    renameSync(partial, out);
    return { kind: 'rebuilt', sha256: toSha256 };
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    // Codes of zstd itself: what it was given makes no sense. Everything else is the machine's trouble, as a full disk.
    if (code.startsWith('ZSTD_')) return { kind: 'damaged' };
    throw error;
  } finally {
    rmSync(partial, { force: true });
  }
}

function flush(path: string): void {
  const file = openSync(path, 'r+');
  fsyncSync(file);
  closeSync(file);
}

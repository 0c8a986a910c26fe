/** Makes what {@link applyDelta} of `delta.ts` reads; only the machine that builds has the tool for it. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DeltaDescription, HEADER_BYTES, reachOf, SKIPPABLE_MAGIC } from './delta.ts';
import { sha256OfFile } from './hashes.ts';
import { runTool } from './tools.ts';

/** Dictionaries of 4 MiB: what has moved by up to one of them is still found. An update of the application moves less. */
const PIECE = { pieceBytes: 2 * 1024 * 1024, reachBytes: 1024 * 1024 };

export async function makeDelta(
  from: string,
  to: string,
  out: string,
): Promise<DeltaDescription & { readonly bytes: number }> {
  const toBytes = statSync(to).size;
  const work = mkdtempSync(join(tmpdir(), 'fenqi-delta-'));
  try {
    const frames: Buffer[] = [];
    for (let piece = 0; piece * PIECE.pieceBytes < toBytes; piece++) frames.push(await frameOf(piece, from, to, work));
    const description: DeltaDescription = {
      fromSha256: await sha256OfFile(from),
      toSha256: await sha256OfFile(to),
      toBytes,
      ...PIECE,
      frames: frames.map(({ length }) => length),
    };
    const text = Buffer.from(JSON.stringify(description));
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt32LE(SKIPPABLE_MAGIC, 0);
    header.writeUInt32LE(text.length, 4);
    writeFileSync(out, Buffer.concat([header, text, ...frames]));
    return { ...description, bytes: statSync(out).size };
  } finally {
    rmSync(work, { recursive: true });
  }
}

async function frameOf(piece: number, from: string, to: string, work: string): Promise<Buffer> {
  const at = (name: string): string => join(work, name);
  const { start, end } = reachOf(piece, PIECE);
  const begin = piece * PIECE.pieceBytes;
  writeFileSync(at('dictionary'), await stretch(from, start, end));
  writeFileSync(at('piece'), await stretch(to, begin, begin + PIECE.pieceBytes));
  await runTool('zstd', [
    '-q',
    '-f',
    '-9',
    '--long=24',
    `--patch-from=${at('dictionary')}`,
    at('piece'),
    '-o',
    at('frame'),
  ]);
  return readFile(at('frame'));
}

async function stretch(path: string, start: number, end: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(end - start);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, start);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

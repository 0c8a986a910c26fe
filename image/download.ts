/**
 * Downloads that go on where they broke off. Two files live beside the target while it is incomplete: `.part` holds what
 * has come, `.part.json` says of what. Both stay when the network fails, and both go when they are of no use: another
 * file is wanted, the server has another one now, the hash is wrong, or the disk is full, because the journal on the
 * same disk needs the room more.
 */
import { existsSync, readFileSync, renameSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { dirname } from 'node:path';
import { finished } from 'node:stream/promises';
import { sha256OfFile } from './hashes.ts';
import { httpGet, type HttpsTrust } from './http-get.ts';
import { RESERVED_BYTES } from './update-policy.ts';

export interface DownloadRequest {
  readonly url: string;
  readonly path: string;
  /** Of the whole file, from a signed manifest. */
  readonly sha256: string;
  readonly bytes: number;
  /** Silence that ends an attempt. */
  readonly idleMs?: number;
  readonly trust?: HttpsTrust;
  readonly signal?: AbortSignal;
}

export interface DownloadFile {
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** What a machine gives; tests fill its disk. */
export interface DownloadDisk {
  freeBytes(folder: string): number;
  append(path: string): Promise<DownloadFile>;
}

export type DownloadOutcome =
  | { readonly kind: 'done' }
  /** Try again later: what has come is kept. */
  | { readonly kind: 'interrupted'; readonly received: number; readonly reason: string }
  /** The server has no such file, or gives it to nobody. */
  | { readonly kind: 'refused'; readonly status: number }
  | { readonly kind: 'wrongContent' }
  | { readonly kind: 'diskFull'; readonly needed: number; readonly free: number };

interface Partial {
  readonly url: string;
  readonly sha256: string;
  /** Strong ETag that the first bytes came with. */
  readonly etag: string | null;
}

const IDLE_MS = 30_000;

const REAL_DISK: DownloadDisk = {
  freeBytes: (folder) => {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  },
  append: async (path) => {
    const file = await open(path, 'a');
    return { write: async (bytes) => file.appendFile(bytes), close: () => file.close() };
  },
};

export async function download(request: DownloadRequest, disk: DownloadDisk = REAL_DISK): Promise<DownloadOutcome> {
  const part = `${request.path}.part`;
  const note = `${part}.json`;
  const discard = (): void => [part, note].forEach((path) => rmSync(path, { force: true }));
  const kept = readNote(note);
  if (kept?.url !== request.url || kept.sha256 !== request.sha256 || sizeOf(part) > request.bytes) discard();
  const free = disk.freeBytes(dirname(request.path));
  const needed = request.bytes - sizeOf(part) + RESERVED_BYTES;
  if (free < needed) {
    discard();
    return { kind: 'diskFull', needed, free };
  }
  if (sizeOf(part) < request.bytes) {
    const outcome = await receive(request, part, note, disk);
    if (outcome !== undefined) {
      if (outcome.kind !== 'interrupted') discard();
      return outcome;
    }
  }
  if (sizeOf(part) !== request.bytes || (await sha256OfFile(part)) !== request.sha256) {
    discard();
    return { kind: 'wrongContent' };
  }
  await flush(part);
  renameSync(part, request.path);
  discard();
  return { kind: 'done' };
}

/** Appends what the server gives. Undefined when the answer came to its end. */
async function receive(
  request: DownloadRequest,
  part: string,
  note: string,
  disk: DownloadDisk,
): Promise<DownloadOutcome | undefined> {
  let answer: IncomingMessage;
  try {
    answer = await ask(request, sizeOf(part), readNote(note)?.etag ?? null);
  } catch (error) {
    return { kind: 'interrupted', received: sizeOf(part), reason: reasonOf(error) };
  }
  const status = answer.statusCode ?? 0;
  const goesOn = status === 206 && answer.headers['content-range']?.startsWith(`bytes ${sizeOf(part)}-`) === true;
  if (status !== 200 && !goesOn) {
    answer.destroy();
    // A range that the server cannot give, or another one than asked for: what is kept is of no use.
    if (status === 206 || status === 416) {
      rmSync(part, { force: true });
      return { kind: 'interrupted', received: 0, reason: `range refused (${status})` };
    }
    if (status >= 500 || status === 429) {
      return { kind: 'interrupted', received: sizeOf(part), reason: `status ${status}` };
    }
    return { kind: 'refused', status };
  }
  // 200: the server knows no ranges, or its file has changed. Either way this is the whole file, from its first byte.
  if (!goesOn) rmSync(part, { force: true });
  const { etag } = answer.headers;
  const strong = etag?.startsWith('"') === true ? etag : null;
  writeFileSync(note, JSON.stringify({ url: request.url, sha256: request.sha256, etag: strong } satisfies Partial));
  try {
    await append(answer, request.bytes - sizeOf(part), await disk.append(part));
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof TooMuch) return { kind: 'wrongContent' };
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      return { kind: 'diskFull', needed: request.bytes - sizeOf(part), free: disk.freeBytes(dirname(part)) };
    }
    return { kind: 'interrupted', received: sizeOf(part), reason: reasonOf(error) };
  }
}

class TooMuch extends Error {}

/** Writes what comes as it comes, so that it is there when the connection breaks. Never more than was announced. */
async function append(answer: IncomingMessage, bytesMax: number, file: DownloadFile): Promise<void> {
  let received = 0;
  let writing: Promise<void> = Promise.resolve();
  answer.on('data', (chunk: Buffer) => {
    received += chunk.length;
    if (received > bytesMax) return void answer.destroy(new TooMuch('more bytes than announced'));
    answer.pause();
    writing = writing.then(() => file.write(chunk)).then(() => void answer.resume());
    writing.catch((error: Error) => answer.destroy(error));
  });
  try {
    await finished(answer);
  } finally {
    try {
      await writing;
    } finally {
      await file.close();
    }
  }
}

function ask(request: DownloadRequest, from: number, etag: string | null): Promise<IncomingMessage> {
  const headers: Record<string, string> = {};
  if (from > 0) headers['range'] = `bytes=${from}-`;
  if (from > 0 && etag !== null) headers['if-range'] = etag;
  const { url, idleMs = IDLE_MS, trust, signal } = request;
  return httpGet(url, { headers, idleMs, ...(trust && { trust }), ...(signal && { signal }) });
}

function readNote(path: string): Partial | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Partial;
  } catch {
    return undefined;
  }
}

function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}

async function flush(path: string): Promise<void> {
  const file = await open(path, 'r+');
  await file.sync();
  await file.close();
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}

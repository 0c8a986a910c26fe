import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { download, type DownloadDisk, type DownloadRequest } from '../../image/download.ts';

const FILE = randomBytes(300_000);
const HALF = 150_000;

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Serves ranges of a file as a plain web server does. */
function serving(file: Buffer, etag: string | null): Answer {
  return (request, response) => {
    const { range, 'if-range': ifRange } = request.headers;
    const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    if (etag !== null) response.setHeader('etag', etag);
    if (range === undefined || (ifRange !== undefined && ifRange !== etag)) return void response.end(file);
    if (from >= file.length) return void response.writeHead(416).end();
    response.writeHead(206, { 'content-range': `bytes ${from}-${file.length - 1}/${file.length}` });
    response.end(file.subarray(from));
  };
}

/** Sends some bytes and hangs up. */
function breakingOff(after: number, etag: string | null = '"1"'): Answer {
  return (_request, response) => {
    if (etag !== null) response.setHeader('etag', etag);
    response.writeHead(200, { 'content-length': FILE.length });
    response.write(FILE.subarray(0, after), () => response.destroy());
  };
}

let folder: string;
let server: Server;
let answer: Answer;
let asked: IncomingMessage['headers'][];
let wanted: DownloadRequest;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fenqi-download-'));
  asked = [];
  answer = serving(FILE, '"1"');
  server = createServer((request, response) => {
    asked.push(request.headers);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const path = join(folder, 'new.raucb');
  wanted = { url: `http://127.0.0.1:${port}/new.raucb`, path, sha256: sha256(FILE), bytes: FILE.length };
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

const part = (): string => `${wanted.path}.part`;
const nothingKept = (): void => {
  expect([wanted.path, part(), `${part()}.json`].filter((path) => existsSync(path))).toEqual([]);
};
const isComplete = (): void => {
  expect(readFileSync(wanted.path).equals(FILE)).toBe(true);
  expect([part(), `${part()}.json`].filter((path) => existsSync(path))).toEqual([]);
};

describe('a download', () => {
  it('comes whole, and leaves nothing beside it', async () => {
    expect(await download(wanted)).toEqual({ kind: 'done' });
    isComplete();
  });

  it('goes on where it broke off, if the file is still the same one', async () => {
    answer = breakingOff(HALF);
    const { kind, received } = (await download(wanted)) as { readonly kind: string; readonly received: number };
    expect([kind, received > 0, received <= HALF]).toEqual(['interrupted', true, true]);
    answer = serving(FILE, '"1"');
    expect(await download(wanted)).toEqual({ kind: 'done' });
    expect(asked[1]).toMatchObject({ range: `bytes=${received}-`, 'if-range': '"1"' });
    isComplete();
  });

  it('goes on without an ETag too: the hash decides', async () => {
    answer = breakingOff(HALF, null);
    await download(wanted);
    answer = serving(FILE, null);
    expect(await download(wanted)).toEqual({ kind: 'done' });
    expect(asked[1]).toHaveProperty('range');
    expect(asked[1]).not.toHaveProperty('if-range');
    isComplete();
  });

  it('begins anew when the server ignores ranges', async () => {
    answer = breakingOff(HALF);
    await download(wanted);
    answer = (_request, response) => void response.end(FILE);
    expect(await download(wanted)).toEqual({ kind: 'done' });
    isComplete();
  });

  it('begins anew when the server has another file now', async () => {
    answer = breakingOff(HALF);
    await download(wanted);
    const other = randomBytes(FILE.length);
    answer = serving(other, '"2"');
    expect(await download(wanted)).toEqual({ kind: 'wrongContent' });
    nothingKept();
  });

  it('begins anew when another file is wanted', async () => {
    answer = breakingOff(HALF);
    await download(wanted);
    const other = randomBytes(1000);
    answer = serving(other, '"1"');
    expect(await download({ ...wanted, sha256: sha256(other), bytes: other.length })).toEqual({ kind: 'done' });
    expect(asked[1]).not.toHaveProperty('range');
    expect(readFileSync(wanted.path).equals(other)).toBe(true);
  });

  it('is done when only the renaming was cut', async () => {
    answer = breakingOff(HALF);
    await download(wanted);
    writeFileSync(part(), FILE);
    expect(await download(wanted)).toEqual({ kind: 'done' });
    expect(asked).toHaveLength(1);
    isComplete();
  });

  it('keeps nothing that a server answers with another range', async () => {
    answer = breakingOff(HALF);
    await download(wanted);
    answer = (_request, response) =>
      void response.writeHead(206, { 'content-range': 'bytes 0-9/10' }).end('0123456789');
    expect(await download(wanted)).toMatchObject({ kind: 'interrupted', received: 0 });
    answer = serving(FILE, '"1"');
    expect(await download(wanted)).toEqual({ kind: 'done' });
    isComplete();
  });

  it.each([
    ['more than announced', Buffer.concat([FILE, Buffer.alloc(100_000)])],
    ['less than announced', FILE.subarray(0, HALF)],
    ['as much, of something else', randomBytes(FILE.length)],
  ])('is refused when the server has %s', async (_what, file) => {
    answer = (_request, response) => void response.end(file);
    expect(await download(wanted)).toEqual({ kind: 'wrongContent' });
    nothingKept();
  });

  it.each([403, 404, 410])('is given up on status %d', async (status) => {
    answer = (_request, response) => void response.writeHead(status).end('no');
    expect(await download(wanted)).toEqual({ kind: 'refused', status });
    nothingKept();
  });

  it.each([429, 500, 503])('is tried later on status %d, with what has come', async (status) => {
    answer = breakingOff(HALF);
    await download(wanted);
    answer = (_request, response) => void response.writeHead(status).end('later');
    expect(await download(wanted)).toMatchObject({ kind: 'interrupted', reason: `status ${status}` });
    expect(existsSync(part())).toBe(true);
  });

  it('is tried later when nobody is there, or nobody speaks', async () => {
    answer = () => undefined;
    expect(await download({ ...wanted, idleMs: 20 })).toMatchObject({ kind: 'interrupted' });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(await download(wanted)).toEqual({ kind: 'interrupted', received: 0, reason: 'ECONNREFUSED' });
    server.listen(0);
  });

  it('follows a redirection, with its range, and not for ever', async () => {
    const whole = serving(FILE, '"1"');
    answer = (request, response) =>
      request.url === '/new.raucb'
        ? void response.writeHead(302, { location: '/mirror' }).end()
        : whole(request, response);
    expect(await download(wanted)).toEqual({ kind: 'done' });
    answer = (_request, response) => void response.writeHead(302, { location: '/new.raucb' }).end();
    expect(await download({ ...wanted, path: join(folder, 'again') })).toMatchObject({ reason: 'too many redirects' });
  });
});

describe('a download onto a full disk', () => {
  const write = async (path: string, bytes: Uint8Array): Promise<void> => writeFileSync(path, bytes, { flag: 'a' });
  const close = async (): Promise<void> => undefined;
  const roomy: DownloadDisk = {
    freeBytes: () => 1e12,
    append: async (path) => ({ write: (bytes) => write(path, bytes), close }),
  };

  it('does not begin when there is no room for it beside the journal', async () => {
    expect(await download(wanted, { ...roomy, freeBytes: () => FILE.length })).toMatchObject({ kind: 'diskFull' });
    expect(asked).toHaveLength(0);
    nothingKept();
  });

  it('gives back what it took when the disk fills up under way', async () => {
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    let taken = 0;
    const append: DownloadDisk['append'] = async (path) => ({
      close,
      write: async (bytes) => {
        taken += bytes.length;
        if (taken > HALF) throw full;
        await write(path, bytes);
      },
    });
    expect(await download(wanted, { ...roomy, append })).toMatchObject({ kind: 'diskFull' });
    nothingKept();
  });
});

/** The terminal gets its updates from a server of this machine; root's part is what its files say. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { UpdateSource, type UpdateSourceParts } from '../../../apps/device/update-source.ts';
import { httpsTrust } from '../../../drivers/linux/tls-connect.ts';
import { bootId } from '../../../image/boot-id.ts';
import { type KeyFiles, makeKeys } from '../../../image/development-keys.ts';
import { makeDelta } from '../../../image/make-delta.ts';
import { sealManifest, signWith, type UpdateManifest } from '../../../image/update-manifest.ts';
import { benchFolder, noise } from '../../image/image-fixture.ts';
import { imageTool } from '../../image/image-tools.ts';

const HAS_OPENSSL = imageTool('openssl', 'openssl');
const HAS_ZSTD = imageTool('zstd', 'zstd');
const MARCH = Date.parse('2027-03-01T00:00:00Z');
const BUNDLE = noise(600_000, 'new bundle');
/** Most of the new one is in it. */
const OLD = Buffer.concat([BUNDLE.subarray(0, 550_000), noise(50_000, 'old')]);
const NEVER = new AbortController().signal;

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

(HAS_OPENSSL ? describe : describe.skip)('a terminal', () => {
  let folder: string;
  let keys: KeyFiles;
  let others: KeyFiles;
  let device: string;
  let server: Server;
  let base: string;
  /** What the server has, by path. */
  let files: Map<string, Buffer>;
  let asked: string[];
  let onRequest: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;

  beforeAll(async () => {
    folder = benchFolder();
    keys = await makeKeys(join(folder, 'keys'));
    others = await makeKeys(join(folder, 'others'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  beforeEach(async () => {
    device = benchFolder();
    for (const name of ['slot/update', 'update', 'system']) mkdirSync(join(device, name), { recursive: true });
    const manifest = { version: '1.0.0', compatible: 'fenqi-bench-debug' };
    writeFileSync(join(device, 'slot/manifest.json'), JSON.stringify(manifest));
    writeFileSync(join(device, 'slot/update/root.pem'), readFileSync(keys.root));
    asked = [];
    onRequest = undefined;
    files = new Map([['/new.raucb', BUNDLE]]);
    server = createServer((request, response) => {
      const { url = '' } = request;
      asked.push(url);
      if (onRequest?.(request, response) === true) return;
      const file = files.get(url);
      const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
      if (file === undefined) return void response.writeHead(404).end();
      if (from === 0) return void response.end(file);
      response.writeHead(206, { 'content-range': `bytes ${from}-${file.length - 1}/${file.length}` });
      response.end(file.subarray(from));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await offer();
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(device, { recursive: true });
  });

  async function offer(over: Partial<UpdateManifest> = {}, { cert, key } = keys): Promise<void> {
    const bundle = { url: `${base}/new.raucb`, size: BUNDLE.length, sha256: sha256(BUNDLE) };
    const times = { notBefore: '2027-01-01T00:00:00Z', expires: '2027-04-01T00:00:00Z' };
    const said = {
      version: '1.1.0',
      compatible: 'fenqi-bench-debug',
      floor: '0.0.0',
      ...times,
      bundle,
      deltas: [],
      ...over,
    };
    const text = await sealManifest(said, readFileSync(cert, 'utf8'), signWith(readFileSync(key, 'utf8')));
    files.set('/manifest.json', Buffer.from(text));
  }
  async function offerDelta(spoil: (delta: Buffer) => Buffer = (delta) => delta): Promise<void> {
    const at = (name: string): string => join(folder, name);
    writeFileSync(at('old'), OLD);
    writeFileSync(at('new'), BUNDLE);
    await makeDelta(at('old'), at('new'), at('delta'));
    const delta = spoil(readFileSync(at('delta')));
    files.set('/new.delta', delta);
    writeFileSync(join(device, 'system/installed.raucb'), OLD, { mode: 0o644 });
    const described = { fromSha256: sha256(OLD), url: `${base}/new.delta`, size: delta.length, sha256: sha256(delta) };
    await offer({ deltas: [described] });
  }
  const source = (over: Partial<UpdateSourceParts> = {}): UpdateSource =>
    new UpdateSource({
      folders: { slot: join(device, 'slot'), incoming: join(device, 'update'), system: join(device, 'system') },
      manifest: `${base}/manifest.json`,
      trust: {},
      trustedNow: () => MARCH,
      idleMs: 2_000,
      ...over,
    });
  const check = (signal = NEVER) => source().check(signal);
  const lies = (): string[] => readdirSync(join(device, 'update')).toSorted();
  const isReady = (): void => {
    expect(lies()).toEqual(['install.json', 'install.raucb']);
    expect(readFileSync(join(device, 'update/install.raucb')).equals(BUNDLE)).toBe(true);
    expect(readFileSync(join(device, 'update/install.json'))).toEqual(files.get('/manifest.json'));
  };
  const rootSaid = (record: object): void => {
    const usual = { sha256: sha256(BUNDLE), reasons: [], boot: bootId() };
    writeFileSync(join(device, 'system/result.json'), JSON.stringify({ ...usual, ...record }));
  };
  /** Answers the first request for this path by half of it and hangs up. */
  const breakOff = (path: string): void => {
    onRequest = (request, response) => {
      const file = files.get(path);
      if (request.url !== path || file === undefined) return false;
      onRequest = undefined;
      response.writeHead(200, { 'content-length': file.length });
      response.write(file.subarray(0, file.length / 2), () => response.destroy());
      return true;
    };
  };

  it('gets what is new, and puts it ready with its manifest', async () => {
    expect(await check()).toEqual({ kind: 'ready', version: '1.1.0' });
    isReady();
  });

  it('leaves what is ready to root, and says what it waits for', async () => {
    await check();
    rootSaid({ kind: 'wait', sha256: undefined, reasons: [{ reason: 'uploadOwed', zh: '', en: '' }] });
    asked = [];
    expect(await check()).toEqual({ kind: 'ready', version: '1.1.0', reasons: ['uploadOwed'] });
    expect(asked).toEqual([]);
  });

  it.each<[string, Partial<UpdateManifest>, object]>([
    ['is what runs', { version: '1.0.0' }, { kind: 'current' }],
    ['is older', { version: '0.9.0' }, { kind: 'current' }],
    ['is for another board', { compatible: 'fenqi-other-debug' }, { kind: 'refused', reasons: ['wrongBoard'] }],
    ['is of the other variant', { compatible: 'fenqi-bench-release' }, { kind: 'refused', reasons: ['wrongVariant'] }],
    ['is below its own floor', { floor: '1.2.0' }, { kind: 'refused', reasons: ['belowFloor'] }],
    ['has expired', { expires: '2027-02-01T00:00:00Z' }, { kind: 'refused', reasons: ['expired'] }],
    ['is for later', { notBefore: '2027-03-20T00:00:00Z' }, { kind: 'refused', reasons: ['notYet'] }],
  ])('gets nothing that %s', async (_, over, report) => {
    await offer(over);
    expect(await check()).toMatchObject(report);
    expect([lies(), asked]).toEqual([[], ['/manifest.json']]);
  });

  it('gets nothing below the floor that root keeps, nor what another signer offers', async () => {
    writeFileSync(join(device, 'system/floor'), '1.2.0\n');
    expect(await check()).toMatchObject({ kind: 'refused', reasons: ['belowFloor'] });
    await offer({}, others);
    expect(await check()).toEqual({ kind: 'refused', reasons: ['notTrusted'] });
    rmSync(join(device, 'slot/update'), { recursive: true });
    expect(await check()).toEqual({ kind: 'unavailable' });
    expect(lies()).toEqual([]);
  });

  it('lets nothing expire by a clock that nothing vouches for', async () => {
    await offer({ expires: '2027-02-01T00:00:00Z' });
    const unsure = source({ trustedNow: () => undefined });
    expect(await unsure.check(NEVER)).toMatchObject({ kind: 'ready' });
  });

  it('goes on where a download broke off', async () => {
    breakOff('/new.raucb');
    expect(await check()).toMatchObject({ kind: 'interrupted', version: '1.1.0' });
    const part = join(device, 'update', `${sha256(BUNDLE)}.part`);
    expect(readFileSync(part).length).toBeGreaterThan(0);
    expect(await check()).toMatchObject({ kind: 'ready' });
    isReady();
  });

  it('ends at once when somebody comes, and keeps what has come', async () => {
    const controller = new AbortController();
    onRequest = (request, response) => {
      if (request.url !== '/new.raucb') return false;
      onRequest = undefined;
      response.writeHead(200, { 'content-length': BUNDLE.length });
      response.write(BUNDLE.subarray(0, 300_000), () => controller.abort());
      return true;
    };
    expect(await check(controller.signal)).toMatchObject({ kind: 'interrupted' });
    expect(existsSync(join(device, 'update/install.raucb'))).toBe(false);
    expect(await check()).toMatchObject({ kind: 'ready' });
    isReady();
  });

  it('throws away what it has of an older offer', async () => {
    breakOff('/new.raucb');
    await check();
    const newest = noise(300_000, 'newest');
    files.set('/newest.raucb', newest);
    await offer({
      version: '1.2.0',
      bundle: { url: `${base}/newest.raucb`, size: newest.length, sha256: sha256(newest) },
    });
    expect(await check()).toMatchObject({ kind: 'ready', version: '1.2.0' });
    expect(lies()).toEqual(['install.json', 'install.raucb']);
  });

  it('takes what a cut has left whole', async () => {
    writeFileSync(join(device, 'update', sha256(BUNDLE)), BUNDLE);
    writeFileSync(join(device, 'update/install.json.new'), '{');
    expect(await check()).toMatchObject({ kind: 'ready' });
    expect(asked).toEqual(['/manifest.json']);
    isReady();
  });

  it.each<[string, (lay: (name: string, bytes: Uint8Array) => void) => void]>([
    ['of a download', (lay) => lay(`${sha256(BUNDLE)}.part`, noise(1000, 'x'))],
    ['of a note', (lay) => lay(`${sha256(BUNDLE)}.part.json`, Buffer.from('{"url":'))],
    ['of a bundle that was not flushed', (lay) => lay(sha256(BUNDLE), Buffer.alloc(BUNDLE.length))],
    ['of handing over', (lay) => lay('install.json', Buffer.from('{}'))],
    ['that nothing of today leaves', (lay) => lay('anything', Buffer.alloc(10))],
  ])('is not held up by rests %s', async (_, leave) => {
    leave((name, bytes) => writeFileSync(join(device, 'update', name), bytes));
    expect(await check()).toMatchObject({ kind: 'ready' });
    isReady();
  });

  it.each([
    ['nobody answers', (_: IncomingMessage, response: ServerResponse) => void response.destroy(), 'ECONNRESET'],
    [
      'the server is not well',
      (_: IncomingMessage, response: ServerResponse) => void response.writeHead(503).end(),
      'status 503',
    ],
    [
      'the answer has no end',
      (_: IncomingMessage, response: ServerResponse) => void response.end(Buffer.alloc(200_000)),
      'the answer is too long',
    ],
  ])('asks again later when %s', async (_, answer, reason) => {
    onRequest = (request, response) => {
      answer(request, response);
      return true;
    };
    expect(await check()).toEqual({ kind: 'interrupted', reasons: [reason] });
    onRequest = undefined;
    expect(await check()).toMatchObject({ kind: 'ready' });
  });

  it('does not fetch again and again what is something else than the manifest says', async () => {
    files.set('/new.raucb', noise(BUNDLE.length, 'something else'));
    const patient = source();
    expect(await patient.check(NEVER)).toMatchObject({ kind: 'refused', reasons: ['wrongContent'] });
    asked = [];
    expect(await patient.check(NEVER)).toMatchObject({ kind: 'refused', reasons: ['wrongContent'] });
    expect([asked, lies()]).toEqual([['/manifest.json'], []]);
  });

  it('gets no bundle from another machine without TLS', async () => {
    await offer({ bundle: { url: 'http://updates.example/new.raucb', size: 1, sha256: sha256(BUNDLE) } });
    expect(await check()).toMatchObject({ kind: 'interrupted', reasons: ['an address without TLS'] });
  });

  it('gets nothing that there is no room for', async () => {
    await offer({ bundle: { url: `${base}/new.raucb`, size: 500_000_000, sha256: sha256(BUNDLE) } });
    // Whether there is so much room depends on the machine: with it the server has less than announced.
    expect(['noSpace', 'refused']).toContain((await check()).kind);
    expect(lies()).toEqual([]);
  });

  describe('remembers what root has said', () => {
    it.each<[string, object, object]>([
      ['refused', { kind: 'refuse', reasons: [{ reason: 'wrongBoard', zh: '', en: '' }] }, { reasons: ['wrongBoard'] }],
      [
        'failed three times',
        { kind: 'failed', reason: 'no', failed: { sha256: sha256(BUNDLE), times: 3 } },
        { reasons: ['no'] },
      ],
      [
        'failed three times, and waits now',
        { kind: 'wait', sha256: undefined, failed: { sha256: sha256(BUNDLE), times: 3 } },
        { kind: 'refused' },
      ],
      ['installed in this start', { kind: 'installed', version: '1.1.0' }, { kind: 'installed', version: '1.1.0' }],
      [
        'installed in an earlier start, and the old version runs',
        { kind: 'installed', version: '1.1.0', boot: 'earlier' },
        { kind: 'rolledBack', version: '1.1.0' },
      ],
    ])('%s: it is not put before root again', async (_, record, report) => {
      rootSaid(record);
      expect(await check()).toMatchObject(report);
      expect([asked, lies()]).toEqual([['/manifest.json'], []]);
    });

    it.each<[string, object]>([
      ['failed once', { kind: 'failed', reason: 'no', failed: { sha256: sha256(BUNDLE), times: 1 } }],
      ['refused another bundle', { kind: 'refuse', sha256: 'ab'.repeat(32) }],
      ['rolled back another bundle', { kind: 'installed', sha256: 'ab'.repeat(32), version: '1.0.9', boot: 'earlier' }],
      ['nothing that can be read', { kind: 'something new' }],
    ])('%s: it gets what is offered', async (_, record) => {
      rootSaid(record);
      expect(await check()).toMatchObject({ kind: 'ready' });
    });

    it('and tells what became of the last bundle after a start', () => {
      rootSaid({ kind: 'installed', version: '1.1.0', boot: 'earlier' });
      expect(source().rootSays()).toEqual({ kind: 'rolledBack', version: '1.1.0' });
      rootSaid({ kind: 'installed', version: '1.0.0', boot: 'earlier' });
      expect(source().rootSays()).toEqual({ kind: 'current' });
      rmSync(join(device, 'system/result.json'));
      expect(source().rootSays()).toBeUndefined();
    });
  });

  (HAS_ZSTD ? describe : describe.skip)('with the bundle before', () => {
    it('gets the difference alone', async () => {
      await offerDelta();
      expect(await check()).toMatchObject({ kind: 'ready' });
      expect(asked).toEqual(['/manifest.json', '/new.delta']);
      isReady();
    });

    it('gets the whole bundle when it is another one, or cannot be read', async () => {
      await offerDelta();
      writeFileSync(join(device, 'system/installed.raucb'), 'another');
      expect(await check()).toMatchObject({ kind: 'ready' });
      expect(asked).toEqual(['/manifest.json', '/new.raucb']);
      rmSync(join(device, 'update/install.raucb'));
      rmSync(join(device, 'system/installed.raucb'));
      mkdirSync(join(device, 'system/installed.raucb'));
      expect(await check()).toMatchObject({ kind: 'ready' });
      isReady();
    });

    it.each<[string, (delta: Buffer) => Buffer]>([
      ['is no delta', () => noise(1000, 'x')],
      ['is cut', (delta) => delta.subarray(0, delta.length - 20)],
      ['was made wrong', (delta) => Buffer.concat([delta.subarray(0, -40), noise(40, 'x')])],
    ])('gets the whole bundle when the difference %s', async (_, spoil) => {
      await offerDelta(spoil);
      expect(await check()).toMatchObject({ kind: 'ready' });
      expect(asked).toEqual(['/manifest.json', '/new.delta', '/new.raucb']);
      isReady();
    });

    it('gets the whole bundle when the difference is not to be had', async () => {
      await offerDelta();
      files.delete('/new.delta');
      expect(await check()).toMatchObject({ kind: 'ready' });
      isReady();
    });

    it('goes on with the difference where that broke off', async () => {
      await offerDelta();
      breakOff('/new.delta');
      expect(await check()).toMatchObject({ kind: 'interrupted' });
      expect(await check()).toMatchObject({ kind: 'ready' });
      expect(asked).not.toContain('/new.raucb');
      isReady();
    });
  });

  it.each<[string, string, readonly string[], object]>([
    ['its authority', 'authority.pem', [], { kind: 'refused', reasons: ['belowFloor'] }],
    ['another authority', 'stranger.pem', [], { kind: 'interrupted' }],
    ['another public key', 'authority.pem', ['A'.repeat(43)], { kind: 'interrupted', reasons: ['PIN_MISMATCH'] }],
  ])('asks over TLS whom it trusts: by %s', async (_, authority, pins, report) => {
    await offer({ floor: '9.0.0' });
    const fixture = (name: string) => readFileSync(new URL(`../../fixtures/tls/${name}`, import.meta.url), 'utf8');
    const channel = createTlsServer({ cert: fixture('host.pem'), key: fixture('host.key.pem') }, (_request, response) =>
      response.end(files.get('/manifest.json')),
    );
    await new Promise<void>((resolve) => channel.listen(0, '127.0.0.1', resolve));
    const asking = source({
      manifest: `https://127.0.0.1:${(channel.address() as AddressInfo).port}/manifest.json`,
      trust: httpsTrust({ ca: fixture(authority), pins }),
    });
    expect(await asking.check(NEVER)).toMatchObject(report);
    await new Promise((resolve) => channel.close(resolve));
  });

  it('says so when its folder cannot be written', async () => {
    rmSync(join(device, 'update'), { recursive: true });
    writeFileSync(join(device, 'update'), 'a file');
    await expect(check()).rejects.toThrow();
  });
});

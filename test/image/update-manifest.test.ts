import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runImage } from '../../apps/cli/image.ts';
import { type KeyFiles, makeKeys } from '../../image/development-keys.ts';
import { sha256OfFile } from '../../image/hashes.ts';
import { makeDelta } from '../../image/make-delta.ts';
import { makeBundle } from '../../image/raucb.ts';
import { sealManifest, signWith, type UpdateManifest, verifyManifest } from '../../image/update-manifest.ts';
import { said } from './cli-said.ts';
import { benchFolder, smallImage } from './image-fixture.ts';
import { imageTool } from './image-tools.ts';

const HAS_OPENSSL = imageTool('openssl', 'openssl');
const HAS_ALL = ['rauc', 'zstd'].every((name) => imageTool(name, name)) && imageTool('mksquashfs', 'squashfs-tools');

const HEX = 'ab'.repeat(32);
const OFFER: UpdateManifest = {
  version: '1.1.0',
  compatible: 'fenqi-bench-debug',
  floor: '0.9.0',
  notBefore: '2027-01-01T00:00:00Z',
  expires: '2027-04-01T00:00:00Z',
  bundle: { url: 'https://updates.example/new.raucb', size: 37_000_000, sha256: HEX },
  deltas: [{ fromSha256: HEX, url: 'https://updates.example/new.delta', size: 400_000, sha256: HEX }],
};
const MARCH = Date.parse('2027-03-01T00:00:00Z');

let folder: string;
let keys: KeyFiles;
let others: KeyFiles;
const text = (path: string): string => readFileSync(path, 'utf8');

beforeAll(async () => {
  folder = benchFolder();
  if (!HAS_OPENSSL) return;
  keys = await makeKeys(join(folder, 'keys'));
  others = await makeKeys(join(folder, 'others'), 'Example products');
});
afterAll(() => rmSync(folder, { recursive: true }));

(HAS_OPENSSL ? describe : describe.skip)('the manifest of an update channel', () => {
  const sealed = (over: Partial<UpdateManifest> = {}, { cert, key } = keys): Promise<string> =>
    sealManifest({ ...OFFER, ...over }, text(cert), signWith(text(key)));
  const verified = async (sent: string | Promise<string>, now?: number) =>
    verifyManifest(await sent, text(keys.root), now);

  it('is believed when the signer descends from the root of the slot', async () => {
    expect(await verified(sealed())).toEqual({ kind: 'valid', manifest: OFFER });
  });

  it('of a product is not believed by a debug image, nor the other way round', async () => {
    const sent = await sealed({}, others);
    expect(await verified(sent)).toEqual({ kind: 'refused', reason: 'notTrusted' });
    expect(verifyManifest(sent, text(others.root), undefined).kind).toBe('valid');
    expect(verifyManifest(await sealed(), text(others.root), undefined).kind).toBe('refused');
  });

  it.each<[string, (sent: Record<string, string>) => object]>([
    ['another word', ({ signed = '' }) => ({ signed: signed.replace('1.1.0', '1.1.1') })],
    ['a blank', ({ signed = '' }) => ({ signed: `${signed} ` })],
    ['no signature', () => ({ signature: '' })],
    ['the certificate of another signer', () => ({ certificate: text(others.cert) })],
    ['the root as signer', () => ({ certificate: text(keys.root) })],
    ['no certificate', () => ({ certificate: 'none' })],
  ])('is not believed with %s', async (_, changes) => {
    const sent = JSON.parse(await sealed()) as Record<string, string>;
    expect(await verified(JSON.stringify({ ...sent, ...changes(sent) }))).toEqual({
      kind: 'refused',
      reason: 'notTrusted',
    });
  });

  it('is not believed when the root itself has signed: its key is for certificates', async () => {
    const sent = await sealed({}, { ...keys, cert: keys.root, key: keys.rootKey });
    expect(await verified(sent)).toEqual({ kind: 'refused', reason: 'notTrusted' });
  });

  it('is not what was signed for another purpose', async () => {
    const signed = JSON.stringify(OFFER);
    const signature = (await signWith(text(keys.key))(Buffer.from(signed))).toString('base64');
    const sent = JSON.stringify({ signed, signature, certificate: text(keys.cert) });
    expect(await verified(sent)).toEqual({ kind: 'refused', reason: 'notTrusted' });
  });

  it.each(['', 'null', '[]', '{"signed":1}', '<html>captive portal</html>'])('is no manifest: %j', async (sent) => {
    expect(await verified(sent)).toEqual({ kind: 'refused', reason: 'malformed' });
  });

  it('is no manifest when the signer left something out, and may say more', async () => {
    const signing = async (said: object) => {
      const signed = JSON.stringify(said);
      const signature = await signWith(text(keys.key))(Buffer.from(`fenqi update manifest 1\n${signed}`));
      return JSON.stringify({ signed, signature: signature.toString('base64'), certificate: text(keys.cert) });
    };
    expect(await verified(signing({ ...OFFER, bundle: undefined }))).toMatchObject({ reason: 'malformed' });
    expect(await verified(signing({ ...OFFER, expires: 'next year' }))).toMatchObject({ reason: 'malformed' });
    expect(await verified(signing({ ...OFFER, rollout: 10 }))).toMatchObject({ kind: 'valid' });
  });

  it('has its time, as long as something vouches for the clock', async () => {
    const from = Date.parse(OFFER.notBefore);
    const to = Date.parse(OFFER.expires);
    const answers = [MARCH, from, from - 1, to - 1, to].map((now) => verified(sealed(), now));
    const reasons = (await Promise.all(answers)).map((answer) => ('reason' in answer ? answer.reason : answer.kind));
    expect(reasons).toEqual(['valid', 'valid', 'notYet', 'valid', 'expired']);
    expect(await verified(sealed({ expires: '2020-01-01T00:00:00Z' }))).toMatchObject({ kind: 'valid' });
    // The certificate of the signer lasts two years.
    const late = verified(sealed({ expires: '2099-01-01T00:00:00Z' }), Date.parse('2050-01-01T00:00:00Z'));
    expect(await late).toEqual({ kind: 'refused', reason: 'expired' });
  });
});

(HAS_ALL && HAS_OPENSSL ? describe : describe.skip)('fenqi image manifest', () => {
  let older: string;
  let newer: string;
  let delta: string;
  beforeAll(async () => {
    const bundled = async (version: string): Promise<string> => {
      const image = await smallImage(folder, version, keys.root);
      const out = join(folder, `${version}.raucb`);
      await makeBundle({ image, key: keys.key, cert: keys.cert, out });
      return out;
    };
    [older, newer, delta] = [await bundled('1.0.0'), await bundled('1.1.0'), join(folder, 'new.delta')];
    await makeDelta(older, newer, delta);
  }, 120_000);
  const make = (bundle: string, ...more: readonly string[]) => {
    const out = join(folder, 'manifest.json');
    const usual = ['--bundle', bundle, '--cert', keys.cert, '--url', 'https://updates.example/pos', '--out', out];
    return said(runImage, 'manifest', ...usual, ...(more.includes('--key') ? [] : ['--key', keys.key]), ...more);
  };

  it('names a bundle and its deltas where they are served, by what the image says about itself', async () => {
    expect(await make(newer, '--delta', delta, '--expires', '2099-01-01T00:00:00Z')).toMatchObject({ code: 0 });
    const read = verifyManifest(text(join(folder, 'manifest.json')), text(keys.root), undefined);
    expect(read).toMatchObject({
      kind: 'valid',
      manifest: {
        version: '1.1.0',
        compatible: 'fenqi-bench-debug',
        floor: '0.9.0',
        expires: '2099-01-01T00:00:00Z',
        bundle: { url: 'https://updates.example/pos/1.1.0.raucb', sha256: await sha256OfFile(newer) },
        deltas: [{ fromSha256: await sha256OfFile(older), url: 'https://updates.example/pos/new.delta' }],
      },
    });
  });

  it('refuses what does not belong together', async () => {
    const isRefused = async (call: ReturnType<typeof make>, why: string): Promise<void> =>
      expect(await call).toMatchObject({ code: 1, text: expect.stringContaining(why) });
    await isRefused(make(older, '--delta', delta), 'does not lead to');
    await isRefused(make(newer, '--delta', older), 'is no delta');
    await isRefused(make(delta), 'is no bundle');
    await isRefused(make(newer, '--cert', others.cert), 'no signer below the root');
    await isRefused(make(newer, '--key', others.key), 'is not the one of');
    await isRefused(make(newer, '--expires', '2001-01-01T00:00:00Z'), 'before it begins');
    expect(await make(newer, '--expires', 'tomorrow')).toMatchObject({ code: 2 });
    writeFileSync(join(folder, 'empty'), '');
    await isRefused(make(newer, '--delta', join(folder, 'empty')), 'is no delta');
  });
});

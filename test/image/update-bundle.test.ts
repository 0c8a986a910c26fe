import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { applyDelta, readDelta } from '../../image/delta.ts';
import { type KeyFiles, makeKeys } from '../../image/development-keys.ts';
import { sha256OfFile } from '../../image/hashes.ts';
import { makeDelta } from '../../image/make-delta.ts';
import { makeBundle, signingConfig } from '../../image/raucb.ts';
import { rootFor } from '../../image/slot-image.ts';
import { runTool } from '../../image/tools.ts';
import { benchFolder, smallImage } from './image-fixture.ts';
import { imageTool } from './image-tools.ts';

const HAS_OPENSSL = imageTool('openssl', 'openssl');
const HAS_SQUASHFS = imageTool('mksquashfs', 'squashfs-tools');
const HAS_RAUC = imageTool('rauc', 'rauc') && HAS_OPENSSL && HAS_SQUASHFS;
const HAS_ZSTD = imageTool('zstd', 'zstd');

let folder: string;
let keys: KeyFiles;
let productKeys: KeyFiles;
beforeAll(async () => {
  folder = benchFolder();
  if (!HAS_OPENSSL) return;
  keys = await makeKeys(join(folder, 'keys'));
  productKeys = await makeKeys(join(folder, 'product-keys'), 'Example products');
});
afterAll(() => rmSync(folder, { recursive: true }));

(HAS_OPENSSL ? describe : describe.skip)('keys', () => {
  it('of development are trusted by debug images alone, and others by releases alone', () => {
    expect(rootFor('debug', keys.root)?.ca).toBe(true);
    expect(rootFor('release', productKeys.root)?.ca).toBe(true);
    expect(() => rootFor('release', keys.root)).toThrow('a release does not trust it');
    expect(() => rootFor('debug', productKeys.root)).toThrow('a debug image does not trust it');
  });

  it('must be those of an authority, and a release must have one', () => {
    expect(() => rootFor('debug', keys.cert)).toThrow('no certificate of an authority');
    expect(() => rootFor('debug', keys.key)).toThrow('no readable certificate');
    expect(() => rootFor('release', undefined)).toThrow('--root');
    expect(rootFor('debug', undefined)).toBeUndefined();
  });

  it('are never overwritten, and nobody else can read them', async () => {
    await expect(makeKeys(join(folder, 'keys'))).rejects.toThrow('never overwritten');
    const { statSync } = await import('node:fs');
    expect(statSync(keys.key).mode & 0o077).toBe(0);
    expect(statSync(keys.rootKey).mode & 0o077).toBe(0);
  });
});

(HAS_SQUASHFS ? describe : describe.skip)('a squashfs', () => {
  it('is the same, byte for byte, of the same files at another time in another folder', async () => {
    const root = join(folder, 'any.pem');
    writeFileSync(root, 'a root');
    const [one, two, other] = [
      await smallImage(folder, '1.0.0', root, 1),
      await smallImage(folder, '1.0.0', root, 1_000_000_000),
      await smallImage(folder, '1.0.1', root, 1),
    ];
    expect(await sha256OfFile(two)).toBe(await sha256OfFile(one));
    expect(await sha256OfFile(other)).not.toBe(await sha256OfFile(one));
  });
});

(HAS_RAUC ? describe : describe.skip)('a bundle', () => {
  const bundled = async (version: string): Promise<string> => {
    const image = await smallImage(folder, version, keys.root);
    const out = join(folder, `${version}.raucb`);
    await makeBundle({ image, key: keys.key, cert: keys.cert, version, out });
    return out;
  };

  it('says what it is to RAUC, which trusts it by the root of the image', async () => {
    const out = await bundled('1.2.0');
    const info = async (root: string): Promise<string> => {
      const config = join(folder, 'system.conf');
      writeFileSync(config, signingConfig('fenqi-bench-debug', root));
      return (await runTool('rauc', ['-c', config, 'info', '--output-format=json', out])).toString('utf8');
    };
    expect(JSON.parse(await info(keys.root))).toMatchObject({ compatible: 'fenqi-bench-debug', version: '1.2.0' });
    await expect(info(productKeys.root)).rejects.toThrow(/signature|certificate/i);
  });

  it('is not made with a signer that no device of the image would trust, nor with another version', async () => {
    const image = await smallImage(folder, '1.0.0', keys.root);
    const out = join(folder, 'refused.raucb');
    const { key, cert } = productKeys;
    await expect(makeBundle({ image, key, cert, out })).rejects.toThrow('rauc failed');
    await expect(makeBundle({ image, key: keys.key, cert: keys.cert, version: '1.0.1', out })).rejects.toThrow(
      'the image has version 1.0.0, not 1.0.1',
    );
    await expect(makeBundle({ image: keys.cert, key, cert, out })).rejects.toThrow('no image');
  });

  (HAS_ZSTD ? it : it.skip)(
    'comes out of the older one and a delta, bit by bit with its signature',
    async () => {
      const [older, newer] = [await bundled('2.0.0'), await bundled('2.0.1')];
      const delta = join(folder, 'delta');
      const rebuilt = join(folder, 'rebuilt.raucb');
      const { bytes, toSha256 } = await makeDelta(older, newer, delta);
      expect(bytes).toBeLessThan(150_000);
      expect(await applyDelta(older, delta, rebuilt)).toEqual({ kind: 'rebuilt', sha256: toSha256 });
      expect(readFileSync(rebuilt).equals(readFileSync(newer))).toBe(true);
    },
    120_000,
  );
});

(HAS_ZSTD ? describe : describe.skip)('a delta', () => {
  let from: string;
  let to: string;
  let delta: string;
  beforeAll(async () => {
    [from, to, delta] = [join(folder, 'from'), join(folder, 'to'), join(folder, 'small-delta')];
    const text = 'one line of a bundle\n'.repeat(5000);
    writeFileSync(from, text);
    writeFileSync(to, `${text}and another\n`);
    await makeDelta(from, to, delta);
  });

  it('names what it starts from and leads to', async () => {
    expect(readDelta(delta)).toMatchObject({ fromSha256: await sha256OfFile(from), toSha256: await sha256OfFile(to) });
    expect(() => readDelta(from)).toThrow('no delta');
  });

  it('asks for the full bundle when the origin is another one', async () => {
    expect(await applyDelta(to, delta, join(folder, 'x'))).toEqual({ kind: 'otherOrigin' });
  });

  it('leaves no file when it is cut or changed, wherever', async () => {
    const whole = readFileSync(delta);
    const out = join(folder, 'never');
    const { framesAt } = readDelta(delta);
    const damaged = join(folder, 'damaged');
    for (let at = framesAt; at < whole.length; at++) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 0x10;
      for (const bytes of [whole.subarray(0, at), changed]) {
        writeFileSync(damaged, bytes);
        const { kind } = await applyDelta(from, damaged, out).catch(() => ({ kind: 'damaged' }));
        // A changed bit of zstd's own check sum does not change what comes out.
        if (kind === 'rebuilt') expect(readFileSync(out).equals(readFileSync(to))).toBe(true);
        else expect(kind).toBe('damaged');
        rmSync(out, { force: true });
      }
    }
  });
});

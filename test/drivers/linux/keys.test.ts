import { generateKeyPairSync, type KeyPairKeyObjectResult, verify } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SystemRandom } from '../../../drivers/linux/random.ts';
import { loadOrCreateStorageKey } from '../../../drivers/linux/storage-key.ts';
import { RsaWalletKeys } from '../../../drivers/linux/wallet-keys.ts';

const random = new SystemRandom();

interface KeyTexts {
  readonly publicKey: string;
  readonly privateKey: string;
}

function textsOf({ publicKey, privateKey }: KeyPairKeyObjectResult): KeyTexts {
  return {
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

const merchant = textsOf(generateKeyPairSync('rsa', { modulusLength: 2048 }));
const wallet = textsOf(generateKeyPairSync('rsa', { modulusLength: 2048 }));
const TEXT = 'app_id=2021&biz_content={"subject":"花呗分期"}&charset=utf-8';

describe('RsaWalletKeys', () => {
  const terminal = () =>
    new RsaWalletKeys({ alipay: { merchantPrivateKey: merchant.privateKey, walletPublicKey: wallet.publicKey } });
  const walletSide = () =>
    new RsaWalletKeys({ alipay: { merchantPrivateKey: wallet.privateKey, walletPublicKey: merchant.publicKey } });

  it('signs as RSA2, so that the other side verifies it by the standard alone', async () => {
    const signature = Buffer.from(await terminal().sign('alipay', TEXT), 'base64');
    expect(signature).toHaveLength(256);
    expect(verify('RSA-SHA256', Buffer.from(TEXT, 'utf8'), merchant.publicKey, signature)).toBe(true);
  });

  it('accepts the wallet and nobody else', async () => {
    const good = await walletSide().sign('alipay', TEXT);
    expect(await terminal().verify('alipay', TEXT, good)).toBe(true);
    expect(await terminal().verify('alipay', `${TEXT} `, good)).toBe(false);
    expect(await terminal().verify('alipay', TEXT, await terminal().sign('alipay', TEXT))).toBe(false);
  });

  it.each(['', 'no base64!', 'AAAA', '花呗', 'A'.repeat(344)])('says false for the signature %j', async (signature) => {
    expect(await terminal().verify('alipay', TEXT, signature)).toBe(false);
  });

  it('says false for a good signature in a sloppy form', async () => {
    const good = await walletSide().sign('alipay', TEXT);
    expect(await terminal().verify('alipay', TEXT, `${good}\n`)).toBe(false);
    expect(await terminal().verify('alipay', TEXT, good.replaceAll('=', ''))).toBe(false);
  });

  it.each([
    ['no PEM', 'MIIE'],
    ['a short key', textsOf(generateKeyPairSync('rsa', { modulusLength: 1024 })).privateKey],
    ['another kind of key', textsOf(generateKeyPairSync('ec', { namedCurve: 'P-256' })).privateKey],
  ])('refuses %s without repeating it', (_what, merchantPrivateKey) => {
    const build = () => new RsaWalletKeys({ alipay: { merchantPrivateKey, walletPublicKey: wallet.publicKey } });
    expect(build).toThrow(expect.objectContaining({ kind: 'security', device: 'wallet' }));
    expect(build).not.toThrow('MII');
  });
});

describe('loadOrCreateStorageKey', () => {
  let directory = '';
  let path = '';
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'fenqi-key-'));
    path = join(directory, 'storage.key');
  });
  afterEach(async () => rm(directory, { recursive: true }));

  const refusal = { kind: 'security', device: 'vault' };

  it('makes a key once and finds it again', async () => {
    const key = await loadOrCreateStorageKey(path, random);
    expect(key).toHaveLength(32);
    expect(await loadOrCreateStorageKey(path, random)).toEqual(key);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(directory)).toEqual(['storage.key']);
  });

  it('gives one key to two processes that start together', async () => {
    const [one, other] = await Promise.all([
      loadOrCreateStorageKey(path, random),
      loadOrCreateStorageKey(path, random),
    ]);
    expect(one).toEqual(other);
    expect(await readdir(directory)).toEqual(['storage.key']);
  });

  it('refuses a file that others can read', async () => {
    await loadOrCreateStorageKey(path, random);
    await chmod(path, 0o640);
    await expect(loadOrCreateStorageKey(path, random)).rejects.toMatchObject(refusal);
  });

  it.each([0, 31, 33])('refuses a file of %i bytes and leaves it as it is', async (length) => {
    const content = Buffer.alloc(length, 7);
    await writeFile(path, content, { mode: 0o600 });
    await expect(loadOrCreateStorageKey(path, random)).rejects.toMatchObject(refusal);
    expect(await readFile(path)).toEqual(content);
  });

  it('does not follow a link', async () => {
    await writeFile(join(directory, 'elsewhere'), Buffer.alloc(32, 7), { mode: 0o600 });
    await symlink(join(directory, 'elsewhere'), path);
    await expect(loadOrCreateStorageKey(path, random)).rejects.toMatchObject(refusal);
  });

  it('says so when the directory is not there', async () => {
    await expect(loadOrCreateStorageKey(join(directory, 'no', 'key'), random)).rejects.toMatchObject(refusal);
  });
});

describe('SystemRandom', () => {
  it('draws every number below the bound and none else', () => {
    const drawn = new Set(Array.from({ length: 500 }, () => random.below(5)));
    expect(drawn).toEqual(new Set([0, 1, 2, 3, 4]));
  });

  it('draws as many bytes as asked, never the same', () => {
    expect(random.bytes(0)).toHaveLength(0);
    expect(random.bytes(32)).not.toEqual(random.bytes(32));
  });
});

import { afterEach, describe, expect, it } from '@jest/globals';
import { CIPHERS } from '../../drivers/crypto/ciphers.ts';
import { hex } from '../../firmware/base/bytes.ts';
import type { KeyCipher, KeyLoad, KeyStore, KeyUsage } from '../../firmware/hal/index.ts';
import { computeMac } from '../../firmware/protocol/crypto/mac.ts';
import { wrapWorkingKey } from '../../firmware/protocol/crypto/working-key.ts';
import type { PinPadControls } from '../../hal-mock/devices/pin-pad/controls.ts';
import type { TestTime } from '../drivers/serial/bench.ts';

const MASTER_KEY = hex('0123456789ABCDEFFEDCBA9876543210');
const DOUBLE_KEY = hex('807A23AD32B36D457AE91FDF927570EA');
const SINGLE_KEY = hex('5BB5C72CD00B7338');
const OTHER_KEY = hex('1234567890ABCDEFABCDEF0987654321');

export interface KeyStoreUnderTest {
  readonly keyStore: KeyStore;
  readonly controls: Pick<PinPadControls, 'loadMasterKey' | 'loseKeys'>;
  readonly time: TestTime;
  close(): Promise<void>;
}

/** Bytes that no two places of a message share, so that a block in the wrong place shows. */
function message(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 37 + 11) & 0xff);
}

/** What every {@link KeyStore} owes. */
export function keyStoreContract(name: string, open: () => Promise<KeyStoreUnderTest>): void {
  describe(`KeyStore: ${name}`, () => {
    let closeLast: () => Promise<void> = () => Promise.resolve();

    afterEach(() => closeLast());

    async function setUp(masterKey: Uint8Array | undefined = MASTER_KEY) {
      const device = await open();
      closeLast = () => device.close();
      if (masterKey !== undefined) device.controls.loadMasterKey(masterKey);
      const load = (usage: KeyUsage, clearKey: Uint8Array, change: object = {}, cipher: KeyCipher = 'tdes') =>
        device.time.resolve<KeyLoad>(
          device.keyStore.loadWorkingKey({
            ...wrapWorkingKey(CIPHERS, MASTER_KEY, usage, cipher, clearKey),
            ...change,
          }),
        );
      return { ...device, load };
    }

    it('knows whether there is a master key and which working keys stand', async () => {
      const { keyStore, time, load, controls } = await setUp(undefined);
      controls.loseKeys();
      expect(await time.resolve(keyStore.status())).toEqual({ masterKey: false, workingKeys: [] });
      controls.loadMasterKey(MASTER_KEY);
      await load('mac', SINGLE_KEY);
      await load('pin', DOUBLE_KEY);
      const { masterKey, workingKeys } = await time.resolve(keyStore.status());
      expect(masterKey).toBe(true);
      expect(workingKeys.toSorted()).toEqual(['mac', 'pin']);
    });

    it('refuses a working key without a master key', async () => {
      const { load, controls } = await setUp(undefined);
      controls.loseKeys();
      expect(await load('mac', SINGLE_KEY)).toEqual({ kind: 'refused', reason: 'noMasterKey' });
    });

    it.each([
      ['single DES', SINGLE_KEY],
      ['two-key triple DES', DOUBLE_KEY],
    ])('makes the UnionPay MAC under a %s key, also of more data than a device takes at once', async (_, key) => {
      const { keyStore, load, time } = await setUp();
      expect(await load('mac', key)).toEqual({ kind: 'loaded' });
      for (const length of [1, 8, 97, 100, 101, 300]) {
        const mac = await time.resolve(keyStore.mac('cup-ecb', message(length)));
        expect(mac).toEqual(computeMac(CIPHERS, 'cup-ecb', key, message(length)));
      }
    });

    it('replaces a key of the same usage', async () => {
      const { keyStore, load, time } = await setUp();
      await load('mac', SINGLE_KEY);
      await load('mac', DOUBLE_KEY);
      await load('mac', OTHER_KEY);
      const mac = await time.resolve(keyStore.mac('cup-ecb', message(40)));
      expect(mac).toEqual(computeMac(CIPHERS, 'cup-ecb', OTHER_KEY, message(40)));
    });

    it('refuses a key whose check value is wrong and goes on with the old one', async () => {
      const { keyStore, load, time } = await setUp();
      await load('mac', SINGLE_KEY);
      for (const checkValue of [hex('00000000'), hex(''), hex('AB7153')]) {
        expect(await load('mac', DOUBLE_KEY, { checkValue })).toEqual({ kind: 'refused', reason: 'checkValue' });
      }
      const mac = await time.resolve(keyStore.mac('cup-ecb', message(40)));
      expect(mac).toEqual(computeMac(CIPHERS, 'cup-ecb', SINGLE_KEY, message(40)));
      expect((await time.resolve(keyStore.status())).workingKeys).toEqual(['mac']);
    });

    it('does not keep a first key whose check value is wrong', async () => {
      const { keyStore, load, time } = await setUp();
      await load('mac', SINGLE_KEY, { checkValue: hex('00000000') });
      expect((await time.resolve(keyStore.status())).workingKeys).toEqual([]);
      await expect(time.resolve(keyStore.mac('cup-ecb', message(8)))).rejects.toMatchObject({ kind: 'security' });
    });

    it('refuses lengths that are no key', async () => {
      const { load } = await setUp();
      for (const length of [0, 7, 24]) {
        const refusal = await load('mac', SINGLE_KEY, { cryptogram: new Uint8Array(length) });
        expect(refusal).toEqual({ kind: 'refused', reason: 'unsupported' });
      }
    });

    it('enciphers track data block by block under the track key', async () => {
      const { keyStore, load, time } = await setUp();
      await load('track', DOUBLE_KEY);
      for (const length of [8, 16, 96, 104, 200]) {
        const enciphered = await time.resolve(keyStore.encryptTrack(message(length)));
        expect(enciphered).toEqual(CIPHERS.des(DOUBLE_KEY).encrypt(message(length)));
      }
    });

    it('uses each key for its own purpose only', async () => {
      const { keyStore, load, time } = await setUp();
      await load('pin', DOUBLE_KEY);
      await expect(time.resolve(keyStore.mac('cup-ecb', message(8)))).rejects.toMatchObject({ kind: 'security' });
      await expect(time.resolve(keyStore.encryptTrack(message(8)))).rejects.toMatchObject({ kind: 'security' });
      await load('mac', SINGLE_KEY);
      await load('track', OTHER_KEY);
      const mac = await time.resolve(keyStore.mac('cup-ecb', message(8)));
      expect(mac).toEqual(computeMac(CIPHERS, 'cup-ecb', SINGLE_KEY, message(8)));
      const track = await time.resolve(keyStore.encryptTrack(message(8)));
      expect(track).toEqual(CIPHERS.des(OTHER_KEY).encrypt(message(8)));
    });

    it('forgets the working keys when told, and not the master key', async () => {
      const { keyStore, load, time } = await setUp();
      await load('mac', SINGLE_KEY);
      await load('track', DOUBLE_KEY);
      await time.resolve(keyStore.eraseWorkingKeys());
      expect(await time.resolve(keyStore.status())).toEqual({ masterKey: true, workingKeys: [] });
      await expect(time.resolve(keyStore.mac('cup-ecb', message(8)))).rejects.toMatchObject({ kind: 'security' });
      expect(await load('mac', SINGLE_KEY)).toEqual({ kind: 'loaded' });
    });

    it('has no keys left after it lost them', async () => {
      const { keyStore, controls, load, time } = await setUp();
      await load('mac', SINGLE_KEY);
      controls.loseKeys();
      expect(await time.resolve(keyStore.status())).toEqual({ masterKey: false, workingKeys: [] });
      await expect(time.resolve(keyStore.mac('cup-ecb', message(8)))).rejects.toMatchObject({ kind: 'security' });
    });

    it('loads SM4 keys and makes their MAC, or says that it cannot', async () => {
      const { keyStore, load, time } = await setUp();
      const loaded = await load('mac', DOUBLE_KEY, {}, 'sm4');
      if (keyStore.ciphers.includes('sm4')) {
        expect(loaded).toEqual({ kind: 'loaded' });
        const mac = await time.resolve(keyStore.mac('cup-sm4', message(50)));
        expect(mac).toEqual(computeMac(CIPHERS, 'cup-sm4', DOUBLE_KEY, message(50)));
      } else {
        expect(loaded).toEqual({ kind: 'refused', reason: 'unsupported' });
      }
    });
  });
}

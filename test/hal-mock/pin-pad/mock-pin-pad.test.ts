import { describe, expect, it } from '@jest/globals';
import { CIPHERS } from '../../../drivers/crypto/ciphers.ts';
import { bytesOfLatin1, hexOf } from '../../../firmware/base/bytes.ts';
import { NEVER_CANCELLED } from '../../../firmware/base/cancel.ts';
import type { MacAlgorithm } from '../../../firmware/hal/index.ts';
import { computeMac } from '../../../firmware/protocol/crypto/mac.ts';
import { wrapWorkingKey } from '../../../firmware/protocol/crypto/working-key.ts';
import { MockPinPad } from '../../../hal-mock/devices/pin-pad/mock.ts';
import { VirtualClock } from '../../../hal-mock/time.ts';
import { keyStoreContract } from '../../contract/key-store.contract.ts';
import {
  pinPadContract,
  type PinPadUnderTest,
  TEST_MASTER_KEY,
  TEST_PAN,
  TEST_PIN_KEY,
} from '../../contract/pin-pad.contract.ts';
import { testVault } from '../../drivers/pin-pad-kmy/pad-bench.ts';
import { virtualTime } from '../../drivers/serial/bench.ts';

function openMock(): PinPadUnderTest & { pinPad: MockPinPad } {
  const clock = new VirtualClock();
  const vault = testVault();
  const mock = new MockPinPad(clock, vault);
  return {
    pinPad: mock,
    keyStore: mock,
    vault,
    controls: mock,
    time: virtualTime(clock),
    close: () => Promise.resolve(),
  };
}

pinPadContract('mock', () => Promise.resolve(openMock()));
keyStoreContract('mock', () => Promise.resolve(openMock()));

describe('mock PIN pad', () => {
  it('gives the SM4 block of the published example format (V6b)', async () => {
    const { pinPad, vault, time } = openMock();
    pinPad.loadMasterKey(TEST_MASTER_KEY);
    const tmk = TEST_MASTER_KEY;
    await pinPad.loadWorkingKey(wrapWorkingKey(CIPHERS, tmk, 'pin', 'sm4', TEST_PIN_KEY));
    const panRef = vault.seal('pan', bytesOfLatin1(TEST_PAN));
    const request = { panRef, amountFen: 1, digitsMin: 6, digitsMax: 6, timeoutMs: 1_000 };
    const entering = pinPad.enterPin(request, () => undefined, NEVER_CANCELLED);
    pinPad.typeDigits('123456');
    pinPad.press('confirm');
    const entry = await time.resolve(entering);
    if (entry.kind !== 'entered') throw new Error(entry.kind);
    expect(entry.format).toBe('sm4');
    const clear = CIPHERS.sm4(TEST_PIN_KEY).decrypt(vault.reveal(entry.pinBlockRef));
    expect(hexOf(clear)).toBe('06123456FFFFFFFFFFFFEDCBA9876FED');
  });

  it.each<[MacAlgorithm, number]>([
    ['x9.9', 8],
    ['x9.19', 16],
    ['cbc', 16],
    ['raw-fold', 16],
  ])('makes the %s MAC with the key length it is defined for, and refuses the other', async (algorithm, keyBytes) => {
    const { pinPad } = openMock();
    pinPad.loadMasterKey(TEST_MASTER_KEY);
    const data = bytesOfLatin1('0200 some message');
    for (const length of [8, 16]) {
      const key = TEST_PIN_KEY.slice(0, length);
      await pinPad.loadWorkingKey(wrapWorkingKey(CIPHERS, TEST_MASTER_KEY, 'mac', 'tdes', key));
      const mac = pinPad.mac(algorithm, data);
      if (length === keyBytes) expect(await mac).toEqual(computeMac(CIPHERS, algorithm, key, data));
      else await expect(mac).rejects.toMatchObject({ kind: 'unsupported' });
    }
  });
});

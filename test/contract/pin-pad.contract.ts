import { afterEach, describe, expect, it } from '@jest/globals';
import { CIPHERS } from '../../drivers/crypto/ciphers.ts';
import { bytesOfLatin1, hex } from '../../firmware/base/bytes.ts';
import { cancelSource, NEVER_CANCELLED } from '../../firmware/base/cancel.ts';
import {
  type CardVault,
  type KeyStore,
  type PinEntry,
  type PinPad,
  type PinRequest,
  sleep,
} from '../../firmware/hal/index.ts';
import { pinOfIso0 } from '../../firmware/protocol/crypto/pin-block.ts';
import { wrapWorkingKey } from '../../firmware/protocol/crypto/working-key.ts';
import type { PinPadControls } from '../../hal-mock/devices/pin-pad/controls.ts';
import type { TestTime } from '../drivers/serial/bench.ts';

/** A published test key, as terminal master key. */
export const TEST_MASTER_KEY = hex('0123456789ABCDEFFEDCBA9876543210');
/** The PIN key of a published sign-on example. */
export const TEST_PIN_KEY = hex('807A23AD32B36D457AE91FDF927570EA');
export const TEST_PAN = '6222021234567890128';

/** A PIN pad, the hands that use it, and the key store in the same device. */
export interface PinPadUnderTest {
  readonly pinPad: PinPad;
  readonly keyStore: KeyStore;
  readonly vault: CardVault;
  readonly controls: PinPadControls;
  readonly time: TestTime;
  close(): Promise<void>;
}

/** What every {@link PinPad} owes. */
export function pinPadContract(name: string, open: () => Promise<PinPadUnderTest>): void {
  describe(`PinPad: ${name}`, () => {
    let closeLast: () => Promise<void> = () => Promise.resolve();

    afterEach(() => closeLast());

    async function setUp() {
      const device = await open();
      closeLast = () => device.close();
      const { time, vault, pinPad, controls } = device;
      const panRef = vault.seal('pan', bytesOfLatin1(TEST_PAN));
      const counts: number[] = [];
      const ask = (request: Partial<PinRequest> = {}, signal = NEVER_CANCELLED): Promise<PinEntry> =>
        pinPad.enterPin(
          { panRef, amountFen: 100, digitsMin: 6, digitsMax: 12, timeoutMs: 30_000, ...request },
          (count) => counts.push(count),
          signal,
        );
      /** Asks, lets the customer act once the pad prompts, and waits for the end. */
      const enter = async (act: () => void, request: Partial<PinRequest> = {}): Promise<PinEntry> => {
        const entry = ask(request);
        await time.until(() => controls.prompting);
        act();
        return time.resolve(entry);
      };
      const type = (digits: string) => (): void => {
        controls.typeDigits(digits);
        controls.press('confirm');
      };
      const pinOf = (entry: PinEntry): string => {
        if (entry.kind !== 'entered') return entry.kind;
        const block = CIPHERS.des(TEST_PIN_KEY).decrypt(vault.reveal(entry.pinBlockRef));
        return pinOfIso0(block, TEST_PAN);
      };
      return { ...device, counts, ask, enter, type, pinOf };
    }

    async function withKey() {
      const device = await setUp();
      device.controls.loadMasterKey(TEST_MASTER_KEY);
      const key = wrapWorkingKey(CIPHERS, TEST_MASTER_KEY, 'pin', 'tdes', TEST_PIN_KEY);
      expect(await device.time.resolve(device.keyStore.loadWorkingKey(key))).toEqual({ kind: 'loaded' });
      return device;
    }

    it('gives a block that the host deciphers to the PIN for this card', async () => {
      const { enter, type, pinOf } = await withKey();
      const entry = await enter(type('123456'));
      expect(entry).toMatchObject({ kind: 'entered', format: 'iso0', pinBlockRef: { kind: 'pinBlock' } });
      expect(pinOf(entry)).toBe('123456');
    });

    it('gives a new block for every call', async () => {
      const { enter, type, pinOf } = await withKey();
      const first = await enter(type('123456'));
      const second = await enter(type('654321'));
      expect([pinOf(first), pinOf(second)]).toEqual(['123456', '654321']);
    });

    it('tells how many digits stand, down to none after the clear key', async () => {
      const { enter, controls, type, counts, pinOf } = await withKey();
      const entry = await enter(() => {
        controls.typeDigits('999');
        controls.press('clear');
        type('123456')();
      });
      expect(counts).toEqual([1, 2, 3, 0, 1, 2, 3, 4, 5, 6]);
      expect(pinOf(entry)).toBe('123456');
    });

    it('takes no more digits than asked for', async () => {
      const { enter, type, pinOf } = await withKey();
      expect(pinOf(await enter(type('1234567'), { digitsMax: 6 }))).toBe('123456');
    });

    it('does not accept fewer digits than asked for, and asks again', async () => {
      const { enter, controls, type, counts, pinOf, time } = await withKey();
      const entry = enter(type('1234'));
      await time.until(() => counts.at(-1) === 0 && controls.prompting);
      type('123456')();
      expect(pinOf(await entry)).toBe('123456');
    });

    it('says bypassed when the customer confirms without a digit', async () => {
      const { enter, controls, vault } = await withKey();
      expect(await enter(() => controls.press('confirm'))).toEqual({ kind: 'bypassed' });
      expect(vault.count()).toBe(1);
    });

    it('says cancelled when the customer presses cancel', async () => {
      const { enter, controls } = await withKey();
      const entry = await enter(() => {
        controls.typeDigits('123');
        controls.press('cancel');
      });
      expect(entry).toEqual({ kind: 'cancelled' });
    });

    it('has ended the entry in the device before a cancelled call resolves', async () => {
      const { ask, controls, time, counts, vault, enter, type, pinOf } = await withKey();
      const source = cancelSource();
      const entry = ask({}, source.signal);
      await time.until(() => controls.prompting);
      controls.typeDigits('12');
      await time.until(() => counts.length === 2);
      source.cancel();
      expect(await time.resolve(entry)).toEqual({ kind: 'cancelled' });
      expect(controls.prompting).toBe(false);
      expect(vault.count()).toBe(1);
      expect(pinOf(await enter(type('123456')))).toBe('123456');
    });

    it('does not ask at all when the call is cancelled already', async () => {
      const { ask, controls, time } = await withKey();
      const source = cancelSource();
      source.cancel();
      expect(await time.resolve(ask({}, source.signal))).toEqual({ kind: 'cancelled' });
      expect(controls.prompting).toBe(false);
    });

    it('says timedOut when the customer does nothing, and stops asking', async () => {
      const { ask, controls, time } = await withKey();
      expect(await time.resolve(ask({ timeoutMs: 250 }))).toEqual({ kind: 'timedOut' });
      expect(controls.prompting).toBe(false);
    });

    it('rejects with security when no PIN key is loaded', async () => {
      const { ask, controls, time } = await setUp();
      controls.loadMasterKey(TEST_MASTER_KEY);
      await expect(time.resolve(ask())).rejects.toMatchObject({ name: 'HalError', kind: 'security' });
    });

    it('rejects with disconnected when the device goes during entry, and works when it is back', async () => {
      const { ask, controls, time, enter, type, pinOf, vault, keyStore } = await withKey();
      const entry = ask();
      await time.until(() => controls.prompting);
      controls.typeDigits('123');
      controls.unplug();
      await expect(time.resolve(entry)).rejects.toMatchObject({ name: 'HalError', kind: 'disconnected' });
      expect(controls.prompting).toBe(false);
      expect(vault.count()).toBe(1);
      await expect(time.resolve(ask())).rejects.toMatchObject({ kind: 'disconnected' });
      controls.replug();
      await untilReachable(keyStore, time);
      expect(pinOf(await enter(type('123456')))).toBe('123456');
    });
  });
}

/** A device that was plugged in again takes a moment to be found. */
async function untilReachable(keyStore: KeyStore, time: TestTime): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const isReachable = await time.resolve(
      keyStore.status().then(
        () => true,
        () => false,
      ),
    );
    if (isReachable) return;
    await time.resolve(sleep(time.clock, 100));
  }
  throw new Error('the device did not come back');
}

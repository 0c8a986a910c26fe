import { concatBytes } from '../../base/bytes.ts';
import { ProtocolError } from '../../base/protocol-error.ts';
import type { KeyCipher, KeyUsage, WorkingKey } from '../../hal/key-store.ts';
import { CHECK_VALUE_BYTES } from '../crypto/check-value.ts';

/** Sub-field 60.3 of a sign-on: 001 single DES, 003 triple DES, 004 that with a track key, 006 all three SM4. */
export type SignOnScheme = '001' | '003' | '004' | '006';

interface KeySlot {
  readonly usage: KeyUsage;
  readonly bytes: 8 | 16;
}

interface SignOnLayout {
  readonly cipher: KeyCipher;
  readonly slots: readonly KeySlot[];
}

/** Order and room of the keys in field 62 (CUP terminal rules A.6); a check value of 4 bytes follows each key. */
const LAYOUTS: Readonly<Record<SignOnScheme, SignOnLayout>> = {
  '001': {
    cipher: 'tdes',
    slots: [
      { usage: 'pin', bytes: 8 },
      { usage: 'mac', bytes: 8 },
    ],
  },
  '003': {
    cipher: 'tdes',
    slots: [
      { usage: 'pin', bytes: 16 },
      { usage: 'mac', bytes: 16 },
    ],
  },
  '004': {
    cipher: 'tdes',
    slots: [
      { usage: 'pin', bytes: 16 },
      { usage: 'mac', bytes: 16 },
      { usage: 'track', bytes: 16 },
    ],
  },
  '006': {
    cipher: 'sm4',
    slots: [
      { usage: 'pin', bytes: 16 },
      { usage: 'mac', bytes: 16 },
      { usage: 'track', bytes: 16 },
    ],
  },
};

const PATH = ['62'] as const;

/**
 * The working keys in field 62 of a sign-on reply, still enciphered under the master key. A triple-DES MAC key whose
 * second half is all zero is a single-length key and comes out with 8 bytes.
 */
export function parseSignOnKeys(scheme: SignOnScheme, f62: Uint8Array): WorkingKey[] {
  const { cipher, slots } = LAYOUTS[scheme];
  const expected = slots.reduce((sum, slot) => sum + slot.bytes + CHECK_VALUE_BYTES, 0);
  if (f62.length !== expected) throw new ProtocolError(PATH, `keys of scheme ${scheme} take ${expected} bytes`);
  let at = 0;
  return slots.map(({ usage, bytes }) => {
    const key = f62.slice(at, at + bytes);
    const checkValue = f62.slice(at + bytes, at + bytes + CHECK_VALUE_BYTES);
    at += bytes + CHECK_VALUE_BYTES;
    const single = usage === 'mac' && cipher === 'tdes' && hasEmptySecondHalf(key);
    return { usage, cipher, cryptogram: single ? key.slice(0, 8) : key, checkValue };
  });
}

/** Field 62 of a sign-on reply, for the host. Keys in any order; each usage of the scheme once and nothing else. */
export function packSignOnKeys(scheme: SignOnScheme, keys: readonly WorkingKey[]): Uint8Array {
  const layout = LAYOUTS[scheme];
  if (keys.length !== layout.slots.length)
    throw new ProtocolError(PATH, `scheme ${scheme} has ${layout.slots.length} keys`);
  return concatBytes(...layout.slots.map((slot) => packKey(scheme, slot, keys)));
}

function packKey(scheme: SignOnScheme, slot: KeySlot, keys: readonly WorkingKey[]): Uint8Array {
  const key = keys.find(({ usage }) => usage === slot.usage);
  if (key === undefined) throw new ProtocolError([...PATH, slot.usage], `missing in scheme ${scheme}`);
  const { cipher } = LAYOUTS[scheme];
  const mayBeSingle = slot.usage === 'mac' && cipher === 'tdes';
  const fits = key.cryptogram.length === slot.bytes || (mayBeSingle && key.cryptogram.length === 8);
  if (!fits || key.cipher !== cipher || key.checkValue.length !== CHECK_VALUE_BYTES) {
    throw new ProtocolError([...PATH, slot.usage], `does not fit scheme ${scheme}`);
  }
  const room = new Uint8Array(slot.bytes);
  room.set(key.cryptogram);
  return concatBytes(room, key.checkValue);
}

function hasEmptySecondHalf(key: Uint8Array): boolean {
  return key.length === 16 && key.subarray(8).every((byte) => byte === 0);
}

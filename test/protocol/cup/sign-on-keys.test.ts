import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { CIPHERS } from '../../../drivers/crypto/ciphers.ts';
import { concatBytes, hex, hexOf } from '../../../firmware/base/bytes.ts';
import { checkValue } from '../../../firmware/protocol/crypto/check-value.ts';
import { unwrapWorkingKey, wrapWorkingKey } from '../../../firmware/protocol/crypto/working-key.ts';
import { packSignOnKeys, parseSignOnKeys, type SignOnScheme } from '../../../firmware/protocol/cup/sign-on-keys.ts';
import { expectOrderlyRefusal, expectRefusal } from './error-text.ts';
import { REFERENCE } from './reference-vectors.ts';

const { keys, V2, V3, V4, V7, V7b } = REFERENCE;
const MASTER_KEY = hex(keys.TMK);
const SCHEMES: readonly [SignOnScheme, number][] = [
  ['001', 24],
  ['003', 40],
  ['004', 60],
  ['006', 60],
];

const clearKeys = (scheme: SignOnScheme, f62: string, masterKey = MASTER_KEY) =>
  parseSignOnKeys(scheme, hex(f62)).map((key) => {
    const clear = unwrapWorkingKey(CIPHERS, masterKey, key);
    return [key.usage, clear && hexOf(clear)];
  });

describe('working keys of a sign-on', () => {
  it('V4: SM4 is the standard one', () => {
    expect(hexOf(CIPHERS.sm4(hex(V4.k)).encrypt(hex(V4.p)))).toBe(V4.c);
  });

  it('V2: scheme 003, opened under the master key', () => {
    const f62 = V2.tpkCt + V2.tpkCV + V2.takCt + '0'.repeat(16) + V2.takCV;
    expect(clearKeys('003', f62, hex(V2.tmk))).toEqual([
      ['pin', V2.tpk],
      ['mac', V2.tak],
    ]);
  });

  it('V3: an SM4 key and its check value', () => {
    const key = { usage: 'pin', cipher: 'sm4', cryptogram: hex(V3.ct), checkValue: hex(V3.cv16.slice(0, 8)) } as const;
    const clear = unwrapWorkingKey(CIPHERS, hex(V3.tmk), key);
    expect(clear && hexOf(clear)).toBe(V3.key);
    expect(hexOf(checkValue(CIPHERS.sm4(hex(V3.key))))).toBe(V3.cv16.slice(0, 8));
  });

  it('V7: scheme 004 with a MAC key of single length', () => {
    const parsed = parseSignOnKeys('004', hex(V7.f62));
    expect(parsed.map(({ cipher, cryptogram }) => [cipher, cryptogram.length])).toEqual([
      ['tdes', 16],
      ['tdes', 8],
      ['tdes', 16],
    ]);
    expect(parsed.map((key) => hexOf(key.checkValue))).toEqual(V7.cv);
    expect(clearKeys('004', V7.f62)).toEqual([
      ['pin', keys.TPK],
      ['mac', keys.TAK8],
      ['track', keys.TDK],
    ]);
    expect(hexOf(packSignOnKeys('004', parsed.toReversed()))).toBe(V7.f62);
  });

  it('only a triple-DES MAC key can be of single length: zeros in another key are part of it', () => {
    const zeros = '0'.repeat(16);
    const [pin, mac, track] = parseSignOnKeys('004', hex(`${V7.f62.slice(0, 16)}${zeros}${V7.f62.slice(32)}`));
    expect([pin, mac, track].map((key) => key?.cryptogram.length)).toEqual([16, 8, 16]);
    const sm4 = parseSignOnKeys('006', hex(`${V7b.f62.slice(0, 56)}${zeros}${V7b.f62.slice(72)}`));
    expect(sm4.map((key) => key.cryptogram.length)).toEqual([16, 16, 16]);
  });

  it('V7b: scheme 006, three SM4 keys', () => {
    expect(clearKeys('006', V7b.f62)).toEqual([
      ['pin', keys.TPK],
      ['mac', keys.TAK],
      ['track', keys.TDK],
    ]);
    expect(hexOf(packSignOnKeys('006', parseSignOnKeys('006', hex(V7b.f62))))).toBe(V7b.f62);
  });

  it('a key under another master key does not open', () => {
    expect(clearKeys('004', V7.f62, hex(keys.TPK)).map(([, clear]) => clear)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it.each(SCHEMES)('scheme %s takes %i bytes and nothing else', (scheme, bytes) => {
    for (let length = 0; length <= 80; length++) {
      const run = () => parseSignOnKeys(scheme, new Uint8Array(length).fill(1));
      if (length === bytes) expect(run().length).toBeGreaterThanOrEqual(2);
      else expect(expectRefusal(run).path).toEqual(['62']);
    }
  });

  it('what the host packs, the terminal opens, for every scheme', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SCHEMES),
        fc.uint8Array({ minLength: 48, maxLength: 48 }),
        fc.boolean(),
        ([scheme], random, doubleMac) => {
          const cipher = scheme === '006' ? 'sm4' : 'tdes';
          const pinBytes = scheme === '001' ? 8 : 16;
          const macBytes = scheme === '006' || (doubleMac && scheme !== '001') ? 16 : 8;
          const clear = [random.slice(0, pinBytes), random.slice(16, 16 + macBytes), random.slice(32)];
          const usages =
            scheme === '004' || scheme === '006' ? (['pin', 'mac', 'track'] as const) : (['pin', 'mac'] as const);
          const wrapped = usages.map((usage, i) => {
            return wrapWorkingKey(CIPHERS, MASTER_KEY, usage, cipher, clear[i] ?? new Uint8Array(0));
          });
          const opened = parseSignOnKeys(scheme, packSignOnKeys(scheme, wrapped)).map((key) => {
            return unwrapWorkingKey(CIPHERS, MASTER_KEY, key);
          });
          expect(opened).toEqual(clear.slice(0, usages.length));
        },
      ),
    );
  });

  it('the host does not pack a key too few, too many, twice, or of another kind', () => {
    const [pin, mac, track] = parseSignOnKeys('004', hex(V7.f62));
    if (pin === undefined || mac === undefined || track === undefined) throw new Error('three keys');
    expectRefusal(() => packSignOnKeys('004', [pin, mac]));
    expectRefusal(() => packSignOnKeys('003', [pin, mac, track]));
    expectRefusal(() => packSignOnKeys('004', [pin, pin, track]));
    expectRefusal(() => packSignOnKeys('006', [pin, mac, track]));
    expectRefusal(() => packSignOnKeys('004', [{ ...pin, cryptogram: pin.cryptogram.slice(0, 8) }, mac, track]));
    expectRefusal(() => packSignOnKeys('004', [{ ...pin, checkValue: hex('010203') }, mac, track]));
  });

  it('random bytes never do more than refuse, and one wrong bit never opens as the right key', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), fc.constantFrom(...SCHEMES), (bytes, [scheme]) => {
        expectOrderlyRefusal(() => parseSignOnKeys(scheme, bytes));
      }),
    );
    const flipped = concatBytes(hex(V7.f62));
    flipped[3] = (flipped[3] ?? 0) ^ 0x10;
    expect(clearKeys('004', hexOf(flipped))[0]).toEqual(['pin', undefined]);
  });
});

import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { CIPHERS } from '../../../drivers/crypto/ciphers.ts';
import { bytesOfLatin1, hex, hexOf } from '../../../firmware/base/bytes.ts';
import type { MacAlgorithm } from '../../../firmware/hal/key-store.ts';
import { macAlgorithm1, macAlgorithm3, type MacPadding } from '../../../firmware/protocol/crypto/iso9797.ts';
import { computeMac, foldBlocks } from '../../../firmware/protocol/crypto/mac.ts';
import { expectRefusal } from '../cup/error-text.ts';
import { REFERENCE, sharedVectors } from '../cup/reference-vectors.ts';

const { keys, V1, V5, V9, V9c } = REFERENCE;
const ALGORITHMS: readonly MacAlgorithm[] = ['cup-ecb', 'cup-sm4', 'x9.9', 'x9.19', 'cbc', 'raw-fold'];

const macOf = (algorithm: MacAlgorithm, key: string, data: string): string =>
  hexOf(computeMac(CIPHERS, algorithm, hex(key), hex(data)));

describe('field 64', () => {
  it('V1: comes to the published MAC from the published fold', () => {
    expect(macOf('cup-ecb', V1.tak, V1.foldHex)).toBe(V1.f64);
  });

  it('V5: x9.9 is the DES CBC MAC of FIPS 113', () => {
    expect(hexOf(computeMac(CIPHERS, 'x9.9', hex(V5.k), bytesOfLatin1(V5.ascii)))).toBe(V5.mac);
  });

  it.each<[MacAlgorithm, string, string]>([
    ['cup-ecb', keys.TAK, V9.ecb3des],
    ['cup-ecb', keys.TAK8, V9.ecbDesTAK8],
    ['cup-sm4', keys.TAK, V9.sm4],
    ['raw-fold', keys.TAK, V9.rawFold3des_CJ],
    ['x9.9', keys.TAK8, V9.x99cbcDES_TAK8],
    ['cbc', keys.TAK, V9.cbc3des],
    ['x9.19', keys.TAK, V9.x919],
  ])('V9: %s under %s of a sale', (algorithm, key, mac) => {
    expect(macOf(algorithm, key, V9.mab)).toBe(mac);
  });

  it('V9c: protects the reversal of that sale', () => {
    expect(macOf('cup-ecb', keys.TAK, V9c.mab)).toBe(V9c.f64);
  });

  const shared = sharedVectors('unionpay-mac.json') as {
    vectors: { from: string; key: string; data: string; f64: string }[];
  };
  it.each(shared.vectors)('unionpay-mac.json: $from', ({ key, data, f64 }) => {
    expect(macOf('cup-ecb', key, data)).toBe(f64);
  });

  it.each<[MacAlgorithm, number[]]>([
    ['cup-ecb', [8, 16]],
    ['cup-sm4', [16]],
    ['x9.9', [8]],
    ['x9.19', [16]],
    ['cbc', [16]],
    ['raw-fold', [16]],
  ])('%s takes keys of %p bytes and refuses all others', (algorithm, allowed) => {
    for (let bytes = 0; bytes <= 32; bytes++) {
      const run = () => computeMac(CIPHERS, algorithm, new Uint8Array(bytes).fill(0x31), hex('0200'));
      if (allowed.includes(bytes)) expect(run()).toHaveLength(8);
      else expect(expectRefusal(run).path).toEqual(['key']);
    }
  });

  it('is 8 bytes for data of any length, the empty one included, and never touches its input', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ALGORITHMS), fc.uint8Array({ maxLength: 64 }), (algorithm, data) => {
        const before = hexOf(data);
        const key = new Uint8Array(algorithm === 'x9.9' ? 8 : 16).fill(7);
        expect(computeMac(CIPHERS, algorithm, key, data)).toHaveLength(8);
        expect(hexOf(data)).toBe(before);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the fold', () => {
  it('V9: of 8 and of 16 bytes', () => {
    expect(hexOf(foldBlocks(hex(V9.mab), 8))).toBe(V9.fold8);
    expect(hexOf(foldBlocks(hex(V9.mab), 16))).toBe(V9.sm4fold16);
  });

  it('stands for the whole data, so that a pad which takes 100 bytes can MAC any message', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 400 }), (data) => {
        const key = hex(keys.TAK);
        const whole = computeMac(CIPHERS, 'cup-ecb', key, data);
        expect(computeMac(CIPHERS, 'cup-ecb', key, foldBlocks(data, 8))).toEqual(whole);
        expect(computeMac(CIPHERS, 'cup-sm4', key, foldBlocks(data, 16))).toEqual(
          computeMac(CIPHERS, 'cup-sm4', key, data),
        );
      }),
      { numRuns: 50 },
    );
  });
});

describe('ISO 9797-1', () => {
  interface Row {
    alg: 1 | 3;
    cipher: string;
    key: string;
    pad: MacPadding;
    data: string;
    mac: string;
  }
  const { mac_iso9797: rows } = sharedVectors('emv-crypto.json') as { mac_iso9797: Row[] };

  it.each(rows)('emv-crypto.json: algorithm $alg, padding $pad, $data', ({ alg, key, pad, data, mac }) => {
    const bytes = hex(key);
    const result =
      alg === 1
        ? macAlgorithm1(CIPHERS.des(bytes), hex(data), pad)
        : macAlgorithm3(CIPHERS.des(bytes.subarray(0, 8)), CIPHERS.des(bytes.subarray(8)), hex(data), pad);
    expect(hexOf(result)).toBe(mac);
  });

  it.each<[MacPadding, boolean]>([
    [1, false],
    [2, true],
    [3, true],
  ])('padding %i tells data from the same data with a zero byte more: %p', (padding, tells) => {
    const cipher = CIPHERS.des(hex(keys.TAK));
    const short = macAlgorithm1(cipher, hex('0102'), padding);
    const long = macAlgorithm1(cipher, hex('010200'), padding);
    expect(hexOf(short) !== hexOf(long)).toBe(tells);
  });
});

import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { CIPHERS } from '../../../drivers/crypto/ciphers.ts';
import { hex, hexOf } from '../../../firmware/base/bytes.ts';
import {
  iso0PinBlock,
  iso2PinBlock,
  ISO3_FILL_BYTES,
  iso3PinBlock,
  ISO4_FILL_BYTES,
  iso4PinBlock,
  pinOfIso0,
  pinOfIso2,
  pinOfIso3,
  pinOfIso4,
  pinOfSm4,
  sm4PinBlock,
} from '../../../firmware/protocol/crypto/pin-block.ts';
import { expectOrderlyRefusal, expectRefusal } from '../cup/error-text.ts';
import { REFERENCE, sharedVectors } from '../cup/reference-vectors.ts';

const { keys, V3, V6, V6b, V6c } = REFERENCE;
const AES = CIPHERS.aes(hex('9D628703C9BFF49DA00FF345D341F371'));
const PAN = '6225760012345676';

const digits = (min: number, max: number) => fc.stringMatching(new RegExp(`^\\d{${min},${max}}$`));
const fill = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

describe('PIN blocks', () => {
  it.each(V6.cases)('V6: format 0 of the annex, PIN %s', (pin, pan, block) => {
    expect(hexOf(iso0PinBlock(pin, pan))).toBe(block);
    expect(pinOfIso0(hex(block), pan)).toBe(pin);
  });

  it('V6b: format 0 under triple DES and the SM4 form under SM4', () => {
    const iso0 = iso0PinBlock('123456', V6b.pan);
    const sm4 = sm4PinBlock('123456', V6b.pan);
    expect(hexOf(iso0)).toBe(V6b.blk3);
    expect(hexOf(CIPHERS.des(hex(keys.TPK)).encrypt(iso0))).toBe(V6b.c3des);
    expect(hexOf(sm4)).toBe(V6b.blkSM4);
    expect(hexOf(CIPHERS.sm4(hex(keys.TPK)).encrypt(sm4))).toBe(V6b.cSM4);
  });

  it('V6c: the SM4 form under the key of V3', () => {
    const block = sm4PinBlock('123654', '6230606601007726888');
    expect(hexOf(block)).toBe(V6c.blk);
    expect(hexOf(CIPHERS.sm4(hex(V3.key)).encrypt(block))).toBe(V6c.c);
    expect(pinOfSm4(block, '6230606601007726888')).toBe('123654');
  });

  interface Row {
    fmt: 0 | 2 | 3 | 4;
    pin: string;
    pan: string;
    block: string;
    aesKey: string;
  }
  const shared = sharedVectors('emv-crypto.json') as {
    pinblocks: Row[];
    pinblock0_bad: { block: string; pan: string; psec: string; why: string }[];
  };

  it.each(shared.pinblocks)('emv-crypto.json: format $fmt, $pin decodes', ({ fmt, pin, pan, block, aesKey }) => {
    const bytes = hex(block);
    const decoded = {
      0: () => pinOfIso0(bytes, pan),
      2: () => pinOfIso2(bytes),
      3: () => pinOfIso3(bytes, pan),
      4: () => pinOfIso4(bytes, pan, CIPHERS.aes(hex(aesKey))),
    }[fmt]();
    expect(decoded).toBe(pin);
  });

  it.each(shared.pinblocks.filter(({ fmt }) => fmt === 0 || fmt === 2))(
    'emv-crypto.json: format $fmt, $pin encodes',
    ({ fmt, pin, pan, block }) => {
      expect(hexOf(fmt === 0 ? iso0PinBlock(pin, pan) : iso2PinBlock(pin))).toBe(block);
    },
  );

  it.each(shared.pinblock0_bad)('emv-crypto.json: pinblock0_bad, $why', ({ block, pan, psec }) => {
    const run = () => pinOfIso0(hex(block), pan);
    if (psec.startsWith('REJECT')) expectRefusal(run);
    else expect(run()).toBe(psec);
  });

  it('every form gives the PIN back, for the card number it was made with', () => {
    fc.assert(
      fc.property(
        digits(4, 12),
        digits(12, 19),
        fill(ISO3_FILL_BYTES),
        fill(ISO4_FILL_BYTES),
        (pin, pan, fill3, fill4) => {
          expect(pinOfIso0(iso0PinBlock(pin, pan), pan)).toBe(pin);
          expect(pinOfIso2(iso2PinBlock(pin))).toBe(pin);
          expect(pinOfIso3(iso3PinBlock(pin, pan, fill3), pan)).toBe(pin);
          expect(pinOfIso4(iso4PinBlock(pin, pan, fill4, AES), pan, AES)).toBe(pin);
          expect(pinOfSm4(sm4PinBlock(pin, pan), pan)).toBe(pin);
        },
      ),
    );
  });

  it('format 4 fills a card number under 12 digits with zeros on its left', () => {
    const fill = new Uint8Array(ISO4_FILL_BYTES);
    expect(iso4PinBlock('1234', '12345678', fill, AES)).toEqual(iso4PinBlock('1234', '000012345678', fill, AES));
    expect(iso4PinBlock('1234', '12345678', fill, AES)).not.toEqual(iso4PinBlock('1234', '123456780000', fill, AES));
  });

  it('formats 3 and 4 give two blocks for one PIN under two fills', () => {
    const [a, b] = [new Uint8Array(ISO3_FILL_BYTES).fill(1), new Uint8Array(ISO3_FILL_BYTES).fill(2)];
    expect(iso3PinBlock('1234', PAN, a)).not.toEqual(iso3PinBlock('1234', PAN, b));
    const [c, d] = [new Uint8Array(ISO4_FILL_BYTES).fill(1), new Uint8Array(ISO4_FILL_BYTES).fill(2)];
    expect(iso4PinBlock('1234', PAN, c, AES)).not.toEqual(iso4PinBlock('1234', PAN, d, AES));
  });

  it.each([
    ['wrong control nibble', '3412FFFFFFFFFFFF', 'control nibble'],
    ['length 3', '23123FFFFFFFFFFF', 'length'],
    ['length 13', '2D1234567890123F', 'length'],
    ['length 15', '2F12345678901234', 'length'],
    ['a PIN nibble that is no digit', '24123AFFFFFFFFFF', 'no digit'],
    ['a wrong fill', '241234FFFFFFFFF0', 'fill'],
  ])('refuses a block with %s', (_name, block, reason) => {
    const error = expectRefusal(() => pinOfIso2(hex(block)));
    expect(error.path).toEqual(['pinBlock']);
    expect(error.reason).toContain(reason);
  });

  it.each(['', '123', '1234567890123', '12a4', '１２３４', ' 1234'])('refuses %p as a PIN', (pin) => {
    expect(expectRefusal(() => iso0PinBlock(pin, PAN)).path).toEqual(['pin']);
    expect(expectRefusal(() => sm4PinBlock(pin, PAN)).path).toEqual(['pin']);
  });

  it.each(['', '1234567', '12345678901234567890', '62257600X2345676'])('refuses %p as a card number', (pan) => {
    expect(expectRefusal(() => iso0PinBlock('1234', pan)).path).toEqual(['pan']);
    expect(expectRefusal(() => pinOfIso4(new Uint8Array(16), pan, AES)).path).toEqual(['pan']);
  });

  it('blocks of random bytes decode or are refused in order, and no error quotes them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), digits(8, 19), (block, pan) => {
        for (const run of [
          () => pinOfIso0(block, pan),
          () => pinOfIso2(block),
          () => pinOfIso3(block, pan),
          () => pinOfIso4(block, pan, AES),
          () => pinOfSm4(block, pan),
        ]) {
          expectOrderlyRefusal(() => expect(run()).toMatch(/^\d{4,12}$/));
        }
      }),
    );
  });
});

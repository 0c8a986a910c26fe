import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { CIPHERS } from '../../../drivers/crypto/ciphers.ts';
import { bytesOfLatin1, hex, hexOf } from '../../../firmware/base/bytes.ts';
import { computeMac } from '../../../firmware/protocol/crypto/mac.ts';
import { iso0PinBlock, sm4PinBlock } from '../../../firmware/protocol/crypto/pin-block.ts';
import { encryptTrack } from '../../../firmware/protocol/crypto/track-cipher.ts';
import {
  type CardEntry,
  entryMode,
  installmentRequestData,
  needsMac,
  parseInstallmentRequest,
  parseInstallmentTerms,
  reserved60,
  reversalFieldsOf,
  reversalRequest,
  type SaleFields,
  saleRequest,
  securityControl,
  signOnRequest,
} from '../../../firmware/protocol/cup/messages.ts';
import { decodeTlv59 } from '../../../firmware/protocol/cup/tlv59.ts';
import { createCodec, CUP_STANDARD, type IsoMessage, unpackFrame } from '../../../firmware/protocol/iso8583/index.ts';
import { expectOrderlyRefusal, expectRefusal } from './error-text.ts';
import { REFERENCE, sharedVectors } from './reference-vectors.ts';

const { keys, V6b, V9, V9b, V9c, V9d } = REFERENCE;
const codec = createCodec(CUP_STANDARD);
const TERMINAL = {
  terminalId: '12345678',
  merchantId: '898310058120001',
  batch: '000001',
  readCapability: '5',
} as const;

/** The sale of V9: swiped, with PIN, track in clear. */
const SWIPE: SaleFields = {
  ...TERMINAL,
  stan: 2,
  amountFen: 10000,
  entry: 'swipe',
  pan: V6b.pan,
  track2: `${V6b.pan}D49122010000012345`,
  trackEncrypted: false,
  pinBlock: { format: 'iso0', block: hex(V6b.c3des) },
  cipher: 'tdes',
};
const CHIP: SaleFields = {
  ...SWIPE,
  entry: 'chip',
  expiry: '4912',
  cardSequence: '001',
  chipData: hex('9F2608AABBCCDDEEFF0011'),
};

const fieldsOf = (message: IsoMessage): number[] => Object.keys(message.fields).map(Number);

/** The bytes from the MTI up to field 64, as the MAC covers them. */
function maced(message: IsoMessage): Uint8Array {
  return codec.encode({ ...message, fields: { ...message.fields, 64: new Uint8Array(8) } }).slice(0, -8);
}

describe('sign-on', () => {
  it('V9d: is the published frame to the byte', () => {
    const message = signOnRequest({
      stan: 1,
      terminalId: TERMINAL.terminalId,
      merchantId: TERMINAL.merchantId,
      batch: '000001',
      scheme: '004',
      operator: '01',
      licence: '3136',
      serial: 'TEST0001',
    });
    expect(hexOf(codec.encode(message))).toBe(hexOf(unpackFrame(hex(V9d.hex).slice(2)).iso));
  });

  it('the licence and serial number of a short or long device still take 12 bytes', () => {
    const common = { stan: 1, terminalId: '12345678', merchantId: '898310058120001', batch: '000009', operator: '01' };
    for (const [licence, serial] of [
      ['1', 'S'],
      ['123456', 'SERIAL-NUMBER'],
    ] as const) {
      const message = signOnRequest({ ...common, scheme: '003', licence, serial });
      expect(message.fields[62]).toHaveLength('Sequence No12'.length + 12);
    }
  });
});

describe('sale', () => {
  it('V9: a swipe with PIN is the published body, and its MAC the published MAC', () => {
    const covered = maced(saleRequest(SWIPE));
    expect(hexOf(covered)).toBe(V9.mab);
    expect(hexOf(computeMac(CIPHERS, 'cup-ecb', hex(keys.TAK), covered))).toBe(V9.ecb3des);
  });

  it('V9b: with the PIN block of the PIN pad the whole frame is the published one', () => {
    const block = CIPHERS.des(hex(keys.TPK)).encrypt(iso0PinBlock('123456', V6b.pan));
    const message = saleRequest({ ...SWIPE, pinBlock: { format: 'iso0', block } });
    const whole = { ...message, fields: { ...message.fields, 64: hex(V9.ecb3des) } };
    expect(hexOf(codec.encode(whole))).toBe(hexOf(unpackFrame(hex(V9b.hex).slice(2)).iso));
  });

  it.each<[CardEntry, boolean, string]>([
    ['swipe', true, '021'],
    ['swipe', false, '022'],
    ['chip', true, '051'],
    ['chip', false, '052'],
    ['tap', true, '071'],
    ['tap', false, '072'],
    ['fallback', true, '021'],
    ['fallback', false, '022'],
  ])('field 22 of %s, PIN %p, is %s', (entry, pin, mode) => {
    expect(entryMode(entry, pin)).toBe(mode);
    const sale = { ...SWIPE, entry, pinBlock: pin ? SWIPE.pinBlock : undefined };
    expect(saleRequest(sale).fields[22]).toBe(mode);
  });

  it.each<[CardEntry, string]>([
    ['swipe', '2200000100060'],
    ['chip', '2200000100060'],
    ['tap', '2200000100060'],
    ['fallback', '2200000100062'],
  ])('field 60 of %s is %s', (entry, f60) => {
    expect(saleRequest({ ...SWIPE, entry, readCapability: '6' }).fields[60]).toBe(f60);
  });

  it.each<[string, Partial<SaleFields>, boolean]>([
    ['a swipe', {}, false],
    ['a fallback', { entry: 'fallback' }, false],
    ['a swipe whose track 2 could not be read', { track2: undefined }, true],
    ['a chip', { entry: 'chip' }, true],
    ['a tap', { entry: 'tap' }, true],
  ])('the card number of %s stands in field 2: %p', (_name, change, sends) => {
    expect(saleRequest({ ...SWIPE, ...change }).fields[2]).toBe(sends ? V6b.pan : undefined);
  });

  it('without a PIN there is no trace of one', () => {
    const fields = fieldsOf(saleRequest({ ...SWIPE, pinBlock: undefined }));
    expect(fields).toEqual([3, 4, 11, 22, 25, 35, 41, 42, 49, 60]);
  });

  it('an enciphered track is sent as it is and announced in field 53', () => {
    const track2 = encryptTrack(SWIPE.track2 ?? '', CIPHERS.des(hex(keys.TDK)));
    const withPin = saleRequest({ ...SWIPE, track2, trackEncrypted: true });
    expect(withPin.fields[35]).toBe(track2);
    expect(withPin.fields[53]).toBe('2610000000000000');
    const without = saleRequest({ ...SWIPE, track2, trackEncrypted: true, pinBlock: undefined });
    expect(without.fields[53]).toBe('0610000000000000');
    expect(codec.decode(codec.encode(without)).fields[35]).toBe(track2);
  });

  it('a track that is not there is not announced', () => {
    const tap = { ...CHIP, entry: 'tap', track2: undefined, trackEncrypted: true, pinBlock: undefined } as const;
    expect(saleRequest(tap).fields[53]).toBeUndefined();
  });

  it('a chip sale carries expiry, card sequence and chip data beside the rest', () => {
    const message = saleRequest(CHIP);
    expect(fieldsOf(message)).toEqual([2, 3, 4, 11, 14, 22, 23, 25, 26, 35, 41, 42, 49, 52, 53, 55, 60]);
    expect(message.fields[55]).toEqual(CHIP.chipData);
    expect(codec.decode(codec.encode(message))).toEqual(message);
  });

  it('an SM4 PIN leaves field 52 zero and travels in field 59, through the codec', () => {
    const block = CIPHERS.sm4(hex(keys.TPK)).encrypt(sm4PinBlock('123456', V6b.pan));
    const sale: SaleFields = { ...SWIPE, cipher: 'sm4', pinBlock: { format: 'sm4', block } };
    const { fields } = codec.decode(codec.encode(saleRequest(sale)));
    expect(fields[52]).toEqual(new Uint8Array(8));
    expect(fields[53]).toBe('2400000000000000');
    expect(decodeTlv59(String(fields[59]))).toEqual([{ tag: 'A1', value: V6b.cSM4 }]);
    expect(saleRequest({ ...sale, sm4Digit: '3' }).fields[53]).toBe('2300000000000000');
  });

  it.each([
    ['an amount of half a fen', { amountFen: 1.5 }],
    ['a negative amount', { amountFen: -1 }],
    ['an amount over n12', { amountFen: 1_000_000_000_000 }],
    ['STAN 0', { stan: 0 }],
    ['STAN 1000000', { stan: 1_000_000 }],
    ['a batch of five digits', { batch: '00001' }],
    ['a PIN block of 16 bytes for format 0', { pinBlock: { format: 'iso0', block: new Uint8Array(16) } }],
    ['an SM4 PIN block of 8 bytes', { pinBlock: { format: 'sm4', block: new Uint8Array(8) } }],
  ] as const)('never sends %s', (_name, change) => {
    expect(() => saleRequest({ ...SWIPE, ...change })).toThrow(/broken invariant/);
  });
});

describe('card instalments', () => {
  const sale: SaleFields = {
    ...SWIPE,
    installment: { periods: 12, productCode: 'JD0001', feeMode: 'perPeriod' },
  };

  it('unionpay-mac.json sale_installment_12: field 62 is the one of the vector, condition 64', () => {
    const { vectors } = sharedVectors('unionpay-mac.json') as { vectors: { from: string; data: string }[] };
    const vector = vectors.find(({ from }) => from === 'sale_installment_12')?.data ?? '';
    const message = saleRequest(sale);
    expect(message.fields[25]).toBe('64');
    expect(vector.endsWith(`0062${hexOf(message.fields[62] as Uint8Array)}`)).toBe(true);
  });

  it('a plan comes out as it went in', () => {
    const plan = fc.record({
      periods: fc.integer({ min: 1, max: 99 }),
      productCode: fc.stringMatching(/^[A-Z0-9]{1,30}$/),
      feeMode: fc.constantFrom('once' as const, 'perPeriod' as const),
    });
    fc.assert(
      fc.property(plan, (installment) => {
        const data = installmentRequestData(installment);
        expect(data).toHaveLength(62);
        expect(parseInstallmentRequest(data)).toEqual(installment);
      }),
    );
  });

  it('in the short form has periods and product alone, in the reversal as in the sale', () => {
    const short = { periods: 6, productCode: 'FQ06', feeMode: 'perPeriod', layout: 'short' } as const;
    const data = bytesOfLatin1('06FQ06');
    expect(installmentRequestData({ ...short, layout: 'ly62' }, 'short')).toEqual(data);
    expect(saleRequest({ ...SWIPE, installment: short }).fields[62]).toEqual(data);
    expect(reversalRequest(reversalFieldsOf({ ...SWIPE, installment: short }, true), '98').fields[62]).toEqual(data);
    expect(parseInstallmentRequest(data)).toEqual(short);
    const longest = { ...short, productCode: 'P'.repeat(30) };
    expect(parseInstallmentRequest(installmentRequestData(longest))).toEqual(longest);
    expectRefusal(() => parseInstallmentRequest(bytesOfLatin1('06')));
    expectRefusal(() => parseInstallmentRequest(bytesOfLatin1(`06${'P'.repeat(31)}`)));
  });

  it('reads the terms of the issuer: first amount, fee at once, points, first fee, fee per period', () => {
    const text = ['000000020900', '156', '000000000000', '000000000120', '0', '000000000900', '000000000850']
      .join('')
      .padEnd(77);
    expect(parseInstallmentTerms(bytesOfLatin1(text))).toEqual({
      firstAmountFen: 20900,
      currency: '156',
      feeOnceFen: 0,
      points: 120,
      flag: '0',
      firstFeeFen: 900,
      feePerPeriodFen: 850,
    });
    expectRefusal(() => parseInstallmentTerms(bytesOfLatin1(text.slice(0, 60))));
    expectRefusal(() => parseInstallmentTerms(bytesOfLatin1(text.replace('156', 'X56'))));
  });

  it('random bytes are refused in order', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 90 }), (bytes) => {
        expectOrderlyRefusal(() => parseInstallmentRequest(bytes));
        expectOrderlyRefusal(() => parseInstallmentTerms(bytes));
      }),
    );
  });
});

describe('reversal', () => {
  it('V9c: of the sale of V9 after silence, to the byte', () => {
    const reversal = reversalRequest(reversalFieldsOf(SWIPE, true), '98');
    const covered = maced(reversal);
    expect(hexOf(covered)).toBe(V9c.mab);
    expect(hexOf(computeMac(CIPHERS, 'cup-ecb', hex(keys.TAK), covered))).toBe(V9c.f64);
  });

  it('repeats every key of a chip sale by instalments and adds reason, authorisation code, card number and chip data', () => {
    const sale: SaleFields = { ...CHIP, installment: { periods: 6, productCode: 'P6', feeMode: 'once' } };
    const request = saleRequest(sale);
    const chipData = hex('9F360200AB');
    const reversal = reversalRequest(
      { ...reversalFieldsOf(sale, true), pan: V6b.pan, authCode: '123456', chipData },
      '96',
    );
    for (const key of [2, 3, 4, 11, 14, 22, 23, 25, 41, 42, 49, 60, 62]) {
      expect([key, reversal.fields[key]]).toEqual([key, request.fields[key]]);
    }
    expect(reversal.fields).toMatchObject({ 38: '123456', 39: '96', 55: chipData });
  });

  it('never carries tracks, PIN, or an RRN', () => {
    const reversal = reversalRequest({ ...reversalFieldsOf(CHIP, true), pan: V6b.pan }, 'A0');
    for (const field of [26, 35, 36, 37, 52, 53]) expect(reversal.fields[field]).toBeUndefined();
  });

  it('leaves field 55 out when the card gave nothing for it', () => {
    const fields = { ...reversalFieldsOf(CHIP, true), chipData: new Uint8Array(0) };
    expect(reversalRequest(fields, '98').fields).not.toHaveProperty('55');
  });

  it('can be rebuilt from what the journal keeps, which holds no card number', () => {
    const kept = JSON.stringify(reversalFieldsOf(CHIP, true));
    expect(kept).not.toMatch(/\d{16,}/);
    const rebuilt = reversalRequest(JSON.parse(kept) as ReturnType<typeof reversalFieldsOf>, '06');
    expect(codec.encode(rebuilt)).toEqual(codec.encode(reversalRequest(reversalFieldsOf(CHIP, true), '06')));
  });
});

describe('sub-fields', () => {
  it.each([
    [{ pin: true, cipher: 'tdes', trackEncrypted: false }, '2600000000000000'],
    [{ pin: true, cipher: 'tdes', trackEncrypted: true }, '2610000000000000'],
    [{ pin: false, cipher: 'tdes', trackEncrypted: true }, '0610000000000000'],
    [{ pin: true, cipher: 'des', trackEncrypted: false }, '2000000000000000'],
    [{ pin: true, cipher: 'sm4', trackEncrypted: true }, '2410000000000000'],
    [{ pin: true, cipher: 'sm4', trackEncrypted: false, sm4Digit: '3' }, '2300000000000000'],
  ] as const)('field 53 of %j is %s', (control, digits) => {
    expect(securityControl(control)).toBe(digits);
  });

  it('field 60 of a management message has 11 digits', () => {
    expect(reserved60({ type: '00', batch: '000002', net: '301' })).toBe('00000002301');
  });

  it.each([
    ['0100', true],
    ['0110', true],
    ['0200', true],
    ['0210', true],
    ['0220', true],
    ['0230', true],
    ['0400', true],
    ['0410', true],
    ['0620', true],
    ['0630', true],
    ['0800', false],
    ['0810', false],
    ['0820', false],
    ['0830', false],
    ['0500', false],
    ['0510', false],
    ['0320', false],
    ['0330', false],
  ])('message %s needs field 64: %p', (mti, needs) => {
    expect(needsMac(mti)).toBe(needs);
  });
});

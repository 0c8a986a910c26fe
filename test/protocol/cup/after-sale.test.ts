import { describe, expect, it } from '@jest/globals';
import { hex, hexOf } from '../../../firmware/base/bytes.ts';
import {
  checkResponse,
  type OriginalSale,
  refundRequest,
  returnFieldsOf,
  type ReturnSecrets,
  reversalFieldsOf,
  reversalRequest,
  type SaleFields,
  saleRequest,
  saleResponse,
  voidRequest,
} from '../../../firmware/protocol/cup/messages.ts';
import { decodeTlv59 } from '../../../firmware/protocol/cup/tlv59.ts';
import { createCodec, CUP_STANDARD, type IsoMessage } from '../../../firmware/protocol/iso8583/index.ts';
import { expectRefusal } from './error-text.ts';

const codec = createCodec(CUP_STANDARD);
const PAN = '6222021234567890128';
const PAY_CODE = '6210000000000000017';
const VOUCHER = '20261121632512000001';
const TERMINAL = { terminalId: '12345678', merchantId: '898310058120001', readCapability: '6' } as const;

/** The sale that goes back: number 2 of batch 1. */
const ORIGINAL: OriginalSale = {
  batch: '000001',
  stan: 2,
  retrievalReference: '632512000001',
  authorizationCode: '123456',
  hostDate: '1121',
};
const TAP = {
  ...TERMINAL,
  batch: '000001',
  stan: 9,
  amountFen: 10_000,
  entry: 'tap',
  expiry: '4912',
  cardSequence: '001',
} as const;
const CODE = { ...TERMINAL, batch: '000001', stan: 9, amountFen: 10_000, entry: 'code' } as const;
const BY_CODE: OriginalSale = { ...ORIGINAL, authorizationCode: undefined, voucher: VOUCHER };
const SECRETS: ReturnSecrets = { pan: PAN, cipher: 'tdes' };
const PIN = { format: 'iso0', block: hex('41CF70F8E7307637') } as const;

const fieldsOf = (message: IsoMessage): number[] => Object.keys(message.fields).map(Number);
const voided = (original = ORIGINAL, secrets = SECRETS) =>
  voidRequest(returnFieldsOf('void', TAP, original, secrets.pinBlock !== undefined), original, secrets);

describe('sale by code', () => {
  const sale: SaleFields = { ...CODE, trackEncrypted: false, cipher: 'tdes', payCode: PAY_CODE };

  it('is a sale with the code in field 59 and nothing of a card, to the byte', () => {
    const message = saleRequest(sale);
    expect(fieldsOf(message)).toEqual([3, 4, 11, 22, 25, 41, 42, 49, 59, 60]);
    expect(hexOf(codec.encode(message))).toBe(
      [
        '0200 302004 8000C08030',
        '000000 000000010000 000009 0320 00',
        '3132333435363738 383938333130303538313230303031 313536',
        '0024 4133303139 36323130303030303030303030303030303137',
        '0013 22000001000600',
      ]
        .join('')
        .replaceAll(' ', ''),
    );
  });

  it('is reversed without its code', () => {
    const reversal = reversalRequest(reversalFieldsOf(sale, false), '98');
    expect(fieldsOf(reversal)).toEqual([3, 4, 11, 22, 25, 39, 41, 42, 49, 60]);
    expect(JSON.stringify([reversal, reversalFieldsOf(sale, false)])).not.toContain(PAY_CODE);
  });

  it('is answered with the number of its voucher, or with none', () => {
    const { 59: _, ...fields } = saleRequest(sale).fields;
    const reply = { mti: '0210', fields: { ...fields, 39: '00', 59: `A4020${VOUCHER}` } };
    expect([checkResponse(saleRequest(sale), reply), saleResponse(reply).voucher]).toEqual(['matches', VOUCHER]);
    expect(saleResponse({ mti: '0210', fields: { ...fields, 39: '00' } }).voucher).toBeUndefined();
  });
});

describe('void', () => {
  it('of a tap names its sale by reference, authorisation code, batch and number, to the byte', () => {
    const message = voided();
    expect(message.mti).toBe('0200');
    expect(hexOf(codec.encode(message))).toBe(
      [
        '0200 702406 800CC08018',
        '19 62220212345678901280',
        '200000 000000010000 000009 4912 0720 0001 00',
        '363332353132303030303031 313233343536',
        '3132333435363738 383938333130303538313230303031 313536',
        '0013 23000001000600 0012 000001000002',
      ]
        .join('')
        .replaceAll(' ', ''),
    );
  });

  it('carries PIN and track as a sale does, and the track of a swipe instead of its number', () => {
    const track2 = `${PAN}D49122010000012345`;
    const secrets = { ...SECRETS, track2, trackEncrypted: true, pinBlock: PIN };
    const swiped = returnFieldsOf('void', { ...TAP, entry: 'fallback' }, ORIGINAL, true);
    expect(voidRequest(swiped, ORIGINAL, secrets).fields).toMatchObject({
      22: '021',
      26: '12',
      35: track2,
      52: PIN.block,
      53: '2610000000000000',
      60: '2300000100062',
    });
    expect(voidRequest(swiped, ORIGINAL, secrets).fields[2]).toBeUndefined();
    expect(voidRequest(swiped, ORIGINAL, { ...SECRETS, pinBlock: PIN }).fields[2]).toBe(PAN);
    expect(voided(ORIGINAL, { ...secrets, trackEncrypted: false }).fields).toMatchObject({
      2: PAN,
      53: '2600000000000000',
    });
  });

  it('of a sale by code returns the voucher, beside an SM4 PIN where there is one', () => {
    const fields = returnFieldsOf('void', CODE, BY_CODE, false);
    const message = voidRequest(fields, BY_CODE, { cipher: 'tdes' });
    expect(fieldsOf(message)).toEqual([3, 4, 11, 22, 25, 37, 41, 42, 49, 59, 60, 61]);
    expect(message.fields).toMatchObject({ 22: '032', 59: `A4020${VOUCHER}` });
    const block = new Uint8Array(16).fill(0x5a);
    const pinned = voidRequest(fields, BY_CODE, { cipher: 'sm4', pinBlock: { format: 'sm4', block } });
    expect(decodeTlv59(String(pinned.fields[59])).map(({ tag }) => tag)).toEqual(['A1', 'A4']);
  });

  it('of instalments repeats condition 64 and the plan', () => {
    const keys = { ...TAP, installment: { periods: 6, productCode: 'FQ06', feeMode: 'once' } } as const;
    const message = voidRequest(returnFieldsOf('void', keys, ORIGINAL, false), ORIGINAL, SECRETS);
    expect([message.fields[25], message.fields[62]]).toEqual(['64', expect.any(Uint8Array)]);
  });

  it('is reversed with its own number, type 23 and its field 61, from what the journal keeps', () => {
    const kept = JSON.stringify(returnFieldsOf('void', TAP, ORIGINAL, false));
    expect(kept).not.toMatch(/\d{16,}/);
    const reversal = reversalRequest({ ...(JSON.parse(kept) as ReturnType<typeof returnFieldsOf>), pan: PAN }, '98');
    for (const key of [2, 3, 4, 11, 14, 22, 23, 25, 41, 42, 49, 60, 61]) {
      expect([key, reversal.fields[key]]).toEqual([key, voided().fields[key]]);
    }
    for (const never of [26, 35, 37, 52, 59]) expect(reversal.fields).not.toHaveProperty(String(never));
  });

  it.each([{ batch: undefined }, { stan: undefined }])('is not made for a sale of unknown %j', (lacking) => {
    expect(() => returnFieldsOf('void', TAP, { ...ORIGINAL, ...lacking }, false)).toThrow(/broken invariant/);
  });
});

describe('refund', () => {
  const refunded = (original = ORIGINAL) =>
    refundRequest(returnFieldsOf('refund', { ...TAP, batch: '000004', amountFen: 1 }, original, false), original, PAN);

  it('is a 0220 of type 25 in its own batch that names the sale with its day, to the byte', () => {
    const message = refunded();
    expect(message.mti).toBe('0220');
    expect(hexOf(codec.encode(message))).toBe(
      [
        '0220 702406 800CC0801A',
        '19 62220212345678901280',
        '200000 000000000001 000009 4912 0720 0001 00',
        '363332353132303030303031 313233343536',
        '3132333435363738 383938333130303538313230303031 313536',
        '0013 25000004000600 0016 0000010000021121 0003 303030',
      ]
        .join('')
        .replaceAll(' ', ''),
    );
  });

  it('says with zeros what it does not know of the sale, and its card organisation where it does', () => {
    expect(refunded({ retrievalReference: '632512000001', cardOrganisation: 'CUP' }).fields).toMatchObject({
      61: '0000000000000000',
      63: 'CUP',
    });
  });

  it('of a sale by code has the voucher and no card number', () => {
    const fields = returnFieldsOf('refund', CODE, BY_CODE, false);
    const message = refundRequest(fields, BY_CODE, undefined);
    expect(fieldsOf(message)).toEqual([3, 4, 11, 22, 25, 37, 41, 42, 49, 59, 60, 61, 63]);
    expect(message.fields[59]).toBe(`A4020${VOUCHER}`);
  });

  it('is checked like every answer', () => {
    const request = refunded();
    const reply = { mti: '0230', fields: { ...request.fields, 39: '00' } };
    expect(checkResponse(request, reply)).toBe('matches');
    expect(checkResponse(request, { ...reply, mti: '0210' })).toEqual({ mismatch: ['mti'] });
    const unreadable = { ...reply, fields: { ...reply.fields, 59: 'A4', 62: hex('00') } };
    expect(checkResponse(request, unreadable)).toEqual({ mismatch: ['59', '62'] });
  });
});

describe('terms of an issuer', () => {
  it('that cannot be read make an answer unusable', () => {
    const request = saleRequest({ ...TAP, trackEncrypted: false, cipher: 'tdes', pan: PAN });
    const reply = { mti: '0210', fields: { ...request.fields, 39: '00', 62: hex('3030') } };
    expect(checkResponse(request, reply)).toEqual({ mismatch: ['62'] });
    expectRefusal(() => saleResponse(reply));
  });
});

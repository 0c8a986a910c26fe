import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  CJ,
  createCodec,
  CUP_STANDARD,
  type IsoValue,
  maskMessage,
  unmaskedMessage,
} from '../../../firmware/protocol/iso8583/index.ts';
import { bytes, CHIP_SALE, joined } from './samples.ts';

const PAN = '6228480402564890018';

function shown(fields: Record<number, IsoValue>, mti = '0200'): Readonly<Record<number, string>> {
  return maskMessage({ mti, fields }, CUP_STANDARD).fields;
}

describe('maskMessage', () => {
  it('shows of a chip sale what is no card data, in the same lengths', () => {
    const message = createCodec(CUP_STANDARD).decode(bytes(CHIP_SALE));
    const masked = maskMessage(message, CUP_STANDARD);
    const whole = unmaskedMessage(message);
    expect(masked.fields[2]).toBe('622848*********0018');
    expect(masked.fields[35]).toBe('*'.repeat(37));
    expect(masked.fields[52]).toBe('*'.repeat(16));
    expect(masked.fields[14]).toBe('****');
    expect(masked.fields[55]).toBe(whole.fields[55]);
    expect(masked.fields[4]).toBe('000000001000');
    for (const [field, text] of Object.entries(whole.fields)) {
      expect(masked.fields[Number(field)]).toHaveLength(text.length);
    }
  });

  it.each([
    ['12345678901', '***********'],
    ['622848040256', '************'],
    ['6228480402564', '622848***2564'],
  ])('card number %s is %s', (pan, masked) => {
    expect(shown({ 2: pan })[2]).toBe(masked);
  });

  it('hides the values of sensitive chip tags, nested ones too, and keeps the rest', () => {
    const chipData = bytes(
      joined('9A03261121', '700C', '5A0A6228480402564890018F', '9F360200215F24033012315F200441424344'),
    );
    expect(shown({ 55: chipData })[55]).toBe(
      joined('9A03261121', '700C', '5A0A********************', '9F360200215F2403******5F2004********'),
    );
  });

  it('hides chip data that are not BER-TLV whole', () => {
    expect(shown({ 55: bytes('5A0A62284804') })[55]).toBe('************');
  });

  it('hides chip data that somebody put in as text whole', () => {
    expect(shown({ 55: '9A03261121' })[55]).toBe('**********');
  });

  it('keeps the value of a chip tag that nobody knows', () => {
    expect(shown({ 55: bytes('DF812901F0') })[55]).toBe('DF812901F0');
  });

  it('keeps settlement totals and hides the details of a batch upload', () => {
    const totals = '00000012345600300000000010000100000000000000000000000000000000';
    expect(shown({ 48: totals }, '0500')[48]).toBe(totals);
    const details = joined('01', '00', '000123', `0${PAN}`, '000000001000');
    expect(shown({ 48: details }, '0320')[48]).toBe('*'.repeat(details.length));
  });

  it('keeps the plan of an instalment sale and hides keys', () => {
    expect(shown({ 25: '64', 62: bytes('3132') })[62]).toBe('3132');
    expect(shown({ 25: '00', 62: bytes('3132') })[62]).toBe('****');
    expect(shown({ 62: bytes('ED490B64856EC44C') }, '0810')[62]).toBe('****************');
  });

  it('keeps the voucher number of a code sale, hides PIN block and all of the code but its class and end', () => {
    const row = joined('A3018', '287634438256643941', 'A4006', '123456', 'A1016', 'x'.repeat(16));
    expect(shown({ 59: row })[59]).toBe(
      joined('A3018', '28************3941', 'A4006', '123456', 'A1016', '*'.repeat(16)),
    );
  });

  it.each(['287634438256643941', joined('A3099', '287634438256643941'), 'A30', 'A3x18287634438256643941'])(
    'hides a field 59 that does not add up: %s',
    (text) => {
      expect(shown({ 59: text })[59]).toBe('*'.repeat(text.length));
    },
  );

  it('hides a field that the dialect has not', () => {
    expect(shown({ 45: PAN })[45]).toBe('*'.repeat(19));
    expect(maskMessage({ mti: '0210', fields: { 27: '1' } }, CJ).fields[27]).toBe('1');
  });

  it('hides digits in field 59 that only look like groups', () => {
    expect(shown({ 59: '0000000000' })[59]).toBe('*'.repeat(10));
    expect(shown({ 59: '62002123' })[59]).toBe('*'.repeat(8));
  });

  it('leaves no secret of any value of the fields that hold secrets', () => {
    const digits = fc.string({ unit: fc.constantFrom(...Array.from('0123456789')), minLength: 7, maxLength: 30 });
    fc.assert(
      fc.property(digits, (secret) => {
        const fields = { 35: secret, 36: secret, 47: secret, 56: secret, 57: secret, 59: secret, 14: secret };
        for (const text of Object.values(shown(fields))) expect(text).toMatch(/^\*+$/);
      }),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { hexOf } from '../../../firmware/base/bytes.ts';
import { ProtocolError } from '../../../firmware/base/protocol-error.ts';
import {
  bytesField,
  CJ,
  createCodec,
  CUP_STANDARD,
  type IsoMessage,
  type IsoValue,
  textField,
  unmaskedMessage,
} from '../../../firmware/protocol/iso8583/index.ts';
import { bytes, CHIP_SALE, KNOWN_MESSAGES, MALFORMED, MESSAGES, joined } from './samples.ts';

const codec = createCodec(CUP_STANDARD);

function encoded(mti: string, fields: Record<number, IsoValue>): string {
  return hexOf(codec.encode({ mti, fields }));
}

function errorOf(work: () => unknown): { path: readonly string[]; reason: string } {
  try {
    work();
  } catch (error) {
    if (error instanceof ProtocolError) return { path: error.path, reason: error.reason };
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('CUP messages, as four independent codecs pack them', () => {
  it.each(MESSAGES)('$id decodes to its fields and encodes to its bytes', ({ mti, fields, iso }) => {
    const message = codec.decode(bytes(iso));
    expect(unmaskedMessage(message)).toEqual({ mti, fields });
    expect(hexOf(codec.encode(message))).toBe(iso);
  });

  it.each(Object.entries(KNOWN_MESSAGES))('%s survives the round trip', (_id, iso) => {
    expect(hexOf(codec.encode(codec.decode(bytes(iso))))).toBe(iso);
  });

  it('V10 has the fields that the terminal sent', () => {
    const message = codec.decode(bytes(KNOWN_MESSAGES['V10'] ?? ''));
    expect(textField(message, 35)).toBe('4761340000000019D171210114991787');
    expect(textField(message, 22)).toBe('022');
    expect(textField(message, 60)).toBe('2200024900050');
    expect(textField(message, 57)).toBe('218C25204          ');
    expect(bytesField(message, 64)).toEqual(bytes('4332323533423633'));
  });

  it('V11 has the two institutions of field 44 with their spaces', () => {
    const message = codec.decode(bytes(KNOWN_MESSAGES['V11'] ?? ''));
    expect(textField(message, 44)).toBe('00000000   00000000   ');
    expect(textField(message, 39)).toBe('A0');
    expect(textField(message, 15)).toBe('0918');
  });

  it.each([
    [60, '00000001004', '0011000000010040'],
    [61, '000001000002', '0012000001000002'],
    [61, '0000010000021121', '00160000010000021121'],
    [22, '021', '0210'],
    [23, '001', '0001'],
  ])('V20: field %i with %s packs as %s', (field, text, packed) => {
    expect(encoded('0200', { [field]: text }).slice(20)).toBe(packed);
  });
});

describe('what a message must not be', () => {
  it.each(MALFORMED)('$id: $rule', ({ iso, rule }) => {
    const decode = (): IsoMessage => codec.decode(bytes(iso));
    if (rule === 'reject') expect(decode).toThrow(ProtocolError);
    else expect(decode().fields).toBeDefined();
  });

  it.each([CHIP_SALE, ...MESSAGES.map(({ iso }) => iso)])('is refused when cut at any byte: %#', (iso) => {
    const whole = bytes(iso);
    for (let length = 0; length < whole.length; length++) {
      expect(() => codec.decode(whole.subarray(0, length))).toThrow(ProtocolError);
    }
  });

  it.each([
    ['a message type with a letter', joined('02A0', '0000000000000000'), ['mti']],
    ['a second bitmap', joined('0200', '8000000000000000'), ['bitmap']],
    ['a field that the dialect has not', joined('0200', '0800000000000000', '00'), ['5']],
    ['a length of zero', joined('0200', '4000000000000000', '00'), ['2', 'length']],
    ['a length over the maximum', joined('0200', '4000000000000000', '20', '0'.repeat(20)), ['2', 'length']],
    ['a length that is not BCD', joined('0200', '4000000000000000', '1A', '0'.repeat(26)), ['2', 'length']],
    [
      'a length with its first nibble set',
      joined('0200', '0000000000000010', '1011', '000000000000'),
      ['60', 'length'],
    ],
    ['a long length over the maximum', joined('0200', '0000000000000010', '0018', '0'.repeat(18)), ['60', 'length']],
    ['a nibble A in a number', joined('0200', '2000000000000000', '00000A'), ['3']],
    ['a separator in a number', joined('0200', '2000000000000000', '00000D'), ['3']],
    ['a spare nibble of 1 at the end', joined('0200', '4000000000000000', '0311', '11'), ['2']],
    ['a spare nibble of 1 in front', joined('0200', '0000020000000000', '1001'), ['23']],
    ['a control byte in a terminal number', joined('0200', '0000000000800000', '3132333435363707'), ['41']],
    ['half a Chinese character', joined('0200', '0000000000100000', '01D2'), ['44']],
    ['a byte after the last field', joined('0200', '2000000000000000', '000000', '00'), ['end']],
  ])('%s', (_what, iso, path) => {
    expect(errorOf(() => codec.decode(bytes(iso))).path).toEqual(path);
  });

  it('takes a spare nibble of F on either side and never sends one', () => {
    const iso = joined('0200', '4000060000000000', '05', '12345F', '051F', 'F001');
    const message = codec.decode(bytes(iso));
    expect(message.fields).toEqual({ 2: '12345', 22: '051', 23: '001' });
    expect(hexOf(codec.encode(message))).toBe(joined('0200', '4000060000000000', '05', '123450', '0510', '0001'));
  });
});

describe('tracks', () => {
  const CIPHERED = '6222021234567890128D687DECE1CCECE2055';

  it('take the = of a magnetic stripe and small letters, and show the D of the wire', () => {
    const iso = codec.encode({ mti: '0200', fields: { 35: '6225760012345676=3012', 36: '99d1' } });
    expect(codec.decode(iso).fields).toEqual({ 35: '6225760012345676D3012', 36: '99D1' });
  });

  it('have any nibble where field 53 says that they are enciphered', () => {
    const fields = { 35: CIPHERED, 53: '2610000000000000' };
    expect(codec.decode(codec.encode({ mti: '0200', fields })).fields).toEqual(fields);
  });

  it.each([
    ['is absent', {}],
    ['says clear', { 53: '2600000000000000' }],
  ])('have digits and separators only where field 53 %s', (_what, control) => {
    expect(errorOf(() => codec.encode({ mti: '0200', fields: { 35: CIPHERED, ...control } })).path).toEqual(['35']);
  });

  it('with letters are refused on the way in as well', () => {
    const iso = joined('0200', '0000000020000000', '04', '12E4');
    expect(errorOf(() => codec.decode(bytes(iso))).path).toEqual(['35']);
  });
});

describe('what cannot be encoded', () => {
  it.each<[string, string, Record<number, IsoValue>, string[]]>([
    ['a message type of three digits', '020', {}, ['mti']],
    ['a message type with a letter', '020A', {}, ['mti']],
    ['a letter in a number', '0200', { 3: '00000A' }, ['3']],
    ['a full-width digit', '0200', { 3: '00000１' }, ['3']],
    ['a full-width digit in front', '0200', { 3: '１00000' }, ['3']],
    ['a full-width digit beside the spare nibble in front', '0200', { 23: '１01' }, ['23']],
    ['a full-width digit beside the spare nibble behind', '0200', { 22: '05１' }, ['22']],
    ['a fixed number too short', '0200', { 4: '1000' }, ['4', 'length']],
    ['a fixed text too short', '0200', { 41: '1234567' }, ['41', 'length']],
    ['a text too long', '0200', { 44: 'x'.repeat(26) }, ['44', 'length']],
    ['a Chinese text too long in bytes', '0200', { 44: '银'.repeat(13) }, ['44', 'length']],
    ['an empty field', '0200', { 63: '' }, ['63', 'length']],
    ['Chinese in a terminal number', '0200', { 41: '终端端终终端端终' }, ['41']],
    ['a character outside GBK', '0200', { 63: 'smile 🙂' }, ['63']],
    ['a currency sign that GBK has not', '0200', { 63: '\u00A51' }, ['63']],
    ['text for bytes', '0200', { 52: '0102030405060708' }, ['52']],
    ['bytes for text', '0200', { 41: new Uint8Array(8) }, ['41']],
    ['a MAC of four bytes', '0200', { 64: new Uint8Array(4) }, ['64', 'length']],
    ['a field of another dialect', '0200', { 5: 'x' }, ['5']],
    ['a second bitmap', '0200', { 1: 'x' }, ['1']],
    ['a field beyond 64', '0200', { 102: 'x' }, ['102']],
  ])('%s', (_what, mti, fields, path) => {
    expect(errorOf(() => codec.encode({ mti, fields })).path).toEqual(path);
  });

  it('keeps a key that is no field number out of the error', () => {
    const fields = Object.fromEntries([['6225760012345676', 'x']]) as Record<number, IsoValue>;
    expect(errorOf(() => codec.encode({ mti: '0200', fields }))).toEqual({
      path: ['fields'],
      reason: 'a key is no field number',
    });
  });

  it('takes no field without a value, and none that the message only inherits', () => {
    const empty = { 11: undefined } as unknown as Record<number, IsoValue>;
    expect(errorOf(() => codec.encode({ mti: '0200', fields: empty }))).toEqual({
      path: ['11'],
      reason: 'has no value',
    });
    const inherited = Object.assign(Object.create({ 11: '000001' }) as Record<number, IsoValue>, { 3: '000000' });
    expect(errorOf(() => codec.encode({ mti: '0200', fields: inherited })).path).toEqual(['fields']);
  });

  it('leaves no trace in the next message', () => {
    expect(() => codec.encode({ mti: '0200', fields: { 2: '6225760012345676', 3: 'bad' } })).toThrow(ProtocolError);
    expect(encoded('0820', { 41: '12345678' })).toBe(joined('0820', '0000000000800000', '3132333435363738'));
  });
});

describe('a message without fields', () => {
  it('is a message type and an empty bitmap', () => {
    const iso = codec.encode({ mti: '0820', fields: {} });
    expect(hexOf(iso)).toBe('08200000000000000000');
    expect(codec.decode(iso)).toEqual({ mti: '0820', fields: {} });
  });
});

describe('texts', () => {
  it('in Chinese count their bytes', () => {
    const iso = codec.encode({ mti: '0210', fields: { 63: 'CUP银联 ' } });
    expect(hexOf(iso).slice(20)).toBe(joined('0008', '435550', 'D2F8C1AA', '20'));
    expect(textField(codec.decode(iso), 63)).toBe('CUP银联 ');
  });
});

describe('dialects', () => {
  it('cj has its own fields beside all standard ones', () => {
    const cj = createCodec(CJ);
    const fields = { 5: 'https://qr.example/1', 6: 'A1', 7: 'M-1', 27: '1', 39: '00' };
    expect(cj.decode(cj.encode({ mti: '0210', fields })).fields).toEqual(fields);
    for (const { iso } of MESSAGES) expect(hexOf(cj.encode(cj.decode(bytes(iso))))).toBe(iso);
  });

  it('textField and bytesField give only what is of their kind', () => {
    const message = codec.decode(bytes(CHIP_SALE));
    expect([textField(message, 4), textField(message, 52), textField(message, 12)]).toEqual([
      '000000001000',
      undefined,
      undefined,
    ]);
    expect([bytesField(message, 4), bytesField(message, 12)]).toEqual([undefined, undefined]);
    expect(bytesField(message, 55)).toHaveLength(149);
  });
});

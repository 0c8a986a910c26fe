import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { bytesOfLatin1, hexOf } from '../../../firmware/base/bytes.ts';
import { bytesOfBase64 } from '../../../firmware/base/base64.ts';
import { decodeCpm } from '../../../firmware/protocol/qr/cpm.ts';
import {
  crc16Ccitt,
  decodeMpm,
  decodeMpmTemplate,
  encodeMpm,
  encodeMpmTemplate,
} from '../../../firmware/protocol/qr/mpm.ts';
import { encodeTlv, findTag } from '../../../firmware/protocol/tlv/index.ts';
import { expectOrderlyRefusal, expectRefusal } from '../cup/error-text.ts';
import { REFERENCE, sharedVectors } from '../cup/reference-vectors.ts';

const { V12, V13 } = REFERENCE;

/** A payload with the CRC that belongs to it, so that only what a test changed is wrong. */
const sealed = (body: string): string => {
  const bytes = new TextEncoder().encode(`${body}6304`);
  return `${body}6304${crc16Ccitt(bytes).toString(16).toUpperCase().padStart(4, '0')}`;
};

describe('merchant-presented codes', () => {
  it('V12: the CRC of the check string', () => {
    const [text, crc] = V12.check;
    expect(crc16Ccitt(bytesOfLatin1(text)).toString(16).toUpperCase()).toBe(crc);
  });

  it.each(V12.mpm)('V12: %s decodes and encodes to itself', (text) => {
    expect(encodeMpm(decodeMpm(text))).toBe(text);
  });

  it('V12: the Chinese name counts characters and stands in a template', () => {
    const language = decodeMpm(V12.mpm[0] ?? '').find(({ id }) => id === '64');
    expect(language && decodeMpmTemplate(language)).toEqual([
      { id: '00', value: 'ZH' },
      { id: '01', value: '最佳运输' },
      { id: '02', value: '北京' },
    ]);
  });

  const { cases } = sharedVectors('emvco-mpm-qr.json') as {
    cases: { id: string; qr: string; fields?: [string, string][]; reject?: true }[];
  };
  it.each(cases)('emvco-mpm-qr.json: $id', ({ qr, fields, reject }) => {
    if (reject === true) {
      expectRefusal(() => decodeMpm(qr));
      return;
    }
    expect(decodeMpm(qr).map(({ id, value }) => [id, value])).toEqual(fields);
    expect(encodeMpm((fields ?? []).map(([id, value]) => ({ id, value })))).toBe(qr);
  });

  it('a code in which any one character is another does not decode', () => {
    const text = cases[1]?.qr ?? '';
    for (let at = 0; at < text.length; at++) {
      const changed = text.slice(0, at) + (text[at] === '0' ? '1' : '0') + text.slice(at + 1);
      expectRefusal(() => decodeMpm(changed));
    }
  });

  it.each([
    ['nothing', ''],
    ['a CRC in lower case', sealed('0002015802CN5907SHOP-7A').toLowerCase().replace('cn', 'CN')],
    ['no CRC', '0002015802CN'],
    ['00 not first', sealed('5802CN000201')],
    ['another format', sealed('0002025802CN')],
    ['an object twice', sealed('0002015802CN5802CN')],
    ['an empty object', sealed('0002015800')],
    ['a length beyond the end', sealed('0002015899CN')],
    ['a length that is no number', sealed('00020158x2CN')],
    ['a CRC object in the middle', sealed('00020163040000')],
    ['half a character', sealed('0002015901\ud83d')],
    ['something after the CRC', `${sealed('0002015802CN')}0`],
  ])('refuses %s', (_name, text) => {
    expectRefusal(() => decodeMpm(text));
  });

  const id = fc.integer({ min: 1, max: 99 }).map((number) => number.toString().padStart(2, '0'));
  const value = fc.string({
    minLength: 1,
    maxLength: 30,
    unit: fc.constantFrom('A', 'Z', '0', '9', ' ', '.', '中', '文', '¥', '😀'),
  });

  it('any objects come back in their order', () => {
    const fields = fc.uniqueArray(fc.record({ id, value }), { selector: (field) => field.id, maxLength: 12 });
    fc.assert(
      fc.property(fields, (objects) => {
        const whole = [{ id: '00', value: '01' }, ...objects.filter((field) => field.id !== '63')];
        expect(decodeMpm(encodeMpm(whole))).toEqual(whole);
        const template = { id: '62', value: encodeMpmTemplate(objects) };
        expect(decodeMpmTemplate(template)).toEqual(objects);
      }),
    );
  });

  it('is not written in a way that cannot be read', () => {
    const first = { id: '00', value: '01' };
    expectRefusal(() => encodeMpm([]));
    expectRefusal(() => encodeMpm([{ id: '58', value: 'CN' }]));
    expectRefusal(() => encodeMpm([first, first]));
    expectRefusal(() => encodeMpm([first, { id: '63', value: '0000' }]));
    expectRefusal(() => encodeMpm([first, { id: '5', value: 'CN' }]));
    expectRefusal(() => encodeMpm([first, { id: '59', value: '' }]));
    expectRefusal(() => encodeMpm([first, { id: '59', value: 'x'.repeat(100) }]));
    expectRefusal(() => encodeMpm([first, { id: '59', value: '\ud83d' }]));
    expectRefusal(() => encodeMpmTemplate([first, first]));
  });

  it('random text is refused in order', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^000201[0-9]{0,40}$/).map(sealed)), (text) => {
        expectOrderlyRefusal(() => decodeMpm(text));
        expectOrderlyRefusal(() => decodeMpmTemplate({ id: '62', value: text }));
      }),
    );
  });
});

describe('consumer-presented codes', () => {
  it('V13: decodes to the published data objects', () => {
    const nodes = decodeCpm(V13.b64);
    expect(hexOf(encodeTlv(nodes))).toBe(V13.hex);
    expect(nodes.map(({ tag }) => tag)).toEqual(['85', '61', '61', '62']);
  });

  it('V13: the second sample has a track 2 in its application', () => {
    const found = findTag(decodeCpm(V13.b64b), '57');
    expect(found && 'value' in found && hexOf(found.value)).toBe('1234567890123458D191220112345F');
  });

  const base64 = (hexText: string): string => Buffer.from(hexText, 'hex').toString('base64');

  it.each([
    ['nothing', ''],
    ['a numeric pay code', '6220000000000000001'],
    ['base64 with a line break', `${V13.b64.slice(0, 20)}\n${V13.b64.slice(20)}`],
    ['base64 without its padding', V13.b64.slice(0, -2)],
    ['cut TLV', base64('85054350563031611A4F07A0')],
    ['another format', base64('8505435056303261034F01A0')],
    ['85 not first', base64('61034F01A08505435056303 1'.replace(' ', ''))],
    ['no application', base64('85054350563031')],
  ])('refuses %s', (_name, text) => {
    expectRefusal(() => decodeCpm(text));
  });

  it('random bytes are refused in order', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.base64String(),
          fc.uint8Array().map((b) => base64(hexOf(b))),
        ),
        (text) => {
          expectOrderlyRefusal(() => decodeCpm(text));
        },
      ),
    );
  });
});

describe('base64', () => {
  it('gives the bytes that any other decoder gives', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        expect(bytesOfBase64(Buffer.from(bytes).toString('base64'))).toEqual(bytes);
      }),
    );
  });

  it.each(['A', 'AA', 'AAA', 'AAAA=', '=AAA', 'AA=A', 'AA==AAAA', 'AB==', 'AAB=', 'A-_=', 'AA ='])(
    'refuses %p',
    (text) => {
      expect(bytesOfBase64(text)).toBeUndefined();
    },
  );
});

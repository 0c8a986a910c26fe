import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { hex } from '../../../firmware/base/bytes.ts';
import { authorityKeyHashInput } from '../../../firmware/protocol/cup/public-key.ts';
import { signatureFeatureCode } from '../../../firmware/protocol/cup/signature-code.ts';
import { decodeTlv59, encodeTlv59 } from '../../../firmware/protocol/cup/tlv59.ts';
import { expectOrderlyRefusal, expectRefusal } from './error-text.ts';
import { REFERENCE } from './reference-vectors.ts';

const { V15, V16, V19 } = REFERENCE;

describe('field 59', () => {
  it('V15: the terminal identity and what is nested in it', () => {
    const outer = decodeTlv59(V15.ascii);
    expect(outer.map(({ tag, value }) => [tag, value.length])).toEqual([['A2', 65]]);
    expect(decodeTlv59(outer[0]?.value ?? '')).toEqual([
      { tag: '01', value: '02' },
      { tag: '02', value: '0000020254004318' },
      { tag: '03', value: '000052' },
      { tag: '04', value: 'EC7CD424' },
      { tag: '05', value: '321702  ' },
    ]);
    expect(encodeTlv59(outer)).toBe(V15.ascii);
  });

  it('any elements come back', () => {
    const element = fc.record({
      tag: fc.stringMatching(/^[0-9A-Z]{2}$/),
      value: fc.stringMatching(/^[\x20-\x7e]{1,40}$/),
    });
    fc.assert(
      fc.property(fc.array(element), (elements) => {
        expect(decodeTlv59(encodeTlv59(elements))).toEqual(elements);
      }),
    );
  });

  it.each([
    ['a cut header', 'A10'],
    ['a length that is no number', 'A10x2ab'],
    ['a length beyond the end', 'A1005abcd'],
    ['an empty value', 'A1000'],
    ['a tag in lower case', 'a1001x'],
    ['Chinese text', 'A1001中'],
    ['something after the last element', 'A1001xA'],
  ])('refuses %s', (_name, text) => {
    expect(expectRefusal(() => decodeTlv59(text)).path[0]).toBe('59');
  });

  it('is not written in a way that cannot be read', () => {
    expectRefusal(() => encodeTlv59([{ tag: 'A', value: 'x' }]));
    expectRefusal(() => encodeTlv59([{ tag: 'A1', value: '' }]));
    expectRefusal(() => encodeTlv59([{ tag: 'A1', value: 'x'.repeat(1000) }]));
  });

  it('random text and cut elements never do more than refuse', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[A0-9]{0,60}$/)), (text) => {
        expectOrderlyRefusal(() => decodeTlv59(text));
      }),
    );
  });
});

describe('feature code of a signature', () => {
  it('V19: of an online sale, by settlement date and RRN', () => {
    expect(signatureFeatureCode({ kind: 'online', settlementDate: V19.date, rrn: V19.rrn })).toBe(V19.printed);
  });

  it('V19: of an offline sale, by batch and trace', () => {
    expect(signatureFeatureCode({ kind: 'offline', batch: '000001', trace: '000123' })).toBe('01230100');
  });

  it('zeros stand for a missing date or RRN', () => {
    expect(signatureFeatureCode({ kind: 'online', rrn: V19.rrn })).toBe('56788226');
    expect(signatureFeatureCode({ kind: 'online', settlementDate: V19.date })).toBe('11210000');
    expect(signatureFeatureCode({ kind: 'online' })).toBe('00000000');
  });

  it('refuses what is not 16 digits', () => {
    expectRefusal(() => signatureFeatureCode({ kind: 'online', rrn: '12345678901' }));
    expectRefusal(() => signatureFeatureCode({ kind: 'offline', batch: '00000A', trace: '000123' }));
  });
});

describe('public keys of certification authorities', () => {
  it.each(V16.keys)('V16: key $idx hashes to its published check', ({ idx, mod, sha1 }) => {
    const input = authorityKeyHashInput({
      rid: hex('A000000333'),
      index: Number.parseInt(idx, 16),
      modulus: hex(mod),
      exponent: hex('03'),
    });
    expect(createHash('sha1').update(input).digest('hex').toUpperCase()).toBe(sha1);
  });
});

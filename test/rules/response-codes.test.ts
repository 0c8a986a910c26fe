import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { columnsOf } from '../../firmware/base/columns.ts';
import { approvalCodes, RESPONSE_CODES, responseCode } from '../../firmware/rules/response-codes.ts';
import { rowsOf } from './text-table.ts';

/** Codes of the CUP terminal rules, appendix D, by what a cashier's terminal has to do. */
const BY_ACTION = rowsOf(`
  approve          | 00 11 A2 A4 A5 A6
  approvePartial   | 10
  askPinAgain      | 55
  signOnAgain      | 22 77 94 99
  reverseAndSignOn | A0
  retry            | 09 13 14 42
  retryLater       | 06 68 90 91 92 96 98
  callIssuer       | 01 02
  callAcquirer     | 03 30 58 60 66 97
  useChip          | 45
  captureCard      | 04 07 33 34 35 36 37 38 41 43 67
  decline          | 05 12 15 19 20 21 23 25 31 39 40 44 51 52 53 54 56 57 59 61 62 63 64 65 75 79 93 95 A1 A3 A7 D5 D6 D7
`);

describe('response codes', () => {
  it.each(BY_ACTION)('%s: %s', (action, codes) => {
    for (const code of codes?.split(' ') ?? []) expect([code, responseCode(code).action]).toEqual([code, action]);
  });

  it('knows every code of the rules and no other', () => {
    const listed = BY_ACTION.flatMap(([, codes]) => codes?.split(' ') ?? []);
    expect(Object.keys(RESPONSE_CODES).toSorted()).toEqual(listed.toSorted());
  });

  it('has texts that fit a line of the display, in both languages', () => {
    for (const { zh, en } of Object.values(RESPONSE_CODES)) {
      expect(columnsOf(zh)).toBeLessThanOrEqual(40);
      expect(columnsOf(en)).toBeLessThanOrEqual(40);
      expect(zh).toMatch(/[\u4e00-\u9fff]/);
      expect(en).toMatch(/^[\x20-\x7e]+$/);
    }
  });

  it('never takes an unknown code for an approval, and shows it', () => {
    expect(responseCode('Z9')).toEqual({ zh: '交易失败 Z9', en: 'Failed Z9', action: 'decline' });
    fc.assert(
      fc.property(fc.string(), (code) => {
        fc.pre(!Object.hasOwn(RESPONSE_CODES, code));
        expect(responseCode(code).action).toBe('decline');
      }),
    );
  });

  it.each(['__proto__', 'constructor', 'toString', ''])('is not fooled by the code %p', (code) => {
    expect(responseCode(code).action).toBe('decline');
  });

  it('does not repeat a code that is no code, which could be anything', () => {
    expect(responseCode('6222021234567890123').en).toBe('Failed ??');
  });

  it('takes an approval outside the acquirer settings for one that must not stand', () => {
    const strict = new Set(['00']);
    expect(responseCode('00', strict).action).toBe('approve');
    for (const code of approvalCodes) {
      if (code !== '00') expect(responseCode(code, strict).action).toBe('approveUnaccepted');
    }
    expect(responseCode('51', strict).action).toBe('decline');
  });
});

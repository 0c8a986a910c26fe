import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { columnsOf, fitPair, takeColumns, wrapText } from '../../firmware/base/columns.ts';

const text = fc.string({ unit: fc.constantFrom(...Array.from('花呗分期 ¥1,234.50%AZaz')) });

describe('text in columns', () => {
  it('never makes a line wider than the paper', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 48 }), (any, columns) => {
        for (const line of wrapText(any, columns)) expect(columnsOf(line)).toBeLessThanOrEqual(columns);
      }),
    );
  });

  it('loses nothing but blanks', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 48 }), (any, columns) => {
        expect(wrapText(any, columns).join('').replaceAll(' ', '')).toBe(any.replaceAll(' ', ''));
      }),
    );
  });

  it.each([
    ['应付金额 ¥1,234.50 元', 10, ['应付金额', '¥1,234.50', '元']],
    ['abcdefghij', 4, ['abcd', 'efgh', 'ij']],
    ['', 10, ['']],
  ])('wraps %s at %d', (any, columns, lines) => expect(wrapText(any, columns)).toEqual(lines));

  it('keeps a value whole: beside its label, or below it', () => {
    expect(fitPair('金额', '¥1,200.00', 32)).toEqual([`金额${' '.repeat(18)}¥1,200.00`]);
    expect(fitPair('很长很长很长的标签', '¥1,234,567.89', 24)).toEqual([
      '很长很长很长的标签',
      '          ¥1,234,567.89',
    ]);
  });

  it('never takes half a Chinese character', () => expect(takeColumns('花呗分期', 5)).toBe('花呗'));
});

import { describe, expect, it } from '@jest/globals';
import type { Key } from '../../firmware/hal/index.ts';
import { amountAfterKey } from '../../firmware/rules/amount-entry.ts';
import { afterDigitKey } from '../../firmware/rules/digit-entry.ts';
import { rowsOf } from './text-table.ts';

describe('digits by key', () => {
  it.each(
    rowsOf(`
      0     | 1        | 1
      12    | 00       | 1200
      999   | 9        | 9999
      9999  | 1        | 9999
      100   | 00       | 100
      1234  | clear    | 123
      0     | clear    | 0
      12    | function | 12
    `),
  )('an amount of %s fen of at most 9999 and key %s is %s fen', (amountFen, key, expected) => {
    expect(amountAfterKey(Number(amountFen), key as Key, 9999)).toBe(Number(expected));
  });

  it.each(
    rowsOf(`
           | 0        | 0
      12   | 3        | 123
      12   | 00       | 1200
      123  | 00       | 123
      1234 | 5        | 1234
      1234 | clear    | 123
           | clear    |
      12   | function | 12
    `),
  )('"%s", of at most four digits, and key %s is "%s"', (digits, key, expected) => {
    expect(afterDigitKey(digits ?? '', key as Key, 4)).toBe(expected);
  });
});

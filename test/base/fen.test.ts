import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { AMOUNT_MAX_FEN, fenOfYuan, formatYuan, plainYuan } from '../../firmware/base/fen.ts';

describe('money', () => {
  it('reads back what it writes, with and without commas', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: AMOUNT_MAX_FEN }), (fen) => {
        expect(fenOfYuan(formatYuan(fen))).toBe(fen);
        expect(fenOfYuan(plainYuan(fen))).toBe(fen);
      }),
    );
  });

  it.each([
    [0, '0.00'],
    [5, '0.05'],
    [100_000, '1,000.00'],
    [-120_000, '-1,200.00'],
    [99_999_999_999, '999,999,999.99'],
  ])('%d fen is %s yuan', (fen, yuan) => expect(formatYuan(fen)).toBe(yuan));

  it.each(['', '.5', '1.234', '1,23', '12,34.00', '-1', '1e3', '１２', ' 1', '10000000000000'])('refuses "%s"', (any) =>
    expect(fenOfYuan(any)).toBeUndefined(),
  );
});

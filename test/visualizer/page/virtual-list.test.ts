import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { rowAfterKey, rowAt, scrollToShow, windowOf } from '../../../visualizer/page/lanes/virtual-list.ts';

const ROW = 26;

describe('windowOf', () => {
  it('holds every row that can be seen, and not many more', () => {
    fc.assert(
      fc.property(fc.nat(300_000), fc.integer({ min: 1, max: 2000 }), fc.nat(12_000), (top, height, count) => {
        const { first, end } = windowOf(top, height, ROW, count);
        const seen = [Math.floor(top / ROW), Math.floor((top + height - 1) / ROW)].filter((row) => row < count);
        expect(first).toBeGreaterThanOrEqual(0);
        expect(end).toBeLessThanOrEqual(count);
        for (const row of seen) expect(first <= row && row < end).toBe(true);
        expect(end - first).toBeLessThanOrEqual(Math.ceil(height / ROW) + 26);
      }),
    );
  });
});

describe('scrollToShow', () => {
  it('stays where the row is in sight', () => {
    expect(scrollToShow(10, 100, 520, ROW)).toBe(100);
  });

  it('moves no farther than needed for a neighbour, and puts what is far away in the middle', () => {
    expect(scrollToShow(25, 100, 520, ROW)).toBe(28 * ROW - 520);
    expect(scrollToShow(3, 100, 520, ROW)).toBe(ROW);
    expect(scrollToShow(5000, 100, 520, ROW)).toBe(5000 * ROW - 260);
  });

  it('never leaves the row out of sight', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.nat(260_000), fc.integer({ min: 200, max: 1500 }), (index, top, height) => {
        const next = scrollToShow(index, top, height, ROW);
        expect(next).toBeGreaterThanOrEqual(0);
        expect(index * ROW).toBeGreaterThanOrEqual(next);
        expect((index + 1) * ROW).toBeLessThanOrEqual(next + height);
      }),
    );
  });
});

describe('rowAt', () => {
  const rows = [{ seq: 2 }, { seq: 5 }, { seq: 9 }];

  it.each([
    [1, -1],
    [2, 0],
    [4, 0],
    [5, 1],
    [100, 2],
  ])('after event %i', (seq, row) => {
    expect(rowAt(rows, seq)).toBe(row);
  });
});

describe('rowAfterKey', () => {
  it.each([
    ['ArrowDown', 3, 4],
    ['ArrowUp', 0, 0],
    ['PageDown', 3, 9],
    ['PageUp', 3, 0],
    ['Home', 7, 0],
    ['End', 3, 9],
  ])('%s from row %i', (key, from, to) => {
    expect(rowAfterKey(key, from, 10, 8)).toBe(to);
  });

  it('leaves other keys alone, and an empty list', () => {
    expect(rowAfterKey('7', 3, 10, 8)).toBeUndefined();
    expect(rowAfterKey('End', 0, 0, 8)).toBeUndefined();
  });
});

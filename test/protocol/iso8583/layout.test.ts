import { describe, expect, it } from '@jest/globals';
import { CUP_STANDARD } from '../../../firmware/protocol/iso8583/index.ts';
import { layoutOf } from '../../../firmware/protocol/iso8583/layout.ts';
import { bytes, CHIP_SALE, joined } from './samples.ts';

/** `field at–end` of every place, and where and why the reading stopped. */
function readingOf(iso: string): string {
  const { places, stopped } = layoutOf(CUP_STANDARD, bytes(iso));
  const fields = places.map(({ field, at, end }) => `${field} ${at}–${end}`);
  return [...fields, ...(stopped === undefined ? [] : [`${stopped.error.path.join('.')} ${stopped.at}`])].join(', ');
}

const HEAD = joined('0200', '2020000000000000');

describe('layoutOf', () => {
  it('has a place for every byte of a whole message', () => {
    const { mti, announced, places, stopped } = layoutOf(CUP_STANDARD, bytes(CHIP_SALE));
    expect([mti, stopped, places.map(({ field }) => field)]).toEqual(['0200', undefined, announced]);
    expect(places.map(({ at }) => at)).toEqual([10, ...places.slice(0, -1).map(({ end }) => end)]);
    expect(places.at(-1)?.end).toBe(bytes(CHIP_SALE).length);
  });

  it.each([
    ['inside the message type', '02', 'mti 0'],
    ['inside the bitmap', '02002020', 'bitmap 2'],
    ['inside the first field', `${HEAD}0000`, '3 10'],
    ['inside a later field', `${HEAD}0000000001`, '3 10–13, 11 13'],
    ['behind the last field', `${HEAD}000000000001FF`, '3 10–13, 11 13–16, end 16'],
  ])('keeps what came before an end %s', (_where, iso, reading) => {
    expect(readingOf(iso)).toBe(reading);
  });
});

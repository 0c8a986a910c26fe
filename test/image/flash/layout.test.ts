import { describe, expect, it } from '@jest/globals';
import { diskBytesMin, layoutOf, MIB, sfdiskScript } from '../../../image/flash/layout.ts';

describe('the layout of a disk', () => {
  it('gives data what the others leave, and nothing lies on anything else', () => {
    const layout = layoutOf('card', 4 * 1024 * MIB + 511, 448);
    let free = MIB;
    for (const { offset, bytes } of layout) {
      expect([offset, bytes % MIB]).toEqual([free, 0]);
      free = offset + bytes;
    }
    expect(free).toBe(4095 * MIB);
    expect(layout.map(({ name }) => name)).toEqual(['esp', 'root', 'slotstate', 'app_a', 'app_b', 'data']);
  });

  it('fits a card of one gigabyte as its maker counts', () => {
    expect(layoutOf('card', 1e9, 448).at(-1)?.bytes).toBeGreaterThanOrEqual(192 * MIB);
  });

  it('refuses a disk by one byte, and says what is missing', () => {
    const least = diskBytesMin(448);
    expect(layoutOf('card', least, 448)).toHaveLength(6);
    expect(() => layoutOf('card', least - 1, 448)).toThrow(
      /card is too small: it has 867 MiB and 867 MiB are needed.*太小/,
    );
    expect(() => layoutOf('card', least, 449)).toThrow(/too small/);
  });

  it('names partitions as bootsel, data.mount and the kernel look for them', () => {
    const script = sfdiskScript(layoutOf('card', 1e9, 448));
    expect(script).toContain('name=slotstate\n');
    expect(script).toMatch(/^start=1MiB, size=96MiB, type=C12A7328-.*, name=esp$/m);
  });
});

/** At which entries of a log of writes the power is cut. */
import type { SeededRandom } from '../../hal-mock/random.ts';
import type { DiskPart, Tearing } from './cut-disk.ts';
import type { LogEntry, WriteLog } from './write-log.ts';

export interface Cut {
  /** Entries that had begun. */
  readonly at: number;
  readonly tearing: Tearing;
}

/** A place on the disk, in bytes. */
export type Extent = Pick<DiskPart, 'offset' | 'bytes'>;

/**
 * As many for either tearing, in the order of the log. Every other one is between a write to one of the places and the
 * flush after it, when there are such.
 */
export function cutPoints(
  log: WriteLog,
  range: { readonly from: number; readonly to: number; readonly count: number },
  places: readonly Extent[],
  random: SeededRandom,
): readonly Cut[] {
  const { from, to, count } = range;
  const writes = log.entries.flatMap((entry, at) => (at >= from && at < to && isIn(entry, places) ? [at] : []));
  const cuts = Array.from({ length: count }, (_, each): Cut => {
    const tearing = each % 4 < 2 ? 512 : 4096;
    const write = writes[random.below(Math.max(1, writes.length))];
    if (each % 2 === 0 || write === undefined) return { at: from + random.below(to - from + 1), tearing };
    const flush = log.entries.findIndex(({ isFlush }, at) => isFlush && at > write);
    const end = flush < 0 ? log.entries.length : flush;
    return { at: Math.min(to, write + 1 + random.below(end - write)), tearing };
  });
  return cuts.toSorted((a, b) => a.at - b.at);
}

/** Whether an entry writes to one of the places. */
export function isIn(entry: LogEntry, places: readonly Extent[]): boolean {
  return places.some(({ offset, bytes }) => entry.offset < offset + bytes && offset < entry.offset + entry.bytes);
}

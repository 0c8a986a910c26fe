import { describe, expect, it } from '@jest/globals';
import type { JournalDisk } from '../../../drivers/journal/disk.ts';
import { JournalFileStore } from '../../../drivers/journal/file-store.ts';
import { SimulatedDisk } from '../../../hal-mock/disk.ts';
import { openWhole } from '../../../hal-mock/journal-store.ts';
import { SeededRandom } from '../../../hal-mock/random.ts';
import { VirtualClock } from '../../../hal-mock/time.ts';

const SEGMENT_BYTES = 1024;

function newDisk(options: Partial<ConstructorParameters<typeof SimulatedDisk>[0]> = {}): SimulatedDisk {
  return new SimulatedDisk({ random: new SeededRandom(11), ...options });
}

describe('JournalFileStore', () => {
  it('costs one sync for a record, and never changes the size of a file', async () => {
    const disk = newDisk();
    const store = new JournalFileStore({ disk });
    await openWhole(store);
    const [size] = [disk.contentOf('journal-00000001.seg').length];
    const syncs = disk.syncs;
    for (let i = 0; i < 20; i++) await store.append(`record ${i}`);
    expect(disk.syncs - syncs).toBe(20);
    expect(disk.contentOf('journal-00000001.seg')).toHaveLength(size ?? 0);
  });

  it('resolves an append only when the sync has ended', async () => {
    const clock = new VirtualClock();
    const store = new JournalFileStore({ disk: newDisk({ clock, syncMs: 500 }) });
    await clock.resolve(openWhole(store));
    let isDurable = false;
    const append = store.append('slow').then(() => (isDurable = true));
    await clock.advance(499);
    expect(isDurable).toBe(false);
    await clock.advance(1);
    await append;
    expect(isDurable).toBe(true);
  });

  it('stops when there is no room for the next segment, and has everything before it', async () => {
    const disk = newDisk({ capacityBytes: 2 * SEGMENT_BYTES });
    const store = new JournalFileStore({ disk, segmentBytes: SEGMENT_BYTES });
    await openWhole(store);
    const kept: string[] = [];
    const failure = await (async () => {
      for (let i = 0; i < 100; i++) {
        await store.append(`record ${i}`);
        kept.push(`record ${i}`);
      }
      return undefined;
    })().catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: 'media', device: 'journal', detail: 'ENOSPC' });
    expect(kept.length).toBeGreaterThan(20);
    disk.powerCut();
    const again = new JournalFileStore({ disk, segmentBytes: SEGMENT_BYTES });
    expect(await openWhole(again)).toEqual({ records: kept, damage: undefined });
    await expect(again.append('x'.repeat(SEGMENT_BYTES / 2))).rejects.toMatchObject({ detail: 'ENOSPC' });
  });

  it('goes on where it stopped once there is room again', async () => {
    const disk = newDisk({ capacityBytes: SEGMENT_BYTES + 100 });
    const first = new JournalFileStore({ disk, segmentBytes: SEGMENT_BYTES });
    await openWhole(first);
    const half = 'x'.repeat(SEGMENT_BYTES / 2);
    await first.append(half);
    await expect(first.append(half)).rejects.toMatchObject({ detail: 'ENOSPC' });
    disk.killProcess();
    const second = new JournalFileStore({ disk, segmentBytes: SEGMENT_BYTES });
    expect(await openWhole(second)).toEqual({ records: [half], damage: undefined });
    await second.append('short');
    disk.growTo(4 * SEGMENT_BYTES);
    await second.append(half);
    disk.powerCut();
    const third = await openWhole(new JournalFileStore({ disk, segmentBytes: SEGMENT_BYTES }));
    expect(third).toEqual({ records: [half, 'short', half], damage: undefined });
  });

  it('is closed once; closing again, and closing what was damaged, does nothing', async () => {
    const disk = newDisk();
    const store = new JournalFileStore({ disk, segmentBytes: SEGMENT_BYTES });
    await openWhole(store);
    await store.append('one');
    await store.append('two');
    await store.close();
    const { syncs } = disk;
    await store.close();
    expect(disk.syncs).toBe(syncs);
    await expect(store.append('three')).rejects.toMatchObject({ kind: 'media', detail: 'journal is closed' });
    disk.flipBit('journal-00000001.seg', 8 * 120);
    const damaged = new JournalFileStore({ disk, segmentBytes: SEGMENT_BYTES });
    expect(await openWhole(damaged)).toMatchObject({ damage: { kind: 'corrupt' } });
    await damaged.close();
    expect(disk.syncs).toBe(syncs);
  });

  it('calls it a disk failure when the system gives no code', async () => {
    const disk = newDisk();
    const mute: JournalDisk = {
      list: () => disk.list(),
      create: () => Promise.reject(new Error('no more to say')),
      open: (name) => disk.open(name),
    };
    const failure = openWhole(new JournalFileStore({ disk: mute }));
    await expect(failure).rejects.toMatchObject({ kind: 'media', device: 'journal', detail: 'disk failure' });
  });

  it('refuses a record that no segment could hold, and goes on with the next', async () => {
    const store = new JournalFileStore({ disk: newDisk(), segmentBytes: SEGMENT_BYTES });
    await openWhole(store);
    await expect(store.append('x'.repeat(SEGMENT_BYTES))).rejects.toMatchObject({ kind: 'unsupported' });
    await expect(store.append('fits')).resolves.toBeUndefined();
  });

  it('takes the longest record that fits, and reads it back', async () => {
    const disk = newDisk();
    const store = new JournalFileStore({ disk, segmentBytes: SEGMENT_BYTES });
    await openWhole(store);
    const longest = 'x'.repeat(SEGMENT_BYTES - 64 - 2 * 52);
    await store.append(longest);
    await store.append(longest);
    disk.killProcess();
    const { records } = await openWhole(new JournalFileStore({ disk, segmentBytes: SEGMENT_BYTES }));
    expect(records).toEqual([longest, longest]);
  });

  it('opens a journal whose segments have another size than new ones', async () => {
    const disk = newDisk();
    const first = new JournalFileStore({ disk, segmentBytes: SEGMENT_BYTES });
    await openWhole(first);
    await first.append('small');
    await first.close();
    const second = new JournalFileStore({ disk, segmentBytes: 4 * SEGMENT_BYTES });
    expect((await openWhole(second)).records).toEqual(['small']);
    await second.append('x'.repeat(SEGMENT_BYTES));
    await second.close();
    const third = await openWhole(new JournalFileStore({ disk, segmentBytes: 2 * SEGMENT_BYTES }));
    expect(third.records).toEqual(['small', 'x'.repeat(SEGMENT_BYTES)]);
  });

  it('rejects the opening when the disk gives nothing', async () => {
    const disk = newDisk();
    disk.failAfter(0, 'EIO');
    await expect(openWhole(new JournalFileStore({ disk }))).rejects.toMatchObject({ kind: 'media', detail: 'EIO' });
  });

  it('takes no more records once it was closed', async () => {
    const store = new JournalFileStore({ disk: newDisk() });
    await openWhole(store);
    await store.close();
    await expect(store.append('late')).rejects.toMatchObject({ kind: 'media' });
  });
});

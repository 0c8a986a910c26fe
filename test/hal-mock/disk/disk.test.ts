import { describe, expect, it } from '@jest/globals';
import { SimulatedDisk } from '../../../hal-mock/disk.ts';
import { SeededRandom } from '../../../hal-mock/random.ts';
import { VirtualClock } from '../../../hal-mock/time.ts';

const NEW = new Uint8Array(2000).fill(0xaa);

async function diskAfterCut(seed: number, doIt: (disk: SimulatedDisk) => Promise<void>): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk({ random: new SeededRandom(seed) });
  await doIt(disk);
  disk.powerCut();
  return disk;
}

/** What each 512-byte sector of a half-written file looks like after a power cut. */
async function sectorsAfterCut(seed: number): Promise<string[]> {
  const disk = await diskAfterCut(seed, async (before) => {
    const file = await before.create('f', 2048);
    await file.write(0, NEW);
  });
  const content = disk.contentOf('f');
  return [0, 512, 1024, 1536].map((at) => {
    const written = content.subarray(at, Math.min(at + 512, NEW.length)).filter((byte) => byte === 0xaa).length;
    if (written === 0) return 'lost';
    return written === Math.min(512, NEW.length - at) ? 'kept' : 'torn';
  });
}

describe('SimulatedDisk at a power cut', () => {
  it('keeps what was synced', async () => {
    for (let seed = 0; seed < 50; seed++) {
      const disk = await diskAfterCut(seed, async (before) => {
        const file = await before.create('f', 2048);
        await file.write(0, NEW);
        await file.sync();
      });
      expect(disk.contentOf('f').subarray(0, NEW.length)).toEqual(NEW);
    }
  });

  it('loses, keeps and tears sectors that were not synced, later ones before earlier ones too', async () => {
    const outcomes = await Promise.all(Array.from({ length: 200 }, (_, seed) => sectorsAfterCut(seed)));
    expect(new Set(outcomes.flat())).toEqual(new Set(['lost', 'kept', 'torn']));
    expect(outcomes.some(([first, second]) => first === 'lost' && second === 'kept')).toBe(true);
  });

  it('does the same for the same seed', async () => {
    for (let seed = 0; seed < 20; seed++) expect(await sectorsAfterCut(seed)).toEqual(await sectorsAfterCut(seed));
  });

  it('may lose a file whose making was cut', async () => {
    const found = await Promise.all(
      Array.from({ length: 40 }, async (_, seed) => {
        const disk = await diskAfterCut(seed, async (before) => {
          before.haltAfter(0);
          await before.create('f', 100).catch(() => undefined);
        });
        return (await disk.list()).length;
      }),
    );
    expect(new Set(found)).toEqual(new Set([0, 1]));
  });
});

describe('SimulatedDisk when only the process ends', () => {
  it('keeps what was written, and loses it at a power cut all the same', async () => {
    let lost = 0;
    for (let seed = 0; seed < 50; seed++) {
      const disk = new SimulatedDisk({ random: new SeededRandom(seed) });
      const file = await disk.create('f', 4);
      await file.write(0, new Uint8Array([9]));
      disk.killProcess();
      expect(disk.contentOf('f')[0]).toBe(9);
      disk.powerCut();
      if (disk.contentOf('f')[0] === 0) lost++;
    }
    expect(lost).toBeGreaterThan(5);
  });

  it('lets the dead process do nothing more', async () => {
    const disk = new SimulatedDisk({ random: new SeededRandom(1) });
    const file = await disk.create('f', 4);
    disk.killProcess();
    await expect(file.write(0, new Uint8Array([9]))).rejects.toMatchObject({ code: 'EHALTED' });
    expect(disk.contentOf('f')[0]).toBe(0);
  });
});

describe('SimulatedDisk errors', () => {
  it('forgets at a failed sync what it owed, and says so once', async () => {
    let lost = 0;
    for (let seed = 0; seed < 50; seed++) {
      const disk = new SimulatedDisk({ random: new SeededRandom(seed) });
      const file = await disk.create('f', 4);
      await file.write(0, new Uint8Array([9]));
      disk.failAfter(0, 'EIO');
      await expect(file.sync()).rejects.toMatchObject({ code: 'EIO' });
      await file.sync();
      expect((await file.read())[0]).toBe(9);
      disk.powerCut();
      if (disk.contentOf('f')[0] === 0) lost++;
    }
    expect(lost).toBeGreaterThan(5);
  });

  it('has no room beyond its capacity', async () => {
    const disk = new SimulatedDisk({ random: new SeededRandom(1), capacityBytes: 1000 });
    await disk.create('a', 600);
    await expect(disk.create('b', 600)).rejects.toMatchObject({ code: 'ENOSPC' });
    disk.growTo(1200);
    await expect(disk.create('b', 600)).resolves.toBeDefined();
  });

  it('halts at the chosen operation and at every one after it', async () => {
    const disk = new SimulatedDisk({ random: new SeededRandom(1) });
    const file = await disk.create('f', 4);
    disk.haltAfter(1);
    await file.write(0, new Uint8Array([1]));
    await expect(file.sync()).rejects.toMatchObject({ code: 'EHALTED' });
    await expect(disk.list()).rejects.toMatchObject({ code: 'EHALTED' });
  });

  it('takes its time to sync', async () => {
    const clock = new VirtualClock();
    const disk = new SimulatedDisk({ random: new SeededRandom(1), clock, syncMs: 50 });
    const file = await disk.create('f', 4);
    await clock.resolve(file.sync());
    expect(clock.monotonicMs()).toBe(50);
  });
});

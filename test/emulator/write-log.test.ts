import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { SeededRandom } from '../../hal-mock/random.ts';
import { CutDisk } from './cut-disk.ts';
import { type LogEntry, WriteLog } from './write-log.ts';

const SECTOR = 512;
const DISK_SECTORS = 64;

/** What stands in the log: a write of sectors filled with a byte, or something without data. */
type Made =
  | { readonly write: number; readonly sectors: number; readonly fill: number; readonly isForced?: boolean }
  | { readonly discard: number; readonly sectors: number }
  | 'flush';

const FLUSH = 1n;
const FORCED = 2n;
const DISCARD = 4n;

function entry(sector: number, sectors: number, flags: bigint, data: Buffer): Buffer {
  const head = Buffer.alloc(SECTOR);
  [BigInt(sector), BigInt(sectors), flags, 0n].forEach((value, at) => head.writeBigUInt64LE(value, at * 8));
  return Buffer.concat([head, data]);
}

function entryOf(made: Made): Buffer {
  if (made === 'flush') return entry(0, 0, FLUSH, Buffer.alloc(0));
  if ('discard' in made) return entry(made.discard, made.sectors, DISCARD, Buffer.alloc(0));
  return entry(
    made.write,
    made.sectors,
    made.isForced === true ? FORCED : 0n,
    Buffer.alloc(made.sectors * SECTOR, made.fill),
  );
}

function logOf(made: readonly Made[]): Buffer {
  const head = Buffer.alloc(SECTOR);
  head.writeBigUInt64LE(0x6a736677736872n, 0);
  head.writeBigUInt64LE(1n, 8);
  head.writeBigUInt64LE(BigInt(made.length), 16);
  head.writeUInt32LE(SECTOR, 24);
  return Buffer.concat([head, ...made.map(entryOf)]);
}

let folder: string;
let path: string;
let disk: string;
let opened: { close(): void }[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fenqi-write-log-'));
  [path, disk] = [join(folder, 'log'), join(folder, 'disk')];
});
beforeEach(() => writeFileSync(disk, Buffer.alloc(DISK_SECTORS * SECTOR, 0xee)));
afterEach(() => {
  for (const each of opened) each.close();
  opened = [];
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(made: readonly Made[]): WriteLog {
  writeFileSync(path, logOf(made));
  const log = new WriteLog(path);
  opened.push(log);
  return log;
}

function replay(made: readonly Made[], loses?: (entry: LogEntry, index: number) => boolean): CutDisk {
  const replayed = new CutDisk(read(made), { all: { path: disk, offset: 0, bytes: DISK_SECTORS * SECTOR } }, loses);
  opened.push(replayed);
  return replayed;
}

/** The byte that fills each sector, or -1 where there are several. */
function sectors(): number[] {
  const bytes = readFileSync(disk);
  return Array.from({ length: DISK_SECTORS }, (_, at) => {
    const sector = bytes.subarray(at * SECTOR, (at + 1) * SECTOR);
    return sector.equals(Buffer.alloc(SECTOR, sector[0])) ? (sector[0] ?? -1) : -1;
  });
}

describe('a log of writes', () => {
  it('has each write, flush and discard at its place', () => {
    const log = read([{ write: 3, sectors: 2, fill: 7 }, 'flush', { discard: 8, sectors: 4 }]);
    expect(log.entries).toMatchObject([
      { offset: 3 * SECTOR, bytes: 2 * SECTOR, isFlush: false, isForced: false },
      { bytes: 0, isFlush: true },
      { offset: 8 * SECTOR, bytes: 4 * SECTOR, isDiscard: true },
    ]);
    expect(log.entries.map((each) => log.data(each).length)).toEqual([1024, 0, 2048]);
  });

  it('says how many entries had begun when it was shorter', () => {
    const log = read([{ write: 0, sectors: 1, fill: 1 }, 'flush', { write: 1, sectors: 1, fill: 1 }]);
    const ends = log.entries.map(({ at }) => at);
    expect([0, ...ends.map((at) => at + 1)].map((bytes) => log.begunAt(bytes))).toEqual([0, 1, 2, 3]);
  });

  it('may end in the middle of what the machine was writing when it was killed', () => {
    const whole = logOf([
      { write: 0, sectors: 1, fill: 1 },
      { write: 1, sectors: 4, fill: 2 },
    ]);
    whole.writeBigUInt64LE(1n, 16);
    for (const missing of [1, 2048, 2500]) {
      writeFileSync(path, whole.subarray(0, whole.length - missing));
      const log = new WriteLog(path);
      opened.push(log);
      expect(log.entries).toHaveLength(1);
    }
  });

  it('is refused when it is none, or has fewer entries than it counts', () => {
    writeFileSync(path, Buffer.alloc(1024));
    expect(() => new WriteLog(path)).toThrow('no log of writes');
    writeFileSync(path, logOf(['flush', 'flush']).subarray(0, 1024));
    expect(() => new WriteLog(path)).toThrow('1 of 2 entries');
  });
});

describe('a disk after a cut', () => {
  const WRITES: readonly Made[] = [
    { write: 0, sectors: 8, fill: 1 },
    'flush',
    { write: 4, sectors: 16, fill: 2 },
    'flush',
  ];

  it('has everything that was flushed, and nothing that was not written yet', () => {
    const replayed = replay(WRITES);
    replayed.cutAt(2, 512, new SeededRandom(1));
    expect(sectors().slice(0, 9)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 0xee]);
    replayed.cutAt(4, 512, new SeededRandom(1));
    expect(sectors().slice(0, 21)).toEqual([1, 1, 1, 1, ...Array<number>(16).fill(2), 0xee]);
  });

  it.each([512, 4096] as const)('has some units of %i bytes of what was not flushed, and whole ones', (unit) => {
    const inUnit = unit / SECTOR;
    const seen = new Set<string>();
    const replayed = replay(WRITES);
    for (let seed = 0; seed < 60; seed++) {
      replayed.cutAt(3, unit, new SeededRandom(seed));
      const after = sectors();
      expect(after.slice(0, 4)).toEqual([1, 1, 1, 1]);
      seen.add(after.slice(4, 20).join(' '));
      // Units begin at multiples of their size on the disk, wherever a write begins.
      for (let at = 8; at < 16; at += inUnit) expect(new Set(after.slice(at, at + inUnit)).size).toBe(1);
    }
    expect(seen.size).toBeGreaterThan(unit === 512 ? 15 : 6);
    expect(seen).toContain(Array(16).fill(2).join(' '));
    expect(seen).toContain([...Array(4).fill(1), ...Array(12).fill(0xee)].join(' '));
  });

  it('has what was written with FUA, flushed or not, and zeros where content was given up', () => {
    const replayed = replay([
      { write: 0, sectors: 4, fill: 9, isForced: true },
      'flush',
      { write: 4, sectors: 4, fill: 9, isForced: true },
      { discard: 1, sectors: 1 },
      'flush',
    ]);
    replayed.cutAt(3, 512, new SeededRandom(3));
    expect(sectors().slice(0, 9)).toEqual([9, 9, 9, 9, 9, 9, 9, 9, 0xee]);
    replayed.cutAt(5, 512, new SeededRandom(3));
    expect(sectors().slice(0, 3)).toEqual([9, 0, 9]);
  });

  it('leaves out what lies elsewhere, and takes writes that cross into a part', () => {
    const log = read([{ write: 6, sectors: 4, fill: 5 }, { write: 40, sectors: 1, fill: 6 }, 'flush']);
    const part = new CutDisk(log, { part: { path: disk, offset: 8 * SECTOR, bytes: 16 * SECTOR } });
    opened.push(part);
    part.cutAt(3, 512, new SeededRandom(1));
    expect(sectors()).toEqual([5, 5, ...Array<number>(DISK_SECTORS - 2).fill(0xee)]);
  });

  it('lacks what its medium loses, flushed or not', () => {
    replay(WRITES, ({ offset }, index) => offset === 4 * SECTOR && index === 2).cutAt(4, 512, new SeededRandom(1));
    expect(sectors().slice(0, 9)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 0xee]);
  });

  it('says which of its files has changed', () => {
    const replayed = replay(WRITES);
    const before = replayed.changesOf(disk);
    replayed.cutAt(1, 512, new SeededRandom(1));
    replayed.cutAt(2, 512, new SeededRandom(1));
    expect(replayed.changesOf(disk)).toBeGreaterThan(before);
    const after = replayed.changesOf(disk);
    replayed.cutAt(2, 512, new SeededRandom(1));
    expect(replayed.changesOf(disk)).toBe(after);
  });

  it('goes forward only', () => {
    const replayed = replay(WRITES);
    replayed.cutAt(2, 512, new SeededRandom(1));
    expect(() => replayed.cutAt(1, 512, new SeededRandom(1))).toThrow('in their order');
  });

  it('is as before once it is restored, whatever was torn', () => {
    const write = fc.record({ write: fc.nat(50), sectors: fc.integer({ min: 1, max: 13 }), fill: fc.nat(255) });
    const made = fc.array(
      fc.oneof({ weight: 4, arbitrary: write }, { weight: 1, arbitrary: fc.constant('flush' as const) }),
    );
    fc.assert(
      fc.property(made, fc.nat(), (entries, seed) => {
        writeFileSync(disk, Buffer.alloc(DISK_SECTORS * SECTOR, 0xee));
        const replayed = replay(entries);
        const wanted = Array<number>(DISK_SECTORS).fill(0xee);
        entries.slice(0, entries.lastIndexOf('flush') + 1).forEach((each) => {
          if (each !== 'flush' && 'write' in each) wanted.fill(each.fill, each.write, each.write + each.sectors);
        });
        replayed.cutAt(entries.length, 4096, new SeededRandom(seed));
        replayed.restore();
        expect(sectors()).toEqual(wanted);
        for (const each of opened) each.close();
        opened = [];
      }),
      { numRuns: 50 },
    );
  });
});

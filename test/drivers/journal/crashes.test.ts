import { describe, expect, it } from '@jest/globals';
import { JournalFileStore } from '../../../drivers/journal/file-store.ts';
import type { JournalDamage } from '../../../firmware/hal/index.ts';
import { SimulatedDisk } from '../../../hal-mock/disk.ts';
import { openWhole } from '../../../hal-mock/journal-store.ts';
import { SeededRandom } from '../../../hal-mock/random.ts';

const SEGMENT_BYTES = 1024;

/** What a terminal knows of its journal, over all of its lives. */
class JournalHistory {
  /** Acknowledged, or read at an opening, which comes to the same: somebody may have acted on it. */
  readonly known: string[] = [];
  /** Asked for, and neither acknowledged nor refused before the end of that life. */
  inFlight: string | undefined;
  #next = 0;

  nextRecord(length: number): string {
    return `${this.#next++}:${'花呗x'.repeat(length).slice(0, length)}`;
  }

  takeOpening(records: readonly string[], damage: JournalDamage | undefined): void {
    expect(['none', 'tornTail']).toContain(damage?.kind ?? 'none');
    const unknown = records.slice(this.known.length);
    expect(records.slice(0, this.known.length)).toEqual(this.known);
    expect(unknown.length === 0 || (unknown.length === 1 && unknown[0] === this.inFlight)).toBe(true);
    this.known.push(...unknown);
    this.inFlight = undefined;
  }
}

/** False when the disk failed. */
async function appended(store: JournalFileStore, history: JournalHistory, length: number): Promise<boolean> {
  const record = history.nextRecord(length);
  history.inFlight = record;
  try {
    await store.append(record);
  } catch {
    return false;
  }
  history.known.push(record);
  history.inFlight = undefined;
  return true;
}

/** Appends until the disk fails or the day is over. */
async function live(store: JournalFileStore, history: JournalHistory, random: SeededRandom): Promise<void> {
  const count = random.below(12);
  for (let i = 0; i < count && (await appended(store, history, random.below(300))); i++);
}

function breakSomewhere(disk: SimulatedDisk, random: SeededRandom): void {
  if (random.chance(0.6)) disk.haltAfter(random.below(24));
  else if (random.chance(0.5)) disk.failAfter(random.below(24), random.chance(0.5) ? 'EIO' : 'ENOSPC');
}

/** One terminal through some lives, each ended at a random moment. */
async function liveAndCrash(seed: number): Promise<void> {
  const random = new SeededRandom(seed);
  const disk = new SimulatedDisk({ random });
  const history = new JournalHistory();
  for (let life = 0; life < 5; life++) {
    breakSomewhere(disk, random);
    const store = new JournalFileStore({ disk, segmentBytes: SEGMENT_BYTES });
    const opening = await openWhole(store).catch(() => undefined);
    if (opening !== undefined) {
      history.takeOpening(opening.records, opening.damage);
      await live(store, history, random);
    }
    if (random.chance(0.6)) disk.powerCut();
    else disk.killProcess();
  }
  disk.powerCut();
  const last = await openWhole(new JournalFileStore({ disk, segmentBytes: SEGMENT_BYTES }));
  history.takeOpening(last.records, last.damage);
}

const DAY_RECORDS = 12;

/** A day over several segments that is cut at one operation; true when it was over before. */
async function dayHaltedAt(operation: number, what: 'power' | 'process'): Promise<boolean> {
  const disk = new SimulatedDisk({ random: new SeededRandom(operation) });
  const history = new JournalHistory();
  disk.haltAfter(operation);
  const store = new JournalFileStore({ disk, segmentBytes: SEGMENT_BYTES });
  const opening = await openWhole(store).catch(() => undefined);
  if (opening !== undefined) {
    for (let i = 0; i < DAY_RECORDS && (await appended(store, history, 40 + 20 * i)); i++);
  }
  const isWhole = disk.operations <= operation;
  if (what === 'power') disk.powerCut();
  else disk.killProcess();
  const { records, damage } = await openWhole(new JournalFileStore({ disk }));
  history.takeOpening(records, damage);
  if (isWhole) expect(history.known).toHaveLength(DAY_RECORDS);
  return isWhole;
}

describe('the journal after a crash', () => {
  it('is a prefix that holds every acknowledged record, for 3,000 seeds of crashes and disk errors', async () => {
    for (let seed = 1; seed <= 3000; seed++) {
      try {
        await liveAndCrash(seed);
      } catch (error) {
        throw new Error(`seed ${seed}`, { cause: error });
      }
    }
  }, 60_000);

  it.each(['power', 'process'] as const)('survives the end of the %s at every operation of a day', async (what) => {
    let isWhole = false;
    for (let operation = 0; !isWhole; operation++) isWhole = await dayHaltedAt(operation, what);
  });

  it('makes durable what it read when only the process had died', async () => {
    const disk = new SimulatedDisk({ random: new SeededRandom(7) });
    const first = new JournalFileStore({ disk });
    await openWhole(first);
    await first.append('one');
    disk.failAfter(1, 'EIO');
    await expect(first.append('two')).rejects.toMatchObject({ kind: 'media', detail: 'EIO' });
    disk.killProcess();
    const { records } = await openWhole(new JournalFileStore({ disk }));
    expect(records).toEqual(['one', 'two']);
    disk.powerCut();
    expect((await openWhole(new JournalFileStore({ disk }))).records).toEqual(['one', 'two']);
  });
});

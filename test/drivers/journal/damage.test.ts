import { describe, expect, it } from '@jest/globals';
import type { JournalDisk } from '../../../drivers/journal/disk.ts';
import { JournalFileStore } from '../../../drivers/journal/file-store.ts';
import { CHAIN_START, encodeHeader, encodeRecord } from '../../../drivers/journal/record.ts';
import { bytesOfUtf8 } from '../../../firmware/base/text.ts';
import { SimulatedDisk } from '../../../hal-mock/disk.ts';
import { type JournalOpening, openWhole } from '../../../hal-mock/journal-store.ts';
import { SeededRandom } from '../../../hal-mock/random.ts';

const SEGMENT_BYTES = 1024;
const RECORDS = [
  'one',
  'two '.repeat(50),
  'three '.repeat(60),
  'four '.repeat(70),
  'five',
  'six '.repeat(100),
  'seven',
];
const FIRST = 'journal-00000001.seg';
const SECOND = 'journal-00000002.seg';
const THIRD = 'journal-00000003.seg';

function storeOn(disk: SimulatedDisk): JournalFileStore {
  return new JournalFileStore({ disk, segmentBytes: SEGMENT_BYTES });
}

/** Three segments of three, two and two records, all acknowledged and settled on the disk. */
async function writtenDisk(records: readonly string[] = RECORDS): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk({ random: new SeededRandom(3) });
  const store = storeOn(disk);
  await openWhole(store);
  for (const record of records) await store.append(record);
  await store.close();
  return disk;
}

async function opened(disk: SimulatedDisk): Promise<JournalOpening> {
  disk.killProcess();
  return openWhole(storeOn(disk));
}

/** Offset of the `count`-th text in a segment, which is where its payload starts. */
function payloadAt(disk: SimulatedDisk, name: string, text: string): number {
  return Buffer.from(disk.contentOf(name)).indexOf(text);
}

describe('a flipped bit', () => {
  it('anywhere in an acknowledged record is corruption of that record, and what precedes it is read', async () => {
    const SLOT_BYTES = 52;
    const places = RECORDS.map((text, i) => ({
      text,
      i,
      name: [FIRST, FIRST, FIRST, SECOND, SECOND, THIRD, THIRD][i] ?? '',
    }));
    const disk = await writtenDisk();
    for (const { text, i, name } of places) {
      const at = payloadAt(disk, name, text);
      expect(at).toBeGreaterThan(0);
      for (let bit = (at - SLOT_BYTES) * 8; bit < (at + Buffer.byteLength(text)) * 8; bit++) {
        disk.flipBit(name, bit);
        const { records, damage } = await opened(disk);
        if (damage?.kind !== 'corrupt' || damage.atSequence !== i + 1 || records.length !== i) {
          throw new Error(`bit ${bit} of ${name}: ${damage?.kind} ${damage?.atSequence}, ${records.length} records`);
        }
        disk.flipBit(name, bit);
      }
    }
  }, 60_000);

  it('anywhere in the files loses no record without a word', async () => {
    for (const name of [FIRST, SECOND, THIRD]) {
      for (let bit = 0; bit < SEGMENT_BYTES * 8; bit += 5) {
        const disk = await writtenDisk();
        disk.flipBit(name, bit);
        const { records, damage } = await opened(disk);
        expect(records).toEqual(RECORDS.slice(0, records.length));
        if (records.length < RECORDS.length) expect(damage?.kind).toBe('corrupt');
      }
    }
  }, 60_000);

  it('behind the last record of the newest segment is set aside', async () => {
    const disk = await writtenDisk();
    disk.flipBit(THIRD, SEGMENT_BYTES * 8 - 1);
    expect(await opened(disk)).toEqual({ records: RECORDS, damage: { kind: 'tornTail', atSequence: 8 } });
    expect(await opened(disk)).toEqual({ records: RECORDS, damage: undefined });
  });
});

describe('files that are not as they were left', () => {
  it.each([
    [FIRST, 0],
    [SECOND, 3],
    [THIRD, 5],
  ])('says where %s is missing', async (name, recordsBefore) => {
    const disk = await writtenDisk();
    disk.remove(name);
    const damage = { kind: 'missingSegment', atSequence: recordsBefore + 1 };
    expect(await opened(disk)).toEqual({ records: RECORDS.slice(0, recordsBefore), damage });
  });

  it('notices exchanged segments', async () => {
    const disk = await writtenDisk();
    disk.swap(SECOND, THIRD);
    const { records, damage } = await opened(disk);
    expect(records).toEqual(RECORDS.slice(0, 3));
    expect(damage).toEqual({ kind: 'corrupt', atSequence: 4 });
  });

  it('notices a segment of another journal', async () => {
    const [disk, other] = [await writtenDisk(), await writtenDisk(RECORDS.map((text) => text.toUpperCase()))];
    const file = await disk.open(SECOND);
    await file.write(0, other.contentOf(SECOND));
    expect((await opened(disk)).damage).toEqual({ kind: 'corrupt', atSequence: 4 });
  });

  it('notices that the newest segment lost its content after it held records', async () => {
    const disk = await writtenDisk();
    const file = await disk.open(THIRD);
    await file.write(0, new Uint8Array(SEGMENT_BYTES));
    expect((await opened(disk)).damage).toEqual({ kind: 'corrupt', atSequence: 6 });
  });

  it('takes no records on top of corruption and leaves the bytes for a person to look at', async () => {
    const disk = await writtenDisk();
    disk.flipBit(SECOND, 8 * payloadAt(disk, SECOND, 'four'));
    const before = [FIRST, SECOND, THIRD].map((name) => disk.contentOf(name));
    disk.killProcess();
    const store = storeOn(disk);
    await openWhole(store);
    await expect(store.append('new')).rejects.toMatchObject({ kind: 'media', device: 'journal' });
    expect([FIRST, SECOND, THIRD].map((name) => disk.contentOf(name))).toEqual(before);
  });

  it('ignores files that are not its own', async () => {
    const disk = await writtenDisk();
    await disk.create('lost+found', 10);
    expect(await opened(disk)).toEqual({ records: RECORDS, damage: undefined });
  });
});

describe('a segment that this terminal did not write like this', () => {
  it('that cannot be read is corruption, and what precedes it is read', async () => {
    const disk = await writtenDisk();
    disk.killProcess();
    const halfBroken: JournalDisk = {
      list: () => disk.list(),
      create: (name, sizeBytes) => disk.create(name, sizeBytes),
      open: (name) => (name === SECOND ? Promise.reject(new Error('unreadable')) : disk.open(name)),
    };
    const opening = await openWhole(new JournalFileStore({ disk: halfBroken, segmentBytes: SEGMENT_BYTES }));
    expect(opening).toEqual({ records: RECORDS.slice(0, 3), damage: { kind: 'corrupt', atSequence: 4 } });
  });

  it('whose record leaves no room for another slot keeps that record', async () => {
    const disk = new SimulatedDisk({ random: new SeededRandom(3) });
    const header = encodeHeader(1, SEGMENT_BYTES, CHAIN_START);
    const SLOT_BYTES = 52;
    const text = 'x'.repeat(SEGMENT_BYTES - header.length - SLOT_BYTES - 20);
    const file = await disk.create(FIRST, SEGMENT_BYTES);
    await file.write(0, header);
    await file.write(header.length, encodeRecord(CHAIN_START, bytesOfUtf8(text)).bytes);
    await file.sync();
    const opening = await opened(disk);
    expect(opening).toEqual({ records: [text], damage: { kind: 'tornTail', atSequence: 2 } });
  });
});

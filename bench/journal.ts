/**
 * The journal on this machine's disk: a commit beside a bare write and fdatasync of the same bytes in the same run, syncs
 * before a sale leaves, and a start with ten thousand records. `node bench/journal.ts`
 */
import { constants } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTerminal, DEFAULT_SETTINGS, type JournalStore } from '../firmware/index.ts';
import type { JournalDisk, JournalFile } from '../drivers/journal/disk.ts';
import { JournalFileStore } from '../drivers/journal/file-store.ts';
import { encodeRecord, CHAIN_START } from '../drivers/journal/record.ts';
import { SystemClock } from '../drivers/linux/clock.ts';
import { LinuxJournalDisk } from '../drivers/linux/journal-disk.ts';
import { Journal } from '../firmware/journal/journal.ts';
import { mockPorts, SimulatedDisk, testCard } from '../hal-mock/index.ts';
import { openWhole } from '../hal-mock/journal-store.ts';
import { type BenchRow, printRows } from './bench-row.ts';

const COMMITS = 2_000;
const WARM_UP = 200;
const P99_RATIO_MAX = 2.5;
const RECOVERY_RECORDS = 10_000;
const RECOVERY_MS_MAX = 300;
const RECOVERIES = 5;
const SEGMENT_BYTES = 1024 * 1024;

/** Runs the work in a fresh directory on the disk that temporary files are on. */
async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'fenqi-bench-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface Sales {
  readonly records: readonly string[];
  /** Data syncs of each sale from the card to the first byte for the host. */
  readonly syncsBeforeSend: readonly number[];
  /** Of each whole sale with two slips. */
  readonly syncsOfSale: readonly number[];
}

/** Sales of a terminal over mocked ports, with the shipped journal on a disk that counts. */
async function sell(recordsMin: number): Promise<Sales> {
  const { ports, clock, random, keypad, reader, printer, display, acquirerLink } = mockPorts();
  const disk = new SimulatedDisk({ random });
  const store = new JournalFileStore({ disk });
  const records: string[] = [];
  const journalStore: JournalStore = {
    open: (take) => store.open(take),
    append: async (record) => {
      await store.append(record);
      records.push(record);
    },
  };
  const terminal = createTerminal({ ...ports, journalStore }, DEFAULT_SETTINGS);
  terminal.start();
  const shows = (id: string): Promise<void> => clock.runUntil(() => display.current?.id === id);
  const [syncsBeforeSend, syncsOfSale]: [number[], number[]] = [[], []];
  await shows('idle');
  while (records.length < recordsMin) {
    printer.paper.tear();
    keypad.type('1', '00', '00', 'confirm');
    await clock.runUntil(() => reader.waitingFor.includes('tap'));
    const [syncs, sent] = [disk.syncs, acquirerLink.requests.length];
    reader.tap(testCard('contactless'));
    await clock.runUntil(() => acquirerLink.requests.length > sent);
    syncsBeforeSend.push(disk.syncs - syncs);
    await shows('tearReceipt');
    keypad.press('confirm');
    await shows('idle');
    syncsOfSale.push(disk.syncs - syncs);
  }
  terminal.stop();
  return { records: records.slice(0, recordsMin), syncsBeforeSend, syncsOfSale };
}

interface Spread {
  readonly p50: number;
  readonly p99: number;
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN);
  return { p50: at(0.5), p99: at(0.99) };
}

/** Microseconds. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return (performance.now() - startedMs) * 1000;
}

/** Each record is committed by the journal and written bare, in turns, so that a neighbour's load falls on both. */
async function commitTimes(folder: string, records: readonly string[]): Promise<{ journal: Spread; bare: Spread }> {
  const store = new JournalFileStore({
    disk: new LinuxJournalDisk(join(folder, 'journal')),
    segmentBytes: 4 * SEGMENT_BYTES,
  });
  await openWhole(store);
  const file = await open(join(folder, 'bare'), constants.O_RDWR | constants.O_CREAT);
  await file.write(new Uint8Array(4 * SEGMENT_BYTES));
  await file.sync();
  const [journal, bare]: [number[], number[]] = [[], []];
  let at = 0;
  for (const record of records) {
    const { bytes } = encodeRecord(CHAIN_START, new TextEncoder().encode(record));
    const write = async (): Promise<void> => {
      await file.write(bytes, 0, bytes.length, at);
      await file.datasync();
    };
    bare.push(await timed(write));
    journal.push(await timed(() => store.append(record)));
    at += bytes.length;
  }
  await file.close();
  await store.close();
  return { journal: spreadOf(journal.slice(WARM_UP)), bare: spreadOf(bare.slice(WARM_UP)) };
}

/** The same disk without its syncs: only to fill a journal quickly. */
function unsynced(disk: JournalDisk): JournalDisk {
  const lazy = (file: JournalFile): JournalFile => ({
    read: () => file.read(),
    write: (at, bytes) => file.write(at, bytes),
    sync: () => Promise.resolve(),
    close: () => file.close(),
  });
  return {
    list: () => disk.list(),
    create: async (name, sizeBytes) => lazy(await disk.create(name, sizeBytes)),
    open: async (name) => lazy(await disk.open(name)),
  };
}

/** Milliseconds until a journal is read, checked, made durable and folded; the best of a few. */
async function recoveryMs(folder: string, records: readonly string[]): Promise<number> {
  const disk = new LinuxJournalDisk(join(folder, 'old'));
  const filling = new JournalFileStore({ disk: unsynced(disk) });
  await openWhole(filling);
  for (const record of records) await filling.append(record);
  await filling.close();
  const times: number[] = [];
  for (let run = 0; run < RECOVERIES; run++) {
    const store = new JournalFileStore({ disk });
    const journal = new Journal(store, new SystemClock());
    times.push((await timed(() => journal.open())) / 1000);
    if (journal.state.recordCount !== records.length) throw new Error('the journal was not read whole');
    await store.close();
  }
  return Math.round(Math.min(...times));
}

function row(name: string, value: number, unit: string, max: number | undefined): BenchRow {
  return { name, value, unit, target: max === undefined ? '-' : `<= ${max}`, met: max === undefined || value <= max };
}

export async function benchJournal(): Promise<BenchRow[]> {
  const { records, syncsBeforeSend, syncsOfSale } = await sell(RECOVERY_RECORDS);
  return inFolder(async (folder) => {
    const { journal, bare } = await commitTimes(folder, records.slice(0, COMMITS + WARM_UP));
    const ratio = (ours: number, theirs: number): number => Math.round((100 * ours) / theirs) / 100;
    const recovery = await recoveryMs(folder, records);
    return [
      row('journal commit, p50', journal.p50, 'us', undefined),
      row('write and fdatasync of the same bytes, p50', bare.p50, 'us', undefined),
      row('journal commit, p99', journal.p99, 'us', undefined),
      row('write and fdatasync of the same bytes, p99', bare.p99, 'us', undefined),
      row('journal commit / bare, p50', ratio(journal.p50, bare.p50), '×', undefined),
      row('journal commit / bare, p99', ratio(journal.p99, bare.p99), '×', P99_RATIO_MAX),
      row('data syncs between card and first byte of a sale', spreadOf(syncsBeforeSend).p50, '', 1),
      row('the same where a segment ends', Math.max(...syncsBeforeSend), '', undefined),
      row('data syncs of a tap sale with two slips', spreadOf(syncsOfSale).p50, '', undefined),
      row(`open and fold ${RECOVERY_RECORDS} records`, recovery, 'ms', RECOVERY_MS_MAX),
    ];
  });
}

if (import.meta.main) printRows(await benchJournal());

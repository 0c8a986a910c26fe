import type { JournalDamage } from '../../firmware/hal/index.ts';
import type { JournalDisk } from './disk.ts';
import { CHAIN_START, type ChainPosition, HEADER_BYTES, type HeaderReading, readHeader } from './record.ts';
import { readSegment, type SegmentReading } from './segment.ts';

const SEGMENT_NAME = /^journal-(\d{8})\.seg$/;

/** File name of a segment; segments count from 1. */
export function segmentName(segment: number): string {
  return `journal-${segment.toString().padStart(8, '0')}.seg`;
}

/** Where the journal is to go on, and what recovery has to make durable before it does. */
export type JournalTail =
  /** Behind the last record of a segment. */
  | {
      readonly kind: 'record';
      readonly segment: number;
      readonly bytes: Uint8Array;
      readonly lastAt: number;
      readonly end: number;
      readonly chain: ChainPosition;
      /** Known to be durable, and nothing lies behind it. */
      readonly settled: boolean;
    }
  /** At the beginning of a segment, whose making may have been cut anywhere. `end` is where the one before is sealed. */
  | {
      readonly kind: 'segment';
      readonly segment: number;
      readonly chain: ChainPosition;
      readonly made: boolean;
      readonly sealAt: number | undefined;
    };

/** The journal as it stands on the disk. `tail` is undefined when a person has to look first. */
export interface JournalReading {
  readonly damage: JournalDamage | undefined;
  readonly tail: JournalTail | undefined;
}

interface Progress {
  readonly take: (payload: Uint8Array) => void;
  chain: ChainPosition;
  /** Where the segment before ended, whether it says that another follows, and what if there were none. */
  before: { readonly end: number; readonly sealed: boolean; readonly asLast: Verdict } | undefined;
}

type Verdict = JournalReading;

function damaged(kind: JournalDamage['kind'], progress: Progress): Verdict {
  return { damage: { kind, atSequence: progress.chain.sequence + 1 }, tail: undefined };
}

async function readFile(disk: JournalDisk, segment: number): Promise<Uint8Array> {
  const file = await disk.open(segmentName(segment));
  try {
    return await file.read();
  } finally {
    await file.close();
  }
}

/** The first segment must be readable; a later one that is not counts as damage, so that what precedes it is not lost. */
async function readLater(disk: JournalDisk, segment: number): Promise<Uint8Array | undefined> {
  if (segment === 1) return readFile(disk, segment);
  return readFile(disk, segment).catch(() => undefined);
}

function holdsNothing(bytes: Uint8Array): boolean {
  return bytes.subarray(HEADER_BYTES).every((byte) => byte === 0);
}

/** The newest segment holds no record: what was going on may have been its making. */
function beginningOf(segment: number, made: boolean, progress: Progress): Verdict {
  const tail = { kind: 'segment', segment, chain: progress.chain, made, sealAt: progress.before?.end } as const;
  return { damage: undefined, tail };
}

function endOfJournal(segment: number, bytes: Uint8Array, reading: SegmentReading, progress: Progress): Verdict {
  const { ending, lastAt, end, chain } = reading;
  if (ending.kind === 'sealed') return damaged('missingSegment', progress);
  const damage = ending.kind === 'torn' ? damaged('tornTail', progress).damage : undefined;
  if (lastAt === undefined) return { ...beginningOf(segment, true, progress), damage };
  const settled = ending.kind === 'open' && ending.marked;
  return { damage, tail: { kind: 'record', segment, bytes, lastAt, end, chain, settled } };
}

/** A segment without the header that belongs there: its making was cut before anything relied on it, or it is damaged. */
function withoutHeader(segment: number, header: HeaderReading, isFresh: boolean, progress: Progress): Verdict {
  const { before } = progress;
  if (header === 'foreign' || !isFresh || before?.sealed === true) return damaged('corrupt', progress);
  // The journal goes on where it did, so that a disk too full for another segment still opens.
  return before?.asLast ?? beginningOf(segment, false, progress);
}

/** Takes in one segment; a verdict ends the reading. */
function takeSegment(segment: number, bytes: Uint8Array, isLast: boolean, progress: Progress): Verdict | undefined {
  const isFresh = isLast && holdsNothing(bytes);
  const header = readHeader(bytes, segment, progress.chain);
  if (header !== 'expected') return withoutHeader(segment, header, isFresh, progress);
  if (progress.before?.sealed === false && !isFresh) return damaged('corrupt', progress);
  const reading = readSegment(bytes, progress.chain);
  progress.chain = reading.chain;
  for (const payload of reading.payloads) progress.take(payload);
  if (reading.ending.kind === 'corrupt') return damaged('corrupt', progress);
  const asLast = endOfJournal(segment, bytes, reading, progress);
  if (isLast) return asLast;
  progress.before = { end: reading.end, sealed: reading.ending.kind === 'sealed', asLast };
  return undefined;
}

function segmentsAmong(names: readonly string[]): number[] {
  const numbers = names.map((name) => SEGMENT_NAME.exec(name)?.[1]).filter((digits) => digits !== undefined);
  return numbers.map(Number).toSorted((a, b) => a - b);
}

/** Reads segment after segment up to the first damage, and hands over what stands in it. Rejects when not even the first can be read. */
export async function readJournal(disk: JournalDisk, take: (payload: Uint8Array) => void): Promise<JournalReading> {
  const progress: Progress = { take, chain: CHAIN_START, before: undefined };
  const segments = segmentsAmong(await disk.list());
  for (const [i, segment] of segments.entries()) {
    if (segment !== i + 1) return damaged('missingSegment', progress);
    const bytes = await readLater(disk, segment);
    if (bytes === undefined) return damaged('corrupt', progress);
    const verdict = takeSegment(segment, bytes, i === segments.length - 1, progress);
    if (verdict !== undefined) return verdict;
  }
  return beginningOf(1, false, progress);
}

import { hash as digestOf } from 'node:crypto';
import { byteAt, concatBytes, equalBytes, hex } from '../../firmware/base/bytes.ts';
import { bytesOfUtf8 } from '../../firmware/base/text.ts';

/**
 * The bytes of a journal segment. All numbers are big-endian.
 *
 * ```
 * segment = header, slot…, zeros to the end of the file
 * header  = "FENQIJ01", segment u32, segment size u32, first sequence u32, chain hash before it (32), check (12)
 * slot    = mark (12), length u32, sequence u32, chain hash (32), payload
 * mark    = mark magic (8), sequence u32 of the record before this slot
 * seal    = a slot without payload whose length is FFFFFFFF: the journal goes on in the next segment
 * chain hash = SHA-256(chain hash before ‖ length ‖ sequence ‖ payload)
 * ```
 *
 * The mark says that the record before it was acknowledged. It is written, without a sync of its own, when the sync of
 * that record has returned, and once more as the beginning of the next record. A record that does not check is
 * therefore a torn write only if no mark for it stands anywhere behind it.
 */
export const HEADER_BYTES = 64;
export const MARK_BYTES = 12;
/** Length and sequence. */
const NUMBERS_BYTES = 8;
export const HASH_BYTES = 32;
export const SLOT_BYTES = MARK_BYTES + NUMBERS_BYTES + HASH_BYTES;

const SEAL_LENGTH = 0xffff_ffff;
const HEADER_MAGIC = bytesOfUtf8('FENQIJ01');
const HEADER_CHECK_BYTES = 12;
/** Holds bytes that UTF-8 never has, so that no payload contains it. */
const MARK_MAGIC = hex('F8FF46514DC0FFF9');
const MARK_FIRST_BYTE = byteAt(MARK_MAGIC, 0);

/** Where the chain stands: the last record's sequence (0 before the first) and chain hash. */
export interface ChainPosition {
  readonly sequence: number;
  readonly hash: Uint8Array;
}

/** Before the first record of a journal. */
export const CHAIN_START: ChainPosition = { sequence: 0, hash: new Uint8Array(HASH_BYTES) };

function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(digestOf('sha256', concatBytes(...parts), 'buffer'));
}

function uint32(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of values.entries()) view.setUint32(4 * i, value);
  return bytes;
}

function uint32At(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let i = at; i < at + 4; i++) value = value * 256 + byteAt(bytes, i);
  return value;
}

/** Says that record `sequence` was acknowledged. */
export function encodeMark(sequence: number): Uint8Array {
  return concatBytes(MARK_MAGIC, uint32(sequence));
}

/** One slot and the chain behind it. */
export interface Slot {
  readonly bytes: Uint8Array;
  readonly after: ChainPosition;
}

function encodeSlot(before: ChainPosition, length: number, payload: Uint8Array): Slot {
  const sequence = before.sequence + 1;
  const numbers = uint32(length, sequence);
  const hash = sha256(before.hash, numbers, payload);
  return { bytes: concatBytes(encodeMark(before.sequence), numbers, hash, payload), after: { sequence, hash } };
}

/** The record that follows `before`. */
export function encodeRecord(before: ChainPosition, payload: Uint8Array): Slot {
  return encodeSlot(before, payload.length, payload);
}

/** What ends a full segment. */
export function encodeSeal(before: ChainPosition): Uint8Array {
  return encodeSlot(before, SEAL_LENGTH, new Uint8Array(0)).bytes;
}

function headerCheck(content: Uint8Array): Uint8Array {
  return sha256(content).subarray(0, HEADER_CHECK_BYTES);
}

/** First bytes of a segment that continues the chain at `before`. */
export function encodeHeader(segment: number, segmentBytes: number, before: ChainPosition): Uint8Array {
  const content = concatBytes(HEADER_MAGIC, uint32(segment, segmentBytes, before.sequence + 1), before.hash);
  return concatBytes(content, headerCheck(content));
}

/** What the first bytes of a segment are: the header that belongs there, a whole header of another place, or none. */
export type HeaderReading = 'expected' | 'foreign' | 'none';

export function readHeader(bytes: Uint8Array, segment: number, before: ChainPosition): HeaderReading {
  if (bytes.length < HEADER_BYTES) return 'none';
  const header = bytes.subarray(0, HEADER_BYTES);
  if (equalBytes(header, encodeHeader(segment, bytes.length, before))) return 'expected';
  const content = header.subarray(0, HEADER_BYTES - HEADER_CHECK_BYTES);
  return equalBytes(header.subarray(content.length), headerCheck(content)) ? 'foreign' : 'none';
}

export type SlotReading =
  /** The payload is a part of the bytes that were read. */
  | { readonly kind: 'record'; readonly payload: Uint8Array; readonly end: number; readonly after: ChainPosition }
  | { readonly kind: 'seal' }
  /** Nothing was written here or behind; `marked` when the record before is known to have been acknowledged. */
  | { readonly kind: 'blank'; readonly marked: boolean }
  | { readonly kind: 'bad' };

function isBlank(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte !== 0) return false;
  return true;
}

/** True for a mark of which a power cut kept some bytes, all, or none. */
function isPartOf(mark: Uint8Array, bytes: Uint8Array): boolean {
  return bytes.every((byte, i) => byte === 0 || byte === mark[i]);
}

/** Reads what stands behind the record at `before`. */
export function readSlot(bytes: Uint8Array, at: number, before: ChainPosition): SlotReading {
  const start = at + MARK_BYTES;
  if (at + SLOT_BYTES > bytes.length) return { kind: 'bad' };
  const mark = encodeMark(before.sequence);
  const length = uint32At(bytes, start);
  if (length === 0 && isBlank(bytes.subarray(start)) && isPartOf(mark, bytes.subarray(at, start))) {
    return { kind: 'blank', marked: equalBytes(mark, bytes.subarray(at, start)) };
  }
  const end = at + SLOT_BYTES + (length === SEAL_LENGTH ? 0 : length);
  if (end > bytes.length) return { kind: 'bad' };
  const sequence = before.sequence + 1;
  const hashAt = start + NUMBERS_BYTES;
  const payload = bytes.subarray(at + SLOT_BYTES, end);
  const hash = sha256(before.hash, bytes.subarray(start, hashAt), payload);
  const isWhole =
    equalBytes(mark, bytes.subarray(at, start)) &&
    uint32At(bytes, start + 4) === sequence &&
    equalBytes(hash, bytes.subarray(hashAt, hashAt + HASH_BYTES));
  if (!isWhole) return { kind: 'bad' };
  return length === SEAL_LENGTH ? { kind: 'seal' } : { kind: 'record', payload, end, after: { sequence, hash } };
}

function isMarkAt(bytes: Uint8Array, at: number): boolean {
  return equalBytes(bytes.subarray(at, at + MARK_MAGIC.length), MARK_MAGIC);
}

/** True when something behind a slot proves that its record was acknowledged. */
export function isAcknowledgedBehind(bytes: Uint8Array, slotAt: number, sequence: number): boolean {
  const last = bytes.length - MARK_BYTES;
  for (let at = bytes.indexOf(MARK_FIRST_BYTE, slotAt + 1); at !== -1 && at <= last;) {
    if (isMarkAt(bytes, at) && uint32At(bytes, at + MARK_MAGIC.length) >= sequence) return true;
    at = bytes.indexOf(MARK_FIRST_BYTE, at + 1);
  }
  return false;
}

import type { PrinterStatus, PrinterStop } from '../../firmware/hal/receipt-printer.ts';
import type { StatusPage } from './profile.ts';

/** What a head says. Everything arrives unasked too, in any order and in pieces. */
export type StatusEvent =
  /** XON and XOFF. */
  | { readonly kind: 'flow'; readonly open: boolean }
  /** Answer to `DLE EOT n`; which n it answers, the byte does not tell. */
  | { readonly kind: 'realTime'; readonly byte: number }
  /** Four bytes that heads with automatic status (`GS a`) push at each change. */
  | { readonly kind: 'automatic'; readonly bytes: readonly [number, number, number, number] }
  /** Answer to a queued query, `GS r` or `GS I`. */
  | { readonly kind: 'queued'; readonly byte: number }
  /** The job with this id is on paper. */
  | { readonly kind: 'processed'; readonly id: Uint8Array }
  /** The buffers are empty, as asked by `DLE DC4 8`. */
  | { readonly kind: 'cleared' }
  /** Another block (model, offline causes) or a byte that fits nothing. */
  | { readonly kind: 'other' };

const XON = 0x11;
const XOFF = 0x13;
const AUTOMATIC_LENGTH = 4;
/** Model and id blocks are below 80 bytes; a longer one lost its end. */
const BLOCK_LENGTH_MAX = 80;

/** Bits that tell the answers apart: 0xx1xx10, 0xx1xx00, 0xx0xxxx (ESC/POS transmission status, fixed bits). */
function isRealTime(byte: number): boolean {
  return (byte & 0x93) === 0x12;
}
function isAutomaticFirst(byte: number): boolean {
  return (byte & 0x93) === 0x10;
}
function isQueued(byte: number): boolean {
  return (byte & 0x90) === 0;
}

function eventOfBlock(block: readonly number[]): StatusEvent {
  if (block[0] !== 0x37) return { kind: 'other' };
  if (block[1] === 0x22 && block.length === 6) return { kind: 'processed', id: Uint8Array.from(block.slice(2)) };
  return block[1] === 0x25 ? { kind: 'cleared' } : { kind: 'other' };
}

/** Takes the bytes of a head apart by their fixed bits; flow control may stand between any two of them. */
export class StatusParser {
  #automatic: number[] = [];
  #block: number[] | undefined;

  push(bytes: Uint8Array): StatusEvent[] {
    const events: StatusEvent[] = [];
    for (const byte of bytes) {
      const event = this.#byte(byte);
      if (event !== undefined) events.push(event);
    }
    return events;
  }

  /** After a reconnect: half of an answer never gets its end. */
  reset(): void {
    this.#automatic = [];
    this.#block = undefined;
  }

  #byte(byte: number): StatusEvent | undefined {
    if (byte === XON || byte === XOFF) return { kind: 'flow', open: byte === XON };
    if (this.#block !== undefined) return this.#inBlock(this.#block, byte);
    if (this.#automatic.length > 0) return this.#inAutomatic(byte);
    return this.#first(byte);
  }

  #first(byte: number): StatusEvent | undefined {
    if (isRealTime(byte)) return { kind: 'realTime', byte };
    if (isQueued(byte)) return { kind: 'queued', byte };
    if (isAutomaticFirst(byte)) this.#automatic = [byte];
    else if (byte === 0x37 || byte === 0x5f) this.#block = [byte];
    else return { kind: 'other' };
    return undefined;
  }

  #inBlock(block: number[], byte: number): StatusEvent | undefined {
    if (isBlockText(byte) && block.length < BLOCK_LENGTH_MAX) {
      block.push(byte);
      return undefined;
    }
    this.#block = undefined;
    // Blocks hold printable text: a status byte in one says that its beginning was noise.
    return byte === 0x00 ? eventOfBlock(block) : this.#first(byte);
  }

  #inAutomatic(byte: number): StatusEvent | undefined {
    // The second and third byte have a fixed bit too: another byte means that the rest of this status got lost.
    if (this.#automatic.length < AUTOMATIC_LENGTH - 1 && !isQueued(byte)) {
      this.#automatic = [];
      return this.#first(byte);
    }
    this.#automatic.push(byte);
    const [first, second, third, fourth] = this.#automatic;
    if (first === undefined || second === undefined || third === undefined || fourth === undefined) return undefined;
    this.#automatic = [];
    return { kind: 'automatic', bytes: [first, second, third, fourth] };
  }
}

function isBlockText(byte: number): boolean {
  return byte >= 0x20 && byte <= 0x7f;
}

/** The bytes answered to `DLE EOT n` by page; pages the head does not know are missing. */
export type StatusPages = Readonly<Partial<Record<StatusPage, number>>>;

/** Why a head has stopped, the cause before its consequences. Bits of `DLE EOT` (ESC/POS real-time status). */
export function statusOfPages(pages: StatusPages): PrinterStatus {
  const { 1: printer = 0, 2: cause = 0, 3: error = 0, 4: paper } = pages;
  const causes: readonly (readonly [boolean, PrinterStop])[] = [
    [(cause & 0x04) !== 0, 'coverOpen'],
    [(cause & 0x20) !== 0 || ((paper ?? 0) & 0x60) !== 0, 'paperOut'],
    [(error & 0x08) !== 0, 'cutter'],
    [(error & 0x40) !== 0, 'overheated'],
    [(error & 0x24) !== 0 || (cause & 0x40) !== 0 || (printer & 0x28) !== 0, 'offline'],
  ];
  return statusOf(causes, paper === undefined ? 'unknown' : (paper & 0x0c) !== 0 ? 'low' : 'ok');
}

/** The same from an automatic status; its fourth byte is reserved. */
export function statusOfAutomatic([printer, error, paper]: readonly number[]): PrinterStatus {
  const [b1, b2, b3] = [printer ?? 0, error ?? 0, paper ?? 0];
  const causes: readonly (readonly [boolean, PrinterStop])[] = [
    [(b1 & 0x20) !== 0, 'coverOpen'],
    [(b3 & 0x0c) !== 0, 'paperOut'],
    [(b2 & 0x08) !== 0, 'cutter'],
    [(b2 & 0x40) !== 0, 'overheated'],
    [(b1 & 0x08) !== 0 || (b2 & 0x25) !== 0, 'offline'],
  ];
  return statusOf(causes, (b3 & 0x03) !== 0 ? 'low' : 'ok');
}

function statusOf(
  causes: readonly (readonly [boolean, PrinterStop])[],
  paper: 'ok' | 'low' | 'unknown',
): PrinterStatus {
  const reason = causes.find(([isSo]) => isSo)?.[1];
  return reason === undefined ? { kind: 'ready', paper } : { kind: 'stopped', reason };
}

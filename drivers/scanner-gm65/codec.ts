import { concatBytes } from '../../firmware/base/bytes.ts';

/*
 * Register protocol of the GROW GM65 scanners, the same as of Newland's EM series. Commands start with 7E 00, answers
 * with 02 00 or 03 00; both end with a CRC-16/XMODEM over everything between. What was read comes as bare text.
 */

export const GM65_TYPE = { read: 0x07, write: 0x08, save: 0x09, heartbeat: 0x0a } as const;

/** Type byte of an answer. GM65 says nothing where Newland EM answers with an error. */
export const GM65_ANSWER = { ok: 0x00, wrongCrc: 0x01, invalid: 0x03 } as const;

/** Registers that driver and emulator use. */
export const GM65_REGISTER = { mode: 0x0000, trigger: 0x0002, tail: 0x0060, factoryReset: 0x00d9 } as const;

/** Bits 1-0 of the mode register. */
export const GM65_MODE = { mask: 0x03, manual: 0x00, command: 0x01, continuous: 0x02, sensor: 0x03 } as const;

/** Bit 0 of the trigger register; the scanner clears it when it has read something or given up. */
export const GM65_TRIGGERED = 0x01;

/** Tail register: bits 6-5 choose it, bit 0 switches it on. Differs between firmware lists. */
export const GM65_TAIL = { mask: 0x61, none: 0x00, cr: 0x01, crLf: 0x21, tab: 0x41 } as const;

/** Written to `factoryReset`. */
export const GM65_FACTORY_RESET = 0x50;

/** In place of a command's CRC: do not check. */
export const GM65_NO_CRC = Uint8Array.of(0xab, 0xcd);

/** A scanner drops a command that is not whole this long after its 7E 00. */
export const GM65_FRAME_TIMEOUT_MS = 400;

/** One command or answer without its two leading bytes and its CRC. */
export interface Gm65Frame {
  readonly type: number;
  /** Commands only. */
  readonly address: number;
  readonly data: Uint8Array;
}

export type Gm65Item =
  | { readonly kind: 'answer'; readonly type: number; readonly data: Uint8Array }
  /** Looked like an answer but for its CRC. */
  | { readonly kind: 'damaged'; readonly bytes: Uint8Array }
  /** Text up to its tail. `cut`: ended by an answer instead, so it may not be whole. */
  | { readonly kind: 'text'; readonly bytes: Uint8Array; readonly cut: boolean };

const COMMAND_LEAD = Uint8Array.of(0x7e, 0x00);
const ANSWER_LEAD = Uint8Array.of(0x02, 0x00);
const HEARTBEAT_LEAD = Uint8Array.of(0x03, 0x00);

const CR = 0x0d;
const LF = 0x0a;

/** More than any code the product accepts, with room for what is too long; the rest is dropped. */
const TEXT_MAX_BYTES = 2_048;

/** CRC-16/XMODEM: polynomial 1021, no reflection, initial value 0. */
export function crcXmodem(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc;
}

function withCrc(lead: Uint8Array, body: Uint8Array): Uint8Array {
  const crc = crcXmodem(body);
  return concatBytes(lead, body, Uint8Array.of(crc >> 8, crc & 0xff));
}

/** A command; for `read` the data is the count of registers, with 0 for 256. */
export function encodeGm65Command(type: number, address: number, data: Uint8Array): Uint8Array {
  return withCrc(
    COMMAND_LEAD,
    concatBytes(Uint8Array.of(type, data.length & 0xff, address >> 8, address & 0xff), data),
  );
}

/** An answer with 1 to 256 bytes of data. */
export function encodeGm65Answer(type: number, data: Uint8Array): Uint8Array {
  return withCrc(ANSWER_LEAD, concatBytes(Uint8Array.of(type, data.length & 0xff), data));
}

/** The answer to a heartbeat. */
export function encodeGm65Heartbeat(): Uint8Array {
  return withCrc(HEARTBEAT_LEAD, Uint8Array.of(0x00, 0x01, 0x00));
}

/**
 * Splits what a scanner sends into answers and texts. An answer is taken by its length first, because text follows it
 * without a gap; only then is text taken up to CR, LF or CRLF. Text without a tail stays until {@link takePending}.
 */
export class Gm65Reader {
  #text: number[] = [];
  #answer: number[] = [];
  #skipLf = false;

  push(bytes: Uint8Array): Gm65Item[] {
    const items: Gm65Item[] = [];
    for (const byte of bytes) this.#take(byte, items);
    return items;
  }

  /** Whether something is half there: text without a tail, or the beginning of an answer. */
  get isPending(): boolean {
    return this.#text.length > 0 || this.#answer.length > 0;
  }

  /** What is half there, as the text it must be when nothing follows any more. */
  takePending(): Uint8Array {
    const pending = Uint8Array.from([...this.#text, ...this.#answer]);
    this.reset();
    return pending;
  }

  reset(): void {
    this.#text = [];
    this.#answer = [];
    this.#skipLf = false;
  }

  #take(byte: number, items: Gm65Item[]): void {
    const isAfterCr = this.#skipLf;
    this.#skipLf = false;
    if (this.#answer.length > 0) return this.#takeAnswerByte(byte, items);
    if (byte === ANSWER_LEAD[0] || byte === HEARTBEAT_LEAD[0]) this.#answer.push(byte);
    else if (byte === LF && isAfterCr) return;
    else if (byte === CR || byte === LF) this.#endText(false, items, byte === CR);
    else if (this.#text.length < TEXT_MAX_BYTES) this.#text.push(byte);
  }

  #takeAnswerByte(byte: number, items: Gm65Item[]): void {
    const answer = this.#answer;
    answer.push(byte);
    // 02 and 03 lead an answer only together with 00; otherwise they were part of a strange text.
    if (answer.length === 2 && byte !== 0x00) {
      this.#answer = [];
      this.#text.push(answer[0] ?? 0);
      this.#take(byte, items);
      return;
    }
    // Lead 2, type 1, length 1, data, CRC 2; length 0 stands for 256.
    if (answer.length < 4 || answer.length < 6 + (answer[3] === 0 ? 256 : (answer[3] ?? 0))) return;
    this.#answer = [];
    if (this.#text.length > 0) this.#endText(true, items, false);
    items.push(answerOf(Uint8Array.from(answer)));
  }

  #endText(cut: boolean, items: Gm65Item[], isCr: boolean): void {
    this.#skipLf = isCr;
    if (this.#text.length === 0) return;
    items.push({ kind: 'text', bytes: Uint8Array.from(this.#text), cut });
    this.#text = [];
  }
}

function answerOf(bytes: Uint8Array): Gm65Item {
  const body = bytes.subarray(2);
  // Over a body with its own CRC at the end the CRC comes to zero.
  if (crcXmodem(body) !== 0) return { kind: 'damaged', bytes };
  return { kind: 'answer', type: body[0] ?? 0, data: body.slice(2, -2) };
}

/** What became of a command's bytes: nothing yet, a command, or a frame to complain about. */
export type Gm65CommandItem =
  | { readonly kind: 'command'; readonly frame: Gm65Frame }
  | { readonly kind: 'wrongCrc' }
  | { readonly kind: 'invalid' };

/** The scanner's side: hunts for 7E 00 and takes commands by their length. */
export class Gm65CommandReader {
  #bytes: number[] = [];

  push(bytes: Uint8Array): Gm65CommandItem[] {
    const items: Gm65CommandItem[] = [];
    for (const byte of bytes) {
      this.#bytes.push(byte);
      if (this.#bytes.length <= 2 && byte !== COMMAND_LEAD[this.#bytes.length - 1]) {
        this.#bytes = byte === COMMAND_LEAD[0] ? [byte] : [];
      }
      const item = this.#complete();
      if (item !== undefined) items.push(item);
    }
    return items;
  }

  get isPending(): boolean {
    return this.#bytes.length > 0;
  }

  reset(): void {
    this.#bytes = [];
  }

  #complete(): Gm65CommandItem | undefined {
    const [, , type = 0, length = 0, high = 0, low = 0] = this.#bytes;
    // Lead 2, type 1, length 1, address 2, data, CRC 2.
    if (this.#bytes.length < 6 || this.#bytes.length < 8 + length) return undefined;
    const whole = Uint8Array.from(this.#bytes);
    this.#bytes = [];
    const isUnchecked = whole.at(-2) === GM65_NO_CRC[0] && whole.at(-1) === GM65_NO_CRC[1];
    if (!isUnchecked && crcXmodem(whole.subarray(2)) !== 0) return { kind: 'wrongCrc' };
    const isKnown = type >= GM65_TYPE.read && type <= GM65_TYPE.heartbeat;
    if (!isKnown || length === 0) return { kind: 'invalid' };
    return { kind: 'command', frame: { type, address: (high << 8) | low, data: whole.slice(6, -2) } };
  }
}

import { byteAt, concatBytes } from '../../base/bytes.ts';
import { ProtocolError } from '../../base/protocol-error.ts';

/** What stands before a CUP message: the transport address and the header (CUP terminal rules A.1). */
export interface FrameHead {
  /** `60`, destination and source of two bytes each. */
  readonly tpdu: Uint8Array;
  /** Twelve BCD digits: application class 2, software version 2, terminal status 1, processing requirement 1, reserved 6. */
  readonly header: Uint8Array;
}

export interface Frame extends FrameHead {
  /** Message type to last field. */
  readonly iso: Uint8Array;
}

export const TPDU_BYTES = 5;
export const HEADER_BYTES = 6;
const LENGTH_BYTES = 2;
/** The longest CUP message, a signature with 999 bytes in field 62, takes about half; more is some other protocol. */
export const FRAME_BYTES_MAX = 2048;

/** TPDU, header and message; without the length. */
export function packFrame(head: FrameHead, iso: Uint8Array): Uint8Array {
  checkBytes(head.tpdu, TPDU_BYTES, 'tpdu');
  checkBytes(head.header, HEADER_BYTES, 'header');
  return concatBytes(head.tpdu, head.header, iso);
}

/** Parts of a frame without its length. The parts are views of `bytes`. */
export function unpackFrame(bytes: Uint8Array): Frame {
  if (bytes.length < TPDU_BYTES) throw new ProtocolError(['tpdu'], 'the frame ends inside the address');
  if (bytes.length < TPDU_BYTES + HEADER_BYTES) throw new ProtocolError(['header'], 'the frame ends inside the header');
  return {
    tpdu: bytes.subarray(0, TPDU_BYTES),
    header: bytes.subarray(TPDU_BYTES, TPDU_BYTES + HEADER_BYTES),
    iso: bytes.subarray(TPDU_BYTES + HEADER_BYTES),
  };
}

function checkBytes(part: Uint8Array, length: number, name: string): void {
  if (part.length !== length) throw new ProtocolError([name], `is ${part.length} bytes instead of ${length}`);
}

/** The address of an answer: destination and source change places. */
export function answerTpdu(tpdu: Uint8Array): Uint8Array {
  checkBytes(tpdu, TPDU_BYTES, 'tpdu');
  return concatBytes(tpdu.subarray(0, 1), tpdu.subarray(3, 5), tpdu.subarray(1, 3));
}

/**
 * What the host wants done after the transaction, the sixth digit of its header: 0 nothing, 3 sign on again, 4 new
 * public keys, 5 new chip parameters, …; 11 and 12 are the digits b and c.
 */
export function processingRequirement(header: Uint8Array): number {
  checkBytes(header, HEADER_BYTES, 'header');
  return byteAt(header, 2) & 0x0f;
}

/** A frame with its length of two bytes, high byte first, before it. */
export function withLength(bytes: Uint8Array): Uint8Array {
  const error = lengthError(bytes.length);
  if (error !== undefined) throw error;
  return concatBytes(new Uint8Array([bytes.length >> 8, bytes.length & 0xff]), bytes);
}

function lengthError(length: number): ProtocolError | undefined {
  if (length === 0) return new ProtocolError(['length'], 'is zero');
  if (length <= FRAME_BYTES_MAX) return undefined;
  return new ProtocolError(['length'], `is over the maximum of ${FRAME_BYTES_MAX}`);
}

/**
 * Cuts a byte stream into frames by the length before each, whatever the chunks. A length of zero or over
 * {@link FRAME_BYTES_MAX} means that the stream cannot be read any further: frames that came before it are still
 * returned, then every `push` throws, and the connection has to be given up.
 */
export class LengthFramer {
  #pending = new Uint8Array(0);
  #broken: ProtocolError | undefined;

  /** Bytes of a frame that has not come whole. */
  get pendingBytes(): number {
    return this.#pending.length;
  }

  /** Whole frames without their lengths, in order; `ProtocolError` when the stream is unreadable. */
  push(chunk: Uint8Array): Uint8Array[] {
    const frames: Uint8Array[] = [];
    if (this.#broken === undefined) this.#cut(concatBytes(this.#pending, chunk), frames);
    if (this.#broken !== undefined && frames.length === 0) throw this.#broken;
    return frames;
  }

  #cut(bytes: Uint8Array, frames: Uint8Array[]): void {
    let at = 0;
    while (bytes.length - at >= LENGTH_BYTES) {
      const length = (byteAt(bytes, at) << 8) | byteAt(bytes, at + 1);
      this.#broken = lengthError(length);
      const end = at + LENGTH_BYTES + length;
      if (this.#broken !== undefined || end > bytes.length) break;
      frames.push(bytes.slice(at + LENGTH_BYTES, end));
      at = end;
    }
    this.#pending = bytes.slice(at);
  }
}

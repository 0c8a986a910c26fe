/**
 * The block in which ID TECH heads hand over a swipe (tag DFEE23): `02 | length (2, low first) | body | XOR | sum | 03`.
 * Body: encoding, status, three track lengths, what is sent clear, what is sent enciphered, then the tracks in ASCII
 * with sentinels (SecureMag user manual, "enhanced encrypted MSR data").
 */
import { bytesOfLatin1, concatBytes, latin1Of } from '../../../firmware/base/bytes.ts';
import { ProtocolError } from '../../../firmware/base/protocol-error.ts';

/** Tracks as they came off the stripe, sentinels included; a track that could not be decoded is `undefined`. */
export interface Swipe {
  readonly track1?: string;
  readonly track2?: string;
  readonly track3?: string;
}

const START = 0x02;
const END = 0x03;
const FRAME_BYTES = 6;
const BODY_HEAD_BYTES = 7;
/** Encoding byte: enhanced format, ISO 7813 tracks. */
const ISO_TRACKS = 0x80;
const TRACK_NAMES = ['track1', 'track2', 'track3'] as const;

/** XOR and sum, both over the body. */
function checksOf(body: Uint8Array): readonly [number, number] {
  let xor = 0;
  let sum = 0;
  for (const byte of body) {
    xor ^= byte;
    sum = (sum + byte) & 0xff;
  }
  return [xor, sum];
}

function bodyOf(block: Uint8Array): Uint8Array {
  const length = (block[1] ?? 0) | ((block[2] ?? 0) << 8);
  const isFramed = block[0] === START && block.length === length + FRAME_BYTES && block.at(-1) === END;
  if (!isFramed || length < BODY_HEAD_BYTES) throw new ProtocolError(['swipe'], 'not framed as its length says');
  const body = block.subarray(3, 3 + length);
  const [xor, sum] = checksOf(body);
  if (block.at(-3) !== xor || block.at(-2) !== sum) throw new ProtocolError(['swipe'], 'wrong check bytes');
  return body;
}

/**
 * The tracks of a clear block. `ProtocolError` when the block is damaged, and when the head enciphers: this driver holds
 * no key of the head, and half a swipe must not pass for a whole one.
 */
export function decodeSwipe(block: Uint8Array): Swipe {
  const body = bodyOf(block);
  const [, status = 0, length1 = 0, length2 = 0, length3 = 0, clear = 0, enciphered = 0] = body;
  if (enciphered !== 0) throw new ProtocolError(['swipe'], 'is enciphered');
  const swipe: Record<string, string> = {};
  let at = BODY_HEAD_BYTES;
  for (const [i, length] of [length1, length2, length3].entries()) {
    if ((clear & (1 << i)) === 0) continue;
    const name = TRACK_NAMES[i] ?? '';
    const track = body.subarray(at, at + length);
    if (track.length < length) throw new ProtocolError(['swipe', name], 'is cut off');
    if ((status & (1 << i)) !== 0) swipe[name] = latin1Of(track);
    at += length;
  }
  if (at !== body.length) throw new ProtocolError(['swipe'], 'goes on after the tracks');
  return swipe;
}

/** A clear block; a track that is `undefined` was sampled and could not be decoded. */
export function encodeSwipe(swipe: Swipe): Uint8Array {
  const tracks = TRACK_NAMES.map((name) => swipe[name]);
  let decoded = 0;
  for (const [i, track] of tracks.entries()) if (track !== undefined) decoded |= 1 << i;
  const sampled = decoded === 0 ? 0b010_000 : decoded << 3;
  const lengths = tracks.map((track) => track?.length ?? 0);
  const head = new Uint8Array([ISO_TRACKS, decoded | sampled, ...lengths, decoded, 0]);
  const body = concatBytes(head, ...tracks.map((track) => bytesOfLatin1(track ?? '')));
  const frame = new Uint8Array([START, body.length & 0xff, body.length >> 8]);
  return concatBytes(frame, body, new Uint8Array([...checksOf(body), END]));
}

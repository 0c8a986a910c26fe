/** A signature as one short text for the journal: run lengths in base64. */
import { base64Of, bytesOfBase64 } from '../base/base64.ts';
import { ProtocolError } from '../base/protocol-error.ts';
import type { SlipImage } from '../hal/slip.ts';

/** Most characters of a packed image: a journal record stays below the 4 KiB that one write puts on a disk. */
export const PACKED_IMAGE_CHARACTERS_MAX = 2_000;
/** As a panel delivers them at most, see `firmware/hal/signature-pad.ts`. */
const WIDTH_DOTS_MAX = 384;
const HEIGHT_DOTS_MAX = 120;
const HEADER_BYTES = 3;
/** Pen strokes cover a few per cent; dots that run together when they are halved are no writing. */
const INK_MAX = 0.5;

/** `halved`: it was too large, and is packed with half the dots each way. */
export type PackedImage =
  | { readonly kind: 'packed'; readonly text: string; readonly halved: boolean }
  /** `size`: no dots, more than fit a slip, or rows that are not whole; `detail`: too much for a record even when halved. */
  | { readonly kind: 'refused'; readonly reason: 'size' | 'detail' };

/**
 * The image as base64 of width (two bytes), height (one) and runs of dots, row after row, white first and black by turns.
 * A run is seven bits a byte, low ones first, with the top bit set where more follow.
 */
export function packImage(image: SlipImage): PackedImage {
  if (!hasSize(image)) return { kind: 'refused', reason: 'size' };
  const text = packedText(image);
  if (text.length <= PACKED_IMAGE_CHARACTERS_MAX) return { kind: 'packed', text, halved: false };
  const half = halved(image);
  const halfText = packedText(half);
  const isWriting = inkOf(half) <= INK_MAX && halfText.length <= PACKED_IMAGE_CHARACTERS_MAX;
  return isWriting ? { kind: 'packed', text: halfText, halved: true } : { kind: 'refused', reason: 'detail' };
}

/** The image of {@link packImage}'s text; `ProtocolError` for any other text. One image has one text. */
export function unpackImage(text: string): SlipImage {
  const bytes = text.length <= PACKED_IMAGE_CHARACTERS_MAX ? bytesOfBase64(text) : undefined;
  if (bytes === undefined) throw new ProtocolError(['image'], 'not base64 of the length');
  const [high = 0, low = 0, heightDots = 0] = bytes;
  const widthDots = (high << 8) | low;
  if (widthDots < 1 || widthDots > WIDTH_DOTS_MAX || heightDots < 1 || heightDots > HEIGHT_DOTS_MAX) {
    throw new ProtocolError(['image'], 'no such size');
  }
  const bits = new Uint8Array(rowBytesOf(widthDots) * heightDots);
  const image = { widthDots, heightDots, bits };
  let dot = 0;
  let isBlack = false;
  for (const length of runsOf(bytes.subarray(HEADER_BYTES))) {
    if (length === 0 && dot > 0) throw new ProtocolError(['image'], 'an empty run');
    if (dot + length > widthDots * heightDots) throw new ProtocolError(['image'], 'more dots than the size');
    for (const end = dot + length; dot < end; dot++) if (isBlack) blacken(image, dot);
    isBlack = !isBlack;
  }
  if (dot !== widthDots * heightDots) throw new ProtocolError(['image'], 'fewer dots than the size');
  return image;
}

const rowBytesOf = (widthDots: number): number => Math.ceil(widthDots / 8);

function hasSize({ widthDots, heightDots, bits }: SlipImage): boolean {
  if (!Number.isInteger(widthDots) || widthDots < 1 || widthDots > WIDTH_DOTS_MAX) return false;
  if (!Number.isInteger(heightDots) || heightDots < 1 || heightDots > HEIGHT_DOTS_MAX) return false;
  return bits.length === rowBytesOf(widthDots) * heightDots;
}

/** Dots are counted row after row, without the padding. */
function isBlackAt({ widthDots, bits }: SlipImage, dot: number): boolean {
  const x = dot % widthDots;
  const y = (dot - x) / widthDots;
  return ((bits[y * rowBytesOf(widthDots) + (x >> 3)] ?? 0) & (0x80 >> (x & 7))) !== 0;
}

function blacken({ widthDots, bits }: SlipImage, dot: number): void {
  const x = dot % widthDots;
  const at = ((dot - x) / widthDots) * rowBytesOf(widthDots) + (x >> 3);
  bits[at] = (bits[at] ?? 0) | (0x80 >> (x & 7));
}

function packedText(image: SlipImage): string {
  const { widthDots, heightDots } = image;
  const packed = [widthDots >> 8, widthDots & 0xff, heightDots];
  let length = 0;
  let isBlack = false;
  for (let dot = 0; dot < widthDots * heightDots; dot++) {
    if (isBlackAt(image, dot) !== isBlack) {
      packed.push(...runBytes(length));
      length = 0;
      isBlack = !isBlack;
    }
    length += 1;
  }
  return base64Of(Uint8Array.from([...packed, ...runBytes(length)]));
}

function runBytes(length: number): number[] {
  return length < 0x80 ? [length] : [0x80 | (length & 0x7f), ...runBytes(length >> 7)];
}

function runsOf(bytes: Uint8Array): number[] {
  const runs: number[] = [];
  let length = 0;
  let shift = 0;
  for (const byte of bytes) {
    // 384 × 120 dots are a number of 16 bits; a last byte of nothing would give one run two texts.
    if (shift > 14 || (byte === 0 && shift > 0)) throw new ProtocolError(['image'], 'a run that is not a number');
    length |= (byte & 0x7f) << shift;
    shift += 7;
    if (byte >= 0x80) continue;
    runs.push(length);
    length = 0;
    shift = 0;
  }
  if (shift > 0) throw new ProtocolError(['image'], 'ends inside a run');
  return runs;
}

/** Half the dots each way; a dot is black where any of its four was, so that no thin stroke is lost. */
function halved(image: SlipImage): SlipImage {
  const widthDots = Math.ceil(image.widthDots / 2);
  const heightDots = Math.ceil(image.heightDots / 2);
  const half = { widthDots, heightDots, bits: new Uint8Array(rowBytesOf(widthDots) * heightDots) };
  for (let dot = 0; dot < image.widthDots * image.heightDots; dot++) {
    if (!isBlackAt(image, dot)) continue;
    const x = dot % image.widthDots;
    const y = (dot - x) / image.widthDots;
    blacken(half, (y >> 1) * widthDots + (x >> 1));
  }
  return half;
}

/** Part of the dots that is black. */
function inkOf(image: SlipImage): number {
  const dots = image.widthDots * image.heightDots;
  let black = 0;
  for (let dot = 0; dot < dots; dot++) if (isBlackAt(image, dot)) black += 1;
  return black / dots;
}

import { latin1Of } from '../firmware/base/bytes.ts';
import type { SlipImage } from '../firmware/hal/index.ts';

/** Far above anything that goes on paper; keeps a wrong file from taking all memory. */
const DOTS_MAX = 4_096;
/** Comments run to the end of their line; one white space stands before the dots of P4. */
const HEAD = /^P([14])(?:\s|#[^\n]*\n)+(\d{1,5})(?:\s|#[^\n]*\n)+(\d{1,5})(?:#[^\n]*\n)?\s/;

/** A portable bitmap (Netpbm's PBM, P1 in text or P4 in bytes), whose dots are those of a slip; a text says what is wrong. */
export function imageOfPbm(file: Uint8Array): SlipImage | string {
  const head = HEAD.exec(latin1Of(file.subarray(0, 1_024)));
  if (head === null) return 'is no PBM picture (P1 or P4)';
  const [widthDots, heightDots] = [Number(head[2]), Number(head[3])];
  if (widthDots < 1 || widthDots > DOTS_MAX || heightDots < 1 || heightDots > DOTS_MAX) {
    return `is a picture of ${widthDots} × ${heightDots} dots`;
  }
  const content = file.subarray(head[0].length);
  const bits =
    head[1] === '4' ? bitsOfBytes(content, widthDots, heightDots) : bitsOfText(content, widthDots, heightDots);
  return bits === undefined ? 'does not hold the dots that its head promises' : { widthDots, heightDots, bits };
}

function bitsOfBytes(content: Uint8Array, widthDots: number, heightDots: number): Uint8Array | undefined {
  const rowBytes = Math.ceil(widthDots / 8);
  if (content.length < rowBytes * heightDots) return undefined;
  const bits = content.slice(0, rowBytes * heightDots);
  const spare = rowBytes * 8 - widthDots;
  // What stands in the padding is no dot.
  for (let at = rowBytes - 1; at < bits.length; at += rowBytes) bits[at] = ((bits[at] ?? 0) >> spare) << spare;
  return bits;
}

function bitsOfText(content: Uint8Array, widthDots: number, heightDots: number): Uint8Array | undefined {
  const dots = latin1Of(content)
    .replace(/#[^\n]*/g, '')
    .replace(/\s/g, '');
  if (dots.length < widthDots * heightDots || !/^[01]*$/.test(dots)) return undefined;
  const rowBytes = Math.ceil(widthDots / 8);
  const bits = new Uint8Array(rowBytes * heightDots);
  for (let y = 0; y < heightDots; y++) {
    for (let x = 0; x < widthDots; x++) {
      const at = y * rowBytes + (x >> 3);
      if (dots.charAt(y * widthDots + x) === '1') bits[at] = (bits[at] ?? 0) | (0x80 >> (x & 7));
    }
  }
  return bits;
}

/** The picture as a P4 file. */
export function pbmOf({ widthDots, heightDots, bits }: SlipImage): Uint8Array {
  const head = Buffer.from(`P4\n${widthDots} ${heightDots}\n`, 'latin1');
  return Uint8Array.from([...head, ...bits]);
}

/** The shop's electronic seal 电子印章: a picture in the settings that the customer's slip ends in. */
import { bytesOfBase64 } from '../base/base64.ts';
import type { SlipPicture } from '../hal/slip.ts';

/** 25 mm of paper, and what goes over the slowest line (9600 baud) in some four seconds. */
export const SEAL_DOTS_MAX = 200;
export const SEAL_BYTES_MAX = 4_096;

export interface SealSettings {
  readonly widthDots: number;
  readonly heightDots: number;
  /** Base64 of the dots: 1 = black, bit 7 leftmost, rows padded to whole bytes. */
  readonly bits: string;
}

/** What keeps a seal from being printed, for whoever writes the settings. */
export interface SealProblem {
  readonly path: readonly ('widthDots' | 'heightDots' | 'bits')[];
  readonly message: string;
}

const isDots = (count: number): boolean => Number.isInteger(count) && count >= 1 && count <= SEAL_DOTS_MAX;

export function sealProblems({ widthDots, heightDots, bits }: SealSettings): SealProblem[] {
  const message = `is a whole number of dots from 1 to ${SEAL_DOTS_MAX}`;
  const problems: SealProblem[] = [];
  if (!isDots(widthDots)) problems.push({ path: ['widthDots'], message });
  if (!isDots(heightDots)) problems.push({ path: ['heightDots'], message });
  if (problems.length > 0) return problems;
  const size = Math.ceil(widthDots / 8) * heightDots;
  if (size > SEAL_BYTES_MAX) return [{ path: [], message: `has ${size} bytes of dots, more than ${SEAL_BYTES_MAX}` }];
  const bytes = bytesOfBase64(bits);
  if (bytes === undefined) return [{ path: ['bits'], message: 'is no base64' }];
  if (bytes.length !== size)
    return [{ path: ['bits'], message: `has ${bytes.length} bytes where the dots take ${size}` }];
  return [];
}

/** The seal as a line of a slip; none where the shop has none, or one that a printer could not take. */
export function sealImage({ seal }: { readonly seal?: SealSettings | undefined }): SlipPicture | undefined {
  const bits = seal === undefined || sealProblems(seal).length > 0 ? undefined : bytesOfBase64(seal.bits);
  if (seal === undefined || bits === undefined) return undefined;
  return { kind: 'image', widthDots: seal.widthDots, heightDots: seal.heightDots, bits };
}

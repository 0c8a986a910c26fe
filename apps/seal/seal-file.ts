import { base64Of } from '../../firmware/base/base64.ts';
import { type SealSettings, sealProblems } from '../../firmware/receipts/seal.ts';
import { imageOfPbm } from '../pbm.ts';

/** A seal as settings, out of a PBM file; a text says why it cannot be one. */
export function sealOfPbm(file: Uint8Array): SealSettings | string {
  const image = imageOfPbm(file);
  if (typeof image === 'string') return image;
  const seal = { widthDots: image.widthDots, heightDots: image.heightDots, bits: base64Of(image.bits) };
  const [problem] = sealProblems(seal);
  return problem === undefined ? seal : [...problem.path, problem.message].join(' ');
}

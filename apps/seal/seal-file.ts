import { readFileSync } from 'node:fs';
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

/** The seal of the demonstration shop, for terminals that nobody has configured; `npm run docs` draws it. */
export function demonstrationSeal(): SealSettings {
  const seal = sealOfPbm(readFileSync(new URL('./demonstration-seal.pbm', import.meta.url)));
  if (typeof seal === 'string') throw new Error(`the demonstration seal ${seal}`);
  return seal;
}

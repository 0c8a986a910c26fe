import { readFileSync } from 'node:fs';
import type { SealSettings } from '../../firmware/receipts/seal.ts';
import { sealOfPbm } from './seal-file.ts';

/** The seal of the demonstration shop, for terminals that nobody has configured; `npm run docs` draws it. */
export function demonstrationSeal(): SealSettings {
  const seal = sealOfPbm(readFileSync(new URL('./demonstration-seal.pbm', import.meta.url)));
  if (typeof seal === 'string') throw new Error(`the demonstration seal ${seal}`);
  return seal;
}

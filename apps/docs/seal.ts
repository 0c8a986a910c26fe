/** `node apps/docs/seal.ts`: draws the demonstration seal with the font of the emulated printer. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pbmOf } from '../pbm.ts';
import { ROOT } from './page.ts';
import { drawSeal } from './seal-drawing.ts';

writeFileSync(join(ROOT, 'apps/seal/demonstration-seal.pbm'), pbmOf(drawSeal()));

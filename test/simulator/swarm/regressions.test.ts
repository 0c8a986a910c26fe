import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parseReplay } from '../../../simulator/swarm/replay.ts';
import { play } from './swarm.ts';

const FOLDER = join(import.meta.dirname, '../../fixtures/seeds');

/** Every seed that broke an invariant once, as it was shrunk and printed. Put a new one there when it is mended. */
describe('seeds that failed once', () => {
  it.each(readdirSync(FOLDER))('%s', async (file) => {
    const { violation } = await play(parseReplay(readFileSync(join(FOLDER, file), 'utf8')));
    expect(violation).toBeUndefined();
  });
});

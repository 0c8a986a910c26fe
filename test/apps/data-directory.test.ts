import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { claimDataDirectory } from '../../apps/data-directory.ts';

describe('a data directory', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fenqi-data-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is refused while another process that lives has it', async () => {
    writeFileSync(join(folder, 'lock'), String(process.ppid));
    await expect(claimDataDirectory(folder)).rejects.toThrow(/in use by process/);
  });

  it('is taken over from a process that is gone', async () => {
    writeFileSync(join(folder, 'lock'), '999999999');
    await expect(claimDataDirectory(folder)).resolves.toBeDefined();
  });

  it('can be claimed again once it was given back', async () => {
    const giveBack = await claimDataDirectory(join(folder, 'new'));
    await giveBack();
    await expect(claimDataDirectory(join(folder, 'new'))).resolves.toBeDefined();
  });

  it('says so when it is no directory', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(claimDataDirectory(join(folder, 'file'))).rejects.toThrow(/cannot be used/);
  });
});

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { claimDataDirectory } from '../../apps/data-directory.ts';

const MODULE = new URL('../../apps/data-directory.ts', import.meta.url).href;

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

  it('is taken over when the number of its process is somebody else by now', async () => {
    writeFileSync(join(folder, 'lock'), `${process.ppid} 5715d042-9b31-48f5-bfc0-3bd35e6ef1e5/7`);
    await expect(claimDataDirectory(folder)).resolves.toBeDefined();
  });

  it('is refused to another process while its own holds it', async () => {
    await claimDataDirectory(folder);
    const holds = readFileSync(join(folder, 'lock'), 'utf8');
    expect(holds.split(' ')).toEqual([String(process.pid), expect.stringMatching(/^[\da-f-]{36}\/\d+$/)]);
    const claim = `import { claimDataDirectory } from ${JSON.stringify(MODULE)}; await claimDataDirectory(${JSON.stringify(folder)});`;
    const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', claim], { encoding: 'utf8' });
    expect(stderr).toContain(`in use by process ${process.pid}`);
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

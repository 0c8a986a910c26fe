import { lstat, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { JournalFileStore } from '../../../drivers/journal/file-store.ts';
import { LinuxJournalDisk } from '../../../drivers/linux/journal-disk.ts';
import { openWhole } from '../../../hal-mock/journal-store.ts';

let parent = '';
let directory = '';
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'fenqi-disk-'));
  directory = join(parent, 'journal');
});
afterEach(async () => rm(parent, { recursive: true }));

const SEGMENT = 'journal-00000001.seg';

describe('LinuxJournalDisk', () => {
  it('keeps the journal from other accounts', async () => {
    const store = new JournalFileStore({ disk: new LinuxJournalDisk(directory) });
    await openWhole(store);
    await store.close();
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect((await stat(join(directory, SEGMENT))).mode & 0o777).toBe(0o600);
  });

  it('takes its room when a segment is made, so that an append never asks for more', async () => {
    const disk = new LinuxJournalDisk(directory);
    await disk.list();
    const file = await disk.create('room', 200_000);
    await file.close();
    const { size, blocks } = await stat(join(directory, 'room'));
    expect(size).toBe(200_000);
    expect(blocks * 512).toBeGreaterThanOrEqual(200_000);
  });

  it('reads back what it wrote at a place, and zeros elsewhere', async () => {
    const disk = new LinuxJournalDisk(directory);
    await disk.list();
    const file = await disk.create('some', 100);
    await file.write(40, new Uint8Array([1, 2, 3]));
    await file.sync();
    await file.close();
    const again = await disk.open('some');
    const bytes = await again.read();
    await again.close();
    expect(bytes).toHaveLength(100);
    expect([...bytes.subarray(39, 44)]).toEqual([0, 1, 2, 3, 0]);
  });

  it('makes a file anew without anything of the old one', async () => {
    const disk = new LinuxJournalDisk(directory);
    await disk.list();
    await writeFile(join(directory, 'old'), 'x'.repeat(500));
    const file = await disk.create('old', 100);
    expect(await file.read()).toEqual(new Uint8Array(100));
    await file.close();
  });

  it('does not write through a link that somebody put there', async () => {
    const disk = new LinuxJournalDisk(directory);
    await disk.list();
    await writeFile(join(parent, 'victim'), 'untouched');
    await symlink(join(parent, 'victim'), join(directory, SEGMENT));
    await expect(openWhole(new JournalFileStore({ disk }))).rejects.toMatchObject({ kind: 'media', detail: 'ELOOP' });
    expect((await stat(join(parent, 'victim'))).size).toBe('untouched'.length);
    expect((await lstat(join(directory, SEGMENT))).isSymbolicLink()).toBe(true);
  });

  it('says media when the directory cannot be made', async () => {
    const store = new JournalFileStore({ disk: new LinuxJournalDisk(join(parent, 'no', 'journal')) });
    await expect(openWhole(store)).rejects.toMatchObject({ kind: 'media', device: 'journal', detail: 'ENOENT' });
  });
});

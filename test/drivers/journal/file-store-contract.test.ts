import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JournalDisk, JournalFile } from '../../../drivers/journal/disk.ts';
import { JournalFileStore } from '../../../drivers/journal/file-store.ts';
import { LinuxJournalDisk } from '../../../drivers/linux/journal-disk.ts';
import { SimulatedDisk } from '../../../hal-mock/disk.ts';
import { SeededRandom } from '../../../hal-mock/random.ts';
import { journalStoreContract } from '../../contract/journal-store.contract.ts';

/** Small enough for the contract's forty records to fill several segments. */
const SEGMENT_BYTES = 2048;

journalStoreContract('segments on a simulated disk', async () => {
  const disk = new SimulatedDisk({ random: new SeededRandom(1) });
  const next = () => new JournalFileStore({ disk, segmentBytes: SEGMENT_BYTES });
  return {
    store: next(),
    restart: async () => {
      disk.powerCut();
      return next();
    },
    failNextAppend: () => disk.failAfter(1, 'EIO'),
    dispose: async () => undefined,
  };
});

class FailingDisk implements JournalDisk {
  failsNextSync = false;
  readonly #disk: JournalDisk;

  constructor(disk: JournalDisk) {
    this.#disk = disk;
  }

  list(): Promise<readonly string[]> {
    return this.#disk.list();
  }

  async create(name: string, sizeBytes: number): Promise<JournalFile> {
    return this.#failing(await this.#disk.create(name, sizeBytes));
  }

  async open(name: string): Promise<JournalFile> {
    return this.#failing(await this.#disk.open(name));
  }

  #failing(file: JournalFile): JournalFile {
    return {
      read: () => file.read(),
      write: (at, bytes) => file.write(at, bytes),
      sync: async () => {
        if (this.failsNextSync) throw Object.assign(new Error('sync'), { code: 'EIO' });
        await file.sync();
      },
      close: () => file.close(),
    };
  }
}

journalStoreContract('segments in a directory', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'fenqi-journal-'));
  let disk = new FailingDisk(new LinuxJournalDisk(join(directory, 'journal')));
  let store = new JournalFileStore({ disk, segmentBytes: SEGMENT_BYTES });
  const end = () => store.close().catch(() => undefined);
  return {
    store,
    restart: async () => {
      await end();
      disk = new FailingDisk(new LinuxJournalDisk(join(directory, 'journal')));
      return (store = new JournalFileStore({ disk, segmentBytes: SEGMENT_BYTES }));
    },
    failNextAppend: () => {
      disk.failsNextSync = true;
    },
    dispose: async () => {
      await end();
      await rm(directory, { recursive: true });
    },
  };
});

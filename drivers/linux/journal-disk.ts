import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Only the terminal's own account reads the journal. */
const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;
const FILL_CHUNK_BYTES = 64 * 1024;

/** One file of {@link LinuxJournalDisk}. */
class LinuxJournalFile {
  readonly #file: FileHandle;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async read(): Promise<Uint8Array> {
    const { size } = await this.#file.stat();
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size;) {
      const { bytesRead } = await this.#file.read(bytes, at, size - at, at);
      if (bytesRead === 0) return bytes.slice(0, at);
      at += bytesRead;
    }
    return bytes;
  }

  async write(at: number, bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, at + done);
      done += bytesWritten;
    }
  }

  sync(): Promise<void> {
    return this.#file.datasync();
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

/**
 * A directory on a Linux file system, as the journal store needs it: real zeros instead of holes, data syncs, and the
 * directory synced when a file is made. Links are not followed; files are 0600 in a directory of 0700.
 */
export class LinuxJournalDisk {
  readonly #directory: string;

  /** @param directory made on first use when its parent is there */
  constructor(directory: string) {
    this.#directory = directory;
  }

  async list(): Promise<readonly string[]> {
    await mkdir(this.#directory, { mode: DIRECTORY_MODE }).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    });
    return readdir(this.#directory);
  }

  async create(name: string, sizeBytes: number): Promise<LinuxJournalFile> {
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
    const handle = await open(join(this.#directory, name), flags, FILE_MODE);
    try {
      const file = new LinuxJournalFile(handle);
      for (let at = 0; at < sizeBytes; at += FILL_CHUNK_BYTES) {
        await file.write(at, new Uint8Array(Math.min(FILL_CHUNK_BYTES, sizeBytes - at)));
      }
      await handle.sync();
      await this.#syncDirectory();
      return file;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async open(name: string): Promise<LinuxJournalFile> {
    return new LinuxJournalFile(await open(join(this.#directory, name), constants.O_RDWR | constants.O_NOFOLLOW));
  }

  async #syncDirectory(): Promise<void> {
    const directory = await open(this.#directory, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  }
}

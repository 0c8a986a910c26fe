/**
 * A directory of fixed-size files: all that the journal needs of an operating system. Every member rejects with what
 * the system said (`code` as in Node: `EIO`, `ENOSPC`, …).
 */
export interface JournalDisk {
  list(): Promise<readonly string[]>;
  /**
   * Makes a file of zeros, or makes it anew. Once this resolves, file, size and directory entry survive a power cut, so
   * that later writes change no metadata.
   */
  create(name: string, sizeBytes: number): Promise<JournalFile>;
  open(name: string): Promise<JournalFile>;
}

export interface JournalFile {
  /** The whole content. */
  read(): Promise<Uint8Array>;
  /** Writes all of the bytes; durable only after {@link sync}. */
  write(at: number, bytes: Uint8Array): Promise<void>;
  /** Makes every write before it durable. After a rejection nothing is known about any of them. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

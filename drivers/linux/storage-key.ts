import { constants } from 'node:fs';
import { type FileHandle, link, open, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hexOf } from '../../firmware/base/bytes.ts';
import { HalError } from '../../firmware/hal/hal-error.ts';
import type { Random } from '../../firmware/hal/index.ts';
import { STORAGE_KEY_BYTES } from './card-vault.ts';

const OWNER_ONLY = 0o600;
const OTHERS = 0o077;

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown';
}

/** One byte more than a key, so that a longer file is noticed. */
async function readKey(file: FileHandle): Promise<Uint8Array> {
  const status = await file.stat();
  if (!status.isFile() || (status.mode & OTHERS) !== 0 || status.uid !== process.getuid?.()) {
    throw new HalError('security', 'vault', 'storage key file is open to others');
  }
  const bytes = new Uint8Array(STORAGE_KEY_BYTES + 1);
  const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
  if (bytesRead !== STORAGE_KEY_BYTES) throw new HalError('security', 'vault', 'storage key file has a wrong size');
  return bytes.slice(0, STORAGE_KEY_BYTES);
}

async function withFile<T>(path: string, flags: number, use: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, flags, OWNER_ONLY);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

async function load(path: string): Promise<Uint8Array | undefined> {
  try {
    return await withFile(path, constants.O_RDONLY | constants.O_NOFOLLOW, readKey);
  } catch (error) {
    if (error instanceof HalError) throw error;
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new HalError('security', 'vault', `storage key file: ${codeOf(error)}`);
  }
}

/** Written aside and linked into place whole, so that neither a power cut nor a second process leaves half a key. */
async function create(path: string, key: Uint8Array, suffix: string): Promise<void> {
  const aside = `${path}.${suffix}`;
  try {
    await withFile(aside, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, async (file) => {
      await file.write(key);
      await file.sync();
    });
    try {
      await link(aside, path);
    } finally {
      await unlink(aside);
    }
    await withFile(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY, (directory) => directory.sync());
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw new HalError('security', 'vault', `storage key file: ${codeOf(error)}`);
  }
}

/**
 * The key under which the card vault seals what the journal keeps: 32 bytes in a file that only its owner may read, made
 * at first start. A file that is there but wrong (size, rights, owner, a link) is refused and never replaced, because
 * open reversals could not be read any more.
 *
 * This is for development machines and devices without better: where there is a secure element, the key belongs there.
 * Rejects with `HalError` `security`.
 */
export async function loadOrCreateStorageKey(path: string, random: Random): Promise<Uint8Array> {
  const existing = await load(path);
  if (existing !== undefined) return existing;
  await create(path, random.bytes(STORAGE_KEY_BYTES), hexOf(random.bytes(4)));
  const created = await load(path);
  if (created === undefined) throw new HalError('security', 'vault', 'storage key file vanished');
  return created;
}

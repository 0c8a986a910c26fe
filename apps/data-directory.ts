import { mkdir, open, readFile, unlink } from 'node:fs/promises';
import process from 'node:process';

/** Why a data directory cannot be used, in words for the person at the console. */
export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError';
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Makes the directory and takes it for this process: two terminals on one journal would ruin it. A lock of a process that
 * is gone is taken over. Returns what gives the directory back.
 */
export async function claimDataDirectory(path: string): Promise<() => Promise<void>> {
  const lock = `${path}/lock`;
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    for (;;) {
      const file = await open(lock, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
        return undefined;
      });
      if (file !== undefined) {
        await file.write(String(process.pid));
        await file.close();
        return () => unlink(lock).catch(() => undefined);
      }
      const holder = Number(await readFile(lock, 'utf8').catch(() => '0'));
      if (holder !== process.pid && holder > 0 && isAlive(holder)) {
        throw new DataDirectoryError(`${path} is in use by process ${holder}; choose another with --data`);
      }
      await unlink(lock).catch(() => undefined);
    }
  } catch (error) {
    if (error instanceof DataDirectoryError) throw error;
    throw new DataDirectoryError(`${path} cannot be used (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
}

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
 * When a process began, in words that no other process of any boot has; empty where `/proc` does not say. A lock outlives
 * a power cut, and after it the same number may be anybody's.
 */
async function beginningOf(pid: number): Promise<string> {
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // proc(5): the name in brackets may hold anything; starttime is field 22, the 20th behind it.
    return `${boot.trim()}/${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''}`;
  } catch {
    return '';
  }
}

/** Whether the process that wrote this lock still has it. */
async function isHeld(pid: number, beginning: string): Promise<boolean> {
  if (pid === process.pid || pid <= 0 || !isAlive(pid)) return false;
  return beginning === '' || beginning === (await beginningOf(pid));
}

function unlessFull(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOSPC' && error.code !== 'EDQUOT') throw error;
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
        // A full disk has room for a name and none for what is in the file. That stops nobody from selling: the journal has
        // its room already.
        await file.write(`${process.pid} ${await beginningOf(process.pid)}`.trim()).catch(unlessFull);
        await file.close();
        return () => unlink(lock).catch(() => undefined);
      }
      const [number = '0', beginning = ''] = (await readFile(lock, 'utf8').catch(() => '0')).split(' ');
      const holder = Number(number);
      if (await isHeld(holder, beginning)) {
        throw new DataDirectoryError(`${path} is in use by process ${holder}; choose another with --data`);
      }
      await unlink(lock).catch(() => undefined);
    }
  } catch (error) {
    if (error instanceof DataDirectoryError) throw error;
    throw new DataDirectoryError(`${path} cannot be used (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
}

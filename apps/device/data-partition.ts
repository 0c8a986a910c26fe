import { access, constants, stat } from 'node:fs/promises';

/**
 * Why a data directory cannot be used, or `undefined`. Nothing is made here: a directory that is not there is a partition
 * that did not mount, and a journal begun in its place would hide the real one.
 *
 * @param ownFileSystem it must not lie on the file system of `/`
 */
export async function dataProblem(path: string, ownFileSystem: boolean): Promise<'missing' | 'readOnly' | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() !== true) return 'missing';
  if (ownFileSystem && found.dev === (await stat('/')).dev) return 'missing';
  const mayWrite = await access(path, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  return mayWrite ? undefined : 'readOnly';
}

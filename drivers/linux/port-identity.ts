import { statSync } from 'node:fs';

/** Names the device that a path leads to now, through links; `undefined` when it leads nowhere. */
export function portIdentity(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.dev}:${found.ino}:${found.rdev}`;
}

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** SHA-256 of a file in lower-case hex, without holding the file in memory. */
export async function sha256OfFile(path: string): Promise<string> {
  return hashOfFile(path, 'sha256', 'hex');
}

/** The form of `integrity` in a package lock. */
export async function integrityOfFile(path: string): Promise<string> {
  return `sha512-${await hashOfFile(path, 'sha512', 'base64')}`;
}

async function hashOfFile(path: string, algorithm: string, encoding: 'hex' | 'base64'): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(path), hash);
  return hash.digest(encoding);
}

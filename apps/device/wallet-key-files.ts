import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import type { WalletHost } from '../../firmware/hal/index.ts';
import type { RsaWalletKeyTexts } from '../../drivers/linux/wallet-keys.ts';
import { both } from './words.ts';

const OTHERS = 0o077;
/** RSA keys of 4096 bits take about 3 KB. */
const KEY_BYTES_MAX = 16 * 1024;

/** A key file that cannot be used, in words for the person at the device. */
export class KeyFileError extends Error {
  override readonly name = 'KeyFileError';
}

/** A file that its owner alone may read. Links are not followed. */
export async function readKeyFile(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch((error: NodeJS.ErrnoException) => {
    const code = error.code ?? 'unknown';
    throw new KeyFileError(`${path}: ${both(`cannot be read (${code})`, `读不出 (${code})`)}`);
  });
  try {
    const { mode, uid, size } = await file.stat();
    if ((mode & OTHERS) !== 0 || uid !== process.getuid?.()) {
      throw new KeyFileError(`${path}: ${both('is open to others: chmod 600', '他人可读：请 chmod 600')}`);
    }
    if (size > KEY_BYTES_MAX) throw new KeyFileError(`${path}: ${both('is no PEM key', '不是 PEM 密钥')}`);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/** The keys of every wallet host that the terminal talks to: `HOST-merchant.pem`, its private one, and `HOST-wallet.pem`. */
export async function readWalletKeys(
  directory: string,
  hosts: readonly WalletHost[],
): Promise<Partial<Record<WalletHost, RsaWalletKeyTexts>>> {
  const keys: Partial<Record<WalletHost, RsaWalletKeyTexts>> = {};
  for (const host of hosts) {
    keys[host] = {
      merchantPrivateKey: await readKeyFile(join(directory, `${host}-merchant.pem`)),
      walletPublicKey: await readKeyFile(join(directory, `${host}-wallet.pem`)),
    };
  }
  return keys;
}

/** Signing with a key that never leaves its security module, through OpenSSL's engine for PKCS #11. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { ImageError, runTool } from './tools.ts';

export const isInModule = (key: string): boolean => key.startsWith('pkcs11:');

/** What RAUC reads too, so that one setting serves bundles and manifests. */
const MODULE = 'RAUC_PKCS11_MODULE';
const PIN = 'RAUC_PKCS11_PIN';

/** @throws ImageError when it is not said where the module is and what opens it */
export function moduleSettings(): { readonly module: string } {
  const module = process.env[MODULE] ?? '';
  if (module === '') throw new ImageError(`${MODULE} is not set: the library of the security module, a .so file`);
  if (!existsSync(module)) throw new ImageError(`${MODULE}: there is no ${module}`);
  // Without one the engine would ask at the terminal, and a build has none.
  if ((process.env[PIN] ?? '') === '') throw new ImageError(`${PIN} is not set: the PIN of the token`);
  return { module };
}

const CAUSES: readonly (readonly [RegExp, (key: string) => string])[] = [
  [/PIN incorrect/, () => `the security module refuses ${PIN}; after a few more wrong tries it locks itself`],
  [/PIN locked/, () => 'the PIN of the token is locked'],
  [/Unable to load (PKCS#11 )?module/, () => `${MODULE}: ${process.env[MODULE]} is no PKCS #11 library`],
  [/object not found|private key was not found/, (key) => `the security module has no key ${withoutPin(key)}`],
  [
    /could not load (the )?engine|invalid engine|no such engine|failed to load PKCS11 engine|engines-3\/pkcs11/i,
    () => 'OpenSSL has no engine for security modules: apt-get install libengine-pkcs11-openssl',
  ],
];

function withoutPin(key: string): string {
  return key.replace(/([;?&]pin-value=)[^;?&]*/g, '$1…');
}

/** Runs what signs, and says what is wrong with module, PIN or key in words. */
export async function withModule<Result>(key: string, run: (module: string) => Promise<Result>): Promise<Result> {
  const { module } = moduleSettings();
  try {
    return await run(module);
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    const cause = CAUSES.find(([pattern]) => pattern.test(error.message));
    throw cause === undefined ? error : new ImageError(cause[1](key));
  }
}

/** ECDSA over SHA-256, as `crypto.sign` makes it of a key in a file. */
export const signWithModule =
  (key: string) =>
  (bytes: Uint8Array): Promise<Buffer> =>
    withModule(key, async (module) => {
      const work = mkdtempSync(join(tmpdir(), 'fenqi-sign-'));
      try {
        const [text, signature] = [join(work, 'text'), join(work, 'signature')];
        writeFileSync(text, bytes);
        const engine = ['-engine', 'pkcs11', '-keyform', 'engine', '-passin', `env:${PIN}`];
        await runTool('openssl', ['dgst', ...engine, '-sha256', '-sign', key, '-out', signature, text], {
          environment: { PKCS11_MODULE_PATH: module },
        });
        return readFileSync(signature);
      } finally {
        rmSync(work, { recursive: true });
      }
    });

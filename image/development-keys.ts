/** Keys to develop with. A product's root is made offline and its signer lives in a security module. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { X509Certificate } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ImageError, runTool } from './tools.ts';

/** In the subject of a root that debug images trust and releases refuse. */
export const DEVELOPMENT_UNIT = 'Fenqi development';

export function isDevelopmentRoot(root: X509Certificate): boolean {
  return root.subject.split('\n').includes(`OU=${DEVELOPMENT_UNIT}`);
}

const ROOT_DAYS = '3650';
const SIGNER_DAYS = '730';

const EXTENSIONS = `[root]
basicConstraints=critical,CA:TRUE,pathlen:1
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
[signer]
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=critical,codeSigning
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
`;

export interface KeyFiles {
  readonly root: string;
  readonly rootKey: string;
  readonly cert: string;
  readonly key: string;
}

/**
 * Makes a root and a signer of updates (P-256) in `out`, which must not have any yet.
 *
 * @param unit the organisational unit in the root's subject; tests make roots that are none for development with it
 */
export async function makeKeys(out: string, unit: string = DEVELOPMENT_UNIT): Promise<KeyFiles> {
  mkdirSync(out, { recursive: true, mode: 0o700 });
  const at = (name: string): string => join(out, name);
  const files = { root: at('root.pem'), rootKey: at('root.key'), cert: at('signer.pem'), key: at('signer.key') };
  const taken = Object.values(files).find((path) => existsSync(path));
  if (taken !== undefined) throw new ImageError(`${taken} is there already; keys are never overwritten`);
  const work = mkdtempSync(join(tmpdir(), 'fenqi-keys-'));
  try {
    const extensions = join(work, 'extensions');
    writeFileSync(extensions, EXTENSIONS);
    for (const key of [files.rootKey, files.key]) {
      await runTool('openssl', ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', key]);
    }
    const request = async (key: string, name: string): Promise<string> => {
      const path = join(work, `${name}.csr`);
      await runTool('openssl', ['req', '-new', '-key', key, '-subj', `/OU=${unit}/CN=${name}`, '-out', path]);
      return path;
    };
    const section = (name: string): string[] => ['-extfile', extensions, '-extensions', name];
    const rootRequest = await request(files.rootKey, 'Update root');
    const self = ['-signkey', files.rootKey, '-days', ROOT_DAYS, '-out', files.root, ...section('root')];
    await runTool('openssl', ['x509', '-req', '-in', rootRequest, ...self]);
    const signerRequest = await request(files.key, 'Release signer');
    const issuer = ['-CA', files.root, '-CAkey', files.rootKey, '-CAserial', join(work, 'serial'), '-CAcreateserial'];
    const signed = ['-days', SIGNER_DAYS, '-out', files.cert, ...section('signer')];
    await runTool('openssl', ['x509', '-req', '-in', signerRequest, ...issuer, ...signed]);
  } finally {
    rmSync(work, { recursive: true });
  }
  return files;
}

/** Makes the signed manifest of an update channel out of a bundle and the deltas to it. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { readDelta } from './delta.ts';
import { sha256OfFile } from './hashes.ts';
import { isInModule, signWithModule } from './pkcs11.ts';
import { readManifest } from './slot-image.ts';
import { readFromSquashfs } from './squashfs.ts';
import { ImageError } from './tools.ts';
import { isSigner, sealManifest, signWith, type UpdateManifest, verifyManifest } from './update-manifest.ts';

export interface ManifestRequest {
  readonly bundle: string;
  readonly deltas: readonly string[];
  /** File, or an address of a security module, as for a bundle. */
  readonly key: string;
  readonly cert: string;
  /** Folder that bundle and deltas are served from, under their own names. */
  readonly url: string;
  /** `2027-01-31T00:00:00Z`. */
  readonly notBefore: string;
  readonly expires: string;
  readonly out: string;
}

/** @throws ImageError when the files do not belong together, or no device of the bundle would trust the signer */
export async function makeManifest(request: ManifestRequest): Promise<UpdateManifest> {
  const { bundle, key, cert, out, notBefore, expires } = request;
  const { version, compatible, floor, root } = await imageIn(bundle);
  const at = (path: string): string => new URL(basename(path), `${request.url.replace(/\/*$/, '')}/`).href;
  const described = async (path: string) => ({
    url: at(path),
    size: statSync(path).size,
    sha256: await sha256OfFile(path),
  });
  const whole = await described(bundle);
  const deltas = await Promise.all(
    request.deltas.map(async (path) => {
      const { fromSha256, toSha256 } = readDelta(path);
      if (toSha256 !== whole.sha256) throw new ImageError(`${path} does not lead to ${bundle}`);
      return { fromSha256, ...(await described(path)) };
    }),
  );
  if (Date.parse(expires) <= Date.parse(notBefore))
    throw new ImageError(`it would expire (${expires}) before it begins`);
  const certificate = readFileSync(cert, 'utf8');
  if (!isSigner(new X509Certificate(certificate), new X509Certificate(root))) {
    throw new ImageError(`${cert} is no signer below the root of the image: its devices would not trust the manifest`);
  }
  const signBytes = isInModule(key) ? signWithModule(key) : signWith(readFileSync(key, 'utf8'));
  const manifest = { version, compatible, floor, notBefore, expires, bundle: whole, deltas };
  const text = await sealManifest(manifest, certificate, signBytes);
  if (verifyManifest(text, root.toString('utf8'), undefined).kind !== 'valid') {
    throw new ImageError(`the key is not the one of ${cert}`);
  }
  writeFileSync(out, text);
  return manifest;
}

/** The manifest of the image inside a bundle, and its root. */
async function imageIn(bundle: string) {
  const work = mkdtempSync(join(tmpdir(), 'fenqi-manifest-'));
  try {
    const image = join(work, 'app.squashfs');
    writeFileSync(image, await readFromSquashfs(bundle, 'app.squashfs'));
    const { version, compatible, floor } = await readManifest(image);
    return { version, compatible, floor, root: await readFromSquashfs(image, 'update/root.pem') };
  } catch (error) {
    if (error instanceof ImageError && error.message.includes('not installed')) throw error;
    throw new ImageError(`${bundle} is no bundle of an image that takes updates`);
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** Signed updates: RAUC bundles in the `verity` format. */
import { copyFileSync, linkSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { sha256OfFile } from './hashes.ts';
import { isInModule, withModule } from './pkcs11.ts';
import { readManifest } from './slot-image.ts';
import { readFromSquashfs } from './squashfs.ts';
import { ImageError, runTool } from './tools.ts';

export interface BundleRequest {
  readonly image: string;
  /** File, or an address of a security module: `pkcs11:token=…;object=…` (`RAUC_PKCS11_MODULE`, `RAUC_PKCS11_PIN`). */
  readonly key: string;
  readonly cert: string;
  /** Must be the version in the image, when given. */
  readonly version?: string;
  readonly out: string;
}

export interface BuiltBundle {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly version: string;
  readonly compatible: string;
}

/** Uncompressed and in one thread, so that two bundles differ where their images differ: deltas are small. */
const OUTER_SQUASHFS = '--mksquashfs-args=-noI -noD -noF -noX -processors 1';

/**
 * Signs an image for the devices that trust its root.
 *
 * @throws ImageError when the signer does not descend from the image's root: no device could install the bundle
 */
export async function makeBundle(request: BundleRequest): Promise<BuiltBundle> {
  const { version, build, compatible, root } = await readManifest(request.image);
  if (request.version !== undefined && request.version !== version) {
    throw new ImageError(`the image has version ${version}, not ${request.version}`);
  }
  if (root === null) throw new ImageError('the image was built without --root: it takes no updates');
  const work = mkdtempSync(join(tmpdir(), 'fenqi-bundle-'));
  const out = resolve(request.out);
  try {
    const content = join(work, 'content');
    mkdirSync(content);
    linkOrCopy(request.image, join(content, 'app.squashfs'));
    writeFileSync(
      join(content, 'manifest.raucm'),
      `[update]\ncompatible=${compatible}\nversion=${version}\nbuild=${build}\n\n[bundle]\nformat=verity\n\n[image.app]\nfilename=app.squashfs\n`,
    );
    const keyring = join(work, 'root.pem');
    writeFileSync(keyring, await readFromSquashfs(request.image, 'update/root.pem'));
    const config = join(work, 'system.conf');
    writeFileSync(config, signingConfig(compatible, keyring));
    rmSync(out, { force: true });
    const signer = ['--cert', request.cert, '--key', request.key];
    const sign = (): Promise<Buffer> =>
      runTool('rauc', ['-c', config, ...signer, OUTER_SQUASHFS, 'bundle', content, out]);
    await (isInModule(request.key) ? withModule(request.key, sign) : sign());
  } finally {
    rmSync(work, { recursive: true });
  }
  return { path: out, bytes: statSync(out).size, sha256: await sha256OfFile(out), version, compatible };
}

/** RAUC checks what it has signed against the keyring of this file; a purpose other than its default must stand here. */
export function signingConfig(compatible: string, keyring: string): string {
  return `[system]\ncompatible=${compatible}\nbootloader=noop\n\n[keyring]\npath=${keyring}\ncheck-purpose=codesign\n`;
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}

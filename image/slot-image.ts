/** An image: what one slot of a device holds. */
import {
  chmodSync,
  copyFileSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { bundleApplication } from './application.ts';
import { isDevelopmentRoot } from './development-keys.ts';
import { sha256OfFile } from './hashes.ts';
import { findNode, recordedBinaries, stripNode } from './node-runtime.ts';
import { readCommit, readLock, readProject } from './project.ts';
import { sbomOf } from './sbom.ts';
import { packSquashfs, readFromSquashfs } from './squashfs.ts';
import { compatibleOf, type TargetName, type Variant } from './targets.ts';
import { ImageError } from './tools.ts';
import { parseVersion } from './version.ts';

/** Larger images would not leave room for two slots and the data on the smallest flash that we promise to fit. */
export const IMAGE_BYTES_MAX = 40_000_000;

export interface ImageRequest {
  readonly target: TargetName;
  readonly variant: Variant;
  /** Default: the name of the target. */
  readonly board?: string;
  /** Default: of the project. */
  readonly version?: string;
  /** Versions below are refused for ever once this one has proved itself. */
  readonly floor?: string;
  /** Certificate that signers of updates descend from. Without one, no update is taken: only for debug. */
  readonly root?: string;
  readonly out: string;
  /** Larger, and packed in a fifth of the time: to be booted once, not to be shipped. */
  readonly isQuick?: boolean;
  /** Other programs than the project's, for tests. */
  readonly programs?: Readonly<Record<string, string>>;
}

/** `manifest.json` of an image. */
export interface ImageManifest {
  readonly name: string;
  readonly version: string;
  readonly build: string;
  readonly floor: string;
  readonly target: TargetName;
  readonly variant: Variant;
  readonly compatible: string;
  readonly node: { readonly version: string; readonly sha256: string };
  /** SHA-256 of the root certificate (DER), or null when updates are not taken. */
  readonly root: string | null;
  /** Path → SHA-256 of every other file. */
  readonly files: Readonly<Record<string, string>>;
}

export interface BuiltImage {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly manifest: ImageManifest;
}

/** The certificate, checked to be one for this variant. */
export function rootFor(variant: Variant, path: string | undefined): X509Certificate | undefined {
  if (path === undefined) {
    if (variant === 'debug') return undefined;
    throw new ImageError('a release needs --root: the certificate that signers of its updates descend from');
  }
  const root = certificateOf(path);
  if (!root.ca) throw new ImageError(`${path} is no certificate of an authority (CA:TRUE)`);
  if (isDevelopmentRoot(root) === (variant === 'debug')) return root;
  throw new ImageError(
    variant === 'release'
      ? `${path} is a development root; a release does not trust it`
      : `${path} is no development root; a debug image does not trust it`,
  );
}

function certificateOf(path: string): X509Certificate {
  try {
    return new X509Certificate(readFileSync(path));
  } catch {
    throw new ImageError(`${path} is no readable certificate`);
  }
}

export async function buildImage(request: ImageRequest): Promise<BuiltImage> {
  const project = readProject();
  const version = request.version ?? project.version;
  const floor = request.floor ?? '0.0.0';
  for (const text of [version, floor]) {
    if (parseVersion(text) === undefined) throw new ImageError(`"${text}" is no version as 1.2.3`);
  }
  const root = rootFor(request.variant, request.root);
  const commit = await readCommit();
  const stage = mkdtempSync(join(tmpdir(), 'fenqi-image-'));
  try {
    const packages = await bundleApplication(join(stage, 'app'), request.target, request.variant, request.programs);
    const builtAt = new Date(commit.epochS * 1000).toISOString();
    writeFileSync(join(stage, 'app/build.json'), `${JSON.stringify({ version, builtAt })}\n`);
    mkdirSync(join(stage, 'bin'));
    await stripNode(request.target, await findNode(request.target), join(stage, 'bin/node'));
    const { sha256, libraries, ...recorded } = recordedBinaries();
    const node = { version: recorded.version, sha256: sha256[request.target] };
    writeFileSync(join(stage, 'VERSION'), `${version}\n`);
    if (root !== undefined && request.root !== undefined) {
      mkdirSync(join(stage, 'update'));
      copyFileSync(request.root, join(stage, 'update/root.pem'));
    }
    const lock = readLock();
    const parts = packages.map((name) => ({ name, version: '', ...lock[`node_modules/${name}`] }));
    const { epochS } = commit;
    const { name, license } = project;
    const subject = { name, version, license, epochS, packages: parts, node: { ...node, libraries } };
    writeFileSync(join(stage, 'sbom.cdx.json'), sbomOf(subject));
    const manifest: ImageManifest = {
      name,
      version,
      build: commit.build,
      floor,
      target: request.target,
      variant: request.variant,
      compatible: compatibleOf(request.board ?? request.target, request.variant),
      node,
      root: root?.fingerprint256.replaceAll(':', '').toLowerCase() ?? null,
      files: await hashesBelow(stage),
    };
    writeFileSync(join(stage, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    fixModes(stage);
    mkdirSync(request.out, { recursive: true });
    const path = join(request.out, `fenqi-${version}-${request.board ?? request.target}-${request.variant}.squashfs`);
    await packSquashfs(stage, path, epochS, ['bin/node', 'app/serialport.node'], request.isQuick);
    const { size } = statSync(path);
    if (size > IMAGE_BYTES_MAX && request.isQuick !== true)
      throw new ImageError(`${path} has ${size} bytes, more than ${IMAGE_BYTES_MAX}`);
    return { path, bytes: size, sha256: await sha256OfFile(path), manifest };
  } finally {
    rmSync(stage, { recursive: true });
  }
}

async function hashesBelow(folder: string): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const path of filesBelow(folder)) hashes[path] = await sha256OfFile(join(folder, path));
  return hashes;
}

function filesBelow(folder: string): string[] {
  return globSync('**/*', { cwd: folder })
    .filter((path) => statSync(join(folder, path)).isFile())
    .toSorted();
}

/** The umask of whoever builds must not show. */
function fixModes(stage: string): void {
  for (const path of ['.', ...globSync('**/*', { cwd: stage })]) {
    const isProgram = path === 'bin/node' || statSync(join(stage, path)).isDirectory();
    chmodSync(join(stage, path), isProgram ? 0o755 : 0o644);
  }
}

/** @throws ImageError when the file is no image of ours */
export async function readManifest(image: string): Promise<ImageManifest> {
  try {
    return JSON.parse((await readFromSquashfs(image, 'manifest.json')).toString('utf8')) as ImageManifest;
  } catch (error) {
    if (error instanceof ImageError && error.message.includes('not installed')) throw error;
    throw new ImageError(`${image} is no image that fenqi image build has made`);
  }
}

/** A small image of ours: a slot with a manifest and a file that differs, packed as the real one is. */
import { mkdirSync, mkdtempSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packSquashfs } from '../../image/squashfs.ts';

export const EPOCH_S = 1_795_800_000;

/** As repeatable as the runtime, and as hard to compress. */
export function noise(bytes: number, seed: string): Buffer {
  const blocks: Buffer[] = [];
  for (let at = 0; at * 32 < bytes; at++) blocks.push(createHash('sha256').update(`${seed} ${at}`).digest());
  return Buffer.concat(blocks).subarray(0, bytes);
}

/** Packs an image in a new folder below the given one, whose files are new to the clock of the machine. */
export async function smallImage(folder: string, version: string, root: string, mtimeS = 1): Promise<string> {
  const stage = mkdtempSync(join(folder, 'stage-'));
  mkdirSync(join(stage, 'bin'));
  mkdirSync(join(stage, 'update'));
  const manifest = {
    name: 'fenqi-pos',
    version,
    build: 'test',
    compatible: 'fenqi-bench-debug',
    floor: '0.9.0',
    root: 'present',
  };
  const files = {
    'bin/node': noise(3_000_000, 'node'),
    'app.mjs': noise(20_000, version),
    VERSION: `${version}\n`,
    'manifest.json': JSON.stringify(manifest),
    'update/root.pem': readFileSync(root),
  };
  for (const [path, content] of Object.entries(files)) {
    writeFileSync(join(stage, path), content, { mode: path === 'bin/node' ? 0o755 : 0o644 });
    utimesSync(join(stage, path), mtimeS, mtimeS);
  }
  const image = join(mkdtempSync(join(folder, 'image-')), `${version}.squashfs`);
  await packSquashfs(stage, image, EPOCH_S, ['bin/node']);
  return image;
}

export const benchFolder = (): string => mkdtempSync(join(tmpdir(), 'fenqi-image-test-'));

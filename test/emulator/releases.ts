/** Updates for a machine in the emulator: the good one, a bad one, and those that nobody may install. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  closeSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEVICE_PROGRAMS } from '../../image/application.ts';
import { makeKeys } from '../../image/development-keys.ts';
import { makeBundle } from '../../image/raucb.ts';
import { buildImage } from '../../image/slot-image.ts';
import { packSquashfs } from '../../image/squashfs.ts';
import { EPOCH_S, noise } from '../image/image-fixture.ts';
import type { TestImages } from './images.ts';

export const GOOD = '0.2.0';
export const BAD = '0.3.0';

export interface Releases {
  /** Version {@link GOOD}, and with it the floor {@link GOOD}. */
  readonly good: string;
  /** Version {@link BAD}, see `programs/bad-release.ts`. */
  readonly bad: string;
  /** Folder of small bundles that are to be refused. */
  readonly refused: string;
}

/** Built once for a folder of images, as those are. */
export async function testReleases(images: TestImages): Promise<Releases> {
  const { keys, folder } = images;
  const release = async (version: string, programs: Readonly<Record<string, string>>): Promise<string> => {
    const out = join(folder, `${version}.raucb`);
    if (existsSync(out)) return out;
    const { path } = await buildImage({
      target: 'linux-x64',
      variant: 'debug',
      version,
      floor: version,
      root: keys.root,
      out: folder,
      isQuick: true,
      programs,
    });
    await makeBundle({ image: path, cert: keys.cert, key: keys.key, out });
    return out;
  };
  const refused = join(folder, 'refused');
  if (!existsSync(refused)) await makeRefused(refused, images);
  return {
    good: await release(GOOD, DEVICE_PROGRAMS),
    bad: await release(BAD, { ...DEVICE_PROGRAMS, pos: 'test/emulator/programs/bad-release.ts' }),
    refused,
  };
}

async function makeRefused(out: string, { keys }: TestImages): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'fenqi-refused-'));
  try {
    const others = await makeKeys(join(work, 'keys'));
    mkdirSync(out);
    const make = async (name: string, version: string, board: string, signer: typeof keys): Promise<void> => {
      const image = await smallImage(work, version, `fenqi-${board}-debug`, signer.root);
      await makeBundle({ image, cert: signer.cert, key: signer.key, out: join(out, `${name}.raucb`) });
    };
    await make('rogue', '9.0.0', 'linux-x64', others);
    await make('other-board', '9.0.0', 'linux-arm64', keys);
    await make('older', '0.0.9', 'linux-x64', keys);
    await make('tampered', '9.0.0', 'linux-x64', keys);
    changeByte(join(out, 'tampered.raucb'), 1_500_000);
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** As large as it takes to be changed in the middle. */
async function smallImage(folder: string, version: string, compatible: string, root: string): Promise<string> {
  const stage = mkdtempSync(join(folder, 'stage-'));
  mkdirSync(join(stage, 'update'));
  cpSync(root, join(stage, 'update/root.pem'));
  writeFileSync(join(stage, 'content'), noise(3_000_000, version));
  const manifest = { name: 'fenqi-pos', version, build: 'test', compatible, floor: '0.0.0', root: 'present' };
  writeFileSync(join(stage, 'manifest.json'), JSON.stringify(manifest));
  const image = join(stage, '..', `${version}-${compatible}.squashfs`);
  await packSquashfs(stage, image, EPOCH_S, []);
  return image;
}

function changeByte(path: string, at: number): void {
  const file = openSync(path, 'r+');
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, at);
  byte[0] = (byte[0] ?? 0) ^ 1;
  writeSync(file, byte, 0, 1, at);
  closeSync(file);
}

/** A read-only drive for the machine, with these files at its top. */
export async function makeDrive(files: readonly string[], out: string): Promise<readonly string[]> {
  const stage = mkdtempSync(join(tmpdir(), 'fenqi-drive-'));
  try {
    for (const file of files) cpSync(file, join(stage, file.slice(file.lastIndexOf('/') + 1)), { recursive: true });
    await packSquashfs(stage, out, EPOCH_S, [], true);
  } finally {
    rmSync(stage, { recursive: true });
  }
  return [
    '-drive',
    `file=${out},if=none,id=releases,format=raw,readonly=on`,
    '-device',
    'virtio-blk-pci,drive=releases,serial=releases',
  ];
}

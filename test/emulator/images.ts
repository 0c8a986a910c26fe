/** Images for tests in the emulator, built once for all suites where FENQI_TEST_IMAGES says: see `prepare-images.ts`. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { makeKeys } from '../../image/development-keys.ts';
import { buildRoot } from '../../image/root/root-image.ts';
import { buildImage } from '../../image/slot-image.ts';
import type { TargetName } from '../../image/targets.ts';

export interface TestImages {
  readonly folder: string;
  readonly image: string;
  readonly rootImage: string;
  /** A development root and a signer below it. */
  readonly keys: { readonly root: string; readonly cert: string; readonly key: string };
}

/** Debug. What is there already is taken as it is. */
export async function testImages(target: TargetName = 'linux-x64'): Promise<TestImages> {
  const folder = process.env['FENQI_TEST_IMAGES'];
  if (folder === undefined) throw new Error('FENQI_TEST_IMAGES names no folder');
  mkdirSync(folder, { recursive: true });
  const keyFolder = join(folder, 'keys');
  const keys = existsSync(keyFolder)
    ? { root: join(keyFolder, 'root.pem'), cert: join(keyFolder, 'signer.pem'), key: join(keyFolder, 'signer.key') }
    : await makeKeys(keyFolder);
  const at = (name: string): string => join(folder, `${name}-0.1.0-${target}-debug.squashfs`);
  const [image, rootImage] = [at('fenqi'), at('fenqi-root')];
  if (!existsSync(image)) {
    await buildImage({
      target,
      variant: 'debug',
      version: '0.1.0',
      root: keys.root,
      out: folder,
      isQuick: true,
    });
  }
  if (!existsSync(rootImage)) {
    await buildRoot({ image, day: new Date().toISOString().slice(0, 10), out: folder, isQuick: true });
  }
  return { folder, image, rootImage, keys };
}

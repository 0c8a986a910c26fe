/** Image and root of what is checked out, with development keys: for a first device and for machines in QEMU. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeKeys } from './development-keys.ts';
import { readCommit, readProject } from './project.ts';
import { buildRoot } from './root/root-image.ts';
import { buildImage } from './slot-image.ts';
import type { TargetName } from './targets.ts';

export interface CheckoutImages {
  readonly image: string;
  readonly rootImage: string;
}

export interface CheckoutRequest {
  readonly target: TargetName;
  /** Images and keys are kept here. Updates are signed with `keys/`, so another folder is another family of devices. */
  readonly out: string;
  /** Larger and sooner there. */
  readonly isQuick: boolean;
}

/** Debug images are built once for a commit, and each time while files differ from it; `say` is told of each step. */
export async function checkoutImages(
  { target, out, isQuick }: CheckoutRequest,
  say: (what: string) => void,
): Promise<CheckoutImages> {
  const { build } = await readCommit();
  const { version } = readProject();
  const variant = 'debug';
  const at = (name: string): string => join(out, `${name}-${version}-${target}-${variant}.squashfs`);
  const images = { image: at('fenqi'), rootImage: at('fenqi-root') };
  const note = join(out, 'built-from');
  const origin = `${build} ${target} ${isQuick ? 'quick' : 'full'}`;
  const isThere = [note, ...Object.values(images)].every((path) => existsSync(path));
  if (isThere && readFileSync(note, 'utf8') === origin && !build.endsWith('-changed')) {
    say(`images of ${build} are there`);
    return images;
  }
  rmSync(note, { force: true });
  const root = join(out, 'keys/root.pem');
  if (!existsSync(root)) await makeKeys(join(out, 'keys'));
  await buildImage({ target, variant, root, out, isQuick });
  say('application built');
  await buildRoot({ image: images.image, day: new Date().toISOString().slice(0, 10), out, isQuick });
  say('root built');
  writeFileSync(note, origin);
  return images;
}

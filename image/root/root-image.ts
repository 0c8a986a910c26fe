/** The read-only root of a device: Debian, the files of `image/rootfs/`, and what RAUC trusts. Made for one image. */
import {
  chmodSync,
  copyFileSync,
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { sha256OfFile } from '../hashes.ts';
import { readCommit, ROOT } from '../project.ts';
import { readManifest } from '../slot-image.ts';
import { packSquashfs, readFromSquashfs } from '../squashfs.ts';
import type { TargetName } from '../targets.ts';
import { ImageError, runTool } from '../tools.ts';
import { debianBase } from './base.ts';
import { makeInitrd } from './initrd.ts';
import { LEFT_OUT, MODULES_LEFT_OUT, UDEV_RULES_LEFT_OUT, UNITS_LEFT_OUT } from './packages.ts';

export interface RootRequest {
  /** The application that the root is made for: its target, its board, its root of trust. */
  readonly image: string;
  /** Day of Debian's packages, as `2026-11-28`. */
  readonly day: string;
  readonly out: string;
  /** As of an image. */
  readonly isQuick?: boolean;
}

export interface BuiltRoot {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly target: TargetName;
  readonly kernel: string;
}

/** Folders that Debian has as links since all of them are below `usr`. */
const MERGED = ['bin', 'sbin', 'lib', 'lib64'];
const MOUNT_POINTS = ['data', 'dev', 'proc', 'sys', 'run', 'tmp', 'var', 'opt/pos', 'root'];

export async function buildRoot(request: RootRequest): Promise<BuiltRoot> {
  const manifest = await readManifest(request.image);
  const work = mkdtempSync(join(tmpdir(), 'fenqi-root-'));
  try {
    const root = join(work, 'root');
    await unpackBase(await debianBase(manifest.target, request.day), root);
    for (const name of UDEV_RULES_LEFT_OUT) rmSync(join(root, `usr/lib/udev/rules.d/${name}.rules`));
    await addOurFiles(root, request.image);
    const kernel = await makeBootFiles(root, work);
    await enableUnits(root);
    mkdirSync(request.out, { recursive: true });
    const name = basename(request.image)
      .replace(/\.squashfs$/, '')
      .replace(/^fenqi-/, 'fenqi-root-');
    const path = join(request.out, `${name}.squashfs`);
    const { epochS } = await readCommit();
    await packSquashfs(root, path, epochS, [], request.isQuick);
    const { size } = statSync(path);
    return { path, bytes: size, sha256: await sha256OfFile(path), target: manifest.target, kernel };
  } finally {
    await runTool('chmod', ['-R', 'u+rwX', work]);
    rmSync(work, { recursive: true });
  }
}

async function unpackBase(archive: string, root: string): Promise<void> {
  mkdirSync(root);
  for (const name of MERGED) {
    mkdirSync(join(root, 'usr', name), { recursive: true });
    symlinkSync(`usr/${name}`, join(root, name));
  }
  // Devices are the kernel's; without root tar could not make them either.
  const leftOut = ['dev/*', ...LEFT_OUT].map((pattern) => `--exclude=./${pattern}`);
  await runTool('tar', [
    '-x',
    '-p',
    '--no-same-owner',
    '--keep-directory-symlink',
    ...leftOut,
    '-f',
    archive,
    '-C',
    root,
  ]);
}

/** Files of `image/rootfs/`, users, and what of `etc` Debian would make at installation. */
async function addOurFiles(root: string, image: string): Promise<void> {
  const ours = join(ROOT, 'image/rootfs');
  for (const path of globSync('**/*', { cwd: ours })) {
    const from = join(ours, path);
    if (statSync(from).isDirectory()) continue;
    const to = join(root, path);
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(from, to);
    // The umask of whoever cloned must not show.
    chmodSync(to, statSync(from).mode & 0o100 ? 0o755 : 0o644);
  }
  for (const folder of MOUNT_POINTS) mkdirSync(join(root, folder), { recursive: true });
  await runTool('chmod', ['1777', join(root, 'tmp')]);
  const etc = (path: string): string => join(root, 'etc', path);
  for (const name of ['passwd', 'group']) cpSync(join(root, `usr/share/base-passwd/${name}.master`), etc(name));
  await runTool('systemd-sysusers', [`--root=${root}`]);
  // Nobody logs in: there is no password, no shell at a prompt, and no service that would ask.
  rmSync(etc('shadow'), { force: true });
  rmSync(etc('gshadow'), { force: true });
  const { compatible } = await readManifest(image);
  const config = etc('rauc/system.conf');
  writeFileSync(config, readFileSync(`${config}.in`, 'utf8').replace('@COMPATIBLE@', compatible));
  rmSync(`${config}.in`);
  const trusted = await readFromSquashfs(image, 'update/root.pem').catch(() => undefined);
  if (trusted !== undefined) writeFileSync(etc('rauc/root.pem'), trusted);
  writeFileSync(etc('hostname'), 'fenqi\n');
  writeFileSync(etc('hosts'), '127.0.0.1 localhost fenqi\n::1 localhost\n');
  // Empty: systemd makes one for as long as the power is on, because the root cannot be written.
  writeFileSync(etc('machine-id'), '');
  for (const [link, to] of [
    ['resolv.conf', '/run/systemd/resolve/stub-resolv.conf'],
    ['localtime', '/usr/share/zoneinfo/Asia/Shanghai'],
    ['mtab', '/proc/mounts'],
  ] as const) {
    rmSync(etc(link), { force: true });
    symlinkSync(to, etc(link));
  }
}

/** Prunes the kernel's modules and puts `vmlinuz` and `initrd.img` into `boot`. Returns the kernel's version. */
async function makeBootFiles(root: string, work: string): Promise<string> {
  const [kernelVersion = ''] = globSync('*', { cwd: join(root, 'usr/lib/modules') });
  const boot = join(root, 'boot');
  const kernels = globSync('vmlinuz-*', { cwd: boot });
  if (kernelVersion === '' || kernels.length !== 1)
    throw new ImageError('the packages bring no kernel, or more than one');
  const modules = join(root, 'usr/lib/modules', kernelVersion);
  for (const folder of MODULES_LEFT_OUT) rmSync(join(modules, 'kernel', folder), { recursive: true, force: true });
  await runTool('depmod', ['-b', join(root, 'usr'), kernelVersion]);
  renameSync(join(boot, `vmlinuz-${kernelVersion}`), join(boot, 'vmlinuz'));
  for (const name of globSync(`*-${kernelVersion}`, { cwd: boot })) rmSync(join(boot, name));
  const initrd = join(work, 'initrd');
  mkdirSync(initrd);
  const busybox = join(root, 'usr/bin/busybox');
  writeFileSync(join(boot, 'initrd.img'), await makeInitrd({ root, kernelVersion, busybox, work: initrd }));
  rmSync(busybox);
  return kernelVersion;
}

/** By the presets in `image/rootfs/`: what they do not name is off. */
async function enableUnits(root: string): Promise<void> {
  await runTool('systemctl', [`--root=${root}`, 'preset-all']);
  // Debian's is graphical. In `usr`, because what the kernel's command line asks for ranks below `etc`.
  const target = join(root, 'usr/lib/systemd/system/default.target');
  rmSync(target);
  symlinkSync('multi-user.target', target);
  await runTool('systemctl', [`--root=${root}`, 'mask', ...UNITS_LEFT_OUT]);
}

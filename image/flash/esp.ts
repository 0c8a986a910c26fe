/** The partition that the machine's own firmware starts from: boot loader, kernel, initrd. */
import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { readFromSquashfs } from '../squashfs.ts';
import type { TargetName } from '../targets.ts';
import { runTool } from '../tools.ts';
import { FlashError, sizeText } from './flash-error.ts';

/** Where UEFI looks on a disk that it was told nothing about, and what Debian calls the loader. */
const LOADERS: Readonly<Record<TargetName, { readonly from: string; readonly to: string }>> = {
  'linux-x64': { from: 'usr/lib/systemd/boot/efi/systemd-bootx64.efi', to: 'EFI/BOOT/BOOTX64.EFI' },
  'linux-arm64': { from: 'usr/lib/systemd/boot/efi/systemd-bootaa64.efi', to: 'EFI/BOOT/BOOTAA64.EFI' },
};

/**
 * Everything that is not on `data` is gone with the power; a panic restarts, which counts as a trial of the slot.
 */
const KERNEL_OPTIONS = 'root=PARTLABEL=root rootfstype=squashfs ro systemd.volatile=state panic=5 quiet';

/** FAT and folders of a partition of 96 MiB take about 2 MiB. */
const OVERHEAD_BYTES = 4 * 2 ** 20;

export interface EspRequest {
  readonly rootImage: string;
  readonly target: TargetName;
  /** More words for the kernel's command line. */
  readonly append: string;
  readonly bytes: number;
}

/** Makes the file system as a file in `work`, which ends where its last file does. */
export async function makeEsp(request: EspRequest, work: string): Promise<string> {
  const stage = join(work, 'esp');
  const { from, to } = LOADERS[request.target];
  const kernel = await bootFile(request.rootImage, 'boot/vmlinuz');
  const initrd = await bootFile(request.rootImage, 'boot/initrd.img');
  const needed = kernel.length + initrd.length + OVERHEAD_BYTES;
  if (needed > request.bytes) {
    const [need, has] = [sizeText(needed), sizeText(request.bytes)];
    throw new FlashError(
      `kernel and initrd of ${request.rootImage} need ${need} and the esp partition has ${has}`,
      `${request.rootImage} 的内核和 initrd 需要 ${need}，esp 分区只有 ${has}`,
    );
  }
  const options = [KERNEL_OPTIONS, request.append].filter((words) => words !== '').join(' ');
  const files: Readonly<Record<string, Buffer | string>> = {
    [to]: await bootFile(request.rootImage, from),
    vmlinuz: kernel,
    'initrd.img': initrd,
    'loader/loader.conf': 'timeout 0\ndefault fenqi.conf\neditor no\n',
    'loader/entries/fenqi.conf': `title Fenqi POS\nlinux /vmlinuz\ninitrd /initrd.img\noptions ${options}\n`,
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(stage, path, '..'), { recursive: true });
    writeFileSync(join(stage, path), content);
  }
  const image = join(work, 'esp.img');
  writeFileSync(image, '');
  truncateSync(image, request.bytes);
  // One sector a cluster, or a file system of this size would have too few clusters for FAT32, which UEFI asks for.
  await runTool('mformat', ['-i', image, '-F', '-c', '1', '-v', 'FENQI', '::']);
  const tops = ['EFI', 'loader', 'vmlinuz', 'initrd.img'].map((name) => join(stage, name));
  await runTool('mcopy', ['-i', image, '-s', '-Q', ...tops, '::']);
  rmSync(stage, { recursive: true });
  await cutFreeEnd(image);
  return image;
}

const STEP_BYTES = 2 ** 20;

/** Free clusters may hold anything; to write them would take longer than all the rest. */
async function cutFreeEnd(image: string): Promise<void> {
  const file = await open(image, 'r+');
  try {
    const step = Buffer.alloc(STEP_BYTES);
    const zeros = Buffer.alloc(STEP_BYTES);
    let { size } = await file.stat();
    while (size > 0) {
      await file.read(step, 0, STEP_BYTES, size - STEP_BYTES);
      if (!step.equals(zeros)) break;
      size -= STEP_BYTES;
    }
    await file.truncate(size);
  } finally {
    await file.close();
  }
}

async function bootFile(rootImage: string, path: string): Promise<Buffer> {
  const bytes = await readFromSquashfs(rootImage, path).catch(() => Buffer.alloc(0));
  if (bytes.length > 0) return bytes;
  throw new FlashError(
    `${rootImage} has no /${path}: take a root that fenqi image root has made`,
    `${rootImage} 中没有 /${path}：请使用 fenqi image root 生成的根镜像`,
  );
}

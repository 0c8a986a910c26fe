/** Small images that are like the real ones where flashing looks: what boots in the root, a manifest in the application. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packSquashfs } from '../../../image/squashfs.ts';
import { EPOCH_S, noise } from '../image-fixture.ts';
import { imageTool } from '../image-tools.ts';

export const COMPATIBLE = 'fenqi-bench-debug';

/** Everything that writes and reads a disk; `sbin` is not on everybody's path. */
export const HAS_FLASH_TOOLS = (
  [
    ['mksquashfs', 'squashfs-tools'],
    ['mformat', 'mtools'],
    ['/usr/sbin/sfdisk', 'fdisk'],
    ['/usr/sbin/mke2fs', 'e2fsprogs'],
    ['/usr/sbin/debugfs', 'e2fsprogs'],
  ] as const
).every(([name, debianPackage]) => imageTool(name, debianPackage));

export const BOOT_FILES = {
  'boot/vmlinuz': noise(50_000, 'kernel'),
  'boot/initrd.img': noise(70_000, 'initrd'),
  'usr/lib/systemd/boot/efi/systemd-bootx64.efi': noise(9_000, 'x64'),
  'usr/lib/systemd/boot/efi/systemd-bootaa64.efi': noise(9_000, 'aa64'),
} as const;

type Files = Readonly<Record<string, string | Uint8Array>>;

export async function packed(folder: string, name: string, files: Files): Promise<string> {
  const stage = mkdtempSync(join(folder, 'stage-'));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(stage, path)), { recursive: true });
    writeFileSync(join(stage, path), content);
  }
  const image = join(folder, name);
  await packSquashfs(stage, image, EPOCH_S, []);
  return image;
}

export const rootFiles = (compatible: string): Files => ({
  ...BOOT_FILES,
  'etc/rauc/system.conf': `[system]\ncompatible=${compatible}\nbootloader=custom\n`,
});

export const appFiles = (target = 'linux-x64'): Files => ({
  'bin/node': noise(100_000, 'node'),
  'manifest.json': JSON.stringify({ name: 'fenqi-pos', version: '1.0.0', target, compatible: COMPATIBLE, root: null }),
});

/** What an ELF program of x64 begins with, as far as it is read. */
const X64_PROGRAM = Buffer.from(`${'7f454c46020101'.padEnd(32, '0')}03003e00`, 'hex');

/** As much of a Debian as is looked at before something is installed into it. */
export function smallDebian(folder: string): void {
  const files: Files = {
    'usr/lib/systemd/systemd': X64_PROGRAM,
    'usr/bin/rauc': X64_PROGRAM,
    'usr/lib/systemd/system/rauc.service':
      '[Service]\nType=dbus\nBusName=de.pengutronix.rauc\nExecStart=/usr/bin/rauc service\n',
    'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\npos:x:900:901::/data/pos:/usr/sbin/nologin\n',
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** Programs of the machine that builds: each is a package of Debian, and a missing one is named with its package. */
import { spawn } from 'node:child_process';
import process from 'node:process';

const DEBIAN_PACKAGES = {
  mksquashfs: 'squashfs-tools',
  unsquashfs: 'squashfs-tools',
  rauc: 'rauc',
  zstd: 'zstd',
  openssl: 'openssl',
  'x86_64-linux-gnu-strip': process.arch === 'x64' ? 'binutils' : 'binutils-x86-64-linux-gnu',
  'aarch64-linux-gnu-strip': process.arch === 'arm64' ? 'binutils' : 'binutils-aarch64-linux-gnu',
  git: 'git',
  npm: 'npm',
  tar: 'tar',
  sh: 'dash',
  sfdisk: 'fdisk',
  blockdev: 'util-linux',
  mformat: 'mtools',
  mcopy: 'mtools',
  mtype: 'mtools',
  mke2fs: 'e2fsprogs',
  e2fsck: 'e2fsprogs',
  debugfs: 'e2fsprogs',
  'systemd-sysusers': 'systemd',
  systemctl: 'systemd',
  mmdebstrap: 'mmdebstrap',
  depmod: 'kmod',
  cpio: 'cpio',
  cp: 'coreutils',
  touch: 'coreutils',
  chmod: 'coreutils',
} as const;

/** Tools for disks lie where Debian has no search path for users. */
const MORE_FOLDERS = '/usr/sbin:/sbin';

export type ToolName = keyof typeof DEBIAN_PACKAGES;

/** The person who builds can mend this: install a package, give another key. The message says how. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
}

export interface ToolOptions {
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** What the tool reads from its standard input; default nothing. */
  readonly input?: string;
}

/**
 * Runs a tool and returns what it printed, as bytes.
 *
 * @throws ImageError when it is not installed, or says that it failed: with the last lines of what it complained about
 */
export function runTool(tool: ToolName, args: readonly string[], options: ToolOptions = {}): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn(tool, args, {
      cwd: options.cwd,
      env: {
        ...process.env,
        PATH: `${process.env['PATH'] ?? ''}:${MORE_FOLDERS}`,
        LC_ALL: 'C',
        ...options.environment,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    // A tool that ends without reading says why by itself.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    const printed: Buffer[] = [];
    const complaints: Buffer[] = [];
    child.stdout.on('data', (bytes: Buffer) => printed.push(bytes));
    child.stderr.on('data', (bytes: Buffer) => complaints.push(bytes));
    child.on('error', (error: NodeJS.ErrnoException) => {
      const missing = `${tool} is not installed: apt-get install ${DEBIAN_PACKAGES[tool]}`;
      reject(error.code === 'ENOENT' ? new ImageError(missing) : error);
    });
    child.on('close', (code) => {
      if (code === 0) return resolve(Buffer.concat(printed));
      const last = Buffer.concat([...complaints, ...printed])
        .toString('utf8')
        .trim()
        .split('\n')
        .slice(-8)
        .join('\n');
      reject(new ImageError(`${tool} failed (${code ?? 'killed'}):\n${last}`));
    });
  });
}

/**
 * Files of the root for a Linux that is there already: the same as in `image/rootfs/`, except that slots, their state and
 * data are files and a folder below `/var/lib/fenqi` instead of partitions.
 */
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../project.ts';

const ROOTFS = join(ROOT, 'image/rootfs');
const UNITS = 'usr/lib/systemd/system';

/** Of the system that it goes into. */
export const STATE_FOLDER = '/var/lib/fenqi';
export const SLOTS_FOLDER = `${STATE_FOLDER}/slots`;
export const DATA_FOLDER = `${STATE_FOLDER}/data`;

export type SystemFile =
  | { readonly path: string; readonly mode: number; readonly content: Buffer }
  | { readonly path: string; readonly link: string };

/**
 * A partition has a check of its own before it is mounted; a folder is checked with the file system that it lies on. The
 * network, memory, and what else runs, is the system's own affair.
 */
const LEFT_OUT = [
  /^etc\/rauc\/system\.conf\.in$/,
  /\/(?:check-data|fenqi-data-check\.service|small-memory|fenqi-small-memory\.service)$/,
  /^usr\/lib\/systemd\/(?:network\/|system-preset\/|system\/tmp\.mount$)/,
];

const DATA_MOUNT = `[Unit]
Description=Journal, configuration and updates
DefaultDependencies=no
After=systemd-remount-fs.service
Before=umount.target
Conflicts=umount.target
OnFailure=fenqi-maintenance.service

[Mount]
What=${DATA_FOLDER}
Where=/data
Type=none
Options=bind,nodev,nosuid,noexec,noatime

[Install]
WantedBy=multi-user.target
`;

/** Read by those who start \`bootsel\`; mount(8) makes the loop device and takes it away again. */
const SLOT_FILES = 'usr/lib/fenqi/slot-files.env';
const SLOT_FILES_TEXT = `# Slots of this system are files: read by the services that start bootsel.
FENQI_SLOT_STATE=${SLOTS_FOLDER}/slotstate
FENQI_SLOTS=${SLOTS_FOLDER}/app_
FENQI_MOUNT="mount -o loop"
`;
const USES_SLOTS = ['fenqi-slot', 'rauc', 'fenqi-maintenance'];
const USES_SLOTS_TEXT = `[Unit]
RequiresMountsFor=${SLOTS_FOLDER}
After=systemd-remount-fs.service

[Service]
EnvironmentFile=/${SLOT_FILES}
`;

/** Replaces what must be there: a file that was changed without this one is a mistake of ours. */
function replaced(text: string, from: string | RegExp, to: string): string {
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`image/rootfs has no ${String(from)} any more`);
  return changed;
}

function adapted(path: string, text: string): string {
  if (path === `${UNITS}/data.mount`) return DATA_MOUNT;
  // Data lies on the file system of the root here, and the service needs the mount anyway.
  if (path === `${UNITS}/fenqi.service`) return replaced(text, ' --data-is-mounted', '');
  // There are no partitions to wait for.
  return path.startsWith(UNITS) ? text.replace(/^.*by\\x2dpartlabel.*\n/gm, '') : text;
}

/** `/etc/rauc/system.conf`; without a root certificate it takes no updates. */
function raucConfig(compatible: string, hasRoot: boolean): string {
  const template = readFileSync(join(ROOTFS, 'etc/rauc/system.conf.in'), 'utf8');
  const filled = replaced(replaced(template, /^#.*\n/, ''), '@COMPATIBLE@', compatible);
  const files = replaced(filled, /\/dev\/disk\/by-partlabel\//g, `${SLOTS_FOLDER}/`);
  return hasRoot ? files : replaced(files, /(?:#.*\n)*\[keyring\]\n[^[]*/, '');
}

/** Everything that is installed but slots and data. Paths begin at the root of the system, without a slash. */
export function systemFiles(compatible: string, root: Buffer | undefined): readonly SystemFile[] {
  const files = globSync('**/*', { cwd: ROOTFS })
    .filter((path) => statSync(join(ROOTFS, path)).isFile() && !LEFT_OUT.some((left) => left.test(path)))
    .map((path) => {
      const isProgram = (statSync(join(ROOTFS, path)).mode & 0o100) !== 0;
      return textFile(path, adapted(path, readFileSync(join(ROOTFS, path), 'utf8')), isProgram ? 0o755 : 0o644);
    });
  const own = [
    textFile('etc/rauc/system.conf', raucConfig(compatible, root !== undefined)),
    ...(root === undefined ? [] : [{ path: 'etc/rauc/root.pem', mode: 0o644, content: root }]),
    textFile(SLOT_FILES, SLOT_FILES_TEXT),
    ...USES_SLOTS.map((unit) => textFile(`${UNITS}/${unit}.service.d/slot-files.conf`, USES_SLOTS_TEXT)),
    // The terminal has the first console for itself.
    { path: 'etc/systemd/system/getty@tty1.service', link: '/dev/null' },
  ];
  const all = [...files, ...own];
  return [...all, ...all.flatMap(enabled)].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

const textFile = (path: string, text: string, mode = 0o644) => ({ path, mode, content: Buffer.from(text) });

/** What `systemctl enable` makes of a unit, without systemd having to run. */
function enabled(file: SystemFile): SystemFile[] {
  const unit = /^usr\/lib\/systemd\/system\/([^/]+)$/.exec(file.path)?.[1];
  if (unit === undefined || !('content' in file)) return [];
  return [...file.content.toString('utf8').matchAll(/^WantedBy=(.+)$/gm)].map(([, target = '']) => ({
    path: `etc/systemd/system/${target}.wants/${unit}`,
    link: `/${UNITS}/${unit}`,
  }));
}

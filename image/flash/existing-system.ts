/** Installs into a Linux that is there already, for boards whose disk is not ours to write. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { sha256OfFile } from '../hashes.ts';
import { type ImageManifest, readManifest } from '../slot-image.ts';
import { readFromSquashfs } from '../squashfs.ts';
import type { TargetName } from '../targets.ts';
import { runTool } from '../tools.ts';
import { type Kernel, loopOf, THIS_KERNEL } from './block-devices.ts';
import { type DataEntry, dataEntries } from './data-partition.ts';
import { FlashError, sizeText } from './flash-error.ts';
import { MIB, TABLE } from './layout.ts';
import { isFirstState, STATE_BYTES, writeFirstState } from './slot-state.ts';
import { DATA_FOLDER, SLOTS_FOLDER, STATE_FOLDER, type SystemFile, systemFiles } from './system-files.ts';

export interface IntoRequest {
  /** `/`, or where the root of the other system is mounted. */
  readonly root: string;
  readonly image: string;
  readonly config?: ReadonlyMap<string, Uint8Array>;
  readonly keys?: string;
  /** Replaces files of others too, and slots with what was installed in them since. */
  readonly overwrite: boolean;
  /** Of each slot. Default as on a disk. */
  readonly slotMib?: number;
  readonly kernel?: Kernel;
  /** Gives a file to a user; for tests that are not root. */
  readonly own?: (path: string, uid: number, gid: number) => void;
}

export type Change = 'new' | 'changed' | 'same' | 'foreign';

export interface IntoPlan {
  readonly root: string;
  readonly manifest: ImageManifest;
  readonly files: readonly { readonly file: SystemFile; readonly change: Change }[];
  /** Installed by an older version, and no longer needed. */
  readonly obsolete: readonly string[];
  readonly data: readonly { readonly entry: DataEntry; readonly change: Change }[];
  /** Whether slots and their state are written; those of before are kept otherwise. */
  readonly writesSlots: boolean;
}

/** Path → what was put there, so that a file which somebody has changed since is known. */
const RECORD = `${STATE_FOLDER}/installed.json`;
const SLOT_MIB = Number(TABLE.find(({ name }) => name === 'app_a')?.mib);

const slotBytesOf = ({ slotMib = SLOT_MIB }: IntoRequest): number => slotMib * MIB;
/** ELF's numbers of machines, at byte 18 of every program. */
const MACHINES: Readonly<Record<TargetName, number>> = { 'linux-x64': 62, 'linux-arm64': 183 };

/**
 * Checks everything and says what would be written.
 *
 * @throws FlashError when it is no system that it can go into, or files of others are in the way
 */
export async function planInto(request: IntoRequest): Promise<IntoPlan> {
  const root = realpathOf(request.root);
  const manifest = await readManifest(request.image);
  checkSystem(root, manifest.target);
  checkSlots(root, request);
  const certificate = manifest.root === null ? undefined : await readFromSquashfs(request.image, 'update/root.pem');
  const record = readRecord(root);
  const files = systemFiles(manifest.compatible, certificate).map((file) => ({
    file,
    change: changeOf(root, file, record),
  }));
  const entries = dataEntries({
    config: request.config ?? new Map(),
    ...(request.keys === undefined ? {} : { keys: request.keys }),
  });
  const data = entries.map((entry) => ({ entry, change: dataChange(root, entry) }));
  const wanted = new Set(files.map(({ file }) => file.path));
  const obsolete = [...record].flatMap(([path, sum]) =>
    !wanted.has(path) && sumAt(inRoot(root, path)) === sum ? [path] : [],
  );
  refuseForeign(request, [
    ...files.flatMap(({ file, change }) => (change === 'foreign' ? [`/${file.path}`] : [])),
    ...data.flatMap(({ entry, change }) => (change === 'foreign' ? [`${DATA_FOLDER}/${entry.path}`] : [])),
    ...foreignData(root),
  ]);
  const hasSlots = slotFiles(root).every((path) => existsSync(path));
  return { root, manifest, files, obsolete, data, writesSlots: request.overwrite || !hasSlots };
}

function realpathOf(path: string): string {
  if (existsSync(path) && statSync(path).isDirectory()) return realpathSync(path);
  throw new FlashError(
    `there is no folder ${path}: mount the root of the system there`,
    `没有文件夹 ${path}：请先挂载系统根目录`,
  );
}

function checkSystem(root: string, target: TargetName): void {
  const missing = ['usr/lib/systemd/systemd', 'usr/bin/rauc', 'usr/lib/systemd/system/rauc.service', 'etc/passwd']
    // A system that was not merged has the first and third of them in /lib.
    .filter((path) => !existsSync(join(root, path)) && !existsSync(join(root, path.replace(/^usr\//, ''))));
  if (missing.length > 0) {
    throw new FlashError(
      `${root} has no /${missing[0]}: it needs a Debian with systemd (apt-get install systemd rauc rauc-service)`,
      `${root} 中没有 /${missing[0]}：需要带 systemd 的 Debian（apt-get install systemd rauc rauc-service）`,
    );
  }
  const machine = readFileSync(realpathSync(join(root, 'usr/bin/rauc'))).readUInt16LE(18);
  if (machine === MACHINES[target]) return;
  throw new FlashError(
    `the image is for ${target}, and ${root} is a system for other processors`,
    `镜像用于 ${target}，而 ${root} 是其他处理器的系统`,
  );
}

const slotFiles = (root: string): string[] =>
  ['app_a', 'app_b', 'slotstate'].map((name) => inRoot(root, `${SLOTS_FOLDER}/${name}`));

function checkSlots(root: string, request: IntoRequest): void {
  const { image, overwrite, kernel = THIS_KERNEL } = request;
  const slotBytes = slotBytesOf(request);
  if (statSync(image).size > slotBytes) {
    throw new FlashError(`${image} is larger than a slot (${sizeText(slotBytes)})`, `${image} 大于一个应用分区`);
  }
  const loop = slotFiles(root).find((path) => existsSync(path) && loopOf(kernel, realpathSync(path)) !== undefined);
  if (overwrite && loop !== undefined) {
    throw new FlashError(
      `${loop} is running: install an update, or stop fenqi.service and umount /opt/pos`,
      `${loop} 正在运行：请安装更新，或停止 fenqi.service 并 umount /opt/pos`,
    );
  }
  const { bavail, bsize } = statfsSync(root);
  const needed = 2 * slotBytes + 64 * MIB;
  if (loop !== undefined || existsSync(inRoot(root, SLOTS_FOLDER)) || bavail * bsize >= needed) return;
  throw new FlashError(
    `${root} has ${sizeText(bavail * bsize)} left and ${sizeText(needed)} are needed: make room`,
    `${root} 只剩 ${sizeText(bavail * bsize)}，需要 ${sizeText(needed)}：请腾出空间`,
  );
}

/** Where a path of the system lies here. A link may not lead out of it: the other root's `/etc` is not ours. */
function inRoot(root: string, path: string): string {
  const full = resolve(root, path.replace(/^\/+/, ''));
  let above = dirname(full);
  while (!existsSync(above)) above = dirname(above);
  const real = realpathSync(above);
  if (root === '/' || real === root || real.startsWith(`${root}/`)) return full;
  throw new FlashError(`${above} leads out of ${root}, to ${real}`, `${above} 指向 ${root} 之外的 ${real}`);
}

const sum = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** What stands at a path: a check sum, where a link leads, or nothing. */
function sumAt(path: string): string | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if (found.isSymbolicLink()) return `link ${readlinkSync(path)}`;
  return found.isFile() ? sum(readFileSync(path)) : 'something else';
}

const sumOf = (file: SystemFile): string => ('link' in file ? `link ${file.link}` : sum(file.content));

function readRecord(root: string): ReadonlyMap<string, string> {
  const path = inRoot(root, RECORD);
  if (!existsSync(path)) return new Map();
  return new Map(Object.entries(JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>));
}

function changeOf(root: string, file: SystemFile, record: ReadonlyMap<string, string>): Change {
  const there = sumAt(inRoot(root, file.path));
  if (there === undefined) return 'new';
  if (there === sumOf(file)) return 'same';
  return record.get(file.path) === there ? 'changed' : 'foreign';
}

/** What the shop has set is its own: it is never replaced just because it was once written from here. */
function dataChange(root: string, { path, content }: DataEntry): Change {
  const full = inRoot(root, `${DATA_FOLDER}/${path}`);
  const there = lstatSync(full, { throwIfNoEntry: false });
  if (there === undefined) return 'new';
  if (content === undefined) return there.isDirectory() ? 'same' : 'foreign';
  return sumAt(full) === sum(content) ? 'same' : 'foreign';
}

/** The mount would hide what somebody keeps in `/data`. */
function foreignData(root: string): string[] {
  const data = inRoot(root, '/data');
  if (!existsSync(data) || existsSync(inRoot(root, RECORD))) return [];
  return readdirSync(data).length === 0 ? [] : ['/data'];
}

function refuseForeign({ overwrite }: IntoRequest, paths: readonly string[]): void {
  if (overwrite || paths.length === 0) return;
  const list = paths.map((path) => `  ${path}`).join('\n');
  throw new FlashError(
    `these are not from here, or were changed since:\n${list}\nsave what you need of them and give --overwrite`,
    '以上文件不是本工具写入的，或之后被改动过：请先备份，再加 --overwrite',
  );
}

export type IntoStep = 'files' | 'user' | 'data' | 'slots' | 'verify';

/** Installs, and reads everything back. */
export async function installInto(
  request: IntoRequest,
  step: (name: IntoStep) => void = () => undefined,
): Promise<IntoPlan> {
  const plan = await planInto(request);
  const { root, files, obsolete } = plan;
  const own = request.own ?? chownSync;
  try {
    step('files');
    for (const { file, change } of files) if (change !== 'same') put(root, file, own);
    for (const path of obsolete) rmSync(inRoot(root, path));
    step('user');
    const pos = await posUser(root);
    step('data');
    const folder = inRoot(root, DATA_FOLDER);
    for (const path of [folder, inRoot(root, '/data')]) mkdirSync(path, { recursive: true, mode: 0o755 });
    for (const { entry, change } of plan.data) {
      if (change !== 'same') putData(folder, entry, (path) => own(path, ...(entry.owner === 'pos' ? pos : ROOT_IDS)));
    }
    step('slots');
    if (plan.writesSlots) await writeSlots(root, request);
    const record = Object.fromEntries(files.map(({ file }) => [file.path, sumOf(file)]));
    writeFileSync(inRoot(root, RECORD), `${JSON.stringify(record, null, 2)}\n`);
    step('verify');
    await verify(plan, request);
  } catch (error) {
    throw new FlashError(
      `${(error as Error).message}\n${root} is installed in part: run it again`,
      `${root} 只安装了一部分：请重新运行`,
    );
  }
  return plan;
}

const ROOT_IDS = [0, 0] as const;

/** Whole or not at all, whoever reads it meanwhile. */
function put(root: string, file: SystemFile, own: NonNullable<IntoRequest['own']>): void {
  const path = inRoot(root, file.path);
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  const next = `${path}.fenqi-new`;
  rmSync(next, { force: true });
  if ('link' in file) {
    symlinkSync(file.link, next);
  } else {
    writeFileSync(next, file.content, { flush: true });
    chmodSync(next, file.mode);
    own(next, ...ROOT_IDS);
  }
  renameSync(next, path);
}

function putData(folder: string, { path, mode, content }: DataEntry, own: (path: string) => void): void {
  const full = join(folder, path);
  if (content === undefined) mkdirSync(full, { recursive: true });
  else writeFileSync(full, content, { mode, flush: true });
  chmodSync(full, mode);
  own(full);
}

/** Numbers of user and group `pos`, who is made when there is none. */
async function posUser(root: string): Promise<readonly [number, number]> {
  const find = (): string | undefined => /^pos:.*$/m.exec(readFileSync(join(root, 'etc/passwd'), 'utf8'))?.[0];
  if (find() === undefined) await runTool('systemd-sysusers', [`--root=${root}`, 'fenqi.conf']);
  const [, , uid, gid] = find()?.split(':') ?? [];
  if (uid === undefined || gid === undefined) throw new Error(`no user pos in ${root}`);
  return [Number(uid), Number(gid)];
}

/** Their whole size is taken now, so that no update fails for want of room. */
async function writeSlots(root: string, request: IntoRequest): Promise<void> {
  const { image } = request;
  const [a = '', b = '', state = ''] = slotFiles(root);
  mkdirSync(dirname(a), { recursive: true, mode: 0o755 });
  rmSync(state, { force: true });
  const rest = Buffer.alloc(slotBytesOf(request) - statSync(image).size);
  for (const slot of [a, b]) {
    copyFileSync(image, slot);
    chmodSync(slot, 0o600);
    writeFileSync(slot, rest, { flag: 'a', flush: true });
  }
  writeFileSync(state, '', { mode: 0o600 });
  truncateSync(state, STATE_BYTES);
  await writeFirstState(state);
}

async function verify({ root, files, data, writesSlots }: IntoPlan, request: IntoRequest): Promise<void> {
  const wrong = [
    ...files.flatMap(({ file }) => (sumAt(inRoot(root, file.path)) === sumOf(file) ? [] : [file.path])),
    ...data.flatMap(({ entry }) => (dataChange(root, entry) === 'same' ? [] : [`${DATA_FOLDER}/${entry.path}`])),
  ];
  if (writesSlots) {
    const [a = '', b = '', state = ''] = slotFiles(root);
    const content = readFileSync(request.image);
    const wanted = sum(Buffer.concat([content, Buffer.alloc(slotBytesOf(request) - content.length)]));
    for (const slot of [a, b]) if ((await sha256OfFile(slot)) !== wanted) wrong.push(slot);
    if (!(await isFirstState(state))) wrong.push(state);
  }
  if (wrong.length > 0) throw new Error(`not as it was written: ${wrong.join(', ')}`);
}

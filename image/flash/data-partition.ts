/** The partition that outlives updates: what a new device finds on it. */
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTool } from '../tools.ts';
import { FlashError } from './flash-error.ts';

/** Of user and group `pos`, as `sysusers.d/fenqi.conf` has it. */
export const POS_ID = 900;

export interface DataEntry {
  /** From the top of the partition. */
  readonly path: string;
  readonly owner: 'root' | 'pos';
  readonly mode: number;
  /** None for a folder. */
  readonly content?: Uint8Array;
}

export interface DataContent {
  /** Files of the configuration by their path below `config/`: `terminal.yaml` and what it names. */
  readonly config: ReadonlyMap<string, Uint8Array>;
  /** Folder with the keys of this device, one file each. */
  readonly keys?: string;
}

/** Folders as `tmpfiles.d/fenqi.conf` has them, and in them what was given. */
export function dataEntries({ config, keys }: DataContent): readonly DataEntry[] {
  const folders = [...new Set([...config.keys()].flatMap((path) => foldersAbove(path)))].toSorted();
  return [
    { path: 'config', owner: 'root', mode: 0o755 },
    ...folders.map((path) => ({ path: `config/${path}`, owner: 'root', mode: 0o755 }) as const),
    ...[...config].map(
      ([path, content]) => ({ path: `config/${checkedName(path)}`, owner: 'root', mode: 0o644, content }) as const,
    ),
    { path: 'fenqi', owner: 'root', mode: 0o755 },
    { path: 'pos', owner: 'pos', mode: 0o700 },
    { path: 'pos/keys', owner: 'pos', mode: 0o700 },
    ...(keys === undefined ? [] : keyEntries(keys)),
    { path: 'pos/update', owner: 'pos', mode: 0o700 },
  ];
}

function foldersAbove(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, at) => parts.slice(0, at + 1).join('/'));
}

function checkedName(path: string): string {
  // They are words of a command to debugfs, and none of them may lead out of its folder.
  if (/^[\w.-]+(?:\/[\w.-]+)*$/.test(path) && !path.split('/').includes('..')) return path;
  throw new FlashError(
    `"${path}" cannot be written to data: letters, digits, ".", "_" and "-" alone, below its folder`,
    `“${path}” 不能写入 data：只能用字母、数字、“.”、“_”、“-”，且须在其文件夹之内`,
  );
}

function keyEntries(folder: string): DataEntry[] {
  const names = listKeys(folder);
  return names.toSorted().map((name) => {
    const path = join(folder, name);
    if (!lstatSync(path).isFile()) {
      throw new FlashError(
        `${path} is no plain file: --keys takes a folder of key files`,
        `${path} 不是普通文件：--keys 须为密钥文件的文件夹`,
      );
    }
    return { path: `pos/keys/${checkedName(name)}`, owner: 'pos', mode: 0o600, content: readFileSync(path) };
  });
}

function listKeys(folder: string): string[] {
  try {
    const names = readdirSync(folder);
    if (names.length > 0) return names;
  } catch {
    // Said below.
  }
  throw new FlashError(`${folder} is no folder with keys in it`, `${folder} 不是含有密钥的文件夹`);
}

export interface Place {
  readonly path: string;
  readonly offset: number;
  readonly bytes: number;
}

/** Named one by one: what the tools choose by themselves differs between their versions, and the device's kernel is fixed. */
const FEATURES =
  'none,has_journal,ext_attr,resize_inode,dir_index,filetype,extent,64bit,flex_bg,sparse_super,large_file,huge_file,dir_nlink,extra_isize,metadata_csum';

/** e2fsprogs take a part of a file or disk so. */
const placeName = ({ path, offset }: Place): string => `${path}?offset=${offset}`;

/** Makes the file system in its place, with these entries. `work` is a folder that nobody else can read. */
export async function makeDataFileSystem(place: Place, entries: readonly DataEntry[], work: string): Promise<void> {
  const stage = join(work, 'data');
  mkdirSync(stage, { mode: 0o755 });
  try {
    for (const { path, mode, content } of entries) {
      const full = join(stage, path);
      if (content === undefined) mkdirSync(full);
      else writeFileSync(full, content);
      chmodSync(full, mode);
    }
    // The inode tables of a large card are left to the kernel; the journal is not, because the first mount may be cut.
    // No discard: it would go beyond what a part of a disk may.
    const extended = `offset=${place.offset},root_owner=0:0,lazy_itable_init=1,lazy_journal_init=0,nodiscard`;
    const fixed = ['-q', '-F', '-t', 'ext4', '-b', '4096', '-L', 'data', '-O', FEATURES, '-E', extended];
    await runTool('mke2fs', [...fixed, '-d', stage, place.path, `${place.bytes / 1024}k`]);
  } finally {
    rmSync(stage, { recursive: true });
  }
  // Owners need no root this way.
  const commands = entries.flatMap(({ path, owner }) => {
    const id = owner === 'pos' ? POS_ID : 0;
    return [`sif /${path} uid ${id}`, `sif /${path} gid ${id}`];
  });
  await runTool('debugfs', ['-w', '-f', '-', placeName(place)], { input: `${commands.join('\n')}\n` });
}

/** What is wrong with the file system, or nothing. */
export async function dataProblem(place: Place, entries: readonly DataEntry[]): Promise<string | undefined> {
  try {
    await runTool('e2fsck', ['-f', '-n', placeName(place)]);
  } catch (error) {
    return (error as Error).message;
  }
  for (const { path, owner, mode, content } of entries) {
    const shown = (await debugfs(place, `stat /${path}`)).toString('utf8');
    const id = owner === 'pos' ? POS_ID : 0;
    const found = /Mode:\s+0?(\d+).*\n(?:.*\n)?User:\s+(\d+)\s+Group:\s+(\d+)/.exec(shown)?.slice(1).join(' ');
    if (found !== `${mode.toString(8)} ${id} ${id}`) return `/${path}`;
    if (content !== undefined && !(await debugfs(place, `cat /${path}`)).equals(content)) return `/${path}`;
  }
  return undefined;
}

const debugfs = (place: Place, command: string): Promise<Buffer> =>
  runTool('debugfs', ['-R', command, placeName(place)]);

/** What root does with a bundle that the terminal put ready: the terminal itself has no right to install anything. */
import {
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  closeSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import {
  BUSY_REASONS,
  type BusyReason,
  judgeUpdate,
  raisedFloor,
  UPDATE_REASONS,
  type UpdateVerdict,
} from '../update-policy.ts';

export interface UpdatePaths {
  /** Where the slot that runs is mounted. */
  readonly slot: string;
  /** In a folder that the terminal writes to. */
  readonly incoming: string;
  /** Only root writes here: the floor, the bundle under way, the last one installed (origin of deltas), the result. */
  readonly system: string;
  /** What the terminal says about itself, with its {@link BusyReason}s. Gone when it does not run: that counts as busy. */
  readonly health: string;
}

export type Run = (command: string, args: readonly string[]) => Promise<string>;

export type InstallResult =
  | UpdateVerdict
  | { readonly kind: 'installed'; readonly version: string; readonly restarts: boolean }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'failed'; readonly reason: string };

interface SlotManifest {
  readonly version: string;
  readonly compatible: string;
  readonly floor: string;
}

const LOWEST = '0.0.0';

/**
 * Judges and installs. A bundle that is refused or fails is removed; one that has to wait stays. The result is written to
 * `result.json` with its reasons in words, for the terminal to show and report.
 */
export async function installUpdate(paths: UpdatePaths, run: Run): Promise<InstallResult> {
  const result = await tryInstall(paths, run);
  if (result.kind !== 'wait' && result.kind !== 'nothing') rmSync(paths.incoming, { force: true });
  const reasons = 'reasons' in result ? result.reasons.map((reason) => ({ reason, ...UPDATE_REASONS[reason] })) : [];
  writeDurably(join(paths.system, 'result.json'), `${JSON.stringify({ ...result, reasons })}\n`);
  if (result.kind === 'installed' && result.restarts) await run('systemctl', ['reboot']);
  return result;
}

async function tryInstall(paths: UpdatePaths, run: Run): Promise<InstallResult> {
  if (!existsSync(paths.incoming)) return { kind: 'nothing' };
  const staged = join(paths.system, 'staged.raucb');
  try {
    // The terminal could change its own file between check and use. This copy it cannot touch.
    await copyPlainFile(paths.incoming, staged);
    const offer = offerOf(await run('rauc', ['info', '--output-format=json', staged]));
    const { version, compatible } = slotManifest(paths);
    const { bavail, bsize } = statfsSync(paths.system);
    const freeBytes = bavail * bsize;
    const device = { version, compatible, floor: readFloor(paths), freeBytes, busy: busyReasons(paths) };
    const verdict = judgeUpdate({ ...offer, bytes: 0 }, device);
    if (verdict.kind !== 'accept') return verdict;
    await run('rauc', ['install', staged]);
    renameSync(staged, join(paths.system, 'installed.raucb'));
    return { kind: 'installed', version: offer.version, restarts: busyReasons(paths).length === 0 };
  } catch (error) {
    const { stderr, message } = error as Error & { readonly stderr?: string };
    return { kind: 'failed', reason: (stderr ?? message).trim().split('\n').at(-1) ?? '' };
  } finally {
    rmSync(staged, { force: true });
  }
}

/** Raises the floor to what the running image asks for, and returns it. */
export function raiseFloor(paths: UpdatePaths): string {
  const floor = raisedFloor(readFloor(paths), slotManifest(paths).floor);
  writeDurably(join(paths.system, 'floor'), `${floor}\n`);
  return floor;
}

function readFloor({ system }: UpdatePaths): string {
  const path = join(system, 'floor');
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : LOWEST;
}

function slotManifest({ slot }: UpdatePaths): SlotManifest {
  return JSON.parse(readFileSync(join(slot, 'manifest.json'), 'utf8')) as SlotManifest;
}

/** RAUC verifies the signature before it says anything. */
function offerOf(info: string): { readonly version: string; readonly compatible: string } {
  const { version, compatible } = JSON.parse(info) as Record<string, unknown>;
  if (typeof version !== 'string' || typeof compatible !== 'string') throw new Error('the bundle names no version');
  return { version, compatible };
}

function busyReasons({ health }: UpdatePaths): BusyReason[] {
  try {
    const { busy } = JSON.parse(readFileSync(health, 'utf8')) as { readonly busy?: unknown };
    if (!Array.isArray(busy)) return ['silent'];
    // A reason that this version has no word for is still one.
    return busy.map((named) => BUSY_REASONS.find((reason) => reason === named) ?? 'silent');
  } catch {
    return ['silent'];
  }
}

/** Follows no link: the folder belongs to the terminal, which must not make root read something else. */
async function copyPlainFile(from: string, to: string): Promise<void> {
  const source = await open(from, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    if (!(await source.stat()).isFile()) throw new Error('the bundle is no plain file');
    const target = await open(to, 'w', 0o600);
    try {
      for await (const chunk of source.createReadStream({ autoClose: false })) await target.write(chunk as Uint8Array);
      await target.sync();
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

function writeDurably(path: string, text: string): void {
  mkdirSync(join(path, '..'), { recursive: true });
  const next = `${path}.new`;
  const file = openSync(next, 'w', 0o644);
  writeFileSync(file, text);
  fsyncSync(file);
  closeSync(file);
  renameSync(next, path);
  if (statSync(path).size === 0) throw new Error(`${path} came out empty`);
}

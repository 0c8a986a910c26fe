/** What root does with a bundle that the terminal put ready: the terminal itself has no right to install anything. */
import {
  chmodSync,
  constants,
  existsSync,
  fsyncSync,
  lstatSync,
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
import { bootId } from '../boot-id.ts';
import { sha256OfFile } from '../hashes.ts';
import { MANIFEST_BYTES_MAX, verifyManifest } from '../update-manifest.ts';
import {
  BUSY_REASONS,
  type BusyReason,
  judgeUpdate,
  raisedFloor,
  RESERVED_BYTES,
  UPDATE_REASONS,
  type UpdateVerdict,
} from '../update-policy.ts';
import { type InstallRecord, readFloor, readRecord, recordFile } from './install-record.ts';

export interface UpdatePaths {
  /** Where the slot that runs is mounted. */
  readonly slot: string;
  /** `install.raucb` in a folder that the terminal writes to, with the manifest that it is of as `install.json`. */
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
  /** No bundle, but one that was installed before, and now is the moment to start it. */
  | { readonly kind: 'restarts' }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'failed'; readonly reason: string };

interface SlotManifest {
  readonly version: string;
  readonly compatible: string;
  readonly floor: string;
}

/**
 * Judges and installs. A bundle that is refused or fails is removed; one that has to wait stays. The result is written to
 * `result.json` with its reasons in words, for the terminal to show and report.
 */
export async function installUpdate(paths: UpdatePaths, run: Run, nowMs: number = Date.now()): Promise<InstallResult> {
  if (!existsSync(paths.incoming)) return startWhatIsOwed(paths, run);
  const { result, sha256 } = await tryInstall(paths, run, nowMs);
  if (result.kind !== 'wait') {
    for (const path of [paths.incoming, manifestBeside(paths)]) rmSync(path, { force: true });
  }
  const reasons = 'reasons' in result ? result.reasons.map((reason) => ({ reason, ...UPDATE_REASONS[reason] })) : [];
  const failed = failedSoFar(result, sha256, readRecord(paths.system));
  const record = { ...result, reasons, ...(sha256 && { sha256 }), ...(failed && { failed }), boot: bootId() };
  writeDurably(recordFile(paths.system), `${JSON.stringify(record)}\n`);
  if (result.kind === 'installed') {
    if (result.restarts) await run('systemctl', ['reboot']);
    else writeDurably(restartOwed(paths), `${bootId()}\n`);
  }
  return result;
}

/** Counts what may be the machine's trouble; waiting in between changes nothing. */
function failedSoFar(
  { kind }: InstallResult,
  sha256: string | undefined,
  before: InstallRecord | undefined,
): InstallRecord['failed'] {
  if (kind === 'wait') return before?.failed;
  if (kind !== 'failed' || sha256 === undefined) return undefined;
  return { sha256, times: before?.failed?.sha256 === sha256 ? before.failed.times + 1 : 1 };
}

/** A sale may have begun while RAUC wrote: then the restart waits for its end, unless somebody switches off before. */
async function startWhatIsOwed(paths: UpdatePaths, run: Run): Promise<InstallResult> {
  const owed = restartOwed(paths);
  if (!existsSync(owed)) return { kind: 'nothing' };
  const hasRestarted = readFileSync(owed, 'utf8').trim() !== bootId();
  if (!hasRestarted && busyReasons(paths).length > 0) return { kind: 'wait', reasons: busyReasons(paths) };
  rmSync(owed);
  if (hasRestarted) return { kind: 'nothing' };
  await run('systemctl', ['reboot']);
  return { kind: 'restarts' };
}

async function tryInstall(
  paths: UpdatePaths,
  run: Run,
  nowMs: number,
): Promise<{ readonly result: InstallResult; readonly sha256?: string }> {
  // Asked every minute, perhaps for hours: nothing is copied before it has a chance.
  const busy = busyReasons(paths);
  if (busy.length > 0) return { result: { kind: 'wait', reasons: busy } };
  const staged = join(paths.system, 'staged.raucb');
  let sha256: string | undefined;
  try {
    if (freeBytes(paths) < lstatSync(paths.incoming).size + RESERVED_BYTES) {
      return { result: { kind: 'wait', reasons: ['noSpace'] } };
    }
    // The terminal could change its own file between check and use. This copy it cannot touch.
    await copyPlainFile(paths.incoming, staged);
    sha256 = await sha256OfFile(staged);
    const offer = offerOf(await run('rauc', ['info', '--output-format=json', staged]));
    const doubt = await doubtAboutManifest(paths, sha256, nowMs);
    const { version, compatible } = slotManifest(paths);
    const state = { version, compatible, floor: readFloor(paths.system), freeBytes: freeBytes(paths), busy };
    const verdict = doubt ?? judgeUpdate({ ...offer, bytes: 0 }, state);
    if (verdict.kind !== 'accept') return { result: verdict, sha256 };
    await run('rauc', ['install', staged]);
    // Read by the terminal, which rebuilds the next one from it.
    chmodSync(staged, 0o644);
    renameSync(staged, join(paths.system, 'installed.raucb'));
    const restarts = busyReasons(paths).length === 0;
    return { result: { kind: 'installed', version: offer.version, restarts }, sha256 };
  } catch (error) {
    const { stdout = '', stderr, message } = error as Error & { readonly stdout?: string; readonly stderr?: string };
    const reason = reasonIn(`${stdout}\n${stderr ?? message}`);
    return { result: { kind: 'failed', reason }, ...(sha256 === undefined ? {} : { sha256 }) };
  } finally {
    rmSync(staged, { force: true });
  }
}

/** Of what a failed program said: RAUC ends with words that name the file alone, and has its reason before them. */
function reasonIn(complaints: string): string {
  const lines = complaints.trim().split('\n');
  return lines.findLast((line) => line.startsWith('LastError: '))?.replace('LastError: ', '') ?? lines.at(-1) ?? '';
}

/**
 * What speaks against the manifest that the terminal has put beside the bundle, judged anew: days may have passed. A
 * bundle that was brought by hand has none, and then its signature and version count alone.
 */
async function doubtAboutManifest(
  paths: UpdatePaths,
  sha256: string,
  nowMs: number,
): Promise<UpdateVerdict | undefined> {
  const path = manifestBeside(paths);
  if (!existsSync(path)) return undefined;
  const copy = join(paths.system, 'staged.json');
  try {
    if (lstatSync(path).size > MANIFEST_BYTES_MAX) return { kind: 'refuse', reasons: ['notTrusted'] };
    await copyPlainFile(path, copy);
    const root = readFileSync(join(paths.slot, 'update/root.pem'), 'utf8');
    const read = verifyManifest(readFileSync(copy, 'utf8'), root, isClockTrusted(paths) ? nowMs : undefined);
    if (read.kind === 'valid') {
      return read.manifest.bundle.sha256 === sha256 ? undefined : { kind: 'refuse', reasons: ['notTrusted'] };
    }
    if (read.reason === 'notYet') return { kind: 'wait', reasons: ['notYet'] };
    return { kind: 'refuse', reasons: [read.reason] };
  } finally {
    rmSync(copy, { force: true });
  }
}

const manifestBeside = ({ incoming }: UpdatePaths): string => incoming.replace(/\.raucb$/, '.json');
const restartOwed = ({ system }: UpdatePaths): string => join(system, 'restart-owed');

function freeBytes({ system }: UpdatePaths): number {
  const { bavail, bsize } = statfsSync(system);
  return bavail * bsize;
}

/** Raises the floor to what the running image asks for, and returns it. */
export function raiseFloor(paths: UpdatePaths): string {
  const floor = raisedFloor(readFloor(paths.system), slotManifest(paths).floor);
  writeDurably(join(paths.system, 'floor'), `${floor}\n`);
  return floor;
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

/** The terminal knows a clock that is behind what is certain. */
function isClockTrusted({ health }: UpdatePaths): boolean {
  try {
    return (JSON.parse(readFileSync(health, 'utf8')) as { readonly clock?: unknown }).clock === 'machine';
  } catch {
    return false;
  }
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

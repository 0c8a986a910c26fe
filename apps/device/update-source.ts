/**
 * Gets updates: asks the channel, judges what it offers as root will, and puts bundle and manifest where root finds them.
 * Nothing here has a right to install anything.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { bootId } from '../../image/boot-id.ts';
import { applyDelta } from '../../image/delta.ts';
import { type InstallRecord, readFloor, readRecord } from '../../image/device/install-record.ts';
import { download, type DownloadOutcome } from '../../image/download.ts';
import { sha256OfFile } from '../../image/hashes.ts';
import { httpGetText, type HttpsTrust } from '../../image/http-get.ts';
import { judgeUpdate, raisedFloor, type Refusal, UPDATE_REASONS } from '../../image/update-policy.ts';
import { MANIFEST_BYTES_MAX, type UpdateManifest, verifyManifest } from '../../image/update-manifest.ts';
import { isSafeUrl } from './host-config.ts';

export interface UpdateFolders {
  /** The slot that runs: its manifest and the root of its updates. */
  readonly slot: string;
  /** The terminal's, where root looks for `install.raucb`. */
  readonly incoming: string;
  /** Root's: floor, last bundle, result. */
  readonly system: string;
}

export interface UpdateSourceParts {
  readonly folders: UpdateFolders;
  readonly manifest: string;
  readonly trust: HttpsTrust;
  /** Absent while nothing vouches for the clock. */
  readonly trustedNow: () => number | undefined;
  /** Tests make the network slow. */
  readonly idleMs?: number;
}

/** Where the terminal is with its update. */
export interface UpdateReport {
  readonly kind:
    | 'notAsked'
    /** The slot has no root: nothing can be believed. */
    | 'unavailable'
    | 'current'
    /** No answer, or a download that broke off; what has come is kept. */
    | 'interrupted'
    | 'noSpace'
    /** Not taken, for reasons that another bundle may not have. */
    | 'refused'
    /** Root has it, and may be waiting: the reasons say for what. */
    | 'ready'
    /** Installed, and starts with the next start of the machine. */
    | 'installed'
    /** It was installed and did not prove itself: the old version runs again. */
    | 'rolledBack';
  readonly version?: string;
  readonly reasons?: readonly string[];
}

/** A bundle that root could not install is tried so often: it may have been the machine's trouble. */
const TRIES_MAX = 3;
/** A server that gives something else than its manifest says is asked for it again after so long. */
const WRONG_FOR_MS = 24 * 3600_000;
const IDLE_MS = 30_000;

interface Slot {
  readonly version: string;
  readonly compatible: string;
  readonly root: string;
}

export class UpdateSource {
  readonly #parts: UpdateSourceParts;
  #wrong: { readonly sha256: string; readonly atMs: number } | undefined;

  constructor(parts: UpdateSourceParts) {
    this.#parts = parts;
  }

  /**
   * Asks once, and gets what is new. `signal` ends it at any point; what has come stays for the next time.
   */
  async check(signal: AbortSignal): Promise<UpdateReport> {
    const waiting = this.rootSays();
    if (waiting?.kind === 'ready') return waiting;
    const slot = readSlot(this.#parts.folders.slot);
    if (slot === undefined) return { kind: 'unavailable' };
    let text: string;
    try {
      const { manifest, trust, idleMs = IDLE_MS } = this.#parts;
      text = await httpGetText(manifest, MANIFEST_BYTES_MAX, { trust, idleMs, signal });
    } catch (error) {
      return { kind: 'interrupted', reasons: [reasonOf(error)] };
    }
    const verified = verifyManifest(text, slot.root, this.#parts.trustedNow());
    if (verified.kind === 'refused') return { kind: 'refused', reasons: [verified.reason] };
    const offer = verified.manifest;
    const report = this.#judge(offer, slot) ?? (await this.#get(offer, text, signal));
    return { ...report, version: offer.version };
  }

  /** What root has done, or is about to do, with what was put ready. */
  rootSays(): UpdateReport | undefined {
    const { incoming, system } = this.#parts.folders;
    const record = readRecord(system);
    if (existsSync(join(incoming, INSTALL))) {
      const reasons = record?.kind === 'wait' ? record.reasons.map(({ reason }) => reason) : [];
      const version = versionOffered(incoming);
      return { kind: 'ready', ...(version && { version }), ...(reasons.length > 0 ? { reasons } : {}) };
    }
    if (record === undefined || record.kind === 'wait') return undefined;
    return verdictOn(record, readSlot(this.#parts.folders.slot)?.version);
  }

  /** Undefined when it shall be had. */
  #judge(offer: UpdateManifest, slot: Slot): UpdateReport | undefined {
    const { incoming, system } = this.#parts.folders;
    const { size, sha256 } = offer.bundle;
    // The same bundle twice: here, and the copy that root makes.
    const verdict = judgeUpdate(
      { version: offer.version, compatible: offer.compatible, bytes: 2 * size - takenBy(incoming) },
      {
        version: slot.version,
        compatible: slot.compatible,
        floor: raisedFloor(readFloor(system), offer.floor),
        freeBytes: freeBytes(incoming),
        busy: [],
      },
    );
    if (verdict.kind === 'refuse') {
      this.#clear();
      const isCurrent = verdict.reasons.every((reason) => reason === 'notNewer');
      return isCurrent ? { kind: 'current' } : { kind: 'refused', reasons: verdict.reasons };
    }
    const known = knownVerdict(readRecord(system), sha256, slot.version);
    if (known !== undefined) {
      this.#clear();
      return known;
    }
    if (this.#wrong?.sha256 === sha256 && performance.now() - this.#wrong.atMs < WRONG_FOR_MS) {
      return { kind: 'refused', reasons: ['wrongContent'] };
    }
    if (verdict.kind === 'accept') return undefined;
    // What lies here already may be what the journal needs.
    this.#clear();
    return { kind: 'noSpace' };
  }

  async #get(offer: UpdateManifest, text: string, signal: AbortSignal): Promise<UpdateReport> {
    const { incoming } = this.#parts.folders;
    mkdirSync(incoming, { recursive: true, mode: 0o700 });
    const { bundle } = offer;
    const path = join(incoming, bundle.sha256);
    const delta = existsSync(path) ? undefined : await this.#usableDelta(offer);
    this.#clear([bundle.sha256, ...(delta === undefined ? [] : [delta.sha256])]);
    const rebuilt = delta === undefined ? 'no' : await this.#rebuild(delta, path, signal);
    if (typeof rebuilt !== 'string') return rebuilt;
    // A delta may lead to something else than the manifest says: the signature is over what the manifest says.
    if (existsSync(path) && (await sha256OfFile(path)) !== bundle.sha256) rmSync(path);
    const outcome: DownloadOutcome = existsSync(path) ? { kind: 'done' } : await this.#download(bundle, path, signal);
    if (outcome.kind !== 'done') return this.#failed(outcome, bundle.sha256);
    place(incoming, path, text);
    return { kind: 'ready' };
  }

  /** The delta from the bundle that root has kept. */
  async #usableDelta(offer: UpdateManifest): Promise<UpdateManifest['deltas'][number] | undefined> {
    const installed = join(this.#parts.folders.system, INSTALLED);
    if (offer.deltas.length === 0 || !existsSync(installed)) return undefined;
    const sha256 = await sha256OfFile(installed).catch(() => undefined);
    return offer.deltas.find(({ fromSha256 }) => fromSha256 === sha256);
  }

  /** `yes` when the bundle is there now, `no` when the full one is to be had. */
  async #rebuild(
    delta: UpdateManifest['deltas'][number],
    path: string,
    signal: AbortSignal,
  ): Promise<'yes' | 'no' | UpdateReport> {
    const { incoming, system } = this.#parts.folders;
    const file = join(incoming, delta.sha256);
    const outcome = await this.#download(delta, file, signal);
    if (outcome.kind === 'interrupted' || outcome.kind === 'diskFull') return this.#failed(outcome, delta.sha256);
    if (outcome.kind !== 'done') return 'no';
    try {
      const { kind } = await applyDelta(join(system, INSTALLED), file, path, signal);
      return kind === 'rebuilt' ? 'yes' : 'no';
    } catch (error) {
      if (signal.aborted) return { kind: 'interrupted', reasons: ['busy'] };
      // Whatever else it is, the whole bundle needs neither the delta nor the old one.
      if (!isDiskFull(error)) return 'no';
      this.#clear();
      return { kind: 'noSpace' };
    } finally {
      if (!signal.aborted) rmSync(file, { force: true });
    }
  }

  async #download(
    { url, sha256, size }: UpdateManifest['bundle'],
    path: string,
    signal: AbortSignal,
  ): Promise<DownloadOutcome> {
    if (!isSafeUrl(url)) return { kind: 'interrupted', received: 0, reason: 'an address without TLS' };
    const { trust, idleMs = IDLE_MS } = this.#parts;
    try {
      return await download({ url, path, sha256, bytes: size, idleMs, trust, signal });
    } catch (error) {
      return { kind: 'interrupted', received: 0, reason: reasonOf(error) };
    }
  }

  #failed(outcome: Exclude<DownloadOutcome, { kind: 'done' }>, sha256: string): UpdateReport {
    switch (outcome.kind) {
      case 'interrupted':
        return { kind: 'interrupted', reasons: [outcome.reason] };
      case 'refused':
        return { kind: 'interrupted', reasons: [`status ${outcome.status}`] };
      case 'diskFull':
        this.#clear();
        return { kind: 'noSpace' };
      case 'wrongContent':
        this.#wrong = { sha256, atMs: performance.now() };
        return { kind: 'refused', reasons: ['wrongContent'] };
    }
  }

  /** Removes what earlier attempts left, but for these: files are called by their SHA-256. */
  #clear(keep: readonly string[] = []): void {
    const { incoming } = this.#parts.folders;
    if (!existsSync(incoming)) return;
    for (const name of readdirSync(incoming)) {
      if (name === INSTALL || keep.some((sha256) => name.startsWith(sha256))) continue;
      rmSync(join(incoming, name), { recursive: true, force: true });
    }
  }
}

const INSTALL = 'install.raucb';
const INSTALLED = 'installed.raucb';

/** What a record means for the bundle that it is about, to a terminal of this version. */
function verdictOn(record: InstallRecord, running: string | undefined): UpdateReport | undefined {
  const version = record.version === undefined ? {} : { version: record.version };
  switch (record.kind) {
    case 'wait':
      return undefined;
    case 'refuse':
      return { kind: 'refused', ...version, reasons: record.reasons.map(({ reason }) => reason) };
    case 'failed':
      return { kind: 'interrupted', ...version, reasons: [record.reason ?? 'failed'] };
    case 'installed':
      if (record.version === running) return { kind: 'current' };
      return { kind: record.boot === bootId() ? 'installed' : 'rolledBack', ...version };
  }
}

/** A bundle that root has refused, that failed too often or that did not prove itself is not put before it again. */
function knownVerdict(record: InstallRecord | undefined, sha256: string, running: string): UpdateReport | undefined {
  if (record === undefined) return undefined;
  if (record.failed?.sha256 === sha256 && record.failed.times >= TRIES_MAX) {
    return { kind: 'refused', reasons: [record.reason ?? 'failed'] };
  }
  return record.sha256 === sha256 && record.kind !== 'failed' ? verdictOn(record, running) : undefined;
}

/** The manifest first: root looks for the bundle. */
function place(folder: string, bundle: string, manifest: string): void {
  const path = join(folder, 'install.json');
  writeFileSync(`${path}.new`, manifest, { flush: true });
  renameSync(`${path}.new`, path);
  renameSync(bundle, join(folder, INSTALL));
  const directory = openSync(folder, 'r');
  fsyncSync(directory);
  closeSync(directory);
}

/** Of the manifest beside a bundle, for people: whether it is true is for root to judge. */
function versionOffered(folder: string): string | undefined {
  try {
    const { signed } = JSON.parse(readFileSync(join(folder, 'install.json'), 'utf8')) as { readonly signed: string };
    return (JSON.parse(signed) as { readonly version?: string }).version;
  } catch {
    return undefined;
  }
}

function readSlot(folder: string): Slot | undefined {
  try {
    const { version, compatible } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Slot;
    return { version, compatible, root: readFileSync(join(folder, 'update/root.pem'), 'utf8') };
  } catch {
    return undefined;
  }
}

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(existsSync(folder) ? folder : join(folder, '..'));
  return bavail * bsize;
}

/** By what an earlier attempt has left, which counts as room. */
function takenBy(folder: string): number {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

function isDiskFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}

/** A reason in words, where there are some. */
export function updateReason(reason: string): string {
  const words = Object.hasOwn(UPDATE_REASONS, reason) ? UPDATE_REASONS[reason as Refusal] : undefined;
  return words === undefined ? reason : `${words.en} / ${words.zh}`;
}

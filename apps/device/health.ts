/** What a terminal says about itself to whoever looks after it: the updater first of all. */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { JournalState } from '../../firmware/journal/fold.ts';
import { type UpdateObstacle, updateObstacles } from '../../firmware/rules/update-moment.ts';
import type { SelfTest } from '../../firmware/system.ts';
import type { UpdateReport } from './update-source.ts';

/** The file that is written, as JSON. */
export interface Health {
  readonly version: string;
  /** Which of the slots this version was started from; absent where there are none. */
  readonly slot?: string;
  readonly writtenAt: string;
  readonly upSeconds: number;
  /** `corrected`: the machine's clock was behind what is certain, see `clock-floor.ts`. */
  readonly clock: 'machine' | 'corrected';
  /** `passed` with a device that does not answer too: a broken printer is no fault of the version. */
  readonly selfTest: 'running' | 'passed' | 'failed';
  readonly missing: readonly string[];
  /** `quiet`: no host was reached, and nothing was sold or tried for ten minutes. */
  readonly host: 'waiting' | 'reached' | 'quiet';
  /** Self-test passed, and a host reached or ten quiet minutes: this version may stay. */
  readonly healthy: boolean;
  readonly mayUpdate: boolean;
  /** Why it may not be updated now. */
  readonly busy: readonly UpdateObstacle[];
  readonly state: string;
  /** Absent where nobody is asked for updates. */
  readonly update?: UpdateReport;
}

/** What a moment's health is worked out from. */
export interface HealthFacts {
  readonly version: string;
  readonly slot: string | undefined;
  readonly wallMs: number;
  readonly upMs: number;
  readonly clockIsCorrected: boolean;
  readonly statePath: string;
  readonly selfTest: SelfTest | undefined;
  readonly unplugged: readonly string[];
  /** Devices that have been plugged in since the self-test missed them. */
  readonly replugged: ReadonlySet<string>;
  readonly hostWasReached: boolean;
  /** Since the last thing that anybody did. */
  readonly quietMs: number;
  readonly journal: Readonly<JournalState>;
  readonly update?: UpdateReport | undefined;
}

export const QUIET_MS = 10 * 60_000;

const JOURNAL_IS_NOT_KNOWN: ReadonlySet<SelfTest['kind']> = new Set(['journalDamaged', 'journalUnreadable']);

function verdictOf(selfTest: SelfTest | undefined, statePath: string): Health['selfTest'] {
  if (selfTest === undefined) return 'running';
  if (JOURNAL_IS_NOT_KNOWN.has(selfTest.kind)) return 'failed';
  const hasFaulted = statePath.startsWith('terminal.outOfService') && selfTest.kind !== 'pinPadMissing';
  return hasFaulted ? 'failed' : 'passed';
}

function missingOf({ selfTest, unplugged, replugged }: HealthFacts): readonly string[] {
  const silent = selfTest?.kind === 'pinPadMissing' ? ['pinPad'] : [];
  const missed = (selfTest?.missing ?? []).filter((device) => !replugged.has(device));
  return [...new Set([...unplugged, ...silent, ...missed])].toSorted();
}

export function healthOf(facts: HealthFacts): Health {
  const { selfTest, statePath, quietMs, hostWasReached } = facts;
  const verdict = verdictOf(selfTest, statePath);
  const quiet = quietMs >= QUIET_MS ? 'quiet' : 'waiting';
  const host = hostWasReached ? 'reached' : quiet;
  const journalIsKnown = selfTest !== undefined && !JOURNAL_IS_NOT_KNOWN.has(selfTest.kind);
  const busy = updateObstacles(statePath, journalIsKnown, facts.journal);
  return {
    version: facts.version,
    ...(facts.slot === undefined ? {} : { slot: facts.slot }),
    writtenAt: new Date(facts.wallMs).toISOString(),
    upSeconds: Math.floor(facts.upMs / 1000),
    clock: facts.clockIsCorrected ? 'corrected' : 'machine',
    selfTest: verdict,
    missing: missingOf(facts),
    host,
    healthy: verdict === 'passed' && host !== 'waiting',
    mayUpdate: busy.length === 0,
    busy,
    state: statePath,
    ...(facts.update === undefined ? {} : { update: facts.update }),
  };
}

/** Which devices have come back since the self-test, which asks them once. */
export class Replugged {
  #unplugged: readonly string[] = [];
  readonly #back = new Set<string>();

  note(selfTest: SelfTest | undefined, unplugged: readonly string[]): ReadonlySet<string> {
    if (selfTest === undefined) this.#back.clear();
    for (const device of this.#unplugged) if (!unplugged.includes(device)) this.#back.add(device);
    for (const device of unplugged) this.#back.delete(device);
    this.#unplugged = unplugged;
    return this.#back;
  }
}

/** States in which nobody does anything: a terminal without a host goes round between them. */
const AT_REST =
  /^terminal\.(?:idle|booting|signingOn|signedOff|activating|outOfService|recovering|recoveryWaiting|summarizing|deciding)\b/;

/** Follows the path of a terminal: whether a host was reached, and since when nobody has done anything. */
export class PathHistory {
  #before = '';
  #quietSinceMs: number;
  hostWasReached = false;

  constructor(nowMs: number) {
    this.#quietSinceMs = nowMs;
  }

  note(path: string, nowMs: number): void {
    // Signing on ends there only when the host has answered, and well.
    if (this.#before.startsWith('terminal.signingOn') && path.startsWith('terminal.recovering'))
      this.hostWasReached = true;
    if (!AT_REST.test(path) || !AT_REST.test(this.#before)) this.#quietSinceMs = nowMs;
    this.#before = path;
  }

  quietMs(nowMs: number): number {
    return nowMs - this.#quietSinceMs;
  }
}

/** Writes the file whole or not at all, one after the other; of several that wait the newest. */
export class HealthFile {
  readonly #path: string;
  readonly #onFailure: (code: string) => void;
  #writing: Promise<void> | undefined;
  #next: Health | undefined;

  constructor(path: string, onFailure: (code: string) => void) {
    this.#path = path;
    this.#onFailure = onFailure;
  }

  write(health: Health): Promise<void> {
    this.#next = health;
    this.#writing ??= this.#writeAll().finally(() => (this.#writing = undefined));
    return this.#writing;
  }

  async #writeAll(): Promise<void> {
    while (this.#next !== undefined) {
      const text = `${JSON.stringify(this.#next, undefined, 2)}\n`;
      this.#next = undefined;
      try {
        await mkdir(dirname(this.#path), { recursive: true });
        await writeFile(`${this.#path}.new`, text, { mode: 0o644 });
        await rename(`${this.#path}.new`, this.#path);
      } catch (error) {
        this.#onFailure((error as NodeJS.ErrnoException).code ?? 'unknown');
      }
    }
  }
}

/** A terminal from its first life to SIGTERM: keys, screens, supervision and health around it. */
import { once } from 'node:events';
import { join } from 'node:path';
import process from 'node:process';
import { JournalFileStore } from '../../drivers/journal/file-store.ts';
import type { SystemClock } from '../../drivers/linux/clock.ts';
import { LinuxJournalDisk } from '../../drivers/linux/journal-disk.ts';
import { SystemRandom } from '../../drivers/linux/random.ts';
import { type ServiceManager, watchdogIntervalMs } from '../../drivers/linux/sd-notify.ts';
import type { LiveView } from '../console/live-view.ts';
import { strokesOf } from '../console/strokes.ts';
import { AuditFile, noteChanges } from './audit-file.ts';
import { bootedSlot, buildInfo } from './build-info.ts';
import { FlooredClock } from './clock-floor.ts';
import type { DeviceConfig } from './config.ts';
import { ConsoleKeypad, consoleIndicators } from './console-ports.ts';
import { type Health, HealthFile, healthOf, PathHistory, Replugged } from './health.ts';
import { beginLife, type Life, type LifeParts } from './life.ts';
import { startPulse } from './pulse.ts';
import { NO_UPDATES, type Updates } from './no-updates.ts';
import { NO_TRACE, traceInto } from './trace-file.ts';
import type { UpdateReport } from './update-source.ts';

export interface RunParts {
  readonly config: DeviceConfig;
  readonly data: string;
  readonly secrets: Pick<LifeParts, 'storageKey' | 'walletKeys' | 'certificateKey'> & { readonly clock: SystemClock };
  readonly view: LiveView;
  readonly manager: ServiceManager;
  readonly health: string;
  readonly slotFile: string;
  /** Folder of root's updater. */
  readonly updater: string;
  /** Where the trace goes, where one is wanted. */
  readonly traceFile: string | undefined;
  readonly log: (line: string) => void;
}

/** A feed is left out while another message is under way, so that one in two would be too few. */
const FEEDS_PER_INTERVAL = 6;
const HEALTH_EVERY_MS = 10_000;
/** Screens often change several times in a moment. */
const HEALTH_SETTLES_MS = 50;
/** Nobody has done anything for so long: a download may begin. */
const IDLE_AFTER_MS = 10_000;

/** Runs until SIGTERM, or Ctrl-C where nobody supervises it. */
export async function runTerminal(given: RunParts): Promise<void> {
  const { config, data, secrets, view, manager } = given;
  const build = buildInfo();
  const clock = new FlooredClock(secrets.clock, build.builtMs);
  const audit = new AuditFile(data, clock);
  audit.note('started', { version: build.version, slot: bootedSlot(given.slotFile), profile: config.profile });
  const log = (line: string): void => {
    given.log(line);
    audit.note('log', { line });
  };
  const parts: RunParts = { ...given, log };
  const keypad = new ConsoleKeypad();
  const write = (text: string): void => void process.stdout.write(text);
  const { traceFile } = parts;
  const trace = traceFile === undefined ? NO_TRACE : traceInto(traceFile, clock, config.settings.language, log);
  const lifeParts: LifeParts = {
    ...secrets,
    config,
    clock,
    keypad,
    log,
    taps: trace.taps,
    random: new SystemRandom(),
    display: { show: (screen) => view.show(screen) },
    indicators: consoleIndicators(write, process.stdout.isTTY),
    openJournal: () => new JournalFileStore({ disk: new LinuxJournalDisk(join(data, 'journal')) }),
  };
  const history = new PathHistory(clock.monotonicMs());
  const updates = await updatesFor(parts, clock, () => reporter.isIdle());
  const reporter = new Reporter({ ...parts, audit }, clock, history, build.version, () => updates.report());
  let life = startLife('starts');
  function startLife(what: 'starts' | 'restarts'): Life {
    trace.taps.life(what);
    const begun = beginLife(lifeParts);
    begun.terminal.onRestartNeeded(() => void restart());
    begun.terminal.onStateChange((path) => {
      history.note(path, clock.monotonicMs());
      reporter.changed();
      updates.stateChanged();
    });
    reporter.life = begun;
    begun.terminal.start();
    return begun;
  }
  async function restart(): Promise<void> {
    await life.end();
    audit.note('restarted');
    life = startLife('restarts');
  }
  const endPulse = pulseFor(manager, clock, () => life.terminal.statePath());
  updates.start();
  process.on('SIGUSR2', () => updates.askSoon());
  manager.ready();
  const strokes = strokesOf(process.stdin);
  const told = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT'), interrupted(strokes, keypad)]);
  await told;
  manager.status('stopping');
  endPulse();
  await updates.end();
  await reporter.end();
  await life.end();
  await trace.close();
  audit.note('ended');
  await audit.close();
  process.stdin.destroy();
  await manager.stopping();
}

/** Returns what ends it; nothing is fed where nobody watches. */
function pulseFor(manager: ServiceManager, clock: FlooredClock, statePath: () => string): () => void {
  const intervalMs = watchdogIntervalMs();
  if (intervalMs === undefined) return () => undefined;
  const everyMs = Math.max(1, Math.floor(intervalMs / FEEDS_PER_INTERVAL));
  return startPulse({ clock, statePath, feed: () => manager.feedWatchdog(), everyMs });
}

/** HTTPS and deltas are loaded where somebody is asked: they take their part of a cold start. */
async function updatesFor(parts: RunParts, clock: FlooredClock, isIdle: () => boolean): Promise<Updates> {
  const { updates: settings } = parts.config;
  if (settings === undefined) return NO_UPDATES;
  const { updatesOf } = await import('./updates.ts');
  return updatesOf({ ...parts, settings, clock, isIdle });
}

/** Passes keys on. Resolves on Ctrl-C at a console that nobody supervises; an input that ends leaves the terminal running. */
async function interrupted(strokes: AsyncIterable<string>, keypad: ConsoleKeypad): Promise<void> {
  for await (const stroke of strokes) {
    if (stroke === '\u0003' && process.env['INVOCATION_ID'] === undefined) return;
    keypad.stroke(stroke);
  }
  await new Promise<never>(() => undefined);
}

/** Keeps the health file and the line of `systemctl status` up to date. */
class Reporter {
  life: Life | undefined;
  readonly #parts: RunParts;
  readonly #audit: ReturnType<typeof noteChanges>;
  readonly #clock: FlooredClock;
  readonly #history: PathHistory;
  readonly #replugged = new Replugged();
  readonly #version: string;
  readonly #file: HealthFile;
  readonly #begunMs: number;
  readonly #update: () => UpdateReport | undefined;
  #timer: object | number | undefined;
  #status = '';
  #isOver = false;

  constructor(
    parts: RunParts & { readonly audit: AuditFile },
    clock: FlooredClock,
    history: PathHistory,
    version: string,
    update: () => UpdateReport | undefined,
  ) {
    this.#update = update;
    this.#parts = parts;
    this.#audit = noteChanges(parts.audit, 'health');
    this.#clock = clock;
    this.#history = history;
    this.#version = version;
    this.#begunMs = clock.monotonicMs();
    let lastCode = '';
    this.#file = new HealthFile(parts.health, (code) => {
      if (code !== lastCode) parts.log(`${parts.health} cannot be written (${code})`);
      lastCode = code;
    });
  }

  changed(): void {
    this.#writeIn(HEALTH_SETTLES_MS);
  }

  async end(): Promise<void> {
    this.#isOver = true;
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    await this.#write();
  }

  #writeIn(delayMs: number): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = this.#clock.setTimeout(() => {
      void this.#write();
      if (!this.#isOver) this.#writeIn(HEALTH_EVERY_MS);
    }, delayMs);
  }

  /** This would be a moment for an update, and nobody has touched anything just now. */
  isIdle(): boolean {
    return this.#history.quietMs(this.#clock.monotonicMs()) >= IDLE_AFTER_MS && this.#health()?.mayUpdate === true;
  }

  #health(): Health | undefined {
    const { life } = this;
    if (life === undefined) return undefined;
    const { terminal } = life;
    const nowMs = this.#clock.monotonicMs();
    const [selfTest, unplugged] = [terminal.selfTest(), life.unplugged()];
    return healthOf({
      version: this.#version,
      slot: bootedSlot(this.#parts.slotFile),
      wallMs: this.#clock.wallMs(),
      upMs: nowMs - this.#begunMs,
      clockIsCorrected: this.#clock.isCorrected,
      statePath: terminal.statePath(),
      selfTest,
      unplugged,
      replugged: this.#replugged.note(selfTest, unplugged),
      hostWasReached: this.#history.hostWasReached,
      quietMs: this.#history.quietMs(nowMs),
      journal: terminal.journalState(),
      update: this.#update(),
    });
  }

  async #write(): Promise<void> {
    const health = this.#health();
    if (health === undefined) return;
    const status = `${health.version} ${health.state.split('/')[0] ?? ''}${health.healthy ? '' : ' not healthy yet'}`;
    if (status !== this.#status) this.#parts.manager.status(status);
    this.#status = status;
    const { healthy, selfTest, missing, host, clock, update } = health;
    this.#audit({ healthy, selfTest, missing, host, clock, update: update?.kind });
    await this.#file.write(health);
  }
}

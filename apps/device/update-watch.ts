/** When a terminal asks for updates: while nobody wants anything of it, and not all terminals at the same moment. */
import type { Clock, Random } from '../../firmware/hal/index.ts';
import { updateReason, type UpdateReport } from './update-source.ts';

export interface UpdateWatchParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly everyHours: number;
  readonly source: {
    check(signal: AbortSignal): Promise<UpdateReport>;
    rootSays(): UpdateReport | undefined;
  };
  /** Nothing goes on, and nobody has done anything for a moment. */
  readonly isIdle: () => boolean;
  readonly log: (line: string) => void;
}

const LOOK_EVERY_MS = 15_000;
const HOUR_MS = 3600_000;
/** After a start: when the power comes back, a whole town starts at once. */
const FIRST_MS = { least: 60_000, most: 30 * 60_000 };
/** After something that may be better soon; twice as long every time. */
const RETRY_MS = 5 * 60_000;
/** How much later than said it may be, as a share. */
const JITTER = 0.25;

const MAY_BE_BETTER_SOON: ReadonlySet<UpdateReport['kind']> = new Set(['interrupted', 'noSpace']);

export class UpdateWatch {
  readonly #parts: UpdateWatchParts;
  #timer: ReturnType<Clock['setTimeout']> | undefined;
  #dueMs: number;
  #failures = 0;
  #asking: { readonly controller: AbortController; readonly ended: Promise<void> } | undefined;
  #report: UpdateReport = { kind: 'notAsked' };
  /** What root said last: only news counts, or it would hide what the channel says now. */
  #rootSaid: string | undefined;

  constructor(parts: UpdateWatchParts) {
    this.#parts = parts;
    const most = Math.min(FIRST_MS.most, parts.everyHours * HOUR_MS);
    this.#dueMs = parts.clock.monotonicMs() + FIRST_MS.least + this.#share() * (most - FIRST_MS.least);
  }

  start(): void {
    this.#look();
  }

  /** Somebody stands before the terminal and does not want to wait: it asks as soon as nothing goes on. */
  askSoon(): void {
    this.#dueMs = this.#parts.clock.monotonicMs();
  }

  /** For the health file. */
  report(): UpdateReport {
    return this.#report;
  }

  /** A sale has the network and the processor for itself; what has come of a download stays. */
  stateChanged(): void {
    if (!this.#parts.isIdle()) this.#asking?.controller.abort();
  }

  async end(): Promise<void> {
    if (this.#timer !== undefined) this.#parts.clock.clearTimeout(this.#timer);
    this.#asking?.controller.abort();
    await this.#asking?.ended;
  }

  #look(): void {
    const { clock, source, isIdle } = this.#parts;
    this.#timer = clock.setTimeout(() => this.#look(), LOOK_EVERY_MS);
    if (this.#asking !== undefined) return;
    const said = source.rootSays();
    const text = JSON.stringify(said);
    if (said !== undefined && text !== this.#rootSaid) this.#say(said);
    this.#rootSaid = text;
    if (clock.monotonicMs() < this.#dueMs || !isIdle()) return;
    const controller = new AbortController();
    const ended = this.#ask(controller.signal).finally(() => (this.#asking = undefined));
    this.#asking = { controller, ended };
  }

  async #ask(signal: AbortSignal): Promise<void> {
    const { clock, source, everyHours } = this.#parts;
    const report = await source
      .check(signal)
      .catch((error: Error): UpdateReport => ({ kind: 'interrupted', reasons: [error.message] }));
    // Whoever came in between has the next quiet moment to wait for, and nothing else.
    if (signal.aborted && report.kind === 'interrupted') return;
    this.#say(report);
    const isHopeful = MAY_BE_BETTER_SOON.has(report.kind);
    this.#failures = isHopeful ? this.#failures + 1 : 0;
    const usual = everyHours * HOUR_MS;
    const pause = isHopeful ? Math.min(usual, RETRY_MS * 2 ** (this.#failures - 1)) : usual;
    this.#dueMs = clock.monotonicMs() + pause * (1 + JITTER * this.#share());
  }

  #say(report: UpdateReport): void {
    const before = JSON.stringify(this.#report);
    this.#report = report;
    if (JSON.stringify(report) === before) return;
    const { kind, version, reasons = [] } = report;
    const words = [kind, version, reasons.map(updateReason).join(', ')].filter((word) => word !== undefined);
    this.#parts.log(`update: ${words.join(' ').trim()}`);
  }

  #share(): number {
    return this.#parts.random.below(1000) / 1000;
  }
}

import { concatBytes } from '../../firmware/base/bytes.ts';
import type { Clock } from '../../firmware/hal/clock.ts';
import { HalError } from '../../firmware/hal/hal-error.ts';
import type { PrintEvidence, PrinterStop } from '../../firmware/hal/receipt-printer.ts';
import type { Band, EncodedSlip } from './codec.ts';
import { COMMANDS } from './commands.ts';
import type { PrinterProfile } from './profile.ts';
import type { PrinterSession } from './session.ts';

/** How a job ended on the wire: with evidence, or because the head stopped. */
export type JobEnd =
  | { readonly kind: 'printed'; readonly evidence: PrintEvidence }
  | { readonly kind: 'stopped'; readonly reason: PrinterStop };

type Waited = 'done' | 'late' | PrinterStop;

const POLL_MS = 500;
/** Added to the reckoned time of wire and paper: a head pauses to cool, to cut and to start its motor. */
const MARGIN_MS = 5_000;
/** An XON that got lost must not hold a receipt for ever. */
const HOLD_OFF_MAX_MS = 5_000;
/** Bands that may wait in the head, so that the motor never stops for the next one. */
const BANDS_AHEAD = 1;
const DOTS_PER_MM = 8;
const BITS_PER_BYTE = 10;

/** One slip on its way: sends it no faster than the head takes it, watches for stops and gathers the evidence. */
export class PrintJob {
  readonly #session: PrinterSession;
  readonly #clock: Clock;
  readonly #profile: PrinterProfile;
  readonly #slip: EncodedSlip;
  readonly #deadlineMs: number;
  #answersDue: number;

  constructor(session: PrinterSession, clock: Clock, profile: PrinterProfile, slip: EncodedSlip) {
    this.#session = session;
    this.#clock = clock;
    this.#profile = profile;
    this.#slip = slip;
    this.#deadlineMs = MARGIN_MS + [...slip.bands, slip.ending].reduce((sum, band) => sum + this.#timeOf(band), 0);
    this.#answersDue = session.answers;
  }

  /** Rejects with `HalError` when the line is lost or the head falls silent. */
  async run(): Promise<JobEnd> {
    this.#session.forgetProcessed();
    for (const band of this.#slip.bands) {
      const waited = await this.#sendBand(band);
      if (waited !== 'done') return { kind: 'stopped', reason: waited };
    }
    return this.#finish();
  }

  /** Time on the wire and on paper, one after the other. */
  #timeOf(band: Band): number {
    const wireMs = (band.bytes.length * BITS_PER_BYTE * 1_000) / this.#profile.line.baudRate;
    return wireMs + (band.heightDots * 1_000) / DOTS_PER_MM / this.#profile.speedMmPerSecond;
  }

  async #sendBand(band: Band): Promise<'done' | PrinterStop> {
    const heldOff = await this.#waitFor(() => !this.#session.isHeldOff, HOLD_OFF_MAX_MS);
    if (heldOff !== 'done' && heldOff !== 'late') return heldOff;
    if (!this.#profile.barrier) {
      await this.#session.send(band.bytes);
      await this.#session.pause(this.#timeOf(band));
      return this.#check();
    }
    await this.#session.send(concatBytes(band.bytes, COMMANDS.barrier));
    this.#answersDue++;
    const drained = await this.#waitFor(
      () => this.#session.answers >= this.#answersDue - BANDS_AHEAD,
      this.#deadlineMs,
    );
    if (drained === 'late') throw new HalError('timeout', 'printer', 'band not taken');
    return drained === 'done' ? this.#check() : drained;
  }

  async #finish(): Promise<JobEnd> {
    const { ending, id } = this.#slip;
    if (!this.#profile.processId) {
      await this.#session.send(ending.bytes);
      return this.#infer();
    }
    await this.#session.send(concatBytes(ending.bytes, COMMANDS.processId(id)));
    const waited = await this.#waitFor(() => this.#session.hasProcessed(id), this.#deadlineMs);
    if (waited === 'done') return { kind: 'printed', evidence: 'confirmed' };
    return waited === 'late' ? this.#infer() : { kind: 'stopped', reason: waited };
  }

  /** Without the echo of the id: the head has executed all before the barrier and has nothing to complain of. */
  async #infer(): Promise<JobEnd> {
    if (!this.#profile.barrier) {
      await this.#session.pause(this.#timeOf(this.#slip.ending));
      return { kind: 'printed', evidence: 'unknown' };
    }
    await this.#session.send(COMMANDS.barrier);
    this.#answersDue++;
    const waited = await this.#waitFor(() => this.#session.answers >= this.#answersDue, this.#deadlineMs);
    if (waited === 'late') throw new HalError('timeout', 'printer', 'end of job not answered');
    const checked = waited === 'done' ? await this.#check() : waited;
    return checked === 'done' ? { kind: 'printed', evidence: 'inferred' } : { kind: 'stopped', reason: checked };
  }

  async #check(): Promise<'done' | PrinterStop> {
    const status = await this.#session.status();
    return status.kind === 'stopped' ? status.reason : 'done';
  }

  /** Waits for the head and looks at its status meanwhile: a head that stopped answers nothing that is queued. */
  async #waitFor(isDone: () => boolean, waitMs: number): Promise<Waited> {
    const endMs = this.#clock.monotonicMs() + waitMs;
    while (!isDone()) {
      const leftMs = endMs - this.#clock.monotonicMs();
      if (leftMs <= 0) return 'late';
      const { alarms } = this.#session;
      const isNews = (): boolean => isDone() || this.#session.alarms !== alarms;
      await this.#session.until(isNews, Math.min(POLL_MS, leftMs));
      if (isDone()) break;
      const checked = await this.#check();
      if (checked !== 'done' && !isDone()) return checked;
    }
    return 'done';
  }
}

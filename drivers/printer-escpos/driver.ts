import { concatBytes } from '../../firmware/base/bytes.ts';
import type { Clock } from '../../firmware/hal/clock.ts';
import { HalError } from '../../firmware/hal/hal-error.ts';
import type { DrawerResult, PrinterStatus, PrintResult, ReceiptPrinter } from '../../firmware/hal/receipt-printer.ts';
import type { Slip } from '../../firmware/hal/slip.ts';
import type { SerialLine } from '../serial/serial-line.ts';
import { encodeSlip, type EncodedSlip } from './codec.ts';
import { COMMANDS } from './commands.ts';
import { PrintJob } from './print-job.ts';
import type { PrinterProfile } from './profile.ts';
import { PrinterSession } from './session.ts';

const CLEAR_ATTEMPTS = 2;
/** A knife that was freed goes home within this time after the command to try again. */
const KNIFE_HOME_MS = 500;

/**
 * A receipt printer that speaks ESC/POS. What it can prove depends on the head, see `PrinterProfile`; a head without
 * a back channel is always `ready`, and its slips are `printed` with evidence `unknown`.
 *
 * A second `print` or `openDrawer` while one runs rejects with `HalError` `busy`; `status` may be asked at any time.
 */
export class EscposPrinter implements ReceiptPrinter {
  readonly columns: number;
  readonly #clock: Clock;
  readonly #profile: PrinterProfile;
  readonly #session: PrinterSession;
  #isBusy = false;
  /** Bytes of a job that failed may still wait in the head, and would come out before the next slip. */
  #mayHoldTail = false;

  constructor(line: SerialLine, clock: Clock, profile: PrinterProfile) {
    this.columns = profile.columns;
    this.#clock = clock;
    this.#profile = profile;
    this.#session = new PrinterSession(line, clock, profile);
  }

  status(): Promise<PrinterStatus> {
    return this.#isBusy ? this.#session.status() : this.#recoveredStatus();
  }

  async print(slip: Slip): Promise<PrintResult> {
    if (this.#isBusy) throw new HalError('busy', 'printer');
    const encoded = encodeSlip(slip, this.#profile);
    return this.#alone(() => this.#print(encoded));
  }

  async openDrawer(): Promise<DrawerResult> {
    return this.#alone(() => this.#pulse());
  }

  async #alone<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#isBusy) throw new HalError('busy', 'printer');
    this.#isBusy = true;
    try {
      return await work();
    } finally {
      this.#isBusy = false;
    }
  }

  /** A jammed knife, once freed, waits for a command before it moves again. */
  async #recoveredStatus(): Promise<PrinterStatus> {
    const status = await this.#session.status();
    if (status.kind !== 'stopped' || status.reason !== 'cutter') return status;
    await this.#session.send(COMMANDS.recover);
    await this.#session.pause(KNIFE_HOME_MS);
    return this.#session.status();
  }

  async #print(slip: EncodedSlip): Promise<PrintResult> {
    const status = await this.#recoveredStatus();
    if (this.#mayHoldTail) await this.#clear();
    if (status.kind === 'stopped') return { kind: 'stoppedAt', reason: status.reason, partial: false };
    this.#mayHoldTail = true;
    const end = await new PrintJob(this.#session, this.#clock, this.#profile, slip).run();
    if (end.kind === 'stopped') {
      await this.#clear();
      return { kind: 'stoppedAt', reason: end.reason, partial: true };
    }
    this.#mayHoldTail = false;
    return end;
  }

  /**
   * The pulse waits in the head behind whatever is there, so a head that stopped just now is made to forget it: a drawer
   * must not open by itself when the paper is changed.
   */
  async #pulse(): Promise<DrawerResult> {
    const status = await this.#recoveredStatus();
    if (this.#mayHoldTail) await this.#clear();
    if (status.kind === 'stopped') return { kind: 'stopped', reason: status.reason };
    if (!this.#profile.barrier) {
      await this.#session.send(COMMANDS.pulseDrawer);
      return { kind: 'pulsed' };
    }
    this.#mayHoldTail = true;
    const { answers } = this.#session;
    await this.#session.send(concatBytes(COMMANDS.pulseDrawer, COMMANDS.barrier));
    const isDone = await this.#session.until(() => this.#session.answers > answers, this.#session.replyMs);
    if (!isDone) {
      const after = await this.#session.status();
      await this.#clear();
      if (after.kind === 'stopped') return { kind: 'stopped', reason: after.reason };
      throw new HalError('timeout', 'printer', 'drawer not answered');
    }
    this.#mayHoldTail = false;
    return { kind: 'pulsed' };
  }

  /** Makes the head forget the rest of a job; otherwise it would come out after the paper is changed. */
  async #clear(): Promise<void> {
    if (this.#profile.clearBy === 'dleDc4') await this.#clearWithAnswer();
    if (this.#profile.clearBy === 'dleEnq') await this.#session.send(COMMANDS.recover);
    this.#mayHoldTail = false;
  }

  async #clearWithAnswer(): Promise<void> {
    const { clears } = this.#session;
    for (let attempt = 1; attempt <= CLEAR_ATTEMPTS; attempt++) {
      await this.#session.send(COMMANDS.clearBuffers);
      if (await this.#session.until(() => this.#session.clears > clears, this.#session.replyMs)) return;
    }
    throw new HalError('timeout', 'printer', 'buffers not cleared');
  }
}

import { equalBytes } from '../../firmware/base/bytes.ts';
import type { Clock } from '../../firmware/hal/clock.ts';
import { HalError } from '../../firmware/hal/hal-error.ts';
import type { PrinterStatus } from '../../firmware/hal/receipt-printer.ts';
import type { SerialLine } from '../serial/serial-line.ts';
import { COMMANDS } from './commands.ts';
import type { PrinterProfile, StatusPage } from './profile.ts';
import { statusOfAutomatic, statusOfPages, StatusParser, type StatusEvent } from './status.ts';

interface Waiter {
  readonly check: () => void;
  readonly lose: () => void;
}

/** A head answers at once; this is for a loaded machine. A band that is still on the wire is added to it. */
const REPLY_MS = 1_000;
const WIRE_BYTES_MAX = 1_600;
const STATUS_ATTEMPTS = 2;
/** So long nothing may arrive before a doubtful status is asked again: a late answer would be taken for the next one. */
const QUIET_MS = 60;

function disconnected(): HalError {
  return new HalError('disconnected', 'printer');
}

/** The talk with a head: what it has said so far, waiting for more, and one status question at a time. */
export class PrinterSession {
  readonly replyMs: number;
  readonly #line: SerialLine;
  readonly #clock: Clock;
  readonly #pages: readonly StatusPage[];
  readonly #parser = new StatusParser();
  readonly #waiters = new Set<Waiter>();
  #statusTurn: Promise<unknown> = Promise.resolve();
  #realTime: number | undefined;
  #automatic: PrinterStatus | undefined;
  #processed: Uint8Array | undefined;
  #answers = 0;
  #clears = 0;
  #alarms = 0;
  #isHeldOff = false;

  constructor(line: SerialLine, clock: Clock, profile: PrinterProfile) {
    this.#line = line;
    this.#clock = clock;
    this.#pages = profile.statusPages;
    this.replyMs = REPLY_MS + Math.ceil((WIRE_BYTES_MAX * 10_000) / profile.line.baudRate);
    line.onData((bytes) => this.#receive(bytes));
    line.onDisconnect(() => this.#lose());
  }

  /** Queued queries answered so far. */
  get answers(): number {
    return this.#answers;
  }

  /** Acknowledged clearings so far. */
  get clears(): number {
    return this.#clears;
  }

  /** Automatic statuses so far that told of a stop. */
  get alarms(): number {
    return this.#alarms;
  }

  /** The head has sent XOFF and not yet XON. */
  get isHeldOff(): boolean {
    return this.#isHeldOff;
  }

  hasProcessed(id: Uint8Array): boolean {
    return this.#processed !== undefined && equalBytes(this.#processed, id);
  }

  /** A new job: an id said before is not its own. */
  forgetProcessed(): void {
    this.#processed = undefined;
  }

  async send(bytes: Uint8Array): Promise<void> {
    if (!this.#line.connected) throw disconnected();
    await this.#line.write(bytes);
  }

  /** Waits until what the head says makes the condition true; false when it did not in time. Rejects when the line is lost. */
  until(condition: () => boolean, waitMs: number): Promise<boolean> {
    if (!this.#line.connected) return Promise.reject(disconnected());
    if (condition()) return Promise.resolve(true);
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void): void => {
        this.#clock.clearTimeout(timer);
        this.#waiters.delete(waiter);
        settle();
      };
      const timer = this.#clock.setTimeout(() => finish(() => resolve(false)), waitMs);
      const waiter: Waiter = {
        check: () => condition() && finish(() => resolve(true)),
        lose: () => finish(() => reject(disconnected())),
      };
      this.#waiters.add(waiter);
    });
  }

  /** Passes time without missing the loss of the line. */
  async pause(waitMs: number): Promise<void> {
    await this.until(() => false, waitMs);
  }

  /** Asks for the status, behind whoever asks already. */
  async status(): Promise<PrinterStatus> {
    const turn = this.#statusTurn.then(() => this.#askStatus());
    this.#statusTurn = turn.catch(() => undefined);
    return turn;
  }

  async #askStatus(): Promise<PrinterStatus> {
    if (!this.#line.connected) throw disconnected();
    if (this.#pages.length === 0) return this.#automatic ?? { kind: 'ready', paper: 'unknown' };
    const status = await this.#readPages();
    if (status.kind === 'ready' && status.paper !== 'low') return status;
    // The answers do not say which question they belong to, so one stray byte could stop a sale: bad news is asked twice.
    await this.pause(QUIET_MS);
    return this.#readPages();
  }

  async #readPages(): Promise<PrinterStatus> {
    const pages: Partial<Record<StatusPage, number>> = {};
    for (const page of this.#pages) pages[page] = await this.#askPage(page);
    return statusOfPages(pages);
  }

  async #askPage(page: StatusPage): Promise<number> {
    for (let attempt = 1; attempt <= STATUS_ATTEMPTS; attempt++) {
      this.#realTime = undefined;
      await this.send(COMMANDS.status(page));
      await this.until(() => this.#realTime !== undefined, this.replyMs);
      if (this.#realTime !== undefined) return this.#realTime;
    }
    throw new HalError('timeout', 'printer', `DLE EOT ${page}`);
  }

  #receive(bytes: Uint8Array): void {
    for (const event of this.#parser.push(bytes)) {
      this.#note(event);
      for (const waiter of this.#waiters) waiter.check();
    }
  }

  #note(event: StatusEvent): void {
    switch (event.kind) {
      case 'flow':
        this.#isHeldOff = !event.open;
        break;
      case 'realTime':
        this.#realTime = event.byte;
        break;
      case 'automatic':
        this.#automatic = statusOfAutomatic(event.bytes);
        if (this.#automatic.kind === 'stopped') this.#alarms++;
        break;
      case 'queued':
        this.#answers++;
        break;
      case 'processed':
        this.#processed = event.id;
        break;
      case 'cleared':
        this.#clears++;
        break;
      case 'other':
        break;
    }
  }

  #lose(): void {
    this.#parser.reset();
    this.#isHeldOff = false;
    this.#automatic = undefined;
    for (const waiter of this.#waiters) waiter.lose();
  }
}

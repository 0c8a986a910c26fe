import { type Clock, HalError, type TimerId } from '../../firmware/hal/index.ts';
import type { SerialLine } from '../serial/serial-line.ts';
import {
  type CommandName,
  COMMANDS,
  encodeCommand,
  type Neo2Frame,
  Neo2Parser,
  type ParsedItem,
  STATUS,
} from './codec.ts';

/** The guide asks for 50 ms between bytes; timers of a loaded system slip more than that, so a gap is 200 ms. */
const GAP_MS = 200;

/** Reply time of simple commands, and how often an idempotent one is tried (guide: 1 s). */
const REPLY_DEADLINE_MS = 1000;
const TRIES = 3;

/** A command on its way. The frame that ends it comes through `result`, which rejects with `HalError`. */
export interface PendingExchange {
  readonly result: Promise<Neo2Frame>;
  /** Stops waiting; a frame that comes after that is overwritten unread. */
  abandon(): void;
}

interface Waiter {
  readonly resolve: (frame: Neo2Frame) => void;
  readonly reject: (error: HalError) => void;
  readonly onEvent: () => void;
  readonly timer: TimerId;
}

/** Commands and their responses over one line. Responses carry the command's byte, which tells them apart. */
export class Neo2Session {
  readonly #line: SerialLine;
  readonly #clock: Clock;
  readonly #parser = new Neo2Parser('response');
  readonly #waiters = new Map<number, Waiter>();
  #gapTimer: TimerId | undefined;

  constructor(line: SerialLine, clock: Clock) {
    this.#line = line;
    this.#clock = clock;
    line.onData((bytes) => this.#receive(bytes));
    line.onDisconnect(() => this.#drop());
  }

  /**
   * A command that may be sent again without harm: up to three times, each within a second. Resolves with the response
   * whatever its status; rejects with `timeout`, `protocol` (nothing but damaged frames) or `disconnected`.
   */
  async query(name: CommandName, data?: Uint8Array): Promise<Neo2Frame> {
    for (let tryNumber = 1; ; tryNumber++) {
      try {
        return await this.send(name, data, REPLY_DEADLINE_MS).result;
      } catch (error) {
        const isWorthRepeating = error instanceof HalError && error.kind !== 'disconnected';
        if (!isWorthRepeating || tryNumber === TRIES) throw error;
        this.#parser.reset();
      }
    }
  }

  /**
   * Sends a command once.
   *
   * @param onEvent called for each frame that announces something before the result
   */
  send(
    name: CommandName,
    data: Uint8Array = new Uint8Array(),
    deadlineMs: number,
    onEvent: () => void = () => undefined,
  ): PendingExchange {
    const [command] = COMMANDS[name];
    const result = new Promise<Neo2Frame>((resolve, reject) => {
      const timer = this.#clock.setTimeout(() => this.#fail(command, this.#error('timeout', name)), deadlineMs);
      this.#waiters.set(command, { resolve, reject, onEvent, timer });
    });
    // Whoever abandons an exchange does not look at its end any more.
    result.catch(() => undefined);
    this.#write(name, data, command);
    return { result, abandon: () => this.#forget(command) };
  }

  #write(name: CommandName, data: Uint8Array, command: number): void {
    if (!this.#line.connected) {
      this.#fail(command, this.#error('disconnected', name));
      return;
    }
    this.#line.write(encodeCommand(name, data)).catch((error: unknown) => {
      this.#fail(command, error instanceof HalError ? error : this.#error('other', name));
    });
  }

  #receive(bytes: Uint8Array): void {
    this.#take(this.#parser.push(bytes));
    if (this.#gapTimer !== undefined) this.#clock.clearTimeout(this.#gapTimer);
    this.#gapTimer = this.#parser.pending
      ? this.#clock.setTimeout(() => this.#take(this.#parser.abandon()), GAP_MS)
      : undefined;
  }

  #take(items: readonly ParsedItem[]): void {
    for (const item of items) {
      if (item.kind === 'frame') this.#deliver(item.frame);
      else for (const command of this.#waiters.keys()) this.#fail(command, this.#error('protocol', item.kind));
    }
  }

  #deliver(frame: Neo2Frame): void {
    const waiter = this.#waiters.get(frame.command);
    if (waiter === undefined) {
      frame.data.fill(0);
    } else if (frame.code === STATUS.userInterfaceEvent) {
      waiter.onEvent();
    } else if (frame.code !== STATUS.accepted) {
      this.#forget(frame.command);
      waiter.resolve(frame);
    }
  }

  #forget(command: number): void {
    const waiter = this.#waiters.get(command);
    if (waiter !== undefined) this.#clock.clearTimeout(waiter.timer);
    this.#waiters.delete(command);
  }

  #fail(command: number, error: HalError): void {
    const waiter = this.#waiters.get(command);
    this.#forget(command);
    waiter?.reject(error);
  }

  #drop(): void {
    this.#parser.reset();
    for (const command of this.#waiters.keys()) this.#fail(command, this.#error('disconnected', ''));
  }

  #error(kind: 'timeout' | 'disconnected' | 'protocol' | 'other', detail: string): HalError {
    return new HalError(kind, 'cardReader', detail);
  }
}

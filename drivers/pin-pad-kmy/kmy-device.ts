import { type Clock, HalError } from '../../firmware/hal/index.ts';
import { type Received, RequestSession, type SessionParser } from '../serial/request-session.ts';
import type { SerialLine } from '../serial/serial-line.ts';
import { encodeKmyFrame, KMY_COMMAND, KMY_STATUS, type KmyFrame, KmyFrameReader, type KmyKey } from './codec.ts';

/** Bad news that came with a command that was done nevertheless. */
export type KmyWarning = 'masterKeyLost' | 'batteryLow';

/** What the pad says unasked. */
export interface KmyListener {
  onKey(key: KmyKey): void;
  /** The customer took too long; the pad has given up the entry. */
  onEntryTimedOut(): void;
  onWarning(warning: KmyWarning): void;
}

export interface KmyCommandOptions {
  /** For a command that must not be done twice. */
  readonly once?: boolean;
  /** Data bytes of a good answer; 0 unless told. An answer of another length belongs to something else. */
  readonly answerBytes?: number;
}

/** The pad answers within this, self-test included (KMY3501 driver practice). */
const REPLY_DEADLINE_MS = 3_000;

const RETRIES = 2;

/** 48 byte times at 9600 baud: no pause within a frame is longer. */
const QUIET_MS = 50;

const EMPTY = new Uint8Array(0);

class KmyParser implements SessionParser<KmyFrame, KmyKey> {
  readonly #reader = new KmyFrameReader();

  push(bytes: Uint8Array): readonly Received<KmyFrame, KmyKey>[] {
    return this.#reader.push(bytes).map((item): Received<KmyFrame, KmyKey> => {
      if (item.kind === 'frame') return { kind: 'reply', reply: item.frame };
      return item.kind === 'key' ? { kind: 'event', event: item.key } : item;
    });
  }

  reset(): void {
    this.#reader.reset();
  }
}

const SUCCESSES: ReadonlySet<number> = new Set([KMY_STATUS.ok, KMY_STATUS.okMasterKeyLost, KMY_STATUS.okBatteryLow]);
const KEY_LOSSES: ReadonlySet<number> = new Set([
  KMY_STATUS.okMasterKeyLost,
  KMY_STATUS.refusedMasterKeyLost,
  KMY_STATUS.faultKeyLost,
]);
const BATTERY_WARNINGS: ReadonlySet<number> = new Set([KMY_STATUS.okBatteryLow, KMY_STATUS.refusedBatteryLow]);

/** Whether the command was done, warnings aside. */
export function isSuccess(answer: KmyFrame): boolean {
  return SUCCESSES.has(answer.code);
}

/** Whether the pad says that its master key is gone. */
export function saysMasterKeyLost(answer: KmyFrame): boolean {
  return KEY_LOSSES.has(answer.code);
}

/** Refused for a parameter, with or without the battery warning: also the answer to a command out of turn. */
export function isRefused(answer: KmyFrame): boolean {
  return answer.code === KMY_STATUS.badParameter || answer.code === KMY_STATUS.refusedBatteryLow;
}

/** Commands and answers of one pad, with the meaning of its status codes. */
export class KmyDevice {
  readonly #session: RequestSession<KmyFrame, KmyKey>;
  readonly #line: SerialLine;
  readonly #listener: KmyListener;

  constructor(line: SerialLine, clock: Clock, listener: KmyListener) {
    this.#line = line;
    this.#listener = listener;
    this.#session = new RequestSession({
      line,
      clock,
      parser: new KmyParser(),
      quietMs: QUIET_MS,
      onEvent: (key) => listener.onKey(key),
      // The end of an entry by time comes as an answer to nothing.
      onUnclaimed: (frame) => {
        if (frame.code === KMY_STATUS.timedOut) listener.onEntryTimedOut();
      },
    });
  }

  /** The answer whatever its status; warnings are passed on. The bytes of the command are overwritten afterwards. */
  async ask(command: number, data: Uint8Array = EMPTY, options: KmyCommandOptions = {}): Promise<KmyFrame> {
    const bytes = encodeKmyFrame(command, data);
    const answerBytes = options.answerBytes ?? 0;
    try {
      const answer = await this.#session.request(bytes, {
        replyDeadlineMs: REPLY_DEADLINE_MS,
        retries: options.once === true ? 0 : RETRIES,
        accept: ({ code, data }) =>
          code !== KMY_STATUS.timedOut && (code !== KMY_STATUS.ok || data.length === answerBytes),
      });
      if (saysMasterKeyLost(answer)) this.#listener.onWarning('masterKeyLost');
      if (BATTERY_WARNINGS.has(answer.code)) this.#listener.onWarning('batteryLow');
      return answer;
    } finally {
      bytes.fill(0);
    }
  }

  /**
   * The data of a good answer. Rejects with `HalError` `security` when the master key is lost, `other` with the status
   * code for any other refusal.
   */
  async command(command: number, data?: Uint8Array, options?: KmyCommandOptions): Promise<Uint8Array> {
    const answer = await this.ask(command, data, options);
    if (saysMasterKeyLost(answer)) throw this.error('security', 'master key lost');
    if (!isSuccess(answer)) throw this.refusal(answer);
    return answer.data;
  }

  /** For what works without a master key as well. */
  async commandWithoutKeys(command: number, data?: Uint8Array): Promise<void> {
    const answer = await this.ask(command, data);
    if (!isSuccess(answer)) throw this.refusal(answer);
  }

  /** Whether a master key is there. Rejects with `HalError` `other` for a fault that the self-test finds. */
  async hasMasterKey(): Promise<boolean> {
    const answer = await this.ask(KMY_COMMAND.selfTest);
    if (saysMasterKeyLost(answer)) return false;
    if (!isSuccess(answer)) throw this.refusal(answer);
    return true;
  }

  refusal(answer: KmyFrame): HalError {
    return this.error('other', `status ${answer.code.toString(16).padStart(2, '0').toUpperCase()}`);
  }

  error(kind: 'security' | 'other' | 'disconnected', detail: string): HalError {
    return new HalError(kind, this.#line.device, detail);
  }
}

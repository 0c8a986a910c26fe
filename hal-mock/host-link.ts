import type { Clock, Exchange, HostLink } from '../firmware/hal/index.ts';
import { ExchangeCall } from './exchange-call.ts';

/** One message that reached the scripted host, and what the host can do about it. */
export interface HostRequest {
  readonly message: Uint8Array;
  /** Counts from 0. */
  readonly index: number;
  /** Answers; after the deadline, or a second time, this is a late reply. */
  readonly reply: (bytes: Uint8Array, afterMs?: number) => void;
  /** Breaks the connection instead of answering. */
  readonly disconnect: () => void;
}

/** What a host does with each request; doing nothing lets the deadline pass. */
export type HostScript = (request: HostRequest) => void;

/** Why nothing leaves while the host is down. */
export type DownReason = Extract<Exchange, { readonly kind: 'notSent' }>['reason'];

/** A host link at port level: the script decides what comes back, the clock decides when. */
export class MockHostLink implements HostLink {
  readonly #clock: Clock;
  readonly #script: HostScript;
  readonly #requests: Uint8Array[] = [];
  readonly #lateListeners: ((reply: Uint8Array) => void)[] = [];
  #downReason: DownReason | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(clock: Clock, script: HostScript) {
    this.#clock = clock;
    this.#script = script;
  }

  /** Every message that left, in order. */
  get requests(): readonly Uint8Array[] {
    return this.#requests;
  }

  /** No message leaves from now on. */
  goDown(reason: DownReason = 'unreachable'): void {
    this.#downReason = reason;
  }

  comeUp(): void {
    this.#downReason = undefined;
  }

  /** Bytes that nobody asked for. */
  sendUnasked(reply: Uint8Array): void {
    for (const listener of this.#lateListeners) listener(reply);
  }

  async exchange(message: Uint8Array, deadlineMs: number): Promise<Exchange> {
    const call = new ExchangeCall(this.#clock, deadlineMs);
    this.#last = this.#last.then(() => {
      if (!call.isOver) this.#send(message.slice(), call);
      return call.outcome;
    });
    return call.outcome;
  }

  onLateReply(listener: (reply: Uint8Array) => void): void {
    this.#lateListeners.push(listener);
  }

  #send(message: Uint8Array, call: ExchangeCall): void {
    if (this.#downReason !== undefined) return call.end({ kind: 'notSent', reason: this.#downReason });
    call.isSent = true;
    const index = this.#requests.push(message) - 1;
    const answer = (reply: Uint8Array) =>
      call.isOver ? this.sendUnasked(reply) : call.end({ kind: 'replied', reply });
    this.#script({
      message,
      index,
      reply: (bytes, afterMs = 0) => {
        if (afterMs === 0) answer(bytes);
        else this.#clock.setTimeout(() => answer(bytes), afterMs);
      },
      disconnect: () => call.end({ kind: 'unknown', reason: 'disconnected' }),
    });
  }
}

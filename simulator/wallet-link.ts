import { bytesOfUtf8, textOfUtf8 } from '../firmware/base/text.ts';
import type { Clock, Exchange, HostLink } from '../firmware/hal/index.ts';
import { ExchangeCall } from '../hal-mock/exchange-call.ts';
import { FaultSwitches } from './fault-switches.ts';
import type { Wallet, WalletAnswer } from './wallet/wallet.ts';

/** What a script can do to one exchange with the wallet, below the wallet itself. */
export type WalletLinkFault =
  | { readonly kind: 'notSent'; readonly reason: 'refused' | 'unreachable' | 'closed' }
  /** The connection breaks; `delivered` says whether the request still arrived. */
  | { readonly kind: 'disconnected'; readonly delivered: boolean }
  /** The answer takes so much longer; beyond the deadline it comes late. */
  | { readonly kind: 'delayReply'; readonly byMs: number };

/**
 * A host link straight to a simulated wallet: the message is a form body in UTF-8, the reply the JSON text. An HTTP
 * status other than 200 says nothing about the money and is `unknown`.
 */
export function memoryWalletLink(
  wallet: Wallet,
  clock: Clock,
  latencyMs: number,
  faults: FaultSwitches<WalletLinkFault> = new FaultSwitches(),
): HostLink {
  return new MemoryWalletLink(wallet, clock, latencyMs, faults);
}

class MemoryWalletLink implements HostLink {
  readonly #wallet: Wallet;
  readonly #clock: Clock;
  readonly #latencyMs: number;
  readonly #faults: FaultSwitches<WalletLinkFault>;
  #previous: Promise<unknown> = Promise.resolve();
  #onLateReply: (reply: Uint8Array) => void = () => undefined;

  constructor(wallet: Wallet, clock: Clock, latencyMs: number, faults: FaultSwitches<WalletLinkFault>) {
    this.#wallet = wallet;
    this.#clock = clock;
    this.#latencyMs = latencyMs;
    this.#faults = faults;
  }

  exchange(message: Uint8Array, deadlineMs: number): Promise<Exchange> {
    const call = new ExchangeCall(this.#clock, deadlineMs);
    const body = textOfUtf8(message) ?? '';
    this.#previous = this.#previous.then(() => {
      if (!call.isOver) this.#begin(body, call);
      return call.outcome;
    });
    return call.outcome;
  }

  onLateReply(listener: (reply: Uint8Array) => void): void {
    this.#onLateReply = listener;
  }

  #begin(body: string, call: ExchangeCall): void {
    const notSent = this.#faults.take('notSent');
    if (notSent !== undefined || this.#faults.down || this.#wallet.faults.down) {
      const reason = notSent?.reason ?? 'refused';
      this.#later(2 * this.#latencyMs, () => call.end({ kind: 'notSent', reason }));
      return;
    }
    call.isSent = true;
    const broken = this.#faults.take('disconnected');
    if (broken === undefined) {
      this.#deliver(body, (exchange) => this.#finish(call, exchange));
      return;
    }
    if (broken.delivered) this.#deliver(body, () => undefined);
    this.#later(2 * this.#latencyMs, () => call.end({ kind: 'unknown', reason: 'disconnected' }));
  }

  #finish(call: ExchangeCall, exchange: Exchange): void {
    if (!call.isOver) call.end(exchange);
    else if (exchange.kind === 'replied') this.#onLateReply(exchange.reply);
  }

  /** Takes the request to the wallet and its answer back, each with the latency. */
  #deliver(body: string, done: (exchange: Exchange) => void): void {
    const delayMs = this.#faults.take('delayReply')?.byMs ?? 0;
    this.#later(this.#latencyMs, () => {
      const answer = this.#wallet.handle(body);
      if (answer.kind === 'silent') return;
      this.#later(answer.afterMs + delayMs + this.#latencyMs, () => done(exchangeOf(answer)));
    });
  }

  #later(delayMs: number, action: () => void): void {
    this.#clock.setTimeout(action, delayMs);
  }
}

function exchangeOf(answer: Extract<WalletAnswer, { readonly kind: 'reply' }>): Exchange {
  if (answer.status !== 200) return { kind: 'unknown', reason: 'disconnected' };
  return { kind: 'replied', reply: bytesOfUtf8(answer.body) };
}

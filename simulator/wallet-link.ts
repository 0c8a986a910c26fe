import type { Clock, Exchange, HostLink } from '../firmware/hal/index.ts';
import { ExchangeCall } from '../hal-mock/exchange-call.ts';
import { FaultSwitches } from './fault-switches.ts';
import { decodeWebRequest, encodeWebReply, type WebReply } from '../firmware/protocol/wallet/web-message.ts';
import type { WalletLinkFault } from './wallet/link-faults.ts';
import { WalletNotices } from './wallet/notifications.ts';
import type { WebHosts } from './wallet/web-host.ts';

export type { WalletLinkFault } from './wallet/link-faults.ts';

/** A host link straight to the simulated hosts of wallets: web requests and replies without HTTP between them. */
export function memoryWalletLink(
  hosts: WebHosts,
  clock: Clock,
  latencyMs: number,
  faults: FaultSwitches<WalletLinkFault> = new FaultSwitches(),
): HostLink {
  return new MemoryWalletLink(hosts, clock, latencyMs, faults);
}

class MemoryWalletLink implements HostLink {
  readonly #hosts: WebHosts;
  readonly #clock: Clock;
  readonly #latencyMs: number;
  readonly #faults: FaultSwitches<WalletLinkFault>;
  readonly #notices: WalletNotices;
  #previous: Promise<unknown> = Promise.resolve();
  #onLateReply: (reply: Uint8Array) => void = () => undefined;

  constructor(hosts: WebHosts, clock: Clock, latencyMs: number, faults: FaultSwitches<WalletLinkFault>) {
    this.#hosts = hosts;
    this.#clock = clock;
    this.#latencyMs = latencyMs;
    this.#faults = faults;
    this.#notices = new WalletNotices(faults);
  }

  exchange(message: Uint8Array, deadlineMs: number): Promise<Exchange> {
    const call = new ExchangeCall(this.#clock, deadlineMs);
    this.#previous = this.#previous.then(() => {
      if (!call.isOver) this.#begin(message, call);
      return call.outcome;
    });
    return call.outcome;
  }

  onLateReply(listener: (reply: Uint8Array) => void): void {
    this.#onLateReply = listener;
  }

  #begin(message: Uint8Array, call: ExchangeCall): void {
    const notSent = this.#faults.take('notSent');
    if (notSent !== undefined || this.#faults.down || this.#hosts.isDown(decodeWebRequest(message).host)) {
      const reason = notSent?.reason ?? 'refused';
      this.#later(2 * this.#latencyMs, () => call.end({ kind: 'notSent', reason }));
      return;
    }
    call.isSent = true;
    const broken = this.#faults.take('disconnected');
    if (broken === undefined) {
      this.#deliver(message, (exchange) => this.#finish(call, exchange));
      return;
    }
    if (broken.delivered) this.#deliver(message, () => undefined);
    this.#later(2 * this.#latencyMs, () => call.end({ kind: 'unknown', reason: 'disconnected' }));
  }

  #finish(call: ExchangeCall, exchange: Exchange): void {
    if (!call.isOver) call.end(exchange);
    else if (exchange.kind === 'replied') this.#onLateReply(exchange.reply);
  }

  /** Takes the request to the wallet and its answer back, each with the latency, and whatever comes unasked with it. */
  #deliver(message: Uint8Array, done: (exchange: Exchange) => void): void {
    const delayMs = this.#faults.take('delayReply')?.byMs ?? 0;
    this.#later(this.#latencyMs, () => {
      const answer = this.#hosts.handle(decodeWebRequest(message));
      if (answer.kind === 'silent') return;
      const afterMs = answer.afterMs + delayMs;
      for (const notice of this.#notices.beside(answer.reply, afterMs)) {
        this.#later(notice.afterMs + this.#latencyMs, () => this.#onLateReply(encodeWebReply(notice.reply)));
      }
      this.#later(afterMs + this.#latencyMs, () => done(replied(answer.reply)));
    });
  }

  #later(delayMs: number, action: () => void): void {
    this.#clock.setTimeout(action, delayMs);
  }
}

function replied(reply: WebReply): Exchange {
  return { kind: 'replied', reply: encodeWebReply(reply) };
}

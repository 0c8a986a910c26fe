import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { concatBytes } from '../../firmware/base/bytes.ts';
import type { Clock, Dial, Exchange, HostLink } from '../../firmware/hal/index.ts';
import { ConnectionStream } from './connection-stream.ts';
import { dialFor, ExchangeQueue, type PendingExchange } from './exchange-queue.ts';
import { LATE_REPLY_WAIT_MS } from './length-framed-link.ts';

/** Wallet replies are some 2 KB of JSON; more than this is not read. */
const REPLY_BYTES_MAX = 64 * 1024;

/** How an {@link HttpsWalletLink} is built. */
export interface HttpsWalletLinkOptions {
  /** Of the wallet's gateway; gives path and host header. */
  readonly url: string;
  /** Opens TLS where the address says https; see `urlDial`. */
  readonly dial: Dial;
  readonly clock: Clock;
  readonly connectTimeoutMs: number;
}

/** The whole body, or undefined when it is cut off or too long. */
async function bodyOf(response: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of response as AsyncIterable<Uint8Array>) {
      length += chunk.length;
      if (length > REPLY_BYTES_MAX) return undefined;
      chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  return response.complete ? concatBytes(...chunks) : undefined;
}

/** Sends one form over a fresh connection; undefined unless a whole reply with status 200 came back. */
async function postForm(stream: Duplex, url: URL, form: Uint8Array): Promise<Uint8Array | undefined> {
  // Loaded with the first payment: a terminal that starts has none yet.
  const { request } = await import('node:http');
  return new Promise((resolve) => {
    const post = request({
      createConnection: () => stream,
      method: 'POST',
      path: url.pathname + url.search,
      headers: {
        Host: url.host,
        'Content-Type': 'application/x-www-form-urlencoded;charset=utf-8',
        'Content-Length': form.length,
        'Accept-Encoding': 'identity',
        Connection: 'close',
      },
    });
    post.on('error', () => resolve(undefined));
    post.on('close', () => resolve(undefined));
    post.on('response', (response) => {
      if (response.statusCode === 200) void bodyOf(response).then(resolve);
      else resolve(undefined);
    });
    post.end(form);
  });
}

/**
 * A wallet's open API: the form body goes out as POST, the JSON text comes back. Each exchange has a connection of its
 * own, so that a late reply cannot be taken for another; it is heard for a minute after the deadline.
 *
 * Any status but 200, a body that is cut off and one over 64 KB are `unknown`, reason `disconnected`: a gateway in
 * between may have passed the request on before it failed, and only the wallet's signed answer says what happened.
 * Redirects are not followed.
 */
export class HttpsWalletLink implements HostLink {
  readonly #options: HttpsWalletLinkOptions;
  readonly #url: URL;
  readonly #queue: ExchangeQueue;
  readonly #lateListeners: ((reply: Uint8Array) => void)[] = [];
  readonly #streams = new Set<Duplex>();
  #isClosed = false;

  constructor(options: HttpsWalletLinkOptions) {
    this.#options = options;
    this.#url = new URL(options.url);
    this.#queue = new ExchangeQueue(options.clock);
  }

  async exchange(message: Uint8Array, deadlineMs: number): Promise<Exchange> {
    return this.#queue.run(deadlineMs, (exchange) => this.#exchange(message, exchange));
  }

  onLateReply(listener: (reply: Uint8Array) => void): void {
    this.#lateListeners.push(listener);
  }

  /** Ends the link for good: what goes on becomes `unknown`, what comes later `notSent`. */
  close(): void {
    this.#isClosed = true;
    for (const stream of this.#streams) stream.destroy();
  }

  async #exchange(form: Uint8Array, exchange: PendingExchange): Promise<void> {
    const { dial, clock, connectTimeoutMs } = this.#options;
    const connection = this.#isClosed ? undefined : await dialFor(exchange, dial, clock, connectTimeoutMs);
    if (this.#isClosed) exchange.end({ kind: 'notSent', reason: 'closed' });
    if (connection === undefined) return;
    if (exchange.isOver) return connection.close();
    exchange.beginSending();
    void this.#post(new ConnectionStream(connection), form, exchange);
    await exchange.outcome;
  }

  async #post(stream: Duplex, form: Uint8Array, exchange: PendingExchange): Promise<void> {
    const { clock } = this.#options;
    this.#streams.add(stream);
    const sent = postForm(stream, this.#url, form);
    const ended = exchange.outcome.then(() => clock.setTimeout(() => stream.destroy(), LATE_REPLY_WAIT_MS));
    const reply = await sent;
    if (exchange.isOver && reply !== undefined) for (const listener of this.#lateListeners) listener(reply);
    exchange.end(reply === undefined ? { kind: 'unknown', reason: 'disconnected' } : { kind: 'replied', reply });
    clock.clearTimeout(await ended);
    stream.destroy();
    this.#streams.delete(stream);
  }
}

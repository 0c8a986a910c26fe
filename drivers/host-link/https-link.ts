import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { concatBytes } from '../../firmware/base/bytes.ts';
import { textOfUtf8 } from '../../firmware/base/text.ts';
import type { Clock, Dial, Exchange, HostLink, WalletHost } from '../../firmware/hal/index.ts';
import {
  decodeWebRequest,
  encodeWebReply,
  isWebHeader,
  type WebReply,
  type WebRequest,
} from '../../firmware/protocol/wallet/web-message.ts';
import { ConnectionStream } from './connection-stream.ts';
import { dialFor, ExchangeQueue, type PendingExchange } from './exchange-queue.ts';
import { LATE_REPLY_WAIT_MS } from './length-framed-link.ts';

/** Wallet replies are some 2 KB of JSON; more than this is not read. */
const REPLY_BYTES_MAX = 64 * 1024;
/** Of one reply; hosts send a dozen. */
const HEADERS_MAX = 48;

/** Where one host is. */
export interface WalletAddress {
  /** Base address: a request's path is appended to its path. */
  readonly url: string;
  /** Opens TLS where the address says https; see `urlDial`. */
  readonly dial: Dial;
}

/** How an {@link HttpsWalletLink} is built. */
export interface HttpsWalletLinkOptions {
  /** Hosts without an address are out of reach. */
  readonly hosts: Readonly<Partial<Record<WalletHost, WalletAddress>>>;
  readonly clock: Clock;
  readonly connectTimeoutMs: number;
}

/** The whole body, or undefined when it is cut off or too long. */
async function bodyOf(response: IncomingMessage): Promise<string | undefined> {
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
  return response.complete ? textOfUtf8(concatBytes(...chunks)) : undefined;
}

async function replyOf(response: IncomingMessage): Promise<WebReply | undefined> {
  const body = await bodyOf(response);
  if (body === undefined) return undefined;
  const headers = Object.entries(response.headers)
    .map(([name, value]) => [name, String(value)] as const)
    .filter(([name, value]) => isWebHeader(name, value))
    .slice(0, HEADERS_MAX);
  return { status: response.statusCode ?? 500, headers: Object.fromEntries(headers), body };
}

/** Sends one request over a fresh connection; undefined unless a whole reply came back. */
async function send(stream: Duplex, base: URL, message: WebRequest): Promise<WebReply | undefined> {
  // Loaded with the first payment: a terminal that starts has none yet.
  const { request } = (await import('node:http')).default;
  const body = Buffer.from(message.body, 'utf8');
  return new Promise((resolve) => {
    const sent = request({
      createConnection: () => stream,
      method: message.method,
      path: base.pathname.replace(/\/$/, '') + message.path,
      headers: {
        ...message.headers,
        Host: base.host,
        ...(message.method === 'GET' ? {} : { 'Content-Length': body.length }),
        'Accept-Encoding': 'identity',
        Connection: 'close',
      },
    });
    sent.on('error', () => resolve(undefined));
    sent.on('close', () => resolve(undefined));
    sent.on('response', (response) => void replyOf(response).then(resolve));
    sent.end(message.method === 'GET' ? undefined : body);
  });
}

/**
 * The web APIs of wallets: a message is a web request in the text form of `web-message.ts`, and so is its reply. Each
 * exchange has a connection of its own, so that a late reply cannot be taken for another; it is heard for a minute after
 * the deadline.
 *
 * Every status is passed on, because hosts sign refusals whatever their status: what the signature covers says what
 * happened, and a reply of a gateway in between has none. A body that is cut off, is no UTF-8 or is over 64 KB is `unknown`,
 * reason `disconnected`. Redirects are not followed.
 */
export class HttpsWalletLink implements HostLink {
  readonly #options: HttpsWalletLinkOptions;
  readonly #queue: ExchangeQueue;
  readonly #lateListeners: ((reply: Uint8Array) => void)[] = [];
  readonly #streams = new Set<Duplex>();
  #isClosed = false;

  constructor(options: HttpsWalletLinkOptions) {
    this.#options = options;
    this.#queue = new ExchangeQueue(options.clock);
  }

  async exchange(message: Uint8Array, deadlineMs: number): Promise<Exchange> {
    const request = decodeWebRequest(message);
    return this.#queue.run(deadlineMs, (exchange) => this.#exchange(request, exchange));
  }

  onLateReply(listener: (reply: Uint8Array) => void): void {
    this.#lateListeners.push(listener);
  }

  /** Ends the link for good: what goes on becomes `unknown`, what comes later `notSent`. */
  close(): void {
    this.#isClosed = true;
    for (const stream of this.#streams) stream.destroy();
  }

  async #exchange(request: WebRequest, exchange: PendingExchange): Promise<void> {
    const { hosts, clock, connectTimeoutMs } = this.#options;
    const address = hosts[request.host];
    if (address === undefined) return exchange.end({ kind: 'notSent', reason: 'unreachable' });
    const connection = this.#isClosed ? undefined : await dialFor(exchange, address.dial, clock, connectTimeoutMs);
    if (this.#isClosed) exchange.end({ kind: 'notSent', reason: 'closed' });
    if (connection === undefined) return;
    if (exchange.isOver) return connection.close();
    exchange.beginSending();
    void this.#send(new ConnectionStream(connection), new URL(address.url), request, exchange);
    await exchange.outcome;
  }

  async #send(stream: Duplex, base: URL, request: WebRequest, exchange: PendingExchange): Promise<void> {
    const { clock } = this.#options;
    this.#streams.add(stream);
    const sent = send(stream, base, request);
    const ended = exchange.outcome.then(() => clock.setTimeout(() => stream.destroy(), LATE_REPLY_WAIT_MS));
    const web = await sent;
    const reply = web && encodeWebReply(web);
    if (exchange.isOver && reply !== undefined) for (const listener of this.#lateListeners) listener(reply);
    exchange.end(reply === undefined ? { kind: 'unknown', reason: 'disconnected' } : { kind: 'replied', reply });
    clock.clearTimeout(await ended);
    stream.destroy();
    this.#streams.delete(stream);
  }
}

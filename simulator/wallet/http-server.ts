import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isWebHeader, WALLET_HOSTS, type WebRequest } from '../../firmware/protocol/wallet/web-message.ts';
import type { Clock } from '../../firmware/hal/index.ts';
import { type ListeningHost, listening } from '../listening.ts';
import type { WebHosts } from './web-host.ts';

/** Where the wallets' hosts listen, and how much it puts up with. */
export interface WalletListenOptions {
  /** `127.0.0.1` unless told. */
  readonly host?: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** PEM texts; without them it is plain HTTP. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly maxConnections?: number;
  readonly idleTimeoutMs?: number;
}

/** A payment request is about 2 KB. */
const BODY_BYTES_MAX = 65_536;
const MAX_CONNECTIONS = 64;
const IDLE_TIMEOUT_MS = 180_000;

/**
 * Serves all hosts at one port: the first part of the path is the host's name, so that `http://127.0.0.1:PORT/alipay` is
 * the base address of Alipay's. Bodies, connections and idle time are bounded.
 */
export async function listenWallets(
  hosts: WebHosts,
  clock: Clock,
  options: WalletListenOptions,
): Promise<ListeningHost> {
  const { host = '127.0.0.1', port, tls, maxConnections = MAX_CONNECTIONS, idleTimeoutMs = IDLE_TIMEOUT_MS } = options;
  const answering = (request: IncomingMessage, response: ServerResponse): void =>
    serve(hosts, clock, request, response);
  const server = tls === undefined ? createServer(answering) : await secureServer(tls, answering);
  server.maxConnections = maxConnections;
  server.requestTimeout = idleTimeoutMs;
  server.setTimeout(idleTimeoutMs);
  return {
    port: await listening(server, host, port),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function secureServer(
  tls: NonNullable<WalletListenOptions['tls']>,
  answering: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Server> {
  const { createServer: createSecureServer } = (await import('node:https')).default;
  return createSecureServer({ ...tls, minVersion: 'TLSv1.2' }, answering);
}

function serve(hosts: WebHosts, clock: Clock, request: IncomingMessage, response: ServerResponse): void {
  const asked = requestOf(request);
  if (asked === undefined) return end(response, 404, {}, '');
  if (hosts.isDown(asked.host)) {
    request.destroy();
    return;
  }
  const chunks: Buffer[] = [];
  let length = 0;
  request.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length <= BODY_BYTES_MAX) chunks.push(chunk);
    else refuseBody(request, response);
  });
  request.on('end', () => {
    if (length > BODY_BYTES_MAX) return;
    answer(hosts, clock, { ...asked, body: Buffer.concat(chunks).toString('utf8') }, response);
  });
}

/** Without its body; `undefined` for a path that begins with no host. */
function requestOf({ method, url = '', headers }: IncomingMessage): WebRequest | undefined {
  const [, name, rest = ''] = /^\/([a-z]+)(\/.*)?$/.exec(url) ?? [];
  const host = WALLET_HOSTS.find((each) => each === name);
  if (host === undefined) return undefined;
  const named = Object.entries(headers).map(([header, value]) => [header, String(value)] as const);
  return {
    host,
    method: method === 'GET' ? 'GET' : 'POST',
    path: rest === '' ? '/' : rest,
    headers: Object.fromEntries(named.filter(([header, value]) => isWebHeader(header, value))),
    body: '',
  };
}

function refuseBody(request: IncomingMessage, response: ServerResponse): void {
  if (response.headersSent) return;
  response.on('finish', () => request.destroy());
  end(response, 413, {}, '');
}

/** A silent host leaves the request open until the terminal or the idle timeout ends it. */
function answer(hosts: WebHosts, clock: Clock, request: WebRequest, response: ServerResponse): void {
  const outcome = hosts.handle(request);
  if (outcome.kind === 'silent') return;
  const { status, headers, body } = outcome.reply;
  const timer = clock.setTimeout(() => end(response, status, headers, body), outcome.afterMs);
  response.on('close', () => clock.clearTimeout(timer));
}

function end(response: ServerResponse, status: number, headers: Readonly<Record<string, string>>, body: string): void {
  response.writeHead(status, headers);
  response.end(body);
}

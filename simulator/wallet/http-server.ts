import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type ListeningHost, listening } from '../listening.ts';
import type { Wallet } from './wallet.ts';

/** Where the wallet listens, and how much it puts up with. */
export interface WalletListenOptions {
  /** `127.0.0.1` unless told. */
  readonly host?: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly maxConnections?: number;
  readonly idleTimeoutMs?: number;
}

/** The one path of the wallet's gateway. */
export const GATEWAY_PATH = '/gateway.do';

/** A payment request is about 2 KB. */
const BODY_BYTES_MAX = 65_536;
const MAX_CONNECTIONS = 64;
const IDLE_TIMEOUT_MS = 180_000;

/** Serves a wallet: `POST /gateway.do` with a form body. Bodies, connections and idle time are bounded. */
export async function listenWallet(wallet: Wallet, options: WalletListenOptions): Promise<ListeningHost> {
  const { host = '127.0.0.1', port, maxConnections = MAX_CONNECTIONS, idleTimeoutMs = IDLE_TIMEOUT_MS } = options;
  const server = createServer((request, response) => serve(wallet, request, response));
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

function serve(wallet: Wallet, request: IncomingMessage, response: ServerResponse): void {
  if (wallet.faults.down) {
    request.destroy();
    return;
  }
  if (request.method !== 'POST' || request.url?.split('?')[0] !== GATEWAY_PATH) {
    end(response, request.method === 'POST' ? 404 : 405, '');
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
    if (length <= BODY_BYTES_MAX) answer(wallet, Buffer.concat(chunks).toString('utf8'), response);
  });
}

function refuseBody(request: IncomingMessage, response: ServerResponse): void {
  if (response.headersSent) return;
  response.on('finish', () => request.destroy());
  end(response, 413, '');
}

/** A silent wallet leaves the request open until the terminal or the idle timeout ends it. */
function answer(wallet: Wallet, body: string, response: ServerResponse): void {
  const outcome = wallet.handle(body);
  if (outcome.kind === 'silent') return;
  const timer = wallet.clock.setTimeout(() => end(response, outcome.status, outcome.body), outcome.afterMs);
  response.on('close', () => wallet.clock.clearTimeout(timer));
}

function end(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'text/html;charset=utf-8' });
  response.end(body);
}

import { createServer, type Server, type Socket } from 'node:net';
import { type ListeningHost, listening } from '../listening.ts';
import type { Acquirer } from './acquirer.ts';
import { AcquirerSession } from './session.ts';

/** Where the acquirer listens, and how much it puts up with. */
export interface AcquirerListenOptions {
  /** `127.0.0.1` unless told: a simulated host has no business on a network. */
  readonly host?: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** PEM texts; without them the connection is plain TCP. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly maxConnections?: number;
  readonly idleTimeoutMs?: number;
}

const MAX_CONNECTIONS = 64;

/** Longer than the longest answer takes, so that silence is the terminal's to end. */
const IDLE_TIMEOUT_MS = 180_000;

/**
 * Serves an acquirer over TCP or TLS. Frames are bounded by the framer, connections by number and idle time. A listening
 * port cannot refuse a single connection, so one that is to be refused is accepted and closed at once.
 */
export async function listenAcquirer(acquirer: Acquirer, options: AcquirerListenOptions): Promise<ListeningHost> {
  const { host = '127.0.0.1', port, tls, maxConnections = MAX_CONNECTIONS } = options;
  const open = new Set<Socket>();
  const serve = (socket: Socket): void => serveSocket(acquirer, socket, options.idleTimeoutMs ?? IDLE_TIMEOUT_MS);
  const server = await serverOf(serve, tls);
  server.maxConnections = maxConnections;
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  return { port: await listening(server, host, port), close: () => closed(server, open) };
}

async function serverOf(serve: (socket: Socket) => void, tls: AcquirerListenOptions['tls']): Promise<Server> {
  if (tls === undefined) return createServer(serve);
  const { createServer: createTlsServer } = (await import('node:tls')).default;
  return createTlsServer({ ...tls, minVersion: 'TLSv1.2' }, serve);
}

function serveSocket(acquirer: Acquirer, socket: Socket, idleTimeoutMs: number): void {
  // A socket that fails also closes; there is nobody to tell.
  socket.on('error', () => undefined);
  const { faults } = acquirer;
  const isRefused = faults.take('refuseConnect') !== undefined || faults.take('unreachable') !== undefined;
  if (isRefused || faults.down) {
    socket.destroy();
    return;
  }
  const session = new AcquirerSession(acquirer, {
    send: (bytes) => void socket.write(bytes),
    close: () => socket.destroySoon(),
  });
  socket.setNoDelay(true);
  socket.setTimeout(idleTimeoutMs, () => socket.destroy());
  socket.on('data', (chunk) => session.receive(new Uint8Array(chunk)));
  socket.on('close', () => session.end());
}

function closed(server: Server, open: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of open) socket.destroy();
  });
}

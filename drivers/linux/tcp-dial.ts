import { connect as connectTcp, type Socket } from 'node:net';
import { HalError } from '../../firmware/hal/hal-error.ts';
import type { Connection, Dial, DialFailure } from '../../firmware/hal/index.ts';
import type { TlsTrust } from './tls-connect.ts';

export type { TlsTrust } from './tls-connect.ts';

/** Where to connect, and how. */
export interface TcpDialOptions {
  readonly host: string;
  readonly port: number;
  /** With it there is TLS or no connection; never plain TCP instead. */
  readonly tls?: TlsTrust;
  /** Until TCP and TLS stand, in real time. */
  readonly timeoutMs?: number;
  /** Told why a connection failed (`ECONNREFUSED`, `CERT_HAS_EXPIRED`, …), for the log. */
  readonly onFailure?: (code: string) => void;
}

const TIMEOUT_MS_DEFAULT = 20_000;
/** Finds a peer that vanished without a word while the link is idle; shorter than the timeouts of mobile networks. */
const KEEP_ALIVE_MS = 30_000;

/** A connected socket as the port's connection. */
function connectionOf(socket: Socket): Connection {
  let isOurs = true;
  return {
    write(bytes) {
      if (socket.writable) socket.write(bytes);
    },
    onData(listener) {
      socket.on('data', (chunk) => isOurs && listener(new Uint8Array(chunk as Uint8Array)));
    },
    onClose(listener) {
      if (socket.closed) queueMicrotask(listener);
      else socket.once('close', () => listener());
    },
    close() {
      isOurs = false;
      socket.destroySoon();
    },
  };
}

/** A host that answers but will not have us, or cannot prove who it is, has `refused`; all else is `unreachable`. */
function failureOf(code: string, wasReached: boolean): DialFailure {
  return wasReached || code === 'ECONNREFUSED' ? 'refused' : 'unreachable';
}

/** Opens TCP connections to one host, or TLS ones: 1.2 or later, authenticated ciphers, pinned authority, name checked. */
export function tcpDial({ host, port, tls, timeoutMs = TIMEOUT_MS_DEFAULT, onFailure }: TcpDialOptions): Dial {
  return async () => {
    const socket = await openSocket(host, port, tls);
    return new Promise((resolve) => {
      let wasReached = false;
      let code = 'ECLOSED';
      socket.setNoDelay(true);
      socket.setKeepAlive(true, KEEP_ALIVE_MS);
      socket.setTimeout(timeoutMs, () => socket.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })));
      socket.once('connect', () => (wasReached = true));
      socket.on('error', (error: NodeJS.ErrnoException) => (code = error.code ?? 'unknown'));
      const fail = () => {
        onFailure?.(code);
        resolve({ kind: 'failed', reason: failureOf(code, wasReached) });
      };
      socket.once('close', fail);
      socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
        socket.off('close', fail);
        socket.setTimeout(0);
        resolve({ kind: 'connected', connection: connectionOf(socket) });
      });
    });
  };
}

async function openSocket(host: string, port: number, tls: TlsTrust | undefined): Promise<Socket> {
  if (tls === undefined) return connectTcp({ host, port });
  // Loaded where it is needed: TLS takes a tenth of a cold start.
  const { connectTls } = await import('./tls-connect.ts');
  return connectTls(host, port, tls);
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/**
 * Opens connections to the host of an address: `https` with TLS and the given trust, `http` only to this machine, for a
 * simulator. Throws `HalError` `security` for anything else.
 */
export function urlDial(address: string, tls?: Omit<TlsTrust, 'servername'>): Dial {
  const { protocol, hostname, port } = new URL(address);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  if (protocol === 'https:' && tls !== undefined) {
    return tcpDial({ host, port: Number(port || 443), tls: { ...tls, servername: host } });
  }
  if (protocol === 'http:' && isLoopback(hostname)) return tcpDial({ host, port: Number(port || 80) });
  throw new HalError('security', 'wallet', 'address without TLS, or TLS without trusted authorities');
}

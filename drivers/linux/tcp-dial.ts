import { createHash, X509Certificate } from 'node:crypto';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls, type PeerCertificate } from 'node:tls';
import { HalError } from '../../firmware/hal/hal-error.ts';
import type { Connection, Dial, DialFailure } from '../../firmware/hal/index.ts';

/** Whom a TLS connection trusts: nobody but the authorities named here. */
export interface TlsTrust {
  /** PEM certificates of the authorities; the system's store is not looked at. */
  readonly ca: string | readonly string[];
  /** The name or address that the host's certificate must carry. */
  readonly servername: string;
  /** The terminal's own certificate and key (PEM), where the host asks for them. */
  readonly cert?: string;
  readonly key?: string;
  /** Base64 SHA-256 of public keys (SPKI), one of which the host's certificate must have. */
  readonly pins?: readonly string[];
}

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

/** Authenticated encryption and forward secrecy only (PCI PTS POI, open protocols); the first three are TLS 1.3's. */
const CIPHERS = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
].join(':');

function pinOf(certificate: PeerCertificate): string {
  const spki = new X509Certificate(certificate.raw).publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest('base64');
}

function pinError(pins: readonly string[], certificate: PeerCertificate): Error | undefined {
  if (pins.length === 0 || pins.includes(pinOf(certificate))) return undefined;
  return Object.assign(new Error('public key is not pinned'), { code: 'PIN_MISMATCH' });
}

function openTls(host: string, port: number, { ca, servername, cert, key, pins = [] }: TlsTrust): Socket {
  return connectTls({
    host,
    port,
    // An address is no server name indication (RFC 6066); the certificate is checked against it all the same.
    servername: isIP(servername) === 0 ? servername : '',
    ca: typeof ca === 'string' ? ca : [...ca],
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    minVersion: 'TLSv1.2',
    ciphers: CIPHERS,
    rejectUnauthorized: true,
    checkServerIdentity: (_host, certificate) =>
      checkServerIdentity(servername, certificate) ?? pinError(pins, certificate),
  });
}

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
  return () =>
    new Promise((resolve) => {
      const socket = tls === undefined ? connectTcp({ host, port }) : openTls(host, port, tls);
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

import { createHash, X509Certificate } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect, type ConnectionOptions, type PeerCertificate } from 'node:tls';

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

/** Begins a TLS connection: 1.2 or later, authenticated ciphers, nothing trusted but what `trust` names. */
export function connectTls(host: string, port: number, { ca, servername, cert, key, pins = [] }: TlsTrust): Socket {
  return connect({
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

/** The same trust for `node:https`, which follows redirections: every host is checked by its own name. */
export function httpsTrust({ ca, pins = [] }: Omit<TlsTrust, 'servername'>) {
  return {
    ca: typeof ca === 'string' ? ca : [...ca],
    minVersion: 'TLSv1.2',
    ciphers: CIPHERS,
    checkServerIdentity: (host: string, certificate: PeerCertificate) =>
      checkServerIdentity(host, certificate) ?? pinError(pins, certificate),
  } satisfies ConnectionOptions;
}

import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer as createTcpServer } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { afterEach, describe, expect, it } from '@jest/globals';
import { tcpDial, type TcpDialOptions, type TlsTrust, urlDial } from '../../../drivers/linux/tcp-dial.ts';
import { latin1Of } from '../../../firmware/base/bytes.ts';
import type { Connection } from '../../../firmware/hal/index.ts';
import { LoopbackServer } from '../host-link/hosts.ts';

function pem(name: string): string {
  return readFileSync(new URL(`../../fixtures/tls/${name}.pem`, import.meta.url), 'utf8');
}

function certificate(name: string): { readonly cert: string; readonly key: string } {
  return { cert: pem(name), key: pem(`${name}.key`) };
}

function pinOf(name: string): string {
  const spki = new X509Certificate(pem(name)).publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest('base64');
}

const TRUST: TlsTrust = { ca: pem('authority'), servername: 'acquirer.test' };

let server: LoopbackServer | undefined;
afterEach(async () => server?.close());

/** A TLS host that answers what it gets in capitals; `heard` is what reached it as clear text. */
async function tlsHost(options: TlsOptions) {
  const heard: string[] = [];
  const tls = createTlsServer(options, (socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data: Buffer) => {
      heard.push(data.toString());
      socket.write(data.toString().toUpperCase());
    });
  });
  tls.on('tlsClientError', () => undefined);
  server = new LoopbackServer(tls);
  return { port: await server.listen(), heard };
}

async function dialled(options: Omit<TcpDialOptions, 'host'>) {
  const codes: string[] = [];
  const result = await tcpDial({ host: '127.0.0.1', onFailure: (code) => codes.push(code), ...options })();
  return { result, codes };
}

/** Sends and gives the first bytes that come back. */
async function askedOver(connection: Connection, text: string): Promise<string> {
  const answer = new Promise<string>((resolve) => connection.onData((bytes) => resolve(latin1Of(bytes))));
  connection.write(new TextEncoder().encode(text));
  return answer;
}

async function answerOver(options: Omit<TcpDialOptions, 'host'>): Promise<string> {
  const { result } = await dialled(options);
  if (result.kind !== 'connected') throw new Error(result.reason);
  const answer = await askedOver(result.connection, 'hello');
  const closed = new Promise<void>((resolve) => result.connection.onClose(resolve));
  result.connection.close();
  await closed;
  return answer;
}

describe('tcpDial over TLS', () => {
  it('talks to a host with a good certificate', async () => {
    const { port } = await tlsHost(certificate('host'));
    expect(await answerOver({ port, tls: TRUST })).toBe('HELLO');
  });

  it('checks an address as well as a name', async () => {
    const { port } = await tlsHost(certificate('host'));
    expect(await answerOver({ port, tls: { ...TRUST, servername: '127.0.0.1' } })).toBe('HELLO');
  });

  it('speaks TLS 1.2 with authenticated ciphers', async () => {
    const { port } = await tlsHost({ ...certificate('host'), maxVersion: 'TLSv1.2' });
    expect(await answerOver({ port, tls: TRUST })).toBe('HELLO');
  });

  it('shows its own certificate to a host that asks for one', async () => {
    const { port } = await tlsHost({ ...certificate('host'), ca: pem('authority'), requestCert: true });
    expect(await answerOver({ port, tls: { ...TRUST, ...certificate('terminal') } })).toBe('HELLO');
  });

  it('takes a host whose public key is pinned', async () => {
    const { port } = await tlsHost(certificate('host'));
    expect(await answerOver({ port, tls: { ...TRUST, pins: [pinOf('expired'), pinOf('host')] } })).toBe('HELLO');
  });

  it.each([
    ['an expired certificate', 'expired', 'CERT_HAS_EXPIRED'],
    ['a certificate of the future', 'future', 'CERT_NOT_YET_VALID'],
    ['a certificate for another name', 'wrong-name', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['a certificate of another authority', 'foreign', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['a self-signed certificate', 'self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ])('refuses %s and sends nothing', async (_what, name, code) => {
    const { port, heard } = await tlsHost(certificate(name));
    const { result, codes } = await dialled({ port, tls: TRUST });
    expect(result).toEqual({ kind: 'failed', reason: 'refused' });
    expect(codes).toEqual([code]);
    expect(heard).toEqual([]);
  });

  it('refuses a good certificate whose key is not pinned', async () => {
    const { port } = await tlsHost(certificate('host'));
    const { result, codes } = await dialled({ port, tls: { ...TRUST, pins: [pinOf('expired')] } });
    expect([result, codes]).toEqual([{ kind: 'failed', reason: 'refused' }, ['PIN_MISMATCH']]);
  });

  it.each<[string, TlsOptions]>([
    ['TLS 1.1', { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }],
    ['CBC ciphers only', { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES256-SHA384:ECDHE-ECDSA-AES256-SHA' }],
  ])('does not go down to %s', async (_what, options) => {
    const { port } = await tlsHost({ ...certificate('host'), ...options });
    const { result } = await dialled({ port, tls: TRUST });
    expect(result).toEqual({ kind: 'failed', reason: 'refused' });
  });

  it('does not fall back to plain text when the host speaks no TLS', async () => {
    const heard: Buffer[] = [];
    server = new LoopbackServer(
      createTcpServer((socket) => {
        socket.on('data', (data) => {
          heard.push(data);
          socket.end('200 plain text here\r\n');
        });
      }),
    );
    const { result } = await dialled({ port: await server.listen(), tls: TRUST });
    expect(result).toEqual({ kind: 'failed', reason: 'refused' });
    // 0x16: a handshake record and nothing else reached the host.
    expect(heard[0]?.[0]).toBe(0x16);
  });

  it('gives up when the host never answers the handshake', async () => {
    server = new LoopbackServer();
    const { result, codes } = await dialled({ port: await server.listen(), tls: TRUST, timeoutMs: 50 });
    expect([result, codes]).toEqual([{ kind: 'failed', reason: 'refused' }, ['ETIMEDOUT']]);
  });
});

describe('tcpDial over TCP', () => {
  it('says refused when nobody listens', async () => {
    const gone = new LoopbackServer();
    const port = await gone.listen();
    await gone.close();
    const { result, codes } = await dialled({ port });
    expect([result, codes]).toEqual([{ kind: 'failed', reason: 'refused' }, ['ECONNREFUSED']]);
  });

  it('says unreachable when the name does not resolve', async () => {
    expect(await tcpDial({ host: 'no-such-host.invalid', port: 1 })()).toEqual({
      kind: 'failed',
      reason: 'unreachable',
    });
  });

  it('tells once that the host closed, after all that it had sent', async () => {
    server = new LoopbackServer(createTcpServer((socket) => void socket.end('bye')));
    const { result } = await dialled({ port: await server.listen() });
    if (result.kind !== 'connected') throw new Error(result.reason);
    const { connection } = result;
    const events: string[] = [];
    await new Promise<void>((resolve) => {
      connection.onData((bytes) => events.push(latin1Of(bytes)));
      connection.onClose(() => {
        events.push('closed');
        resolve();
      });
    });
    connection.write(new Uint8Array([1]));
    connection.close();
    expect(events).toEqual(['bye', 'closed']);
  });
});

describe('urlDial', () => {
  it.each([
    ['plain HTTP to another machine', 'http://wallet.example/gateway.do', { ca: TRUST.ca }],
    ['a name that only begins like this machine', 'http://127.0.0.1.example/', undefined],
    ['https without trusted authorities', 'https://wallet.example/gateway.do', undefined],
    ['another scheme', 'ftp://127.0.0.1/', undefined],
  ])('refuses %s', (_what, address, trust) => {
    expect(() => urlDial(address, trust)).toThrow('without TLS');
  });

  it('checks the certificate against the name in the address', async () => {
    const { port } = await tlsHost(certificate('wrong-name'));
    expect(await urlDial(`https://127.0.0.1:${port}/`, { ca: TRUST.ca })()).toEqual({
      kind: 'failed',
      reason: 'refused',
    });
    await server?.close();
    const good = await tlsHost(certificate('host'));
    const result = await urlDial(`https://127.0.0.1:${good.port}/`, { ca: TRUST.ca })();
    expect(result.kind).toBe('connected');
  });
});

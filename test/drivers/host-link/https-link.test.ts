import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { HttpsWalletLink } from '../../../drivers/host-link/https-link.ts';
import { bytesOfUtf8 } from '../../../firmware/base/text.ts';
import type { Exchange } from '../../../firmware/hal/index.ts';
import { decodeWebReply, encodeWebRequest } from '../../../firmware/protocol/wallet/web-message.ts';
import { VirtualClock } from '../../../hal-mock/time.ts';
import { MemoryNetwork, serveHttp } from './hosts.ts';

const BODY = 'method=alipay.trade.pay&biz_content=%7B%7D';
const TYPE = 'application/x-www-form-urlencoded;charset=utf-8';
const FORM = requestOf(BODY);

function requestOf(body: string): Uint8Array {
  const headers = { 'content-type': TYPE };
  return encodeWebRequest({ host: 'alipay', method: 'POST', path: '/gateway.do?charset=utf-8', headers, body });
}

function bodyOf(exchange: Exchange): string | undefined {
  return exchange.kind === 'replied' ? decodeWebReply(exchange.reply).body : undefined;
}
const DEADLINE_MS = 30_000;

function linkTo(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const network = new MemoryNetwork(serveHttp(createServer(answer)));
  const clock = new VirtualClock();
  const hosts = { alipay: { url: 'http://wallet.test:8080/alipay', dial: network.dial } };
  return { network, clock, link: new HttpsWalletLink({ hosts, clock, connectTimeoutMs: 5_000 }) };
}

const UNKNOWN = { kind: 'unknown', reason: 'disconnected' };

describe('HttpsWalletLink', () => {
  it('sends method, path, headers and body as they are, and asks for no compression', async () => {
    const seen: Pick<IncomingMessage, 'method' | 'url' | 'headers'>[] = [];
    const { link } = linkTo(({ method, url, headers }, response) => {
      seen.push({ ...(method && { method }), ...(url && { url }), headers });
      response.end('{}');
    });
    expect(bodyOf(await link.exchange(FORM, DEADLINE_MS))).toBe('{}');
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({ method: 'POST', url: '/alipay/gateway.do?charset=utf-8' });
    expect(seen[0]?.headers).toMatchObject({
      host: 'wallet.test:8080',
      'content-type': 'application/x-www-form-urlencoded;charset=utf-8',
      'content-length': String(BODY.length),
      'accept-encoding': 'identity',
    });
  });

  it('reads a reply in chunks', async () => {
    const { link } = linkTo((_request, response) => {
      response.write('{"花呗":');
      response.end('true}');
    });
    expect(bodyOf(await link.exchange(FORM, DEADLINE_MS))).toBe('{"花呗":true}');
  });

  it.each([201, 204, 302, 400, 404, 500, 502, 503])(
    'passes status %i on with its headers, and follows nothing',
    async (status) => {
      const { link, network } = linkTo((_request, response) => {
        response.writeHead(status, { Location: 'http://elsewhere.test/', 'Wechatpay-Nonce': 'n1' });
        response.end(status === 204 ? undefined : '{"code":"10000"}');
      });
      const exchange = await link.exchange(FORM, DEADLINE_MS);
      const reply = exchange.kind === 'replied' ? decodeWebReply(exchange.reply) : undefined;
      expect(reply).toMatchObject({ status, headers: { 'wechatpay-nonce': 'n1' } });
      expect(reply?.body).toBe(status === 204 ? '' : '{"code":"10000"}');
      expect(network.dials).toBe(1);
    },
  );

  it('reads with GET, and sends no body then', async () => {
    const seen: (string | undefined)[] = [];
    const { link } = linkTo((request, response) => {
      request.on('data', () => seen.push('body'));
      request.on('end', () => response.end(`${seen.push(request.method, request.headers['content-length'])}`));
    });
    const request = encodeWebRequest({
      host: 'alipay',
      method: 'GET',
      path: '/v3/orders/1?mchid=2',
      headers: {},
      body: '',
    });
    expect(bodyOf(await link.exchange(request, DEADLINE_MS))).toBe('2');
    expect(seen).toEqual(['GET', undefined]);
  });

  it('reaches no host that has no address', async () => {
    const { link, network } = linkTo((_request, response) => void response.end('{}'));
    const request = encodeWebRequest({ host: 'jd', method: 'POST', path: '/api/query', headers: {}, body: '{}' });
    expect(await link.exchange(request, DEADLINE_MS)).toEqual({ kind: 'notSent', reason: 'unreachable' });
    expect(network.dials).toBe(0);
  });

  it('takes a reply of 64 KB and nothing longer', async () => {
    const { link } = linkTo((request, response) => {
      request.on('data', (chunk: Buffer) => response.end('x'.repeat(Number(chunk.toString()))));
    });
    expect(bodyOf(await link.exchange(requestOf('65536'), DEADLINE_MS))).toHaveLength(65_536);
    expect(await link.exchange(requestOf('65537'), DEADLINE_MS)).toEqual(UNKNOWN);
  });

  it('never takes part of a reply for the whole', async () => {
    const { link } = linkTo((_request, response) => {
      response.writeHead(200, { 'Content-Length': 100 });
      response.write('{"code":"10000"', () => response.socket?.destroy());
    });
    expect(await link.exchange(FORM, DEADLINE_MS)).toEqual(UNKNOWN);
  });

  it('cannot know what happened when something else than HTTP answers', async () => {
    const network = new MemoryNetwork((end) => end.onData(() => end.write(bytesOfUtf8('SSH-2.0-OpenSSH\r\n\r\n'))));
    const link = new HttpsWalletLink({
      hosts: { alipay: { url: 'http://wallet.test/', dial: network.dial } },
      clock: new VirtualClock(),
      connectTimeoutMs: 5_000,
    });
    expect(await link.exchange(FORM, DEADLINE_MS)).toEqual(UNKNOWN);
  });

  it('holds no connection once the reply is there, nor a minute after a deadline', async () => {
    let isSilent = false;
    const { link, clock, network } = linkTo((_request, response) => void (isSilent || response.end('{}')));
    await link.exchange(FORM, DEADLINE_MS);
    await clock.settle();
    expect(network.openConnections).toBe(0);
    isSilent = true;
    expect(await clock.resolve(link.exchange(FORM, 1_000))).toEqual({ kind: 'unknown', reason: 'deadline' });
    expect(network.openConnections).toBe(1);
    await clock.advance(60_000);
    expect(network.openConnections).toBe(0);
  });

  it('ends what goes on and sends nothing more when it is closed', async () => {
    let count = 0;
    const { link, clock } = linkTo(() => void count++);
    const going = link.exchange(FORM, DEADLINE_MS);
    for (let i = 0; i < 5; i++) await clock.settle();
    link.close();
    expect(await going).toEqual(UNKNOWN);
    expect(await link.exchange(FORM, DEADLINE_MS)).toEqual({ kind: 'notSent', reason: 'closed' });
    expect(count).toBe(1);
  });
});

import { HttpsWalletLink } from '../../../drivers/host-link/https-link.ts';
import { LengthFramedLink } from '../../../drivers/host-link/length-framed-link.ts';
import { SystemClock } from '../../../drivers/linux/clock.ts';
import { tcpDial, urlDial } from '../../../drivers/linux/tcp-dial.ts';
import { MockHostLink } from '../../../hal-mock/host-link.ts';
import { VirtualClock } from '../../../hal-mock/time.ts';
import { hex, hexOf } from '../../../firmware/base/bytes.ts';
import type { HostLink } from '../../../firmware/hal/index.ts';
import { decodeWebReply, encodeWebRequest } from '../../../firmware/protocol/wallet/web-message.ts';
import { hostLinkContract } from '../../contract/host-link.contract.ts';
import { endOf, httpHost, LoopbackServer, MemoryNetwork, RequestQueue, serveFrames, serveHttp } from './hosts.ts';

/** A link of web messages as one of plain bytes, which travel as hex in the bodies. */
function inWebMessages(link: HostLink): HostLink {
  const plain = (reply: Uint8Array): Uint8Array => hex(decodeWebReply(reply).body);
  return {
    onLateReply: (listener) => link.onLateReply((reply) => listener(plain(reply))),
    async exchange(message, deadlineMs) {
      const request = { host: 'alipay', method: 'POST', path: '/', headers: {}, body: hexOf(message) } as const;
      const exchange = await link.exchange(encodeWebRequest(request), deadlineMs);
      return exchange.kind === 'replied' ? { kind: 'replied', reply: plain(exchange.reply) } : exchange;
    },
  };
}

const VIRTUAL_SHORT_MS = 5_000;
const REAL_SHORT_MS = 250;
const connectTimeoutMs = 10_000;

for (const keepOpen of [true, false]) {
  for (const pieceBytes of [Infinity, 1]) {
    const pieces = pieceBytes === 1 ? 'byte by byte' : 'in one piece';
    hostLinkContract(
      `length-framed in memory, ${pieces}, ${keepOpen ? 'kept open' : 'closed after each'}`,
      // A link that closes after the reply does not hear what comes behind it.
      keepOpen ? 'stream' : 'request',
      async () => {
        const clock = new VirtualClock();
        const requests = new RequestQueue();
        const network = new MemoryNetwork((end) => serveFrames(end, requests), pieceBytes);
        const link = new LengthFramedLink({ dial: network.dial, clock, connectTimeoutMs, keepOpen });
        return {
          link,
          nextRequest: () => requests.next(),
          requestCount: () => requests.count,
          goDown: async () => network.goDown(),
          passTime: (promise) => clock.resolve(promise),
          shortMs: VIRTUAL_SHORT_MS,
          dispose: async () => link.close(),
        };
      },
    );
  }
}

hostLinkContract('length-framed over TCP', 'stream', async () => {
  const requests = new RequestQueue();
  const host = new LoopbackServer();
  host.server.on('connection', (socket) => serveFrames(endOf(socket), requests));
  const dial = tcpDial({ host: '127.0.0.1', port: await host.listen() });
  const link = new LengthFramedLink({ dial, clock: new SystemClock(), connectTimeoutMs, keepOpen: true });
  return {
    link,
    nextRequest: () => requests.next(),
    requestCount: () => requests.count,
    goDown: () => host.close(),
    passTime: (promise) => promise,
    shortMs: REAL_SHORT_MS,
    dispose: async () => {
      link.close();
      await host.close();
    },
  };
});

hostLinkContract('wallet over HTTP in memory', 'request', async () => {
  const clock = new VirtualClock();
  const requests = new RequestQueue();
  const network = new MemoryNetwork(serveHttp(httpHost(requests)));
  const hosts = { alipay: { url: 'http://wallet.test', dial: network.dial } };
  const link = new HttpsWalletLink({ hosts, clock, connectTimeoutMs });
  return {
    link: inWebMessages(link),
    nextRequest: () => requests.next(),
    requestCount: () => requests.count,
    goDown: async () => network.goDown(),
    passTime: (promise) => clock.resolve(promise),
    shortMs: VIRTUAL_SHORT_MS,
    dispose: async () => link.close(),
  };
});

hostLinkContract('wallet over HTTP and TCP', 'request', async () => {
  const requests = new RequestQueue();
  const host = new LoopbackServer(httpHost(requests));
  const url = `http://127.0.0.1:${await host.listen()}`;
  const hosts = { alipay: { url, dial: urlDial(url) } };
  const link = new HttpsWalletLink({ hosts, clock: new SystemClock(), connectTimeoutMs });
  return {
    link: inWebMessages(link),
    nextRequest: () => requests.next(),
    requestCount: () => requests.count,
    goDown: () => host.close(),
    passTime: (promise) => promise,
    shortMs: REAL_SHORT_MS,
    dispose: async () => {
      link.close();
      await host.close();
    },
  };
});

hostLinkContract('scripted', 'stream', async () => {
  const clock = new VirtualClock();
  const requests = new RequestQueue();
  const link = new MockHostLink(clock, (request) => requests.put(request));
  return {
    link,
    nextRequest: () => requests.next(),
    requestCount: () => requests.count,
    goDown: async () => link.goDown(),
    passTime: (promise) => clock.resolve(promise),
    shortMs: VIRTUAL_SHORT_MS,
    dispose: async () => undefined,
  };
});

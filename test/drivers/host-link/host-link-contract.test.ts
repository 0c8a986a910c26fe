import { HttpsWalletLink } from '../../../drivers/host-link/https-link.ts';
import { LengthFramedLink } from '../../../drivers/host-link/length-framed-link.ts';
import { SystemClock } from '../../../drivers/linux/clock.ts';
import { tcpDial, urlDial } from '../../../drivers/linux/tcp-dial.ts';
import { MockHostLink } from '../../../hal-mock/host-link.ts';
import { VirtualClock } from '../../../hal-mock/time.ts';
import { hostLinkContract } from '../../contract/host-link.contract.ts';
import { endOf, httpHost, LoopbackServer, MemoryNetwork, RequestQueue, serveFrames, serveHttp } from './hosts.ts';

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
  const link = new HttpsWalletLink({
    url: 'http://wallet.test/gateway.do',
    dial: network.dial,
    clock,
    connectTimeoutMs,
  });
  return {
    link,
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
  const url = `http://127.0.0.1:${await host.listen()}/gateway.do`;
  const link = new HttpsWalletLink({ url, dial: urlDial(url), clock: new SystemClock(), connectTimeoutMs });
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

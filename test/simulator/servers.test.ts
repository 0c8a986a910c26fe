import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { SystemClock } from '../../drivers/linux/clock.ts';
import { LengthFramer, withLength } from '../../firmware/protocol/iso8583/index.ts';
import { SeededRandom } from '../../hal-mock/random.ts';
import { Acquirer } from '../../simulator/acquirer/acquirer.ts';
import { type AcquirerListenOptions, listenAcquirer } from '../../simulator/acquirer/tcp-server.ts';
import type { ListeningHost } from '../../simulator/listening.ts';
import { listenWallets, type WalletListenOptions } from '../../simulator/wallet/http-server.ts';
import { Wallet } from '../../simulator/wallet/wallet.ts';
import { alipayAlone } from '../../simulator/wallet/web-host.ts';
import { Merchant, verified } from './merchant.ts';
import { type SaleOptions, TestTerminal } from './terminal.ts';

const BY_CHIP: SaleOptions = { entry: 'chip', pin: '123456' };
const HOST = '127.0.0.1';

const open: { close: () => unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

function kept<T extends ListeningHost>(server: T): T {
  open.push(server);
  return server;
}

function client(socket: Socket): Socket {
  open.push({ close: () => socket.destroy() });
  socket.on('error', () => undefined);
  return socket;
}

async function acquirerServer(options: Partial<AcquirerListenOptions> = {}) {
  const host = new Acquirer({
    clock: new SystemClock(),
    random: new SeededRandom(1),
    processingMs: 0,
    lateAnswerMs: 0,
  });
  const terminal = new TestTerminal(host);
  terminal.signOn();
  const { port } = kept(await listenAcquirer(host, { port: 0, ...options }));
  return { host, terminal, port };
}

async function frameFrom(socket: Socket): Promise<Uint8Array> {
  const framer = new LengthFramer();
  for (;;) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    const [frame] = framer.push(new Uint8Array(chunk));
    if (frame !== undefined) return frame;
  }
}

describe('acquirer over TCP', () => {
  it('serves sale after sale on one connection', async () => {
    const { host, terminal, port } = await acquirerServer();
    const socket = client(connect(port, HOST));
    for (const amountFen of [1000, 1099]) {
      socket.write(withLength(terminal.frame(terminal.saleRequest('debit', amountFen, BY_CHIP))));
      const frame = await frameFrom(socket);
      expect(terminal.readAnswers([{ kind: 'frame', afterMs: 0, frame }])).toMatchObject({ code: '00', mac: 'good' });
    }
    expect(host.netFen('debit')).toBe(2099);
  });

  it('serves over TLS, under the certificate it was given', async () => {
    const pem = (name: string): string => readFileSync(new URL(`../fixtures/tls/${name}.pem`, import.meta.url), 'utf8');
    const tls = { key: pem('host.key'), cert: pem('host') };
    const { terminal, port } = await acquirerServer({ tls });
    const socket = client(
      connectTls({
        port,
        host: HOST,
        ca: pem('authority'),
        servername: 'localhost',
        checkServerIdentity: () => undefined,
      }),
    );
    socket.write(withLength(terminal.frame(terminal.saleRequest('debit', 1000, BY_CHIP))));
    const frame = await frameFrom(socket);
    expect(terminal.readAnswers([{ kind: 'frame', afterMs: 0, frame }]).code).toBe('00');
  });

  it.each([
    ['a stream whose lengths lie', new Uint8Array([0xff, 0xff])],
    ['a stream with an empty frame', new Uint8Array([0, 0])],
  ])('closes %s', async (_, bytes) => {
    const { port } = await acquirerServer();
    const socket = client(connect(port, HOST));
    socket.write(bytes);
    await once(socket.resume(), 'close');
  });

  it('closes connections that come while it is down, and one that it was told to refuse', async () => {
    const { host, port } = await acquirerServer();
    host.faults.down = true;
    await once(client(connect(port, HOST)).resume(), 'close');
    host.faults.down = false;
    host.faults.inject({ kind: 'refuseConnect' });
    await once(client(connect(port, HOST)).resume(), 'close');
  });
});

describe('acquirer over TCP: bounds', () => {
  it('closes idle connections, and those beyond the number that it takes', async () => {
    const idle = await acquirerServer({ idleTimeoutMs: 1 });
    await once(client(connect(idle.port, HOST)).resume(), 'close');
    const full = await acquirerServer({ maxConnections: 1 });
    const first = client(connect(full.port, HOST));
    first.write(withLength(full.terminal.frame(full.terminal.saleRequest('debit', 1000, BY_CHIP))));
    await frameFrom(first);
    await once(client(connect(full.port, HOST)).resume(), 'close');
    expect(first.destroyed).toBe(false);
  });

  it('rejects when the port is taken', async () => {
    const { host, port } = await acquirerServer();
    await expect(listenAcquirer(host, { port })).rejects.toThrow('EADDRINUSE');
  });

  it('ends open connections when it closes', async () => {
    const { host } = await acquirerServer();
    const server = await listenAcquirer(host, { port: 0 });
    const socket = client(connect(server.port, HOST)).resume();
    await once(socket, 'connect');
    const closed = once(socket, 'close');
    await server.close();
    await closed;
  });
});

interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

function send(port: number, body: string, { method = 'POST', path = '/alipay/gateway.do' } = {}): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: HOST, port, method, path, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
      response.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

async function walletServer(options: Partial<WalletListenOptions> = {}) {
  const wallet = new Wallet({ clock: new SystemClock(), processingMs: 0, lateAnswerMs: 0 });
  const { port } = kept(await listenWallets(alipayAlone(wallet), wallet.clock, { port: 0, ...options }));
  return { wallet, port, shop: new Merchant() };
}

describe('wallet over HTTP', () => {
  it('serves a signed request with a signed answer, Chinese text and all', async () => {
    const { wallet, port, shop } = await walletServer();
    const { status, body } = await send(
      port,
      shop.body(shop.payParams('ordinary', 1000, { subject: '测试门店 & 分店+=%' })),
    );
    expect([status, verified(body, 'alipay.trade.pay')]).toMatchObject([200, { code: '10000' }]);
    const refused = await send(port, shop.body(shop.payParams('lowBalance', 1000)));
    expect(verified(refused.body, 'alipay.trade.pay')).toMatchObject({ sub_msg: '买家余额不足' });
    expect(wallet.netFen()).toBe(1000);
  });

  it('serves the one path of each host that it has, and that to POST only', async () => {
    const { port } = await walletServer();
    expect(await send(port, '', { method: 'GET' })).toMatchObject({ status: 405 });
    expect(await send(port, '', { path: '/other' })).toMatchObject({ status: 404 });
    expect(await send(port, '', { path: '/alipay/other' })).toMatchObject({ status: 404 });
  });

  it('refuses a body that is too large, and lives on', async () => {
    const { port, shop } = await walletServer();
    const answer = await send(port, 'x'.repeat(70_000)).catch((error: NodeJS.ErrnoException) => error.code);
    expect([{ status: 413, body: '' }, 'ECONNRESET', 'EPIPE']).toContainEqual(answer);
    expect(await send(port, shop.body(shop.payParams('ordinary', 1000)))).toMatchObject({ status: 200 });
  });

  it('never answers a request on which the wallet stays silent, and ends it when it closes', async () => {
    const shop = new Merchant();
    const wallet = new Wallet({ clock: new SystemClock(), processingMs: 0 });
    const server = await listenWallets(alipayAlone(wallet), wallet.clock, { port: 0 });
    const unanswered = expect(send(server.port, shop.body(shop.payParams('ordinary', 1098)))).rejects.toThrow();
    while (wallet.netFen() === 0) await new Promise((resolve) => setImmediate(resolve));
    await server.close();
    await unanswered;
  });

  it('ends idle connections, and drops requests while it is down', async () => {
    const { port, shop } = await walletServer({ idleTimeoutMs: 1 });
    await once(client(connect(port, HOST)).resume(), 'close');
    const down = await walletServer();
    down.wallet.faults.down = true;
    await expect(send(down.port, shop.body(shop.payParams('ordinary', 1000)))).rejects.toThrow();
    expect(down.wallet.orders()).toEqual([]);
  });

  it('passes on the status of a failing gateway', async () => {
    const { wallet, port, shop } = await walletServer();
    wallet.faults.inject({ kind: 'badGateway' });
    expect(await send(port, shop.body(shop.payParams('ordinary', 1000)))).toMatchObject({ status: 502 });
  });
});
